"""Server-sent events of one learner: resumed without loss, and nothing of the database held while waiting."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi.sse import ServerSentEvent
from sqlalchemy import Engine

from clr.ids import LearnerId
from clr.registrar import events
from clr.registrar.events import LearnerEvent
from clr.store.sessions import reading
from clr.web.service import Service

PATIENCE_SECONDS = 15.0
"""How long a stream waits before it looks at the clock (and, lest a hint was lost, at the events) again."""


@dataclass(frozen=True, slots=True)
class Following:
    """Whose events are followed, after which one, and until when the caller's token is good."""

    learner_id: LearnerId
    after: int
    until: datetime


async def follow(service: Service, following: Following) -> AsyncIterator[ServerSentEvent]:
    """Yield every event after ``following.after``, in order, as they happen, until the token has ended."""
    sequence = following.after
    with service.changes.following(following.learner_id) as follower:
        while (left := following.until - service.clock()) > timedelta(0) and not service.changes.ended:
            while batch := await asyncio.to_thread(_after, service.engine, following.learner_id, sequence):
                for event in batch:
                    yield ServerSentEvent(event=event.kind, id=str(event.sequence), data=event.data)
                sequence = batch[-1].sequence
            await follower.wait(min(PATIENCE_SECONDS, left.total_seconds()))


def _after(engine: Engine, learner: LearnerId, sequence: int) -> tuple[LearnerEvent, ...]:
    with reading(engine) as snapshot:
        return events.after(snapshot, learner, sequence)
