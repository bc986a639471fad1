"""What work there is, and doing one chunk of it.

A new kind of work is a ``Kind`` of the registrar and its line in ``KINDS``. Everything else is the same for all.
"""

import time
from collections.abc import Mapping

from clr.ids import JobId
from clr.registrar import outbox
from clr.registrar.migrating import MIGRATING
from clr.registrar.outbox import Chunk, Kind
from clr.registrar.settling import SETTLING
from clr.store.sessions import reading, transaction
from clr.web.service import Service

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (SETTLING, MIGRATING)}
"""Every kind of work. A row of any other, written by a newer version, waits for a worker of that version."""

CHUNKS = {"sqlite": 100, "postgresql": 500}
"""Learners a transaction, at most."""

CHUNK_SECONDS = {"sqlite": 0.05, "postgresql": 0.25}
"""How long a transaction takes, about. Meanwhile SQLite has no place for another writer, and a learner of the chunk on
PostgreSQL none for her award: who is waited for is one chunk, however much there is to do for each learner."""

PAUSE_SECONDS = 0.005
"""After a chunk on SQLite, at least. Writers of this process get their turn at once; those of others look again after
some tenths of a second, and find it free as often as half the time of a chunk is left to them."""


class Watch:
    """How long a chunk takes, from its first learner on: waiting for one's turn is not work."""

    def __init__(self, seconds: float) -> None:
        """Allow ``seconds``."""
        self._seconds, self._begun = seconds, 0.0

    @property
    def taken(self) -> float:
        """Seconds since the first learner was done; none before."""
        return time.monotonic() - self._begun if self._begun else 0.0

    def enough(self) -> bool:
        """Whether it has taken long enough; asked after each learner."""
        self._begun = self._begun or time.monotonic()
        return self.taken > self._seconds


def chunk(service: Service, job_id: JobId) -> Chunk:
    """Do what is next of a job, as of now; harmless beside others who do the same."""
    database = service.engine.dialect.name
    watch = Watch(CHUNK_SECONDS[database])
    done = outbox.work_chunk(
        service.engine,
        KINDS,
        job_id,
        at=service.clock(),
        urls=service.urls,
        limit=CHUNKS[database],
        enough=watch.enough,
    )
    if database == "sqlite":
        time.sleep(max(PAUSE_SECONDS, watch.taken / 2))
    return done


def finish(service: Service) -> int:
    """Do everything that waits, here and now, beside whoever works too; return how much was given."""
    with transaction(service.engine) as session:
        outbox.begin_due(session, at=service.clock())
    with reading(service.engine) as snapshot:
        jobs = outbox.open_work(snapshot, KINDS)
    gave = 0
    for job_id in jobs:
        more = True
        while more:
            done = chunk(service, job_id)
            gave, more = gave + done.gave, done.more
    return gave
