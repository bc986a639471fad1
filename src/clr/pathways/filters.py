"""Whether one award passes every filter of a clause, and the first that it fails."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from clr.pathways.awards import HeldAward
from clr.pathways.progress import Failed
from clr.pathways.requirements import Filters, Holds

LAST = datetime.max.replace(tzinfo=UTC)

Check = Callable[[Holds, HeldAward, datetime | None], tuple[str, str] | None]
"""Returns what was needed and what was found when a filter fails."""


def failure(
    holds: Holds, award: HeldAward, at: datetime | None, *, after: datetime | None = None
) -> Failed | None:
    """Return the first filter that ``award`` fails, in the order of ``FILTERS``; ``None`` when it counts.

    With ``at=None`` what only time changes (age, expiry) is left aside. ``after`` is when a prerequisite was
    complete that the award must not be older than, ``LAST`` when it is not complete yet.
    """
    for name, check in _CHECKS.items():
        if fault := check(holds, award, at):
            return Failed(name, award.id, *fault)
    if after is not None and award.earned_on < after:
        needed = "" if after == LAST else after.isoformat()
        return Failed("in_order", award.id, needed, award.earned_on.isoformat())
    return None


def passes(holds: Holds, award: HeldAward, at: datetime | None) -> bool:
    """Whether ``award`` counts for ``holds``, which accepts its achievement."""
    if holds.plain:
        return award.current(at)
    return failure(holds, award, at) is None


def ends_on(filters: Filters, award: HeldAward) -> datetime | None:
    """Return the instant from which an award that counts no longer does, by time alone."""
    ends = [award.valid_until] if filters.current and award.valid_until else []
    if filters.max_age is not None:
        ends.append(later(award.earned_on, filters.max_age))
    return min(ends, default=None)


def in_range(filters: Filters, version: int) -> bool:
    """Whether a version is among those that count."""
    return (filters.min_version or 0) <= version <= (filters.max_version or version)


def later(moment: datetime, span: timedelta) -> datetime:
    """Return ``moment`` and ``span`` together, or the end of the calendar."""
    return LAST if LAST - moment <= span else moment + span


def _versions(holds: Holds, award: HeldAward, _: datetime | None) -> tuple[str, str] | None:
    found = award.version or award.revision
    if award.achievement != holds.achievement or in_range(holds.filters, found):
        return None
    return f"{holds.filters.min_version or ''}..{holds.filters.max_version or ''}", str(found)


def _result(holds: Holds, award: HeldAward, _: datetime | None) -> tuple[str, str] | None:
    wanted = holds.filters
    if wanted.min_score is None and wanted.level is None:
        return None
    seen = [result for result in award.results if wanted.result in (None, result.description)]
    for result in seen:
        enough = wanted.min_score is None or (result.score is not None and result.score >= wanted.min_score)
        if enough and (wanted.level is None or wanted.level in result.levels):
            return None
    scores = [result.score for result in seen if result.score is not None]
    needed = wanted.level if wanted.min_score is None else f"{wanted.min_score:f}"
    return needed or "", f"{max(scores):f}" if scores and wanted.min_score is not None else ""


def _since(holds: Holds, award: HeldAward, _: datetime | None) -> tuple[str, str] | None:
    since = holds.filters.since
    if since is None or award.earned_on >= since:
        return None
    return since.isoformat(), award.earned_on.isoformat()


def _max_age(holds: Holds, award: HeldAward, at: datetime | None) -> tuple[str, str] | None:
    span = holds.filters.max_age
    if span is None or at is None or at - award.earned_on < span:
        return None
    return "1 day" if span.days == 1 else f"{span.days} days", award.earned_on.isoformat()


def _current(holds: Holds, award: HeldAward, at: datetime | None) -> tuple[str, str] | None:
    if not holds.filters.current or award.valid_until is None or award.current(at):
        return None
    return "", award.valid_until.isoformat()


_CHECKS: dict[str, Check] = {
    "versions": _versions,
    "result": _result,
    "since": _since,
    "max_age": _max_age,
    "current": _current,
}

FILTERS = (*_CHECKS, "in_order")
"""Names of the filters in the order in which they are told."""
