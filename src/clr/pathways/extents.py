"""How high and how large a stack is once every stack it asks for is written out within it.

Explanations are written out so. Groups may nest to any depth that a reader, a picture and a stored explanation can
still follow; and a stack that several stacks ask for is written once for each of them, so that a few dozen stacks
could ask for more clauses than anybody will ever read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import networkx as nx

from clr.ids import AchievementId
from clr.pathways.requirements import Holds, Requirement, achievements_in

HEIGHT_LIMIT = 100
"""Clauses within clauses; JSON that clients and the store read ends at some 250 levels, of which each takes two."""

SIZE_LIMIT = 5_000
"""Clauses written out, each stack as often as it is asked for."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Clauses within one another, and clauses in all."""

    height: int
    size: int


_BADGE = Extent(0, 0)


def extents(stacks: Iterable[tuple[AchievementId, Requirement]]) -> Mapping[AchievementId, Extent]:
    """Return the extent of each achievement, by the largest of its requirements. There must be no loop."""
    requirements: dict[AchievementId, list[Requirement]] = {}
    network: nx.DiGraph[AchievementId] = nx.DiGraph()
    for achievement, requirement in stacks:
        requirements.setdefault(achievement, []).append(requirement)
        network.add_edges_from((part, achievement) for part in achievements_in(requirement))
    found: dict[AchievementId, Extent] = {}
    for achievement in nx.topological_sort(network):
        own = [_extent(requirement, found) for requirement in requirements.get(achievement, ())]
        height, size = (
            max((one.height for one in own), default=0),
            max((one.size for one in own), default=0),
        )
        found[achievement] = Extent(height, size)
    return found


def _extent(clause: Requirement, below: Mapping[AchievementId, Extent]) -> Extent:
    if isinstance(clause, Holds):
        asked = below.get(clause.achievement, _BADGE)
        return Extent(asked.height + 1, asked.size + 1)
    parts = [_extent(part.requirement, below) for part in clause.parts]
    parts += [_extent(part.after.requirement, below) for part in clause.parts if part.after]
    return Extent(1 + max((part.height for part in parts), default=0), 1 + sum(part.size for part in parts))
