"""Where verifiers look: keys, status lists, and the definitions that documents point to."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from clr.errors import NotAcceptable, NotFound
from clr.ids import AchievementId
from clr.pathways.wire import SCHEMA_ID, schema
from clr.records import assembling
from clr.records.contexts import OB, VC
from clr.registrar import catalog
from clr.registrar.facts import achievement_facts, issuer_facts
from clr.web import problems, verification
from clr.web.access import ServiceDep, Snapshot
from clr.web.acts import ActRoute
from clr.web.caching import revalidated
from clr.web.documents import DECLARED, DocumentRoute, offered

router = APIRouter(tags=["well known"], route_class=ActRoute)
definitions = APIRouter(tags=["well known"], route_class=DocumentRoute)
"""Addresses that have a page besides."""

_LAST_LIST = 2**31 - 1


@router.get("/.well-known/did.json", response_class=Response)
def institution_did(request: Request, service: ServiceDep) -> Response:
    """Fetch the institution's DID document: the keys that sign records and status lists."""
    return _cached(request, verification.institution_keys(service), "application/did+json")


@router.get("/issuers/{slug}/did.json", response_class=Response, responses=problems.declared(NotFound))
def issuer_did(request: Request, slug: str, service: ServiceDep) -> Response:
    """Fetch an issuer's DID document: the keys that sign its badges."""
    return _cached(request, verification.issuer_keys(service, slug), "application/did+json")


@router.get("/.well-known/jwks.json", response_class=Response)
def token_keys(request: Request, service: ServiceDep) -> Response:
    """Fetch the public keys of access tokens (RFC 7517)."""
    return _cached(request, {"keys": list(service.keyring.token_jwks)}, "application/jwk-set+json")


@router.get("/status/{number}", response_class=Response, responses=problems.declared(NotFound))
def status_list(
    request: Request, service: ServiceDep, number: Annotated[int, Path(ge=0, le=_LAST_LIST)]
) -> Response:
    """Fetch a signed Bitstring status list: which documents were revoked."""
    return _cached(request, verification.status_list(service, number), "application/vc+ld+json")


@definitions.get(
    "/achievements/{achievement_id}",
    response_class=Response,
    responses=DECLARED | problems.declared(NotFound, NotAcceptable),
)
def define_achievement(
    request: Request, achievement_id: str, service: ServiceDep, snapshot: Snapshot
) -> Response:
    """Fetch the definition of an achievement (OB 3.0 Achievement)."""
    media = offered(request)
    found = catalog.achievement(snapshot, AchievementId(achievement_id))
    issuer = catalog.issuer(snapshot, found.issuer_id)
    creator = assembling.issuer_profile(issuer_facts(issuer, service.urls))
    told = assembling.achievement(achievement_facts(found, service.urls))
    return _cached(request, {"@context": [VC, OB], **told, "creator": creator}, media)


@definitions.get(
    "/issuers/{slug}",
    response_class=Response,
    responses=DECLARED | problems.declared(NotFound, NotAcceptable),
)
def describe_issuer(request: Request, slug: str, service: ServiceDep, snapshot: Snapshot) -> Response:
    """Fetch the profile of an issuer (OB 3.0 Profile)."""
    media = offered(request)
    issuer = catalog.issuer_by_slug(snapshot, slug)
    profile = assembling.issuer_profile(issuer_facts(issuer, service.urls))
    return _cached(request, {"@context": [VC, OB], **profile}, media)


@definitions.get(SCHEMA_ID, response_class=Response)
def requirement_schema(request: Request) -> Response:
    """Fetch the JSON Schema (2020-12) of the form in which requirements are sent and kept."""
    content = json.dumps(schema(), ensure_ascii=False, indent=2).encode()
    return revalidated(request, content, "application/schema+json", everywhere=True)


def _cached(request: Request, told: Mapping[str, Any], media_type: str) -> Response:
    content = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return revalidated(request, content, media_type, everywhere=True)
