"""Pathways compared, and as files to keep in a repository, to read, or to draw elsewhere."""

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from clr.api.pathways import PathwayOut
from clr.errors import NotAcceptable, NotAllowed, NotFound, NotSignedIn
from clr.ids import AchievementId, IssuerId, PathwayId
from clr.pathways import Policy
from clr.pathways.comparing import KINDS, Change
from clr.pathways.ctdl_reading import Reading
from clr.registrar import adopting, authoring, exporting
from clr.registrar.authoring import DraftFacts, PathwayFacts
from clr.registrar.exporting import Form
from clr.web import problems
from clr.web.access import Now, ServiceDep, SignedIn, Snapshot, Transaction
from clr.web.bodies import StrictModel, StrictRoute
from clr.web.idempotency import Once
from clr.web.negotiation import choose
from clr.web.problems import ProblemItem

router = APIRouter(prefix="/v1/pathways/{pathway_id}", tags=["pathways"], route_class=StrictRoute)
adoption = APIRouter(prefix="/v1", tags=["pathways"], route_class=StrictRoute)

_LAST_VERSION = 2**31 - 1
Number = Annotated[int, Path(ge=1, le=_LAST_VERSION)]
AskedForm = Annotated[
    Literal["json", "text"] | None, Query(alias="form", description="By the Accept header when absent.")
]
_MEDIA = {Form.JSON: "application/json", Form.TEXT: "text/plain"}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file: as JSON, the body of `POST /v1/pathways`; as text, lines to read and compare.",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "text/plain": {"schema": {"type": "string"}},
        },
    }
}


LD_JSON = "application/ld+json"
_CTDL: dict[int | str, dict[str, Any]] = {
    200: {"description": "The pathway in CTDL", "content": {LD_JSON: {"schema": {"type": "object"}}}}
}


class ChangeOut(StrictModel):
    """One difference."""

    at: str = Field(description="Its place in the newer state; in the older one when it is gone.")
    clause_id: str | None = Field(description="The clause, when it is one.")
    kind: str = Field(description=f"One of: {', '.join(KINDS)}.")
    says: str
    before: Any = None
    after: Any = None

    @classmethod
    def of(cls, change: Change) -> "ChangeOut":
        """Return what is shown of a difference."""
        return cls(
            at=change.at,
            clause_id=change.clause,
            kind=change.kind,
            says=change.says,
            before=change.before,
            after=change.after,
        )


class Difference(StrictModel):
    """What differs between two states of a pathway; nothing when only ids of clauses do."""

    pathway_id: str
    earlier: int
    later: int | Literal["draft"]
    changes: list[ChangeOut]


class Described(StrictModel):
    """A pathway described in CTDL, and what its components are here."""

    issuer_id: str
    document: dict[str, Any] | list[Any] = Field(description="JSON-LD: a graph, or the pathway alone.")
    achievements: dict[str, Annotated[str, Field(max_length=80)]] = Field(
        {}, max_length=5000, description="Achievement ids by an address of the component or of its resource."
    )
    policy: Literal["auto", "assessed", "manual"] = Field(
        "auto", description="Who completes each stack; CTDL does not say."
    )

    def matched(self) -> dict[str, AchievementId]:
        """Return the matches that were told."""
        return {at: AchievementId(key) for at, key in self.achievements.items()}


class UnreadOut(StrictModel):
    """Something of the document that the draft does not say."""

    at: str = Field(description="Where it stands: the id of the component or condition around it.")
    term: str
    says: str


class UnmatchedOut(StrictModel):
    """A component that stands for no achievement known here; the draft has a problem wherever it is asked for."""

    component: str
    name: str | None
    achievement_id: str = Field(description="What stands in its place in the draft.")


class Adopted(StrictModel):
    """The pathway drawn from a document, what is wrong with its draft, and what it lacks of the document."""

    pathway: PathwayOut
    problems: list[ProblemItem]
    unread: list[UnreadOut]
    unmatched: list[UnmatchedOut]

    @classmethod
    def of(cls, facts: PathwayFacts, draft: DraftFacts, read: Reading) -> "Adopted":
        """Return what is shown of a pathway just drawn."""
        return cls(
            pathway=PathwayOut.of(facts),
            problems=[ProblemItem(at=one.at, kind=one.kind, says=one.says) for one in draft.problems],
            unread=[UnreadOut(at=one.at, term=one.term, says=one.says) for one in read.unread],
            unmatched=[
                UnmatchedOut(component=one.component, name=one.name, achievement_id=one.achievement)
                for one in read.unmatched
            ],
        )


