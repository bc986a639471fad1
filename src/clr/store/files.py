"""Private files, images and evidence: kept under random names, so that a name tells nothing and never collides."""

import secrets
from pathlib import Path

import obstore
from obstore.store import LocalStore

from clr.errors import NotFound

NAME_BYTES = 16


class Files:
    """The folder of kept files. A file is written before the transaction that names it; it is never changed."""

    def __init__(self, folder: Path) -> None:
        """Open ``folder``; it is made, readable by its owner only, when absent."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._store = LocalStore(prefix=folder)

    def put(self, content: bytes) -> str:
        """Keep ``content`` and return the name it is kept under."""
        name = secrets.token_hex(NAME_BYTES)
        obstore.put(self._store, name, content, mode="create")
        return name

    def get(self, name: str) -> bytes:
        """Return the content kept under ``name``, or raise ``NotFound``."""
        try:
            return bytes(obstore.get(self._store, name).bytes())
        except FileNotFoundError:
            raise NotFound("The file is no longer kept.") from None

    def remove(self, name: str) -> None:
        """Forget the file; an unknown name is no error."""
        try:
            obstore.delete(self._store, name)
        except FileNotFoundError:
            return
