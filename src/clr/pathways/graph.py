"""The stacking graph: every published stack in one networkx graph, in which a badge is one node.

Nodes: an achievement (badge), one per version of a stack (``ach@2``), one per group inside it (``ach@2/0/1``).
An edge runs from what is earned to what it counts toward and carries position and weight.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import networkx as nx

from clr.errors import PathwayUnsound, Problem
from clr.ids import AchievementId
from clr.pathways.compiled import Compiled
from clr.pathways.requirements import AllOf, Holds, Requirement, achievements_in
from clr.pathways.stacks import Stack, StackKey


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
            self._draw(network, stack.requirement, node, node, 0, 1)
        return network

    def _draw(
        self,
        network: "nx.DiGraph[str]",
        clause: Requirement,
        path: str,
        whole: str,
        position: int,
        weight: int,
    ) -> None:
        if isinstance(clause, Holds):
            for node in self._nodes_of(clause.achievement):
                if node == clause.achievement:
                    network.add_node(node, kind="badge", achievement_id=clause.achievement)
                network.add_edge(node, whole, position=position, weight=weight)
            return
        node = f"{path}/{position}"
        count = None if isinstance(clause, AllOf) else clause.count
        network.add_node(node, kind="all_of" if count is None else "at_least", count=count, name=clause.name)
        network.add_edge(node, whole, position=position, weight=weight)
        for place, part in enumerate(clause.parts):
            self._draw(network, part.requirement, node, node, place, part.weight)

    def _parts_before_wholes(self) -> Iterator[StackKey]:
        for node in nx.lexicographical_topological_sort(self.network):
            stack = self.network.nodes[node].get("stack")
            if stack is not None:
                yield stack


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
