"""The stacking graph as flat tuples: basis points and steps of every node from those of its children.

Compiled once per version of the catalogue from the networkx graph's stacks, and checked against them by property
tests. Times, names and reasons are left out; :mod:`clr.pathways.explaining` has those, and
:mod:`clr.pathways.standing` counts one learner's awards on this form.

An automatic stack passes on what its requirement says, since it is awarded the moment that is complete.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter, mul
from typing import Any

from clr.ids import AchievementId
from clr.pathways import groups
from clr.pathways.exclusive import assigned
from clr.pathways.filters import in_range
from clr.pathways.picking import Offer, cheapest, fewest
from clr.pathways.progress import S
from clr.pathways.requirements import (
    AllOf,
    AtLeast,
    Brings,
    Credits,
    Holds,
    Part,
    Prerequisite,
    Requirement,
    clauses,
)
from clr.pathways.stacks import Policy, Stack, StackKey

BADGE, AUTO, JUDGED, ALL, WEIGHED, SOME, ONE, SPREAD, SUM, SLOTS, FILTERED, GATED, ORDERED = range(13)
"""What a node is: a badge (or anything else that only awards complete), a stack awarded by itself, one that somebody
judges; groups: all, all by weight, some, any one, some from several categories, credits, slots; a hold with filters,
a part behind a prerequisite, a hold that must come after one."""

WIDTH = "i"
"""How figures are kept: 32 bits hold more steps than a published stack may have (:mod:`clr.pathways.extents`)."""

Figures = Callable[[Sequence[int]], tuple[int, ...]]
"""Picks the figures of a node's children from those of all nodes."""

Node = tuple[int, tuple[int, ...], int, Any, Figures]
"""What a node is; its children; how many are asked for, or the sum of their weights; what else the kind needs to know
(weights, categories, credits, slots); the figures of the children."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A node that looks at the awards themselves: complete by one that passes, or (``brings``) the credits of all."""

    place: int
    asked: Holds
    brings: Brings | None = None
    after: Prerequisite | None = None


