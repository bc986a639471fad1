"""Every route of the assembled application has a row here: who gets past its door."""

import re
import shutil
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from clr.app import create_app
from clr.settings import Settings

PUBLIC = {
    "GET /healthz",
    "GET /readyz",
    "POST /v1/verify",
    "GET /v1/achievements/{achievement_id}/image",
}
"""What anybody may ask without a token under ``/v1`` and beside it; everything else there answers 401."""


def routes() -> list[tuple[str, str]]:
    contract = create_app(Settings()).openapi()["paths"]
    return sorted((method.upper(), path) for path, methods in contract.items() for method in methods)


API = [(method, path) for method, path in routes() if path.startswith("/v1/")]
GUARDED = [(method, path) for method, path in API if f"{method} {path}" not in PUBLIC]


def address(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "x" * 30, path)


@pytest.fixture(scope="module")
def door(sqlite_template, tmp_path_factory) -> Iterator[TestClient]:
    """One service for all rows: nobody gets far enough to change anything."""
    folder = tmp_path_factory.mktemp("door")
    shutil.copy(sqlite_template, folder / "clr.db")
    with TestClient(create_app(Settings(data_dir=folder))) as client:
        yield client


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_without_a_token_nothing_is_told(door, method: str, path: str):
    answer = door.request(method, address(path))
    assert answer.status_code == 401, (method, path, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Bearer" in answer.headers["www-authenticate"]


def test_the_public_list_names_only_routes_that_exist():
    known = {f"{method} {path}" for method, path in routes()}
    assert known >= PUBLIC


def test_there_are_routes_to_guard():
    assert len(GUARDED) > 30
