"""A pathway drawn from left to right: what can be earned, the gates it passes, what it adds up to.

The outline says the same in words and is the primary form. On a page the picture is hidden from assistive technology;
standing alone it carries the outline as its description. Colours are the page's own where it has them, and ours
where it has not, so that one drawing serves a page and an ``<img>``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from clr.drawing.badges import badge_svg, printable
from clr.drawing.graphs import Box, Graph, Line, Node, graph_of
from clr.drawing.layers import Extent, Key, Layout, laid_out
from clr.drawing.lettering import lines
from clr.drawing.outlines import Branch
from clr.drawing.placing import CROWDED, ROOMY, Frame, Measures, gate_width, subs_of
from clr.drawing.readings import read_aloud
from clr.drawing.themes import Paint, paint_of

DEFAULT = paint_of("#00693e", "#3a3f9a")
"""Colours where an institution has not said which are its own."""

ALONE = ":root{color-scheme:light dark}"
"""The one style of a drawing that stands alone, a constant, so that a policy can name it by its hash."""

_WIDTHS = (36, 48, 60, 72, 84, 96, 108, 120)
"""How narrow a page may make a drawing, in rem, before it is scrolled instead."""


def pathway_svg(goal: Branch, *, paint: Paint = DEFAULT) -> str:
    """Return the drawing of a goal, to stand in a page beside its outline."""
    drawing = _Drawing(graph_of(goal), paint)
    least = max((width for width in _WIDTHS if width * 16 <= drawing.frame.width * 0.84), default=30)
    opened = f'class="pathway fit-{least}" aria-hidden="true"'
    return drawing.svg(opened, "")


def pathway_image(goal: Branch, headline: str, *, paint: Paint = DEFAULT) -> str:
    """Return the drawing of a goal, to stand alone; its description says what the outline says."""
    drawing = _Drawing(graph_of(goal), paint)
    said = escape(printable(", ".join(filter(None, (goal.title, f"{headline[:1].lower()}{headline[1:]}")))))
    told = escape(printable(read_aloud(goal)))
    about = (
        f'<title id="t">{said}</title><desc id="d">{told}</desc><style>{ALONE}</style>'
        f'<rect width="100%" height="100%" fill="{paint.ground}"/>'
    )
    return drawing.svg('role="img" aria-labelledby="t" aria-describedby="d"', about)


@dataclass(frozen=True, slots=True)
class _Text:
    """One line of lettering."""

    words: str
    x: float
    y: float
    centred: bool = False

    def svg(self) -> str:
        how = ' text-anchor="middle"' if self.centred else ""
        return f'<text x="{self.x:.0f}" y="{self.y:.0f}"{how}>{escape(printable(self.words))}</text>'


class _Drawing:
    """One graph with the place of everything in it, drawn layer upon layer: boxes, lines, gates, badges, words."""

    def __init__(self, graph: Graph, paint: Paint) -> None:
        self.graph, self.paint = graph, paint
        self.measures: Measures = CROWDED if graph.crowded else ROOMY
        extents = {key: self._extent(key) for key in graph.units()}
        self.layout: Layout = laid_out(extents, graph.links())
        self.frame = Frame.around(graph, self.layout, self.measures)
        self.unit = graph.unit_of()
        self.names: list[_Text] = []
        self.dim: list[_Text] = []
        self.notes: list[_Text] = []
        self.gates: list[_Text] = []
        self.boxes: list[str] = []
        self.pills: list[str] = []
        self.badges: list[str] = []

    def svg(self, opened: str, about: str) -> str:
        """Return the whole drawing."""
        for key in self.layout.columns:
            if key in self.graph.boxes:
                self._box(self.graph.boxes[key])
            else:
                self._node(self.graph.nodes[key])
        paint, letters = self.paint, self.measures.letters
        width, height = self.frame.width, self.frame.height
        layers = (
            ("boxes", f'fill="{paint.page}" stroke="{paint.line}"', self.boxes),
            ("lines", 'fill="none"', self._lines()),
            ("pills", f'fill="{paint.page}" stroke="{paint.line_2}"', self.pills),
            ("badges", "", self.badges),
            ("names", f'font-family="{paint.serif}" font-size="{letters}" fill="{paint.ink}"', self.names),
            (
                "names dim",
                f'font-family="{paint.serif}" font-size="{letters}" fill="{paint.ink_3}"',
                self.dim,
            ),
            ("notes", f'font-family="{paint.sans}" font-size="12" fill="{paint.ink_3}"', self.notes),
            (
                "rules",
                f'font-family="{paint.sans}" font-size="12" font-weight="700" fill="{paint.ink}"',
                self.gates,
            ),
        )
        inside = "".join(_layer(*layer) for layer in layers)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {opened} width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}">{about}{inside}</svg>'
        )

    # Extents

    def _extent(self, key: Key) -> Extent:
        measures = self.measures
        box = self.graph.boxes.get(key)
        if box is not None:
            half = measures.box_height(box, crowded=self.graph.crowded) / 2
            return Extent(half, half)
        branch = self.graph.nodes[key].branch
        if branch.look is None:
            return Extent(18, 22 + 15 * len(subs_of(branch)))
        if not branch.parts and not self._goal(key):
            half = measures.row / 2 + measures.pad
            return Extent(half, half)
        size = measures.size(goal=self._goal(key))
        label = lines(branch.title, measures.label, 3)
        words = measures.leading * len(label) + (15 if branch.words else 0)
        rule = 22 + 15 * len(subs_of(branch))
        return Extent(size / 2 + 4, max(size / 2 + 8 + words, rule))

    def _goal(self, key: Key) -> bool:
        return key == self.graph.goal

    def _at(self, key: Key) -> float:
        return self.layout.heights[key] + self.frame.down

    # Nodes

    def _box(self, box: Box) -> None:
        """Draw a box of leaves; read down its columns."""
        measures, x, middle = self.measures, self.frame.left[self.layout.columns[box.key]], self._at(box.key)
        columns = box.columns(crowded=self.graph.crowded)
        height = measures.box_height(box, crowded=self.graph.crowded)
        self._paper(x, middle - height / 2, measures.card * columns, height)
        for leaf, (column, y) in zip(box.leaves, measures.spots(box, middle, columns), strict=True):
            self._card(leaf, x + measures.card * column, y)
        if box.more:
            self.notes.append(
                _Text(f"and {box.more} more in the outline", x + measures.text_at, middle + height / 2 - 12)
            )

    def _paper(self, x: float, y: float, width: float, height: float) -> None:
        self.boxes.append(
            f'<rect class="group" x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}" rx="3"/>'
        )

    def _card(self, leaf: Node, x: float, y: float) -> None:
        """Draw a badge with its name and its state to the right."""
        measures, branch = self.measures, leaf.branch
        self.badges.append(self._badge(leaf, x + measures.pad, y - measures.small / 2, measures.small))
        name = lines(branch.title, measures.name, 2)
        note = note_of(leaf)
        notes = lines(note, measures.note, 3 - len(name)) if note else ()
        top = y - (measures.leading * len(name) + 14 * len(notes)) / 2
        into = self.dim if branch.aside else self.names
        for n, line in enumerate(name):
            into.append(_Text(line, x + measures.text_at, top + measures.leading * (n + 0.78)))
        top += measures.leading * len(name)
        for n, line in enumerate(notes):
            self.notes.append(_Text(line, x + measures.text_at, top + 14 * n + 12))

    def _node(self, node: Node) -> None:
        branch, column, y = node.branch, self.layout.columns[node.key], self._at(node.key)
        measures, frame = self.measures, self.frame
        if branch.look is not None and not branch.parts and not self._goal(node.key):
            height = measures.row + 2 * measures.pad
            self._paper(frame.left[column], y - height / 2, measures.card, height)
            self._card(node, frame.left[column], y)
            return
        if branch.parts or branch.look is None:
            self._gate(node, column, y)
        if branch.look is not None:
            self._stack(node, column, y)

    def _gate(self, node: Node, column: int, y: float) -> None:
        """Draw the rule between the parts and the whole, in its short form."""
        branch, width = node.branch, gate_width(node.branch.gate)
        x = self.frame.gate(column)
        on = f' class="on" stroke="{self.paint.brand}" stroke-width="2"' if _full(branch) else ""
        known = "" if branch.look else f' data-node="{escape(printable("/".join(node.key)))}"'
        self.pills.append(
            f'<rect{on}{known} x="{x - width / 2:.0f}" y="{y - 14:.0f}" width="{width:.0f}" height="28" rx="14"/>'
        )
        self.gates.append(_Text(branch.gate, x, y + 4, centred=True))
        for n, line in enumerate(subs_of(branch)):
            self.notes.append(_Text(line, x, y + 30 + 15 * n, centred=True))

    def _stack(self, node: Node, column: int, y: float) -> None:
        """Draw a badge with its name and its state below."""
        branch, measures = node.branch, self.measures
        size, x = measures.size(goal=self._goal(node.key)), self.frame.badge(column)
        self.badges.append(self._badge(node, x - size / 2, y - size / 2, size))
        y += size / 2 + 4
        into = self.dim if branch.aside else self.names
        for line in lines(branch.title, measures.label, 3):
            y += measures.leading
            into.append(_Text(line, x, y, centred=True))
        if branch.words:
            said = lines(note_of(node), measures.label + 4, 1)[0]
            self.notes.append(_Text(said, x, y + 16, centred=True))

    def _badge(self, node: Node, x: float, y: float, size: int) -> str:
        branch, look = node.branch, node.branch.look
        if look is None:
            return ""
        drawn = badge_svg(
            look.name,
            look.kind,
            colour=look.colour,
            state=branch.finish,
            done=branch.done,
            steps=branch.steps,
            glyph=look.glyph,
            left=branch.left,
            label="",
            small=size <= measures_small(self.measures),
        )
        known = f'data-node="{escape(printable("/".join(node.key)))}" '
        placed = f'<svg {known}x="{x:.0f}" y="{y:.0f}" width="{size}" height="{size}" '
        return drawn.replace("<svg ", placed, 1).replace(' class="badge-art"', "", 1)

    # Lines

    def _lines(self) -> list[str]:
        """Draw every line, those that count last and so on top."""
        drawn: dict[str, dict[str, None]] = {kind: {} for kind in ("", "after", "next", "on")}
        for line in self.graph.lines:
            drawn[_how(line)][self._way(line)] = None
        paint = self.paint
        styles = {
            "": f'stroke="{paint.edge}" stroke-width="1.5"',
            "after": f'stroke="{paint.ink_3}" stroke-width="1.5" stroke-dasharray="6 4"',
            "next": f'stroke="{paint.accent}" stroke-width="2.5" stroke-dasharray="2 5" stroke-linecap="round"',
            "on": f'stroke="{paint.brand}" stroke-width="2.5"',
        }
        inner = [
            _layer(f"edge {kind}".strip(), styles[kind], [f'<path d="{way}"/>' for way in ways])
            for kind, ways in drawn.items()
        ]
        return [*inner, *self._connectors(), *self._arrows()]

    def _way(self, line: Line) -> str:
        """Return the path of a line: level within columns, bent only between them."""
        frame, layout = self.frame, self.layout
        source, target = self.unit[line.source], self.unit[line.target]
        column, x, y = layout.columns[source], *self._leaves_at(line.source)
        way, last = [f"M{x:.0f} {y:.0f}"], y
        for lane in (*layout.lanes[source, target], layout.heights[target]):
            start, end, height = frame.right(column), frame.left[column + 1], lane + frame.down
            half = (end - start) / 2
            way.append(f"H{start:.0f}")
            way.append(f"C{start + half:.0f} {last:.0f} {end - half:.0f} {height:.0f} {end:.0f} {height:.0f}")
            column, last = column + 1, height
        way.append(f"H{self._arrives_at(line.target):.0f}")
        return "".join(way)

    def _leaves_at(self, key: Key) -> tuple[float, float]:
        """Return where lines leave a node."""
        unit, measures = self.unit[key], self.measures
        column, y = self.layout.columns[unit], self._at(unit)
        box, branch = self.graph.boxes.get(unit), self.graph.nodes[key].branch
        if box is not None:
            columns = box.columns(crowded=self.graph.crowded)
            spots = dict(zip((leaf.key for leaf in box.leaves), measures.spots(box, y, columns), strict=True))
            return self.frame.left[column] + measures.card * columns, spots[key][1] if columns == 1 else y
        if branch.look is None:
            return self.frame.gate(column) + gate_width(branch.gate) / 2, y
        if not branch.parts:
            return self.frame.left[column] + measures.card, y
        return self.frame.badge(column) + measures.size(goal=self._goal(key)) / 2 + 4, y

    def _arrives_at(self, key: Key) -> float:
        unit, branch = self.unit[key], self.graph.nodes[key].branch
        column = self.layout.columns[unit]
        if branch.parts or branch.look is None:
            return self.frame.gate(column) - gate_width(branch.gate) / 2
        if self._goal(key):
            return self.frame.badge(column) - self.measures.size(goal=True) / 2 - 4
        return self.frame.left[column]

    def _connectors(self) -> Iterator[str]:
        """Draw the short lines from a gate to its badge."""
        for key, node in self.graph.nodes.items():
            branch = node.branch
            if not branch.parts or branch.look is None or key not in self.layout.columns:
                continue
            column, y = self.layout.columns[key], self._at(key)
            start = self.frame.gate(column) + gate_width(branch.gate) / 2
            end = self.frame.badge(column) - self.measures.size(goal=self._goal(key)) / 2 - 3
            colour, width = (self.paint.brand, 2.5) if _full(branch) else (self.paint.edge, 1.5)
            yield f'<path stroke="{colour}" stroke-width="{width}" d="M{start:.0f} {y:.0f}H{end:.0f}"/>'

    def _arrows(self) -> Iterator[str]:
        """Draw what a prerequisite leads to: an arrow, and while it is shut a padlock upon it."""
        for line in self.graph.lines:
            if line.kind == "part":
                continue
            x, y = self._arrives_at(line.target), self._at(self.unit[line.target])
            colour = self.paint.ink_3
            yield f'<path fill="{colour}" d="M{x:.0f} {y:.0f}l-9 -5v10z"/>'
            if line.kind == "strict" and not line.branch.met:
                yield (
                    f'<g class="lock" fill="{self.paint.ground}" stroke="{colour}" stroke-width="1.6">'
                    f'<path d="M{x - 22:.0f} {y - 1:.0f}v-3.500a3.500 3.500 0 0 1 7 0v3.500"/>'
                    f'<rect x="{x - 24:.0f}" y="{y - 2:.0f}" width="11" height="8" rx="1" fill="{colour}"/></g>'
                )


def measures_small(measures: Measures) -> int:
    """Return up to which size a badge is drawn without its engraving."""
    return max(measures.small, 48)


def _layer(kind: str, how: str, inside: Iterable[str | _Text]) -> str:
    drawn = "".join(one.svg() if isinstance(one, _Text) else one for one in inside)
    return f'<g class="{kind}"{" " if how else ""}{how}>{drawn}</g>' if drawn else ""


def _full(branch: Branch) -> bool:
    return branch.standing != "shown" and (branch.met or branch.earned == branch.needed > 0)


def _how(line: Line) -> str:
    if line.kind != "part":
        return "after"
    if line.branch.met and line.branch.counted:
        return "on"
    return "next" if line.branch.standing == "next" else ""


def note_of(node: Node) -> str:
    """Return what stands under a name: why it does not count, what comes first, by what it is met; else its state."""
    branch, words = node.branch, _states(node)
    told = branch.notes[0] if branch.notes and not branch.aside else ""
    if branch.standing == "expiring" or (told and told.startswith(words)):
        return told or words
    if branch.standing in ("done", "spare") and branch.proofs and not told:
        return branch.proofs[0].words
    if branch.standing in ("unfit", "lapsed", "locked"):
        return ": ".join(filter(None, (words, _within(told))))
    return ", ".join(filter(None, (words, branch.category, _within(told))))


def _within(sentence: str) -> str:
    """Return a sentence as it goes on after another; its first word is never a name."""
    return sentence[:1].lower() + sentence[1:]


def _states(node: Node) -> str:
    """Return the state of a node; both, where it is met in one place and still asked for in another."""
    words = node.branch.words
    open_still = [place for place in node.places if not place.met and not place.aside]
    if node.branch.standing == "waived" and open_still:
        return f"{words}; elsewhere {open_still[0].words.lower()}"
    return words