class Compiled:
    """Stacks as numbered nodes, parts before wholes. Immutable; shared between threads."""

    def __init__(
        self,
        stacks: Iterable[Stack],
        view: Mapping[AchievementId, int],
        *,
        waived: frozenset[str] = frozenset(),
        instead: Mapping[str, tuple[AchievementId, ...]] | None = None,
    ) -> None:
        """Number ``stacks``, given parts before wholes; ``view`` is the version in force of each.

        For one learner's exceptions, ``waived`` names clauses that are complete, and ``instead`` what a clause
        accepts besides.
        """
        self.nodes: list[Node] = []
        self.parents: list[tuple[int, ...]] = []
        self.place: dict[AchievementId, int] = {}
        self.root: dict[StackKey, int] = {}
        self.listening: dict[AchievementId, list[Listener]] = {}
        self.ordered: dict[int, Listener] = {}
        self.given: dict[int, int] = {}
        self._waived, self._instead = waived, instead or {}
        self._of_stack: dict[AchievementId, tuple[Policy, int, int]] = {}
        self._filtered: dict[Holds, int] = {}
        ordered = list(stacks)
        told_apart = {
            clause.achievement
            for stack in ordered
            for clause in clauses(stack.requirement)
            if isinstance(clause, Holds) and clause.filters.ranged
        }
        for stack in ordered:
            self.root[stack.key] = root = self._clause(stack.requirement)
            if view.get(stack.achievement) == stack.version:
                shared = stack.achievement not in told_apart and not isinstance(stack.requirement, Holds)
                self.place[stack.achievement] = self._stack(stack.policy, root, shared=shared)
                self._of_stack[stack.achievement] = (stack.policy, stack.version, root)
        self.achievement = {place: achievement for achievement, place in self.place.items()}
        self._above: dict[int, tuple[int, ...]] = {}
        self._below: dict[StackKey, frozenset[int]] = {}
        self.nothing, self.unstarted = self._unstarted()

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

    def _unstarted(self) -> tuple["array[int]", "array[int]"]:
        """Return basis points and steps of everything for somebody who holds nothing."""
        points, steps = array(WIDTH, [0]) * len(self.nodes), array(WIDTH, [1]) * len(self.nodes)
        for place, node in enumerate(self.nodes):
            if place in self.given:
                points[place], steps[place] = self.given[place], 0
            elif node[0] != BADGE:
                points[place], steps[place] = evaluated(node, points, steps)
        return points, steps

    def _stack(self, policy: Policy, root: int, *, shared: bool) -> int:
        """Return the node of a stack; one awarded by itself shares that of the group it asks for."""
        if policy is not Policy.AUTO:
            return self._add(JUDGED, (root,))
        return root if shared and root not in self.given else self._add(AUTO, (root,))

    def _clause(self, clause: Requirement) -> int:
        if clause.id in self._waived:
            return self._complete()
        match clause:
            case Holds():
                return self._holds(self._with_instead(clause))
            case Credits():
                return self._credits(clause)
            case AllOf() | AtLeast():
                return self._slots(clause) if clause.exclusive else self._group(clause)

    def _complete(self) -> int:
        place = self._add(BADGE, ())
        self.given[place] = S
        return place

    def _with_instead(self, clause: Holds) -> Holds:
        more = self._instead.get(clause.id or "", ())
        return Holds(clause.achievement, accepts=(*clause.accepts, *more), filters=clause.filters)

    def _group(self, group: AllOf | AtLeast) -> int:
        children = tuple(self._part(part) for part in group.parts)
        if isinstance(group, AtLeast):
            if group.categories:
                categories = tuple(part.category for part in group.parts)
                return self._add(SPREAD, children, group.count, (categories, group.categories))
            return self._add(ONE if group.count == 1 else SOME, children, group.count)
        pairs = zip(children, (part.weight for part in group.parts), strict=True)
        weighed = [(child, weight) for child, weight in pairs if weight]
        weights = tuple(weight for _, weight in weighed)
        op = ALL if set(weights) == {1} else WEIGHED
        return self._add(op, tuple(child for child, _ in weighed), sum(weights), weights)

    def _part(self, part: Part) -> int:
        after = part.after
        if after is None or not after.strict:
            return self._clause(part.requirement)
        gate = self._clause(after.requirement)
        if after.in_order and isinstance(part.requirement, Holds) and part.requirement.id not in self._waived:
            return self._ordered(self._with_instead(part.requirement), after, gate)
        return self._add(GATED, (self._clause(part.requirement), gate))

    def _credits(self, group: Credits) -> int:
        """Add a sum: its children are the parts, then for each part that counts awards the sum of these."""
        parts = [self._part(part) for part in group.parts]
        amounts: list[int] = []
        told: list[tuple[Brings, int]] = []
        for part in group.parts:
            brings, asked = part.brings or Brings(0), part.requirement
            if not brings.counts_awards or not isinstance(asked, Holds):
                told.append((brings, -1))
            else:
                told.append((brings, len(parts) + len(amounts)))
                amounts.append(self._listen(self._add(BADGE, ()), self._with_instead(asked), brings))
                if asked.id in self._waived:
                    self.given[amounts[-1]] = brings.most
        return self._add(SUM, (*parts, *amounts), group.total, tuple(told))

    def _slots(self, group: AllOf | AtLeast) -> int:
        asked = [part.requirement for part in group.parts if isinstance(part.requirement, Holds)]
        slots = [self._with_instead(slot).accepted for slot in asked]
        named = groups.each_once(x for slot in slots for x in slot)
        seat = {x: number for number, x in enumerate(named)}
        taken = [tuple(seat[x] for x in slot) for slot in slots]
        children = [self._plain(x) for x in named]
        for place, slot in enumerate(asked):
            if slot.id in self._waived:
                taken[place] += (len(children),)
                children.append(self._complete())
        count = len(slots) if isinstance(group, AllOf) else group.count
        return self._add(SLOTS, tuple(children), count, tuple(taken))

    def _holds(self, asked: Holds) -> int:
        if asked.plain:
            return self._plain(asked.achievement)
        if asked not in self._filtered:
            children, passing = self._filtered_children(asked)
            self._filtered[asked] = place = self._add(FILTERED, children, weights=passing)
            self._listen(place, asked)
        return self._filtered[asked]

    def _plain(self, achievement: AchievementId) -> int:
        if achievement not in self.place:
            self.place[achievement] = self._add(BADGE, ())
        return self.place[achievement]

    def _filtered_children(self, asked: Holds) -> tuple[tuple[int, ...], tuple[bool, ...]]:
        """Return the stack's own progress, if it is one, and the automatic stacks accepted, whose milestones count."""
        children, passing = [], []
        for x in groups.each_once(asked.accepted):
            policy, version, root = self._of_stack.get(x, (None, 0, -1))
            own = x == asked.achievement
            if policy is Policy.AUTO:
                children.append(root)
                passing.append(not own or in_range(asked.filters, version))
            elif policy is not None and own:
                children.append(self._add(JUDGED, (root,)))
                passing.append(False)
        return tuple(children), (bool(self._of_stack.get(asked.achievement)), *passing)

    def _ordered(self, asked: Holds, after: Prerequisite, gate: int) -> int:
        children, passing = self._filtered_children(asked)
        own = children[:1] if passing[0] else ()
        place = self._add(ORDERED, (gate, *own))
        self.ordered[place] = Listener(place, asked, after=after)
        for x in groups.each_once(asked.accepted):
            self.listening.setdefault(x, []).append(self.ordered[place])
        return place

    def _listen(self, place: int, asked: Holds, brings: Brings | None = None) -> int:
        for x in groups.each_once(asked.accepted):
            self.listening.setdefault(x, []).append(Listener(place, asked, brings))
        return place

    def _add(self, op: int, children: tuple[int, ...], count: int = 0, weights: Any = ()) -> int:
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
    if op in (AUTO, JUDGED):
        (own,) = children
        return (points[own], steps[own]) if op == AUTO else (points[own] * 9 // 10, steps[own] + 1)
    return _RARE[op](figures(points), figures(steps), count, weights)


def _spread(points: tuple[int, ...], steps: tuple[int, ...], count: int, how: Any) -> tuple[int, int]:
    categories, wanted = how
    best = cheapest([-one for one in points], count, categories, wanted)
    least = cheapest(steps, count, categories, wanted)
    return sum(points[place] for place in best) // count, sum(steps[place] for place in least)


def _sum(points: tuple[int, ...], steps: tuple[int, ...], total: int, parts: Any) -> tuple[int, int]:
    now, offers = 0, []
    for place, (brings, amount) in enumerate(parts):
        complete = points[place] == S
        brought = 0 if not complete else brings.each if amount < 0 else points[amount]
        now += brought
        offers.append(Offer(groups.step_cost(steps[place]), groups.gains(brings, brought, complete=complete)))
    plan = fewest(total - now, offers)
    return S * min(now, total) // total, plan[0] if plan else 0


def _slots(points: tuple[int, ...], steps: tuple[int, ...], count: int, slots: Any) -> tuple[int, int]:
    order = sorted(range(len(points)), key=steps.__getitem__)
    filled = assigned(slots, order, count).values()
    return S * sum(points[item] == S for item in filled) // count, sum(steps[item] for item in filled)


def _filtered(points: tuple[int, ...], steps: tuple[int, ...], _: int, passing: Any) -> tuple[int, int]:
    has_own, *passes = passing
    if any(one == S and through for one, through in zip(points, passes, strict=True)):
        return S, 0
    return (min(points[0], S - 1), max(steps[0], 1)) if has_own else (0, 1)


def _gated(points: tuple[int, ...], steps: tuple[int, ...], *_: Any) -> tuple[int, int]:
    part, gate = points
    return (part, steps[0]) if gate == S else (0, sum(steps))


def _ordered(points: tuple[int, ...], steps: tuple[int, ...], *_: Any) -> tuple[int, int]:
    gate, *own = points
    left = max(steps[1], 1) if own else 1
    if gate != S:
        return 0, steps[0] + left
    return (min(own[0], S - 1) if own else 0), left


_RARE: Mapping[int, Callable[[tuple[int, ...], tuple[int, ...], int, Any], tuple[int, int]]] = {
    SPREAD: _spread,
    SUM: _sum,
    SLOTS: _slots,
    FILTERED: _filtered,
    GATED: _gated,
    ORDERED: _ordered,
}
