"""A pathway written down: as lines that differ where it differs, and as JSON that can be read back.

The lines are for people and for ``git diff`` and are never read back. Neither form holds anything that changes while
the pathway does not: no dates, no versions, and in the lines no ids of clauses.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from clr.ids import AchievementId
from clr.pathways.asking import NameOf
from clr.pathways.drafting import Draft, DraftStack
from clr.pathways.requirements import (
    AllOf,
    AtLeast,
    Brings,
    Credits,
    Filters,
    Group,
    Holds,
    Part,
    Prerequisite,
    Requirement,
)
from clr.pathways.sentences import amount
from clr.pathways.stacks import OnLost, Policy
from clr.pathways.wire import dump, load

INDENT = "  "


def form(draft: Draft) -> dict[str, Any]:
    """Return a pathway in the form of ``POST /v1/pathways``: the goal's stack first, the others by their ids."""
    order = sorted(draft.stacks, key=lambda key: (key != draft.goal, key))
    stacks = {
        str(key): {
            "policy": draft.stacks[key].policy.value,
            "on_lost": draft.stacks[key].on_lost.value,
            "requirement": dump(draft.stacks[key].requirement),
        }
        for key in order
    }
    return {"name": draft.name, "goal": draft.goal, "description": draft.description, "stacks": stacks}


def draft_of(written: Mapping[str, Any]) -> Draft:
    """Return the pathway that :func:`form` wrote; pydantic's ``ValidationError`` tells a requirement that is none."""
    stacks = {
        AchievementId(key): DraftStack(
            load(stack["requirement"]), Policy(stack["policy"]), OnLost(stack.get("on_lost", "suspend"))
        )
        for key, stack in written["stacks"].items()
    }
    return Draft(written["name"], AchievementId(written["goal"]), written["description"], stacks)


def as_json(draft: Draft, issuer: str) -> str:
    """Return the body that draws this pathway anew, one member a line, with a newline at the end."""
    return json.dumps({"issuer_id": issuer, "draft": form(draft)}, ensure_ascii=False, indent=2) + "\n"


def as_text(draft: Draft, name_of: NameOf) -> str:
    """Return the pathway as lines, one clause on each, parts further in than what asks for them."""
    return "".join(f"{line}\n" for line in _lines(draft, name_of))


def _lines(draft: Draft, name_of: NameOf) -> Iterator[str]:
    yield f"pathway {_quoted(draft.name)}"
    yield f"goal {_named(draft.goal, name_of)}" if draft.goal else "goal none"
    for line in draft.description.splitlines():
        yield f"| {line}".rstrip()
    for key in sorted(draft.stacks, key=lambda key: (key != draft.goal, key)):
        stack = draft.stacks[key]
        yield ""
        lost = "" if stack.on_lost is OnLost.SUSPEND else f", on lost support {stack.on_lost.value}"
        yield f"stack {_named(key, name_of)}, {stack.policy.value}{lost}"
        yield from _clause(stack.requirement, INDENT, (), name_of)


def _clause(clause: Requirement, margin: str, of_part: tuple[str, ...], name_of: NameOf) -> Iterator[str]:
    if isinstance(clause, Holds):
        told = [f"holds {_named(clause.achievement, name_of)}"]
        told += [f"or {_named(other, name_of)}" for other in clause.accepts]
        told += _filters(clause.filters)
    else:
        told = _group(clause)
    if clause.name is not None:
        told.append(f"called {_quoted(clause.name)}")
    yield margin + ", ".join((*told, *of_part))
    if not isinstance(clause, Holds):
        for part in clause.parts:
            yield from _part(part, margin + INDENT, name_of)


def _part(part: Part, margin: str, name_of: NameOf) -> Iterator[str]:
    told = [] if part.weight == 1 else [f"weight {part.weight}"]
    told += [] if part.category is None else [f"category {_quoted(part.category)}"]
    told += [] if part.brings is None else _brings(part.brings)
    yield from _clause(part.requirement, margin, tuple(told), name_of)
    if part.after is not None:
        yield f"{margin}{INDENT}{_gate(part.after)}"
        yield from _clause(part.after.requirement, margin + 2 * INDENT, (), name_of)


def _group(group: Group) -> list[str]:
    told = [_measure(group)]
    told += [f"from {group.categories} categories"] if isinstance(group, AtLeast) and group.categories else []
    return [*told, "exclusive"] if not isinstance(group, Credits) and group.exclusive else told


def _measure(group: Group) -> str:
    match group:
        case AllOf():
            return "all of"
        case AtLeast():
            return f"at least {group.count} of"
        case Credits():
            return f"gather {amount(group.total)} {group.unit}"


def _filters(filters: Filters) -> list[str]:
    low, high = filters.min_version, filters.max_version
    told = {
        "version": f"{low or ''}..{high or ''}" if filters.ranged else None,
        "result": _quoted(filters.result) if filters.result is not None else None,
        "score": f"{_plain(filters.min_score)} or more" if filters.min_score is not None else None,
        "level": f"{_quoted(filters.level)} or above" if filters.level is not None else None,
        "earned": f"since {filters.since.isoformat()}" if filters.since is not None else None,
        "age": f"{filters.max_age.days} days at most" if filters.max_age is not None else None,
        "expired": None if filters.current else "too",
    }
    return [f"{name} {words}" for name, words in told.items() if words is not None]


def _brings(brings: Brings) -> list[str]:
    told = [f"brings {amount(brings.each)}"]
    told += ["or what the award states"] if brings.stated else []
    return [*told, f"each award up to {amount(brings.up_to)}"] if brings.up_to is not None else told


def _gate(after: Prerequisite) -> str:
    return f"{'after' if after.strict else 'best after'}{', in order' if after.in_order else ''}"


def _named(achievement: AchievementId, name_of: NameOf) -> str:
    return f"{achievement} {_quoted(name_of(achievement))}"


def _quoted(text: str) -> str:
    """Return text on one line, whatever stands in it."""
    return json.dumps(text, ensure_ascii=False)


def _plain(score: Decimal) -> str:
    told = f"{score:f}"
    return told.rstrip("0").rstrip(".") if "." in told else told
