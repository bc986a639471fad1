"""Pathways compared, and as files to keep in a repository, to read, or to draw elsewhere."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from clr.errors import NotAcceptable, NotAllowed, NotFound, NotSignedIn
from clr.ids import PathwayId
from clr.pathways.comparing import KINDS, Change
from clr.registrar import exporting
from clr.registrar.exporting import Form
from clr.web import problems
from clr.web.access import SignedIn, Snapshot
from clr.web.bodies import StrictModel, StrictRoute
from clr.web.negotiation import choose

router = APIRouter(prefix="/v1/pathways/{pathway_id}", tags=["pathways"], route_class=StrictRoute)

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
