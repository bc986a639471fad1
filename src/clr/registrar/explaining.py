"""Explanations as data: the tree of clauses that the API, pages and stored milestones all carry."""

from collections.abc import Iterator, Mapping
from typing import Any

from clr.ids import AchievementId
from clr.pathways import Clause, Failed, Gate, failed_says, says
from clr.pathways.wire import in_units


def achievements_told(clause: Clause) -> Iterator[AchievementId]:
    """Yield every achievement that a clause and its parts name."""
    waiting = [clause]
    while waiting:
        told = waiting.pop()
        yield from (named for named in (told.achievement, told.instead) if named is not None)
        waiting += told.parts
        waiting += [told.gate.clause] if told.gate else []


def clause_json(clause: Clause, names: Mapping[AchievementId, str]) -> dict[str, Any]:
    """Return one clause and its parts in the form clients rely on; names are those of this moment."""
    return {
        "id": clause.id,
        "kind": clause.kind,
        "name": clause.name or (names.get(clause.achievement) if clause.achievement else None),
        "achievement_id": clause.achievement,
        "policy": clause.policy,
        "says": says(clause, lambda achievement: names.get(achievement, achievement)),
        "earned": in_units(clause.earned) if clause.kind == "credits" else clause.earned,
        "needed": in_units(clause.needed) if clause.kind == "credits" else clause.needed,
        "basis_points": clause.basis_points,
        "steps_left": clause.steps_left,
        "steps_exact": clause.steps_exact,
        "complete": clause.complete,
        "eligible": clause.eligible,
        "weight": clause.weight,
        "counted": clause.counted,
        "on_route": clause.on_route,
        "award": clause.award,
        "instead": clause.instead,
        "satisfied_by": list(clause.satisfied_by),
        "failed": _failed_json(clause.failed) if clause.failed else None,
        "allowance": clause.allowance,
        "category": clause.category,
        "categories": clause.categories,
        "exclusive": clause.exclusive,
        "unit": clause.unit,
        "brings": None if clause.brings is None else in_units(clause.brings),
        "worth": None if clause.worth is None else in_units(clause.worth),
        "route_steps": clause.route_steps,
        "after": _gate_json(clause.gate, names) if clause.gate else None,
        "earned_on": clause.earned_on.isoformat() if clause.earned_on else None,
        "valid_until": clause.valid_until.isoformat() if clause.valid_until else None,
        "parts": [clause_json(part, names) for part in clause.parts],
    }


def _failed_json(failed: Failed) -> dict[str, Any]:
    return {
        "filter": failed.filter,
        "award": failed.award,
        "needed": failed.needed,
        "found": failed.found,
        "says": failed_says(failed),
    }


def _gate_json(gate: Gate, names: Mapping[AchievementId, str]) -> dict[str, Any]:
    return {
        "kind": "strict" if gate.strict else "advisory",
        "in_order": gate.in_order,
        "requirement": clause_json(gate.clause, names),
    }
