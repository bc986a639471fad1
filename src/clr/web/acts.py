"""One operation, one thread: whatever it reads or writes is opened and closed in the thread that runs it.

The framework runs a dependency, the operation and the writing of its answer each in some thread of a small pool. If a
connection, or SQLite's one place for a writer, were held from one of these to the next, it would wait for a free
thread while those who hold the threads wait for it: forty requests at once, and nobody moves.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import wraps
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any

from fastapi.routing import APIRoute
from sqlalchemy import Engine
from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class Opening:
    """A session that an operation will be given: opened when it begins, kept or undone when it ends."""

    opened: Callable[[Engine], AbstractContextManager[Session]]
    engine: Engine


class ActRoute(APIRoute):
    """A route whose operation finds its sessions open, and whose answer is sent when they are closed."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Wrap ``endpoint``."""
        super().__init__(path, _whole(endpoint), **options)


def _whole(operation: Callable[..., Any]) -> Callable[..., Any]:
    if iscoroutinefunction(operation) or isasyncgenfunction(operation):
        return operation

    @wraps(operation)
    def act(**given: Any) -> Any:
        with ExitStack() as stack:
            for name, value in given.items():
                if isinstance(value, Opening):
                    given[name] = stack.enter_context(value.opened(value.engine))
            return operation(**given)

    return act
