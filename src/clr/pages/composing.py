"""The pages on which a learner composes her records. What they change goes through the API, by script."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from clr.ids import RecordId
from clr.pages.items import record_sections
from clr.pages.learner import Learner
from clr.pages.looks import Catalogue, award_line, catalogue
from clr.pages.rendering import PageRoute, page
from clr.pages.words import day
from clr.registrar import catalog, composing, holdings, previewing, sharing
from clr.registrar.composing import Composition, RecordFacts
from clr.registrar.holdings import AwardFacts
from clr.registrar.policy import Caller
from clr.web.access import Now, ServiceDep, Snapshot, Transaction
from clr.web.conditions import etag

router = APIRouter(route_class=PageRoute, include_in_schema=False, default_response_class=HTMLResponse)

SHOWABLE = ("live", "expired")


@router.get("/records")
def records(service: ServiceDep, snapshot: Snapshot, caller: Learner) -> Response:
    """List a learner's records."""
    found = composing.records_of(snapshot, caller)
    lines = [
        {
            "id": record.id,
            "title": record.title,
            "visibility": record.visibility,
            "count": len(record.awards),
            "changed_words": day(record.updated_at),
            "shares": _shares(snapshot, caller, record),
        }
        for record in found
    ]
    return page(service, "records.html", caller, records=lines)


@router.post("/records")
def begin(transaction: Transaction, caller: Learner, now: Now) -> Response:
    """Begin a record, by the button on the list."""
    made = composing.create(transaction, caller, Composition("My record"), at=now)
    return RedirectResponse(f"/records/{made.id}", status_code=303)


@router.get("/records/{record_id}")
def composer(record_id: str, service: ServiceDep, snapshot: Snapshot, caller: Learner, now: Now) -> Response:
    """Show the composer of one record, with what an employer will see beside it."""
    record = composing.record(snapshot, caller, RecordId(record_id))
    awards = holdings.awards_of(snapshot, caller, record.learner_id, at=now)
    known = catalogue(snapshot, service, catalog.names(snapshot))
    lines = {award.id: award_line(award, known, now) for award in awards if award.state in SHOWABLE}
    chosen = set(record.awards)
    preview = previewing.preview(snapshot, caller, record.id, at=now)
    return page(
        service,
        "composer.html",
        caller,
        record={
            "id": record.id,
            "title": record.title,
            "narrative": record.narrative,
            "show_name": record.show_name,
            "visibility": record.visibility,
            "public_url": service.urls.public_record(record.slug),
            "etag": etag(record.revision),
            "changed_words": day(record.updated_at),
        },
        sections=[_section(section, lines) for section in record.sections] or [_EMPTY],
        spare=[line for key, line in lines.items() if key not in chosen],
        parents=_parents(record, awards, known),
        shares=_shares(snapshot, caller, record),
        warnings=list(preview.warnings),
        preview=record_sections(service, preview.shown, "/v1/evidence"),
    )


_EMPTY: dict[str, Any] = {"title": "", "narrative": "", "items": []}


def _section(section: composing.Section, lines: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    items = [
        {**lines[item.award_id], "reflection": item.reflection}
        for item in section.items
        if item.award_id in lines
    ]
    return {"title": section.title, "narrative": section.narrative, "items": items}


def _parents(record: RecordFacts, awards: Sequence[AwardFacts], known: Catalogue) -> list[dict[str, Any]]:
    """Return the earned stacks whose satisfied edges may be shown."""
    stacks = {award.achievement_id for award in awards if award.stack_version and award.state in SHOWABLE}
    return [
        {**known.shown(stack), "ticked": stack in record.parents}
        for stack in sorted(stacks, key=lambda key: known.looks[key].name)
    ]


def _shares(snapshot: Session, caller: Caller, record: RecordFacts) -> list[dict[str, Any]]:
    return [
        {
            "id": share.id,
            "label": share.label,
            "closed": share.closed_at is not None,
            "closes_words": day(share.expires_at) if share.expires_at else "When you close it",
            "visits": share.visits,
        }
        for share in sharing.shares_of(snapshot, caller, record.id)
    ]
