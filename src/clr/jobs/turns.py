"""Whose turn it is to work: DBOS is one for each process, and on SQLite one for each file."""

import fcntl
import os
import threading
from io import FileIO

from sqlalchemy import Engine

_this_process = threading.Lock()
"""A second DBOS in one process would silently use the database of the first."""


class Turn:
    """The right to work the jobs of a database, until it is given back or the process ends, however it ends."""

    def __init__(self, engine: Engine) -> None:
        """Think of the database behind ``engine``; nothing is taken yet."""
        self._path = f"{engine.url.database}.jobs" if engine.dialect.name == "sqlite" else None
        self._file: FileIO | None = None

    def take(self) -> bool:
        """Return whether the turn is ours now."""
        if not _this_process.acquire(blocking=False):
            return False
        if self._path is None:
            return True
        file = FileIO(self._path, "a")
        try:
            fcntl.lockf(
                file, fcntl.LOCK_EX | fcntl.LOCK_NB
            )  # of this process alone: its children do not hold it
        except OSError:
            file.close()
            _this_process.release()
            return False
        file.truncate(0)
        file.write(f"{os.getpid()}\n".encode())
        self._file = file
        return True

    def give_back(self) -> None:
        """Let somebody else work."""
        if self._file is not None:
            self._file.close()
            self._file = None
        _this_process.release()
