"""What an exception changes for one learner: in exclusive groups, in what follows by itself, in what is foretold."""

import itertools
from datetime import UTC, datetime, timedelta

from clr.pathways import (
    AllOf,
    Filters,
    HeldAward,
    Holdings,
    Holds,
    Part,
    Policy,
    S,
    Stack,
    StackingGraph,
    Substitution,
    Waiver,
    advance,
    next_transition_at,
    progress_toward,
    settle,
    unsupported,
)
from clr.pathways.standing import Standing

AT = datetime(2026, 11, 24, tzinfo=UTC)
DAY = timedelta(days=1)


def of(*names):
    return tuple(Part(Holds(name, f"clause-{name}")) for name in names)


def auto(name, requirement, version=1):
    return Stack(name, version, requirement, Policy.AUTO)


def award(name, days=1, **more):
    return HeldAward(f"awd_{name}", name, 0, AT - days * DAY, **more)


def waived(name):
    return Waiver(f"alw_{name}", f"clause-{name}", AT - 2 * DAY)


def instead(name, other):
    return Substitution(f"alw_{name}", f"clause-{name}", AT - 2 * DAY, other)


def slots_told(awards, *allowances):
    """Points and steps of "a and b, each with an award of its own", told twice; and what each slot is filled by."""
    graph = StackingGraph([auto("goal", AllOf(of("a", "b"), exclusive=True))])
    told = progress_toward(graph, "goal", awards, at=AT, allowances=allowances).root.parts[0]
    flat = Standing(graph, awards, at=AT, allowances=allowances).of("goal")
    assert flat == (told.basis_points, told.steps_left)
    return *flat, [part.allowance or part.award for part in told.parts]


def test_a_slot_that_was_waived_is_filled_and_another_award_fills_the_other():
    assert slots_told([], waived("a")) == (S // 2, 1, ["alw_a", None])
    assert slots_told([award("b")], waived("a")) == (S, 0, ["alw_a", "awd_b"])


def test_a_slot_is_filled_by_what_may_be_brought_instead_once():
    assert slots_told([award("c")], instead("a", "c")) == (S // 2, 1, ["alw_a", None])
    both = instead("a", "c"), instead("b", "c")
    assert slots_told([award("c")], *both)[:2] == (S // 2, 1)


def test_a_slot_is_not_told_as_filled_instead_before_it_is():
    slots = AllOf((*of("a"), Part(Holds("a", id="again"))), exclusive=True)
    graph = StackingGraph([auto("goal", slots)])
    told = progress_toward(graph, "goal", [award("a")], at=AT, allowances=[instead("a", "c")]).root.parts[0]
    first, second = told.parts
    assert (first.instead, first.complete, first.allowance) == ("c", False, None)
    assert second.award == "awd_a"


def test_an_award_brought_instead_leads_to_the_milestone_at_once():
    graph = StackingGraph([auto("goal", AllOf(of("a"))), auto("above", AllOf(of("goal")))])
    holdings = Holdings([award("c")], {}, allowances=(instead("a", "c"),))
    ids = itertools.count(1)
    due = advance(graph, holdings, "c", at=AT, new_award=lambda: f"new_{next(ids)}")
    assert [(one.achievement, one.causes) for one in due] == [("goal", ("awd_c",)), ("above", ("new_1",))]


def test_a_stack_brought_instead_leads_on_at_once_wherever_it_stands_among_all():
    graph = StackingGraph([auto("first", AllOf(of("a"))), auto("second", AllOf(of("b")))])
    allowances = (instead("a", "second"),)
    holdings = Holdings([award("b")], {}, allowances=allowances)
    ids = itertools.count(1)
    due = settle(graph, holdings, at=AT, new_award=lambda: f"new_{next(ids)}")
    assert [(one.achievement, one.causes) for one in due] == [("second", ("awd_b",)), ("first", ("new_1",))]
    assert Standing(graph, [award("b")], at=AT, allowances=allowances).of("first") == (S, 0)
    derived = [HeldAward(one.award_id, one.achievement, 1, one.earned_on, derived=True) for one in due]
    assert unsupported(graph, [award("b"), *derived], allowances=allowances) == ()


def test_what_is_brought_instead_ends_when_it_is_foretold_by_its_own_end_and_by_the_clause():
    asked = Part(Holds("a", "clause-a", filters=Filters(max_age=10 * DAY)))
    graph = StackingGraph([auto("goal", AllOf((asked,)))])
    allowances = [instead("a", "c")]
    for given, ends in (
        (award("c", 3), AT + 7 * DAY),
        (award("c", 3, valid_until=AT + 2 * DAY), AT + 2 * DAY),
    ):
        assert next_transition_at(graph, "goal", [given], at=AT, allowances=allowances) == ends
