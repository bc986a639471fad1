"""Many learners at once, in the engine's terms: chunk by chunk, so that memory is that of one chunk."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import case
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from clr.ids import AchievementId, LearnerId, PathwayId
from clr.pathways import Allowance, HeldAward
from clr.registrar import allowing, catalog, holdings
from clr.store.tables import Award, Enrolment

CHUNK = 2_000
"""Learners read at once."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Some learners, numbered in the order of their ids, with their live awards in that order, and their exceptions."""

    learners: tuple[LearnerId, ...]
    held: tuple[tuple[int, HeldAward], ...]
    allowances: Mapping[int, Sequence[Allowance]]


def holding(snapshot: Session, achievements: AbstractSet[AchievementId]) -> Iterator[LearnerId]:
    """Yield every learner who has an award of one of these achievements, in the order of their ids."""
    after = ""
    while True:
        rows = snapshot.exec(
            select(Award.learner_id)
            .where(col(Award.achievement_id).in_(achievements), col(Award.learner_id) > after)
            .distinct()
            .order_by(col(Award.learner_id))
            .limit(CHUNK)
        ).all()
        yield from map(LearnerId, rows)
        if len(rows) < CHUNK:
            return
        after = rows[-1]


def followers(
    snapshot: Session, pathway_id: PathwayId, among: Sequence[LearnerId] | None = None
) -> dict[LearnerId, int]:
    """Return who follows a pathway now (of some learners), and in which version, in the order of their ids."""
    query = select(Enrolment.learner_id, Enrolment.version).where(
        col(Enrolment.pathway_id) == pathway_id, col(Enrolment.left_at).is_(None)
    )
    if among is not None:
        query = query.where(col(Enrolment.learner_id).in_(among))
    return {
        LearnerId(key): version for key, version in snapshot.exec(query.order_by(col(Enrolment.learner_id)))
    }


def crowds(
    snapshot: Session, learners: Iterable[LearnerId], graded: AbstractSet[AchievementId]
) -> Iterator[Crowd]:
    """Yield learners, who come in the order of their ids, chunk by chunk with all that they hold."""
    waiting = iter(learners)
    while chunk := tuple(islice(waiting, CHUNK)):
        yield _crowd(snapshot, chunk, graded)


def _crowd(snapshot: Session, learners: tuple[LearnerId, ...], graded: AbstractSet[AchievementId]) -> Crowd:
    number = {learner: place for place, learner in enumerate(learners)}
    rows = _live(snapshot, learners, graded)
    wanted = {row.achievement_id for row in rows if row.results} & graded
    rubrics = catalog.achievements_by_id(snapshot, wanted) if wanted else {}
    held = tuple(
        (
            number[row.learner_id],
            holdings.as_held(
                row, rubrics[row.achievement_id].result_descriptions if row.achievement_id in rubrics else ()
            ),
        )
        for row in rows
    )
    made = allowing.given_to(snapshot, learners)
    return Crowd(learners, held, {number[learner]: several for learner, several in made.items()})


def _live(
    snapshot: Session, learners: Sequence[LearnerId], graded: AbstractSet[AchievementId]
) -> Sequence[Any]:
    """Return the live awards of some learners, of which the engine looks at some columns only.

    Rows as they are: to make an object of each would take three times as long as all the rest.
    """
    snapshot.flush()
    told: list[Any] = [col(getattr(Award, name)) for name in _LOOKED_AT]
    asked = case((col(Award.achievement_id).in_(graded), col(Award.results)), else_=None)
    found = select_columns(*told, asked.label("results")).where(
        col(Award.learner_id).in_(learners),
        col(Award.revoked_at).is_(None),
        col(Award.suspended_at).is_(None),
    )
    return snapshot.connection().execute(found.order_by(col(Award.learner_id))).all()


_LOOKED_AT = (
    "learner_id",
    "id",
    "achievement_id",
    "stack_version",
    "achievement_revision",
    "origin",
    "earned_on",
    "valid_until",
    "upheld_at",
    "credits_earned",
)
"""What :func:`clr.registrar.holdings.as_held` reads of an award, but for its results, which are few."""
