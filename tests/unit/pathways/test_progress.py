"""What a learner is told: numbers, statuses, sentences, and what is left to do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from clr.pathways import (
    AllOf,
    AtLeast,
    Brings,
    Credits,
    Filters,
    HeldAward,
    Holds,
    OpenStep,
    Part,
    Policy,
    Prerequisite,
    S,
    Stack,
    StackingGraph,
    Status,
    eligible,
    explain,
    next_transition_at,
    open_steps,
    progress_toward,
    says,
    shared,
    steps_left_says,
    what_next,
)
from clr.pathways.standing import Standing

AT = datetime(2026, 11, 24, tzinfo=UTC)
DAY = timedelta(days=1)


def of(*names):
    return tuple(Part(Holds(name)) for name in names)


def stack(name, requirement, policy=Policy.AUTO, version=1):
    return Stack(name, version, requirement, policy)


def held(*names, days=1, **more):
    return [HeldAward(f"awd_{name}_{days}", name, 0, AT - days * DAY, **more) for name in names]


def toward(goal, requirement, awards, policy=Policy.AUTO):
    return progress_toward(StackingGraph([stack(goal, requirement, policy)]), goal, awards, at=AT)


def test_weights_decide_how_much_a_part_moves_the_whole():
    requirement = AllOf((Part(Holds("a"), 3), Part(Holds("b"), 1)))
    assert toward("goal", requirement, held("a")).basis_points == 7500
    assert toward("goal", requirement, held("b")).basis_points == 2500


def test_an_optional_part_is_shown_and_neither_counts_nor_is_waited_for():
    requirement = AllOf((Part(Holds("a")), Part(Holds("extra"), 0)))
    told = toward("goal", requirement, held("a"))
    group = told.root.parts[0]
    assert (group.complete, group.earned, group.needed, told.root.open[0].kind) == (True, 1, 1, "milestone")
    assert [(part.achievement, part.counted, part.on_route) for part in group.parts] == [
        ("a", True, True),
        ("extra", False, False),
    ]


def test_points_and_steps_may_go_by_different_parts():
    near = AllOf((Part(Holds("a"), 1), Part(Holds("b"), 99)))
    far = AllOf((Part(Holds("c"), 98), Part(Holds("d"), 1), Part(Holds("e"), 1)))
    group = toward("goal", AtLeast(1, (Part(near), Part(far))), held("a", "c")).root.parts[0]
    assert [(part.basis_points, part.steps_left) for part in group.parts] == [(100, 1), (9800, 2)]
    assert [(part.counted, part.on_route) for part in group.parts] == [(False, True), (True, False)]
    assert (group.basis_points, group.steps_left) == (9800, 1)


def test_a_step_that_stands_twice_on_the_route_is_told_as_at_most():
    told = toward("goal", AllOf((Part(Holds("a")), Part(AllOf(of("a", "b"))))), [])
    assert (told.steps_left, told.steps_exact, steps_left_says(told)) == (3, False, "at most 3 steps left")


def test_an_assessment_is_a_step_of_its_own_and_the_last_tenth():
    told = toward("goal", AllOf(of("a", "b")), held("a", "b"), Policy.ASSESSED)
    assert (told.status, told.basis_points, told.steps_left) == (Status.ELIGIBLE, 9000, 1)
    assert open_steps(told) == (OpenStep("goal", "assess", ready=True),)
    assert says(told.root, str.title) == "Goal: ready to be assessed"


def test_eligible_is_about_one_version_of_a_stack():
    graph = StackingGraph(
        [stack("goal", Holds("a"), Policy.ASSESSED), stack("goal", Holds("b"), Policy.ASSESSED, 2)]
    )
    assert eligible(graph, "goal", held("a"), at=AT, version=1)
    assert not eligible(graph, "goal", held("a"), at=AT, version=2)


def test_of_two_awards_the_earliest_that_qualifies_is_used():
    awards = [
        *held("a", days=400, valid_until=AT - DAY),
        *held("a", days=30),
        *held("a", days=3),
        *held("a", days=-5),
    ]
    part = explain(StackingGraph([]), stack("goal", Holds("a")), awards, at=AT)
    assert (part.satisfied_by, part.earned_on) == (("awd_a_30",), AT - 30 * DAY)


def test_a_group_is_complete_when_the_last_part_it_needed_was():
    awards = [*held("a", days=9), *held("b", days=5), *held("c", days=7)]
    graph = StackingGraph([])
    every = explain(graph, stack("goal", AllOf(of("a", "b", "c"))), awards, at=AT)
    some = explain(graph, stack("goal", AtLeast(2, of("a", "b", "c"))), awards, at=AT)
    assert (every.earned_on, some.earned_on) == (AT - 5 * DAY, AT - 7 * DAY)
    assert set(some.satisfied_by) == {"awd_a_9", "awd_c_7"}


@pytest.mark.parametrize(
    ("awards", "status"),
    [
        ([], Status.NOT_STARTED),
        (held("a"), Status.IN_PROGRESS),
        (held("a", "b"), Status.ELIGIBLE),
        (held("goal"), Status.COMPLETE),
        (held("goal", valid_until=AT + 91 * DAY), Status.COMPLETE),
        (held("goal", valid_until=AT + 90 * DAY), Status.EXPIRING),
        (held("goal", valid_until=AT), Status.LAPSED),
        ([*held("goal", valid_until=AT + DAY), *held("goal", days=2)], Status.COMPLETE),
    ],
)
def test_where_a_learner_stands_has_one_name(awards, status):
    assert toward("goal", AllOf(of("a", "b")), awards, Policy.ASSESSED).status is status


def test_what_is_earned_later_has_not_expired_before():
    awards = held("goal", days=-5, valid_until=AT + 9 * DAY)
    told = toward("goal", AllOf(of("a", "b")), awards)
    assert (told.status, told.root.failed) == (Status.NOT_STARTED, None)


def test_the_next_change_by_time_alone_is_known():
    graph = StackingGraph([stack("goal", AllOf(of("a", "b")))])
    ends = AT + 200 * DAY
    awards = [*held("a", valid_until=ends), *held("b", days=-3), *held("elsewhere", days=-1)]

    def following(at):
        return next_transition_at(graph, "goal", awards, at=at)

    assert following(AT) == AT + 3 * DAY
    assert following(AT + 3 * DAY) == ends - 90 * DAY
    assert following(ends - 90 * DAY) == ends
    assert following(ends) is None


SENTENCES = [
    (AtLeast(2, of("a", "b", "c")), ["a"], "Complete 2 of 3, one to go"),
    (AtLeast(1, of("a", "b")), ["b"], "Any 1 of 2, done"),
    (AllOf(of("a", "b")), ["a", "b"], "Complete all 2, done"),
    (AllOf(of("a", "b")), [], "Complete all 2, two to go"),
    (AllOf(of(*"abcdefghijklm")), [], "Complete all 13, 13 to go"),
    (Holds("a"), [], "Earn A"),
    (Holds("a"), ["a"], "A, earned"),
]


@pytest.mark.parametrize(("requirement", "names", "sentence"), SENTENCES)
def test_a_clause_says_what_it_asks_for_and_how_far_it_is(requirement, names, sentence):
    clause = explain(StackingGraph([]), stack("goal", requirement), held(*names), at=AT)
    assert says(clause, str.title) == sentence


def test_what_can_be_done_now_comes_first_and_what_helps_most_goals_before_the_rest():
    graph = StackingGraph(
        [
            stack("essay", AllOf(of("draft")), Policy.ASSESSED),
            stack("one", AllOf(of("essay", "debate"))),
            stack("two", AllOf(of("debate", "lab"))),
        ]
    )
    found = what_next({goal: progress_toward(graph, goal, [], at=AT) for goal in ("one", "two")})
    assert [(one.step.achievement, one.step.ready, one.advances) for one in found] == [
        ("debate", True, ("two", "one")),
        ("lab", True, ("two",)),
        ("draft", True, ("one",)),
        ("essay", False, ("one",)),
    ]


def test_a_complete_stack_shows_what_it_was_made_of():
    told = toward("goal", AllOf(of("a", "b")), [*held("a"), *held("goal")])
    group = told.root.parts[0]
    assert (told.root.basis_points, group.basis_points) == (S, 5000)
    assert not group.counted


def test_a_stack_brought_that_asks_for_one_other_says_nothing_of_that_other():
    graph = StackingGraph([stack("first", AllOf(of("a"))), stack("second", Holds("first"))])
    told = Standing(graph, held("second"), at=AT)
    assert (told.of("second"), told.of("first")) == ((S, 0), (0, 1))


def test_among_equally_near_choices_the_one_that_serves_more_goals_is_advised():
    graph = StackingGraph(
        [stack("one", AtLeast(1, of("chess", "debate"))), stack("two", AllOf(of("debate", "lab")))]
    )
    plain = {goal: progress_toward(graph, goal, [], at=AT) for goal in ("one", "two")}
    prefer = shared(plain.values())
    told = {goal: progress_toward(graph, goal, [], at=AT, prefer=prefer) for goal in plain}
    assert prefer == {"debate": 2}
    assert [(one.step.achievement, one.advances) for one in what_next(told)] == [
        ("debate", ("one", "two")),
        ("lab", ("two",)),
    ]
    assert [told[goal].steps_left for goal in told] == [plain[goal].steps_left for goal in plain]


HOURS = Credits(250, (Part(Holds("talk"), brings=Brings(100, up_to=300)),), unit="hours")
KINDS = AtLeast(2, (Part(Holds("a"), category="x"), Part(Holds("b"), category="y")), categories=2)
GATED = AllOf((Part(Holds("lab"), after=Prerequisite(Holds("safety"))),))
ADVISED = AllOf((Part(Holds("lab"), after=Prerequisite(Holds("safety"), strict=False)),))


@pytest.mark.parametrize(
    ("requirement", "names", "sentences"),
    [
        (HOURS, ["talk"], ["Gather 2.5 hours, 1.5 to go", "Talk, earned"]),
        (KINDS, ["a"], ["Complete 2 of 2, from at least 2 categories, one to go", "A, earned", "Earn B"]),
        (
            AllOf(of("a", "b"), exclusive=True),
            [],
            ["Complete all 2, each with a badge of its own, two to go"],
        ),
        (GATED, ["lab"], ["Complete it, one to go", "Lab, earned; first: Safety"]),
        (GATED, ["safety"], ["Complete it, one to go", "Earn Lab"]),
        (ADVISED, [], ["Complete it, one to go", "Earn Lab; best after: Safety"]),
        (Holds("a", accepts=("b",)), ["b"], ["A, met by B"]),
        (
            Holds("a", filters=Filters(since=AT)),
            ["a"],
            ["A: Earned on 23 November 2026; it counts from 24 November 2026 on"],
        ),
        (
            Holds("a", filters=Filters(max_age=DAY)),
            ["a"],
            ["A: Earned on 23 November 2026; it counts for 1 day"],
        ),
        (
            Holds("a", filters=Filters(min_version=2)),
            ["a"],
            ["A: Earned under version 0; version 2 or later counts"],
        ),
        (Holds("a", filters=Filters(min_score=Decimal(80))), ["a"], ["A: Needs a result of at least 80"]),
    ],
)
def test_every_kind_of_clause_says_what_it_asks_for(requirement, names, sentences):
    clause = explain(StackingGraph([]), stack("goal", requirement), held(*names), at=AT)
    told = [says(one, str.title) for one in (clause, *clause.parts)]
    assert told[: len(sentences)] == sentences


def test_credits_beyond_the_cap_of_a_part_do_not_count():
    talks = [award for days in range(1, 6) for award in held("talk", days=days)]
    clause = explain(StackingGraph([]), stack("goal", replace(HOURS, total=400)), talks, at=AT)
    assert (clause.earned, clause.basis_points, clause.complete) == (300, 7500, False)


def test_a_prerequisite_in_order_takes_no_award_from_before():
    gate = Prerequisite(Holds("safety"), strict=True, in_order=True)
    rule = AllOf((Part(Holds("lab"), after=gate),))

    def lab(lab_days, safety_days):
        awards = [*held("lab", days=lab_days), *held("safety", days=safety_days)]
        return explain(StackingGraph([]), stack("goal", rule), awards, at=AT)

    assert lab(lab_days=5, safety_days=9).complete
    late = lab(lab_days=9, safety_days=5)
    assert (late.complete, late.steps_left, late.parts[0].failed.filter) == (False, 1, "in_order")
    assert says(late.parts[0], str.title) == "Lab: Earned on 15 November 2026, before what must come first"


def test_a_part_of_an_exclusive_group_advises_what_it_asks_for_before_what_it_accepts():
    slots = (Part(Holds("medical", accepts=("court",))), Part(Holds("legal", accepts=("court",))))
    group = toward("goal", AllOf(slots, exclusive=True), []).root.parts[0]
    assert [step.achievement for step in group.open] == ["medical", "legal"]
