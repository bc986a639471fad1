"""What time alone changes: awards that lapse, exceptions that end. An event at its instant, never a search."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from clr.ids import LearnerId
from clr.registrar import deriving, losing, people, tracking
from clr.registrar.urls import Urls
from clr.store.sessions import reading, transaction
from clr.store.tables import Learner

CHUNK = 100
"""Learners a transaction, so that awards made meanwhile hardly wait."""

_JUST = timedelta(microseconds=1)


def due(snapshot: Session, *, at: datetime, limit: int = CHUNK) -> Sequence[LearnerId]:
    """Return learners for whom an instant has come at which something may change, longest waiting first."""
    query = select(Learner.id).where(col(Learner.next_transition_at) <= at)
    return [
        LearnerId(found)
        for found in snapshot.exec(query.order_by(col(Learner.next_transition_at)).limit(limit))
    ]


def pass_time(transaction: Session, learner_id: LearnerId, *, at: datetime, urls: Urls) -> int:
    """Bring a learner up to ``at``: flag milestones whose support lapsed, tell what moved, note the next instant.

    Returns how many milestones were flagged. Doing it twice changes nothing.
    """
    people.lock_learner(transaction, learner_id)
    learner = transaction.get_one(Learner, learner_id)
    since = learner.next_transition_at
    if since is None or since > at:
        return 0
    deriving.settle_learner(transaction, learner_id, at=at, urls=urls)
    flagged = losing.note_expired(transaction, learner_id, at=at)
    now = deriving.standing(transaction, learner_id)
    tracking.tell(transaction, learner_id, tracking.moved_between(transaction, now, since - _JUST, at), at=at)
    deriving.foresee(transaction, now, at=at)
    return len(flagged)


def run_due(engine: Engine, *, at: datetime, urls: Urls) -> int:
    """Bring everybody up to ``at`` for whom an instant has come; return for how many it had."""
    count = 0
    while True:
        with reading(engine) as snapshot:
            chunk = due(snapshot, at=at)
        if not chunk:
            return count
        with transaction(engine) as session:
            for learner_id in chunk:
                pass_time(session, learner_id, at=at, urls=urls)
        count += len(chunk)
