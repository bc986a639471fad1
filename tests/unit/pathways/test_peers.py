"""Defects other engines have shipped, and what is right here."""

import time
from datetime import UTC, datetime, timedelta

from clr.pathways import (
    AllOf,
    AtLeast,
    HeldAward,
    Holdings,
    Holds,
    Part,
    Policy,
    S,
    Stack,
    StackingGraph,
    Status,
    failed_says,
    progress_toward,
    settle,
)

AT = datetime(2026, 11, 24, tzinfo=UTC)


def of(*names):
    return tuple(Part(Holds(name)) for name in names)


def held(*names, days=1, **more):
    return [HeldAward(f"awd_{name}_{days}", name, 0, AT - timedelta(days=days), **more) for name in names]


def due(graph, awards):
    versions = {stack.achievement: {stack.version} for stack in graph.stacks.values()}
    return [
        milestone.achievement
        for milestone in settle(graph, Holdings(awards, versions), at=AT, new_award=lambda: "awd_new")
    ]


def test_two_of_three_is_not_met_by_one_badge_earned_twice():
    graph = StackingGraph([Stack("goal", 1, AtLeast(2, of("a", "b", "c")), Policy.AUTO)])
    twice = [*held("a"), *held("a", days=2)]
    assert progress_toward(graph, "goal", twice, at=AT).steps_left == 1
    assert due(graph, twice) == []


def test_a_milestone_is_given_only_for_a_stack_that_is_complete():
    graph = StackingGraph(
        [
            Stack("part", 1, AllOf(of("a", "b")), Policy.AUTO),
            Stack("goal", 1, AllOf(of("part", "c")), Policy.AUTO),
        ]
    )
    assert due(graph, held("a", "c")) == []
    assert due(graph, held("a", "b", "c")) == ["part", "goal"]


def test_an_expired_award_does_not_count_and_says_why():
    graph = StackingGraph([Stack("goal", 1, AllOf(of("a")), Policy.ASSESSED)])
    lapsed = held("a", days=400, valid_until=AT - timedelta(days=82))
    part = progress_toward(graph, "goal", lapsed, at=AT).root.parts[0].parts[0]
    assert (part.complete, failed_says(part.failed)) == (False, "Expired on 3 September 2026")


def test_a_finished_path_is_never_shown_as_sixty_per_cent():
    graph = StackingGraph([Stack("goal", 1, AtLeast(3, of("a", "b", "c", "d", "e")), Policy.AUTO)])
    awards = [*held("a", "b", "c"), HeldAward("m", "goal", 1, AT, derived=True)]
    told = progress_toward(graph, "goal", awards, at=AT)
    assert (told.basis_points, told.status) == (S, Status.COMPLETE)


def test_two_hundred_of_two_hundred_and_one_is_not_complete():
    names = [f"b{number}" for number in range(201)]
    graph = StackingGraph([Stack("goal", 1, AllOf(of(*names)), Policy.AUTO)])
    told = progress_toward(graph, "goal", held(*names[:200]), at=AT)
    assert (told.basis_points, told.steps_left, told.status) == (9950, 1, Status.IN_PROGRESS)


def test_what_one_badge_completes_in_two_pathways_both_pathways_see():
    graph = StackingGraph(
        [
            Stack("ct", 1, AllOf(of("evidence", "debate")), Policy.AUTO),
            Stack("french", 1, AllOf(of("reading", "debate")), Policy.AUTO),
        ]
    )
    assert due(graph, held("evidence", "reading", "debate")) == ["ct", "french"]
    assert graph.network.number_of_nodes() == 7  # three badges, two stacks, one group in each


def test_an_award_in_a_pathway_of_sixteen_hundred_badges_is_taken_in_at_once():
    groups = [
        AllOf(of(*(f"b{number}" for number in range(start, start + 400)))) for start in range(0, 1600, 400)
    ]
    graph = StackingGraph([Stack("goal", 1, AllOf(tuple(map(Part, groups))), Policy.AUTO)])
    awards = held(*(f"b{number}" for number in range(1600)))
    assert due(graph, awards[:-1]) == []
    began = time.perf_counter()
    assert due(graph, awards) == ["goal"]
    assert time.perf_counter() - began < 0.5
