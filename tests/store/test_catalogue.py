"""Issuers and achievements: entered whole, changed by one person at a time, seen by everybody who is signed in."""

import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from clr.registrar.policy import Role
from tests.worlds import World, all_of

DEBATE = {"kind": "badge", "name": "Debate", "description": "About debating.", "criteria": "Speaks."}
RUBRIC = {
    "name": "Argument",
    "result_type": "RubricCriterionLevel",
    "required_level": "Meets",
    "levels": [{"name": "Beginning"}, {"name": "Meets", "points": "3"}],
}


def png(width: int = 64, height: int = 64) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x06\0\0\0"


def kept_files(world: World) -> list[Path]:
    return list((world.client.app.state.service.settings.data_dir / "files").iterdir())


def test_an_issuer_is_known_by_a_slug_made_from_its_name(world: World):
    made = world.post("/v1/issuers", {"name": "Études Françaises", "url": "https://french.example/"})
    assert made["slug"] == "etudes-francaises"


def test_two_issuers_never_share_a_slug(world: World):
    world.issuer("Career Connect")
    body = {"name": "Career  Connect", "url": "https://other.example/"}
    answer = world.client.post("/v1/issuers", json=body, headers=world.admin)
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["at"] == "slug"


def test_an_issuer_entered_twice_at_once_is_entered_once(world: World):
    barrier = Barrier(6)

    def enter(_: int) -> int:
        barrier.wait()
        body = {"name": "Career Connect", "url": "https://northfield.example/"}
        return world.client.post("/v1/issuers", json=body, headers=world.admin).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(enter, range(6))) == [201] + [409] * 5


def test_only_the_institution_itself_enters_issuers(world: World):
    author = world.person("Aude", (Role.AUTHOR, ""))
    local = world.person("Lou", (Role.ADMIN, world.issuer()))
    body = {"name": "Mine", "url": "https://mine.example/"}
    for headers in (author, local, world.as_(world.learner("Amy"))):
        assert world.client.post("/v1/issuers", json=body, headers=headers).status_code == 403
        assert world.client.get("/v1/issuers", headers=headers).status_code == 200


def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused(world: World):
    path = f"/v1/achievements/{world.badge('Debate')}"
    read = world.client.get(path, headers=world.admin).headers["etag"]
    first = world.client.patch(path, json={"glyph": "book"}, headers=world.admin | {"If-Match": read})
    late = world.client.patch(path, json={"name": "Other"}, headers=world.admin | {"If-Match": read})
    blind = world.client.patch(path, json={"name": "Other"}, headers=world.admin)
    assert (first.status_code, late.status_code, blind.status_code) == (200, 412, 428)
    assert world.client.get(path, headers=world.admin).json()["name"] == "Debate"
    assert world.client.get(path, headers=world.admin).headers["etag"] == first.headers["etag"]


def test_an_author_defines_achievements_for_her_own_issuer_alone(world: World):
    own, other = world.issuer("Languages"), world.issuer("Engineering")
    aude = world.person("Aude", (Role.AUTHOR, own))
    body = {"issuer_id": own, **DEBATE}
    assert world.client.post("/v1/achievements", json=body, headers=aude).status_code == 201
    refused = world.client.post("/v1/achievements", json=body | {"issuer_id": other}, headers=aude)
    assert refused.status_code == 403
    foreign = world.badge("Circuit", issuer="Engineering")
    assert world.client.post(f"/v1/achievements/{foreign}/retire", headers=aude).status_code == 403


@pytest.mark.parametrize(
    ("kind", "meant"),
    [("badge", "Badge"), ("micro-credential", "MicroCredential"), ("credential", "Certificate")],
)
def test_each_kind_has_a_type_of_the_standard(world: World, kind: str, meant: str):
    made = world.post("/v1/achievements", {"issuer_id": world.issuer(), **DEBATE, "kind": kind})
    assert made["achievement_type"] == meant


def test_every_fault_of_an_achievement_is_located_at_once(world: World):
    body = {
        "issuer_id": world.issuer(),
        **DEBATE,
        "name": "  ",
        "achievement_type": "Medal",
        "alignments": [{"name": "Speaking", "url": "ftp://frameworks.example/1"}],
        "result_descriptions": [RUBRIC | {"required_level": "Excels"}],
        "colour": "red",
    }
    answer = world.client.post("/v1/achievements", json=body, headers=world.admin)
    assert answer.status_code == 422
    places = {fault["at"] for fault in answer.json()["errors"]}
    assert places == {
        "name",
        "achievement_type",
        "alignments[0].url",
        "result_descriptions[0]",
        "colour",
    }


