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
