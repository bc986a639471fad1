"""Followers stay where they are until somebody moves them; moved, they lose nothing, or knew what they would lose."""

import pytest

from clr.jobs import work
from tests.worlds import World, all_of


@pytest.fixture
def two(world: World) -> tuple[str, str]:
    """Amy, who would be further from the goal under the second version, and Ben, who would be nearer."""
    world.stack("Skill", all_of("A", "B"), policy="assessed")
    amy, ben = world.learner("Amy", holds=["A"]), world.learner("Ben", holds=["C"])
    world.enrol(amy, "Skill")
    world.enrol(ben, "Skill")
    world.pathway("Skill", {"Skill": (all_of("B", "C"), "assessed")})
    return amy, ben


def ask(world: World, **body: object) -> dict:
    path = f"/v1/pathways/{world.pathways['Skill']}/migrations"
    answer = world.client.post(path, json={"version": 2, "reason": "New rules.", **body}, headers=world.admin)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def versions(world: World, *learners: str) -> list[int]:
    work.finish(world.client.app.state.service)
    return [world.progress(learner, "Skill")["version"] for learner in learners]


def test_followers_stay_until_somebody_moves_them(world: World, two):
    assert versions(world, *two) == [1, 1]


def test_without_loss_only_those_move_who_are_not_further_from_the_goal(world: World, two):
    asked = ask(world, how="no_loss")
    assert asked["followers"] == 2
    assert versions(world, *two) == [1, 2]
    job = world.client.get(f"/v1/jobs/{asked['job_id']}", headers=world.admin).json()
    assert (job["kind"], job["state"]) == ("migrate", "done")


def test_all_of_them_move_at_the_date_that_was_said(world: World, two, clock):
    ask(world, how="all", begins_at="2027-01-01T00:00:00Z")
    assert versions(world, *two) == [1, 1]
    world.later(clock, days=60)
    assert versions(world, *two) == [2, 2]


def test_enrolments_are_kept_as_intervals_with_the_reason(world: World, two, clock):
    clock.passes(minutes=5)
    ask(world, how="all")
    versions(world, *two)
    path = f"/v1/learners/{two[0]}/enrolments"
    found = world.client.get(path, headers=world.as_(two[0])).json()["items"]
    assert [(one["version"], one["left_at"] is None, one["reason"]) for one in found] == [
        (1, False, "New rules."),
        (2, True, None),
    ]


def test_nobody_begins_an_archived_pathway_and_its_followers_go_on(world: World, two):
    pathway, cem = world.pathways["Skill"], world.learner("Cem", holds=["A"])
    assert world.post(f"/v1/pathways/{pathway}/archive", {})["archived_at"] is not None
    path = f"/v1/learners/{cem}/enrolments/{pathway}"
    answer = world.client.put(path, headers=world.admin)
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "Skill is archived; nobody can begin it any more.",
    )
    listed = world.client.get(f"/v1/learners/{cem}/progress", headers=world.admin).json()["items"]
    assert listed == []
    assert world.progress(two[0], "Skill")["enrolled"]
    assert world.post(f"/v1/pathways/{pathway}/restore", {})["archived_at"] is None
    assert world.client.put(path, headers=world.admin).status_code in (200, 201)


@pytest.mark.usefixtures("two")
def test_publishing_what_does_not_differ_is_refused_and_so_is_what_was_not_read(world: World):
    path = f"/v1/pathways/{world.pathways['Skill']}"
    again = world.client.post(f"{path}/publish", headers=world.admin)
    assert (again.status_code, again.json()["errors"][0]["kind"]) == (409, "unchanged")
    stale = world.client.post(f"{path}/publish", headers=world.admin | {"If-Match": '"1"'})
    assert stale.status_code == 412
