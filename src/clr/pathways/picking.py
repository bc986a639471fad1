"""Choosing parts in whole numbers: the cheapest few, from enough categories, or enough to reach a sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any


def cheapest(
    costs: Sequence[Any], count: int, categories: Sequence[str | None] = (), wanted: int = 0
) -> list[int]:
    """Return the places of the ``count`` smallest costs, of at least ``wanted`` categories; ties by place.

    The best of each category, the best ``wanted`` of those, then the best of the rest: no other choice is cheaper.
    """
    order = sorted(range(len(costs)), key=costs.__getitem__)
    if not wanted:
        return order[:count]
    first: dict[str | None, int] = {}
    for place in order:
        first.setdefault(categories[place], place)
    heads = list(first.values())[:wanted]  # in the order of their costs
    taken = set(heads)
    return [*heads, *[place for place in order if place not in taken][: count - len(heads)]]


@dataclass(frozen=True, slots=True)
class Offer:
    """What one part may still bring: each step costs ``cost`` and gains ``gains[n]`` the n-th time."""

    cost: int
    gains: tuple[int, ...]


def fewest(need: int, offers: Sequence[Offer]) -> tuple[int, dict[int, int]] | None:
    """Return the lowest cost that gains ``need``, and how often each offer is taken; ``None`` if all do not reach.

    Offers of one cost are taken from the largest gain down, so only the costs are searched through.
    """
    if need <= 0:
        return 0, {}
    best: dict[int, tuple[int, dict[int, int]]] = {0: (0, {})}
    for cost, gains in _by_cost(offers).items():
        best = _with_group(best, cost, gains, need)
    reached = [cost for cost, (gain, _) in best.items() if gain >= need]
    return (min(reached), best[min(reached)][1]) if reached else None


def _by_cost(offers: Sequence[Offer]) -> dict[int, list[tuple[int, int]]]:
    groups: dict[int, list[tuple[int, int]]] = {}
    for place, offer in enumerate(offers):
        groups.setdefault(offer.cost, []).extend((gain, place) for gain in offer.gains)
    return {cost: sorted(groups[cost], key=lambda one: (-one[0], one[1])) for cost in sorted(groups)}


def _with_group(
    before: dict[int, tuple[int, dict[int, int]]], cost: int, gains: list[tuple[int, int]], need: int
) -> dict[int, tuple[int, dict[int, int]]]:
    sums = list(accumulate(gain for gain, _ in gains))
    found = dict(before)
    for spent, (gained, taken) in before.items():
        for times, more in enumerate(sums, 1):
            if gained >= need:
                break
            at = spent + times * cost
            if at not in found or found[at][0] < gained + more:
                found[at] = gained + more, _counted(taken, gains[:times])
            if gained + more >= need:
                break
    return found


def _counted(taken: dict[int, int], gains: list[tuple[int, int]]) -> dict[int, int]:
    counts = dict(taken)
    for _, place in gains:
        counts[place] = counts.get(place, 0) + 1
    return counts
