"""What a reader is shown of a record: its skills with who assessed them, and each badge with its own checks."""

from typing import Any

from tests.contract.test_privacy import share
from tests.store.test_records import compose, verified
from tests.worlds import World, all_of

PAGE = {"Accept": "text/html"}


def preview(world: World, learner: str, record: dict[str, Any]) -> dict[str, Any]:
    answer = world.client.get(f"/v1/records/{record['id']}/preview", headers=world.as_(learner))
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["record"])


def revoke(world: World, award: str, because: str) -> None:
    answer = world.client.post(f"/v1/awards/{award}/revoke", json={"reason": because}, headers=world.admin)
    assert answer.status_code == 200, answer.text


def tagged(world: World) -> None:
    world.badge("Debate", tags=["argument", "French"])
    world.badge("Essay", tags=["argument"])
    world.badge("Poster", tags=["design"])


def test_a_skill_says_how_often_and_by_how_many_it_was_assessed_the_strongest_first(world: World) -> None:
    tagged(world)
    amy = world.learner("Amy")
    awards = [
        world.grant(amy, "Poster").award["id"],
        world.grant(amy, "Essay", assessor="Dr. Ito", earned_on="2026-05-01T09:00:00Z").award["id"],
        world.grant(amy, "Debate", assessor="Dr. Ito").award["id"],
    ]

    skills = preview(world, amy, compose(world, amy, *awards))["skills"]

    told = [(skill["name"], skill["awards"], skill["assessed"], skill["assessors"]) for skill in skills]
    assert told == [("argument", 2, 2, 1), ("French", 1, 1, 1), ("design", 1, 0, 0)]
    assert skills[0]["award_id"] == awards[2]


def test_a_revoked_award_shows_no_skill(world: World) -> None:
    tagged(world)
    amy = world.learner("Amy")
    essay, debate = (world.grant(amy, name, assessor="Dr. Ito").award["id"] for name in ("Essay", "Debate"))
    link = f"/s/{share(world, amy, compose(world, amy, essay, debate))['token']}"
    before = world.client.get(link, headers=PAGE).text

    revoke(world, debate, "Entered by mistake")
    after = world.client.get(link, headers=PAGE).text

    assert "Assessed twice by one person" in before
    assert "French</h3>" in before
    assert "Assessed once by one person" in after
    assert "French</h3>" not in after
    assert "Entered by mistake" in after


def test_each_badge_of_a_page_opens_to_its_own_checks_and_its_own_document(world: World) -> None:
    amy = world.learner("Amy")
    kept, lost = (world.grant(amy, name).award["id"] for name in ("Debate", "Essay"))
    link = f"/s/{share(world, amy, compose(world, amy, kept, lost))['token']}"
    revoke(world, lost, "Entered by mistake")

    page = world.client.get(link, headers=PAGE).text
    badges = [page.partition(f'id="{award}"')[2].partition("</details>\n")[0] for award in (kept, lost)]

    assert "Holds" in badges[0].partition("Its verification")[2]
    assert "Does not hold" in badges[1].partition("Its verification")[2]
    for award, holds in ((kept, True), (lost, False)):
        assert f'href="{link}/awards/{award}"' in page
        assert verified(world, world.client.get(f"{link}/awards/{award}").content)["verified"] is holds


def test_a_public_record_gives_its_badges_and_no_others(world: World) -> None:
    amy = world.learner("Amy")
    shown, hidden = (world.grant(amy, name).award["id"] for name in ("Debate", "Essay"))
    record = compose(world, amy, shown)
    address = str(record["public_url"]).removeprefix("http://localhost:8000")
    before = world.client.get(f"{address}/awards/{shown}")
    world.client.patch(f"/v1/records/{record['id']}", json={"visibility": "public"}, headers=world.as_(amy))

    assert before.status_code == 404
    assert verified(world, world.client.get(f"{address}/awards/{shown}").content)["verified"]
    absent = world.client.get(f"{address}/awards/{hidden}")
    assert (absent.status_code, absent.content) == (404, before.content)


def test_an_outline_says_what_else_a_badge_counts_toward(world: World) -> None:
    world.stack("Critical Thinking", all_of("Debate", "Lab")).stack("French Skills", all_of("Debate"))
    amy = world.learner("Amy")

    path = f"/pathways/{world.pathways['Critical Thinking']}"
    page = world.client.get(path, headers=world.as_(amy) | PAGE).text

    assert page.count("Also counts toward") == 1
    assert f'href="/pathways/{world.pathways["French Skills"]}">French Skills</a>' in page
