"""Real stacks with the progress that people were promised: ``tests/cases``, worked out by hand."""

import pytest

from clr.pathways import (
    StackingGraph,
    next_transition_at,
    open_steps,
    problems,
    progress_toward,
    steps_left_says,
)
from clr.pathways.cohort import Edition, standings
from clr.pathways.standing import Standing
from tests.casebook import (
    CASES,
    allowance_told,
    award_told,
    clause_told,
    day,
    number,
)
from tests.property import oracle

EACH_CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
MOMENTS = pytest.mark.parametrize(
    ("learner", "moment"),
    [
        pytest.param(learner, moment, id=f"{case.name}: {learner.told['who']}, {moment['as_of']}")
        for case in CASES
        for learner in case.learners
        for moment in learner.moments
    ],
)


def explained(learner, on):
    held, allowances = learner.held(on), learner.allowances(on)
    return progress_toward(learner.case.graph, learner.case.goal, held, at=day(on), allowances=allowances)


@MOMENTS
def test_a_learner_stands_where_the_case_says(learner, moment):
    on, case = moment["as_of"], learner.case
    progress = explained(learner, on)
    steps = [step.ready for step in open_steps(progress)]
    ends = next_transition_at(
        case.graph, case.goal, learner.held(on), at=day(on), allowances=learner.allowances(on)
    )

    assert steps == sorted(steps, reverse=True)
    assert {
        "status": progress.status.value,
        "basis_points": progress.basis_points,
        "steps_left": progress.steps_left,
        "says": steps_left_says(progress),
        "milestones": [[one.achievement, one.earned_on.date().isoformat()] for one in learner.milestones(on)],
        "ready": [step.achievement for step in open_steps(progress) if step.ready],
        "next_transition": ends and ends.date().isoformat(),
    } == moment["expected"], moment["because"]


@MOMENTS
def test_one_learner_in_flat_form_has_the_same_numbers(learner, moment):
    on, case = moment["as_of"], learner.case
    standing = Standing(case.graph, learner.held(on), at=day(on), allowances=learner.allowances(on))
    expected = moment["expected"]
    assert standing.of(case.goal) == (expected["basis_points"], expected["steps_left"])


@MOMENTS
def test_the_rules_said_again_slowly_come_to_the_same(learner, moment):
    on, stacks = moment["as_of"], learner.case.told["stacks"]
    told = {(name, 1): (stack["policy"], clause_told(stack["requirement"])) for name, stack in stacks.items()}
    awards = [award_told(award) for award in learner.held(on)]
    made = [allowance_told(one) for one in learner.allowances(on)]

    slow = oracle.Learner(told, dict.fromkeys(stacks, 1), awards, number(day(on)), made)

    expected = moment["expected"]
    assert slow.points_of(learner.case.goal) == expected["basis_points"]
    assert slow.steps_of(learner.case.goal) == expected["steps_left"]


@EACH_CASE
def test_everybody_of_a_case_together_has_the_same_numbers(case):
    for on in sorted({moment["as_of"] for learner in case.learners for moment in learner.moments}):
        everybody = dict(enumerate(case.learners))
        held = ((who, award) for who, learner in everybody.items() for award in learner.held(on))
        allowances = {who: made for who, learner in everybody.items() if (made := learner.allowances(on))}
        found = {}
        for who, block in standings(
            Edition(case.graph, case.goal), held, everybody, at=day(on), allowances=allowances
        ):
            points, steps = block.of(case.goal)
            found |= {one: (int(points[place]), int(steps[place])) for place, one in enumerate(who)}
        alone = {who: explained(learner, on) for who, learner in everybody.items()}
        assert found == {who: (one.basis_points, one.steps_left) for who, one in alone.items()}, on


@EACH_CASE
def test_nothing_is_wrong_with_a_pathway_that_institutions_have(case):
    assert problems(case.draft, known=case.known, graph=StackingGraph(())) == []


@EACH_CASE
def test_every_number_comes_with_its_arithmetic(case):
    assert all(moment["because"] for learner in case.learners for moment in learner.moments)
    assert sum(len(learner.moments) for learner in case.learners) >= 5


def test_every_case_is_there():
    assert [case.name for case in CASES] == [
        "community_interpreter",
        "critical_thinking",
        "data_track",
        "first_aid",
        "french_ba",
        "honours_certificate",
        "network_professional",
        "nursing_hours",
    ]
