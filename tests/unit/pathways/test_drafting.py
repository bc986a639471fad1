"""A draft is told everything that is wrong with it at once, each fault with its place and its cure."""

import time
from datetime import timedelta
from decimal import Decimal

import pytest

from clr.errors import PathwayUnsound
from clr.pathways import (
    AllOf,
    AtLeast,
    Brings,
    Credits,
    Draft,
    DraftStack,
    Filters,
    Holds,
    Known,
    Part,
    Policy,
    Prerequisite,
    RubricFacts,
    Stack,
    StackingGraph,
    problems,
)
from clr.pathways.graph import shortest_loop

KNOWN = {
    name: Known(name.title(), retired=name == "old", issuer="iss")
    for name in ("essay", "skill", "a", "b", "old")
}
EMPTY = StackingGraph([])


def of(*names):
    return tuple(Part(Holds(name)) for name in names)


def faults(stacks, goal="skill", graph=EMPTY, known=KNOWN):
    drawn = {name: DraftStack(rule, Policy.AUTO) for name, rule in stacks.items()}
    return {
        (fault.at, fault.kind): fault.says
        for fault in problems(Draft("Skill", goal, "", drawn), known=known, graph=graph)
    }


def test_a_sound_draft_has_no_problems():
    assert faults({"skill": AllOf(of("a", "b"))}) == {}


@pytest.mark.parametrize(
    ("rule", "at", "kind"),
    [
        (AllOf(of("a", "ghost")), ".parts[1].requirement", "unknown"),
        (AllOf(of("a", "old")), ".parts[1].requirement", "retired"),
        (AtLeast(3, of("a", "b")), ".count", "count"),
        (AtLeast(0, of("a", "b")), ".count", "count"),
        (AllOf(()), ".parts", "empty"),
        (AllOf((Part(Holds("a"), 0),)), ".parts", "weights"),
        (AllOf(of("a", "a")), ".parts[1].requirement", "duplicate"),
        (AllOf((Part(AtLeast(2, of("a"))),)), ".parts[0].requirement.count", "count"),
    ],
)
def test_each_fault_is_located(rule, at, kind):
    assert (f"stacks.skill.requirement{at}", kind) in faults({"skill": rule})


DEBATE = Known(
    "Debate",
    retired=False,
    issuer="iss",
    revision=3,
    results=(RubricFacts("grade", "Grade", frozenset({"good", "Good"}), Decimal(100)),),
)
MILESTONE = StackingGraph([Stack("auto", 2, AllOf(of("b")), Policy.AUTO)])
RICH = {**KNOWN, "debate": DEBATE, "auto": Known("Auto", retired=False, issuer="iss")}


def in_order(first, *, strict=True):
    return Prerequisite(first, strict=strict, in_order=True)


def hours(each, up_to=None, *, stated=False):
    return Brings(each * 100, stated, up_to * 100 if up_to else None)


