"""What follows from an award by itself, when, why, and what is left of it when its ground is taken away."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from clr.pathways import (
    AllOf,
    AtLeast,
    Filters,
    HeldAward,
    Holdings,
    Holds,
    Lost,
    OnLost,
    Part,
    Policy,
    Stack,
    StackingGraph,
    advance,
    settle,
    unsupported,
)

AT = datetime(2026, 11, 24, tzinfo=UTC)
DAY = timedelta(days=1)


def of(*names):
    return tuple(Part(Holds(name)) for name in names)


def auto(name, requirement, version=1):
    return Stack(name, version, requirement, Policy.AUTO)


def award(name, days=1, **more):
    return HeldAward(f"awd_{name}", name, 0, AT - days * DAY, **more)


def derived(name, version=1, days=1):
    return HeldAward(f"mst_{name}_{version}", name, version, AT - days * DAY, derived=True)


def lost(graph, held):
    return tuple(one.award for one in unsupported(graph, held))


def arriving(graph, awards, arrived, versions=None, at=AT):
    ids = itertools.count(1)
    wanted = versions or {name: {version} for name, version in graph.current.items()}
    return advance(graph, Holdings(awards, wanted), arrived, at=at, new_award=lambda: f"new_{next(ids)}")


CHAIN = StackingGraph(
    [
        auto("first", AllOf(of("a", "b"))),
        auto("second", AllOf(of("first", "c"))),
        auto("third", AtLeast(1, of("second", "z"))),
    ]
)


def test_a_milestone_counts_at_once_for_the_stacks_above_it():
    due = arriving(CHAIN, [award("a", 9), award("b"), award("c", 5)], "b")
    assert [(one.achievement, one.causes) for one in due] == [
        ("first", ("awd_a", "awd_b")),
        ("second", ("new_1", "awd_c")),
        ("third", ("new_2",)),
    ]


def test_a_milestone_was_earned_when_its_requirement_was_met_not_when_somebody_noticed():
    due = arriving(CHAIN, [award("a", 400), award("b", 30), award("c", 5)], "a")
    assert [one.earned_on for one in due] == [AT - 30 * DAY, AT - 5 * DAY, AT - 5 * DAY]


def test_an_award_that_completes_nothing_leads_to_nothing():
    assert arriving(CHAIN, [award("a")], "a") == []
    assert arriving(CHAIN, [award("elsewhere")], "elsewhere") == []


def test_a_stack_that_is_assessed_does_not_follow_by_itself():
    judged = Stack("skill", 1, AllOf(of("a")), Policy.ASSESSED)
    graph = StackingGraph([judged, auto("goal", AllOf(of("skill")))])
    assert arriving(graph, [award("a")], "a") == []
    assert [one.achievement for one in arriving(graph, [award("a"), award("skill")], "skill")] == ["goal"]


def test_the_same_milestone_is_not_given_twice():
    awards = [award("a"), award("b"), derived("first")]
    assert arriving(CHAIN, awards, "b") == []


def test_a_milestone_that_would_say_nothing_new_is_not_given():
    graph = StackingGraph([auto("first", AllOf(of("a")))])
    assert arriving(graph, [award("a"), award("first", 2)], "a") == []


def test_an_award_that_ends_does_not_stand_in_the_way_of_a_milestone_that_does_not():
    graph = StackingGraph([auto("first", AllOf(of("a")))])
    awards = [award("a"), award("first", 2, valid_until=AT + DAY)]
    assert [one.achievement for one in arriving(graph, awards, "a")] == ["first"]


def test_milestones_follow_only_under_the_versions_a_learner_is_pinned_to():
    graph = StackingGraph([auto("first", Holds("a")), auto("first", Holds("b"), 2)])
    assert arriving(graph, [award("a")], "a") == []
    pinned = arriving(graph, [award("a")], "a", {"first": {1}})
    assert [(one.achievement, one.version) for one in pinned] == [("first", 1)]
    awards = [award("a", 3), award("b", 5)]
    both = settle(graph, Holdings(awards, {"first": {1, 2}}), at=AT, new_award=lambda: "new")
    assert [(one.version, one.earned_on) for one in both] == [(1, AT - 3 * DAY), (2, AT - 5 * DAY)]


def test_a_milestone_of_any_version_counts_for_whoever_asks_for_the_stack():
    graph = StackingGraph(
        [auto("first", Holds("a")), auto("first", Holds("b"), 2), auto("goal", AllOf(of("first", "c")))]
    )
    due = arriving(graph, [award("a"), award("c")], "a", {"first": {1}, "goal": {1}})
    assert [(one.achievement, one.version) for one in due] == [("first", 1), ("goal", 1)]


def test_an_expired_badge_completes_nothing():
    graph = StackingGraph([auto("first", AllOf(of("a", "b")))])
    assert arriving(graph, [award("a", valid_until=AT), award("b")], "b") == []


def test_a_new_pathway_is_settled_for_those_who_had_met_it_before():
    holdings = Holdings([award("z", 80)], {"third": {1}, "first": {1}})
    due = settle(CHAIN, holdings, at=AT, new_award=lambda: "new")
    assert [(one.achievement, one.earned_on) for one in due] == [("third", AT - 80 * DAY)]


def test_a_milestone_loses_its_support_with_the_badge_it_stood_on_and_so_does_all_above():
    left = [award("a"), award("c"), derived("first"), derived("second"), derived("third")]
    assert lost(CHAIN, left) == ("mst_first_1", "mst_second_1", "mst_third_1")


def test_another_way_to_a_milestone_keeps_it():
    left = [award("a"), award("z"), derived("first"), derived("second"), derived("third")]
    assert lost(CHAIN, left) == ("mst_first_1", "mst_second_1")


def test_a_milestone_stays_when_a_badge_it_stood_on_expires():
    assert lost(CHAIN, [award("a", 9, valid_until=AT - DAY), award("b"), derived("first")]) == ()


def test_a_milestone_is_judged_by_the_version_it_followed_under():
    graph = StackingGraph([auto("first", Holds("a")), auto("first", Holds("b"), 2)])
    assert lost(graph, [award("a"), derived("first", 1)]) == ()
    assert lost(graph, [award("a"), derived("first", 2)]) == ("mst_first_2",)


def test_a_milestone_that_was_revoked_does_not_return_while_all_that_it_stood_on_is_held():
    graph = StackingGraph([auto("first", AtLeast(1, of("a", "b"))), auto("second", AllOf(of("first")))])

    def due(awards, *causes):
        revoked = [(("first", 1), frozenset(causes))]
        found = settle(graph, Holdings(awards, {}, revoked), at=AT, new_award=lambda: "new")
        return [one.achievement for one in found]

    assert due([award("a"), award("b", 9)], "awd_a") == []
    assert due([award("b")], "awd_a") == ["first", "second"]
    assert due([award("a")], "awd_a", "awd_b") == ["first", "second"]


def test_the_version_in_force_is_followed_unless_others_are_named_and_none_when_none_is():
    graph = StackingGraph([auto("first", Holds("a")), auto("first", Holds("b"), 2)])
    awards = [award("a", 1), award("b", 2)]
    for versions, followed in (
        ({}, [2]),
        ({"first": {1}}, [1]),
        ({"first": set()}, []),
        ({"other": {1}}, [2]),
    ):
        due = settle(graph, Holdings(awards, versions), at=AT, new_award=lambda: "new")
        assert [one.version for one in due] == followed


def test_a_milestone_is_explained_by_the_versions_that_were_followed():
    part = [auto("part", AllOf(of("a"))), auto("part", AllOf(of("a", "b")), 2)]
    graph = StackingGraph([*part, auto("goal", AtLeast(1, of("part", "c")))])
    (held,) = arriving(graph, [award("a"), derived("part")], "a", {"goal": {1}})
    (open_yet,) = arriving(graph, [award("c")], "c", {"part": {1}})
    for explanation in (held.explanation, open_yet.explanation):
        told = explanation.parts[0].parts[0]
        assert [inner.achievement for inner in told.parts] == ["a"]


def test_what_time_took_the_support_of_is_told_and_what_stands_on_it_stands():
    left = [award("a", 9, valid_until=AT - DAY), award("b"), award("c"), derived("first"), derived("second")]
    assert unsupported(CHAIN, left) == ()
    assert [one.award for one in unsupported(CHAIN, left, at=AT)] == ["mst_first_1"]


def test_a_milestone_that_is_kept_supports_what_stands_on_it():
    graph = StackingGraph(
        [replace(auto("first", AllOf(of("a"))), on_lost=OnLost.KEEP), auto("second", AllOf(of("first")))]
    )
    left = [derived("first"), derived("second")]
    assert unsupported(graph, left) == (Lost("mst_first_1", OnLost.KEEP),)


def test_an_earlier_version_held_does_not_stand_in_the_way_where_a_later_one_is_asked_for():
    later = Holds("first", filters=Filters(min_version=2))
    stacks = [auto("first", Holds("a")), auto("first", Holds("b"), 2)]
    awards = [HeldAward("awd_first", "first", 1, AT - 9 * DAY), award("b")]

    def due(*wholes):
        found = settle(
            StackingGraph([*stacks, *wholes]), Holdings(awards, {}), at=AT, new_award=lambda: "new"
        )
        return [(one.achievement, one.version) for one in found]

    assert due(auto("goal", later)) == [("first", 2), ("goal", 1)]
    assert due() == []
