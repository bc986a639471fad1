"""Signing for the doors: read what waits, sign outside any transaction, keep the first bytes.

The envelope of a record is prepared only once its badges are signed, so both doors go through these steps.
"""

from collections.abc import Iterable
from datetime import datetime

from clr.errors import NotFound
from clr.ids import AwardId, RecordId, ShareId
from clr.records.assembling import IssuerFacts
from clr.records.proofs import Ed25519Signer, sign
from clr.registrar import composing, enveloping, issuing, sharing
from clr.registrar.enveloping import Envelope
from clr.registrar.facts import institution_facts
from clr.registrar.issuing import ToSign
from clr.registrar.policy import Caller
from clr.registrar.sharing import Shared
from clr.store.sessions import reading, transaction
from clr.web.service import Service


def badge(service: Service, caller: Caller, award_id: AwardId) -> str:
    """Return the signed credential of an award."""
    with reading(service.engine) as snapshot:
        waiting = issuing.credential_of(snapshot, caller, award_id)
    return sign_badges(service, [waiting])[0]


def record(service: Service, caller: Caller, record_id: RecordId, *, at: datetime) -> Envelope:
    """Return the signed document of a record's newest revision."""
    sign_badges_of(service, caller, record_id)
    with transaction(service.engine) as session:
        envelope = enveloping.prepare(
            session, caller, record_id, institution=institution(service), urls=service.urls, at=at
        )
    return sign_envelope(service, envelope)


def sign_badges_of(service: Service, caller: Caller, record_id: RecordId) -> None:
    """Sign the badges of a record, so that a document around them can be prepared."""
    with reading(service.engine) as snapshot:
        waiting = enveloping.waiting(snapshot, caller, record_id)
    sign_badges(service, waiting)


def shared(service: Service, token: str, *, at: datetime) -> Shared:
    """Return what a link shows, signed; raises the one ``NotFound`` for unknown, closed and expired."""
    with reading(service.engine) as snapshot:
        found = sharing.resolve(snapshot, token, at=at)
    return _signed(service, found)


def public_record(service: Service, slug: str, *, at: datetime) -> Shared:
    """Return what a public record shows, signed; raises the same ``NotFound`` for private and unknown."""
    with reading(service.engine) as snapshot:
        found = sharing.public_now(snapshot, slug)
        waiting = enveloping.waiting_public(snapshot, slug)
    if found is not None:
        return _signed(service, found)
    if not waiting:
        raise NotFound(composing.ABSENT)
    sign_badges(service, waiting)
    with transaction(service.engine) as session:
        found = sharing.resolve_public(
            session, slug, institution=institution(service), urls=service.urls, at=at
        )
    return _signed(service, found)


def note_visit(service: Service, share_id: ShareId, *, at: datetime) -> None:
    """Count one opening of a link, in a transaction of its own."""
    with transaction(service.engine) as session:
        sharing.note_visit(session, share_id, at=at)


def sign_badges(service: Service, waiting: Iterable[ToSign]) -> list[str]:
    """Return the bytes of credentials in their order; those without a signature get theirs now."""
    made = [(badge, badge.signed or _sign(service, badge)) for badge in waiting]
    fresh = [(badge, signed) for badge, signed in made if badge.signed is None]
    kept = {}
    if fresh:
        with transaction(service.engine) as session:
            kept = {badge.award_id: issuing.store(session, badge.award_id, signed) for badge, signed in fresh}
    return [kept.get(badge.award_id, signed) for badge, signed in made]


def sign_envelope(service: Service, envelope: Envelope) -> Envelope:
    """Return the document with its bytes; it is signed now if it never was."""
    if envelope.signed is not None:
        return envelope
    signed = _sign(service, envelope)
    with transaction(service.engine) as session:
        kept = enveloping.store(session, envelope, signed)
    return enveloping.with_bytes(envelope, kept)


def _signed(service: Service, found: Shared | None) -> Shared:
    if found is None:
        raise NotFound(composing.ABSENT)
    return Shared(found.share_id, found.expires_at, sign_envelope(service, found.envelope))


def _sign(service: Service, waiting: ToSign | Envelope) -> str:
    """Sign with the institution's key, which each issuer lists as its own."""
    signer = Ed25519Signer(service.keyring.credential_key, waiting.unsigned["issuer"]["id"])
    return issuing.written(sign(waiting.unsigned, signer, created=waiting.created, contexts=service.contexts))


def institution(service: Service) -> IssuerFacts:
    """Return who issues records and status lists."""
    return institution_facts(service.settings.institution_name, service.urls)
