"""Giving the milestones that are due: to one learner at once, and to everybody after a publication."""

from datetime import datetime

from sqlmodel import Session

from clr.errors import NotFound
from clr.ids import LearnerId
from clr.registrar import authoring, deriving, people, tracking
from clr.registrar.outbox import Kind, Subject
from clr.registrar.urls import Urls
from clr.store.tables import Award


def settle(transaction: Session, learner_id: LearnerId, *, at: datetime, urls: Urls) -> list[Award]:
    """Give a learner every milestone that is due, and tell her what moved. She must be locked."""
    given = deriving.settle_learner(transaction, learner_id, at=at, urls=urls)
    if given:
        now = deriving.standing(transaction, learner_id)
        at = now.present(at)
        moved = tracking.moved_by(transaction, now, [award.achievement_id for award in given], at=at)
        tracking.tell(transaction, learner_id, moved, at=at)
    return given


def _everybody(snapshot: Session, _: Subject) -> int:
    return people.count_with_awards(snapshot)


def _next(snapshot: Session, _: Subject, after: str, limit: int) -> list[LearnerId]:
    return list(people.learners_with_awards(snapshot, after=after, limit=limit))


def _one(transaction: Session, _: Subject, learner_id: LearnerId, at: datetime, urls: Urls) -> int:
    try:
        people.lock_learner(transaction, learner_id)
    except NotFound:  # erased since she was listed: nothing is due to nobody
        return 0
    return len(settle(transaction, learner_id, at=at, urls=urls))


SETTLING = Kind(authoring.SETTLE, _everybody, _next, _one)
"""The work that a publication makes: whatever is due to a learner, whichever publication made it due.

Settling a learner twice changes nothing.
"""
