"""Learners: one for each address and number, found by staff, absent for everybody else; and access for people."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from clr.errors import BadInput
from clr.registrar import people
from clr.registrar.people import Who
from clr.registrar.policy import Role
from clr.store.sessions import transaction
from tests.worlds import World

AMY = {"name": "Amy", "email": "Amy@Northfield.example", "external_id": "N-1"}


def test_a_learner_is_found_by_an_address_however_it_is_written(world: World):
    made = world.post("/v1/learners", AMY)
    world.post("/v1/learners", {"name": "Ben", "email": "ben@northfield.example"})
    for query in ("email=AMY@northfield.example", "external_id=N-1"):
        found = world.client.get(f"/v1/learners?{query}", headers=world.admin).json()["items"]
        assert [item["id"] for item in found] == [made["id"]]


@pytest.mark.parametrize("query", ["email=", "external_id=", "email=%20"])
def test_looking_for_nobody_in_particular_finds_nobody(world: World, query: str):
    world.learner("Amy")
    assert world.client.get(f"/v1/learners?{query}", headers=world.admin).json()["items"] == []


@pytest.mark.parametrize("member", ["email", "external_id"])
def test_an_address_or_number_belongs_to_one_learner(world: World, member: str):
    world.post("/v1/learners", AMY)
    ben = world.post("/v1/learners", {"name": "Ben"})
    body = {"name": "Other", member: AMY[member]}
    answer = world.client.post("/v1/learners", json=body, headers=world.admin)
    assert (answer.status_code, answer.json()["errors"][0]["at"]) == (409, member)
    answer = world.client.patch(f"/v1/learners/{ben['id']}", json={member: AMY[member]}, headers=world.admin)
    assert answer.status_code == 409


def test_a_learner_entered_twice_at_once_is_entered_once(world: World):
    barrier = Barrier(6)

    def enter(_: int) -> int:
        barrier.wait()
        return world.client.post("/v1/learners", json=AMY, headers=world.admin).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(enter, range(6))) == [201] + [409] * 5


def test_two_awards_to_a_newcomer_at_once_make_one_learner(world: World):
    badges, barrier = [world.badge("A"), world.badge("B")], Barrier(2)

    def grant(badge: str):
        barrier.wait()
        body = {"achievement_id": badge, "learner": AMY}
        return world.client.post("/v1/awards", json=body, headers=world.admin)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(grant, badges))
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len(world.client.get("/v1/learners", headers=world.admin).json()["items"]) == 1


def test_an_address_that_was_given_up_opens_nobody_elses_account(world: World):
    amy = world.post("/v1/learners", AMY)
    world.client.patch(
        f"/v1/learners/{amy['id']}", json={"email": "amy.new@northfield.example"}, headers=world.admin
    )
    answer = world.client.post(
        "/v1/learners", json={"name": "Amy Two", "email": AMY["email"]}, headers=world.admin
    )
    assert answer.status_code == 409
    assert "sign" in answer.json()["detail"]


def test_a_blank_address_names_nobody(world: World):
    world.learner("Amy")
    service = world.client.app.state.service
    with pytest.raises(BadInput), transaction(service.engine) as session:
        people.find_or_create(session, Who(email=" ", name="Somebody"), at=service.clock())


def test_a_learner_sees_herself_and_nobody_else(world: World):
    amy, ben = world.learner("Amy"), world.learner("Ben")
    own = world.client.get("/v1/learners/me", headers=world.as_(amy))
    assert own.json()["id"] == amy
    for path in (f"/v1/learners/{ben}", "/v1/learners/lrn_none", "/v1/learners"):
        answer = world.client.get(path, headers=world.as_(amy))
        assert answer.status_code == 404, path
    for learner, status in ((amy, 403), (ben, 404)):
        path = f"/v1/learners/{learner}"
        answer = world.client.patch(path, json={"name": "Dr Amy"}, headers=world.as_(amy))
        assert answer.status_code == status, path


def test_a_member_of_staff_who_studies_keeps_one_account(world: World):
    service = world.client.app.state.service
    with transaction(service.engine) as session:
        people.create_person(
            session,
            name="Tess",
            email="tess@northfield.example",
            roles=[(Role.AWARDER, "")],
            at=service.clock(),
        )
    made = world.post("/v1/learners", {"name": "Tess", "email": "tess@northfield.example"})
    token = world.post("/v1/tokens", {"person": "tess@northfield.example"})["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert world.client.get("/v1/learners/me", headers=headers).json()["id"] == made["id"]
    assert world.client.get("/v1/learners", headers=headers).status_code == 200


def test_only_administrators_make_access_tokens(world: World):
    aude = world.person("Aude", (Role.AUTHOR, ""))
    local = world.person("Lou", (Role.ADMIN, world.issuer()))
    for headers in (aude, local):
        body = {"person": world.people["Ada Admin"]}
        assert world.client.post("/v1/tokens", json=body, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/v1/learners/%00", "/v1/learners?email=%00", "/v1/issuers/a%00b", "/v1/achievements?issuer_id=%00"],
)
def test_a_name_that_cannot_exist_is_no_fault_of_the_service(world: World, path: str):
    assert world.client.get(path, headers=world.admin).status_code == 400
