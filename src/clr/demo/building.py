"""Building the demonstration: every step through the acts that everybody else goes through."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clr.app import open_service
from clr.demo import northfield
from clr.errors import Conflict
from clr.ids import PersonId
from clr.registrar import tokens
from clr.settings import Settings
from clr.web.access import ACCESS
from clr.web.service import Service

FOLDER, MARK, FILE = "demo", "DEMONSTRATION", "demo.json"
TOKEN_MINUTES = 30 * 24 * 60


def settings_of(settings: Settings) -> Settings:
    """Return the settings of the demonstration: a folder of its own, and the invented university's name."""
    fields = settings.model_fields_set
    ours: dict[str, Any] = {"data_dir": settings.data_dir / FOLDER, "institution_name": northfield.NAME}
    if "public_url" not in fields:
        ours["public_url"] = f"http://localhost:{settings.port}"
    return settings.model_copy(update=ours)


def require_no_demo(settings: Settings) -> None:
    """Refuse to serve people with keys that were made for a demonstration."""
    if (settings.data_dir / "keys" / MARK).exists():
        raise Conflict(
            f"The keys in {settings.data_dir / 'keys'} belong to a demonstration. Start with --demo, or set "
            "CLR_DATA_DIR to a folder of your own; new keys are made there."
        )


def build(settings: Settings, *, fresh: bool) -> str:
    """Build the demonstration unless it is there already; return what to open, as text for people.

    ``fresh`` deletes an earlier one first, and refuses to delete anything else.
    """
    if fresh:
        _clear(settings)
    service = open_service(settings, demo=True)
    try:
        told = settings.data_dir / FILE
        if not told.exists():
            (settings.data_dir / "keys" / MARK).write_text(
                "Keys of a demonstration: trust nothing they signed.\n"
            )
            ids = northfield.build(service)
        else:
            ids = json.loads(told.read_text())["ids"]
        _tell(service, told, ids)
        return _welcome(settings, told, ids)
    finally:
        service.engine.dispose()


def _clear(settings: Settings) -> None:
    folder = settings.data_dir
    if settings.database_url:
        raise Conflict(
            "--fresh deletes the demonstration's folder, not a PostgreSQL database; empty that yourself."
        )
    if folder.exists() and any(folder.iterdir()) and not (folder / "keys" / MARK).exists():
        raise Conflict(f"{folder} holds something that is no demonstration, so it is not deleted.")
    shutil.rmtree(folder, ignore_errors=True)


def _tell(service: Service, told: Path, ids: Mapping[str, Any]) -> None:
    """Write working tokens and ids for developers of dashboards, readable by their owner only."""
    people = {name: PersonId(person) for name, person in ids["people"].items()}
    made = {name: _token(service, person) for name, person in people.items()}
    content = {"base_url": service.urls.public_url, "tokens": made, "ids": dict(ids)}
    told.touch(mode=0o600)
    told.write_text(json.dumps(content, indent=2) + "\n")


def _token(service: Service, person: PersonId) -> str:
    return tokens.mint(
        person,
        purpose=ACCESS,
        at=service.clock(),
        minutes=TOKEN_MINUTES,
        kid=service.keyring.token_kid,
        key=service.keyring.token_key,
    )


def _welcome(settings: Settings, told: Path, ids: Mapping[str, Any]) -> str:
    base = settings.public_url
    return (
        f"{northfield.NAME}, a demonstration: invented people, invented badges.\n\n"
        f"  Dashboard      {base}/\n"
        f"  Composer       {base}/records/{ids['records']['learner_1']}\n"
        f"  Shared record  {base}/s/{ids['share_token']}\n"
        f"  Verifier       {base}/verify\n\n"
        f"The first two ask who you are: choose a person at {base}/demo\n"
        f"Tokens and ids for developers: {told}\n"
    )
