"""A draft is told everything that is wrong with it at once, each fault with its place and its cure."""

import time

import pytest

from clr.errors import PathwayUnsound
from clr.pathways import (
    AllOf,
    AtLeast,
    Draft,
    DraftStack,
    Holds,
    Known,
    Part,
    Policy,
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


def faults(stacks, goal="skill", graph=EMPTY):
    drawn = {name: DraftStack(rule, Policy.AUTO) for name, rule in stacks.items()}
    return {
        (fault.at, fault.kind): fault.says
        for fault in problems(Draft("Skill", goal, "", drawn), known=KNOWN, graph=graph)
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
