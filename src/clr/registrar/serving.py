"""Which pathways one achievement serves: the same badge counts in every one that asks for it."""

from collections.abc import Mapping

from sqlmodel import Session

from clr.ids import AchievementId, PathwayId
from clr.registrar import authoring, graphs
from clr.registrar.graphs import ByCatalogue


def _served(snapshot: Session) -> Mapping[AchievementId, Mapping[PathwayId, str]]:
    graph = graphs.current_graph(snapshot)
    found: dict[AchievementId, dict[PathwayId, str]] = {}
    for key, version in authoring.published(snapshot).items():
        for achievement in graph.below(version.draft.goal, graph.view(version.stacks)):
            found.setdefault(achievement, {})[key] = version.draft.name
    return found


pathways_served = ByCatalogue(_served)
"""Return, by achievement, the names of the published pathways in whose newest version it counts."""
