"""A request that is sent twice is done once, on both databases, and nobody is told a secret twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlmodel import col, select

from clr.store.sessions import transaction
from clr.store.tables import Learner
from tests.store.test_records import compose
from tests.worlds import World, all_of

ISSUER = {"name": "Career Connect", "url": "https://northfield.example/"}
Case = tuple[str, dict[str, Any] | None, dict[str, str], dict[str, Any] | None]


def amys_record(world: World) -> tuple[str, dict[str, str]]:
    amy = world.learner("Amy")
    record = compose(world, amy, world.grant(amy, "Debate").award["id"])
    return str(record["id"]), world.as_(amy)


def award(world: World) -> Case:
    world.stack("Critical Thinking", all_of("Debate"))
    body = {"learner_id": world.learner("Amy"), "achievement_id": world.badge("Debate")}
    return "/v1/awards", body, world.admin, body | {"narrative": "More."}


def record(world: World) -> Case:
    amy = world.as_(world.learner("Amy"))
    return "/v1/records", {"title": "Mine"}, amy, {"title": "Yours"}


def link(world: World) -> Case:
    key, amy = amys_record(world)
    return f"/v1/records/{key}/shares", {"label": "Employer"}, amy, {"label": "Another"}


def achievement(world: World) -> Case:
    body = {
        "issuer_id": world.issuer(),
        "kind": "badge",
        "name": "Lab",
        "description": "d",
        "criteria": "c",
    }
    return "/v1/achievements", body, world.admin, body | {"kind": "credential"}


def pathway(world: World) -> Case:
    draft = world.draft("Critical Thinking", {"Critical Thinking": (all_of("Debate"), "auto")})
    body = {"issuer_id": world.issuer(), "draft": draft}
    return "/v1/pathways", body, world.admin, {**body, "draft": draft | {"name": "Other"}}


def publication(world: World) -> Case:
    path, body, headers, _ = pathway(world)
    key = world.client.post(path, json=body, headers=headers).json()["id"]
    return f"/v1/pathways/{key}/publish", None, headers, {"note": "another body"}


CREATING: dict[str, Callable[[World], Case]] = {
    "an issuer": lambda world: ("/v1/issuers", ISSUER, world.admin, ISSUER | {"colour": "#112233"}),
    "an achievement": achievement,
    "a learner": lambda world: ("/v1/learners", {"name": "Amy"}, world.admin, {"name": "Ben"}),
    "a pathway": pathway,
    "a publication": publication,
    "an award": award,
    "a record": record,
    "a link": link,
    "a token": lambda world: (
        "/v1/tokens",
        {"person": world.people["Ada Admin"]},
        world.admin,
        {"person": world.people["Ada Admin"], "minutes": 5},
    ),
}
SECRETS = ("token", "url", "access_token")
"""Told once. (An issuer's ``url`` is no secret.)"""


@pytest.mark.parametrize("make", CREATING.values(), ids=CREATING.keys())
def test_what_is_sent_twice_is_made_once_and_answered_twice(
    world: World, make: Callable[[World], Case]
) -> None:
    path, body, headers, other = make(world)
    keyed = headers | {"Idempotency-Key": "the-first"}

    first, again = (world.client.post(path, json=body, headers=keyed) for _ in range(2))
    changed = world.client.post(path, json=other, headers=keyed)
    foreign = world.client.post("/v1/issuers", json=ISSUER, headers=keyed)

    assert (first.status_code, again.status_code) == (201, 201), first.text
    once = SECRETS if path.endswith(("/shares", "/tokens")) else ()
    assert {name: value for name, value in first.json().items() if name not in once} == {
        name: value for name, value in again.json().items() if name not in once
    }
    assert all(again.json()[name] is None for name in once if name in again.json())
    assert all(first.json()[name] for name in once if name in first.json())
    assert (changed.status_code, changed.json()["type"].rpartition("/")[2]) == (422, "key-reused")
    assert foreign.status_code == (422 if path != "/v1/issuers" else 201)


def test_two_people_may_use_one_key(world: World) -> None:
    made = [
        world.client.post(
            "/v1/records", json={"title": "Mine"}, headers=world.as_(who) | {"Idempotency-Key": "1"}
        )
        for who in (world.learner("Amy"), world.learner("Ben"))
    ]

    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json()["id"] != made[1].json()["id"]


def test_a_refused_request_uses_up_no_key(world: World) -> None:
    keyed = world.admin | {"Idempotency-Key": "once"}
    refused = world.client.post("/v1/issuers", json=ISSUER | {"colour": "red"}, headers=keyed)

    made = world.client.post("/v1/issuers", json=ISSUER, headers=keyed)

    assert (refused.status_code, made.status_code) == (422, 201)


@contextmanager
def busy_with(world: World, learner: str):
    """Hold what a change to a learner waits for."""
    with transaction(world.client.app.state.service.engine) as session:
        session.exec(select(Learner.id).where(col(Learner.id) == learner).with_for_update()).one()
        yield


def test_a_request_that_is_being_answered_is_not_begun_again(world: World) -> None:
    amy = world.learner("Amy")
    body = {"learner_id": amy, "achievement_id": world.badge("Debate")}
    keyed = world.admin | {"Idempotency-Key": "slow"}
    service = world.client.app.state.service

    with ThreadPoolExecutor(1) as pool:
        with busy_with(world, amy):
            waiting = pool.submit(world.client.post, "/v1/awards", json=body, headers=keyed)
            while not service.answering.names:
                assert not waiting.done()
            meanwhile = world.client.post("/v1/awards", json=body, headers=keyed)
        first = waiting.result(10)
    after = world.client.post("/v1/awards", json=body, headers=keyed)

    assert (meanwhile.status_code, meanwhile.json()["type"].rpartition("/")[2]) == (409, "in-flight")
    assert (first.status_code, after.status_code) == (201, 201)
    assert after.json()["award"]["id"] == first.json()["award"]["id"]
    assert service.answering.names == frozenset()


@pytest.mark.parametrize("key", ["", " ", "a b", "a" * 201, "é"])
def test_a_key_that_no_client_could_mean_is_refused(world: World, key: str) -> None:
    headers = world.admin | {"Idempotency-Key": key.encode("latin-1")}

    answer = world.client.post("/v1/issuers", json=ISSUER, headers=headers)

    assert answer.status_code == 422
    assert world.client.get("/v1/issuers", headers=world.admin).json()["items"] == []
