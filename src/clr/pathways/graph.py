"""The stacking graph: every published stack in one networkx graph, in which a badge is one node.

Nodes: an achievement (badge), one per version of a stack (``ach@2``), one per group inside it (``ach@2/0/1``), one
where filters, alternatives or a prerequisite stand between. An edge runs from what is earned to what it counts toward
and carries position, weight, category and credits.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import networkx as nx

from clr.errors import PathwayUnsound, Problem
from clr.ids import AchievementId
from clr.pathways.compiled import Compiled
from clr.pathways.requirements import (
    CURRENT,
    AllOf,
    AtLeast,
    Credits,
    Filters,
    Holds,
    Part,
    Requirement,
    achievements_in,
    clauses,
)
from clr.pathways.stacks import Stack, StackKey
from clr.pathways.wire import dump


class StackingGraph:
    """All published stacks at one version of the catalogue. Immutable; shared between threads."""

    def __init__(self, stacks: Iterable[Stack], current: Mapping[AchievementId, int] | None = None) -> None:
        """Build the graph; ``current`` is the version in force of each stack, by default the highest.

        Raises ``PathwayUnsound`` naming the shortest loop when the stacks go round in a circle.
        """
        ordered = sorted(stacks, key=lambda stack: stack.key)
        self.stacks: Mapping[StackKey, Stack] = {stack.key: stack for stack in ordered}
        self.current: Mapping[AchievementId, int] = {key[0]: key[1] for key in self.stacks} | dict(
            current or {}
        )
        self._versions: dict[AchievementId, list[int]] = {}
        for achievement, version in self.stacks:
            self._versions.setdefault(achievement, []).append(version)
        require_no_loop(self.stacks.values())
        self.network = self._drawn()
        self._order = {key: place for place, key in enumerate(self._parts_before_wholes())}
        self._reached: dict[AchievementId, tuple[StackKey, ...]] = {}

    def versions(self, achievement: AchievementId) -> Sequence[int]:
        """Return the versions of a stack, oldest first; empty for a badge."""
        return self._versions.get(achievement, ())

    def view(self, pins: Mapping[AchievementId, int]) -> Mapping[AchievementId, int]:
        """Return the version in force of each stack for somebody with ``pins``."""
        return {**self.current, **pins} if pins else self.current

    @cached_property
    def compiled(self) -> Compiled:
        """Return the same stacks as flat tuples, for what must be fast."""
        return Compiled((self.stacks[key] for key in self.in_order), self.current)

    @cached_property
    def in_order(self) -> tuple[StackKey, ...]:
        """Every stack version, parts before wholes."""
        return tuple(self._order)

    def reached_from(self, achievement: AchievementId) -> tuple[StackKey, ...]:
        """Return every stack version that ``achievement`` counts toward, parts before wholes."""
        if achievement not in self._reached:
            nodes = self._nodes_of(achievement)
            above = set().union(
                *(nx.descendants(self.network, node) for node in nodes if node in self.network)
            )
            found = (self.network.nodes[node].get("stack") for node in above - set(nodes))
            keys = [key for key in found if key is not None]
            self._reached[achievement] = tuple(sorted(keys, key=self._order.__getitem__))
        return self._reached[achievement]

    def below(self, goal: AchievementId, view: Mapping[AchievementId, int]) -> set[AchievementId]:
        """Return every achievement that can count toward ``goal`` under ``view``, the goal among them."""
        found, waiting = {goal}, [goal]
        while waiting:
            stack = self.stacks.get((waiting[-1], view.get(waiting.pop(), 0)))
            new = set(achievements_in(stack.requirement)) - found if stack else set()
            found |= new
            waiting += new
        return found

    def parts_first(
        self, keys: Iterable[StackKey], instead: Mapping[str, Sequence[AchievementId]]
    ) -> tuple[StackKey, ...]:
        """Return these stack versions and every one that they ask for, parts before wholes, for one learner.

        ``instead`` says what a clause accepts besides, which the order of the graph knows nothing of.
        """
        found: dict[StackKey, None] = {}
        waiting, seen = [(key, False) for key in reversed(tuple(keys))], set[StackKey]()
        while waiting:
            key, parts_done = waiting.pop()
            if parts_done:
                found[key] = None
            elif key not in seen:
                seen.add(key)
                waiting.append((key, True))
                waiting += [(part, False) for part in self._asked_by(key, instead)]
        return tuple(found)

    def _asked_by(self, key: StackKey, instead: Mapping[str, Sequence[AchievementId]]) -> Iterator[StackKey]:
        for clause in clauses(self.stacks[key].requirement):
            if isinstance(clause, Holds):
                for achievement in (*clause.accepted, *instead.get(clause.id or "", ())):
                    yield from ((achievement, version) for version in self.versions(achievement))

    def node_link(self, root: AchievementId | None = None) -> dict[str, Any]:
        """Return the graph, or what lies below ``root``, as node-link data."""
        network = self.network
        if root is not None:
            nodes = {node for node in self._nodes_of(root) if node in network}
            below = nodes.union(*(nx.ancestors(network, node) for node in nodes))
            network = network.subgraph(below)
        data: dict[str, Any] = nx.node_link_data(network, edges="edges")
        for node in data["nodes"]:
            node.pop("stack", None)
        return data

    def asked_of(self, achievement: AchievementId) -> AbstractSet[Filters]:
        """Return every set of filters that an award of ``achievement`` is held against somewhere."""
        return self._asked.get(achievement, frozenset())

    @cached_property
    def clause_owners(self) -> Mapping[str, AchievementId]:
        """The stack that each clause id belongs to, in whatever version it stands."""
        return {
            clause.id: achievement
            for (achievement, _), stack in self.stacks.items()
            for clause in clauses(stack.requirement)
            if clause.id is not None
        }

    @cached_property
    def graded(self) -> AbstractSet[AchievementId]:
        """The achievements of which a result is asked for somewhere."""
        return frozenset(
            x
            for x, asked in self._asked.items()
            if any(one.min_score is not None or one.level is not None for one in asked)
        )

    @cached_property
    def filters_of(self) -> Mapping[str, AbstractSet[Filters]]:
        """What each clause that holds something asks of an award, by the id that it keeps across versions."""
        found: dict[str, set[Filters]] = {}
        for stack in self.stacks.values():
            for clause in clauses(stack.requirement):
                if isinstance(clause, Holds) and clause.id is not None:
                    found.setdefault(clause.id, set()).add(clause.filters)
        return found

    @cached_property
    def _asked(self) -> Mapping[AchievementId, AbstractSet[Filters]]:
        found: dict[AchievementId, set[Filters]] = {}
        for stack in self.stacks.values():
            for clause in clauses(stack.requirement):
                if isinstance(clause, Holds) and clause.filters != CURRENT:
                    for achievement in clause.accepted:
                        found.setdefault(achievement, set()).add(clause.filters)
        return found

    def _nodes_of(self, achievement: AchievementId) -> list[str]:
        versions = self._versions.get(achievement)
        return [stack_node(achievement, version) for version in versions] if versions else [achievement]

    def _drawn(self) -> "nx.DiGraph[str]":
        network: nx.DiGraph[str] = nx.DiGraph()
        for stack in self.stacks.values():
            node = stack_node(*stack.key)
            network.add_node(
                node,
                kind="stack",
                achievement_id=stack.achievement,
                version=stack.version,
                policy=stack.policy.value,
                stack=stack.key,
            )
            self._draw(
                network, stack.requirement, _Place(f"{node}/0", node, _edge(Part(stack.requirement), 0))
            )
        return network

    def _draw(self, network: "nx.DiGraph[str]", clause: Requirement, place: "_Place") -> None:
        """Draw a clause and all below it; an edge to what it counts toward carries what the part says."""
        if isinstance(clause, Holds):
            self._draw_holds(network, clause, place)
            return
        node = place.node
        network.add_node(node, kind=_KIND[type(clause)], name=clause.name, **_asked(clause))
        network.add_edge(node, place.whole, **place.edge)
        for position, part in enumerate(clause.parts):
            self._draw_part(
                network, part, node, position, exclusive=not isinstance(clause, Credits) and clause.exclusive
            )

    def _draw_part(
        self, network: "nx.DiGraph[str]", part: Part, whole: str, position: int, *, exclusive: bool
    ) -> None:
        node, edge = f"{whole}/{position}", _edge(part, position)
        if part.after is not None:
            gated = f"{node}/gate"
            network.add_node(gated, kind="gated", strict=part.after.strict, in_order=part.after.in_order)
            network.add_edge(gated, whole, **edge)
            self._draw(network, part.after.requirement, _Place(f"{node}/first", gated, {"role": "first"}))
            whole, edge = gated, {"role": "part"}
        self._draw(network, part.requirement, _Place(node, whole, edge, slot=exclusive))

    def _draw_holds(self, network: "nx.DiGraph[str]", clause: Holds, place: "_Place") -> None:
        """Draw what is asked for as it is, or behind a node of its own where filters or alternatives stand between."""
        whole, edge = place.whole, place.edge
        if not clause.plain or place.slot:
            asks = {key: value for key, value in dump(clause).items() if key not in ("kind", "id", "name")}
            network.add_node(place.node, kind="holds", **asks)
            network.add_edge(place.node, whole, **edge)
            whole, edge = place.node, {}
        for achievement in dict.fromkeys(clause.accepted):
            for node in self._nodes_of(achievement):
                if node == achievement:
                    network.add_node(node, kind="badge", achievement_id=achievement)
                network.add_edge(node, whole, **edge)

    def _parts_before_wholes(self) -> Iterator[StackKey]:
        for node in nx.lexicographical_topological_sort(self.network):
            stack = self.network.nodes[node].get("stack")
            if stack is not None:
                yield stack


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a clause is drawn: its own node, what it counts toward, and what the edge there says."""

    node: str
    whole: str
    edge: Mapping[str, Any]
    slot: bool = False


