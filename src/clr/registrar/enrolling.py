"""Following a pathway: an interval in one version of it, so that later versions change nothing for the learner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from clr.errors import Conflict
from clr.ids import LearnerId, PathwayId
from clr.registrar import authoring, people, policy, settling
from clr.registrar.policy import Caller, Deed
from clr.registrar.urls import Urls
from clr.store.tables import Enrolment


@dataclass(frozen=True, slots=True)
class EnrolmentFacts:
    """One interval; ``left_at`` is empty while it lasts."""

    pathway_id: PathwayId
    name: str
    version: int
    enrolled_at: datetime
    left_at: datetime | None
    reason: str | None


def enrol(
    transaction: Session,
    caller: Caller,
    learner_id: LearnerId,
    pathway_id: PathwayId,
    *,
    at: datetime,
    urls: Urls,
) -> EnrolmentFacts:
    """Let a learner follow the current version of a pathway; doing it twice changes nothing."""
    policy.require(caller, Deed.ENROL, learner=learner_id)
    people.lock_learner(transaction, learner_id)
    pathway = authoring.pathway(transaction, pathway_id)
    if pathway.current_version is None:
        raise Conflict(f"{pathway.name} has not been published yet, so nobody can follow it.")
    row = _lasting(transaction, learner_id, pathway_id)
    if row is None and pathway.archived_at is not None:
        raise Conflict(f"{pathway.name} is archived; nobody can begin it any more.")
    if row is None:
        row = transaction.get(Enrolment, (learner_id, pathway_id, at))  # left and back in one moment
        row = row or Enrolment(
            learner_id=learner_id, pathway_id=pathway_id, enrolled_at=at, version=pathway.current_version
        )
        row.version, row.left_at = pathway.current_version, None
        transaction.add(row)
        transaction.flush()
        settling.settle(transaction, learner_id, at=at, urls=urls)
    return _facts(transaction, row)


def leave(
    transaction: Session,
    caller: Caller,
    learner_id: LearnerId,
    pathway_id: PathwayId,
    *,
    at: datetime,
    urls: Urls,
) -> None:
    """End the interval; what was earned stays, and nothing happens when there is none.

    From now on the versions in force count for her, under which something may be due.
    """
    policy.require(caller, Deed.ENROL, learner=learner_id)
    people.lock_learner(transaction, learner_id)
    row = _lasting(transaction, learner_id, pathway_id)
    if row is not None:
        row.left_at = at
        transaction.add(row)
        transaction.flush()
        settling.settle(transaction, learner_id, at=at, urls=urls)


def enrolments(snapshot: Session, caller: Caller, learner_id: LearnerId) -> Sequence[EnrolmentFacts]:
    """Return every interval of a learner, oldest first."""
    policy.require(caller, Deed.SEE_LEARNER, learner=learner_id)
    people.require_learner(snapshot, learner_id)
    rows = snapshot.exec(
        select(Enrolment)
        .where(col(Enrolment.learner_id) == learner_id)
        .order_by(col(Enrolment.enrolled_at), col(Enrolment.pathway_id))
    ).all()
    return [_facts(snapshot, row) for row in rows]


def _lasting(transaction: Session, learner_id: LearnerId, pathway_id: PathwayId) -> Enrolment | None:
    return transaction.exec(
        select(Enrolment).where(
            col(Enrolment.learner_id) == learner_id,
            col(Enrolment.pathway_id) == pathway_id,
            col(Enrolment.left_at).is_(None),
        )
    ).first()


def _facts(snapshot: Session, row: Enrolment) -> EnrolmentFacts:
    name = authoring.version(snapshot, row.pathway_id, row.version).draft.name
    return EnrolmentFacts(row.pathway_id, name, row.version, row.enrolled_at, row.left_at, row.reason)
