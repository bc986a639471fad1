"""Taking over what dead workers left: DBOS itself only recovers what a process of the same name left behind.

One in each worker, any number at once. Workers on PostgreSQL say each second, by the database's clock, that they
live. On SQLite the lock file says who works, alone; there only what a living worker itself lost is looked for (when
the database was away, DBOS drops work that stays its own in the table).
"""

import logging
import threading

from dbos import DBOS
from dbos._dbos import _get_dbos_instance
from dbos._utils import INTERNAL_QUEUE_NAME
from sqlalchemy import ColumnElement, Engine, Float, delete, func, insert, update
from sqlmodel import col, select

from clr.store.sessions import transaction
from clr.store.tables import JobWorker

BEAT_SECONDS, DEAD_SECONDS = 1.0, 5.0
"""Take-over is after at most their sum and one look of the queue."""

FORGET_SECONDS = 3600
_log = logging.getLogger(__name__)


def running_here() -> set[str]:
    """Return the workflows that run in this process."""
    return set(_get_dbos_instance()._active_workflows_set.activeList())  # noqa: SLF001  DBOS tells it nowhere else


class Supervisor:
    """One worker's word that it lives, and its eye on the others."""

    def __init__(self, engine: Engine, me: str) -> None:
        """Speak for the worker ``me`` of the database behind ``engine``."""
        self._engine, self._me, self._stop = engine, me, threading.Event()
        self._alone = engine.dialect.name == "sqlite"
        self._suspect: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="job-supervisor", daemon=True)

    def start(self) -> None:
        """Begin, once :meth:`beat` was called and DBOS launched."""
        self._thread.start()

    def stop(self) -> None:
        """Say goodbye: the others take over at their next beat."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(10)
        if not self._alone:
            with transaction(self._engine) as session:
                session.exec(delete(JobWorker).where(col(JobWorker.id) == self._me))

    def beat(self) -> None:
        """Say that this worker lives; for the first time before it can hold anything."""
        if self._alone:
            return
        with transaction(self._engine) as session:
            mine = col(JobWorker.id) == self._me
            if not session.exec(update(JobWorker).where(mine).values(seen=_now())).rowcount:
                session.exec(insert(JobWorker).values(id=self._me, seen=_now()))

    def sweep(self) -> None:
        """Give back to the queue what nobody works although it says so.

        What is worked is read first and who lives second: who takes work in between may be missed, never condemned.
        What a living worker lost itself must be seen lost twice, since work is in the table before it is in a thread.
        """
        pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        alive = self._alive()
        here = running_here()
        lost = {one.workflow_id for one in pending if one.executor_id == self._me} - here
        for one in pending:
            if one.executor_id and (one.executor_id not in alive or one.workflow_id in lost & self._suspect):
                _log.warning("Taking over the work %s of %s.", one.workflow_id, one.executor_id)
                # It names whom it was taken from, so of several who do this only the first does anything.
                _get_dbos_instance()._sys_db.reenqueue_for_recovery(  # noqa: SLF001  DBOS offers it to its own cloud only
                    one.workflow_id, [one.executor_id], INTERNAL_QUEUE_NAME
                )
        self._suspect = lost

    def _alive(self) -> set[str]:
        if self._alone:
            return {self._me}
        with transaction(self._engine) as session:
            session.exec(delete(JobWorker).where(col(JobWorker.seen) < _now() - FORGET_SECONDS))
            seen = session.exec(select(JobWorker.id).where(col(JobWorker.seen) > _now() - DEAD_SECONDS))
            return {*seen, self._me}

    def _run(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            try:
                self.beat()
                self.sweep()
            except Exception:  # the database is away: the next beat tells
                _log.exception("The supervisor of the jobs could not look; trying again.")


def _now() -> ColumnElement[float]:
    """The clock of PostgreSQL, so that those of the workers need not agree."""
    return func.extract("epoch", func.clock_timestamp()).cast(Float)
