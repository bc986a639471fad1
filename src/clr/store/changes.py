"""Hearing that a learner's events moved, whichever process moved them.

PostgreSQL tells by ``LISTEN`` on one connection outside the pool. SQLite cannot, so one connection asks
``PRAGMA data_version`` ten times a second (some microseconds each) and, when it moved, which of the followed
learners' sequences did. Both are hints only: whoever is woken reads the events themselves.
"""

import asyncio
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import psycopg
from sqlalchemy import Engine
from sqlmodel import col, select

from clr.ids import LearnerId
from clr.store.sessions import CHANNEL, reading
from clr.store.tables import Learner

POLL_SECONDS = 0.1
RETRY_SECONDS = 0.5
_BATCH = 500
_log = logging.getLogger(__name__)


class Follower:
    """One who waits for a learner's next event."""

    def __init__(self) -> None:
        """Start with nothing heard."""
        self._heard = asyncio.Event()

    async def wait(self, seconds: float) -> bool:
        """Return whether something may have arrived within ``seconds``; read the events after, not before."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._heard.wait(), seconds)
        heard = self._heard.is_set()
        self._heard.clear()
        return heard

    def wake(self) -> None:
        """Let the waiting go on."""
        self._heard.set()


class Changes:
    """The one listener of a process; everything but reading sequences happens on the event loop."""

    def __init__(self, engine: Engine) -> None:
        """Prepare to listen on the database behind ``engine``."""
        self._engine = engine
        self._followers: defaultdict[LearnerId, set[Follower]] = defaultdict(set)
        self._seen: dict[LearnerId, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.ended = False

    async def start(self) -> None:
        """Begin to listen, until :meth:`stop`."""
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._keep_listening())

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def end(self) -> None:
        """Let every stream end: the process is about to stop. May be called from any thread."""
        self.ended = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(lambda: self._wake(*self._followers))

    @contextmanager
    def following(self, learner: LearnerId) -> Iterator[Follower]:
        """Yield one who hears of ``learner`` from now on."""
        follower = Follower()
        self._followers[learner].add(follower)
        try:
            yield follower
        finally:
            self._followers[learner].discard(follower)
            if not self._followers[learner]:
                del self._followers[learner]
                self._seen.pop(learner, None)

    async def _keep_listening(self) -> None:
        listen = self._listen if self._engine.dialect.name == "postgresql" else self._poll
        while True:
            try:
                await listen()
            except (psycopg.Error, sqlite3.Error) as fault:
                _log.warning("Live events: the database is out of reach, trying again: %s", fault)
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        address = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._wake(*self._followers)  # what was told while nobody listened
            async for notice in connection.notifies():
                self._wake(LearnerId(notice.payload))

    async def _poll(self) -> None:
        with closing(sqlite3.connect(self._engine.url.database or "")) as connection:
            version = None
            while True:
                (now,) = connection.execute("PRAGMA data_version").fetchone()
                if now != version:
                    version = now
                    self._wake(*await self._moved())
                await asyncio.sleep(POLL_SECONDS)

    async def _moved(self) -> list[LearnerId]:
        now = await asyncio.to_thread(self._sequences, list(self._followers))
        moved = [learner for learner, sequence in now.items() if self._seen.get(learner) != sequence]
        self._seen.update(now)
        return moved

    def _sequences(self, learners: list[LearnerId]) -> dict[LearnerId, int]:
        found: dict[LearnerId, int] = {}
        with reading(self._engine) as snapshot:
            for start in range(0, len(learners), _BATCH):
                some = learners[start : start + _BATCH]
                rows = select(Learner.id, Learner.sequence).where(col(Learner.id).in_(some))
                found.update((LearnerId(learner), sequence) for learner, sequence in snapshot.exec(rows))
        return found

    def _wake(self, *learners: LearnerId) -> None:
        for learner in learners:
            for follower in tuple(self._followers.get(learner, ())):
                follower.wake()
