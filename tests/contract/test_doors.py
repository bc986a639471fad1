"""What every door does: who is believed, which origins are answered, what each answer carries."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Engine

from clr.app import create_app
from clr.registrar import people
from clr.settings import Settings
from clr.store.sessions import reading
from tests.conftest import sql
from tests.contract.test_privacy import share
from tests.contract.test_routes import session_of
from tests.store.test_records import CREDENTIAL, compose
from tests.worlds import World

OWN, OTHER = "http://localhost:8000", "https://elsewhere.example"
FRONTEND = "http://127.0.0.1:9000"
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.fixture
def settings(database: str, tmp_path) -> Settings:
    """A service that lets one frontend in."""
    return Settings(data_dir=tmp_path, database_url=database, cors_origins=(FRONTEND,), jobs="elsewhere")


def session(world: World, name: str = "Amy", **more: str) -> dict[str, str]:
    """The headers of a browser in which a learner signed in."""
    learner = world.learners.get(name) or world.learner(name)
    with reading(world.client.app.state.service.engine) as snapshot:
        person = people.person_of(snapshot, learner)
    return {"Cookie": f"clr_session={session_of(world, person)}"} | more


# Who is believed


def test_a_session_is_no_access_token_and_an_access_token_no_session(world: World) -> None:
    cookie = session(world)["Cookie"].partition("=")[2]
    token = world.as_(world.learners["Amy"])["Authorization"].removeprefix("Bearer ")

    as_bearer = world.client.get("/v1/records", headers={"Authorization": f"Bearer {cookie}"})
    as_cookie = world.client.get("/v1/records", headers={"Cookie": f"clr_session={token}"})

    assert (as_bearer.status_code, as_cookie.status_code) == (401, 401)
    assert world.client.get("/v1/records", headers={"Cookie": f"clr_session={cookie}"}).status_code == 200


def test_a_signed_badge_opens_no_door(world: World) -> None:
    amy = world.learner("Amy")
    award = world.grant(amy, "Debate").award["id"]
    badge = world.client.get(f"/v1/awards/{award}/credential", headers=world.as_(amy)).text

    for told in (badge, json.dumps(json.loads(badge)["proof"]), json.loads(badge)["proof"]["proofValue"]):
        answer = world.client.get(
            "/v1/records", headers={"Authorization": b"Bearer " + told.encode()[:60_000]}
        )
        assert answer.status_code == 401


@pytest.mark.parametrize(
    "told",
    [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a b c",
        "Basic YTpi",
        "Digest x",
        "bearer " + "a." * 3000,
        "Bearer \xff",
    ],
)
def test_no_other_authorization_is_believed(world: World, told: str) -> None:
    answer = world.client.get("/v1/issuers", headers={"Authorization": told.encode("latin-1")})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="clr"'


def test_a_token_is_over_at_its_minute_and_so_is_a_session(world: World, clock) -> None:
    amy = world.learner("Amy")
    bearer, browser = world.as_(amy), session(world)
    clock.passes(minutes=60)

    assert world.client.get("/v1/records", headers=bearer).status_code == 401
    assert world.client.get("/v1/records", headers=browser).status_code == 401
    way = world.client.get("/records", headers=browser, follow_redirects=False)
    assert (way.status_code, way.headers["location"]) == (303, "/sign-in")
    assert 'clr_session=""' in way.headers["set-cookie"]


def test_a_session_that_is_over_closes_no_page_that_is_open_to_everybody(world: World, clock) -> None:
    browser = session(world, Accept="text/html")
    clock.passes(hours=2)

    assert world.client.get("/verify", headers=browser, follow_redirects=False).status_code == 200
    forged = {"Cookie": "clr_session=forged", "Accept": "text/html"}
    assert world.client.get("/verify", headers=forged, follow_redirects=False).status_code == 200


@pytest.mark.parametrize("url", [OWN, "https://records.example.edu"])
def test_no_script_reads_a_session_and_no_other_site_sends_it(settings: Settings, url: str) -> None:
    app = create_app(settings.model_copy(update={"public_url": url}), demo=True)
    with TestClient(app, base_url=OWN) as client:
        world = World(client)
        world.learner("Amy")
        with reading(app.state.service.engine) as snapshot:
            person = people.person_of(snapshot, world.learners["Amy"])
        headers = {"Origin": url, "Content-Type": "application/x-www-form-urlencoded"}
        chosen = client.post("/demo", content=f"person={person}", headers=headers, follow_redirects=False)

    assert chosen.status_code == 303
    told = chosen.headers["set-cookie"].lower().split("; ")
    assert {"httponly", "samesite=lax", "path=/"} <= set(told)
    assert ("secure" in told) == url.startswith("https://")


# Where a change comes from


@pytest.mark.parametrize(
    "origin", [None, OTHER, "null", "http://localhost:9000", "http://localhost:8000.evil.example"]
)
def test_a_session_changes_nothing_from_a_page_of_another_site(world: World, origin: str | None) -> None:
    browser = session(world) | ({} if origin is None else {"Origin": origin})

    api = world.client.post("/v1/records", json={"title": "Mine"}, headers=browser)
    page = world.client.post("/records", headers=browser | {"Accept": "text/html"})

    assert (api.status_code, page.status_code) == (403, 403)
    assert world.client.get("/v1/records", headers=session(world)).json()["items"] == []


def test_a_session_changes_what_our_own_page_asks_for_as_json_alone(world: World) -> None:
    browser = session(world, Origin=OWN)

    form = world.client.post(
        "/v1/records", content=b'{"title": "Mine"}', headers=browser | {"Content-Type": "text/plain"}
    )
    made = world.client.post("/v1/records", json={"title": "Mine"}, headers=browser)

    assert (form.status_code, made.status_code) == (415, 201)


def test_a_bearer_may_come_from_anywhere_since_no_browser_sends_it_by_itself(world: World) -> None:
    amy = world.as_(world.learner("Amy")) | {"Origin": OTHER}

    assert world.client.post("/v1/records", json={"title": "Mine"}, headers=amy).status_code == 201


# Which origins may read


def preflight(world: World, origin: str) -> Response:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization, last-event-id",
    }
    return world.client.options("/v1/learners/me/progress", headers=asked)


def test_a_listed_frontend_may_read_progress_and_live_events(world: World) -> None:
    asked = preflight(world, FRONTEND)
    read = world.client.get(
        "/v1/learners/me/progress", headers=world.as_(world.learner("Amy")) | {"Origin": FRONTEND}
    )

    for answer in (asked, read):
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == FRONTEND
        assert "access-control-allow-credentials" not in answer.headers
        assert "Origin" in answer.headers["vary"]
    allowed = asked.headers["access-control-allow-headers"].lower()
    assert {"authorization", "last-event-id", "idempotency-key", "if-match"} <= set(allowed.split(", "))
    assert {"ETag", "Link"} <= set(read.headers["access-control-expose-headers"].split(", "))


def test_no_other_origin_may_read(world: World) -> None:
    asked = preflight(world, OTHER)
    read = world.client.get("/v1/issuers", headers=world.admin | {"Origin": OTHER})

    assert asked.status_code == 400
    assert "access-control-allow-origin" not in asked.headers
    assert "access-control-allow-origin" not in read.headers


# What every answer carries


def test_every_answer_carries_its_guards_whatever_it_says(world: World) -> None:
    keys = world.client.get("/.well-known/did.json")
    answers = {
        200: world.client.get("/v1/issuers", headers=world.admin),
        304: world.client.get("/.well-known/did.json", headers={"If-None-Match": keys.headers["etag"]}),
        400: world.client.get("/v1/issuers?after=%00"),
        401: world.client.get("/v1/issuers"),
        404: world.client.get("/nowhere"),
        405: world.client.put("/v1/issuers"),
    }
    assert {status: answer.status_code for status, answer in answers.items()} == {key: key for key in answers}
    for answer in (*answers.values(), preflight(world, FRONTEND), preflight(world, OTHER)):
        assert ALWAYS.items() <= dict(answer.headers).items(), answer.request.url
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert {"Authorization", "Accept"} <= set(answer.headers["vary"].split(", "))


def test_what_is_private_is_kept_by_nobody_and_what_is_public_is_asked_for_anew(world: World) -> None:
    amy = world.learner("Amy")
    record = compose(world, amy, world.grant(amy, "Debate").award["id"])
    world.client.patch(f"/v1/records/{record['id']}", json={"visibility": "public"}, headers=world.as_(amy))
    public = str(record["public_url"]).removeprefix(OWN)
    link = f"/s/{share(world, amy, record)['token']}"
    headers = world.as_(amy) | {"Accept": CREDENTIAL}

    private = ("/v1/learners/me", f"/v1/records/{record['id']}/clr", link, f"{link}/clr.json")
    shown = (public, "/.well-known/did.json", "/status/1", "/issuers/career-connect")

    assert {world.client.get(path, headers=headers).headers["cache-control"] for path in private} == {
        "private, no-store"
    }
    for path in shown:
        first = world.client.get(path, headers={"Accept": CREDENTIAL})
        assert first.headers["cache-control"] == "public, no-cache", path
        for tag in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
            again = world.client.get(path, headers={"Accept": CREDENTIAL, "If-None-Match": tag})
            assert (again.status_code, again.content) == (304, b""), (path, tag)
        other = world.client.get(path, headers={"Accept": CREDENTIAL, "If-None-Match": '"other"'})
        assert other.content == first.content
    world.client.patch(f"/v1/records/{record['id']}", json={"visibility": "private"}, headers=world.as_(amy))
    held = {"Accept": CREDENTIAL, "If-None-Match": "*"}
    assert world.client.get(public, headers=held).status_code == 404


def test_no_address_is_made_of_what_a_client_says_it_came_for(world: World) -> None:
    lies = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-For": "192.0.2.66",
        "Forwarded": "host=evil.example",
    }
    amy = world.learner("Amy")
    award = world.grant(amy, "Debate").award["id"]
    record = compose(world, amy, award)
    opened = share(world, amy, record)
    for number in range(3):
        world.badge(f"Badge {number}")
    paths = (
        "/v1/achievements?limit=1",
        f"/v1/records/{record['id']}",
        f"/v1/records/{record['id']}/clr",
        f"/v1/awards/{award}/credential",
        f"/s/{opened['token']}",
        "/.well-known/did.json",
        "/issuers/career-connect",
        "/v1/issuers/",
        "/nowhere",
        "/sign-in",
        "/records",
    )
    for path in paths:
        answer = world.client.get(path, headers=world.as_(amy) | lies, follow_redirects=False)
        for text in (answer.text, *answer.headers.values()):
            assert "evil" not in text, path
            assert "gopher" not in text, path


def test_looking_whether_a_link_is_there_is_no_visit(world: World) -> None:
    amy = world.learner("Amy")
    opened = share(world, amy, compose(world, amy, world.grant(amy, "Debate").award["id"]))
    address = f"/s/{opened['token']}"

    for accept in (CREDENTIAL, "text/html"):
        looked = world.client.head(address, headers={"Accept": accept})
        assert (looked.status_code, looked.content) == (200, b"")
        assert looked.headers["content-type"].startswith(accept)
        assert world.client.head("/s/unknown", headers={"Accept": accept}).status_code == 404
    days = world.client.get(f"/v1/shares/{opened['id']}/visits", headers=world.as_(amy)).json()

    assert days["items"] == []


# When something of ours is out of order


@contextmanager
def out_of_reach(engine: Engine, request: pytest.FixtureRequest) -> Iterator[None]:
    """Take the database away from a running service, and give it back."""
    engine.dispose()
    name = engine.url.database or ""
    if engine.dialect.name == "sqlite":
        file, aside = Path(name), Path(f"{name}.aside")
        file.rename(aside)
        file.mkdir()
        yield
        file.rmdir()
        aside.rename(file)
        return
    admin = request.getfixturevalue("postgres")
    sql(admin, f"alter database {name} with allow_connections false")
    sql(admin, f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")  # noqa: S608  our own name
    yield
    sql(admin, f"alter database {name} with allow_connections true")


def test_a_database_that_is_out_of_reach_is_told_as_such_and_the_service_recovers(
    world: World, request: pytest.FixtureRequest
) -> None:
    with out_of_reach(world.client.app.state.service.engine, request):
        away = [world.client.get(path, headers=world.admin) for path in ("/readyz", "/v1/issuers")]
    back = world.client.get("/readyz")

    for answer in away:
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == "5"
        assert "clr.db" not in answer.text
    assert back.status_code == 200


def test_a_fault_of_ours_is_told_as_such_with_every_guard(settings: Settings) -> None:
    app = create_app(settings)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("secret detail")

    with TestClient(app, base_url=OWN, raise_server_exceptions=False) as client:
        answer = client.get("/broken")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert ALWAYS.items() <= dict(answer.headers).items()
    assert "secret" not in answer.text


REFUSED_FIELDS = [
    ("/v1/learners", {"name": "Amy", "email": "amy"}, "email: is no e-mail address; write name@example.edu"),
    ("/v1/awards", {"achievement_id": "ach_1"}, "body: needs either a learner_id or a learner"),
]


@pytest.mark.parametrize(("path", "body", "says"), REFUSED_FIELDS)
def test_a_wrong_field_is_told_in_words_and_not_in_those_of_the_parser(
    world: World, path: str, body: dict[str, str], says: str
):
    refused = world.client.post(path, json=body, headers=world.admin)
    assert (refused.status_code, refused.json()["errors"][0]["says"]) == (422, says)
