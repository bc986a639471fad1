"""Evidence files: sent as they are, checked by what they are, private."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from clr.errors import NotAllowed, NotFound, NotSignedIn, TooLarge, WrongMedia
from clr.ids import EvidenceId
from clr.registrar import evidence
from clr.registrar.evidence import EvidenceFile, Upload
from clr.store.sessions import transaction
from clr.web import problems
from clr.web.access import Now, ServiceDep, SignedIn, Snapshot
from clr.web.acts import ActRoute
from clr.web.bodies import StrictModel, read_body
from clr.web.idempotency import Once
from clr.web.service import Service

router = APIRouter(prefix="/v1/evidence", tags=["evidence"], route_class=ActRoute)


class EvidenceOut(StrictModel):
    """An evidence file."""

    id: str
    url: str
    name: str
    media_type: str
    size: int = Field(description="Bytes.")
    digest: str = Field(description="SHA-256 as a multibase multihash.")

    @classmethod
    def of(cls, facts: EvidenceFile, url: str) -> "EvidenceOut":
        """Return what is shown of a file."""
        return cls(
            id=facts.id,
            url=url,
            name=facts.name,
            media_type=facts.media_type,
            size=facts.size,
            digest=facts.digest,
        )


async def _content(request: Request, service: ServiceDep, caller: SignedIn) -> bytes:
    """Read the file of somebody who may upload it; a form around it would be kept as if it were the work."""
    evidence.require_uploader(caller)
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        raise WrongMedia("Send the file itself as the body, not a form that holds it.")
    return await read_body(request, service.settings.evidence_max_bytes)


@router.post(
    "",
    status_code=201,
    responses=problems.declared(NotSignedIn, NotAllowed, TooLarge, WrongMedia),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def upload_evidence(
    caller: SignedIn,
    content: Annotated[bytes, Depends(_content)],
    service: ServiceDep,
    now: Now,
    once: Once,
    name: Annotated[str, Query(min_length=1, max_length=200, description="The file's name.")],
) -> EvidenceOut:
    """Keep a file as evidence: the body is the file. It is private until an award in a share names it."""
    limit = service.settings.evidence_max_bytes
    evidence.media_type_of(content, limit)
    kept, named = (
        service.files.put(content),
        False,
    )  # before what names it, so that no row ever lacks its file
    try:
        with transaction(service.engine) as session:
            before = once.before(session)
            if before is None:
                facts = evidence.upload(session, caller, Upload(name, content, kept), at=now, limit=limit)
                once.keep(session, {"evidence": facts.id}, at=now)
            else:
                facts = evidence.facts_of(session, EvidenceId(before["evidence"]))
        named = before is None
    finally:
        if not named:
            service.files.remove(kept)
    return EvidenceOut.of(facts, service.urls.evidence(facts.id))


@router.get("/{evidence_id}", response_class=Response, responses=problems.declared(NotSignedIn, NotFound))
def open_evidence(evidence_id: str, service: ServiceDep, caller: SignedIn, snapshot: Snapshot) -> Response:
    """Open a file, for its learner, for assessors, and for who uploaded it."""
    return file_response(service, evidence.open_file(snapshot, caller, EvidenceId(evidence_id)))


def file_response(service: Service, facts: EvidenceFile) -> Response:
    """Return a file so that no browser runs anything in it."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(facts.name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    return Response(service.files.get(facts.file), media_type=facts.media_type, headers=headers)
