"""From our rows to DBOS: what waits is handed over, each attempt once however often it is tried."""

import logging
import threading

from dbos import DBOS
from sqlalchemy import Engine

from clr.jobs.work import KINDS
from clr.registrar import outbox
from clr.registrar.outbox import Handed
from clr.store.sessions import reading, transaction

WORKFLOW, QUEUE, VERSION = "work", "jobs", "jobs-1"
"""Names that stand in the database. A process only takes up work of its own version, so it is not the code's."""

POLL_SECONDS = 0.2
AWAY_SECONDS = 2.0
"""Until the next look when the database does not answer."""

_BATCH = 100
_log = logging.getLogger(__name__)


def workflow_id(handed: Handed) -> str:
    """Return the name of an attempt in DBOS: that of the job; from the second on with a number."""
    return f"{handed.id}.{handed.attempt}" if handed.attempt else handed.id


def hand_over(engine: Engine) -> int:
    """Hand what waits to DBOS, and note it. A stop in between does no harm: a known attempt is not taken twice."""
    with reading(engine) as snapshot:
        found = outbox.waiting(snapshot, KINDS, limit=_BATCH)
    for handed in found:
        DBOS.enqueue_workflow_with_options(
            {
                "workflow_name": WORKFLOW,
                "queue_name": QUEUE,
                "workflow_id": workflow_id(handed),
                "app_version": VERSION,
            },
            handed.id,
            handed.attempt,
        )
        with transaction(engine) as session:
            outbox.taken(session, handed)
    return len(found)


class Pump:
    """The thread that looks for what waits."""

    def __init__(self, engine: Engine) -> None:
        """Prepare to look in the database behind ``engine``."""
        self._engine, self._stop = engine, threading.Event()
        self._thread = threading.Thread(target=self._run, name="job-pump", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join(10)

    def _run(self) -> None:
        wait = 0.0
        while not self._stop.wait(wait):
            try:
                wait = 0 if hand_over(self._engine) == _BATCH else POLL_SECONDS
            except Exception:  # the database is away, or was; the next look is as good as this one
                _log.exception("Work that waits could not be handed over; trying again.")
                wait = AWAY_SECONDS
