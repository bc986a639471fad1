"""Share links: opened for one audience, counted by day, closed at will."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import Field

from clr.errors import Conflict, NotFound, NotSignedIn
from clr.ids import RecordId, ShareId
from clr.registrar import sharing
from clr.registrar.sharing import NewShare, ShareFacts
from clr.web import problems, signing
from clr.web.access import Now, ServiceDep, SignedIn, Snapshot, Transaction
from clr.web.bodies import Line, Moment, StrictModel, StrictRoute
from clr.web.idempotency import Once

router = APIRouter(prefix="/v1", tags=["shares"], route_class=StrictRoute)


class ShareBody(StrictModel):
    """A link to be opened: for whom, in your own words, and until when."""

    label: Line = Field(max_length=200)
    expires_at: Moment | None = None


class ShareOut(StrictModel):
    """A link as its learner sees it; `visits` counts how often it was opened."""

    id: str
    record_id: str
    label: str
    expires_at: datetime | None
    closed_at: datetime | None
    created_at: datetime
    visits: int


class OpenedOut(ShareOut):
    """A new link. `url` and `token` are told this once; a repeated request does not tell them again."""

    url: str | None
    token: str | None


class SharesOut(StrictModel):
    """Every link to a record, the newest first."""

    items: list[ShareOut]


class DayOut(StrictModel):
    """How often a link was opened on one day (UTC)."""

    day: date
    count: int


class VisitsOut(StrictModel):
    """How often a link was opened, by day; never by whom."""

    items: list[DayOut]


@router.post(
    "/records/{record_id}/shares",
    status_code=201,
    responses=problems.declared(NotSignedIn, NotFound, Conflict),
)
def open_share(
    record_id: str,
    body: ShareBody,
    caller: SignedIn,
    service: ServiceDep,
    transaction: Transaction,
    now: Now,
    once: Once,
) -> OpenedOut:
    """Open a link to the record as it is now. The address is told once."""
    # Signing writes too, so it comes before the first use of our own transaction, which begins with it.
    signing.sign_badges_of(service, caller, RecordId(record_id))
    if before := once.before(transaction):
        known = sharing.share(transaction, caller, ShareId(before["share"]))
        return OpenedOut(**_members(known), url=None, token=None)
    opened = sharing.open_share(
        transaction,
        caller,
        RecordId(record_id),
        NewShare(body.label, body.expires_at),
        institution=signing.institution(service),
        urls=service.urls,
        at=now,
    )
    once.keep(transaction, {"share": opened.share.id}, at=now)
    return OpenedOut(**_members(opened.share), url=service.urls.share(opened.token), token=opened.token)


@router.get("/records/{record_id}/shares", responses=problems.declared(NotSignedIn, NotFound))
def list_shares(record_id: str, caller: SignedIn, snapshot: Snapshot) -> SharesOut:
    """List the links to a record, closed ones too."""
    found = sharing.shares_of(snapshot, caller, RecordId(record_id))
    return SharesOut(items=[ShareOut(**_members(item)) for item in found])


@router.delete("/shares/{share_id}", status_code=204, responses=problems.declared(NotSignedIn, NotFound))
def close_share(share_id: str, caller: SignedIn, transaction: Transaction, now: Now) -> None:
    """Close a link: it leads nowhere for every request that begins after the answer."""
    sharing.close_share(transaction, caller, ShareId(share_id), at=now)


@router.get("/shares/{share_id}/visits", responses=problems.declared(NotSignedIn, NotFound))
def read_visits(share_id: str, caller: SignedIn, snapshot: Snapshot) -> VisitsOut:
    """Read how often a link was opened, by day."""
    found = sharing.visits(snapshot, caller, ShareId(share_id))
    return VisitsOut(items=[DayOut(day=item.day, count=item.count) for item in found])


def _members(facts: ShareFacts) -> dict[str, object]:
    return {
        "id": facts.id,
        "record_id": facts.record_id,
        "label": facts.label,
        "expires_at": facts.expires_at,
        "closed_at": facts.closed_at,
        "created_at": facts.created_at,
        "visits": facts.visits,
    }
