"""Pathways compared and as files, on a real database."""

import json
from typing import Any

from click.testing import Result
from typer.testing import CliRunner

from clr.cli import main
from clr.settings import Settings
from tests.store.test_authoring import begin, publish, redraw
from tests.worlds import World, all_of, at_least


def diff(world: World, path: str, earlier: int, later: Any) -> list[dict[str, Any]]:
    answer = world.client.get(f"{path}/diff", params={"from": earlier, "to": later}, headers=world.admin)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["changes"])


def two_versions(world: World) -> str:
    """A pathway whose second version asks for one more of a group, and for something besides."""
    first = all_of("Debate", at_least(2, "Lab", "Essay", "Talk", "Poster"))
    path = begin(world, world.draft("Thinking", {"Thinking": (first, "auto")}))
    assert publish(world, path).status_code == 201
    second = all_of("Debate", at_least(3, "Lab", "Essay", "Talk", "Poster"), "Data Literacy")
    redraw(world, path, world.draft("Thinking", {"Thinking": (second, "auto")}))
    assert publish(world, path).status_code == 201
    return path


def test_two_versions_differ_by_what_was_changed_and_clauses_are_known_by_their_ids(world: World):
    path = two_versions(world)
    found = diff(world, path, 1, 2)
    assert [change["says"] for change in found] == [
        "Complete 3 of 4 (was 2 of 4)",
        "Data Literacy is asked for besides, in Thinking",
    ]
    goal = world.achievements["Thinking"]
    parts = world.client.get(f"{path}/versions/2", headers=world.admin).json()["stacks"][goal]["requirement"][
        "parts"
    ]
    assert [change["clause_id"] for change in found] == [part["requirement"]["id"] for part in parts[1:]]
    assert found[1]["after"] == parts[2]
    assert diff(world, path, 2, 2) == []
    assert [change["kind"] for change in diff(world, path, 2, 1)] == ["asks", "removed"]


def test_the_draft_is_compared_as_it_would_be_published(world: World):
    world.stack("Craft", all_of("Lab", "Poster"))
    path = begin(world, world.draft("Thinking", {"Thinking": (all_of("Debate", "Craft"), "auto")}))
    publish(world, path)
    assert diff(world, path, 1, "draft") == []
    redraw(world, path, world.draft("Thinking", {"Thinking": (all_of("Debate", "Craft"), "assessed")}))
    world.pathway("Craft", {"Craft": (all_of("Lab", "Poster", "Essay"), "auto")})
    told = sorted(change["says"] for change in diff(world, path, 1, "draft"))
    assert told == [
        "Essay is asked for besides, in Craft",
        "Thinking is awarded by an assessor (it followed by itself)",
    ]


def test_a_version_that_does_not_exist_is_not_compared(world: World):
    path = two_versions(world)
    answer = world.client.get(f"{path}/diff", params={"from": 1, "to": 9}, headers=world.admin)
    assert answer.status_code == 404
    answer = world.client.get(f"{path}/diff", params={"from": 1, "to": "drawn"}, headers=world.admin)
    assert answer.status_code == 422


def test_a_file_draws_the_same_pathway_anew(world: World):
    path = two_versions(world)
    for state in ("versions/2", "draft"):
        told = world.client.get(f"{path}/{state}/export", params={"form": "json"}, headers=world.admin)
        assert told.headers["content-type"] == "application/json"
        again = world.client.post(
            "/v1/pathways", content=told.content, headers=world.admin | {"Content-Type": "application/json"}
        )
        assert again.status_code == 201, again.text
        address = f"/v1/pathways/{again.json()['id']}/draft/export"
        assert world.client.get(address, headers=world.admin).content == told.content


def test_the_form_of_a_file_is_asked_for_by_name_or_by_accept(world: World):
    path = two_versions(world)
    address, goal = f"{path}/versions/1/export", world.achievements["Thinking"]
    by_name = world.client.get(address, params={"form": "text"}, headers=world.admin)
    by_accept = world.client.get(address, headers=world.admin | {"Accept": "text/plain"})
    assert by_name.headers["content-type"] == by_accept.headers["content-type"] == "text/plain; charset=utf-8"
    assert by_name.text == by_accept.text
    assert by_name.text.splitlines()[:5] == [
        'pathway "Thinking"',
        f'goal {goal} "Thinking"',
        "| Toward Thinking.",
        "",
        f'stack {goal} "Thinking", auto',
    ]
    refused = world.client.get(address, headers=world.admin | {"Accept": "image/png"})
    assert refused.status_code == 406


LD_JSON = "application/ld+json"
REGISTRY = "https://registry.example"


def test_a_version_described_in_ctdl_is_drawn_again_from_it(world: World):
    path = two_versions(world)
    told = world.client.get(f"{path}/versions/2/ctdl", headers=world.admin)
    assert (told.status_code, told.headers["content-type"]) == (200, LD_JSON)
    document = told.json()
    assert document["leftOut"] == []
    assert document["@graph"][0]["ceterms:ownedBy"] == ["http://localhost:8000/issuers/career-connect"]
    made = world.post("/v1/pathways/from-ctdl", {"issuer_id": world.issuer(), "document": document})
    assert made["unread"] == made["unmatched"] == made["problems"] == []
    again = f"/v1/pathways/{made['pathway']['id']}/draft/export?form=text"
    before = world.client.get(f"{path}/versions/2/export?form=text", headers=world.admin)
    assert world.client.get(again, headers=world.admin).text == before.text


