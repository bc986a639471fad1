"""Small worlds of badges and stacks, in the oracle's plain words and in the engine's."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from clr.pathways import AllOf, AtLeast, HeldAward, Holds, Part, Policy, Stack, StackingGraph

AT = datetime(2026, 11, 24, tzinfo=UTC)
BADGES = [f"b{number}" for number in range(6)]


@st.composite
def clauses(draw, names, depth=2):
    kind = draw(st.sampled_from(["holds", "all", "some"] if depth else ["holds"]))
    if kind == "holds":
        return ("holds", draw(st.sampled_from(names)))
    parts = draw(st.lists(clauses(names, depth - 1), min_size=1, max_size=3))
    if kind == "some":
        return ("some", draw(st.integers(1, len(parts))), parts)
    weights = draw(st.lists(st.integers(0, 3), min_size=len(parts), max_size=len(parts)).filter(any))
    return ("all", list(zip(parts, weights, strict=True)))


@st.composite
def stackings(draw):
    """Some stacks, each asking for badges and, as often as not, for stacks before it."""
    stacks = {}
    for number in range(draw(st.integers(1, 4))):
        policy = draw(st.sampled_from(["auto", "auto", "assessed", "manual"]))
        stacks[f"s{number}"] = (policy, draw(clauses([*BADGES, *[*stacks] * 3])))
    return stacks


def requirement(clause):
    if clause[0] == "holds":
        return Holds(clause[1])
    if clause[0] == "all":
        return AllOf(tuple(Part(requirement(part), weight) for part, weight in clause[1]))
    return AtLeast(clause[1], tuple(Part(requirement(part)) for part in clause[2]))


def graph(stacks, version=1):
    return StackingGraph(
        Stack(name, version, requirement(clause), Policy(policy)) for name, (policy, clause) in stacks.items()
    )


def award(name, days_ago=1, **more):
    return HeldAward(f"awd_{name}_{days_ago}", name, 0, AT - timedelta(days=days_ago), **more)


def milestone(name):
    return HeldAward(f"awd_{name}", name, 1, AT - timedelta(days=1), derived=True)


def held_sets(stacks):
    return st.sets(
        st.sampled_from([*BADGES, *(name for name, (policy, _) in stacks.items() if policy != "auto")])
    )


def versions(stacks):
    return {name: {1} for name in stacks}
