"""What a requirement asks for, in words and apart from any learner: for comparing it, and for files."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from clr.ids import AchievementId
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

NameOf = Callable[[AchievementId], str]


def asks(group: Group) -> str:
    """Return what a group asks for: ``Complete 2 of 3, from at least 2 categories``."""
    told = _measure(group)
    if isinstance(group, AtLeast) and group.categories:
        told += f", from at least {several(group.categories, 'category', 'categories')}"
    if not isinstance(group, Credits) and group.exclusive:
        told += ", each with a badge of its own"
    return told


def _measure(group: Group) -> str:
    """Return how much of its parts a group asks for."""
    match group:
        case AllOf():
            total = sum(part.weight > 0 for part in group.parts)
            return f"Complete all {total}" if total != 1 else "Complete it"
        case AtLeast():
            total = len(group.parts)
            return f"Any 1 of {total}" if group.count == 1 else f"Complete {group.count} of {total}"
        case Credits():
            return f"Gather {amount(group.total)} {group.unit}"


def called(clause: Requirement, name_of: NameOf) -> str:
    """Return what people call a clause: its own name, that of the achievement, or what the group asks for."""
    if isinstance(clause, Holds):
        return clause.name or name_of(clause.achievement)
    return clause.name or f'"{asks(clause)}"'


def filters_say(filters: Filters) -> dict[str, str]:
    """Return each filter that is set, by its name, as words that follow ``earned``."""
    low, high = filters.min_version, filters.max_version
    versions = {
        (True, False): f"in version {low} or later",
        (False, True): f"in version {high} or earlier",
        (True, True): f"in version {low} to {high}",
    }
    told = {
        "versions": versions.get((low is not None, high is not None)),
        "min_score": None if filters.min_score is None else f"with a score of {filters.min_score:f} or more",
        "level": None if filters.level is None else f'at level "{filters.level}" or above',
        "result": None if filters.result is None else f'by the result "{filters.result}"',
        "since": None if filters.since is None else f"on {moment(filters.since)} or later",
        "max_age": None
        if filters.max_age is None
        else f"within {several(filters.max_age.days, 'day', 'days')}",
        "current": None if filters.current else "even if it has expired",
    }
    return {name: words for name, words in told.items() if words is not None}


def brings_say(brings: Brings, unit: str) -> str:
    """Return what a part of credits brings: ``3 credits``, ``each award 2 hours, up to 10``."""
    told = f"{amount(brings.each)} {unit}"
    if brings.stated:
        told = f"what the award states, else {told}"
    return told if brings.up_to is None else f"each award {told}, up to {amount(brings.up_to)}"


def gate_says(after: Prerequisite) -> str:
    """Return how firmly something comes first: ``must be complete first``."""
    if not after.strict:
        return "is best complete first"
    return "must be complete before the award is earned" if after.in_order else "must be complete first"


def several(count: int, one: str, more: str) -> str:
    """Return a count with its noun."""
    return f"{count} {one if count == 1 else more}"


def moment(at: datetime) -> str:
    """Return an instant as people read it; the time of day only where it is not midnight."""
    day = f"{at.day} {at:%B %Y}"
    return (
        day if (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0) else f"{day}, {at:%H:%M} UTC"
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """A clause where it stands: path, the part it is of (if it is one), and the place of the group around it."""

    clause: Requirement
    at: str
    part: Part | None = None
    around: str | None = None
    gate: Prerequisite | None = None


def placed(requirement: Requirement, at: str) -> Iterator[Placed]:
    """Yield the requirement and everything inside it with its place, wholes before parts."""
    waiting = [Placed(requirement, at)]
    while waiting:
        here = waiting.pop()
        yield here
        if isinstance(here.clause, Holds):
            continue
        inside: list[Placed] = []
        for number, part in enumerate(here.clause.parts):
            place = f"{here.at}.parts[{number}]"
            inside.append(Placed(part.requirement, f"{place}.requirement", part, here.at))
            if part.after:
                first = part.after
                inside.append(
                    Placed(
                        first.requirement,
                        f"{place}.after.requirement",
                        None,
                        f"{place}.requirement",
                        first,
                    )
                )
        waiting += reversed(inside)
