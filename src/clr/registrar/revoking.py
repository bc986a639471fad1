"""Taking an award back: as if it had never been, for progress; said plainly, for whoever holds the document."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from clr.errors import Conflict
from clr.ids import AwardId
from clr.registrar import catalog, deriving, events, holdings, issuing, losing, people, policy, tracking
from clr.registrar.holdings import AwardFacts
from clr.registrar.policy import Caller, Deed
from clr.registrar.tracking import Moved
from clr.store.tables import Award


@dataclass(frozen=True, slots=True)
class Revoked:
    """What a revocation did: the award, the milestones that lost their support, the pathways that moved."""

    award: AwardFacts
    lost: tuple[AwardFacts, ...]
    progress: tuple[Moved, ...]


def revoke(transaction: Session, caller: Caller, award_id: AwardId, *, because: str, at: datetime) -> Revoked:
    """Revoke an award with a reason; a milestone it alone supported is suspended, kept or revoked, as its stack says.

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
    reason = f"{achievement.name}, on which it stood, was revoked."
    lost = losing.give_up(transaction, award.learner_id, reason, at=at)
    now = deriving.standing(transaction, award.learner_id)
    moved = tracking.conclude(transaction, now, [award.achievement_id], at=now.present(at))
    first, *rest = holdings.facts(transaction, [award, *lost], at=at)
    return Revoked(first, tuple(rest), tuple(moved))
