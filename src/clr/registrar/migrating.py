"""Moving those who follow a pathway to another version of it: never by itself; without loss, or all of them at a date.

To *stay* is what happens when nobody asks for anything. *Without loss* moves whoever is not further from the goal by
it. *All* moves everybody, at a date, with the difference shown before (:mod:`clr.registrar.forecasting`). What was
earned stays earned in each case; enrolments stay as intervals, each with its version and why it ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from clr.errors import BadInput, Conflict, NotFound, Problem
from clr.ids import JobId, LearnerId, PathwayId
from clr.pathways import Progress, progress_toward
from clr.registrar import authoring, deriving, events, outbox, people, policy, settling
from clr.registrar.authoring import VersionFacts
from clr.registrar.deriving import Standing
from clr.registrar.outbox import Kind, Subject
from clr.registrar.policy import Caller, Deed
from clr.registrar.urls import Urls
from clr.store.tables import Enrolment

MIGRATE = "migrate"
"""The job that moves followers."""


class How(StrEnum):
    """Whom to move: those who lose nothing by it, or everybody."""

    NO_LOSS = "no_loss"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """A migration to be made: to which version, whom, why, and from when on."""

    version: int
    how: How
    reason: str
    begins_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Migration:
    """A migration as it was asked for; the job tells how far it is."""

    job_id: JobId
    pathway_id: PathwayId
    version: int
    how: How
    begins_at: datetime
    followers: int


def migrate(
    transaction: Session, caller: Caller, pathway_id: PathwayId, asked: Asked, *, at: datetime
) -> Migration:
    """Ask for followers of other versions of a pathway to be moved."""
    version, begins_at = asked.version, asked.begins_at
    pathway = authoring.pathway(transaction, pathway_id)
    policy.require(caller, Deed.DRAW_PATHWAY, issuer=pathway.issuer_id)
    authoring.version(transaction, pathway_id, version)
    if pathway.archived_at is not None:
        raise Conflict(f"{pathway.name} is archived; nobody is moved any more.")
    if begins_at is not None and begins_at <= at:
        says = "begins_at lies in the past; leave it out to begin at once."
        raise BadInput(says, (Problem("begins_at", "past", says),))
    subject = {"pathway_id": pathway_id, "version": version, "how": asked.how.value, "reason": asked.reason}
    job_id = outbox.put(transaction, MIGRATE, subject, by=caller.person_id, at=at, not_before=begins_at)
    followers = _count(transaction, subject)
    return Migration(job_id, pathway_id, version, asked.how, begins_at or at, followers)


def _others(subject: Subject) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Enrolment.pathway_id) == subject["pathway_id"],
        col(Enrolment.version) != subject["version"],
        col(Enrolment.left_at).is_(None),
    )


def _count(snapshot: Session, subject: Subject) -> int:
    query = select(func.count()).select_from(Enrolment)
    return int(snapshot.exec(query.where(*_others(subject))).one())


def _next(snapshot: Session, subject: Subject, after: str, limit: int) -> Sequence[LearnerId]:
    query = select(Enrolment.learner_id).where(*_others(subject), col(Enrolment.learner_id) > after)
    return [LearnerId(one) for one in snapshot.exec(query.order_by(col(Enrolment.learner_id)).limit(limit))]


def _one(transaction: Session, subject: Subject, learner_id: LearnerId, at: datetime, urls: Urls) -> int:
    """Move one follower, if it is time and she is to be moved; moving her twice changes nothing."""
    try:
        people.lock_learner(transaction, learner_id)
    except NotFound:  # erased since she was listed
        return 0
    pathway_id, version = PathwayId(str(subject["pathway_id"])), int(subject["version"])
    row = transaction.exec(
        select(Enrolment).where(col(Enrolment.learner_id) == learner_id, *_others(subject))
    ).first()
    if row is None:
        return 0
    target = authoring.version(transaction, pathway_id, version)
    if subject["how"] == How.NO_LOSS:
        standing = deriving.standing(transaction, learner_id)
        before = authoring.version(transaction, pathway_id, row.version)
        if _loses(_toward(standing, before, at), _toward(standing, target, at)):
            return 0
    _move(transaction, row, version, str(subject["reason"]), at)
    told = {
        "pathway_id": pathway_id,
        "name": target.draft.name,
        "version": version,
        "reason": subject["reason"],
    }
    events.record(transaction, learner_id, "enrolment", told, at=at)
    settling.settle(transaction, learner_id, at=at, urls=urls)
    return 1


def _move(transaction: Session, row: Enrolment, version: int, reason: str, at: datetime) -> None:
    if row.enrolled_at >= at:  # enrolled in this very moment: there is no interval to keep
        row.version = version
        transaction.add(row)
        transaction.flush()
        return
    row.left_at, row.reason = at, reason
    transaction.add(row)
    transaction.add(
        Enrolment(learner_id=row.learner_id, pathway_id=row.pathway_id, enrolled_at=at, version=version)
    )
    transaction.flush()


def _toward(standing: Standing, version: VersionFacts, at: datetime) -> Progress:
    return progress_toward(
        standing.graph,
        version.draft.goal,
        standing.held,
        at=at,
        pins=version.stacks,
        allowances=standing.allowances,
    )


def _loses(before: Progress, after: Progress) -> bool:
    return after.basis_points < before.basis_points or after.steps_left > before.steps_left


MIGRATING = Kind(MIGRATE, _count, _next, _one)
"""The work of moving followers; how much it gave is how many it moved."""