_KIND = {AllOf: "all_of", AtLeast: "at_least", Credits: "credits"}


def _asked(group: AllOf | AtLeast | Credits) -> dict[str, Any]:
    match group:
        case AllOf():
            return {"count": None, "exclusive": group.exclusive}
        case AtLeast():
            return {"count": group.count, "exclusive": group.exclusive, "categories": group.categories}
        case Credits():
            return {"total": group.total, "unit": group.unit}


def _edge(part: Part, position: int) -> dict[str, Any]:
    edge: dict[str, Any] = {"position": position, "weight": part.weight}
    if part.category is not None:
        edge["category"] = part.category
    if part.brings is not None:
        edge |= {"value": part.brings.each, "stated": part.brings.stated, "up_to": part.brings.up_to}
    return edge


def stack_node(achievement: AchievementId, version: int) -> str:
    """Return the name of a stack version's node."""
    return f"{achievement}@{version}"


def require_no_loop(stacks: Iterable[Stack], names: Mapping[AchievementId, str] | None = None) -> None:
    """Raise ``PathwayUnsound`` naming the shortest loop, when there is one."""
    if loop := shortest_loop((stack.achievement, stack.requirement) for stack in stacks):
        says = f"{loop_in_words(loop, names or {})} goes round in a circle; take one step out."
        raise PathwayUnsound(says, (Problem(f"stacks.{loop[0]}.requirement", "loop", says),))