@pytest.mark.parametrize(
    ("rule", "at", "kind"),
    [
        (Holds("a", accepts=("ghost",)), ".accepts[0]", "unknown"),
        (Holds("a", accepts=("a",)), ".accepts[0]", "duplicate"),
        (Holds("a", accepts=("b", "b")), ".accepts[1]", "duplicate"),
        (Holds("debate", filters=Filters(min_version=3, max_version=2)), ".versions", "versions"),
        (Holds("debate", filters=Filters(min_version=4)), ".versions", "versions"),
        (Holds("debate", filters=Filters(max_version=2)), ".versions", "versions"),
        (Holds("auto", filters=Filters(max_version=1)), ".versions", "versions"),
        (Holds("auto", filters=Filters(min_score=Decimal(1))), "", "filters-on-milestone"),
        (Holds("a", accepts=("auto",), filters=Filters(max_age=timedelta(1))), "", "filters-on-milestone"),
        (Holds("a", filters=Filters(level="good")), ".result", "result"),
        (Holds("debate", filters=Filters(level="good", result="other")), ".result", "result"),
        (Holds("debate", filters=Filters(level="superb")), ".result.level", "result"),
        (Holds("debate", filters=Filters(min_score=Decimal(101))), ".result.min_score", "result"),
        (
            AtLeast(1, (Part(Holds("a")), Part(Holds("b", accepts=("a",))))),
            ".parts[1].requirement",
            "duplicate",
        ),
        (
            AtLeast(2, (Part(Holds("a"), category="x"), Part(Holds("b"))), categories=1),
            ".parts[1].category",
            "category",
        ),
        (
            AtLeast(1, (Part(Holds("a"), category="x"), Part(Holds("b"), category="y")), categories=2),
            ".categories",
            "category",
        ),
        (
            AtLeast(2, (Part(Holds("a"), category="x"), Part(Holds("b"), category="x")), categories=2),
            ".categories",
            "category",
        ),
        (
            AllOf((Part(AllOf(of("a"))), *of("b")), exclusive=True),
            ".parts[0].requirement",
            "exclusive-nested",
        ),
        (
            AllOf((Part(Holds("a", filters=Filters(current=False))),), exclusive=True),
            ".parts[0].requirement",
            "exclusive-filters",
        ),
        (AllOf((Part(Holds("a"), weight=2),), exclusive=True), ".parts[0]", "exclusive-part"),
        (
            AtLeast(1, (Part(Holds("a"), category="x"),), categories=1, exclusive=True),
            ".categories",
            "exclusive-categories",
        ),
        (AllOf(of("a", "a"), exclusive=True), ".parts", "exclusive-count"),
        (Credits(0, (Part(Holds("a"), brings=hours(1)),)), ".total", "total"),
        (Credits(300, (Part(Holds("a"), brings=hours(2)),)), ".total", "total"),
        (Credits(100, (Part(Holds("a")),)), ".parts[0].value", "value"),
        (Credits(100, (Part(AllOf(of("a")), brings=hours(1, stated=True)),)), ".parts[0].stated", "value"),
        (Credits(100, (Part(Holds("auto"), brings=hours(1, 2)),)), ".parts[0].up_to", "value"),
        (Credits(100, (Part(Holds("a"), brings=hours(3, 2)),)), ".parts[0].up_to", "value"),
        (Credits(100, (Part(Holds("a"), brings=hours(1, 501)),)), ".parts[0].up_to", "value"),
        (
            AllOf((Part(Holds("a"), after=Prerequisite(Holds("ghost"))),)),
            ".parts[0].after.requirement",
            "unknown",
        ),
        (
            AllOf((Part(Holds("a"), after=in_order(Holds("b"), strict=False)),)),
            ".parts[0].after.in_order",
            "order",
        ),
        (
            AllOf((Part(AllOf(of("a")), after=in_order(Holds("b"))),)),
            ".parts[0].after.in_order",
            "order",
        ),
        (
            AllOf((Part(Holds("auto"), after=in_order(Holds("a"))),)),
            ".parts[0].after.in_order",
            "order",
        ),
        (
            Credits(100, (Part(Holds("a"), brings=hours(1, 1), after=in_order(Holds("b"))),)),
            ".parts[0].after.in_order",
            "order",
        ),
        (
            AllOf((Part(Holds("a"), after=in_order(AllOf(of("b", "auto")))),)),
            ".parts[0].after.requirement",
            "order",
        ),
    ],
)
def test_what_cannot_be_met_counted_or_computed_is_told_where_it_stands(rule, at, kind):
    found = faults({"skill": rule}, graph=MILESTONE, known=RICH)
    assert (f"stacks.skill.requirement{at}", kind) in found
    assert all(says.endswith((".", "out")) and len(says) > 30 for says in found.values())


@pytest.mark.parametrize(
    "rule",
    [
        Holds("debate", accepts=("old",), filters=Filters(min_version=3)),
        Holds("debate", filters=Filters(min_score=Decimal(80), level="Good", result="grade")),
        Holds("auto", filters=Filters(min_version=2)),
        AllOf((Part(Holds("a", accepts=("essay",))), Part(Holds("b", accepts=("essay",))))),
        AtLeast(2, (Part(Holds("a", accepts=("b",))), Part(Holds("a", accepts=("b",)))), exclusive=True),
        Credits(350, (Part(Holds("a"), brings=hours(1, 3)), Part(AllOf(of("b")), brings=hours(1)))),
        AllOf((Part(Holds("a"), after=in_order(AllOf(of("b")))),)),
    ],
)
def test_what_is_unusual_but_can_be_met_is_no_fault(rule):
    assert faults({"skill": rule}, graph=MILESTONE, known=RICH) == {}


def test_all_faults_are_told_at_once():
    found = faults({"skill": AllOf((Part(Holds("ghost")), Part(AtLeast(5, of("a", "old")))))})
    assert {kind for _, kind in found} == {"unknown", "count", "retired"}


def test_a_loop_is_named_by_its_achievements():
    found = faults({"skill": AllOf(of("essay")), "essay": AllOf(of("skill"))})
    assert [says for (_, kind), says in found.items() if kind == "loop"] == [
        "Essay → Skill → Essay goes round in a circle; take one step out."
    ]


def test_a_loop_through_what_others_published_is_found():
    published = StackingGraph([Stack("essay", 1, AllOf(of("skill")), Policy.AUTO)])
    assert ("stacks.skill.requirement", "loop") in faults({"skill": AllOf(of("essay"))}, graph=published)


def test_a_loop_by_a_version_that_was_replaced_says_so():
    versions = [
        Stack("essay", 1, AllOf(of("skill")), Policy.AUTO),
        Stack("essay", 2, Holds("a"), Policy.AUTO),
    ]
    replaced = faults({"skill": AllOf(of("essay"))}, graph=StackingGraph(versions))
    turned = {"essay": AllOf(of("a")), "skill": AllOf(of("essay", "b"))}
    turning = faults(turned, graph=StackingGraph(versions[:1]))
    for found in (replaced, turning):
        (says,) = (says for (_, kind), says in found.items() if kind == "loop")
        assert says.startswith("Essay → Skill → Essay goes round in a circle by an earlier version, which")


