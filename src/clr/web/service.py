"""The running service: everything a door may reach, opened once by the composition root."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine

from clr.errors import InFlight
from clr.net.checking import Checker
from clr.records.contexts import Contexts
from clr.registrar.keyring import Keyring
from clr.registrar.urls import Urls
from clr.settings import Settings
from clr.store.changes import Changes
from clr.store.files import Files


def utc_now() -> datetime:
    """Return the time: the one clock a running service reads."""
    return datetime.now(UTC)


class Answering:
    """The requests with an Idempotency-Key that this process is answering at the moment."""

    def __init__(self) -> None:
        """Begin with none."""
        self._names: set[str] = set()
        self._looking = threading.Lock()

    @property
    def names(self) -> frozenset[str]:
        """Who is being answered, each by person and key."""
        return frozenset(self._names)

    @contextmanager
    def claim(self, name: str) -> Iterator[None]:
        """Answer the request ``name`` inside; whoever sends it again meanwhile is told so."""
        with self._looking:
            if name in self._names:
                raise InFlight(IN_FLIGHT)
            self._names.add(name)
        try:
            yield
        finally:
            with self._looking:
                self._names.discard(name)


IN_FLIGHT = "The same request is being answered right now. Repeat it in a second."


@dataclass
class Service:
    """One open service. ``clock`` is the only clock the doors read; tests set it."""

    settings: Settings
    engine: Engine
    urls: Urls
    keyring: Keyring
    contexts: Contexts
    files: Files
    changes: Changes
    checker: Checker
    demo: bool = False
    answering: Answering = field(default_factory=Answering)
    clock: Callable[[], datetime] = field(default=utc_now)
