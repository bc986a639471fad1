"""The running service: everything a door may reach, opened once by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine

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
    clock: Callable[[], datetime] = field(default=utc_now)
