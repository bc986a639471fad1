"""Real stacks with the progress that people were promised: ``tests/cases``, worked out by hand."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clr.pathways import (
    HeldAward,
    Holdings,
    Policy,
    Stack,
    StackingGraph,
    open_steps,
    progress_toward,
    settle,
    steps_left_says,
)
from clr.pathways.wire import load

CASES = sorted((Path(__file__).parents[2] / "cases").glob("*.json"))


def told(path):
    return json.loads(path.read_text(encoding="utf-8"))


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


LEARNERS = [
    pytest.param(told(path), learner, id=f"{path.stem}: {learner['who']}")
    for path in CASES
    for learner in told(path)["learners"]
]


@pytest.mark.parametrize(("case", "learner"), LEARNERS)
def test_a_learner_stands_where_the_case_says(case, learner):
    at = datetime.fromisoformat(case["at"])
    graph = StackingGraph(
        Stack(name, 1, load(stack["requirement"]), Policy(stack["policy"]))
        for name, stack in case["stacks"].items()
    )
    until = learner.get("until", {})
    held = [
        HeldAward(f"awd_{name}", name, 0, day(earned), day(until[name]) if name in until else None)
        for name, earned in learner["holds"].items()
    ]
    versions = {name: {1} for name in case["stacks"]}
    due = settle(graph, Holdings(held, versions), at=at, new_award=lambda: "awd_new")
    held += [HeldAward(one.award_id, one.achievement, 1, one.earned_on, derived=True) for one in due]

    progress = progress_toward(graph, case["goal"], held, at=at)
    steps = [step.ready for step in open_steps(progress)]

    assert steps == sorted(steps, reverse=True)

    assert {
        "status": progress.status.value,
        "basis_points": progress.basis_points,
        "steps_left": progress.steps_left,
        "says": steps_left_says(progress),
        "milestones": [[one.achievement, one.earned_on.date().isoformat()] for one in due],
        "ready": [step.achievement for step in open_steps(progress) if step.ready],
    } == learner["expected"]


def test_both_institutions_are_there():
    assert [path.stem for path in CASES] == ["critical_thinking", "french_ba"]
