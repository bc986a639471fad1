"""Records: what a learner composes of her awards, and the signed document of each revision."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from clr.errors import ConditionMissing, Conflict, NotAcceptable, NotFound, NotSignedIn, Stale
from clr.ids import AchievementId, AwardId, RecordId
from clr.registrar import composing, previewing
from clr.registrar.composing import Composition, Item, RecordFacts, Section
from clr.registrar.previewing import Named
from clr.registrar.showing import ShownRecord
from clr.web import problems, signing
from clr.web.access import Now, ServiceDep, SignedIn, Snapshot, Transaction
from clr.web.bodies import Line, StrictModel, StrictRoute
from clr.web.conditions import IfMatch, etag
from clr.web.documents import DECLARED, DOCUMENTS, document
from clr.web.idempotency import Once
from clr.web.negotiation import choose
from clr.web.paging import Page, cut

router = APIRouter(prefix="/v1/records", tags=["records"], route_class=StrictRoute)


class ItemBody(StrictModel):
    """One chosen award."""

    award_id: str = Field(max_length=64)
    reflection: str = Field("", max_length=5000)


class SectionBody(StrictModel):
    """Some chosen awards under one heading."""

    title: str = Field("", max_length=200)
    narrative: str = Field("", max_length=5000)
    items: list[ItemBody] = Field([], max_length=500)


class RecordBody(StrictModel):
    """What a record holds, in order."""

    title: Line = Field(max_length=200)
    narrative: str = Field("", max_length=5000)
    sections: list[SectionBody] = Field([], max_length=50)
    show_name: bool = Field(default=True, description="Whether the document carries the learner's name.")
    parents: list[str] | None = Field(
        None,
        max_length=500,
        description="Earned stacks whose satisfied edges are shown; absent: those among the chosen awards.",
    )

    def composition(self) -> Composition:
        """Return what is wanted."""
        sections = tuple(
            Section(
                part.title,
                part.narrative,
                tuple(Item(AwardId(item.award_id), item.reflection) for item in part.items),
            )
            for part in self.sections
        )
        parents = None if self.parents is None else tuple(AchievementId(key) for key in self.parents)
        return Composition(self.title, self.narrative, sections, self.show_name, parents)


class VisibilityBody(StrictModel):
    """Who may see a record."""

    visibility: Literal["private", "public"]


class RecordOut(StrictModel):
    """A record as its learner sees it; `public_url` answers only while it is public."""

    id: str
    title: str
    narrative: str
    sections: list[SectionBody]
    show_name: bool
    parents: list[str]
    visibility: str
    public_url: str
    revision: int
    created_at: datetime
    updated_at: datetime


class RecordPage(StrictModel):
    """Some records, and where the next page begins."""

    items: list[RecordOut]
    next: str | None


class PreviewOut(StrictModel):
    """What a reader will see, every achievement the document names, and what to consider first."""

    record: ShownRecord
    achievements: list[Named]
    warnings: list[str]


@router.get("", responses=problems.declared(NotSignedIn, NotFound))
def list_records(
    request: Request,
    response: Response,
    caller: SignedIn,
    snapshot: Snapshot,
    service: ServiceDep,
    page: Page,
) -> RecordPage:
    """List the caller's records."""
    found = composing.records_of(snapshot, caller, after=page.after, limit=page.limit + 1)
    items, following = cut(request, response, page, found)
    return RecordPage(items=[_out(item, service) for item in items], next=following)


@router.post("", status_code=201, responses=problems.declared(NotSignedIn, NotFound, Conflict))
def create_record(
    body: RecordBody,
    caller: SignedIn,
    transaction: Transaction,
    service: ServiceDep,
    now: Now,
    once: Once,
    response: Response,
) -> RecordOut:
    """Begin a record of your own awards. It is private."""
    if before := once.before(transaction):
        return _tagged(response, composing.record(transaction, caller, RecordId(before["record"])), service)
    made = composing.create(transaction, caller, body.composition(), at=now)
    once.keep(transaction, {"record": made.id}, at=now)
    return _tagged(response, made, service)


@router.get("/{record_id}", responses=problems.declared(NotSignedIn, NotFound))
def read_record(
    record_id: str, caller: SignedIn, snapshot: Snapshot, service: ServiceDep, response: Response
) -> RecordOut:
    """Read one of your records."""
    return _tagged(response, composing.record(snapshot, caller, RecordId(record_id)), service)


@router.put("/{record_id}", responses=problems.declared(NotSignedIn, NotFound, Stale, ConditionMissing))
def replace_record(  # noqa: PLR0913, PLR0917  each is a part of the request
    record_id: str,
    body: RecordBody,
    caller: SignedIn,
    transaction: Transaction,
    service: ServiceDep,
    now: Now,
    expected: IfMatch,
    response: Response,
) -> RecordOut:
    """Put another composition in the record's place; links opened before keep showing what they showed."""
    wanted = body.composition()
    made = composing.replace(transaction, caller, RecordId(record_id), wanted, expected=expected, at=now)
    return _tagged(response, made, service)


@router.patch("/{record_id}", responses=problems.declared(NotSignedIn, NotFound))
def change_visibility(
    record_id: str,
    body: VisibilityBody,
    caller: SignedIn,
    transaction: Transaction,
    service: ServiceDep,
    now: Now,
    response: Response,
) -> RecordOut:
    """Make a record public or private; it holds for every request that begins after the answer."""
    act = composing.publish if body.visibility == composing.PUBLIC else composing.withdraw
    return _tagged(response, act(transaction, caller, RecordId(record_id), at=now), service)


@router.delete("/{record_id}", status_code=204, responses=problems.declared(NotSignedIn, NotFound))
def discard_record(record_id: str, caller: SignedIn, transaction: Transaction, now: Now) -> None:
    """Remove a record and close its links for good."""
    composing.discard(transaction, caller, RecordId(record_id), at=now)


@router.get("/{record_id}/preview", responses=problems.declared(NotSignedIn, NotFound))
def preview_record(record_id: str, caller: SignedIn, snapshot: Snapshot, now: Now) -> PreviewOut:
    """See what a reader would see, and which achievements the document would name."""
    found = previewing.preview(snapshot, caller, RecordId(record_id), at=now)
    return PreviewOut(record=found.shown, achievements=list(found.names), warnings=list(found.warnings))


@router.get(
    "/{record_id}/clr",
    response_class=Response,
    responses=DECLARED | problems.declared(NotSignedIn, NotFound, Conflict, NotAcceptable),
)
def read_clr(request: Request, record_id: str, caller: SignedIn, service: ServiceDep, now: Now) -> Response:
    """Fetch the record as a signed ClrCredential: one document for each revision, the same bytes ever after."""
    media = choose(request, DOCUMENTS)
    return document(signing.record(service, caller, RecordId(record_id), at=now).signed or "", media)


def _tagged(response: Response, facts: RecordFacts, service: ServiceDep) -> RecordOut:
    response.headers["ETag"] = etag(facts.revision)
    return _out(facts, service)


def _out(facts: RecordFacts, service: ServiceDep) -> RecordOut:
    return RecordOut(
        id=facts.id,
        title=facts.title,
        narrative=facts.narrative,
        sections=[
            SectionBody(
                title=part.title,
                narrative=part.narrative,
                items=[ItemBody(award_id=item.award_id, reflection=item.reflection) for item in part.items],
            )
            for part in facts.sections
        ],
        show_name=facts.show_name,
        parents=list(facts.parents),
        visibility=facts.visibility,
        public_url=service.urls.public_record(facts.slug),
        revision=facts.revision,
        created_at=facts.created_at,
        updated_at=facts.updated_at,
    )
