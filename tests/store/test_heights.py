"""The highest pathway that may be published is drawn, awarded, explained and shown like any other."""

import pytest

from tests.worlds import Part, World, all_of


def nested(name: str, groups: int) -> Part:
    return all_of(nested(name, groups - 1) if groups > 1 else name)


@pytest.mark.parametrize(("stacks", "groups"), [(50, 1), (2, 49)])
def test_the_highest_pathway_is_followed_to_its_end(world: World, stacks: int, groups: int) -> None:
    names = [f"S{number}" for number in range(stacks)]
    below = ["Debate", *names]
    drawn = {name: (nested(below[place], groups), "auto") for place, name in enumerate(names)}
    goal = names[-1]
    world.pathway(goal, drawn)
    amy = world.learner("Amy")
    world.enrol(amy, goal)
    assert world.progress(amy, goal)["steps_left"] == 1

    granted = world.grant(amy, "Debate")

    assert granted.milestones == names
    last = granted.body["milestones"][-1]["id"]
    for path in (f"/v1/awards/{last}/explanation", f"/v1/learners/{amy}/progress"):
        assert world.client.get(path, headers=world.admin).status_code == 200
    for page in (f"/pathways/{world.pathways[goal]}", f"/awards/{last}", "/"):
        assert world.client.get(page, headers=world.as_(amy)).status_code == 200
    assert world.progress(amy, goal)["status"] == "complete"
