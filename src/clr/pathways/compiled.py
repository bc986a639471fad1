"""The stacking graph as flat tuples: progress of everything an award touches, in plain integers.

Compiled once per version of the catalogue from the networkx graph's stacks, and checked against them by property
tests. Times, names and reasons are left out; :mod:`clr.pathways.explaining` has those.

An automatic stack passes on what its requirement says, since it is awarded the moment that is complete.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from clr.ids import AchievementId
from clr.pathways.progress import S
from clr.pathways.requirements import AllOf, AtLeast, Holds, Requirement
from clr.pathways.stacks import Policy, Stack, StackKey

BADGE, AUTO, JUDGED, ALL, SOME = range(5)
"""What a node is: a badge, a stack awarded by itself, one that somebody judges, and the two kinds of group."""


@dataclass(frozen=True, slots=True)
class _Node:
    op: int
    children: tuple[int, ...] = ()
    weights: tuple[int, ...] = ()
    count: int = 0


class Compiled:
    """All stacks as numbered nodes, parts before wholes. Immutable; shared between threads."""

    def __init__(self, stacks: Iterable[Stack], view: Mapping[AchievementId, int]) -> None:
        """Number ``stacks``, given parts before wholes; ``view`` is the version in force of each."""
        self._nodes: list[_Node] = []
        self.place: dict[AchievementId, int] = {}
        self.root: dict[StackKey, int] = {}
        for stack in stacks:
            self.root[stack.key] = self._clause(stack.requirement)
            if view.get(stack.achievement) == stack.version:
                op = AUTO if stack.policy is Policy.AUTO else JUDGED
                self.place[stack.achievement] = self._add(_Node(op, (self.root[stack.key],)))
        self.achievement = {place: achievement for achievement, place in self.place.items()}
        self.parents = self._parents()
        self._above: dict[int, tuple[int, ...]] = {}
        self.unstarted: list[int] = []
        for place in range(len(self._nodes)):
            self.unstarted.append(1 if self._nodes[place].op == BADGE else self.steps(place, {}))

    def above(self, place: int) -> tuple[int, ...]:
        """Return every node that a node counts toward, parts before wholes."""
        if place not in self._above:
            found, waiting = set(self.parents[place]), list(self.parents[place])
            while waiting:
                new = [parent for parent in self.parents[waiting.pop()] if parent not in found]
                found.update(new)
                waiting += new
            self._above[place] = tuple(sorted(found))
        return self._above[place]

    def points(self, place: int, points: Mapping[int, int]) -> int:
        """Return the basis points of a node from those of its children; absent ones are 0."""
        node = self._nodes[place]
        if node.op == ALL:
            total = sum(
                points.get(child, 0) * weight
                for child, weight in zip(node.children, node.weights, strict=True)
            )
            return total // node.count
        if node.op == SOME:
            best = sorted((points.get(child, 0) for child in node.children), reverse=True)
            return sum(best[: node.count]) // node.count
        own = points.get(node.children[0], 0)
        return own if node.op == AUTO else own * 9 // 10

    def steps(self, place: int, steps: Mapping[int, int]) -> int:
        """Return the steps left of a node from those of its children; absent ones have not been started."""
        node, unstarted = self._nodes[place], self.unstarted
        if node.op == ALL:
            weighed = zip(node.children, node.weights, strict=True)
            return sum(steps.get(child, unstarted[child]) for child, weight in weighed if weight)
        if node.op == SOME:
            return sum(sorted(steps.get(child, unstarted[child]) for child in node.children)[: node.count])
        own = steps.get(node.children[0], unstarted[node.children[0]])
        return own if node.op == AUTO else own + 1

    def _clause(self, clause: Requirement) -> int:
        match clause:
            case Holds():
                if clause.achievement not in self.place:
                    self.place[clause.achievement] = self._add(_Node(BADGE))
                return self.place[clause.achievement]
            case AllOf():
                weights = tuple(part.weight for part in clause.parts)
                children = tuple(self._clause(part.requirement) for part in clause.parts)
                return self._add(_Node(ALL, children, weights, sum(weights)))
            case AtLeast():
                children = tuple(self._clause(part.requirement) for part in clause.parts)
                return self._add(_Node(SOME, children, count=clause.count))

    def _add(self, node: _Node) -> int:
        self._nodes.append(node)
        return len(self._nodes) - 1

    def _parents(self) -> list[tuple[int, ...]]:
        found: list[dict[int, None]] = [{} for _ in self._nodes]
        for place, node in enumerate(self._nodes):
            for child in node.children:
                found[child][place] = None
        return [tuple(parents) for parents in found]


class Standing:
    """One learner's progress on everything she has touched; grows with each award and never shrinks."""

    __slots__ = ("_compiled", "_points", "_steps")

    def __init__(self, compiled: Compiled, held: Collection[AchievementId] = ()) -> None:
        """Evaluate what ``held`` counts toward, each node once."""
        self._compiled = compiled
        places = [compiled.place[achievement] for achievement in held if achievement in compiled.place]
        self._points = dict.fromkeys(places, S)
        self._steps = dict.fromkeys(places, 0)
        touched = set().union(*(compiled.above(place) for place in places))
        for place in sorted(touched.difference(places)):
            self._evaluate(place)

    def hold(self, achievement: AchievementId) -> dict[AchievementId, tuple[int, int]]:
        """Count one more achievement; return basis points and steps left of every stack that moved."""
        compiled, moved = self._compiled, {}
        start = compiled.place.get(achievement)
        if start is None or self._points.get(start) == S:
            return {}
        self._points[start], self._steps[start] = S, 0
        touched = set(compiled.parents[start])
        for place in compiled.above(start):
            if place in touched and self._points.get(place) != S and self._evaluate(place):
                touched.update(compiled.parents[place])
                if place in compiled.achievement:
                    moved[compiled.achievement[place]] = (self._points[place], self._steps[place])
        return moved

    def of(self, achievement: AchievementId) -> tuple[int, int]:
        """Return basis points and steps left of an achievement."""
        return self._at(self._compiled.place[achievement])

    def meets(self, key: StackKey) -> bool:
        """Whether the requirement of a version of a stack is complete."""
        return self._points.get(self._compiled.root[key], 0) == S

    def _at(self, place: int) -> tuple[int, int]:
        return self._points.get(place, 0), self._steps.get(place, self._compiled.unstarted[place])

    def _evaluate(self, place: int) -> bool:
        """Compute a node anew; return whether it moved."""
        before = self._at(place)
        self._points[place] = self._compiled.points(place, self._points)
        self._steps[place] = self._compiled.steps(place, self._steps)
        return self._at(place) != before
