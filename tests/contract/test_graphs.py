"""A pathway as a picture and as an outline over the API: whose it is, when, how it is kept, what it says in words."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from httpx import Response

from tests.conftest import Clock
from tests.worlds import World, all_of, at_least

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def amy(world: World) -> str:
    """Amy, on the way to critical thinking."""
    world.stack("Critical Thinking", all_of("Debate", at_least(1, "Lab", "Essay")))
    amy = world.learner("Amy", holds=["Debate"])
    world.enrol(amy, "Critical Thinking")
    return amy


def asked(world: World, who: str, rest: str, **more: Any) -> Response:
    path = f"/v1/learners/me/progress/{world.pathways['Critical Thinking']}/{rest}"
    headers = world.as_(who) | more.pop("headers", {})
    answer = world.client.get(path, headers=headers, **more)
    assert answer.status_code in (200, 304), answer.text
    return answer


def words(answer: Response, name: str) -> str:
    return ET.fromstring(answer.text).findtext(f"{SVG}{name}") or ""  # noqa: S314  our own drawing


def test_an_outline_reads_from_the_goal_to_its_parts_with_a_sentence_for_each(world: World, amy: str):
    told = asked(world, amy, "outline").json()

    assert told["says"] == "1 step left"
    assert [(line["depth"], line["title"], line["state"], line["state_says"]) for line in told["lines"]] == [
        (0, "Critical Thinking", "going", "In progress"),
        (1, "Debate", "done", "Counted"),
        (1, "Any 1 of 2", "open", "To do"),
        (2, "Lab", "next", "Up next"),
        (2, "Essay", "choice", "Another choice"),
    ]
    assert told["lines"][0]["says"] == "Critical Thinking: In progress. Complete all 2, 1 done."
    assert len(told["lines"][1]["awards"]) == 1


def test_a_picture_says_in_words_what_the_outline_says(world: World, amy: str):
    picture, outline = asked(world, amy, "graph.svg"), asked(world, amy, "outline").json()

    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert words(picture, "title") == "Critical Thinking, 1 step left"
    assert words(picture, "desc") == " ".join(line["says"] for line in outline["lines"])


def test_a_waiver_is_told_with_who_gave_it_and_why(world: World, amy: str):
    version = world.client.get(
        f"/v1/pathways/{world.pathways['Critical Thinking']}/versions/1", headers=world.admin
    ).json()
    (stack,) = version["stacks"].values()
    clause = stack["requirement"]["parts"][1]["requirement"]["parts"][0]["requirement"]["id"]
    world.post(
        f"/v1/learners/{amy}/waivers", {"clause_id": clause, "reason": "She has run the lab for years."}
    )

    lab = next(line for line in asked(world, amy, "outline").json()["lines"] if line["title"] == "Lab")

    assert (lab["state"], lab["state_says"]) == ("waived", "Waived")
    assert lab["notes"][0].startswith("Waived by Ada Admin on ")
    assert lab["notes"][0].endswith(": She has run the lab for years")
    assert "She has run the lab" in words(asked(world, amy, "graph.svg"), "desc")


def test_a_picture_is_of_now_or_of_any_instant(world: World, clock: Clock, amy: str):
    before = clock().isoformat()
    clock.passes(days=1)
    world.admin = world.headers(world.people["Ada Admin"])
    world.grant(amy, "Lab")

    assert words(asked(world, amy, "graph.svg"), "title") == "Critical Thinking, complete"
    assert words(asked(world, amy, "graph.svg", params={"as_of": before}), "title").endswith("1 step left")
    assert asked(world, amy, "outline", params={"as_of": before}).json()["says"] == "1 step left"


def test_a_picture_is_kept_by_who_asked_alone_and_asked_for_again_each_time(world: World, amy: str):
    first = asked(world, amy, "graph.svg")

    again = asked(world, amy, "graph.svg", headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["cache-control"] == again.headers["cache-control"] == "private, no-cache"
    assert (again.status_code, again.content) == (304, b"")


def test_a_picture_opened_by_itself_may_load_and_run_nothing(world: World, amy: str):
    policy = asked(world, amy, "graph.svg").headers["content-security-policy"]

    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy


def test_without_a_learner_only_what_a_version_asks_for_is_drawn(world: World, amy: str):
    world.stack("Critical Thinking", all_of("Debate", "Poster"))
    path = f"/v1/pathways/{world.pathways['Critical Thinking']}/graph.svg"

    current = world.client.get(path, headers=world.as_(amy))
    first = world.client.get(path, headers=world.as_(amy), params={"version": 1})

    assert words(current, "title") == "Critical Thinking, version 2"
    assert words(current, "desc") == "Critical Thinking. Complete all 2. Debate. Poster."
    assert words(first, "desc") == "Critical Thinking. Complete all 2. Debate. Any 1 of 2. Lab. Essay."
    assert world.client.get(path, headers=world.admin, params={"version": 9}).status_code == 404


def test_a_pathway_not_published_yet_has_no_picture(world: World):
    draft = world.draft("Draft", {"Draft": (all_of("Debate"), "auto")})
    made = world.post("/v1/pathways", {"issuer_id": world.issuer(), "draft": draft})

    answer = world.client.get(f"/v1/pathways/{made['id']}/graph.svg", headers=world.admin)

    assert answer.status_code == 404
