"""What is private reaches nobody, and nobody can tell private from absent."""

import hashlib
import json

import pytest
from httpx import Response

from tests.store.test_records import CREDENTIAL, compose, verified
from tests.worlds import World, all_of, at_least

JSON = {"Accept": CREDENTIAL}


def share(world: World, learner: str, record: dict[str, object], **more: object) -> dict[str, str]:
    path = f"/v1/records/{record['id']}/shares"
    answer = world.client.post(path, json={"label": "Employer", **more}, headers=world.as_(learner))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def read(world: World, path: str) -> Response:
    return world.client.get(path, headers=JSON)


def test_unknown_closed_expired_and_private_are_one_and_the_same(world: World, clock) -> None:
    amy = world.learner("Amy")
    record = compose(world, amy, world.grant(amy, "Debate").award["id"])
    closed = share(world, amy, record)
    ends = clock.at.replace(hour=23).isoformat()
    expired = share(world, amy, record, expires_at=ends)
    assert read(world, f"/s/{closed['token']}").status_code == 200
    assert read(world, f"/s/{expired['token']}").status_code == 200

    world.client.delete(f"/v1/shares/{closed['id']}", headers=world.as_(amy))
    clock.passes(hours=20)
    slug = str(record["public_url"]).rpartition("/")[2]
    paths = ("/s/unknown", f"/s/{closed['token']}", f"/s/{expired['token']}", "/r/unknown", f"/r/{slug}")
    answers = [read(world, path) for path in paths]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


def test_a_record_is_public_and_private_again_at_once(world: World) -> None:
    amy = world.learner("Amy")
    record = compose(world, amy, world.grant(amy, "Debate").award["id"])
    address = str(record["public_url"]).removeprefix("http://localhost:8000")
    path = f"/v1/records/{record['id']}"
    statuses = [read(world, address).status_code]

    for visibility in ("public", "private", "public"):
        world.client.patch(path, json={"visibility": visibility}, headers=world.as_(amy))
        statuses.append(read(world, address).status_code)

    assert statuses == [404, 200, 404, 200]
    assert verified(world, read(world, address).content)["verified"]


def test_a_share_holds_exactly_what_was_chosen_even_after_the_record_changed(world: World) -> None:
    world.stack("Critical Thinking", all_of("Debate", "Lab"))
    amy = world.learner("Amy", holds=["Lab"])
    granted = world.grant(amy, "Debate")
    record = compose(world, amy, granted.award["id"], show_name=False)
    opened = share(world, amy, record)
    before = read(world, f"/s/{opened['token']}").content
    body = {"title": "More", "sections": [{"items": [{"award_id": granted.body["milestones"][0]["id"]}]}]}
    world.client.put(f"/v1/records/{record['id']}", json=body, headers=world.as_(amy) | {"If-Match": '"1"'})

    after = read(world, f"/s/{opened['token']}").content

    assert after == before
    assert {name for name, key in world.achievements.items() if key.encode() in after} == {"Debate"}
    assert b"Amy" not in after
    assert "association" not in json.loads(after)["credentialSubject"]


def test_a_link_opens_its_own_badges_and_evidence_and_nothing_else(world: World) -> None:
    amy = world.learner("Amy")
    shown, hidden = (evidence(world, text) for text in ("shown work", "hidden work"))
    debate = world.grant(amy, "Debate", evidence=[{"evidence_id": shown, "name": "Essay"}]).award["id"]
    lab = world.grant(amy, "Lab", evidence=[{"evidence_id": hidden, "name": "Notes"}]).award["id"]
    base = f"/s/{share(world, amy, compose(world, amy, debate))['token']}"

    badge = read(world, f"{base}/awards/{debate}")

    assert verified(world, badge.content)["verified"]
    assert world.client.get(f"{base}/evidence/{shown}").content == b"shown work"
    absent = [f"{base}/awards/{lab}", f"{base}/evidence/{hidden}", f"/v1/evidence/{shown}"]
    assert [read(world, path).status_code for path in absent] == [404, 404, 401]


