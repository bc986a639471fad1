"""One award, one use: filling slots so that no achievement stands for two of them.

A bipartite matching by augmenting paths. The sets of achievements that can fill slots at once form a transversal
matroid, so taking the cheapest first, whenever all taken so far still find a slot, gives the cheapest set there is.
"""

from collections.abc import Hashable, Sequence
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)


def assigned(slots: Sequence[Sequence[Item]], order: Sequence[Item], count: int) -> dict[int, Item]:
    """Return which item fills which slot: items in ``order``, as long as ``count`` are not filled.

    ``slots`` says which items each slot takes. The same arguments give the same answer. O(items x slots x choices).
    """
    takes: dict[Item, list[int]] = {}
    for slot, items in enumerate(slots):
        for item in items:
            takes.setdefault(item, []).append(slot)
    filled: dict[int, Item] = {}
    for item in order:
        if len(filled) == count:
            break
        _place(item, takes, filled)
    return filled


def _place(item: Item, takes: dict[Item, list[int]], filled: dict[int, Item]) -> None:
    """Find a slot for ``item``, moving others on the shortest way, or leave all as it was."""
    came_from: dict[int, tuple[Item, int | None]] = {}
    waiting: list[tuple[Item, int | None]] = [(item, None)]
    for wanting, leaving in waiting:
        for slot in takes.get(wanting, ()):
            if slot in came_from:
                continue
            came_from[slot] = (wanting, leaving)
            if slot not in filled:
                _shift(slot, came_from, filled)
                return
            waiting.append((filled[slot], slot))


def _shift(free: int, came_from: dict[int, tuple[Item, int | None]], filled: dict[int, Item]) -> None:
    slot: int | None = free
    while slot is not None:
        item, left = came_from[slot]
        filled[slot] = item
        slot = left
