"""What is wrong with a pathway as drawn: everything at once, each fault with its place and its cure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from clr.errors import Problem
from clr.ids import AchievementId, IssuerId
from clr.pathways.extents import HEIGHT_LIMIT, SIZE_LIMIT, extents
from clr.pathways.graph import StackingGraph, loop_in_words, shortest_loop
from clr.pathways.requirements import AtLeast, Holds, Requirement, achievements_in
from clr.pathways.stacks import Policy


@dataclass(frozen=True, slots=True)
class DraftStack:
    """One stack as drawn."""

    requirement: Requirement
    policy: Policy


@dataclass(frozen=True, slots=True)
class Draft:
    """A pathway as drawn: a goal and the stacks that lead to it."""

    name: str
    goal: AchievementId
    description: str
    stacks: Mapping[AchievementId, DraftStack]


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalogue says of an achievement."""

    name: str
    retired: bool
    issuer: IssuerId


def problems(draft: Draft, *, known: Mapping[AchievementId, Known], graph: StackingGraph) -> list[Problem]:
    """Return every reason why ``draft`` cannot be published; ``graph`` is what is published already."""
    names = {achievement: fact.name for achievement, fact in known.items()}
    found = [*_goal(draft, known, graph)]
    for achievement, stack in draft.stacks.items():
        at = f"stacks.{achievement}"
        if achievement not in known:
            found.append(_unknown(at, achievement))
        elif known[achievement].retired:
            found.append(_retired(at, known[achievement]))
        found += _clause(stack.requirement, f"{at}.requirement", known)
    return [*found, *_unreachable(draft, graph, names), *_shape(draft, graph, names)]


def _goal(draft: Draft, known: Mapping[AchievementId, Known], graph: StackingGraph) -> Iterator[Problem]:
    if not draft.goal:
        yield Problem("goal", "goal-missing", "Say which achievement this pathway leads to.")
    elif draft.goal not in known:
        yield _unknown("goal", draft.goal)
    elif draft.goal in draft.stacks:
        return
    elif not graph.versions(draft.goal):
        name = known[draft.goal].name
        yield Problem("goal", "goal-missing", f"{name} has no requirement yet; add it to the stacks.")
    elif known[draft.goal].retired:
        yield _retired("goal", known[draft.goal])


def _clause(clause: Requirement, at: str, known: Mapping[AchievementId, Known]) -> Iterator[Problem]:
    if isinstance(clause, Holds):
        fact = known.get(clause.achievement)
        if fact is None:
            yield _unknown(at, clause.achievement)
        elif fact.retired:
            yield _retired(at, fact)
        return
    if not clause.parts:
        yield Problem(f"{at}.parts", "empty", "This group asks for nothing; add a part or take it out.")
    elif isinstance(clause, AtLeast):
        yield from _count(clause, at)
    elif sum(part.weight for part in clause.parts) == 0:
        yield Problem(f"{at}.parts", "weights", "Every part is optional; give at least one a weight.")
    yield from _duplicates([part.requirement for part in clause.parts], at, known)
    for place, part in enumerate(clause.parts):
        yield from _clause(part.requirement, f"{at}.parts[{place}].requirement", known)


def _count(clause: AtLeast, at: str) -> Iterator[Problem]:
    if clause.count < 1:
        yield Problem(f"{at}.count", "count", f"{clause.count} of the parts is nothing; ask for at least 1.")
    elif clause.count > len(clause.parts):
        says = f"{clause.count} are asked for, but there are only {len(clause.parts)} parts."
        yield Problem(f"{at}.count", "count", says)


def _duplicates(parts: list[Requirement], at: str, known: Mapping[AchievementId, Known]) -> Iterator[Problem]:
    seen: set[AchievementId] = set()
    for place, part in enumerate(parts):
        if not isinstance(part, Holds):
            continue
        if part.achievement in seen:
            name = known[part.achievement].name if part.achievement in known else part.achievement
            says = f"{name} stands twice in this group; one award would fill both."
            yield Problem(f"{at}.parts[{place}].requirement", "duplicate", says)
        seen.add(part.achievement)


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


def _retired(at: str, fact: Known) -> Problem:
    return Problem(at, "retired", f"{fact.name} is retired; nobody can earn it any more.")


def _unknown(at: str, achievement: AchievementId) -> Problem:
    return Problem(at, "unknown", f"There is no achievement {achievement}; create it first or mend the id.")