def evidence(world: World, text: str) -> str:
    headers = world.admin | {"Content-Type": "text/plain"}
    answer = world.client.post("/v1/evidence?name=work.txt", content=text.encode(), headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_only_openings_are_counted_and_only_by_day(world: World, clock) -> None:
    amy = world.learner("Amy")
    record = compose(world, amy, world.grant(amy, "Debate").award["id"])
    opened = share(world, amy, record)
    for _ in range(2):
        read(world, f"/s/{opened['token']}")
    world.client.get(f"/s/{opened['token']}", headers={"Accept": "image/gif"})
    clock.passes(days=1)
    read(world, f"/s/{opened['token']}")

    days = world.client.get(f"/v1/shares/{opened['id']}/visits", headers=world.as_(amy)).json()
    links = world.client.get(f"/v1/records/{record['id']}/shares", headers=world.as_(amy)).json()

    assert [(day["day"], day["count"]) for day in days["items"]] == [("2026-11-24", 2), ("2026-11-25", 1)]
    assert [(link["label"], link["visits"]) for link in links["items"]] == [("Employer", 3)]
    assert opened["token"] not in json.dumps(links)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_record_is_absent_for_other_learners_and_for_staff(world: World, method: str) -> None:
    amy, ben = world.learner("Amy"), world.learner("Ben")
    record = compose(world, amy, world.grant(amy, "Debate").award["id"])
    body = {"PUT": {"title": "Mine now"}, "PATCH": {"visibility": "public"}}.get(method)

    for headers in (world.as_(ben), world.admin):
        for path in (f"/v1/records/{record['id']}", "/v1/records/rec_unknown"):
            answer = world.client.request(method, path, json=body, headers=headers | {"If-Match": '"1"'})
            assert answer.status_code == 404
    kept = world.client.get(f"/v1/records/{record['id']}", headers=world.as_(amy)).json()
    assert (kept["title"], kept["visibility"]) == ("My skills", "private")


def test_no_document_carries_an_address_of_the_learner_or_its_hash(world: World) -> None:
    body = {"email": "amy@northfield.example", "name": "Amy", "external_id": "n-1"}
    amy = world.post("/v1/learners", body)["id"]
    record = compose(world, amy, world.grant(amy, "Debate").award["id"], show_name=False)
    document = read(world, f"/s/{share(world, amy, record)['token']}").text

    hidden = ["Amy", "n-1", amy, *(hashlib.sha256(text.encode()).hexdigest() for text in body.values())]
    assert [text for text in (*body.values(), *hidden) if text in document] == []


def test_the_way_taken_names_nothing_that_was_not_shared_not_even_by_elimination(world: World) -> None:
    world.stack("Communicator", at_least(2, "Debate", "Lab", "Essay"))
    amy = world.learner("Amy", holds=["Lab"])
    granted = world.grant(amy, "Debate")
    debate, milestone = granted.award["id"], granted.body["milestones"][0]["id"]

    some = way(world, amy, compose(world, amy, debate, milestone))
    labs = world.client.get(f"/v1/learners/{amy}/awards", headers=world.as_(amy)).json()["items"]
    lab = next(item["id"] for item in labs if item["achievement_id"] == world.achievements["Lab"])
    every = way(world, amy, compose(world, amy, debate, lab, milestone))

    assert sorted(some, key=str) == [("Debate", "chosen"), (None, "not_shared")]
    assert set(every) == {("Debate", "chosen"), ("Lab", "chosen"), ("Essay", "not_needed")}


def way(world: World, learner: str, record: dict[str, object]) -> list[tuple[str | None, str]]:
    path = f"/v1/records/{record['id']}/preview"
    shown = world.client.get(path, headers=world.as_(learner)).json()["record"]
    return [(step["name"], step["state"]) for step in shown["sections"][0]["items"][-1]["path"]]
