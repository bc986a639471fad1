"""What anyone with a link reads: the document of a share or of a public record, and the evidence behind it."""

import json

from fastapi import APIRouter, Request, Response

from clr.api.evidence import file_response
from clr.errors import NotAcceptable, NotFound
from clr.ids import EvidenceId
from clr.registrar import composing, sharing
from clr.registrar.sharing import Shared
from clr.web import problems, signing
from clr.web.access import Now, ServiceDep, Snapshot
from clr.web.acts import ActRoute
from clr.web.caching import revalidated
from clr.web.documents import DECLARED, DOCUMENTS, DocumentRoute, document, offered
from clr.web.heads import is_visit
from clr.web.negotiation import choose

router = APIRouter(tags=["public"], route_class=DocumentRoute)
"""Addresses that have a page besides."""

files = APIRouter(tags=["public"], route_class=ActRoute)

_ABSENT = problems.declared(NotFound)
_DOCUMENT = DECLARED | problems.declared(NotFound, NotAcceptable)


@router.get("/s/{token}", response_class=Response, responses=_DOCUMENT)
def read_share(request: Request, token: str, service: ServiceDep, now: Now) -> Response:
    """Fetch the ClrCredential of a share. Unknown, closed and expired links are one and the same 404."""
    found = signing.shared(service, token, at=now)
    media = offered(request)
    if found.share_id is not None and is_visit(request):
        signing.note_visit(service, found.share_id, at=now)
    return document(found.envelope.signed or "", media)


@router.get("/r/{slug}", response_class=Response, responses=_DOCUMENT)
def read_public_record(request: Request, slug: str, service: ServiceDep, now: Now) -> Response:
    """Fetch the ClrCredential of a public record. A private one reads as one that does not exist."""
    found = signing.public_record(service, slug, at=now)
    return revalidated(request, (found.envelope.signed or "").encode(), offered(request))


@files.get("/s/{token}/awards/{award_id}", response_class=Response, responses=_DOCUMENT)
def read_shared_award(request: Request, token: str, award_id: str, service: ServiceDep, now: Now) -> Response:
    """Fetch one signed badge of a share."""
    return _badge(request, signing.shared(service, token, at=now), award_id)


@files.get("/r/{slug}/awards/{award_id}", response_class=Response, responses=_DOCUMENT)
def read_public_award(request: Request, slug: str, award_id: str, service: ServiceDep, now: Now) -> Response:
    """Fetch one signed badge of a public record."""
    return _badge(request, signing.public_record(service, slug, at=now), award_id)


def _badge(request: Request, found: Shared, award_id: str) -> Response:
    place = next((at for at, held in enumerate(sharing.awards_in(found)) if held == award_id), None)
    if place is None:
        raise NotFound(composing.ABSENT)
    media = choose(request, DOCUMENTS)
    badges = json.loads(found.envelope.signed or "")["credentialSubject"]["verifiableCredential"]
    return document(json.dumps(badges[place], ensure_ascii=False, separators=(",", ":")), media)


@files.get("/s/{token}/evidence/{evidence_id}", response_class=Response, responses=_ABSENT)
def read_shared_evidence(
    token: str, evidence_id: str, service: ServiceDep, snapshot: Snapshot, now: Now
) -> Response:
    """Open an evidence file of an award that the share holds."""
    found = sharing.resolve(snapshot, token, at=now)
    if found is None:
        raise NotFound(composing.ABSENT)
    return file_response(service, sharing.evidence_in(snapshot, found, EvidenceId(evidence_id)))


@files.get("/r/{slug}/evidence/{evidence_id}", response_class=Response, responses=_ABSENT)
def read_public_evidence(
    slug: str, evidence_id: str, service: ServiceDep, now: Now, snapshot: Snapshot
) -> Response:
    """Open an evidence file of an award in a public record."""
    found = signing.public_record(service, slug, at=now)
    return file_response(service, sharing.evidence_in(snapshot, found, EvidenceId(evidence_id)))
