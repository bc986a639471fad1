"""A pathway drawn from left to right: what can be earned, the gates it passes, what it adds up to.

The outline says the same in words and is the primary form; this picture is hidden from assistive technology.
Every branch keeps a band of its own, so that no two lines cross however deep the tree is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from textwrap import wrap

from clr.drawing.badges import badge_svg, printable
from clr.drawing.outlines import Branch, leading

ROW, GAP, PAD = 68, 20, 8
BOX_AT, BOX_END = 12, 296
GATE_AT, BADGE_AT, COLUMN = 350, 400, 190
SMALL, WHOLE, GOAL = 48, 72, 104
"""Measures in the units of the drawing: leaves in boxes, then a gate and a badge in every column."""

DEEPEST, MOST_LEAVES = 4, 6
"""Columns before deeper levels are folded into one leaf; leaves of one box before the rest is only counted."""

_EDGE = {"done": " on", "next": " next"}


@dataclass(frozen=True, slots=True)
class _Box:
    """Leaves side by side, as many as are shown, and how many are not."""

    leaves: tuple[Branch, ...]
    more: int

    @property
    def height(self) -> float:
        return ROW * len(self.leaves) + 2 * PAD + (20 if self.more else 0)


@dataclass(frozen=True, slots=True)
class _Stack:
    """A branch with its parts, laid out: its band is ``height``, and it stands in ``column``."""

    branch: Branch
    parts: "tuple[_Box | _Stack, ...]"
    size: int

    @property
    def column(self) -> int:
        return max((part.column + 1 for part in self.parts if isinstance(part, _Stack)), default=0)

    @property
    def inner(self) -> float:
        return sum(part.height for part in self.parts) + GAP * max(len(self.parts) - 1, 0)

    @property
    def height(self) -> float:
        lines = _lines(self.branch.title, 17) if self.branch.look else ()
        return max(self.inner, self.size + 2 * (18 * len(lines) + 10))


def pathway_svg(goal: Branch) -> str:
    """Return the drawing of a goal; levels too deep to follow are folded, and crowded boxes count their rest."""
    whole = _laid(goal, DEEPEST, GOAL)
    width = BADGE_AT + COLUMN * whole.column + GOAL + 48
    deep = " deep" if whole.column > 1 else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="pathway{deep}" aria-hidden="true" '
        f'width="{width * 1.1:.0f}" viewBox="0 0 {width} {whole.height + 2 * GAP:.0f}">{"".join(_stack(whole, GAP))}</svg>'
    )


def _laid(branch: Branch, levels: int, size: int) -> _Stack:
    parts: list[_Box | _Stack] = []
    for opens, run in groupby(branch.parts, lambda part: bool(part.parts) and levels > 1):
        if opens:
            parts += [_laid(part, levels - 1, WHOLE) for part in run]
        else:
            parts.append(_box([_folded(part) for part in run]))
    return _Stack(branch, tuple(parts), size if branch.look else 0)


def _box(leaves: list[Branch]) -> _Box:
    """Return a box of the leaves that matter most, in the order in which they are required."""
    kept = leading(leaves, MOST_LEAVES)
    return _Box(kept, len(leaves) - len(kept))


def _folded(branch: Branch) -> Branch:
    if not branch.parts:
        return branch
    return replace(branch, parts=(), says=f"{branch.words}, {branch.earned} of {branch.needed} inside")


def _stack(stack: _Stack, top: float) -> Iterator[str]:
    """Draw a stack and all below it; its line leaves at the middle of its band."""
    branch, middle = stack.branch, top + stack.height / 2
    gate = GATE_AT + COLUMN * stack.column
    below = top + (stack.height - stack.inner) / 2
    for part in stack.parts:
        if isinstance(part, _Box):
            yield from _leaves(part, below, gate - 24, middle)
        else:
            yield from _stack(part, below)
            yield _edge(_leaves_at(part), below + part.height / 2, gate - 24, middle, part.branch)
        below += part.height + GAP
    if stack.parts:
        yield from _gate(branch, gate, middle)
    if branch.look is not None:
        yield from _named(stack, BADGE_AT + COLUMN * stack.column, middle)


def _leaves_at(stack: _Stack) -> float:
    if stack.branch.look is None:
        return GATE_AT + COLUMN * stack.column + 24
    return BADGE_AT + COLUMN * stack.column + stack.size + 4


def _leaves(box: _Box, top: float, gate: float, middle: float) -> Iterator[str]:
    yield f'<rect class="group" x="{BOX_AT}" y="{top:.0f}" width="{BOX_END - BOX_AT}" height="{box.height:.0f}" rx="3"/>'
    for row, leaf in enumerate(box.leaves):
        y = top + PAD + ROW * (row + 0.5)
        yield _badge(leaf, BOX_AT + 12, y - SMALL / 2, SMALL)
        lines = _lines(leaf.title, 31)[:2]
        dim = "dim" if leaf.standing in ("choice", "needless", "optional") else ""
        for n, line in enumerate(lines):
            yield _text(line, BOX_AT + 72, y - 2 - 8 * (len(lines) - 1) + 16 * n, dim)
        yield _text(_note(leaf), BOX_AT + 72, y + 15 + 8 * (len(lines) - 1), "sub")
        yield _edge(BOX_END, y, gate, middle, leaf)
    if box.more:
        yield _text(f"and {box.more} more in the outline", BOX_AT + 72, top + box.height - 14, "sub")


def _note(leaf: Branch) -> str:
    said = leaf.proofs[0].words if leaf.standing in ("done", "spare") and leaf.proofs else leaf.words
    if "inside" in leaf.says:
        said = leaf.says
    return said if len(said) <= 36 else f"{said[:35].rstrip()}…"  # noqa: PLR2004  letters that fit the box


def _gate(branch: Branch, x: float, y: float) -> Iterator[str]:
    """Draw the rule between the parts and the whole, in its short form."""
    on = " on" if branch.earned == branch.needed else ""
    if branch.look is not None:
        yield f'<path class="edge{on}" d="M{x + 24} {y:.0f}H{x + 46}"/>'
    yield f'<rect class="gatebox{on}" x="{x - 24}" y="{y - 14:.0f}" width="48" height="28" rx="14"/>'
    yield _text(branch.gate, x, y + 4, "gate", centred=True)
    if branch.needed > 1:
        yield _text(f"{branch.earned} done", x, y + 30, "sub", centred=True)


def _named(stack: _Stack, x: float, middle: float) -> Iterator[str]:
    yield _badge(stack.branch, x, middle - stack.size / 2, stack.size)
    for n, line in enumerate(_lines(stack.branch.title, 17)):
        yield _text(line, x + stack.size / 2, middle + stack.size / 2 + 19 + 17 * n, "", centred=True)


def _badge(branch: Branch, x: float, y: float, size: int) -> str:
    look = branch.look
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
        label="",
        small=size <= SMALL,
    )
    placed = f'<svg x="{x:.0f}" y="{y:.0f}" width="{size}" height="{size}" '
    return drawn.replace("<svg ", placed, 1).replace(' class="badge-art"', "", 1)


def _edge(x: float, y: float, gate: float, middle: float, branch: Branch) -> str:
    """Draw a line that runs level in its own band, and bends only before the gate."""
    bend = max(x, gate - 30)
    reach = (gate - bend) * 0.75
    way = f"C{bend + reach:.0f} {y:.0f} {gate - reach:.0f} {middle:.0f} {gate:.0f} {middle:.0f}"
    level = f"H{bend:.0f}" if bend > x else ""
    how = _EDGE.get(branch.standing, "") if branch.counted or branch.standing == "next" else ""
    return f'<path class="edge{how}" d="M{x:.0f} {y:.0f}{level}{way}"/>'


def _text(words: str, x: float, y: float, kind: str, *, centred: bool = False) -> str:
    how = (f' class="{kind}"' if kind else "") + (' text-anchor="middle"' if centred else "")
    return f'<text{how} x="{x:.0f}" y="{y:.0f}">{escape(printable(words))}</text>'


def _lines(name: str, letters: int) -> tuple[str, ...]:
    """Return a name in at most three lines."""
    return tuple(wrap(printable(name), letters, max_lines=3, placeholder="…")) or ("?",)
