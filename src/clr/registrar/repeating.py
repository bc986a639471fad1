"""What is asked for when something is awarded, and when that says nothing new.

Of an achievement that is earned once, an award in force is the award, however often it is asked for. What has ended
or was brought as history is told apart by its occasion: so a refresher is an award of its own, the same file changes
nothing the second time, and the years may be brought in any order.
"""

from dataclasses import dataclass
from datetime import datetime

from clr.ids import AchievementId
from clr.registrar.holdings import EvidenceFacts
from clr.registrar.people import Who
from clr.registrar.results import ResultGiven
from clr.store.tables import Award


@dataclass(frozen=True, slots=True)
class GrantRequest:
    """What is to be awarded to whom. ``recorded`` brings history: a stack need not be eligible by our graph."""

    achievement_id: AchievementId
    learner: Who
    earned_on: datetime | None = None
    valid_until: datetime | None = None
    again: bool = False
    recorded: bool = False
    results: tuple[ResultGiven, ...] = ()
    evidence: tuple[EvidenceFacts, ...] = ()
    narrative: str | None = None
    assessor: str | None = None
    credits_earned: float | None = None


def once(request: GrantRequest, award: Award, *, at: datetime) -> bool:
    """Whether ``award``, which stands, is what is asked for, of an achievement that is earned once."""
    if _of_one_occasion(request, award):
        return True
    if not (_in_force(request.valid_until, at) and _in_force(award.valid_until, at)):
        return False
    if request.recorded and request.earned_on and request.valid_until and award.valid_until:
        return award.earned_on <= request.earned_on and request.valid_until <= award.valid_until
    return True


def again_and_again(request: GrantRequest, award: Award, *, at: datetime) -> bool:  # noqa: ARG001  as ``once``
    """The same of an achievement that is earned any number of times: only the very same row of history is."""
    told = (request.valid_until, request.narrative, request.assessor, request.credits_earned)
    kept = (award.valid_until, award.narrative, award.assessor, award.credits_earned)
    return request.recorded and request.earned_on == award.earned_on and told == kept


def tells_of(request: GrantRequest, award: Award) -> bool:
    """Whether a row of history may speak of ``award``: it names that day, or none."""
    return request.earned_on in (None, award.earned_on)


def _of_one_occasion(request: GrantRequest, award: Award) -> bool:
    if request.earned_on is not None:
        return request.earned_on == award.earned_on
    return request.valid_until is not None and request.valid_until == award.valid_until


def _in_force(valid_until: datetime | None, at: datetime) -> bool:
    return valid_until is None or valid_until > at
