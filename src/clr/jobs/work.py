"""What work there is, and doing one chunk of it.

A new kind of work is a ``Kind`` of the registrar and its line in ``KINDS``. Everything else is the same for all.
"""

import time
from collections.abc import Mapping

from clr.ids import JobId
from clr.registrar import outbox
from clr.registrar.outbox import Chunk, Kind
from clr.registrar.settling import SETTLING
from clr.store.sessions import reading
from clr.web.service import Service

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (SETTLING,)}
"""Every kind of work. A row of any other, written by a newer version, waits for a worker of that version."""

CHUNKS = {"sqlite": 100, "postgresql": 500}
"""Learners a transaction. SQLite has one place for a writer, and whoever awards a badge meanwhile waits for it."""

PAUSE_SECONDS = 0.005
"""After a chunk on SQLite, so that those who wait to write get their turn."""


def chunk(service: Service, job_id: JobId) -> Chunk:
    """Do what is next of a job, as of now; harmless beside others who do the same."""
    database = service.engine.dialect.name
    done = outbox.work_chunk(
        service.engine, KINDS, job_id, at=service.clock(), urls=service.urls, limit=CHUNKS[database]
    )
    if database == "sqlite":
        time.sleep(PAUSE_SECONDS)
    return done


def finish(service: Service) -> int:
    """Do everything that waits, here and now, beside whoever works too; return how much was given."""
    with reading(service.engine) as snapshot:
        jobs = outbox.open_work(snapshot, KINDS)
    gave = 0
    for job_id in jobs:
        more = True
        while more:
            done = chunk(service, job_id)
            gave, more = gave + done.gave, done.more
    return gave
