"""A layered layout: what leads to something stands in a column to its left, and lines keep lanes of their own.

Three steps, each simple: columns by the longest way to a unit; order within columns by the mean place of neighbours,
kept only where fewer lines cross; heights as near to the neighbours as order and distance allow.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Key = tuple[str, ...]
Link = tuple[Key, Key]

SWEEPS, SETTLING = 10, 14
"""Sweeps over the columns: to find a better order, and to find the heights."""

LANE, APART = 7.0, 18.0
"""Room on each side of a passing line, and between two units."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a unit reaches above and below the line that leaves it."""

    above: float
    below: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands: ``columns`` and ``heights`` of units, and for each link the heights of its lanes.

    A link from column 2 to column 5 has a lane in column 3 and one in column 4.
    """

    columns: Mapping[Key, int]
    heights: Mapping[Key, float]
    lanes: Mapping[Link, tuple[float, ...]]
    top: float
    bottom: float


@dataclass(slots=True)
class _Web:
    """Units and lanes by column, and the short lines between neighbouring columns."""

    columns: dict[Key, int]
    rows: list[list[Key]]
    left: dict[Key, list[Key]] = field(default_factory=lambda: defaultdict(list))
    right: dict[Key, list[Key]] = field(default_factory=lambda: defaultdict(list))

    def join(self, one: Key, other: Key) -> None:
        if other not in self.right[one]:
            self.right[one].append(other)
            self.left[other].append(one)


def laid_out(units: Mapping[Key, Extent], links: Sequence[Link]) -> Layout:
    """Return where units stand, given in reading order; ``links`` must close no circle."""
    web = _woven(units, links)
    _arrange(web)
    extents = {key: units.get(key, Extent(LANE, LANE)) for row in web.rows for key in row}
    heights = _heights(web, extents)
    lanes = {
        (source, target): tuple(
            heights[_lane(source, column)] for column in range(web.columns[source] + 1, web.columns[target])
        )
        for source, target in links
    }
    top = min((heights[key] - extents[key].above for key in extents), default=0.0)
    bottom = max((heights[key] + extents[key].below for key in extents), default=0.0)
    return Layout({key: web.columns[key] for key in units}, heights, lanes, top, bottom)


def _lane(source: Key, column: int) -> Key:
    """Return the key of the lane by which everything from ``source`` passes ``column``, however many it leads to."""
    return ("lane", str(column), *source)


def _woven(units: Mapping[Key, Extent], links: Sequence[Link]) -> _Web:
    columns = _columns(units, links)
    rows: list[list[Key]] = [[] for _ in range(max(columns.values(), default=-1) + 1)]
    farthest: dict[Key, int] = {}
    for source, target in links:
        farthest[source] = max(farthest.get(source, 0), columns[target])
    for key in units:
        rows[columns[key]].append(key)
        for column in range(columns[key] + 1, farthest.get(key, 0)):
            rows[column].append(_lane(key, column))
    web = _Web(columns, rows)
    for source, target in links:
        way = [_lane(source, column) for column in range(columns[source] + 1, columns[target])]
        for one, other in zip([source, *way], [*way, target], strict=True):
            web.join(one, other)
    return web


def _columns(units: Iterable[Key], links: Sequence[Link]) -> dict[Key, int]:
    """Return the length of the longest way to each unit."""
    before: dict[Key, list[Key]] = defaultdict(list)
    for source, target in links:
        before[target].append(source)
    found: dict[Key, int] = {}

    def column(key: Key) -> int:
        if key not in found:
            found[key] = 1 + max((column(other) for other in before[key]), default=-1)
        return found[key]

    return {key: column(key) for key in units}


def _arrange(web: _Web) -> None:
    """Put each column in the order in which fewest lines cross; the order given stays where no other is better."""
    best, fewest = [list(row) for row in web.rows], _crossings(web)
    for sweep in range(SWEEPS if fewest else 0):
        _sort_by_neighbours(web, rightwards=sweep % 2 == 0)
        _exchange(web)
        crossing = _crossings(web)
        if crossing < fewest:
            best, fewest = [list(row) for row in web.rows], crossing
    web.rows[:] = best


def _sort_by_neighbours(web: _Web, *, rightwards: bool) -> None:
    beside = web.left if rightwards else web.right
    for row in web.rows if rightwards else reversed(web.rows):
        place = _places(web)
        own = {
            key: sum(place[other] for other in beside[key]) / len(beside[key]) if beside[key] else place[key]
            for key in row
        }
        row.sort(key=own.__getitem__)


def _places(web: _Web) -> dict[Key, float]:
    """Return where everything stands in its column, from 0 to 1, so that columns of any length compare."""
    return {key: (at + 0.5) / len(row) for row in web.rows for at, key in enumerate(row)}


def _exchange(web: _Web) -> None:
    """Exchange neighbours as long as that uncrosses lines."""
    place = {key: at for row in web.rows for at, key in enumerate(row)}
    for row in web.rows:
        for _ in row:
            moved = False
            for at in range(len(row) - 1):
                one, other = row[at], row[at + 1]
                if _crossed(web, one, other, place) > _crossed(web, other, one, place):
                    row[at], row[at + 1] = other, one
                    place[one], place[other] = at + 1, at
                    moved = True
            if not moved:
                break


def _crossed(web: _Web, upper: Key, lower: Key, place: Mapping[Key, int]) -> int:
    return sum(
        place[one] > place[other]
        for beside in (web.left, web.right)
        for one in beside[upper]
        for other in beside[lower]
    )


def _crossings(web: _Web) -> int:
    """Return how many lines cross."""
    place = {key: at for row in web.rows for at, key in enumerate(row)}
    found = 0
    for row in web.rows:
        ends: list[int] = []
        for key in row:
            reached = [place[other] for other in web.right[key]]
            found += sum(len(ends) - bisect_right(ends, end) for end in reached)
            for end in reached:
                insort(ends, end)
    return found


def _heights(web: _Web, extents: Mapping[Key, Extent]) -> dict[Key, float]:
    """Return the height of everything: near its neighbours, in order, and at its distance."""
    heights: dict[Key, float] = {}
    for row in web.rows:
        offsets = _offsets(row, extents)
        middle = (offsets[-1] + extents[row[-1]].below - extents[row[0]].above) / 2 if row else 0.0
        heights |= {key: offset - middle for key, offset in zip(row, offsets, strict=True)}
    for sweep in range(SETTLING):
        rightwards = sweep % 2 == 1 or sweep == 0
        for row in web.rows if rightwards else reversed(web.rows):
            wanted = [_wanted(web, key, heights, rightwards=rightwards) for key in row]
            heights |= dict(zip(row, _in_order(wanted, _offsets(row, extents)), strict=True))
    return heights


def _wanted(web: _Web, key: Key, heights: Mapping[Key, float], *, rightwards: bool) -> tuple[float, float]:
    """Return the height that something would have by its neighbours alone, and how much that weighs."""
    beside = (web.left if rightwards else web.right)[key] or [key]
    weight = 6.0 if key[0] == "lane" else 1.0
    return sum(heights[other] for other in beside) / len(beside), weight


def _offsets(row: Sequence[Key], extents: Mapping[Key, Extent]) -> list[float]:
    """Return how far below the first of a column each must be at least."""
    found = [0.0] if row else []
    for upper, lower in pairwise(row):
        lanes = (upper[0] == "lane") + (lower[0] == "lane")
        gap = (APART, 6.0, 0.0)[lanes]
        found.append(found[-1] + extents[upper].below + gap + extents[lower].above)
    return found


def _in_order(wanted: Sequence[tuple[float, float]], offsets: Sequence[float]) -> list[float]:
    """Return the heights nearest to those wanted that keep order and distance (isotonic regression by pooling)."""
    pools: list[tuple[float, float, int]] = []
    for (height, weight), offset in zip(wanted, offsets, strict=True):
        mean, total, count = height - offset, weight, 1
        while pools and pools[-1][0] > mean:
            before, heavy, many = pools.pop()
            mean = (mean * total + before * heavy) / (total + heavy)
            total, count = total + heavy, count + many
        pools.append((mean, total, count))
    settled = [mean for mean, _, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(settled, offsets, strict=True)]
