"""Verifying for the doors: own issuers and status lists come from the store, nothing is fetched from elsewhere."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clr.errors import BadInput, NotFound, Problem, TooLarge, WrongMedia
from clr.net import checking
from clr.records.findings import Needs, Report
from clr.records.keys import did_document
from clr.records.proofs import Ed25519Signer, sign
from clr.records.reading import NotADocument
from clr.records.status import encode, status_list_credential
from clr.registrar import catalog, issuing, statuses
from clr.store.sessions import reading
from clr.web.service import Service

MEDIA = (
    "application/json",
    "application/vc+ld+json",
    "application/ld+json",
    "application/vc",
    "application/jwt",
    "text/plain",
    "image/png",
    "image/svg+xml",
)
LIMIT = 5_242_880
"""Bytes of the largest document or image that is looked at."""


def verify(service: Service, data: bytes, media_type: str, *, at: datetime) -> Report:
    """Verify what a stranger sent, in a process that can be ended; refuses what is no document at all."""
    media = media_type.partition(";")[0].strip().lower()
    if media not in MEDIA:
        raise WrongMedia(
            f"Send one of {', '.join(MEDIA)}; this was {media or 'sent without a Content-Type'}."
        )
    if len(data) > LIMIT:
        raise TooLarge(f"The document is larger than {LIMIT:,} bytes.")
    try:
        return service.checker.check(data, media, at=at, resolve=lambda needs: resolve(service, needs))
    except NotADocument as fault:
        raise BadInput(str(fault), (Problem("", "not-a-document", str(fault)),)) from fault


def verify_own(service: Service, signed: str, *, at: datetime) -> Report:
    """Verify a document of our own making, as of ``at``."""
    document = json.loads(signed)
    return checking.check_here(
        document, at=at, contexts=service.contexts, resolve=lambda needs: resolve(service, needs)
    )


def resolve(service: Service, needs: Needs) -> Mapping[str, Any] | None:
    """Return the document asked for when it is ours, else ``None``."""
    try:
        if needs.kind == "status-list":
            return _own_status_list(service, needs.url)
        if needs.kind == "standing":
            return _standing(service, needs.url)
        if needs.url == service.urls.institution_did:
            return institution_keys(service)
        prefix = service.urls.issuer_did("")
        if needs.url.startswith(prefix):
            return issuer_keys(service, needs.url.removeprefix(prefix))
    except NotFound:
        return None
    return None


def institution_keys(service: Service) -> dict[str, Any]:
    """Return the DID document of the institution: every key it ever signed with."""
    return did_document(service.urls.institution_did, service.keyring.credential_multikeys)


def issuer_keys(service: Service, slug: str) -> dict[str, Any]:
    """Return the DID document of one issuer."""
    with reading(service.engine) as snapshot:
        issuer = catalog.issuer_by_slug(snapshot, slug)
    return did_document(service.urls.issuer_did(issuer.slug), service.keyring.credential_multikeys)


def status_list(service: Service, number: int) -> dict[str, Any]:
    """Return a signed status list. The same state gives the same bytes: its date is that of the last change."""
    with reading(service.engine) as snapshot:
        listing = statuses.listing(snapshot, number)
    did = service.urls.institution_did
    issuer = {"id": did, "name": service.settings.institution_name}
    unsigned = status_list_credential(
        service.urls.status_list(number), issuer, encode(listing.revoked), valid_from=listing.changed_at
    )
    signer = Ed25519Signer(service.keyring.credential_key, did)
    return sign(unsigned, signer, created=listing.changed_at, contexts=service.contexts)


def _standing(service: Service, url: str) -> Mapping[str, Any] | None:
    base = service.urls.credential("")
    public_id = url.removeprefix(base)
    if not url.startswith(base) or not public_id.isalnum():
        return None
    with reading(service.engine) as snapshot:
        return {"suspended": issuing.is_suspended(snapshot, public_id)}


def _own_status_list(service: Service, url: str) -> Mapping[str, Any] | None:
    base = service.urls.status_list(0).removesuffix("0")
    number = url.removeprefix(base)
    if not url.startswith(base) or not (
        number.isascii() and number.isdigit() and len(number) < len(str(2**31))
    ):
        return None
    return status_list(service, int(number))
