"""Defects other engines have shipped, and what is right here.

Two last awards that race each other are in ``tests/store/test_concurrency.py``, where there is something to race for.
"""

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
    advance,
    explain,
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


def test_an_expired_award_brings_no_milestone_however_good_the_others_are():
    graph = StackingGraph([Stack("goal", 1, AtLeast(2, of("a", "b", "c")), Policy.AUTO)])
    lapsed = held("a", days=400, valid_until=AT - timedelta(days=82))
    assert due(graph, [*lapsed, *held("b")]) == []
    assert due(graph, [*lapsed, *held("b", "c")]) == ["goal"]


def test_a_requirement_that_becomes_less_gives_what_it_makes_due_to_all_but_those_who_follow_the_old_one():
    old = Stack("goal", 1, AllOf(of("a", "b", "c")), Policy.AUTO)
    graph = StackingGraph([old, Stack("goal", 2, AllOf(of("a", "b")), Policy.AUTO)])

    def given(versions):
        found = settle(graph, Holdings(held("a", "b"), versions), at=AT, new_award=lambda: "awd_new")
        return [(milestone.achievement, milestone.version) for milestone in found]

    assert given({}) == [("goal", 2)]
    assert given({"goal": {1}}) == []


def test_whichever_of_two_last_awards_comes_first_the_second_brings_the_milestone_and_nothing_brings_it_again():
    graph = StackingGraph([Stack("goal", 1, AllOf(of("a", "b")), Policy.AUTO)])

    def follows(awards, arrived):
        found = advance(graph, Holdings(awards, {}), arrived, at=AT, new_award=lambda: "awd_new")
        return [HeldAward(one.award_id, one.achievement, 1, one.earned_on, derived=True) for one in found]

    for first, last in ("ab", "ba"):
        assert follows(held(first), first) == []
        both = held(first, last)
        milestone = follows(both, last)
        assert [one.achievement for one in milestone] == ["goal"]
        assert follows([*both, *milestone], first) == follows([*both, *milestone], last) == []


def test_three_of_five_are_all_that_three_of_five_ask_for():
    goal = Stack("goal", 1, AtLeast(3, of("a", "b", "c", "d", "e")), Policy.AUTO)
    told = explain(StackingGraph([goal]), goal, held("a", "c", "e"), at=AT)
    assert (told.basis_points, told.steps_left, told.earned, told.needed) == (S, 0, 3, 3)


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


def test_what_is_nearest_to_complete_is_not_rounded_to_it():
    names = [f"b{number}" for number in range(20_001)]
    goal = Stack("goal", 1, AllOf(of(*names)), Policy.ASSESSED)
    told = explain(StackingGraph([goal]), goal, held(*names[:-1]), at=AT)
    assert (told.basis_points, told.steps_left, told.complete) == (S - 1, 1, False)  # 9999.5


def test_what_one_badge_completes_in_two_pathways_both_pathways_see():
    graph = StackingGraph(
        [
            Stack("ct", 1, AllOf(of("evidence", "debate")), Policy.AUTO),
            Stack("french", 1, AllOf(of("reading", "debate")), Policy.AUTO),
        ]
    )
    assert due(graph, held("evidence", "reading", "debate")) == ["ct", "french"]
    assert graph.network.number_of_nodes() == 7  # three badges, two stacks, one group in each


def pathway_of(size):
    names = [f"b{number}" for number in range(size)]
    groups = [AllOf(of(*names[start : start + size // 4])) for start in range(0, size, size // 4)]
    return StackingGraph([Stack("goal", 1, AllOf(tuple(map(Part, groups))), Policy.AUTO)]), held(*names)


def seconds_taken(size):
    """How long the last award of a pathway takes, at best."""
    graph, awards = pathway_of(size)
    assert due(graph, awards[:-1]) == []
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        assert due(graph, awards) == ["goal"]
        best = min(best, time.perf_counter() - began)
    return best


def test_an_award_in_a_pathway_of_sixteen_hundred_badges_is_taken_in_at_once():
    assert seconds_taken(1_600) < 0.5


def test_eight_times_the_badges_take_about_eight_times_as_long_and_not_sixty_four():
    assert seconds_taken(3_200) < 24 * seconds_taken(400)
