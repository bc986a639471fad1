"""Issuing credentials: prepared with the award, signed after its commit, kept for good.

A signer may be a service elsewhere, so the door runs three steps: read what is to be signed, sign outside any
transaction, store. The first stored bytes win, and are never signed again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from clr.errors import BadInput, NotFound, Problem
from clr.ids import AwardId, LearnerId, new_id
from clr.records.assembling import BadgeFacts, CannotAssemble, StatusFacts, badge_credential
from clr.registrar import catalog, holdings, policy, statuses
from clr.registrar.facts import achievement_facts, evidence_facts, issuer_facts, result_facts
from clr.registrar.policy import Caller, Deed
from clr.registrar.urls import Urls
from clr.store.tables import Award, AwardEvidence, Credential, Evidence, Learner


@dataclass(frozen=True, slots=True)
class ToSign:
    """A document that waits for its signature, or has it: ``signed`` is then its bytes for ever."""

    award_id: AwardId
    unsigned: Mapping[str, Any]
    created: datetime
    signed: str | None


def prepare(transaction: Session, award: Award, *, urls: Urls, at: datetime) -> None:
    """Keep what is to be signed for an award, with its place in a status list; ``BadInput`` where it cannot be said."""
    entry = statuses.take_entry(transaction)
    public_id = random_part()
    try:
        document = badge_credential(
            _facts(transaction, award, public_id, entry.list_number, entry.position, urls)
        )
    except CannotAssemble as fault:
        raise BadInput(str(fault), (Problem("", "cannot-be-signed", str(fault)),)) from None
    row = Credential(
        learner_id=award.learner_id,
        award_id=award.id,
        public_id=public_id,
        status_list=entry.list_number,
        status_index=entry.position,
        unsigned=written(document),
        created=at,
    )
    transaction.add(row)
    transaction.flush()


def credential_of(snapshot: Session, caller: Caller, award_id: AwardId) -> ToSign:
    """Return the credential of an award, for its learner and for staff who may see her."""
    award = holdings.award_row(snapshot, award_id)
    policy.require(caller, Deed.SEE_LEARNER, learner=award.learner_id)
    return credentials(snapshot, award.learner_id, [award_id])[0]


def credentials(snapshot: Session, learner_id: LearnerId, awards: Sequence[AwardId]) -> list[ToSign]:
    """Return the credentials of some awards of one learner, in the order asked for."""
    rows = {
        row.award_id: row
        for row in snapshot.exec(
            select(Credential).where(
                col(Credential.learner_id) == learner_id, col(Credential.award_id).in_(list(awards))
            )
        )
    }
    if missing := [award for award in awards if award not in rows]:
        raise NotFound(f"There is no credential for {missing[0]}.")
    return [_to_sign(rows[award]) for award in awards]


def store(transaction: Session, award_id: AwardId, signed: str) -> str:
    """Keep the signed bytes unless there are some already; return those that are kept."""
    transaction.exec(
        update(Credential)
        .where(col(Credential.award_id) == award_id, col(Credential.signed).is_(None))
        .values(signed=signed)
    )
    return (
        transaction.exec(select(Credential.signed).where(col(Credential.award_id) == award_id)).one()
        or signed
    )


def revoke_credential(transaction: Session, award: Award, *, at: datetime) -> None:
    """Set the status bit of an award's credential."""
    row = transaction.get_one(Credential, (award.learner_id, award.id))
    statuses.revoke_entry(transaction, row.status_list, row.status_index, at=at)


def is_suspended(snapshot: Session, public_id: str) -> bool:
    """Whether the award of a credential is suspended; nothing is told of one that is not ours."""
    found = snapshot.exec(
        select(Award.suspended_at)
        .join(
            Credential,
            (col(Credential.learner_id) == col(Award.learner_id))
            & (col(Credential.award_id) == col(Award.id)),
        )
        .where(col(Credential.public_id) == public_id)
    ).first()
    return found is not None


def random_part() -> str:
    """Return 130 random bits as an address carries them."""
    return new_id("x").partition("_")[2]


def written(document: Mapping[str, Any]) -> str:
    """Return a document as text; its members stay in the order they were assembled in."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _to_sign(row: Credential) -> ToSign:
    return ToSign(row.award_id, json.loads(row.unsigned), row.created, row.signed)


def _facts(
    transaction: Session, award: Award, public_id: str, number: int, position: int, urls: Urls
) -> BadgeFacts:
    achievement = catalog.achievement(transaction, award.achievement_id)
    issuer = catalog.issuer(transaction, achievement.issuer_id)
    rows = transaction.exec(
        select(AwardEvidence)
        .where(col(AwardEvidence.award_id) == award.id)
        .order_by(col(AwardEvidence.position))
    )
    files = [(row, transaction.get(Evidence, row.evidence_id) if row.evidence_id else None) for row in rows]
    return BadgeFacts(
        id=urls.credential(public_id),
        subject=transaction.get_one(Learner, award.learner_id).subject,
        issuer=issuer_facts(issuer, urls),
        achievement=achievement_facts(achievement, urls),
        valid_from=award.issued_at,
        earned_on=award.earned_on,
        status=StatusFacts(urls.status_list(number), position),
        valid_until=award.valid_until,
        narrative=award.narrative,
        credits_earned=award.credits_earned,
        results=result_facts(award.results, urls.achievement(award.achievement_id)),
        evidence=tuple(evidence_facts(row, file, urls) for row, file in files),
        assessor=award.assessor,
    )
