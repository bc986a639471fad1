"""Explanations as data: the tree of clauses that the API, pages and stored milestones all carry."""

from collections.abc import Iterator, Mapping
from typing import Any

from clr.ids import AchievementId
from clr.pathways import Clause, says


def achievements_told(clause: Clause) -> Iterator[AchievementId]:
    """Yield every achievement that a clause and its parts name."""
    waiting = [clause]
    while waiting:
        told = waiting.pop()
        if told.achievement is not None:
            yield told.achievement
        waiting += told.parts


def clause_json(clause: Clause, names: Mapping[AchievementId, str]) -> dict[str, Any]:
    """Return one clause and its parts in the form clients rely on; names are those of this moment."""
    return {
        "id": clause.id,
        "kind": clause.kind,
        "name": clause.name or (names.get(clause.achievement) if clause.achievement else None),
        "achievement_id": clause.achievement,
        "policy": clause.policy,
        "says": says(clause, lambda achievement: names.get(achievement, achievement)),
        "earned": clause.earned,
        "needed": clause.needed,
        "basis_points": clause.basis_points,
        "steps_left": clause.steps_left,
        "steps_exact": clause.steps_exact,
        "complete": clause.complete,
        "eligible": clause.eligible,
        "weight": clause.weight,
        "counted": clause.counted,
        "on_route": clause.on_route,
        "satisfied_by": list(clause.satisfied_by),
        "failed": {"filter": clause.failed.filter, "says": clause.failed.says} if clause.failed else None,
        "earned_on": clause.earned_on.isoformat() if clause.earned_on else None,
        "parts": [clause_json(part, names) for part in clause.parts],
    }
