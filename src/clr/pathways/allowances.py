"""Exceptions that somebody answers for: one clause waived for one learner, or met by another achievement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from clr.ids import AchievementId, AllowanceId


@dataclass(frozen=True, slots=True)
class Waiver:
    """A clause that counts as complete for this learner."""

    id: AllowanceId
    clause_id: str
    given_on: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Substitution:
    """An achievement of which an award, passing the clause's filters, counts for this learner too."""

    id: AllowanceId
    clause_id: str
    given_on: datetime
    instead: AchievementId
    until: datetime | None = None


Allowance = Waiver | Substitution


def in_force(allowance: Allowance, at: datetime | None) -> bool:
    """Whether an allowance counts at ``at``; with ``None`` time is left aside."""
    if at is None:
        return True
    return allowance.given_on <= at and (allowance.until is None or allowance.until > at)


def by_clause(allowances: Iterable[Allowance], at: datetime | None) -> dict[str, list[Allowance]]:
    """Return the allowances in force at ``at`` by the clause they are for, earliest first."""
    found: dict[str, list[Allowance]] = {}
    for allowance in sorted(allowances, key=lambda one: (one.given_on, one.id)):
        if in_force(allowance, at):
            found.setdefault(allowance.clause_id, []).append(allowance)
    return found


def waived_in(found: Mapping[str, Iterable[Allowance]]) -> frozenset[str]:
    """Return the clauses that are waived, of the allowances by clause."""
    return frozenset(
        clause_id for clause_id, several in found.items() if any(isinstance(one, Waiver) for one in several)
    )


def instead_of(found: Mapping[str, Iterable[Allowance]]) -> dict[str, tuple[AchievementId, ...]]:
    """Return what each clause accepts besides, of the allowances by clause."""
    brought = {
        clause_id: tuple(one.instead for one in several if isinstance(one, Substitution))
        for clause_id, several in found.items()
    }
    return {clause_id: several for clause_id, several in brought.items() if several}
