"""Nodes of the compiled graph evaluated for a row of learners: the rules of :mod:`clr.pathways.compiled` on numbers in rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clr.ids import AchievementId
from clr.pathways.columns import Counts, Mask
from clr.pathways.compiled import (
    ALL,
    AUTO,
    FILTERED,
    GATED,
    JUDGED,
    ONE,
    ORDERED,
    SOME,
    WEIGHED,
    Node,
)
from clr.pathways.progress import S

FEW = 64
"""Comparisons up to which taking the best of some rows one by one is quicker than sorting them."""

_LARGEST = np.iinfo(np.int32).max

Pair = tuple[Counts, Counts]
"""Basis points and steps of some learners."""


@dataclass(frozen=True, slots=True)
class Block:
    """Figures of some learners, one in each column; valid until the next block is evaluated."""

    points: Counts
    steps: Counts
    place: Mapping[AchievementId, int]
    clauses: Mapping[str, int]

    def of(self, achievement: AchievementId) -> Pair:
        """Return basis points and steps left of an achievement."""
        return self.at(self.place[achievement])

    def at(self, place: int) -> Pair:
        """Return basis points and steps left of a node."""
        return self.points[place], self.steps[place]


def _auto(node: Node, rows: Block, points: Counts, steps: Counts) -> None:
    (own,) = node[1]
    points[:], steps[:] = rows.at(own)


def _judged(node: Node, rows: Block, points: Counts, steps: Counts) -> None:
    (own,) = node[1]
    np.multiply(rows.points[own], 9, out=points)
    np.floor_divide(points, 10, out=points)
    np.add(rows.steps[own], 1, out=steps)


def _all(node: Node, rows: Block, points: Counts, steps: Counts) -> None:
    _, children, count, _, _ = node
    _total(rows.points, children, points)
    np.floor_divide(points, count, out=points)
    _total(rows.steps, children, steps)


def _weighed(node: Node, rows: Block, points: Counts, steps: Counts) -> None:
    _, children, count, weights, _ = node
    wide: NDArray[Any] = np.zeros(len(points), dtype=np.int32 if count * S <= _LARGEST else np.int64)
    for child, weight in zip(children, weights, strict=True):
        wide += rows.points[child].astype(wide.dtype, copy=False) * weight
    np.floor_divide(wide, count, out=points, casting="unsafe")
    _total(rows.steps, children, steps)


def _one(node: Node, rows: Block, points: Counts, steps: Counts) -> None:
    first, *rest = node[1]
    points[:], steps[:] = rows.at(first)
    for child in rest:
        np.maximum(points, rows.points[child], out=points)
        np.minimum(steps, rows.steps[child], out=steps)


def _some(node: Node, rows: Block, points: Counts, steps: Counts) -> None:
    _, children, count, _, _ = node
    _largest(rows.points, children, count, points)
    np.floor_divide(points, count, out=points)
    _smallest(rows.steps, children, count, steps)


def _filtered(node: Node, rows: Block, points: Counts, steps: Counts) -> None:
    _, children, _, (has_own, *passes), _ = node
    points[:], steps[:] = 0, 1
    if has_own:
        np.minimum(rows.points[children[0]], S - 1, out=points)
        np.maximum(rows.steps[children[0]], 1, out=steps)
    for child, through in zip(children, passes, strict=True):
        if through:
            done = rows.points[child] == S
            points[done], steps[done] = S, 0


def _gated(node: Node, rows: Block, points: Counts, steps: Counts) -> None:
    part, gate = node[1]
    closed: Mask = rows.points[gate] != S
    points[:], steps[:] = rows.at(part)
    points[closed] = 0
    steps[closed] += rows.steps[gate][closed]


def _ordered(node: Node, rows: Block, points: Counts, steps: Counts) -> None:
    gate, *own = node[1]
    points[:], steps[:] = 0, 1
    if own:
        np.minimum(rows.points[own[0]], S - 1, out=points)
        np.maximum(rows.steps[own[0]], 1, out=steps)
    closed: Mask = rows.points[gate] != S
    points[closed] = 0
    steps[closed] += rows.steps[gate][closed]


RULES: Mapping[int, Callable[[Node, Block, Counts, Counts], None]] = {
    AUTO: _auto,
    JUDGED: _judged,
    ALL: _all,
    WEIGHED: _weighed,
    ONE: _one,
    SOME: _some,
    FILTERED: _filtered,
    GATED: _gated,
    ORDERED: _ordered,
}
"""How the common kinds of nodes are evaluated, a row at a time."""


def _total(figures: Counts, children: Sequence[int], out: Counts) -> None:
    """Write the sum of some rows."""
    first, *rest = children
    out[:] = figures[first]
    for child in rest:
        out += figures[child]


def _largest(figures: Counts, children: Sequence[int], count: int, out: Counts) -> None:
    """Write the sum of the ``count`` largest of some rows, in each column."""
    _extremes(figures, children, count, out, (np.maximum, np.minimum))


def _smallest(figures: Counts, children: Sequence[int], count: int, out: Counts) -> None:
    """Write the sum of the ``count`` smallest of some rows, in each column."""
    _extremes(figures, children, count, out, (np.minimum, np.maximum))


def _extremes(
    figures: Counts, children: Sequence[int], count: int, out: Counts, ends: tuple[np.ufunc, np.ufunc]
) -> None:
    """Take the extremes at one end one after the other, or those at the other end away, whichever are fewer."""
    spare = len(children) - count
    if min(spare, count) * len(children) > FEW:
        ranked = np.sort(figures[list(children)], axis=0)
        best = ranked[spare:] if ends[0] is np.maximum else ranked[:count]
        best.sum(axis=0, out=out, dtype=np.int32)
    elif spare < count:
        _total(figures, children, out)
        for extreme in _taken(figures, children, spare, (ends[1], ends[0])):
            out -= extreme
    else:
        out[:] = 0
        for extreme in _taken(figures, children, count, ends):
            out += extreme


def _taken(
    figures: Counts, children: Sequence[int], count: int, ends: tuple[np.ufunc, np.ufunc]
) -> Iterator[Counts]:
    """Yield the ``count`` extremes of some rows, one row after the other."""
    better, worse = ends
    left = [figures[child] for child in children]
    for _ in range(count):
        best, remaining = left[0], []
        for row in left[1:]:
            remaining.append(worse(best, row))
            best = better(best, row)
        yield best
        left = remaining
