"""A learner composes a record of what she holds; what leaves the house is signed, whole, and only that."""

import json

from tests.worlds import World, all_of

CREDENTIAL = "application/vc+ld+json"


def compose(world: World, learner: str, *awards: str, **more: object) -> dict[str, object]:
    items = [{"award_id": award} for award in awards]
    body = {"title": "My skills", "sections": [{"title": "Proof", "items": items}], **more}
    answer = world.client.post("/v1/records", json=body, headers=world.as_(learner))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def clr_of(world: World, learner: str, record: dict[str, object]) -> bytes:
    answer = world.client.get(f"/v1/records/{record['id']}/clr", headers=world.as_(learner))
    assert answer.status_code == 200, answer.text
    return answer.content


def verified(world: World, content: bytes) -> dict[str, object]:
    answer = world.client.post("/v1/verify", content=content, headers={"Content-Type": CREDENTIAL})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_record_becomes_a_document_that_verifies_with_the_edges_really_taken(world: World) -> None:
    world.stack("Critical Thinking", all_of("Debate", "Lab"))
    amy = world.learner("Amy")
    lab = world.grant(amy, "Lab").award["id"]
    granted = world.grant(amy, "Debate")
    milestone = granted.body["milestones"][0]["id"]

    document = clr_of(world, amy, record := compose(world, amy, granted.award["id"], milestone))

    told = json.loads(document)
    ends = [(edge["sourceId"], edge["targetId"]) for edge in told["credentialSubject"]["association"]]
    address = "http://localhost:8000/achievements/{}".format
    known = world.achievements
    assert ends == [(address(known["Debate"]), address(known["Critical Thinking"]))]
    assert lab.encode() not in document
    assert known["Lab"].encode() not in document
    assert told["partial"] is True
    report = verified(world, document)
    assert report["verified"], report
    assert clr_of(world, amy, record) == document


def test_each_badge_in_a_record_is_byte_for_byte_the_badge_that_was_issued(world: World) -> None:
    amy = world.learner("Amy")
    award = world.grant(amy, "Debate", narrative="Spoke “freely”.", credits_earned=1.5).award["id"]
    badge = world.client.get(f"/v1/awards/{award}/credential", headers=world.as_(amy)).content

    document = clr_of(world, amy, compose(world, amy, award))

    assert badge in document
    assert verified(world, badge)["verified"]
    assert json.loads(document)["partial"] is False


def test_an_empty_record_has_no_document_and_says_why(world: World) -> None:
    amy = world.learner("Amy")
    record = compose(world, amy)

    answer = world.client.get(f"/v1/records/{record['id']}/clr", headers=world.as_(amy))

    assert answer.status_code == 409
    assert "Choose at least one" in answer.json()["detail"]


def test_every_item_that_cannot_be_shown_is_located_and_others_awards_do_not_exist(world: World) -> None:
    amy, ben = world.learner("Amy"), world.learner("Ben")
    bens = world.grant(ben, "Debate").award["id"]
    mine = world.grant(amy, "Lab").award["id"]
    items = [{"award_id": bens}, {"award_id": mine}, {"award_id": mine}]
    body = {"title": "Mine", "sections": [{"items": items}], "parents": [world.badge("Lab")]}

    answer = world.client.post("/v1/records", json=body, headers=world.as_(amy))

    assert answer.status_code == 422
    found = {(fault["at"], fault["kind"]) for fault in answer.json()["errors"]}
    assert found == {
        ("sections[0].items[0].award_id", "not-held"),
        ("sections[0].items[2].award_id", "twice"),
        ("parents[0]", "not-earned"),
    }


def test_two_edits_of_one_state_keep_the_first_and_refuse_the_second(world: World) -> None:
    amy = world.learner("Amy")
    record = compose(world, amy)
    path, headers = f"/v1/records/{record['id']}", world.as_(amy) | {"If-Match": '"1"'}

    first = world.client.put(path, json={"title": "First"}, headers=headers)
    second = world.client.put(path, json={"title": "Second"}, headers=headers)
    blind = world.client.put(path, json={"title": "Blind"}, headers=world.as_(amy))

    assert (first.status_code, second.status_code, blind.status_code) == (200, 412, 428)
    assert world.client.get(path, headers=world.as_(amy)).json()["title"] == "First"


def test_a_revoked_badge_is_told_by_the_verifier_and_left_out_of_the_next_document(world: World) -> None:
    amy = world.learner("Amy")
    debate, lab = (world.grant(amy, name).award["id"] for name in ("Debate", "Lab"))
    record = compose(world, amy, debate, lab)
    before = clr_of(world, amy, record)
    world.post(f"/v1/awards/{debate}/revoke", {"reason": "Entered by mistake."})

    report = verified(world, before)
    opened = world.client.post(
        f"/v1/records/{record['id']}/shares", json={"label": "Employer"}, headers=world.as_(amy)
    ).json()
    after = world.client.get(f"/s/{opened['token']}", headers={"Accept": CREDENTIAL}).content

    assert not report["verified"]
    assert any(item["check"] == "status" and item["outcome"] == "fail" for item in report["findings"])
    assert world.achievements["Debate"].encode() not in after
    assert verified(world, after)["verified"]


def test_the_preview_names_every_achievement_the_document_names(world: World) -> None:
    world.stack("Critical Thinking", all_of("Debate", "Lab"))
    amy = world.learner("Amy", holds=["Lab"])
    debate = world.grant(amy, "Debate").award["id"]
    record = compose(world, amy, debate, parents=[world.achievements["Critical Thinking"]])

    preview = world.client.get(f"/v1/records/{record['id']}/preview", headers=world.as_(amy)).json()
    document = clr_of(world, amy, record).decode()

    named = {item["name"] for item in preview["achievements"]}
    assert named == {"Debate", "Critical Thinking"}
    assert {name for name, key in world.achievements.items() if key in document} == named
    assert preview["record"]["sections"][0]["items"][0]["also_counts_toward"] == ["Critical Thinking"]