def shortest_loop(stacks: Iterable[tuple[AchievementId, Requirement]]) -> tuple[AchievementId, ...]:
    """Return the shortest loop of achievements, each counting toward the next; empty when there is none."""
    network: nx.DiGraph[AchievementId] = nx.DiGraph()
    for achievement, requirement in stacks:
        network.add_edges_from((part, achievement) for part in achievements_in(requirement))
    loops = [
        loop
        for knot in nx.strongly_connected_components(network)
        for loop in _loops_within({node: sorted(knot.intersection(network[node])) for node in knot})
    ]
    return min(loops, key=lambda loop: (len(loop), loop), default=())


def _loops_within(
    after: Mapping[AchievementId, Sequence[AchievementId]],
) -> Iterator[tuple[AchievementId, ...]]:
    """Yield, for each node that is the first of a loop, the shortest of these; ties in the order of the names.

    Each search leaves aside the nodes before its own, whose loops were found already.
    """
    for start in sorted(after):
        came_from = {start: start}
        waiting = deque([start])
        while waiting:
            node = waiting.popleft()
            if start in after[node]:
                yield _way(came_from, node)
                break
            for step in after[node]:
                if step > start and step not in came_from:
                    came_from[step] = node
                    waiting.append(step)


def _way(came_from: Mapping[AchievementId, AchievementId], last: AchievementId) -> tuple[AchievementId, ...]:
    way = [last]
    while came_from[way[-1]] != way[-1]:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))


def loop_in_words(loop: Sequence[AchievementId], names: Mapping[AchievementId, str]) -> str:
    """Return a loop as people say it: ``Essay → Essential Knowledge → Essay``."""
    return " → ".join(names.get(step, step) for step in (*loop, loop[0]))
