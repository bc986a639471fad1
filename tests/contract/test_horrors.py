"""Whatever is sent, the answer is a problem document that says what is wrong, and nothing has changed."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from httpx import Response

from clr.store.migrating import METADATA
from clr.store.sessions import reading
from tests.worlds import World, all_of

DEEP = b"[" * 5_000 + b"]" * 5_000
BODIES = {
    "not a number": (b'{"name": NaN}', 400),
    "infinity": (b'{"name": -Infinity}', 400),
    "half a surrogate pair": (b'{"name": "\\ud800"}', 400),
    "NUL": (b'{"name": "a\\u0000b"}', 400),
    "NUL as a member": (b'{"\\u0000": 1}', 400),
    "a member twice": (b'{"name": "a", "name": "b"}', 400),
    "two mebibytes": (b'{"name": "' + b"a" * 2_097_152 + b'"}', 413),
    "bottomless": (b'{"name": ' + DEEP + b"}", 400),
    "not UTF-8": (b'{"name": "\xff"}', 400),
    "UTF-16": ('{"name": "a"}'.encode("utf-16"), 400),
    "an endless number": (b'{"name": ' + b"9" * 5_000 + b"}", 400),
    "a number beyond floats": (b'{"name": 1e999}', 422),
    "a huge number": (b'{"name": ' + b"9" * 400 + b"}", 422),
    "nothing": (b"", 422),
    "a list": (b"[]", 422),
    "a text": (b'"words"', 422),
    "null": (b"null", 422),
    "cut off": (b'{"name": "a"', 400),
    "two documents": (b"{}{}", 400),
    "a comment": (b"{/* name */}", 400),
    "unknown members": (b'{"__proto__": {"admin": true}, "constructor": 1}', 422),
    "20 000 members": (json.dumps({f"k{n}": n for n in range(20_000)}).encode(), 422),
}
MEDIA = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonx",
    "image/png",
    "",
)


def routes(world: World) -> list[tuple[str, str]]:
    """Every route with a JSON body, filled with things that exist and may be changed."""
    pathway = world.pathways["Critical Thinking"]
    amy = world.learners["Amy"]
    return [
        ("POST", "/v1/issuers"),
        ("PATCH", f"/v1/issuers/{world.issuer()}"),
        ("POST", "/v1/achievements"),
        ("PATCH", f"/v1/achievements/{world.badge('Debate')}"),
        ("POST", "/v1/pathways"),
        ("PUT", f"/v1/pathways/{pathway}/draft"),
        ("POST", "/v1/learners"),
        ("PATCH", f"/v1/learners/{amy}"),
        ("POST", "/v1/awards"),
        ("POST", "/v1/awards/awd_any/revoke"),
        ("POST", "/v1/records"),
        ("PUT", "/v1/records/rec_any"),
        ("PATCH", "/v1/records/rec_any"),
        ("POST", "/v1/records/rec_any/shares"),
        ("POST", "/v1/tokens"),
    ]


@pytest.fixture(scope="module")
def school(shared_world: World) -> World:
    shared_world.stack("Critical Thinking", all_of("Debate", "Lab"))
    shared_world.learner("Amy", holds=["Lab"])
    return shared_world


def everything(world: World) -> dict[str, list[str]]:
    with reading(world.client.app.state.service.engine) as snapshot:
        return {
            table.name: sorted(map(repr, snapshot.execute(table.select())))
            for table in METADATA.sorted_tables
        }


def at_every_route(world: World, ask: Callable[[str, str], Response]) -> dict[tuple[str, str], Response]:
    """The answers of every route to one horror, which changed nothing."""
    before = everything(world)
    answers = {(method, path): ask(method, path) for method, path in routes(world)}
    assert everything(world) == before
    return answers


def assert_told(answer: Response, status: int) -> None:
    assert answer.status_code == status, (answer.request.url, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    assert told["detail"]


@pytest.mark.parametrize(("content", "status"), BODIES.values(), ids=BODIES.keys())
def test_a_body_that_cannot_be_read_is_refused_everywhere(school: World, content: bytes, status: int) -> None:
    headers = school.admin | {"Content-Type": "application/json", "If-Match": '"1"'}
    answers = at_every_route(
        school, lambda method, path: school.client.request(method, path, content=content, headers=headers)
    )
    for answer in answers.values():
        assert_told(answer, status)


@pytest.mark.parametrize("media", MEDIA)
def test_a_body_of_another_kind_is_refused_everywhere(school: World, media: str) -> None:
    """Also what a page of another site could send by a form without asking first."""
    headers = school.admin | {"Content-Type": media, "If-Match": '"1"'}
    answers = at_every_route(
        school, lambda method, path: school.client.request(method, path, content=b"{}", headers=headers)
    )
    for answer in answers.values():
        assert_told(answer, 415)


def test_every_fault_of_a_body_is_told_at_once(school: World) -> None:
    body = {"name": " ", "url": "ftp://a", "slug": "A B", "colour": "red", "email": "nobody", "nmae": "x"}

    answer = school.client.post("/v1/issuers", json=body, headers=school.admin)

    assert_told(answer, 422)
    assert sorted(fault["at"] for fault in answer.json()["errors"]) == sorted(body)


def test_every_member_that_may_not_be_emptied_is_told_at_once(school: World) -> None:
    path = f"/v1/issuers/{school.issuer()}"
    body = {"name": None, "url": None, "colour": "red", "description": None}

    answer = school.client.patch(path, json=body, headers=school.admin | {"If-Match": '"1"'})

    assert_told(answer, 422)
    faults = {fault["at"]: fault["says"] for fault in answer.json()["errors"]}
    assert sorted(faults) == ["colour", "name", "url"]
    assert "may be left out, but not null" in faults["name"]


EDGES = (
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59-14:00",
    "9999-12-31T23:59:59Z",
)


@pytest.mark.parametrize("moment", EDGES)
@pytest.mark.parametrize("member", ["earned_on", "valid_until"])
def test_a_moment_that_some_calendar_lacks_is_refused(school: World, member: str, moment: str) -> None:
    body = {
        "learner_id": school.learners["Amy"],
        "achievement_id": school.badge("Debate"),
        member: moment,
    }

    answer = school.client.post("/v1/awards", json=body, headers=school.admin)

    assert_told(answer, 422)
    assert [fault["at"] for fault in answer.json()["errors"]] == [member]


@pytest.mark.parametrize("moment", [*EDGES, "yesterday", "2026-01-01", "1e400"])
def test_no_progress_is_told_as_of_a_moment_that_some_calendar_lacks(school: World, moment: str) -> None:
    path = f"/v1/learners/{school.learners['Amy']}/progress"

    assert_told(school.client.get(path, params={"as_of": moment}, headers=school.admin), 422)


QUERIES = (
    "limit=0",
    "limit=-1",
    "limit=abc",
    "limit=",
    "limit=99999999999999999999",
    "limit=1e3",
    "after=x",
    "after=%ff",
    "after=lrn_'",
    "after=lrn_" + "a" * 100,
    "after=LRN_0",
    "before=lrn_0",
)
LISTS = ("/v1/issuers", "/v1/achievements", "/v1/pathways", "/v1/learners", "/v1/learners/{amy}/awards")


@pytest.mark.parametrize("query", QUERIES)
def test_a_page_that_nobody_could_mean_is_refused(school: World, query: str) -> None:
    for path in LISTS:
        address = path.format(amy=school.learners["Amy"])
        assert_told(school.client.get(f"{address}?{query}", headers=school.admin), 422)


ODD = (
    "%ff",
    "%ed%a0%80",
    "%f0%9f%98%80",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e",
    "%0d%0aSet-Cookie:a=b",
    "'%20OR%201=1--",
    "a" * 5_000,
    "%25",
    "%7f",
    "-1",
    "1e9",
    "%e2%80%aex",
)


@pytest.mark.parametrize("odd", ODD)
def test_odd_letters_in_an_address_name_nothing(school: World, odd: str) -> None:
    addresses = (
        f"/v1/learners/{odd}",
        f"/v1/achievements/{odd}",
        f"/v1/awards/{odd}/credential",
        f"/v1/evidence/{odd}",
        f"/achievements/{odd}",
        f"/issuers/{odd}",
        f"/s/{odd}",
        f"/s/{odd}/evidence/{odd}",
        f"/r/{odd}",
    )
    for address in addresses:
        assert_told(school.client.get(address, headers=school.admin), 404)


def test_nul_in_an_address_is_refused_before_any_door(school: World) -> None:
    for address in ("/v1/learners/%00", "/v1/learners?email=%00", "/s/%00", "/static/%00"):
        assert_told(school.client.get(address, headers=school.admin), 400)


HEADERS = [
    ("If-Match", "", 412),
    ("If-Match", '"', 412),
    ("If-Match", 'W/"1"', 412),
    ("If-Match", '"1", "2"', 412),
    ("If-Match", '"99999999999999999999"', 412),
    ("If-Match", '"-1"', 412),
    ("If-Match", "\xff", 412),
]


@pytest.mark.parametrize(("name", "value", "status"), HEADERS)
def test_an_etag_that_was_never_ours_is_stale(school: World, name: str, value: str, status: int) -> None:
    path = f"/v1/issuers/{school.issuer()}"
    headers = school.admin | {name: value.encode("latin-1")}

    assert_told(school.client.patch(path, json={"description": "x"}, headers=headers), status)


@pytest.mark.parametrize("event", ["x", "-1", "1.5", "99999999999999999999", "²"])
def test_an_event_that_was_never_ours_is_refused(school: World, event: str) -> None:
    path = f"/v1/learners/{school.learners['Amy']}/events"
    headers = school.admin | {"Last-Event-ID": event.encode("latin-1")}

    assert_told(school.client.get(path, headers=headers), 422)


@pytest.mark.parametrize(
    "accept", [",", "*", ";;;", "text/html;q=0", "application/json;q=nan", "\xff", "image/*"]
)
def test_a_form_that_nobody_offers_is_406(school: World, accept: str) -> None:
    for path in ("/issuers/career-connect", f"/achievements/{school.badge('Debate')}"):
        answer = school.client.get(path, headers={"Accept": accept.encode("latin-1")})
        assert_told(answer, 406)


def test_an_unknown_address_and_a_method_out_of_place_are_told_as_problems(school: World) -> None:
    unknown = school.client.get("/nowhere", headers=school.admin)
    slash = school.client.get("/v1/issuers/", headers=school.admin, follow_redirects=False)
    wrong = school.client.put("/v1/issuers", headers=school.admin)

    assert_told(unknown, 404)
    assert_told(slash, 404)
    assert_told(wrong, 405)
    assert wrong.headers["allow"] == "GET, HEAD, POST"
    assert wrong.json()["detail"] == "This address answers GET, HEAD, POST."


CONDITIONAL = [
    ("PATCH", "/v1/issuers/{issuer}", {"json": {"description": "x"}}),
    ("PATCH", "/v1/achievements/{badge}", {"json": {"description": "x"}}),
    (
        "PUT",
        "/v1/achievements/{badge}/image",
        {"content": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\0\0\0\1\0\0\0\1"},
    ),
    ("PUT", "/v1/pathways/{pathway}/draft", {}),
    ("PUT", "/v1/records/{record}", {"json": {"title": "Mine"}}),
]


@pytest.mark.parametrize(("method", "path", "sent"), CONDITIONAL)
def test_nobody_overwrites_what_somebody_else_changed_meanwhile(
    school: World, method: str, path: str, sent: dict[str, Any]
) -> None:
    amy = school.as_(school.learners["Amy"])
    record = school.client.post("/v1/records", json={"title": "Mine"}, headers=amy).json()["id"]
    pathway = school.pathways["Critical Thinking"]
    ids = {"issuer": school.issuer(), "badge": school.badge("Debate"), "pathway": pathway, "record": record}
    address, headers = path.format(**ids), amy if "records" in path else school.admin
    if not sent:
        sent = {"json": school.client.get(address, headers=headers).json()["draft"]}
    if path.endswith("image"):
        headers = headers | {"Content-Type": "image/png"}
    tag = school.client.get(address.removesuffix("/image"), headers=headers).headers["etag"]

    without = school.client.request(method, address, headers=headers, **sent)
    first = school.client.request(method, address, headers=headers | {"If-Match": tag}, **sent)
    second = school.client.request(method, address, headers=headers | {"If-Match": tag}, **sent)

    assert [answer.status_code for answer in (without, first, second)] == [428, 200, 412]
    assert first.headers["etag"] != tag
