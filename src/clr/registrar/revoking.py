"""Taking an award back: as if it had never been, for progress; said plainly, for whoever holds the document."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from clr.errors import Conflict
from clr.ids import AwardId
from clr.pathways import unsupported
from clr.registrar import catalog, deriving, events, holdings, issuing, people, policy, tracking
from clr.registrar.holdings import AwardFacts
from clr.registrar.policy import Caller, Deed
from clr.registrar.tracking import Moved
from clr.store.tables import Award


@dataclass(frozen=True, slots=True)
class Revoked:
    """What a revocation did: the award, the milestones that lost their support, the pathways that moved."""

    award: AwardFacts
    suspended: tuple[AwardFacts, ...]
    progress: tuple[Moved, ...]


def revoke(transaction: Session, caller: Caller, award_id: AwardId, *, because: str, at: datetime) -> Revoked:
    """Revoke an award with a reason, and suspend every milestone it alone supported, pending a decision.

    Revoking twice changes nothing and is refused, so that a second reason does not vanish unseen.
    """
    found = holdings.award_row(transaction, award_id)
    achievement = catalog.achievement(transaction, found.achievement_id)
    policy.require(caller, Deed.SEE_LEARNER, learner=found.learner_id)
    policy.require(caller, Deed.REVOKE, issuer=achievement.issuer_id)
    people.lock_learner(transaction, found.learner_id)
    award = transaction.get_one(Award, (found.learner_id, award_id), populate_existing=True)
    if award.revoked_at is not None:
        raise Conflict(f"This award was revoked already: {award.revoked_because}")
    award.revoked_at, award.revoked_because = at, because
    transaction.add(award)
    transaction.flush()
    issuing.revoke_credential(transaction, award, at=at)
    told = {
        "award_id": award.id,
        "achievement_id": achievement.id,
        "name": achievement.name,
        "state": "revoked",
    }
    events.record(transaction, award.learner_id, "award", told, at=at)
    suspended = _suspend(transaction, award, achievement.name, at=at)
    now = deriving.standing(transaction, award.learner_id)
    at = now.present(at)
    moved = tracking.moved_by(transaction, now, [award.achievement_id], at=at)
    tracking.tell(transaction, award.learner_id, moved, at=at)
    first, *rest = holdings.facts(transaction, [award, *suspended], at=at)
    return Revoked(first, tuple(rest), tuple(moved))


def _suspend(transaction: Session, revoked: Award, name: str, *, at: datetime) -> list[Award]:
    """Suspend the milestones that what remains does not support, parts before wholes."""
    now = deriving.standing(transaction, revoked.learner_id)
    lost = unsupported(now.graph, now.held)
    rows = transaction.exec(
        select(Award).where(col(Award.learner_id) == revoked.learner_id, col(Award.id).in_(lost))
    ).all()
    rows = sorted(rows, key=lambda row: lost.index(row.id))
    names = catalog.names(transaction, (row.achievement_id for row in rows))
    for row in rows:
        row.suspended_at = at
        row.suspended_because = f"{name}, on which it stood, was revoked."
        transaction.add(row)
        told = {
            "award_id": row.id,
            "achievement_id": row.achievement_id,
            "name": names[row.achievement_id],
            "state": "suspended",
        }
        events.record(transaction, revoked.learner_id, "milestone", told, at=at)
    transaction.flush()
    return rows
