"""DBOS, and what it needs around it to lose nothing: started and stopped with the process that works.

Everything that may change lives in the acts that a step calls. Workflows are loops over steps, the same for ever,
because work that was begun by one version of this service is ended by the next.
"""

import logging
import socket
import threading
import time
from datetime import datetime
from sqlite3 import Connection as SQLiteConnection
from typing import ClassVar

from dbos import DBOS, DBOSConfig
from sqlalchemy import Engine, ExceptionContext, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from clr.ids import JobId, new_id
from clr.jobs import work
from clr.jobs.pump import POLL_SECONDS, QUEUE, VERSION, WORKFLOW, Pump
from clr.jobs.schedules import SCHEDULES, TICK
from clr.jobs.supervisor import Supervisor, running_here
from clr.jobs.turns import Turn
from clr.registrar import outbox
from clr.registrar.outbox import Handed
from clr.store.sessions import SQLITE_PRAGMAS, transaction
from clr.web.service import Service

AT_ONCE = 2
"""Jobs that one process works at once, so that a short one need not wait for a long one."""

DRAIN_SECONDS = 10
"""How long a stop waits for the chunk that is being done. What is cut off is done again elsewhere."""

RETRY_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Worker:
    """What works jobs in this process; one thread from start to stop."""

    now: ClassVar["Worker | None"] = None
    """The one that works, for the steps: what DBOS calls is given ids only."""

    def __init__(self, service: Service) -> None:
        """Prepare to work the jobs of ``service``."""
        self.service = service
        self.working, self.stopping = threading.Event(), threading.Event()
        alone = service.engine.dialect.name == "sqlite"
        self._me = "alone" if alone else f"{socket.gethostname()}-{new_id('wrk')[-8:]}"
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin to work, or to wait until it is this process's turn."""
        self._thread.start()

    def stop(self) -> None:
        """End what is being done at its next chunk, and give the rest back."""
        self.stopping.set()
        self._thread.join(DRAIN_SECONDS + 20)

    def _run(self) -> None:
        turn = Turn(self.service.engine)
        if not self._wait_for(turn):
            return
        try:
            while not self.stopping.is_set():
                try:
                    self._work()
                except Exception:
                    # The database is away while we start or stop: the next try is as good as this.
                    _log.exception("Jobs cannot be worked; trying again.")
                    self.stopping.wait(RETRY_SECONDS)
        finally:
            turn.give_back()

    def _wait_for(self, turn: Turn) -> bool:
        told = False
        while not self.stopping.is_set():
            if turn.take():
                return True
            if not told:
                _log.warning("Another service works the jobs; this one takes over when that ends.")
                told = True
            self.stopping.wait(RETRY_SECONDS)
        return False

    def _work(self) -> None:
        """Work until told to stop."""
        engine = system_engine(self.service.engine)
        supervisor, pump = Supervisor(self.service.engine, self._me), Pump(self.service.engine)
        Worker.now = self
        try:
            DBOS(config=configuration(engine, self._me))
            supervisor.beat()
            DBOS.launch()
            DBOS.register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=POLL_SECONDS)
            _keep_hours()
            supervisor.start()
            pump.start()
            self.working.set()
            self.stopping.wait()
            pump.stop()
            _drain()
        finally:
            supervisor.stop()
            DBOS.destroy()
            Worker.now = None
            engine.dispose()


def configuration(engine: Engine, me: str) -> DBOSConfig:
    """Return how DBOS is set up for the worker ``me``: in our own database, with a version that never changes."""
    return {
        "name": "clr",
        "application_version": VERSION,
        "executor_id": me,
        "system_database_url": engine.url.render_as_string(hide_password=False),
        "system_database_engine": engine,
        "log_level": "WARNING",
    }


def system_engine(ours: Engine) -> Engine:
    """Return an engine for DBOS's own tables, on the database behind ``ours``.

    On SQLite it is set up as ours is, since DBOS asks for no write-ahead log. On PostgreSQL, not to reach the server
    at all is the same as losing it: DBOS then waits for it, where it would otherwise drop what it was doing.
    """
    if ours.dialect.name == "sqlite":
        engine = create_engine(ours.url, connect_args={"check_same_thread": False})
        event.listen(engine, "connect", _prepare)
    else:
        engine = create_engine(ours.url, pool_size=10, max_overflow=20, pool_pre_ping=True)
    event.listen(engine, "handle_error", _unreachable)
    return engine


def _prepare(connection: SQLiteConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = "IMMEDIATE"
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _unreachable(context: ExceptionContext) -> None:
    if context.connection is None:
        context.is_disconnect = True


def _keep_hours() -> None:
    for known in DBOS.list_schedules():
        if known["schedule_name"] not in SCHEDULES:
            DBOS.delete_schedule(known["schedule_name"])
    DBOS.apply_schedules(
        [
            {"schedule_name": name, "workflow_fn": _tick, "schedule": schedule.hours, "context": name}
            for name, schedule in SCHEDULES.items()
        ]
    )


def _drain() -> None:
    deadline = time.monotonic() + DRAIN_SECONDS
    while running_here() and time.monotonic() < deadline:
        time.sleep(0.02)


def _worker() -> Worker:
    if Worker.now is None:
        raise RuntimeError("a step was called in a process that works no jobs")
    return Worker.now


@DBOS.step(name="chunk", retries_allowed=True, interval_seconds=1, backoff_rate=2, max_attempts=6)
def _chunk(job_id: str, attempt: int) -> bool:
    worker = _worker()
    if worker.stopping.is_set():
        with transaction(worker.service.engine) as session:
            outbox.given_back(session, Handed(JobId(job_id), attempt))
        return False
    return work.chunk(worker.service, JobId(job_id)).more


@DBOS.workflow(name=WORKFLOW)
def _work(job_id: str, attempt: int) -> None:
    while _chunk(job_id, attempt):
        pass


@DBOS.step(name="act", retries_allowed=True, interval_seconds=1, backoff_rate=2, max_attempts=3)
def _act(name: str) -> None:
    service = _worker().service
    if name in SCHEDULES:  # it may have been taken out since this tick was noted
        SCHEDULES[name].act(service, service.clock())


@DBOS.workflow(name=TICK)
def _tick(scheduled: datetime, name: str) -> None:  # noqa: ARG001  DBOS calls it so
    _act(name)
