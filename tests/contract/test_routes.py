"""Every route of the assembled application has a row here: who gets past its door."""

import re

import pytest
from fastapi.routing import APIRoute

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
    found = []
    for route in create_app(Settings()).routes:
        if isinstance(route, APIRoute):
            found += [(method, route.path) for method in sorted(route.methods)]
    return sorted(found)


API = [(method, path) for method, path in routes() if path.startswith("/v1/")]
GUARDED = [(method, path) for method, path in API if f"{method} {path}" not in PUBLIC]


def address(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "x" * 30, path)


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_without_a_token_nothing_is_told(client, method: str, path: str):
    answer = client.request(method, address(path))
    assert answer.status_code == 401, (method, path, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Bearer" in answer.headers["www-authenticate"]


def test_the_public_list_names_only_routes_that_exist():
    known = {f"{method} {path}" for method, path in routes()}
    assert known >= PUBLIC
