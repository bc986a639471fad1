"""The measures of a drawn pathway: how large things are, and where each column begins and ends."""

from collections.abc import Mapping
from dataclasses import dataclass

from clr.drawing.graphs import Box, Graph
from clr.drawing.layers import Layout
from clr.drawing.lettering import lines
from clr.drawing.outlines import Branch

MARGIN = 16.0


@dataclass(frozen=True, slots=True)
class Measures:
    """Sizes in the units of the drawing; ``name``, ``note`` and ``label`` are letters to a line."""

    row: int
    pad: int
    small: int
    whole: int
    goal: int
    card: int
    text_at: int
    name: int
    note: int
    label: int
    letters: int
    leading: int
    badge_room: int
    between: int

    def size(self, *, goal: bool) -> int:
        """Return the size of a stack's badge."""
        return self.goal if goal else self.whole

    def rows(self, box: Box, *, crowded: bool) -> int:
        """Return how many rows a box has."""
        columns = box.columns(crowded=crowded)
        return -(-len(box.leaves) // columns)

    def box_height(self, box: Box, *, crowded: bool) -> float:
        """Return how high a box is."""
        return self.row * self.rows(box, crowded=crowded) + 2 * (self.pad / 2) + (18 if box.more else 0)

    def spots(self, box: Box, middle: float, columns: int) -> list[tuple[int, float]]:
        """Return column and height of each leaf, read down the columns."""
        rows = -(-len(box.leaves) // columns)
        top = middle - (self.row * rows + (18 if box.more else 0)) / 2
        return [(at // rows, top + self.row * (at % rows + 0.5)) for at in range(len(box.leaves))]


ROOMY = Measures(
    row=68,
    pad=12,
    small=48,
    whole=72,
    goal=104,
    card=288,
    text_at=72,
    name=29,
    note=35,
    label=17,
    letters=15,
    leading=17,
    badge_room=132,
    between=58,
)
CROWDED = Measures(
    row=54,
    pad=10,
    small=36,
    whole=56,
    goal=88,
    card=256,
    text_at=56,
    name=28,
    note=32,
    label=18,
    letters=14,
    leading=16,
    badge_room=128,
    between=70,
)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where columns begin and end, and how far down everything is moved."""

    left: tuple[float, ...]
    widths: tuple[float, ...]
    gates: tuple[float, ...]
    badge_room: float
    width: float
    height: float
    down: float

    @classmethod
    def around(cls, graph: Graph, layout: Layout, measures: Measures) -> "Frame":
        """Return the frame of a laid-out graph."""
        count = max(layout.columns.values(), default=0) + 1
        widths, gates = [0.0] * count, [0.0] * count
        for key, column in layout.columns.items():
            if key not in graph.boxes:
                gates[column] = max(gates[column], _gate_room(graph.nodes[key].branch))
        for key, column in layout.columns.items():
            widths[column] = max(widths[column], _room(graph, key, gates[column], measures))
        left, x = [], MARGIN
        for width in widths:
            left.append(x)
            x += width + measures.between
        return cls(
            tuple(left),
            tuple(widths),
            tuple(gates),
            measures.badge_room,
            x - measures.between + MARGIN,
            layout.bottom - layout.top + 2 * MARGIN,
            MARGIN - layout.top,
        )

    def right(self, column: int) -> float:
        """Return where a column ends."""
        return self.left[column] + self.widths[column]

    def gate(self, column: int) -> float:
        """Return the middle of the gates of a column."""
        return self.left[column] + self.gates[column] / 2

    def badge(self, column: int) -> float:
        """Return the middle of the badges of a column."""
        gates = self.gates[column]
        return self.left[column] + gates + (18 if gates else 0) + self.badge_room / 2


def _room(graph: Graph, key: tuple[str, ...], gates: float, measures: Measures) -> float:
    box: Mapping[tuple[str, ...], Box] = graph.boxes
    if key in box:
        return measures.card * box[key].columns(crowded=graph.crowded)
    branch = graph.nodes[key].branch
    if branch.look is None:
        return gates
    if not branch.parts and key != graph.goal:
        return measures.card
    return gates + (18 if gates else 0) + measures.badge_room


def gate_width(gate: str) -> float:
    """Return how wide the pill around a rule is."""
    return max(48.0, 7.0 * len(gate) + 20)


def _gate_room(branch: Branch) -> float:
    if branch.look is not None and not branch.parts:
        return 0.0
    under = (len(line) * 6.0 for line in subs_of(branch))
    return max(gate_width(branch.gate), *under, 0.0)


def subs_of(branch: Branch) -> tuple[str, ...]:
    """Return what stands under a gate: the name of a group that is no achievement, how far it is, what else it asks."""
    name = () if branch.look or branch.title in (branch.asks, "") else lines(branch.title, 16, 2)
    said = "" if branch.standing == "waived" else branch.tally if branch.needed > 1 else ""
    state = branch.words if branch.look is None and branch.standing in ("waived", "locked") else ""
    return (*name, *filter(None, (said, *branch.terms, state)))
