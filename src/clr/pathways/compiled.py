"""The stacking graph as flat tuples: progress of everything an award touches, in plain integers.

Compiled once per version of the catalogue from the networkx graph's stacks, and checked against them by property
tests. Times, names and reasons are left out; :mod:`clr.pathways.explaining` has those.

An automatic stack passes on what its requirement says, since it is awarded the moment that is complete.
"""

from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import itemgetter, mul

from clr.ids import AchievementId
from clr.pathways.progress import S
from clr.pathways.requirements import AtLeast, Holds, Requirement
from clr.pathways.stacks import Policy, Stack, StackKey

BADGE, AUTO, JUDGED, ALL, WEIGHED, SOME, ONE = range(7)
"""What a node is: a badge, a stack awarded by itself, one that somebody judges, and four kinds of group."""

WIDTH = "i"
"""How figures are kept: 32 bits hold more steps than a published stack may have (:mod:`clr.pathways.extents`)."""

Figures = Callable[[Sequence[int]], tuple[int, ...]]
"""Picks the figures of a node's children from those of all nodes."""

Node = tuple[int, tuple[int, ...], int, tuple[int, ...], Figures]
"""What a node is; its children; the sum of their weights, or how many are asked for; the weights; their figures."""


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
                self.place[stack.achievement] = self._stack(stack.policy, root)
        self.achievement = {place: achievement for achievement, place in self.place.items()}
        self._above: dict[int, tuple[int, ...]] = {}
        self._below: dict[StackKey, frozenset[int]] = {}
        self.nothing = array(WIDTH, [0]) * len(self.nodes)
        self.unstarted = array(WIDTH, [1]) * len(self.nodes)
        for place, node in enumerate(self.nodes):
            if node[0] != BADGE:
                self.unstarted[place] = evaluated(node, self.nothing, self.unstarted)[1]

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
                new = [child for child in self.nodes[waiting.pop()][1] if child not in found]
                found.update(new)
                waiting += new
            self._below[key] = frozenset(found)
        return self._below[key]

    def _stack(self, policy: Policy, root: int) -> int:
        """Return the node of a stack; one awarded by itself shares that of the group it asks for."""
        if policy is not Policy.AUTO:
            return self._add(JUDGED, (root,))
        return self._add(AUTO, (root,)) if self.nodes[root][0] in (BADGE, AUTO, JUDGED) else root

    def _clause(self, clause: Requirement) -> int:
        if isinstance(clause, Holds):
            if clause.achievement not in self.place:
                self.place[clause.achievement] = self._add(BADGE, ())
            return self.place[clause.achievement]
        children = tuple(self._clause(part.requirement) for part in clause.parts)
        if isinstance(clause, AtLeast):
            return self._add(ONE if clause.count == 1 else SOME, children, clause.count)
        pairs = zip(children, (part.weight for part in clause.parts), strict=True)
        weighed = [(child, weight) for child, weight in pairs if weight]
        weights = tuple(weight for _, weight in weighed)
        op = ALL if set(weights) == {1} else WEIGHED
        return self._add(op, tuple(child for child, _ in weighed), sum(weights), weights)

    def _add(self, op: int, children: tuple[int, ...], count: int = 0, weights: tuple[int, ...] = ()) -> int:
        place = len(self.nodes)
        self.nodes.append((op, children, count, weights, _figures_of(children)))
        self.parents.append(())
        for child in dict.fromkeys(children):
            self.parents[child] += (place,)
        return place


def _figures_of(children: tuple[int, ...]) -> Figures:
    if len(children) == 1:
        only = children[0]
        return lambda figures: (figures[only],)
    return itemgetter(*children) if children else lambda _: ()


def evaluated(node: Node, points: Sequence[int], steps: Sequence[int]) -> tuple[int, int]:
    """Return basis points and steps left of a node from those of its children."""
    op, children, count, weights, figures = node
    if op == ONE:
        return max(figures(points)), min(figures(steps))
    if op == ALL:
        return sum(figures(points)) // count, sum(figures(steps))
    if op == SOME:
        best, least = sorted(figures(points), reverse=True), sorted(figures(steps))
        return sum(best[:count]) // count, sum(least[:count])
    if op == WEIGHED:
        return sum(map(mul, figures(points), weights)) // count, sum(figures(steps))
    (own,) = children
    return (points[own], steps[own]) if op == AUTO else (points[own] * 9 // 10, steps[own] + 1)


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
        self._points, self._steps = compiled.nothing[:], compiled.unstarted[:]
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
        """Whether the requirement of a version of a stack is complete, or the stack is automatic and held already."""
        return self._points[self._compiled.root[key]] == S
