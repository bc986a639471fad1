"""What a learner holds: awards as facts, and as the engine sees them."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from clr.errors import NotFound
from clr.ids import AchievementId, AwardId, EvidenceId, IssuerId, LearnerId
from clr.pathways import Grounds, HeldAward
from clr.pathways.wire import in_hundredths
from clr.registrar import catalog, people, policy, results
from clr.registrar.policy import Caller, Deed
from clr.store.tables import Award, AwardEvidence, Explanation

DERIVED, GRANTED, RECORDED = "derived", "granted", "recorded"
"""Origins: a milestone that followed by itself, an award made now, history brought by staff."""


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """One piece of evidence of an award: an uploaded file, or an outside address."""

    evidence_id: EvidenceId | None
    url: str | None
    name: str
    narrative: str | None
    genre: str | None


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """An award as its learner and staff see it; ``state`` is live, expired, suspended or revoked."""

    id: AwardId
    learner_id: LearnerId
    achievement_id: AchievementId
    name: str
    kind: str
    issuer_id: IssuerId
    stack_version: int
    again: int
    origin: str
    state: str
    because: str | None
    support_lost_at: datetime | None
    upheld_because: str | None
    earned_on: datetime
    issued_at: datetime
    recorded_at: datetime
    valid_until: datetime | None
    results: tuple[Mapping[str, Any], ...]
    narrative: str | None
    credits_earned: float | None
    assessor: str | None
    causes: tuple[AwardId, ...]
    evidence: tuple[EvidenceFacts, ...]


def held_and_revoked(
    snapshot: Session, learner_id: LearnerId, graded: AbstractSet[AchievementId]
) -> tuple[list[HeldAward], Grounds]:
    """Return the live awards for the engine, and on what stood each milestone that was revoked itself.

    Of the ``graded`` achievements results are read too; of all others nobody asks.
    """
    rows = snapshot.exec(
        select(Award).where(col(Award.learner_id) == learner_id, col(Award.suspended_at).is_(None))
    ).all()
    revoked = [
        ((row.achievement_id, row.stack_version), frozenset(map(AwardId, row.causes)))
        for row in rows
        if row.revoked_at is not None and row.origin == DERIVED
    ]
    live = [row for row in rows if row.revoked_at is None]
    wanted = {row.achievement_id for row in live if row.results} & graded
    rubrics = catalog.achievements_by_id(snapshot, wanted) if wanted else {}
    return [
        as_held(row, rubrics[row.achievement_id].result_descriptions if row.achievement_id in rubrics else ())
        for row in live
    ], revoked


def as_held(row: Award, described: Sequence[Mapping[str, Any]] = ()) -> HeldAward:
    """Return a live award as the engine sees it; its results are read by what is ``described``."""
    return HeldAward(
        row.id,
        row.achievement_id,
        row.stack_version,
        row.earned_on,
        row.valid_until,
        derived=row.origin == DERIVED and row.upheld_at is None,
        revision=row.achievement_revision,
        results=tuple(results.held(kept, described) for kept in row.results) if described else (),
        credits=None if row.credits_earned is None else in_hundredths(row.credits_earned),
    )


def award(snapshot: Session, caller: Caller, award_id: AwardId, *, at: datetime) -> AwardFacts:
    """Return one award, to its learner and to staff."""
    row = award_row(snapshot, award_id)
    policy.require(caller, Deed.SEE_LEARNER, learner=row.learner_id)
    return facts(snapshot, [row], at=at)[0]


def awards_of(
    snapshot: Session,
    caller: Caller,
    learner_id: LearnerId,
    *,
    at: datetime,
    after: str | None = None,
    limit: int | None = None,
) -> Sequence[AwardFacts]:
    """Return a learner's awards, of every state, in the order of their ids."""
    policy.require(caller, Deed.SEE_LEARNER, learner=learner_id)
    people.require_learner(snapshot, learner_id)
    query = select(Award).where(col(Award.learner_id) == learner_id, col(Award.id) > (after or ""))
    rows = snapshot.exec(query.order_by(col(Award.id)).limit(limit)).all()
    return facts(snapshot, rows, at=at)


def explanation(snapshot: Session, caller: Caller, award_id: AwardId) -> Mapping[str, Any]:
    """Return why a milestone was given, or on what an assessed stack stood, as it was at that moment."""
    row = award_row(snapshot, award_id)
    policy.require(caller, Deed.SEE_LEARNER, learner=row.learner_id)
    kept = snapshot.get(Explanation, (row.learner_id, award_id))
    if kept is None:
        raise NotFound("This award needed nothing before it, so there is nothing to explain.")
    return kept.body


def award_row(snapshot: Session, award_id: AwardId) -> Award:
    """Return the row of an award; only for the registrar."""
    row = snapshot.exec(select(Award).where(col(Award.id) == award_id)).first()
    if row is None:
        raise NotFound("There is nothing here that you may see.")
    return row


def facts(snapshot: Session, rows: Sequence[Award], *, at: datetime) -> list[AwardFacts]:
    """Return rows as facts, with names and evidence fetched at once."""
    known = catalog.achievements_by_id(snapshot, (row.achievement_id for row in rows))
    evidence = _evidence(snapshot, [row.id for row in rows])
    return [_facts(row, known[row.achievement_id], evidence.get(row.id, ()), at) for row in rows]


def state_of(row: Award, at: datetime) -> tuple[str, str | None]:
    """Return what an award is worth at ``at``, and why when it is worth nothing."""
    if row.revoked_at is not None:
        return "revoked", row.revoked_because
    if row.suspended_at is not None:
        return "suspended", row.suspended_because
    if row.valid_until is not None and row.valid_until <= at:
        return "expired", None
    return "live", None


def _evidence(snapshot: Session, ids: Iterable[AwardId]) -> dict[AwardId, list[EvidenceFacts]]:
    rows = snapshot.exec(
        select(AwardEvidence)
        .where(col(AwardEvidence.award_id).in_(list(ids)))
        .order_by(col(AwardEvidence.award_id), col(AwardEvidence.position))
    )
    found: dict[AwardId, list[EvidenceFacts]] = {}
    for row in rows:
        item = EvidenceFacts(row.evidence_id, row.url, row.name, row.narrative, row.genre)
        found.setdefault(row.award_id, []).append(item)
    return found


def _facts(
    row: Award, achievement: catalog.AchievementFacts, evidence: Iterable[EvidenceFacts], at: datetime
) -> AwardFacts:
    state, because = state_of(row, at)
    return AwardFacts(
        id=row.id,
        learner_id=row.learner_id,
        achievement_id=row.achievement_id,
        name=achievement.name,
        kind=achievement.kind,
        issuer_id=achievement.issuer_id,
        stack_version=row.stack_version,
        again=row.again,
        origin=row.origin,
        state=state,
        because=because,
        support_lost_at=row.support_lost_at,
        upheld_because=row.upheld_because,
        earned_on=row.earned_on,
        issued_at=row.issued_at,
        recorded_at=row.recorded_at,
        valid_until=row.valid_until,
        results=tuple(row.results),
        narrative=row.narrative,
        credits_earned=row.credits_earned,
        assessor=row.assessor,
        causes=tuple(AwardId(cause) for cause in row.causes),
        evidence=tuple(evidence),
    )
