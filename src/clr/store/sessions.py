"""Opening the database, embedded SQLite by default, and keeping work whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import ARRAY, Connection, Engine, Pool, String, cast, event, func
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, create_engine, select

from clr.errors import Conflict
from clr.ids import LearnerId

CHANNEL = "clr_events"
"""The PostgreSQL channel on which a learner's id is told by the transaction that moved her events."""

THREADS = 40
"""Connections at most: one for each thread in which a server runs operations, so that none waits for another's."""

_MOVED = "learners whose events moved"
BUSY_SECONDS = 10
"""How long a writer waits for another one of SQLite."""

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "foreign_keys=ON",
)


def open_engine(url: str) -> Engine:
    """Return an engine for ``url``; the folder of a SQLite file is made when absent."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=THREADS // 4, max_overflow=THREADS, pool_pre_ping=True)
    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"check_same_thread": False}, pool_size=THREADS)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "checkin", _returned)
    return engine


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Yield a session whose work is kept whole or not at all.

    On SQLite the write lock is taken by the first statement, so writers wait for each other instead of failing midway.
    """
    with (
        Session(engine.execution_options(clr_write=True), expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session
        _tell_moved(session)


def note_moved(session: Session, learner: LearnerId) -> None:
    """Note that the events of a learner move with this transaction; whoever listens hears of it when it is kept."""
    session.info.setdefault(_MOVED, set()).add(learner)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Yield a session that sees one snapshot and writes nothing."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with Session(engine.execution_options(**options), expire_on_commit=False) as session:
        yield session
        session.rollback()


@contextmanager
def first(session: Session, says: str) -> Iterator[None]:
    """Keep what is written inside, or raise ``Conflict(says)`` and undo it when the same was kept a moment before.

    For names that belong to one: PostgreSQL lets two writers look, find the name free, and both take it.
    """
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as fault:
        raise Conflict(says) from fault


def _tell_moved(session: Session) -> None:
    moved = sorted(session.info.pop(_MOVED, ()))
    if moved and session.in_transaction() and session.get_bind().dialect.name == "postgresql":
        told = func.unnest(cast(moved, ARRAY(String)))
        session.exec(select(func.pg_notify(CHANNEL, told)))


def _prepare(connection: SQLiteConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


_turns: WeakKeyDictionary[Pool, Lock] = WeakKeyDictionary()
_TURN = "turn"


def _begin(connection: Connection) -> None:
    """Begin a transaction. Writers of one process take turns: one that finds the file locked would sleep a while."""
    if not connection.get_execution_options().get("clr_write", False):
        connection.exec_driver_sql("BEGIN")
        return
    turn = _turns.setdefault(connection.engine.pool, Lock())
    if turn.acquire(timeout=BUSY_SECONDS):
        connection.info[_TURN] = turn
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # who got no turn hears from SQLite that it is locked


def _returned(_: SQLiteConnection | None, entry: ConnectionPoolEntry) -> None:
    """Give the turn to the next writer, now that the connection is done with: kept, undone or broken."""
    turn: Lock | None = entry.info.pop(_TURN, None)
    if turn is not None:
        turn.release()
