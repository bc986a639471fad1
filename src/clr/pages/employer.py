"""What an employer opens: a shared or public record with everything behind it, and the verifier."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from clr.errors import ClrError
from clr.net.checking import report_json
from clr.pages.forms import form_body, form_field
from clr.pages.items import record_sections, skill_lines
from clr.pages.rendering import PageRoute, page
from clr.pages.words import day, moment
from clr.records.findings import Report
from clr.registrar import showing
from clr.registrar.enveloping import Envelope
from clr.store.sessions import reading
from clr.web import signing, verification
from clr.web.access import MaybeSignedIn, Now, ServiceDep
from clr.web.documents import DOCUMENTS, document
from clr.web.heads import is_visit
from clr.web.service import Service

router = APIRouter(route_class=PageRoute, include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/s/{token}")
def shared(request: Request, token: str, service: ServiceDep, now: Now) -> Response:
    """Show a shared record; opening it is one visit."""
    found = signing.shared(service, token, at=now)
    answer = _record(service, found.envelope, now, f"/s/{token}", closes=found.expires_at)
    if found.share_id is not None and is_visit(request):
        signing.note_visit(service, found.share_id, at=now)
    return answer


@router.get("/r/{slug}")
def public(slug: str, service: ServiceDep, now: Now) -> Response:
    """Show a public record."""
    found = signing.public_record(service, slug, at=now)
    return _record(service, found.envelope, now, f"/r/{slug}", closes=None)


def _record(
    service: Service, envelope: Envelope, at: datetime, address: str, *, closes: datetime | None
) -> Response:
    report = verification.verify_own(service, envelope.signed or "", at=at)
    with reading(service.engine) as snapshot:
        record = showing.shown_record(snapshot, envelope.learner_id, envelope.view, at=at)
    states = [item.state for section in record.sections for item in section.items]
    sections = record_sections(service, record, f"{address}/evidence")
    _add_checks([item for section in sections for item in section["items"]], report, address)
    return page(
        service,
        "record.html",
        record={
            "title": record.title,
            "learner_name": record.learner_name,
            "narrative": record.narrative,
            "as_of_words": moment(at),
            "sections": sections,
        },
        skills=skill_lines(service, record),
        verification={**_own_words(report), "verdict": _verdict(service, report, states)},
        downloads=[{"label": "Signed document (CLR 2.0)", "url": f"{address}/clr.json"}],
        check_address=f"{service.urls.public_url}{address}",
        closes_words=day(closes) if closes else "",
        private_address=True,
    )


def _add_checks(items: list[dict[str, Any]], report: Report, address: str) -> None:
    """Put beside each award what was found of its own credential: the document holds them in the page's order."""
    told = report_json(report)["findings"]
    for number, item in enumerate(items):
        found = [finding for finding in told if finding["at"] == f"verifiableCredential[{number}]"]
        wrong = [finding["says"] for finding in found if finding["outcome"] in ("fail", "warn")]
        item["checks"] = found
        item["checks_say"] = " ".join(wrong) or _SOUND
        item["sound"] = not any(finding["outcome"] == "fail" for finding in found)
        item["credential_url"] = f"{address}/awards/{item['award']['id']}"


_SOUND = "Signed by its issuer, not revoked, within its dates."


def _own_words(report: Report) -> dict[str, Any]:
    """Return the findings of the record itself; what was found of its badges is summed up in the last."""
    told = report_json(report)
    return {"verified": report.verified, "findings": [item for item in told["findings"] if not item["at"]]}


def _verdict(service: Service, report: Report, states: list[str]) -> dict[str, str]:
    fallen = {state: states.count(state) for state in ("expired", "revoked", "suspended") if state in states}
    standing = "; ".join(
        f"{count} {'has' if count == 1 else 'have'} {_FALLEN[state]}" for state, count in fallen.items()
    )
    if report.verified:
        rest = f" All {len(states)} awards are in force." if len(states) > 1 and not standing else ""
        more = f" Of its {len(states)} awards, {standing}." if standing else rest
        name = service.settings.institution_name
        return {"kind": "done", "word": "Verified.", "says": f"Issued by {name}, unchanged since.{more}"}
    if standing:
        says = f"Unchanged since it was issued, but of its {len(states)} awards, {standing}."
        return {"kind": "warn", "word": "Read with care.", "says": says}
    return {"kind": "bad", "word": "Do not rely on it.", "says": "One of the checks failed; see which below."}


_FALLEN = {"expired": "expired", "revoked": "been revoked", "suspended": "been suspended"}


@router.get("/verify")
def verifier(service: ServiceDep, caller: MaybeSignedIn) -> Response:
    """Show the verifier."""
    return page(service, "verify.html", caller, report=None, refused=None, pasted="", when="")


@router.post("/verify")
def check(
    content: Annotated[bytes, Depends(form_body)], service: ServiceDep, caller: MaybeSignedIn, now: Now
) -> Response:
    """Check what was pasted, for browsers without script; nothing of it is kept."""
    pasted = form_field(content, "document")
    report, refused = None, None
    try:
        report = verification.verify(service, pasted.encode(), "text/plain", at=now)
    except ClrError as fault:
        refused = fault.says
    shown = report_json(report) if report else None
    return page(
        service, "verify.html", caller, report=shown, refused=refused, pasted=pasted, when=moment(now)
    )


@router.get("/s/{token}/clr.json")
def shared_document(token: str, service: ServiceDep, now: Now) -> Response:
    """Save the signed document of a link as a file."""
    return _file(signing.shared(service, token, at=now).envelope)


@router.get("/r/{slug}/clr.json")
def public_document(slug: str, service: ServiceDep, now: Now) -> Response:
    """Save the signed document of a public record as a file."""
    return _file(signing.public_record(service, slug, at=now).envelope)


def _file(envelope: Envelope) -> Response:
    answer = document(envelope.signed or "", DOCUMENTS[0])
    answer.headers["Content-Disposition"] = 'attachment; filename="learner-record.json"'
    return answer
