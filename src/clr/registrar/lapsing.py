"""What time alone changes: awards that lapse, exceptions that end. An event at its instant, never a search."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session, col, select

from clr.ids import LearnerId
from clr.registrar import deriving, losing, people, tracking
from clr.registrar.urls import Urls
from clr.store.sessions import reading, transaction
from clr.store.tables import Learner

_log = logging.getLogger(__name__)

CHUNK = 100
"""Learners a transaction, so that awards made meanwhile hardly wait."""

_JUST = timedelta(microseconds=1)


def due(
    snapshot: Session, *, at: datetime, without: Collection[LearnerId] = (), limit: int = CHUNK
) -> Sequence[LearnerId]:
    """Return learners for whom an instant has come at which something may change, longest waiting first."""
    query = select(Learner.id).where(
        col(Learner.next_transition_at) <= at, col(Learner.id).not_in(list(without))
    )
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
    """Bring everybody up to ``at`` for whom an instant has come; return for how many it had.

    A learner with whom it fails is told in the log and tried again at the next run; the others get what is theirs.
    """
    count = 0
    failed: set[LearnerId] = set()
    while True:
        with reading(engine) as snapshot:
            chunk = due(snapshot, at=at, without=failed)
        if not chunk:
            return count
        with transaction(engine) as session:
            failed.update(learner for learner in chunk if not _passed(session, learner, at, urls))
        count += len(chunk)


def _passed(session: Session, learner_id: LearnerId, at: datetime, urls: Urls) -> bool:
    try:
        with session.begin_nested():
            pass_time(session, learner_id, at=at, urls=urls)
    except (OperationalError, InterfaceError):  # the database is out of reach, which is nobody's fault
        raise
    except Exception:  # noqa: BLE001  whatever it is, the others get what is theirs, and the log says who did not
        _log.exception("What time changed for learner %s could not be worked out.", learner_id)
        return False
    return True
