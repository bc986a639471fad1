"""What a stack asks for: a tree of holds, all of, at least, nested to any depth."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from clr.ids import AchievementId


@dataclass(frozen=True, slots=True)
class Holds:
    """Hold a current award of one achievement."""

    achievement: AchievementId
    id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a group; weight 0 shows a part that counts for nothing."""

    requirement: "Requirement"
    weight: int = 1


@dataclass(frozen=True, slots=True)
class AllOf:
    """Complete every part of positive weight."""

    parts: tuple[Part, ...]
    id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Complete any ``count`` of the parts."""

    count: int
    parts: tuple[Part, ...]
    id: str | None = None
    name: str | None = None


Group = AllOf | AtLeast
Requirement = Holds | AllOf | AtLeast


def clauses(requirement: Requirement) -> Iterator[Requirement]:
    """Yield the requirement and everything inside it, wholes before parts."""
    waiting = [requirement]
    while waiting:
        clause = waiting.pop()
        yield clause
        if not isinstance(clause, Holds):
            waiting.extend(part.requirement for part in reversed(clause.parts))


def achievements_in(requirement: Requirement) -> Iterator[AchievementId]:
    """Yield every achievement asked for, as often as it is asked for."""
    return (clause.achievement for clause in clauses(requirement) if isinstance(clause, Holds))


def with_clause_ids(requirement: Requirement, new: Callable[[], str]) -> Requirement:
    """Return the requirement with an id on every clause; ids already there are kept across versions."""
    clause_id = requirement.id or new()
    if isinstance(requirement, Holds):
        return replace(requirement, id=clause_id)
    parts = tuple(Part(with_clause_ids(part.requirement, new), part.weight) for part in requirement.parts)
    return replace(requirement, id=clause_id, parts=parts)


def with_ids_of(requirement: Requirement, before: Requirement) -> Requirement:
    """Return the requirement with the ids that its clauses had in ``before``; ids it has already are kept.

    A clause is the same when it asks for the same achievement in the same group, or is a group of the same kind
    at the same place.
    """
    clause_id = requirement.id or before.id
    if isinstance(requirement, Holds):
        same = isinstance(before, Holds) and requirement.achievement == before.achievement
        return replace(requirement, id=clause_id) if same else requirement
    if isinstance(before, Holds) or type(requirement) is not type(before):
        return requirement
    return replace(requirement, id=clause_id, parts=_parts_with_ids(requirement, before))


def without_ids(requirement: Requirement, ids: AbstractSet[str] | None = None) -> Requirement:
    """Return the requirement without these clause ids; by default without any, as what it asks for alone."""
    clause_id = None if ids is None or requirement.id in ids else requirement.id
    if isinstance(requirement, Holds):
        return replace(requirement, id=clause_id)
    parts = tuple(Part(without_ids(part.requirement, ids), part.weight) for part in requirement.parts)
    return replace(requirement, id=clause_id, parts=parts)


def _parts_with_ids(group: Group, before: Group) -> tuple[Part, ...]:
    asked = {
        part.requirement.achievement: part.requirement
        for part in before.parts
        if isinstance(part.requirement, Holds)
    }
    parts = []
    for place, part in enumerate(group.parts):
        clause, old = part.requirement, _clause_at(before, place)
        if isinstance(clause, Holds):
            old = asked.pop(clause.achievement, None)
        parts.append(Part(with_ids_of(clause, old) if old else clause, part.weight))
    return tuple(parts)


def _clause_at(group: Group, place: int) -> Requirement | None:
    return group.parts[place].requirement if place < len(group.parts) else None
