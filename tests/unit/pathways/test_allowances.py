"""What an exception changes for one learner: in exclusive groups, in what follows by itself, in what is foretold."""

from datetime import UTC, datetime, timedelta

from clr.pathways import (
    AllOf,
    HeldAward,
    Holds,
    Part,
    Policy,
    S,
    Stack,
    StackingGraph,
    Substitution,
    Waiver,
    progress_toward,
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
