"""Cohorts: groups of learners whom staff of one issuer follow together. Membership is an interval; nothing is lost."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from clr.errors import BadInput, NotFound, Problem
from clr.ids import CohortId, IssuerId, LearnerId, new_id
from clr.registrar import catalog, people, policy
from clr.registrar.people import LearnerFacts
from clr.registrar.policy import TABLE, Caller, Deed
from clr.registrar.spreadsheets import Fault, Row, RowRefused, rows_of
from clr.store.tables import Cohort, CohortMember, Learner

COLUMNS = ("learner_id", "email", "external_id", "name")
"""The columns of a file of members; a name is for whoever reads the file and is not looked at."""

ASKED = 500
"""Ids named in one question to the database."""


@dataclass(frozen=True, slots=True)
class CohortFacts:
    """A cohort, and how many belong to it now."""

    id: CohortId
    issuer_id: IssuerId
    name: str
    members: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """A learner in a cohort; ``left_at`` is empty while it lasts."""

    learner: LearnerFacts
    joined_at: datetime
    left_at: datetime | None

    @property
    def id(self) -> LearnerId:
        """The learner's id, to page by."""
        return self.learner.id


@dataclass(frozen=True, slots=True)
class Named:
    """Learners as somebody lists them: by ids, by e-mail addresses, by the institution's own numbers."""

    learner_ids: Sequence[str] = ()
    emails: Sequence[str] = ()
    external_ids: Sequence[str] = ()


@dataclass
class Joined:
    """What adding members did: how many are new, how many belonged already, which lines were refused."""

    new: int = 0
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)


def found_cohort(
    transaction: Session, caller: Caller, issuer_id: IssuerId, *, name: str, at: datetime
) -> CohortFacts:
    """Begin a cohort without members."""
    policy.require(caller, Deed.KEEP_COHORT, issuer=issuer_id)
    catalog.issuer(transaction, issuer_id)
    row = Cohort(
        id=CohortId(new_id("coh")),
        issuer_id=issuer_id,
        name=name,
        created_by=caller.person_id,
        created_at=at,
    )
    transaction.add(row)
    transaction.flush()
    return _facts(transaction, [row])[0]


def rename(transaction: Session, caller: Caller, cohort_id: CohortId, *, name: str) -> CohortFacts:
    """Give a cohort another name."""
    row = cohort_row(transaction, caller, cohort_id, Deed.KEEP_COHORT)
    row.name = name
    transaction.add(row)
    return _facts(transaction, [row])[0]


def cohorts(snapshot: Session, caller: Caller, *, after: str | None, limit: int) -> Sequence[CohortFacts]:
    """Return the cohorts that the caller may see, in the order of their ids."""
    policy.require(caller, Deed.SEE_COHORT)
    query = select(Cohort).where(col(Cohort.id) > (after or "")).order_by(col(Cohort.id)).limit(limit)
    issuers = {issuer for role, issuer in caller.roles if role in TABLE[Deed.SEE_COHORT]}
    if "" not in issuers:
        query = query.where(col(Cohort.issuer_id).in_(issuers))
    return _facts(snapshot, snapshot.exec(query).all())


def cohort(snapshot: Session, caller: Caller, cohort_id: CohortId) -> CohortFacts:
    """Return one cohort."""
    return _facts(snapshot, [cohort_row(snapshot, caller, cohort_id, Deed.SEE_COHORT)])[0]


def members(
    snapshot: Session, caller: Caller, cohort_id: CohortId, *, at: datetime, after: str | None, limit: int
) -> Sequence[MemberFacts]:
    """Return who belonged to a cohort at ``at``, in the order of their ids."""
    cohort_row(snapshot, caller, cohort_id, Deed.SEE_COHORT)
    query = (
        select(CohortMember, Learner)
        .join(Learner)
        .where(*belonging(cohort_id, at), col(CohortMember.learner_id) > (after or ""))
    )
    rows = snapshot.exec(query.order_by(col(CohortMember.learner_id)).limit(limit)).all()
    return [MemberFacts(_learner(learner), row.joined_at, row.left_at) for row, learner in rows]