def test_the_shortest_of_several_loops_is_named():
    found = faults({"skill": AllOf(of("a", "essay")), "essay": AllOf(of("skill")), "a": AllOf(of("essay"))})
    says = next(says for (_, kind), says in found.items() if kind == "loop")
    assert says.startswith("Essay → Skill → Essay")


def test_a_stack_that_does_not_lead_to_the_goal_is_told():
    assert ("stacks.essay", "unreachable") in faults({"skill": AllOf(of("a")), "essay": AllOf(of("b"))})


def test_a_goal_without_a_requirement_is_told():
    assert ("goal", "goal-missing") in faults({}, goal="skill")
    assert ("goal", "goal-missing") in faults({}, goal="")
    assert ("goal", "unknown") in faults({}, goal="ghost")


def test_a_stack_asked_for_by_what_is_published_leads_to_the_goal():
    published = StackingGraph([Stack("essay", 1, AllOf(of("b")), Policy.AUTO)])
    stacks = {"skill": AllOf(of("essay")), "b": AllOf(of("a"))}
    assert faults(stacks, graph=published) == {}


def ladder(count, rung):
    """Return ``count`` stacks, each asking for the one below by ``rung``."""
    return {f"s{number}": rung(f"s{number - 1}" if number else "a") for number in range(count)}


def kinds(stacks):
    found = faults(stacks, goal=list(stacks)[-1])
    return {at_and_kind for at_and_kind in found if at_and_kind[1] != "unknown"}


def nested(part, groups):
    return nested(AllOf((Part(part),)), groups - 1) if groups else part


def test_a_ladder_may_stand_a_hundred_stacks_and_groups_high_and_no_higher():
    assert kinds(ladder(50, lambda below: AllOf(of(below)))) == set()
    assert kinds(ladder(51, lambda below: AllOf(of(below)))) == {("stacks", "depth")}
    assert kinds(ladder(2, lambda below: nested(Holds(below), 49))) == set()
    assert kinds(ladder(2, lambda below: nested(Holds(below), 50))) == {("stacks", "depth")}


def test_stacks_that_would_be_written_out_without_end_are_refused():
    def twice(below):
        return AllOf((Part(Holds(below)), Part(AtLeast(1, of(below, "b")))))

    assert kinds(ladder(8, twice)) == set()
    assert kinds(ladder(20, twice)) == {("stacks", "size")}


def test_an_older_version_that_learners_are_pinned_to_counts_with_its_own_extent():
    badges = [f"x{number}" for number in range(4998)]
    older = Stack("essay", 1, AllOf(of(*badges)), Policy.AUTO)
    newer = Stack("essay", 2, AllOf(of("a")), Policy.AUTO)
    assert faults({"skill": Holds("essay")}, graph=StackingGraph([older, newer])) == {}
    assert ("stacks", "size") in faults({"skill": AllOf(of("essay"))}, graph=StackingGraph([older, newer]))


def test_a_loop_among_hundreds_of_stacks_is_found_while_the_author_waits():
    names = [f"s{number:03}" for number in range(300)]
    stacks = [
        (name, AllOf(of(*(names[(place + step) % 300] for step in range(1, 20)))))
        for place, name in enumerate(names)
    ]
    began = time.perf_counter()
    loop = shortest_loop(stacks)
    assert (len(loop), loop[0]) == (16, "s000")
    assert time.perf_counter() - began < 5


def test_a_published_graph_with_a_loop_cannot_be_built():
    with pytest.raises(PathwayUnsound, match="a → b → a"):
        StackingGraph([Stack("a", 1, Holds("b"), Policy.AUTO), Stack("b", 1, Holds("a"), Policy.AUTO)])


def test_a_loop_across_versions_is_a_loop_since_any_version_counts():
    with pytest.raises(PathwayUnsound):
        StackingGraph([Stack("a", 1, Holds("b"), Policy.AUTO), Stack("b", 2, Holds("a"), Policy.AUTO)])


def test_a_clause_takes_no_id_of_another_stacks_clause():
    published = StackingGraph([Stack("a", 1, Holds("b", id="cls_1"), Policy.AUTO)])
    found = faults({"skill": AllOf((Part(Holds("a", id="cls_1")),))}, graph=published)
    assert found == {
        (
            "stacks.skill.requirement",
            "borrowed-id",
        ): 'The clause id "cls_1" belongs to a clause of A; leave it out, and the clause gets one of its own.'
    }
    again = AllOf((Part(Holds("b", id="cls_1")),))
    assert faults({"skill": AllOf(of("a")), "a": again}, graph=published) == {}
