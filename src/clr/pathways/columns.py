"""Awards of many learners as columns of numbers, and which of them pass the filters of a clause."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from clr.ids import AchievementId, AwardId
from clr.pathways.awards import HeldAward, HeldResult
from clr.pathways.filters import passes
from clr.pathways.requirements import Filters, Holds

Counts = NDArray[np.int32]
Moments = NDArray[np.int64]
Mask = NDArray[np.bool_]

FOREVER = np.iinfo(np.int64).max
"""When an award expires that does not."""

NO_CREDITS = -1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Told = tuple[HeldResult, ...]
"""The results of one award."""


def microseconds(moment: datetime) -> int:
    """Return a moment as a number, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


@dataclass(frozen=True, slots=True)
class Awards:
    """Live awards of some learners, one in each place of every column.

    ``learner`` counts from 0, ``achievement`` is a number that somebody gave it, moments are in microseconds,
    ``results`` are places in ``told``, whose first entry is that of awards without any; ``looked`` remembers which of
    these are good enough for which filters.
    """

    learner: Counts
    achievement: Counts
    earned_on: Moments
    valid_until: Moments
    version: Counts
    revision: Counts
    credits: Moments
    results: Counts
    told: tuple[Told, ...] = ((),)
    looked: dict[Filters, dict[int, bool]] = field(default_factory=dict)

    def at(self, chosen: "Mask | NDArray[np.intp] | slice") -> "Awards":
        """Return some of the awards."""
        return Awards(
            self.learner[chosen],
            self.achievement[chosen],
            self.earned_on[chosen],
            self.valid_until[chosen],
            self.version[chosen],
            self.revision[chosen],
            self.credits[chosen],
            self.results[chosen],
            self.told,
            self.looked,
        )

    def renumbered(self, numbers: Counts) -> "Awards":
        """Return the awards of those achievements that have a number in ``numbers``, not -1, with that number."""
        found = numbers[self.achievement]
        known = np.flatnonzero(found >= 0)
        return replace(self.at(known), achievement=found[known])

    def current(self, at: int) -> Mask:
        """Return which of the awards were earned and had not expired."""
        return (self.earned_on <= at) & (self.valid_until > at)

    def held(self, place: int, achievement: AchievementId) -> HeldAward:
        """Return one award as the engine sees it for one learner."""
        ends, stated = int(self.valid_until[place]), int(self.credits[place])
        return HeldAward(
            AwardId(str(place)),
            achievement,
            int(self.version[place]),
            _moment(int(self.earned_on[place])),
            None if ends == FOREVER else _moment(ends),
            revision=int(self.revision[place]),
            results=self.told[self.results[place]],
            credits=None if stated == NO_CREDITS else stated,
        )


def columns(held: Iterable[tuple[int, HeldAward]], number: Mapping[AchievementId, int]) -> Awards:
    """Return awards as columns, leaving out those of achievements without a ``number``."""
    told: dict[Told, int] = {(): 0}
    rows = [
        (
            learner,
            number[award.achievement],
            microseconds(award.earned_on),
            FOREVER if award.valid_until is None else microseconds(award.valid_until),
            award.version,
            award.revision,
            NO_CREDITS if award.credits is None else award.credits,
            told.setdefault(award.results, len(told)) if award.results else 0,
        )
        for learner, award in held
        if award.achievement in number
    ]
    table = np.array(rows, dtype=np.int64).reshape(-1, 8).T
    small = table.astype(np.int32)
    return Awards(small[0], small[1], table[2], table[3], small[4], small[5], table[6], small[7], tuple(told))


def passing(asked: Holds, own: int, awards: Awards, at: int) -> Mask:
    """Return which awards of what ``asked`` accepts count for it; ``own`` is the number of what it names.

    The rules of :mod:`clr.pathways.filters`, for many awards at once.
    """
    wanted = asked.filters
    good = awards.earned_on <= at
    if wanted.current:
        good &= awards.valid_until > at
    if wanted.ranged:
        found = np.where(awards.version > 0, awards.version, awards.revision)
        inside = found >= (wanted.min_version or 0)
        if wanted.max_version:
            inside &= found <= wanted.max_version
        good &= inside | (awards.achievement != own)
    if wanted.since is not None:
        good &= awards.earned_on >= microseconds(wanted.since)
    if wanted.max_age is not None:
        good &= at - awards.earned_on < wanted.max_age // _MICROSECOND
    if wanted.min_score is not None or wanted.level is not None:
        good &= _with_result(wanted, awards)
    return good


def _with_result(wanted: Filters, awards: Awards) -> Mask:
    """Return which awards have the result, looking once at each that differs."""
    only = Filters(min_score=wanted.min_score, level=wanted.level, result=wanted.result, current=False)
    asked = Holds(AchievementId(""), filters=only)
    looked = awards.looked.setdefault(only, {})
    several, where = np.unique(awards.results, return_inverse=True)
    for one in several.tolist():
        if one not in looked:
            award = HeldAward(AwardId(""), asked.achievement, 0, _EPOCH, results=awards.told[one])
            looked[one] = passes(asked, award, None)
    return np.array([looked[one] for one in several.tolist()], dtype=np.bool_)[where]


def _moment(number: int) -> datetime:
    return _EPOCH + number * _MICROSECOND