def add(transaction: Session, caller: Caller, cohort_id: CohortId, named: Named, *, at: datetime) -> Joined:
    """Add learners; whoever belongs already stays. ``BadInput`` names everyone who is not known, and adds nobody."""
    cohort_row(transaction, caller, cohort_id, Deed.KEEP_COHORT, lock=True)
    return _join(transaction, caller, cohort_id, _known(transaction, named), at)


def add_one(
    transaction: Session, caller: Caller, cohort_id: CohortId, learner_id: LearnerId, *, at: datetime
) -> Joined:
    """Add one learner, who must exist."""
    cohort_row(transaction, caller, cohort_id, Deed.KEEP_COHORT, lock=True)
    people.require_learner(transaction, learner_id)
    return _join(transaction, caller, cohort_id, [learner_id], at)


def replace(
    transaction: Session, caller: Caller, cohort_id: CohortId, named: Named, *, at: datetime
) -> Joined:
    """Let exactly these learners belong from now on; the membership of everybody else ends."""
    cohort_row(transaction, caller, cohort_id, Deed.KEEP_COHORT, lock=True)
    wanted = _known(transaction, named)
    for row in _lasting(transaction, cohort_id):
        if row.learner_id not in wanted:
            _end(transaction, caller, row, at)
    return _join(transaction, caller, cohort_id, wanted, at)


def remove(
    transaction: Session, caller: Caller, cohort_id: CohortId, learner_id: LearnerId, *, at: datetime
) -> None:
    """End a learner's membership; nothing happens when there is none."""
    cohort_row(transaction, caller, cohort_id, Deed.KEEP_COHORT, lock=True)
    people.require_learner(transaction, learner_id)
    for row in _lasting(transaction, cohort_id):
        if row.learner_id == learner_id:
            _end(transaction, caller, row, at)


def add_from_file(
    transaction: Session, caller: Caller, cohort_id: CohortId, content: bytes, *, dry_run: bool, at: datetime
) -> Joined:
    """Add the learners of a CSV file; good lines are kept, each bad one is told with its cure."""
    cohort_row(transaction, caller, cohort_id, Deed.KEEP_COHORT, lock=True)
    rows = list(rows_of(content, known=COLUMNS, required=()))
    lookup = {column: _by(transaction, column, [row.text(column) for row in rows]) for column in COLUMNS[:3]}
    found: dict[LearnerId, None] = {}
    faults: list[Fault] = []
    for row in rows:
        try:
            found[_told_by(row, lookup)] = None
        except RowRefused as refused:
            faults += refused.faults
    if not dry_run:
        joined = _join(transaction, caller, cohort_id, found, at)
        joined.faults = faults
        return joined
    belong = {row.learner_id for row in _lasting(transaction, cohort_id)}
    return Joined(len(found.keys() - belong), len(found.keys() & belong), faults)


def cohort_row(
    snapshot: Session, caller: Caller, cohort_id: CohortId, deed: Deed, *, lock: bool = False
) -> Cohort:
    """Return the row of a cohort with which the caller may do ``deed``; only for the registrar."""
    row = snapshot.get(Cohort, cohort_id, with_for_update=lock or None)
    if row is None:
        raise NotFound("There is nothing here that you may see.")
    policy.require(caller, deed, issuer=row.issuer_id)
    return row


