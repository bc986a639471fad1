"""Verifying documents: anyone may ask, about any document."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from clr.errors import Busy, TooLarge, WrongMedia
from clr.net.checking import report_json
from clr.web import problems, verification
from clr.web.access import Now, ServiceDep
from clr.web.acts import ActRoute
from clr.web.bodies import read_body

router = APIRouter(prefix="/v1/verify", tags=["verification"], route_class=ActRoute)


class FindingOut(BaseModel):
    """What one numbered check found; `at` is empty for the document itself."""

    number: int
    check: str
    outcome: str
    says: str
    detail: str | None
    at: str


class ReportOut(BaseModel):
    """Every finding, and what the document says as far as its signature covers it."""

    verified: bool
    findings: list[FindingOut]
    credentials: list[dict[str, Any]]


async def _document(request: Request) -> bytes:
    return await read_body(request, verification.LIMIT)


_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            media: {"schema": {"type": "string", "format": "binary"}}
            if media.startswith("image/")
            else {"schema": {"type": "string"} if media in ("text/plain", "application/jwt") else {}}
            for media in verification.MEDIA
        },
    }
}


@router.post("", responses=problems.declared(Busy, TooLarge, WrongMedia), openapi_extra=_BODY)
def verify_document(
    request: Request, data: Annotated[bytes, Depends(_document)], service: ServiceDep, now: Now
) -> ReportOut:
    """Verify a badge or a record: the body *is* the document, or an image that holds one.

    `verified` is true when nothing fails and proof, issuer's key, status and dates pass.
    """
    report = verification.verify(service, data, request.headers.get("content-type", ""), at=now)
    return ReportOut.model_validate(report_json(report))