def test_what_ctdl_cannot_say_stands_beside_the_graph(world: World):
    rule = all_of("Debate", "Lab", weights=(2, 1))
    path = begin(world, world.draft("Thinking", {"Thinking": (rule, "assessed")}))
    publish(world, path)
    document = world.client.get(f"{path}/versions/1/ctdl", headers=world.admin).json()
    at = f"stacks.{world.achievements['Thinking']}"
    assert [(one["at"], one["what"]) for one in document["leftOut"]] == [
        (f"{at}.policy", "policy"),
        (f"{at}.requirement.parts[0].weight", "weight"),
    ]


def of_others(world: World) -> dict[str, Any]:
    """A document that asks for our debate, and for a talk that nobody here knows."""
    debate = world.badge("Debate")
    condition = {
        "@type": "ceterms:ComponentCondition",
        "ceterms:targetComponent": [f"{REGISTRY}/debate", f"{REGISTRY}/talk"],
        "ceterms:weather": "fine",
    }
    goal = {"@type": "ceterms:CredentialComponent", "ceterms:hasCondition": [condition]}
    ours = {"ceterms:proxyFor": f"http://localhost:8000/achievements/{debate}"}
    pathway = {
        "@id": f"{REGISTRY}/p",
        "@type": "ceterms:Pathway",
        "ceterms:name": {"en": "French"},
        "ceterms:hasDestinationComponent": [f"{REGISTRY}/goal"],
    }
    return {
        "@graph": [
            pathway,
            {"@id": f"{REGISTRY}/goal", **goal},
            {"@id": f"{REGISTRY}/debate", "@type": "ceterms:CredentialComponent", **ours},
            {"@id": f"{REGISTRY}/talk", "@type": "ceterms:CourseComponent", "ceterms:name": {"en": "A Talk"}},
        ]
    }


def test_a_document_of_others_becomes_a_draft_that_says_what_it_lacks(world: World):
    goal, document = world.badge("Thinking", kind="micro-credential"), of_others(world)
    achievements = {f"{REGISTRY}/goal": goal}
    body = {"issuer_id": world.issuer(), "document": document, "achievements": achievements}
    headers = world.admin | {"Idempotency-Key": "once"}
    answer = world.client.post("/v1/pathways/from-ctdl", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["pathway"]["name"], made["pathway"]["goal"]) == ("French", goal)
    assert [(fault["at"], fault["kind"]) for fault in made["problems"]] == [
        (f"stacks.{goal}.requirement.parts[1].requirement", "unknown")
    ]
    talk = {"component": f"{REGISTRY}/talk", "name": "A Talk", "achievement_id": "ctdl:a-talk"}
    assert made["unmatched"] == [talk]
    assert [(one["at"], one["term"]) for one in made["unread"]] == [
        (f"{REGISTRY}/goal hasCondition", "weather")
    ]
    again = world.client.post("/v1/pathways/from-ctdl", json=body, headers=headers)
    assert again.json() == made


def test_a_goal_that_nobody_knows_is_drawn_with_its_problems(world: World):
    body = {"issuer_id": world.issuer(), "document": of_others(world), "policy": "assessed"}
    made = world.post("/v1/pathways/from-ctdl", body)
    assert made["pathway"]["goal"] == "ctdl:https-registry-example-goal"
    assert {(fault["at"], fault["kind"]) for fault in made["problems"]} == {
        ("goal", "unknown"),
        ("stacks.ctdl:https-registry-example-goal", "unknown"),
        ("stacks.ctdl:https-registry-example-goal.requirement.parts[1].requirement", "unknown"),
    }
    path = f"/v1/pathways/{made['pathway']['id']}"
    lines = world.client.get(f"{path}/draft/export?form=text", headers=world.admin).text.splitlines()
    assert lines[3].endswith(", assessed")
    assert publish(world, path).status_code == 422


def test_what_ctdl_can_say_and_the_engine_cannot_is_refused_in_words(world: World):
    condition = {"ceterms:logicalOperator": "logic:Not", "ceterms:targetComponent": ["_:a"]}
    goal = {"@id": "_:goal", "@type": "ceterms:CredentialComponent", "ceterms:hasCondition": condition}
    document = {"@type": "ceterms:Pathway", "ceterms:hasDestinationComponent": goal}
    body = {"issuer_id": world.issuer(), "document": document}
    answer = world.client.post("/v1/pathways/from-ctdl", json=body, headers=world.admin)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["kind"] == "not-monotone"


def clr(settings: Settings, *arguments: str) -> Result:
    env = {"CLR_DATABASE_URL": settings.database_url, "CLR_DATA_DIR": str(settings.data_dir)}
    return CliRunner().invoke(main, arguments, env=env)


def test_the_command_line_prints_what_the_api_answers(world: World, settings: Settings):
    path = two_versions(world)
    key = path.rpartition("/")[2]
    for version, form in (("1", "text"), ("2", "text"), ("2", "json")):
        done = clr(settings, "pathway", "export", key, "--version", version, "--form", form)
        address = f"{path}/versions/{version}/export"
        asked = world.client.get(address, params={"form": form}, headers=world.admin)
        assert done.exit_code == 0, done.output
        assert done.stdout_bytes == asked.content
    assert (
        clr(settings, "pathway", "export", key).stdout
        == clr(settings, "pathway", "export", key, "--version", "2").stdout
    )
    absent = clr(settings, "pathway", "export", "pth_nothing")
    assert (absent.exit_code, absent.stderr) == (1, "There is no such pathway.\n")


def test_a_pathway_never_published_is_printed_as_drawn(world: World, settings: Settings):
    path = begin(world, world.draft("Thinking", {"Thinking": (all_of("Debate"), "auto")}))
    done = clr(settings, "pathway", "export", path.rpartition("/")[2], "--form", "json")
    assert json.loads(done.stdout)["draft"]["name"] == "Thinking"
