"""What is wrong with a pathway as drawn: everything at once, each fault with its place and its cure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from clr.errors import Problem
from clr.ids import AchievementId
from clr.pathways.checking import Known, Surroundings, faults_in, retired, unknown
from clr.pathways.extents import HEIGHT_LIMIT, SIZE_LIMIT, extents
from clr.pathways.graph import StackingGraph, loop_in_words, shortest_loop
from clr.pathways.requirements import Requirement, achievements_in, clauses, without_ids
from clr.pathways.stacks import OnLost, Policy, Stack


@dataclass(frozen=True, slots=True)
class DraftStack:
    """One stack as drawn."""

    requirement: Requirement
    policy: Policy
    on_lost: OnLost = OnLost.SUSPEND


def same(one: DraftStack | Stack, other: DraftStack | Stack) -> bool:
    """Whether two states of a stack say the same, whatever their clauses are called."""
    return (without_ids(one.requirement), one.policy, one.on_lost) == (
        without_ids(other.requirement),
        other.policy,
        other.on_lost,
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """A pathway as drawn: a goal and the stacks that lead to it."""

    name: str
    goal: AchievementId
    description: str
    stacks: Mapping[AchievementId, DraftStack]


def problems(draft: Draft, *, known: Mapping[AchievementId, Known], graph: StackingGraph) -> list[Problem]:
    """Return every reason why ``draft`` cannot be published; ``graph`` is what is published already."""
    names = {achievement: fact.name for achievement, fact in known.items()}
    found = [*_goal(draft, known, graph)]
    catalogue = Surroundings(known, _policies(draft, graph), _versions(draft, graph))
    for achievement, stack in draft.stacks.items():
        at = f"stacks.{achievement}"
        if achievement not in known:
            found.append(unknown(at, achievement))
        elif known[achievement].retired:
            found.append(retired(at, known[achievement]))
        found += faults_in(stack.requirement, f"{at}.requirement", catalogue)
    found += _borrowed(draft, graph, names)
    return [*found, *_unreachable(draft, graph, names), *_shape(draft, graph, names)]


def _policies(draft: Draft, graph: StackingGraph) -> Mapping[AchievementId, Policy]:
    published = {key: graph.stacks[key, version].policy for key, version in graph.current.items()}
    return {**published, **{key: stack.policy for key, stack in draft.stacks.items()}}


def _versions(draft: Draft, graph: StackingGraph) -> Mapping[AchievementId, frozenset[int]]:
    """Return the versions in which each stack can be earned once the draft is published: now, or with what is drawn."""
    drawn = {key: graph.current.get(key, 0) + 1 for key in draft.stacks}
    found = {key: {version} for key, version in graph.current.items()}
    for key, version in drawn.items():
        found.setdefault(key, set()).add(version)
    return {key: frozenset(several) for key, several in found.items()}


def _goal(draft: Draft, known: Mapping[AchievementId, Known], graph: StackingGraph) -> Iterator[Problem]:
    if not draft.goal:
        yield Problem("goal", "goal-missing", "Say which achievement this pathway leads to.")
    elif draft.goal not in known:
        yield unknown("goal", draft.goal)
    elif draft.goal in draft.stacks:
        return
    elif not graph.versions(draft.goal):
        name = known[draft.goal].name
        yield Problem("goal", "goal-missing", f"{name} has no requirement yet; add it to the stacks.")
    elif known[draft.goal].retired:
        yield retired("goal", known[draft.goal])


def _borrowed(draft: Draft, graph: StackingGraph, names: Mapping[AchievementId, str]) -> Iterator[Problem]:
    """Tell which clause ids belong to a clause of another stack, so that an exception there would be one here."""
    for achievement, stack in draft.stacks.items():
        for clause in clauses(stack.requirement):
            owner = graph.clause_owners.get(clause.id or "", achievement)
            if owner != achievement:
                says = (
                    f'The clause id "{clause.id}" belongs to a clause of {names.get(owner, owner)}; leave it out, '
                    "and the clause gets one of its own."
                )
                yield Problem(f"stacks.{achievement}.requirement", "borrowed-id", says)


def _unreachable(draft: Draft, graph: StackingGraph, names: Mapping[AchievementId, str]) -> Iterator[Problem]:
    """Tell which stacks the goal asks for by no way, neither drawn here nor published already."""
    reached, waiting = {draft.goal}, [draft.goal]
    while waiting:
        achievement = waiting.pop()
        published = graph.stacks.get((achievement, graph.current.get(achievement, 0)))
        stack = draft.stacks.get(achievement, published)
        new = set(achievements_in(stack.requirement)) - reached if stack else set()
        reached |= new
        waiting += new
    for achievement in draft.stacks:
        if achievement not in reached:
            name, goal = names.get(achievement, achievement), names.get(draft.goal, draft.goal)
            says = f"{name} does not lead to {goal}; ask for it somewhere or take it out."
            yield Problem(f"stacks.{achievement}", "unreachable", says)


def _shape(draft: Draft, graph: StackingGraph, names: Mapping[AchievementId, str]) -> Iterator[Problem]:
    """Look at the draft together with what is published: loops, and ladders without end."""
    drawn = [(achievement, stack.requirement) for achievement, stack in draft.stacks.items()]
    published = [(stack.achievement, stack.requirement) for stack in graph.stacks.values()]
    kept = [
        (stack.achievement, stack.requirement)
        for stack in graph.stacks.values()
        if stack.achievement not in draft.stacks and stack.version == graph.current[stack.achievement]
    ]
    if loop := shortest_loop([*kept, *drawn]):
        yield _loop(loop, draft, f"{loop_in_words(loop, names)} goes round in a circle; take one step out.")
    elif loop := shortest_loop([*published, *drawn]):
        says = "goes round in a circle by an earlier version, which learners may still follow; ask for something else."
        yield _loop(loop, draft, f"{loop_in_words(loop, names)} {says}")
    else:
        yield from _extents([*published, *drawn], names)


def _loop(loop: Sequence[AchievementId], draft: Draft, says: str) -> Problem:
    at = next((f"stacks.{step}.requirement" for step in loop if step in draft.stacks), "stacks")
    return Problem(at, "loop", says)


def _extents(
    stacks: list[tuple[AchievementId, Requirement]], names: Mapping[AchievementId, str]
) -> Iterator[Problem]:
    found = extents(stacks)
    highest = max(found, key=lambda key: found[key].height, default=None)
    largest = max(found, key=lambda key: found[key].size, default=None)
    if highest is not None and found[highest].height > HEIGHT_LIMIT:
        says = (
            f"{names.get(highest, highest)} stands {found[highest].height} stacks and groups high; "
            f"{HEIGHT_LIMIT} is the most. Lay some of them side by side."
        )
        yield Problem("stacks", "depth", says)
    if largest is not None and found[largest].size > SIZE_LIMIT:
        says = (
            f"{names.get(largest, largest)} asks for {found[largest].size} things, counting all that its stacks "
            f"ask for; {SIZE_LIMIT} is the most. Ask for fewer stacks more than once."
        )
        yield Problem("stacks", "size", says)
