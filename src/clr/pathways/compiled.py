"""The stacking graph as flat tuples: progress of everything an award touches, in plain integers.

Compiled once per version of the catalogue from the networkx graph's stacks, and checked against them by property
tests. Times, names and reasons are left out; :mod:`clr.pathways.explaining` has those.

An automatic stack passes on what its requirement says, since it is awarded the moment that is complete.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from clr.ids import AchievementId
from clr.pathways.progress import S
from clr.pathways.requirements import AtLeast, Holds, Requirement
from clr.pathways.stacks import Policy, Stack, StackKey

BADGE, AUTO, JUDGED, ALL, SOME, ONE = range(6)
"""What a node is: a badge, a stack awarded by itself, one that somebody judges, and three kinds of group."""

Node = tuple[int, Any, int]
"""What a node is; its children (with their weights for ALL); the sum of its weights, or how many are asked for."""


class Compiled:
    """All stacks as numbered nodes, parts before wholes. Immutable; shared between threads."""

    def __init__(self, stacks: Iterable[Stack], view: Mapping[AchievementId, int]) -> None:
        """Number ``stacks``, given parts before wholes; ``view`` is the version in force of each."""
        self.nodes: list[Node] = []
        self.parents: list[tuple[int, ...]] = []
        self.place: dict[AchievementId, int] = {}
        self.root: dict[StackKey, int] = {}
        for stack in stacks:
            self.root[stack.key] = root = self._clause(stack.requirement)
            if view.get(stack.achievement) == stack.version:
                op = AUTO if stack.policy is Policy.AUTO else JUDGED
                self.place[stack.achievement] = self._add((op, root, 0), (root,))
        self.achievement = {place: achievement for achievement, place in self.place.items()}
        self._above: dict[int, tuple[int, ...]] = {}
        self._below: dict[StackKey, frozenset[int]] = {}
        self.unstarted = [1] * len(self.nodes)
        nothing = [0] * len(self.nodes)
        for place, node in enumerate(self.nodes):
            if node[0] != BADGE:
                self.unstarted[place] = evaluated(node, nothing, self.unstarted)[1]

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

    def below(self, key: StackKey) -> frozenset[int]:
        """Return every node on which the requirement of a version of a stack depends."""
        if key not in self._below:
            found, waiting = {self.root[key]}, [self.root[key]]
            while waiting:
                new = [child for child in children_of(self.nodes[waiting.pop()]) if child not in found]
                found.update(new)
                waiting += new
            self._below[key] = frozenset(found)
        return self._below[key]

    def _clause(self, clause: Requirement) -> int:
        if isinstance(clause, Holds):
            if clause.achievement not in self.place:
                self.place[clause.achievement] = self._add((BADGE, (), 0), ())
            return self.place[clause.achievement]
        children = tuple(self._clause(part.requirement) for part in clause.parts)
        if isinstance(clause, AtLeast):
            op = ONE if clause.count == 1 else SOME
            return self._add((op, children, clause.count), children)
        pairs = zip(children, (part.weight for part in clause.parts), strict=True)
        weighed = tuple((child, weight) for child, weight in pairs if weight)
        return self._add(
            (ALL, weighed, sum(weight for _, weight in weighed)), [child for child, _ in weighed]
        )

    def _add(self, node: Node, children: Iterable[int]) -> int:
        place = len(self.nodes)
        self.nodes.append(node)
        self.parents.append(())
        for child in dict.fromkeys(children):
            self.parents[child] += (place,)
        return place


def children_of(node: Node) -> Sequence[int]:
    """Return the nodes from which a node's figures are computed."""
    op, children, _ = node
    if op == ALL:
        return [child for child, _ in children]
    if op in (AUTO, JUDGED):
        return (children,)
    found: tuple[int, ...] = children
    return found


def evaluated(node: Node, points: Sequence[int], steps: Sequence[int]) -> tuple[int, int]:
    """Return basis points and steps left of a node from those of its children."""
    op, children, count = node
    if op == ALL:
        total = left = 0
        for child, weight in children:
            total += points[child] * weight
            left += steps[child]
        return total // count, left
    if op == ONE:
        return max([points[child] for child in children]), min([steps[child] for child in children])
    if op == SOME:
        best = sorted([points[child] for child in children], reverse=True)
        least = sorted([steps[child] for child in children])
        return sum(best[:count]) // count, sum(least[:count])
    if op == AUTO:
        return points[children], steps[children]
    return points[children] * 9 // 10, steps[children] + 1


class Standing:
    """One learner's progress on everything; grows with each award and never shrinks."""

    __slots__ = ("_compiled", "_points", "_steps")

    def __init__(
        self,
        compiled: Compiled,
        held: Collection[AchievementId] = (),
        *,
        toward: Iterable[StackKey] | None = None,
    ) -> None:
        """Evaluate what ``held`` counts toward, each node once; with ``toward``, only what these depend on."""
        self._compiled = compiled
        self._points, self._steps = [0] * len(compiled.nodes), compiled.unstarted.copy()
        places = [compiled.place[achievement] for achievement in held if achievement in compiled.place]
        for place in places:
            self._points[place], self._steps[place] = S, 0
        touched = set().union(*(compiled.above(place) for place in places))
        if toward is not None:
            touched &= set().union(*map(compiled.below, toward))
        for place in sorted(touched.difference(places)):
            node = compiled.nodes[place]
            self._points[place], self._steps[place] = evaluated(node, self._points, self._steps)

    def hold(self, achievement: AchievementId) -> dict[AchievementId, tuple[int, int]]:
        """Count one more achievement; return basis points and steps left of every stack that moved."""
        compiled, points, steps = self._compiled, self._points, self._steps
        start = compiled.place.get(achievement)
        if start is None or points[start] == S:
            return {}
        points[start], steps[start] = S, 0
        nodes, parents, stacks = compiled.nodes, compiled.parents, compiled.achievement
        moved, touched = {}, set(parents[start])
        for place in compiled.above(start):
            before = points[place]
            if before == S or place not in touched:
                continue
            figures = evaluated(nodes[place], points, steps)
            if figures[0] != before or figures[1] != steps[place]:
                points[place], steps[place] = figures
                touched.update(parents[place])
                if place in stacks:
                    moved[stacks[place]] = figures
        return moved

    def of(self, achievement: AchievementId) -> tuple[int, int]:
        """Return basis points and steps left of an achievement."""
        place = self._compiled.place[achievement]
        return self._points[place], self._steps[place]

    def meets(self, key: StackKey) -> bool:
        """Whether the requirement of a version of a stack is complete."""
        return self._points[self._compiled.root[key]] == S