def belonging(cohort_id: CohortId, at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a membership holds at ``at``."""
    ends = col(CohortMember.left_at)
    return (
        col(CohortMember.cohort_id) == cohort_id,
        col(CohortMember.joined_at) <= at,
        ends.is_(None) | (ends > at),
    )


def chunks(several: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield as many as one question to the database may name, again and again."""
    waiting = iter(several)
    while some := list(islice(waiting, ASKED)):
        yield some


def _join(
    transaction: Session, caller: Caller, cohort_id: CohortId, wanted: Iterable[LearnerId], at: datetime
) -> Joined:
    belong = {row.learner_id for row in _lasting(transaction, cohort_id)}
    joined = Joined()
    for learner_id in wanted:
        if learner_id in belong:
            joined.unchanged += 1
            continue
        row = transaction.get(CohortMember, (cohort_id, learner_id, at))  # left and back in one moment
        row = row or CohortMember(
            cohort_id=cohort_id, learner_id=learner_id, joined_at=at, added_by=caller.person_id
        )
        row.left_at, row.ended_by = None, None
        transaction.add(row)
        joined.new += 1
    transaction.flush()
    return joined


def _end(transaction: Session, caller: Caller, row: CohortMember, at: datetime) -> None:
    row.left_at, row.ended_by = at, caller.person_id
    transaction.add(row)


def _lasting(snapshot: Session, cohort_id: CohortId) -> Sequence[CohortMember]:
    query = select(CohortMember).where(
        col(CohortMember.cohort_id) == cohort_id, col(CohortMember.left_at).is_(None)
    )
    return snapshot.exec(query).all()


def _known(snapshot: Session, named: Named) -> dict[LearnerId, None]:
    """Return the learners that are named, each once, or raise ``BadInput`` for all who are not known."""
    found: dict[LearnerId, None] = {}
    faults = []
    for member, column in (
        ("learner_ids", "learner_id"),
        ("emails", "email"),
        ("external_ids", "external_id"),
    ):
        given: Sequence[str] = getattr(named, member)
        known = _by(snapshot, column, given)
        for place, told in enumerate(given):
            learner = known.get(_as_kept(column, told))
            if learner is None:
                faults.append(Problem(f"{member}[{place}]", "unknown", _unknown(column, told)))
            else:
                found[learner] = None
    if faults:
        raise BadInput(faults[0].says, tuple(faults))
    return found


def _by(snapshot: Session, column: str, told: Iterable[str | None]) -> dict[str, LearnerId]:
    """Return the learners whose ``column`` says one of these."""
    asked: Any = col(Learner.id) if column == "learner_id" else col(getattr(Learner, column))
    wanted = {_as_kept(column, one) for one in told if one}
    found: dict[str, LearnerId] = {}
    for some in chunks(sorted(wanted)):
        found |= {
            key: LearnerId(learner)
            for key, learner in snapshot.exec(select(asked, Learner.id).where(asked.in_(some)))
        }
    return found


def _told_by(row: Row, lookup: Mapping[str, Mapping[str, LearnerId]]) -> LearnerId:
    """Return the learner a line is about: everything it says must be of one learner."""
    row.require_whole()
    told = {column: value for column in lookup if (value := row.text(column))}
    if not told:
        says = "Name a learner: fill in learner_id, email or external_id."
        raise RowRefused(Fault(row.line, "", says))
    found = {column: lookup[column].get(_as_kept(column, value)) for column, value in told.items()}
    faults = [
        Fault(row.line, column, _unknown(column, told[column]))
        for column, one in found.items()
        if one is None
    ]
    if not faults and len(set(found.values())) > 1:
        faults = [Fault(row.line, "", f"{' and '.join(told)} are of different learners.")]
    if faults:
        raise RowRefused(*faults)
    (learner,) = {one for one in found.values() if one is not None}
    return learner


def _unknown(column: str, told: str) -> str:
    what = {"learner_id": "id", "email": "e-mail address", "external_id": "external id"}[column]
    return f'No learner here has the {what} "{told}".'


def _as_kept(column: str, told: str) -> str:
    return told.strip().lower() if column == "email" else told.strip()


def _learner(row: Learner) -> LearnerFacts:
    return LearnerFacts(row.id, row.name, row.email, row.external_id, row.created_at)


def _facts(snapshot: Session, rows: Sequence[Cohort]) -> list[CohortFacts]:
    counts = select(CohortMember.cohort_id, func.count()).where(
        col(CohortMember.cohort_id).in_([row.id for row in rows]), col(CohortMember.left_at).is_(None)
    )
    sizes = dict(snapshot.exec(counts.group_by(col(CohortMember.cohort_id))).all())
    return [
        CohortFacts(row.id, row.issuer_id, row.name, sizes.get(row.id, 0), row.created_at) for row in rows
    ]
