"""What a stack asks for: a tree of holds, all of, at least and credits, nested to any depth.

Whole numbers only: credits are kept in hundredths of their unit, so that half an hour is 50.
"""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from clr.ids import AchievementId

HUNDREDTHS = 100
"""Parts of one credit, hour or point."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What one award must pass, all of it together; by default only that it has not expired.

    Versions are those of a stack, or of a badge's definition, and say nothing of what is accepted instead of it.
    ``result`` is the id of the result description that score and level are looked for in; any of them when empty.
    """

    min_version: int | None = None
    max_version: int | None = None
    min_score: Decimal | None = None
    level: str | None = None
    result: str | None = None
    since: datetime | None = None
    max_age: timedelta | None = None
    current: bool = True

    @property
    def ranged(self) -> bool:
        """Whether versions are told apart."""
        return self.min_version is not None or self.max_version is not None

    @property
    def of_award(self) -> bool:
        """Whether result, age or date are looked at, which no milestone has in a way that lasts."""
        return not (
            self.min_score is None and self.level is None and self.since is None and self.max_age is None
        )


CURRENT = Filters()
"""Nothing but that the award has not expired."""


@dataclass(frozen=True, slots=True)
class Holds:
    """Hold one award of an achievement, or of one of those accepted instead, that passes every filter."""

    achievement: AchievementId
    id: str | None = None
    name: str | None = None
    accepts: tuple[AchievementId, ...] = ()
    filters: Filters = CURRENT

    @property
    def plain(self) -> bool:
        """Whether any award of the achievement will do that has not expired."""
        return not self.accepts and self.filters == CURRENT

    @property
    def accepted(self) -> tuple[AchievementId, ...]:
        """Every achievement of which an award will do."""
        return (self.achievement, *self.accepts)


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """What should (advisory) or must (strict) be complete first; ``in_order``: before the award was earned."""

    requirement: "Requirement"
    strict: bool = True
    in_order: bool = False


@dataclass(frozen=True, slots=True)
class Brings:
    """What a part of credits brings, in hundredths: ``each`` award, or what it states itself when ``stated``.

    Without ``up_to`` the part counts once; with it every award counts, up to that much together.
    """

    each: int
    stated: bool = False
    up_to: int | None = None

    @property
    def counts_awards(self) -> bool:
        """Whether the awards themselves are looked at, not only whether the part is complete."""
        return self.stated or self.up_to is not None

    @property
    def most(self) -> int:
        """The most that the part can be relied on to bring."""
        return self.each if self.up_to is None else self.up_to


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a group; weight 0 shows a part that counts for nothing."""

    requirement: "Requirement"
    weight: int = 1
    category: str | None = None
    brings: Brings | None = None
    after: Prerequisite | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Complete every part of positive weight; when ``exclusive``, no achievement may stand for two of them."""

    parts: tuple[Part, ...]
    id: str | None = None
    name: str | None = None
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Complete any ``count`` of the parts, from at least so many ``categories``, or each with an award of its own."""

    count: int
    parts: tuple[Part, ...]
    id: str | None = None
    name: str | None = None
    categories: int = 0
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Credits:
    """Gather ``total`` hundredths of a unit (credits, hours, points) from complete parts."""

    total: int
    parts: tuple[Part, ...]
    id: str | None = None
    name: str | None = None
    unit: str = "credits"


Group = AllOf | AtLeast | Credits
Requirement = Holds | AllOf | AtLeast | Credits


def clauses(requirement: Requirement) -> Iterator[Requirement]:
    """Yield the requirement and everything inside it, prerequisites too, wholes before parts."""
    waiting = [requirement]
    while waiting:
        clause = waiting.pop()
        yield clause
        if not isinstance(clause, Holds):
            for part in reversed(clause.parts):
                waiting += [part.after.requirement, part.requirement] if part.after else [part.requirement]


def achievements_in(requirement: Requirement) -> Iterator[AchievementId]:
    """Yield every achievement that counts, asked for or accepted, as often as it does."""
    for clause in clauses(requirement):
        if isinstance(clause, Holds):
            yield from clause.accepted


def mapped(part: Part, change: Callable[[Requirement], Requirement]) -> Part:
    """Return a part whose requirement and prerequisite were each put through ``change``."""
    after = part.after and replace(part.after, requirement=change(part.after.requirement))
    return replace(part, requirement=change(part.requirement), after=after)


def with_clause_ids(requirement: Requirement, new: Callable[[], str]) -> Requirement:
    """Return the requirement with an id on every clause; ids already there are kept across versions."""
    clause_id = requirement.id or new()
    if isinstance(requirement, Holds):
        return replace(requirement, id=clause_id)
    parts = tuple(mapped(part, lambda clause: with_clause_ids(clause, new)) for part in requirement.parts)
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
    parts = tuple(mapped(part, lambda clause: without_ids(clause, ids)) for part in requirement.parts)
    return replace(requirement, id=clause_id, parts=parts)


def _parts_with_ids(group: Group, before: Group) -> tuple[Part, ...]:
    asked = {
        part.requirement.achievement: part
        for part in reversed(before.parts)
        if isinstance(part.requirement, Holds)
    }
    parts = []
    for place, part in enumerate(group.parts):
        old = before.parts[place] if place < len(before.parts) else None
        if isinstance(part.requirement, Holds):
            old = asked.pop(part.requirement.achievement, None)
        parts.append(_part_with_ids(part, old) if old else part)
    return tuple(parts)


def _part_with_ids(part: Part, old: Part) -> Part:
    after = part.after
    if after and old.after:
        after = replace(after, requirement=with_ids_of(after.requirement, old.after.requirement))
    return replace(part, requirement=with_ids_of(part.requirement, old.requirement), after=after)
