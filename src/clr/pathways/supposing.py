"""Awards that nobody gave yet: what a learner would hold if she earned something now, and did it well."""

from datetime import datetime
from decimal import Decimal

from clr.ids import AchievementId, AwardId
from clr.pathways.awards import HeldAward, HeldResult
from clr.pathways.graph import StackingGraph

SUPPOSED = AwardId("supposed")
_BEST = Decimal("Infinity")


def supposed(
    graph: StackingGraph, achievement: AchievementId, *, at: datetime, version: int = 0
) -> HeldAward:
    """Return an award earned at ``at`` with every result that is asked for anywhere, in a version that counts."""
    asked = graph.asked_of(achievement)
    levels = frozenset(filters.level for filters in asked if filters.level is not None)
    described = {filters.result or "" for filters in asked}
    lowest = max((filters.min_version or 0 for filters in asked), default=0)
    return HeldAward(
        SUPPOSED,
        achievement,
        version,
        at,
        revision=max(lowest, 1),
        results=tuple(HeldResult(result, _BEST, levels) for result in sorted(described)),
    )
