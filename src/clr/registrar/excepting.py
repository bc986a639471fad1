"""Making and withdrawing an exception for one learner, with everything that follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from clr.ids import AllowanceId, AwardId, LearnerId
from clr.registrar import allowing, deriving, events, holdings, losing, people, policy, tracking
from clr.registrar.allowing import AllowanceFacts, Wanted
from clr.registrar.holdings import AwardFacts
from clr.registrar.policy import Caller, Deed
from clr.registrar.tracking import Moved
from clr.registrar.urls import Urls
from clr.store.tables import Award


@dataclass(frozen=True, slots=True)
class Allowed:
    """What an exception did: the milestones that followed, the pathways that moved."""

    allowance: AllowanceFacts
    milestones: tuple[AwardFacts, ...]
    progress: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What its withdrawal did: the milestones that lost their support, the pathways that moved."""

    allowance: AllowanceFacts
    lost: tuple[AwardFacts, ...]
    progress: tuple[Moved, ...]


def allow(
    transaction: Session,
    caller: Caller,
    learner_id: LearnerId,
    wanted: Wanted,
    *,
    at: datetime,
    urls: Urls,
) -> Allowed:
    """Waive a clause for a learner, or let another achievement count for it; milestones follow in the same moment."""
    policy.require(caller, Deed.SEE_LEARNER, learner=learner_id)
    policy.require(caller, Deed.ALLOW)
    people.lock_learner(transaction, learner_id)
    at = deriving.standing(transaction, learner_id).present(at)
    allowance_id = allowing.enter(transaction, caller, learner_id, wanted, at=at)
    given = deriving.settle_learner(transaction, learner_id, at=at, urls=urls)
    return _told(transaction, caller, allowance_id, given, at=at)


def told_again(
    transaction: Session,
    caller: Caller,
    allowance_id: AllowanceId,
    milestones: Sequence[AwardId],
    *,
    at: datetime,
) -> Allowed:
    """Return what an earlier request answered, rebuilt from the ids it left behind."""
    found = allowing.allowance(transaction, caller, allowance_id, at=at)
    rows = transaction.exec(
        select(Award).where(col(Award.learner_id) == found.learner_id, col(Award.id).in_(milestones))
    ).all()
    now = deriving.standing(transaction, found.learner_id)
    moved = tracking.moved_by(transaction, now, [found.achievement_id], at=now.present(at))
    return Allowed(found, tuple(holdings.facts(transaction, rows, at=at)), tuple(moved))


def withdraw(
    transaction: Session, caller: Caller, allowance_id: AllowanceId, *, because: str, at: datetime
) -> Withdrawn:
    """Withdraw an exception with a reason; milestones that stood on it alone lose their support."""
    found = allowing.take_back(transaction, caller, allowance_id, because=because, at=at)
    reason = f"The {found.kind} on which it stood was withdrawn: {because}"
    lost = losing.give_up(transaction, found.learner_id, reason, at=at)
    now = deriving.standing(transaction, found.learner_id)
    moved = tracking.conclude(transaction, now, [found.achievement_id], at=now.present(at))
    _tell(transaction, found, at=at)
    return Withdrawn(found, tuple(holdings.facts(transaction, lost, at=at)), tuple(moved))


def _told(
    transaction: Session,
    caller: Caller,
    allowance_id: AllowanceId,
    given: Sequence[Award],
    *,
    at: datetime,
) -> Allowed:
    found = allowing.allowance(transaction, caller, allowance_id, at=at)
    now = deriving.standing(transaction, found.learner_id)
    arrived = [found.achievement_id, *(award.achievement_id for award in given)]
    moved = tracking.conclude(transaction, now, arrived, at=at)
    _tell(transaction, found, at=at)
    return Allowed(found, tuple(holdings.facts(transaction, given, at=at)), tuple(moved))


def _tell(transaction: Session, found: AllowanceFacts, *, at: datetime) -> None:
    told = {"allowance_id": found.id, "kind": found.kind, "state": found.state, "reason": found.reason}
    events.record(transaction, found.learner_id, "allowance", told, at=at)
