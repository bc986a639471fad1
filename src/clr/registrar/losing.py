"""Milestones that nothing supports any more: put to staff, kept, or revoked, as their stack says; and staff's answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from clr.errors import Conflict
from clr.ids import AwardId, LearnerId
from clr.pathways import OnLost, unsupported
from clr.registrar import catalog, deriving, events, holdings, issuing, people, policy, tracking
from clr.registrar.holdings import AwardFacts
from clr.registrar.policy import Caller, Deed
from clr.registrar.tracking import Moved
from clr.registrar.urls import Urls
from clr.store.tables import Award


@dataclass(frozen=True, slots=True)
class Upheld:
    """What it did to let a milestone stand: the award, the milestones that followed, the pathways that moved."""

    award: AwardFacts
    milestones: tuple[AwardFacts, ...]
    progress: tuple[Moved, ...]


def give_up(transaction: Session, learner_id: LearnerId, because: str, *, at: datetime) -> list[Award]:
    """Do with each milestone that what remains does not support as its stack says, parts before wholes."""
    now = deriving.standing(transaction, learner_id)
    lost = {one.award: one.then for one in unsupported(now.graph, now.held, allowances=now.allowances)}
    rows = _rows(transaction, learner_id, list(lost))
    names = catalog.names(transaction, (row.achievement_id for row in rows))
    for row in rows:
        state = _give_up(transaction, row, lost[row.id], because, at)
        told = {
            "award_id": row.id,
            "achievement_id": row.achievement_id,
            "name": names[row.achievement_id],
            "state": state,
        }
        events.record(transaction, learner_id, "milestone", told, at=at)
    transaction.flush()
    return rows


_STATE = {OnLost.SUSPEND: "suspended", OnLost.KEEP: "kept", OnLost.REVOKE: "revoked"}


def _give_up(transaction: Session, row: Award, then: OnLost, because: str, at: datetime) -> str:
    match then:
        case OnLost.SUSPEND:
            row.suspended_at, row.suspended_because = at, because
        case OnLost.KEEP:
            row.support_lost_at = row.support_lost_at or at
            row.upheld_at, row.upheld_because = at, because
        case OnLost.REVOKE:
            row.revoked_at, row.revoked_because = at, because
            issuing.revoke_credential(transaction, row, at=at)
    transaction.add(row)
    return _STATE[then]


def note_expired(transaction: Session, learner_id: LearnerId, *, at: datetime) -> list[Award]:
    """Flag the milestones whose support has lapsed; they stand. The learner must be locked."""
    now = deriving.standing(transaction, learner_id)
    lost = [one.award for one in unsupported(now.graph, now.held, at=at, allowances=now.allowances)]
    rows = [row for row in _rows(transaction, learner_id, lost) if row.support_lost_at is None]
    names = catalog.names(transaction, (row.achievement_id for row in rows))
    for row in rows:
        row.support_lost_at = at
        transaction.add(row)
        told = {
            "award_id": row.id,
            "achievement_id": row.achievement_id,
            "name": names[row.achievement_id],
            "state": "support_lost",
        }
        events.record(transaction, learner_id, "milestone", told, at=at)
    return rows


def uphold(
    transaction: Session, caller: Caller, award_id: AwardId, *, because: str, at: datetime, urls: Urls
) -> Upheld:
    """Let a suspended milestone stand after all, with a reason; from now on it stands by that decision alone."""
    found = holdings.award_row(transaction, award_id)
    achievement = catalog.achievement(transaction, found.achievement_id)
    policy.require(caller, Deed.SEE_LEARNER, learner=found.learner_id)
    policy.require(caller, Deed.REVOKE, issuer=achievement.issuer_id)
    people.lock_learner(transaction, found.learner_id)
    award = transaction.get_one(Award, (found.learner_id, award_id), populate_existing=True)
    if award.revoked_at is not None or award.suspended_at is None:
        state, _ = holdings.state_of(award, at)
        raise Conflict(f"Only a suspended award can be upheld; this one is {state}.")
    award.suspended_at, award.suspended_because = None, None
    award.upheld_at, award.upheld_because = at, because
    transaction.add(award)
    transaction.flush()
    told = {
        "award_id": award.id,
        "achievement_id": achievement.id,
        "name": achievement.name,
        "state": "upheld",
    }
    events.record(transaction, award.learner_id, "milestone", told, at=at)
    given = deriving.settle_learner(transaction, award.learner_id, at=at, urls=urls)
    now = deriving.standing(transaction, award.learner_id)
    arrived = [award.achievement_id, *(row.achievement_id for row in given)]
    moved = tracking.conclude(transaction, now, arrived, at=now.present(at))
    first, *rest = holdings.facts(transaction, [award, *given], at=at)
    return Upheld(first, tuple(rest), tuple(moved))


def _rows(transaction: Session, learner_id: LearnerId, ids: Sequence[AwardId]) -> list[Award]:
    if not ids:
        return []
    rows = transaction.exec(select(Award).where(col(Award.learner_id) == learner_id, col(Award.id).in_(ids)))
    return sorted(rows, key=lambda row: ids.index(row.id))
