"""Shares: a link to one document for one audience, until it expires or its learner closes it.

A link that is unknown, closed or expired is one and the same: nothing. Its token is kept as a hash only.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from clr.errors import BadInput, NotFound, Problem
from clr.ids import AwardId, EvidenceId, LearnerId, RecordId, ShareId, new_id
from clr.records.assembling import IssuerFacts
from clr.registrar import composing, enveloping, evidence
from clr.registrar.enveloping import Envelope
from clr.registrar.evidence import EvidenceFile
from clr.registrar.policy import Caller
from clr.registrar.urls import Urls
from clr.store.tables import AwardEvidence, IssuedRecord, Share, Visit

TOKEN_BYTES = 24
"""192 random bits: a link is never guessed."""


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """A link as its learner sees it; ``visits`` counts how often it was opened."""

    id: ShareId
    record_id: RecordId
    label: str
    expires_at: datetime | None
    closed_at: datetime | None
    created_at: datetime
    visits: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A new link. ``token`` exists nowhere else, so it is shown now or never."""

    share: ShareFacts
    token: str
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Shared:
    """What a link or a public page shows: one document. ``share_id`` is ``None`` for a public page."""

    share_id: ShareId | None
    expires_at: datetime | None
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class DayCount:
    """How often a link was opened on one day (UTC)."""

    day: date
    count: int


@dataclass(frozen=True, slots=True)
class NewShare:
    """A link to be opened: for whom (in the learner's own words), and until when."""

    label: str
    expires_at: datetime | None = None


def open_share(
    transaction: Session,
    caller: Caller,
    record_id: RecordId,
    new: NewShare,
    *,
    institution: IssuerFacts,
    urls: Urls,
    at: datetime,
) -> Opened:
    """Open a link to a document of its own, of the record as it is now. Its badges must be signed."""
    record = composing.own_row(transaction, caller, record_id, lock=True)
    if new.expires_at is not None and new.expires_at <= at:
        says = "expires_at lies in the past; such a link would never open."
        raise BadInput(says, (Problem("expires_at", "past", says),))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    share = Share(
        learner_id=record.learner_id,
        id=ShareId(new_id("shr")),
        record_id=record_id,
        token_hash=_hash(token),
        label=new.label,
        expires_at=new.expires_at,
        created_at=at,
    )
    envelope = enveloping.issue(
        transaction, record, share_id=share.id, institution=institution, urls=urls, at=at
    )
    transaction.add(share)
    transaction.flush()
    return Opened(_facts(share, 0), token, envelope)


def close_share(transaction: Session, caller: Caller, share_id: ShareId, *, at: datetime) -> None:
    """Close a link: it leads nowhere for every request from now on. Closing twice is harmless."""
    share = _own_row(transaction, caller, share_id)
    share.closed_at = share.closed_at or at
    transaction.add(share)


def share(snapshot: Session, caller: Caller, share_id: ShareId) -> ShareFacts:
    """Return one link of the caller, without its token."""
    row = _own_row(snapshot, caller, share_id)
    return _facts(row, sum(day.count for day in visits(snapshot, caller, share_id)))


def shares_of(snapshot: Session, caller: Caller, record_id: RecordId) -> Sequence[ShareFacts]:
    """Return every link to a record, closed ones too, the newest first."""
    record = composing.own_row(snapshot, caller, record_id)
    visited = select(Visit.share_id, func.sum(Visit.count).label("total")).group_by(col(Visit.share_id))
    counts = visited.subquery()
    rows = snapshot.exec(
        select(Share, func.coalesce(counts.c.total, 0))
        .outerjoin(counts, counts.c.share_id == col(Share.id))
        .where(col(Share.learner_id) == record.learner_id, col(Share.record_id) == record_id)
        .order_by(col(Share.created_at).desc(), col(Share.id))
    )
    return [_facts(row, int(total)) for row, total in rows]


def visits(snapshot: Session, caller: Caller, share_id: ShareId) -> Sequence[DayCount]:
    """Return how often a link was opened, by day; never by whom."""
    _own_row(snapshot, caller, share_id)
    rows = snapshot.exec(select(Visit).where(col(Visit.share_id) == share_id).order_by(col(Visit.day)))
    return [DayCount(row.day, row.count) for row in rows]


def resolve(snapshot: Session, token: str, *, at: datetime) -> Shared | None:
    """Return what a link shows; unknown, closed and expired are told apart by nobody."""
    share = snapshot.exec(select(Share).where(col(Share.token_hash) == _hash(token))).first()
    if share is None or share.closed_at is not None:
        return None
    if share.expires_at is not None and share.expires_at <= at:
        return None
    issued = snapshot.exec(
        select(IssuedRecord).where(
            col(IssuedRecord.learner_id) == share.learner_id, col(IssuedRecord.share_id) == share.id
        )
    ).one()
    return Shared(share.id, share.expires_at, enveloping.envelope_of(issued))


def public_now(snapshot: Session, slug: str) -> Shared | None:
    """Return what a public record shows when its document was made already; the ordinary case, without a lock."""
    record = enveloping.public_row(snapshot, slug)
    envelope = None if record is None else enveloping.kept(snapshot, record)
    return None if envelope is None else Shared(None, None, envelope)


def resolve_public(
    transaction: Session, slug: str, *, institution: IssuerFacts, urls: Urls, at: datetime
) -> Shared | None:
    """Return what a public record shows, ``None`` when it is private, unknown or empty. Badges must be signed."""
    record = enveloping.public_row(transaction, slug)
    if record is None:
        return None
    composing.lock_owner(transaction, record)
    if record.visibility != composing.PUBLIC or not enveloping.has_awards(transaction, record):
        return None
    return Shared(
        None, None, enveloping.current(transaction, record, institution=institution, urls=urls, at=at)
    )


def note_visit(transaction: Session, share_id: ShareId, *, at: datetime) -> None:
    """Count one more opening of a link on this day."""
    insert = (postgresql.insert if transaction.get_bind().dialect.name == "postgresql" else sqlite.insert)(
        Visit
    )
    counted = insert.values(share_id=share_id, day=at.date(), count=1).on_conflict_do_update(
        index_elements=["share_id", "day"], set_={"count": col(Visit.count) + 1}
    )
    transaction.exec(counted)


def awards_in(shared: Shared) -> list[AwardId]:
    """Return the awards a document holds, in the order of its badges."""
    return [AwardId(item["award_id"]) for part in shared.envelope.view["sections"] for item in part["items"]]


def evidence_in(snapshot: Session, shared: Shared, evidence_id: EvidenceId) -> EvidenceFile:
    """Return an evidence file of an award that the document holds; any other is absent."""
    held = snapshot.exec(
        select(AwardEvidence.evidence_id).where(
            col(AwardEvidence.learner_id) == shared.envelope.learner_id,
            col(AwardEvidence.award_id).in_(awards_in(shared)),
            col(AwardEvidence.evidence_id) == evidence_id,
        )
    ).first()
    if held is None:
        raise NotFound(composing.ABSENT)
    return evidence.facts_of(snapshot, evidence_id)


def _own_row(snapshot: Session, caller: Caller, share_id: ShareId) -> Share:
    found = snapshot.get(Share, (caller.learner_id or LearnerId(""), share_id))
    if found is None:
        raise NotFound(composing.ABSENT)
    return found


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _facts(row: Share, visited: int) -> ShareFacts:
    return ShareFacts(
        row.id, row.record_id, row.label, row.expires_at, row.closed_at, row.created_at, visited
    )
