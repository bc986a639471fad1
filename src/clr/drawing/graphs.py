"""The outline as a graph: an achievement is one node however many stacks ask for it, leaves that lead to the same are one box.

Names are as many as the outline's; what a node says is the most telling of its places.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from clr.drawing.layers import Key, Link
from clr.drawing.outlines import RANK, Branch

Kind = Literal["part", "strict", "advisory"]

MOST_NODES = 120
"""More than these can no longer be followed: deeper levels are folded until no more are left."""

MOST_LEAVES, SHORT, LONG = 60, 3, 24
"""Leaves of one box before the rest is only counted; leaves to two and to three columns in a crowded drawing."""

CROWDED = 24
"""From so many nodes on everything is drawn smaller."""


@dataclass(slots=True)
class Node:
    """What is drawn once: a badge, a stack with its gate, or a bare gate; ``places`` are where it is asked for."""

    key: Key
    places: list[Branch]
    opened: bool = False

    @property
    def branch(self) -> Branch:
        """The place that tells most; opened as it is wherever it is."""
        best = min(self.places, key=lambda place: RANK[place.standing])
        opened = next((place for place in self.places if place.parts), best)
        return best if best.parts else replace(best, parts=opened.parts, gate=opened.gate, asks=opened.asks)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: from what counts to what asks for it, or from what comes first to what it opens."""

    source: Key
    target: Key
    kind: Kind
    branch: Branch


@dataclass(frozen=True, slots=True)
class Box:
    """Leaves that lead to the same, as many as are shown, and how many are not."""

    key: Key
    leaves: tuple[Node, ...]
    more: int

    def columns(self, *, crowded: bool) -> int:
        """Return in how many columns its leaves stand."""
        if not crowded or len(self.leaves) <= SHORT:
            return 1
        return 2 if len(self.leaves) <= LONG else 3


@dataclass(slots=True)
class Graph:
    """Nodes in reading order, the lines between them, and the boxes of leaves."""

    goal: Key
    nodes: dict[Key, Node] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    boxes: dict[Key, Box] = field(default_factory=dict)
    onward: dict[Key, list[Key]] = field(default_factory=lambda: defaultdict(list))

    @property
    def crowded(self) -> bool:
        """Whether there is so much to draw that it is drawn smaller."""
        return len(self.nodes) > CROWDED

    def units(self) -> Iterator[Key]:
        """Yield what is laid out, in reading order: boxes, and nodes that are in none."""
        boxed = {leaf.key: box.key for box in self.boxes.values() for leaf in box.leaves}
        yield from dict.fromkeys(boxed.get(key, key) for key in self.nodes)

    def unit_of(self) -> dict[Key, Key]:
        """Return the unit in which each node stands."""
        return {key: key for key in self.nodes} | {
            leaf.key: box.key for box in self.boxes.values() for leaf in box.leaves
        }

    def links(self) -> list[Link]:
        """Return the lines between units, each once."""
        unit = self.unit_of()
        return list(dict.fromkeys((unit[line.source], unit[line.target]) for line in self.lines))


def graph_of(goal: Branch) -> Graph:
    """Return the graph of an outline, its deeper levels folded where it has too many nodes to follow."""
    for levels in range(goal.depth, -1, -1):
        graph = _drawn(_folded(goal, levels))
        if len(graph.nodes) <= MOST_NODES or levels <= 1:
            return _boxed(graph)
    return _boxed(_drawn(goal))


def _drawn(goal: Branch) -> Graph:
    graph = Graph(_key(goal, ("0",)))
    _add(graph, goal, ("0",))
    return graph


def _folded(branch: Branch, levels: int) -> Branch:
    if not branch.parts:
        return branch
    if levels == 0:
        inside = f"{len(branch.parts)} {'part' if len(branch.parts) == 1 else 'parts'} inside"
        return replace(branch, parts=(), notes=(*branch.notes, inside))
    return replace(branch, parts=tuple(_folded(part, levels - 1) for part in branch.parts))


def _key(branch: Branch, path: tuple[str, ...]) -> Key:
    return ("achievement", branch.look.achievement_id) if branch.look else ("group", *path)


def _add(graph: Graph, branch: Branch, path: tuple[str, ...]) -> Key:
    """Add a branch with all below it and before it, unless it is there already."""
    key = _key(branch, path)
    node = graph.nodes.setdefault(key, Node(key, []))
    node.places.append(branch)
    if branch.parts and not node.opened:
        node.opened = True
        for at, part in enumerate(branch.parts):
            _join(graph, Line(_add(graph, part, (*path, str(at))), key, "part", part))
    if branch.first is not None:
        first = _add(graph, branch.first, (*path, "first"))
        _join(graph, Line(first, key, "strict" if branch.strict else "advisory", branch.first))
    return key


def _join(graph: Graph, line: Line) -> None:
    """Add a line, unless it would close a circle, of which a drawing from left to right has no way to tell."""
    if not _leads(graph, line.target, line.source):
        graph.lines.append(line)
        graph.onward[line.source].append(line.target)


def _leads(graph: Graph, source: Key, target: Key) -> bool:
    seen, waiting = {source}, [source]
    while waiting:
        here = waiting.pop()
        if here == target:
            return True
        further = set(graph.onward.get(here, ())) - seen
        seen |= further
        waiting += further
    return False


def _boxed(graph: Graph) -> Graph:
    """Put leaves into boxes with those that lead to the same and that nothing comes before."""
    led_to: dict[Key, list[tuple[Key, Kind]]] = defaultdict(list)
    for line in graph.lines:
        led_to[line.source].append((line.target, line.kind))
    kept_apart = {line.target for line in graph.lines} | {graph.goal}
    together: dict[tuple[tuple[Key, Kind], ...], list[Node]] = defaultdict(list)
    for key, node in graph.nodes.items():
        if key not in kept_apart and node.branch.look is not None:
            together[tuple(sorted(led_to[key]))].append(node)
    for leaves in together.values():
        shown = _leading(leaves)
        box = Box(("box", *leaves[0].key), shown, len(leaves) - len(shown))
        graph.boxes[box.key] = box
        for leaf in leaves:
            if all(leaf is not one for one in shown):
                del graph.nodes[leaf.key]
    graph.lines = [line for line in graph.lines if line.source in graph.nodes]
    return graph


def _leading(leaves: Sequence[Node]) -> tuple[Node, ...]:
    """Return the leaves that matter most, in the order in which they are required."""
    chosen = sorted(leaves, key=lambda leaf: RANK[leaf.branch.standing])[:MOST_LEAVES]
    return tuple(leaf for leaf in leaves if any(leaf is one for one in chosen))