def test_results_and_their_levels_keep_the_ids_they_were_given(world: World):
    made = world.post(
        "/v1/achievements", {"issuer_id": world.issuer(), **DEBATE, "result_descriptions": [RUBRIC]}
    )
    described = made["result_descriptions"]
    assert described[0]["id"].startswith("rsd_")
    assert all(level["id"].startswith("lvl_") for level in described[0]["levels"])
    path = f"/v1/achievements/{made['id']}"
    tag = world.client.get(path, headers=world.admin).headers["etag"]
    changed = [described[0] | {"name": "Reasoning"}]
    body = {"result_descriptions": changed}
    answer = world.client.patch(path, json=body, headers=world.admin | {"If-Match": tag})
    assert answer.status_code == 200, answer.text
    assert answer.json()["result_descriptions"] == changed


def test_a_retired_achievement_is_kept_but_no_pathway_may_ask_for_it(world: World):
    draft = world.draft("Essential", {"Essential": (all_of("A", "B"), "auto")})
    world.client.post(f"/v1/achievements/{world.badge('A')}/retire", headers=world.admin)
    again = world.client.post(f"/v1/achievements/{world.badge('A')}/retire", headers=world.admin)
    assert again.json()["retired_at"] is not None
    made = world.post("/v1/pathways", {"issuer_id": world.issuer(), "draft": draft})
    answer = world.client.get(f"/v1/pathways/{made['id']}/draft/problems", headers=world.admin)
    assert [fault["kind"] for fault in answer.json()] == ["retired"]


def test_a_list_is_walked_to_its_end_and_narrowed(world: World):
    badges = {world.badge(f"Badge {number}") for number in range(5)}
    world.badge("French", issuer="Languages", kind="credential")
    seen, path = set(), "/v1/achievements?kind=badge&limit=2"
    while path:
        answer = world.client.get(path, headers=world.admin)
        seen |= {item["id"] for item in answer.json()["items"]}
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert seen == badges
    narrowed = world.client.get(
        f"/v1/achievements?issuer_id={world.issuer('Languages')}", headers=world.admin
    )
    assert [item["name"] for item in narrowed.json()["items"]] == ["French"]


def test_an_image_is_shown_to_everybody_and_can_do_nothing(world: World):
    badge = world.badge("Debate")
    drawn = world.client.get(f"/v1/achievements/{badge}/image")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    headers = world.admin | {"Content-Type": "image/png", "If-Match": '"1"'}
    answer = world.client.put(f"/v1/achievements/{badge}/image", content=png(), headers=headers)
    assert answer.status_code == 200, answer.text
    shown = world.client.get(f"/v1/achievements/{badge}/image")
    assert (shown.content, shown.headers["content-type"]) == (png(), "image/png")
    for image in (drawn, shown):
        assert "sandbox" in image.headers["content-security-policy"]
        assert image.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"<svg onload='alert(1)'/>", "image/svg+xml", 415),
        (b"<svg onload='alert(1)'/>", "image/png", 415),
        (b"", "image/png", 415),
        (png(20_000, 20_000), "image/png", 413),
        (png() + bytes(1_048_576), "image/png", 413),
    ],
)
def test_what_is_no_ordinary_picture_is_refused_and_not_kept(
    world: World, content: bytes, media: str, status: int
):
    path = f"/v1/achievements/{world.badge('Debate')}/image"
    headers = world.admin | {"Content-Type": media, "If-Match": '"1"'}
    answer = world.client.put(path, content=content, headers=headers)
    assert answer.status_code == status
    assert kept_files(world) == []


def test_a_picture_of_somebody_who_may_not_give_it_is_never_kept(world: World):
    amy = world.as_(world.learner("Amy"))
    path = f"/v1/achievements/{world.badge('Debate')}/image"
    headers = amy | {"Content-Type": "image/png", "If-Match": '"1"'}
    answer = world.client.put(path, content=png(), headers=headers)
    assert answer.status_code == 403
    assert kept_files(world) == []


def test_a_picture_that_comes_too_late_is_never_kept(world: World):
    headers = world.admin | {"Content-Type": "image/png", "If-Match": '"7"'}
    answer = world.client.put(
        f"/v1/achievements/{world.badge('Debate')}/image", content=png(), headers=headers
    )
    assert answer.status_code == 412
    assert kept_files(world) == []


def test_a_request_that_is_sent_twice_is_done_once(world: World):
    headers = world.admin | {"Idempotency-Key": "debate-1"}
    body = {"issuer_id": world.issuer(), **DEBATE}
    first = world.client.post("/v1/achievements", json=body, headers=headers)
    second = world.client.post("/v1/achievements", json=body, headers=headers)
    other = world.client.post("/v1/achievements", json=body | {"name": "Other"}, headers=headers)
    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == second.json()
    listed = world.client.get("/v1/achievements", headers=world.admin).json()["items"]
    assert [item["name"] for item in listed] == ["Debate"]
