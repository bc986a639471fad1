"""What happened to a learner, in order: the outbox from which live streams are fed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from clr.ids import LearnerId
from clr.store.sessions import note_moved
from clr.store.tables import Event, Learner

BATCH = 200


@dataclass(frozen=True, slots=True)
class LearnerEvent:
    """One event; ``sequence`` counts the learner's events without a gap."""

    sequence: int
    kind: str
    data: dict[str, Any]
    at: datetime


def record(
    transaction: Session, learner_id: LearnerId, kind: str, data: dict[str, Any], *, at: datetime
) -> int:
    """Write an event and return its sequence. The learner must be locked, so that the numbers are in order."""
    learner = transaction.get_one(Learner, learner_id)
    learner.sequence += 1
    transaction.add(learner)
    event = Event(learner_id=learner_id, sequence=learner.sequence, kind=kind, data=data, recorded_at=at)
    transaction.add(event)
    note_moved(transaction, learner_id)
    return learner.sequence


def after(
    snapshot: Session, learner_id: LearnerId, sequence: int, *, limit: int = BATCH
) -> tuple[LearnerEvent, ...]:
    """Return the learner's events after ``sequence``, oldest first, at most ``limit``."""
    query = select(Event).where(col(Event.learner_id) == learner_id, col(Event.sequence) > sequence)
    rows = snapshot.exec(query.order_by(col(Event.sequence)).limit(limit))
    return tuple(LearnerEvent(row.sequence, row.kind, row.data, row.recorded_at) for row in rows)


def latest(snapshot: Session, learner_id: LearnerId) -> int:
    """Return the sequence of the learner's newest event, 0 when nothing ever happened."""
    return snapshot.exec(select(Learner.sequence).where(col(Learner.id) == learner_id)).first() or 0
