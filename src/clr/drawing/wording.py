"""What an outline says of one clause besides its state: prerequisites, equivalents, exceptions, and why an award does not count."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

Clause = Mapping[str, Any]
Names = Mapping[str, str]

MOST_NAMED = 4
"""Parts of a nameless prerequisite that are named; the rest is counted."""


def day(moment: datetime | str) -> str:
    """Return ``24 November 2026``."""
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{at.day} {at:%B %Y}"


def amount(units: float) -> str:
    """Return credits, hours or points as people write them: ``12``, ``12.5``."""
    return f"{units:.2f}".rstrip("0").rstrip(".")


def tally(group: Clause) -> str:
    """Return how far a group is: ``1 done``, ``12.5 of 30 hours``."""
    if group["kind"] == "credits":
        return f"{amount(group['earned'])} of {amount(group['needed'])} {group['unit']}"
    return f"{group['earned']} done"


def terms(group: Clause) -> tuple[str, ...]:
    """Return what a group asks for besides a number, in short."""
    found = []
    if group.get("categories", 0) > 1:
        found.append(f"from {group['categories']} categories")
    if group.get("exclusive"):
        found.append("one badge each")
    return tuple(found)


def closed(clause: Clause) -> bool:
    """Whether something must come first that is not complete."""
    after = clause.get("after")
    return after is not None and after["kind"] == "strict" and not after["requirement"]["complete"]


def notes(
    clause: Clause, parent: Clause | None, names: Names, allowances: Mapping[str, Clause]
) -> tuple[str, ...]:
    """Return everything worth knowing of a clause, most telling first; no note ends with a full stop."""
    return (
        *_refused(clause),
        *_prerequisite(clause, names),
        *_exception(clause, names, allowances),
        *_gathered(clause, parent),
    )


def _refused(clause: Clause) -> Iterator[str]:
    if clause.get("failed") and not clause["complete"]:
        yield clause["failed"]["says"]


def _prerequisite(clause: Clause, names: Names) -> Iterator[str]:
    after = clause.get("after")
    if not after or clause["complete"] or after["requirement"]["complete"]:
        return
    first = named(after["requirement"], names)
    if after["kind"] != "strict":
        yield f"Best after {first}"
        return
    if after["in_order"]:
        yield f"Opens after {first}; only what is earned from then on counts"
    else:
        yield f"Opens after {first}"
    if clause["award"]:
        yield "Earned already, and counts once that is done"


def named(clause: Clause, names: Names) -> str:
    """Return what a prerequisite is called: its name, or for a nameless group its parts."""
    achievement = clause["achievement_id"]
    if achievement or clause["name"]:
        return str(clause["name"] or names.get(achievement, "another achievement"))
    parts = [named(part, names) for part in clause["parts"] if part.get("weight", 1) > 0]
    if clause["kind"] == "credits":
        return f"{amount(clause['needed'])} {clause['unit']} of {_listed(parts, 'and')}"
    if clause["kind"] == "all_of":
        return _listed(parts, "and")
    return _listed(parts, "or") if clause["needed"] == 1 else f"{clause['needed']} of {_listed(parts, 'and')}"


def _listed(parts: Sequence[str], last: str) -> str:
    shown = list(parts)
    if len(shown) > MOST_NAMED:
        shown = [*shown[: MOST_NAMED - 1], f"{len(shown) - MOST_NAMED + 1} more"]
    return f" {last} ".join(filter(None, (", ".join(shown[:-1]), "".join(shown[-1:]))))


def _exception(clause: Clause, names: Names, allowances: Mapping[str, Clause]) -> Iterator[str]:
    """Say by what else than itself a clause is complete, and who answers for that."""
    if not clause["complete"]:
        return
    instead, allowance = clause.get("instead"), clause.get("allowance")
    given = allowances.get(allowance, {}) if allowance else {}
    if instead:
        other = given.get("instead_name") or names.get(instead, "another achievement")
        yield f"Met by {other}{', allowed instead' if allowance else ''}"
    elif allowance:
        yield "Waived" if not given else f"Waived{_by_whom(given)}"
    if instead and given:
        yield f"Allowed{_by_whom(given)}"
    if given.get("until"):
        yield f"In force until {day(given['until'])}"


def _by_whom(given: Clause) -> str:
    who = f" by {given['author']}" if given.get("author") else ""
    when = f" on {day(given['given_on'])}" if given.get("given_on") else ""
    why = str(given.get("reason") or "").strip().rstrip(".")
    return f"{who}{when}{f': {why}' if why else ''}"


def _gathered(clause: Clause, parent: Clause | None) -> Iterator[str]:
    """Say what a part of credits brings, and how often it is still wanted."""
    if parent is None or parent["kind"] != "credits":
        return
    if clause.get("brings"):
        yield f"Brings {amount(clause['brings'])} {parent['unit']}"
    elif clause.get("worth"):
        yield f"Would bring {amount(clause['worth'])} {parent['unit']}"
    if not clause["on_route"]:
        return
    more = (clause.get("route_steps") or 0) // max(clause["steps_left"], 1)
    if more > 1 or (clause["complete"] and more):
        yield f"To be earned {'once' if more == 1 else f'{more} times'}{' more' if clause['complete'] else ''}"


def by_id(allowances: Iterable[Clause]) -> dict[str, Clause]:
    """Return exceptions by their ids."""
    return {one["id"]: one for one in allowances}