@router.get("/diff", responses=problems.declared(NotSignedIn, NotAllowed, NotFound))
def compare_versions(
    pathway_id: str,
    earlier: Annotated[int, Query(alias="from", ge=1, le=_LAST_VERSION)],
    later: Annotated[
        Annotated[int, Field(ge=1, le=_LAST_VERSION)] | Literal["draft"],
        Query(alias="to", description="A version, or `draft`, which takes the right to draw."),
    ],
    caller: SignedIn,
    snapshot: Snapshot,
) -> Difference:
    """Compare two versions, or a version and what publishing the draft would make of it."""
    to = None if later == "draft" else later
    found = exporting.difference(snapshot, caller, PathwayId(pathway_id), earlier, to)
    shown = [ChangeOut.of(change) for change in found]
    return Difference(pathway_id=pathway_id, earlier=earlier, later=later, changes=shown)


@router.get(
    "/versions/{number}/export",
    response_class=Response,
    responses=_FILE | problems.declared(NotSignedIn, NotFound, NotAcceptable),
)
def export_version(
    request: Request,
    pathway_id: str,
    number: Number,
    caller: SignedIn,
    snapshot: Snapshot,
    form: AskedForm = None,
) -> Response:
    """Export a published version, with every stack that it froze."""
    return _file(request, caller, snapshot, PathwayId(pathway_id), number, form)


@router.get(
    "/draft/export",
    response_class=Response,
    responses=_FILE | problems.declared(NotSignedIn, NotAllowed, NotFound, NotAcceptable),
)
def export_draft(
    request: Request, pathway_id: str, caller: SignedIn, snapshot: Snapshot, form: AskedForm = None
) -> Response:
    """Export the draft, right or wrong."""
    return _file(request, caller, snapshot, PathwayId(pathway_id), None, form)


@router.get(
    "/versions/{number}/ctdl",
    response_class=Response,
    responses=_CTDL | problems.declared(NotSignedIn, NotFound),
)
def describe_version(
    pathway_id: str, number: Number, _: SignedIn, snapshot: Snapshot, service: ServiceDep
) -> Response:
    """Describe a published version in CTDL; `leftOut` lists what CTDL has no words for."""
    found = exporting.in_ctdl(snapshot, PathwayId(pathway_id), number, service.urls)
    content = json.dumps(found.document, ensure_ascii=False, indent=2) + "\n"
    return Response(content.encode(), media_type=LD_JSON)


@adoption.post(
    "/pathways/from-ctdl",
    status_code=201,
    responses=problems.declared(NotSignedIn, NotAllowed, NotFound),
)
def draw_from_ctdl(
    body: Described, caller: SignedIn, transaction: Transaction, now: Now, once: Once, service: ServiceDep
) -> Adopted:
    """Begin a pathway from a CTDL document; the answer lists what of it was not read, and by what it was not matched."""
    issuer, told = IssuerId(body.issuer_id), body.matched()
    completed = Policy(body.policy)
    read = adopting.reading(
        transaction, caller, issuer, body.document, told, completed=completed, urls=service.urls
    )
    if before := once.before(transaction):
        facts = authoring.pathway(transaction, PathwayId(before["pathway"]))
    else:
        facts = authoring.draw(transaction, caller, issuer, read.draft, at=now)
        once.keep(transaction, {"pathway": facts.id}, at=now)
    return Adopted.of(facts, authoring.draft(transaction, caller, facts.id), read)


def _file(
    request: Request,
    caller: SignedIn,
    snapshot: Snapshot,
    pathway_id: PathwayId,
    number: int | None,
    form: str | None,
) -> Response:
    media = _MEDIA[Form(form)] if form else choose(request, tuple(_MEDIA.values()))
    asked = next(kind for kind, told in _MEDIA.items() if told == media)
    content = exporting.exported(snapshot, caller, pathway_id, number, asked)
    return Response(content.encode(), media_type=media)
