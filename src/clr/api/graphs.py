"""A pathway as a picture and as an outline: the whole stacking graph under its goal, drawn or read aloud."""

import base64
import hashlib
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from sqlmodel import Session

from clr.api.progress import AsOf
from clr.drawing.outlines import Branch, outline, structure
from clr.drawing.pathways import ALONE, pathway_image
from clr.drawing.readings import Line, reading
from clr.drawing.themes import paint_of
from clr.errors import NotFound, NotSignedIn
from clr.ids import LearnerId, PathwayId
from clr.registrar import holdings, structures, tracking
from clr.registrar.policy import Caller
from clr.registrar.tracking import PathwayProgress
from clr.web import problems
from clr.web.access import LearnerInPath, Now, ServiceDep, SignedIn, Snapshot
from clr.web.acts import ActRoute
from clr.web.bodies import StrictModel
from clr.web.caching import revalidated
from clr.web.outlining import branch_of, looks_of, named_in
from clr.web.service import Service

router = APIRouter(prefix="/v1", route_class=ActRoute)

SVG = "image/svg+xml"
_STYLE = base64.b64encode(hashlib.sha256(ALONE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE}'; frame-ancestors 'none'"
"""A drawing opened by itself loads nothing and runs nothing; its one style is known by its hash."""

_DRAWN: dict[int | str, dict[str, Any]] = {
    200: {"content": {SVG: {"schema": {"type": "string"}}}, "description": "The drawing."}
}
_LAST_VERSION = 2**31 - 1


def _at(now: Now, as_of: AsOf = None) -> datetime:
    return as_of or now


At = Annotated[datetime, Depends(_at)]


class OutlineLine(StrictModel):
    """One clause in reading order. Indent by ``depth``; ``says`` is the whole line in words."""

    depth: int = Field(description="Levels below the goal, which is 0.")
    clause_id: str | None
    achievement_id: str | None = Field(description="Empty for a group that is no achievement.")
    title: str
    state: str = Field(
        description="done, expiring, waived, spare (earned, not needed), ready (to be assessed or awarded), going, next,"
        " open, locked (something comes first), unfit (held, but does not count), lapsed, choice, needless or optional."
    )
    state_says: str = Field(description="The state in a word or two.")
    says: str
    rule: str = Field(description="What a group asks for; empty for a single achievement.")
    tally: str = Field(description="How far a group is: `1 done`, `12.5 of 30 hours`.")
    category: str | None
    notes: list[str] = Field(description="Prerequisites, exceptions, and why an award does not count.")
    counted: bool
    steps_left: int
    awards: list[str] = Field(description="Ids of the awards it is met by.")


class OutlineOut(StrictModel):
    """A pathway's progress in the order in which a screen reader reads it."""

    pathway_id: str
    name: str
    as_of: datetime
    says: str = Field(description="The headline: `2 steps left`.")
    lines: list[OutlineLine]


@router.get(
    "/learners/{learner_id}/progress/{pathway_id}/outline",
    tags=["progress"],
    responses=problems.declared(NotSignedIn, NotFound),
)
def read_outline(
    learner_id: LearnerInPath,
    pathway_id: str,
    caller: SignedIn,
    service: ServiceDep,
    snapshot: Snapshot,
    at: At,
) -> OutlineOut:
    """Read progress as the pages' outline has it: one line a clause, each with its sentence."""
    found = tracking.progress_on(snapshot, caller, learner_id, PathwayId(pathway_id), at=at)
    branch, says = _outlined(service, snapshot, caller, learner_id, found)
    lines = [_line(line) for line in reading(branch)]
    return OutlineOut(pathway_id=pathway_id, name=found.pathway.draft.name, as_of=at, says=says, lines=lines)


@router.get(
    "/learners/{learner_id}/progress/{pathway_id}/graph.svg",
    tags=["progress"],
    response_class=Response,
    responses=problems.declared(NotSignedIn, NotFound) | _DRAWN,
)
def draw_progress(
    learner_id: LearnerInPath,
    pathway_id: str,
    request: Request,
    caller: SignedIn,
    service: ServiceDep,
    snapshot: Snapshot,
    at: At,
) -> Response:
    """Draw one pathway with where the learner stands. It says in words what the outline says, and needs no style."""
    found = tracking.progress_on(snapshot, caller, learner_id, PathwayId(pathway_id), at=at)
    branch, says = _outlined(service, snapshot, caller, learner_id, found)
    return _drawing(service, request, branch, says)


@router.get(
    "/pathways/{pathway_id}/graph.svg",
    tags=["pathways"],
    response_class=Response,
    responses=problems.declared(NotSignedIn, NotFound) | _DRAWN,
)
def draw_pathway_version(
    pathway_id: str,
    request: Request,
    _: SignedIn,
    service: ServiceDep,
    snapshot: Snapshot,
    version: Annotated[
        int | None, Query(ge=1, le=_LAST_VERSION, description="The current one when absent.")
    ] = None,
) -> Response:
    """Draw what a published pathway asks for, of nobody in particular."""
    facts, requirement = structures.asked_by(snapshot, PathwayId(pathway_id), version=version)
    looks, _slugs = looks_of(snapshot, service.urls, named_in(requirement))
    branch = structure(outline(requirement, looks, {}))
    name = "" if facts.draft.name == branch.title else f"{facts.draft.name}, "
    return _drawing(service, request, branch, f"{name}version {facts.version}")


def _outlined(
    service: Service, snapshot: Session, caller: Caller, learner_id: LearnerId, found: PathwayProgress
) -> tuple[Branch, str]:
    """Return the outline of a learner's progress, and its headline."""
    tree = tracking.progress_json(snapshot, found)
    awards = holdings.awards_of(snapshot, caller, learner_id, at=found.progress.as_of)
    looks, _ = looks_of(snapshot, service.urls, named_in(tree["requirement"]))
    return branch_of(tree, looks, awards), tree["says"]


def _drawing(service: Service, request: Request, branch: Branch, headline: str) -> Response:
    settings = service.settings
    paint = paint_of(settings.brand_colour, settings.accent_colour)
    drawn = pathway_image(branch, headline, paint=paint).encode()
    answer = revalidated(request, drawn, SVG, private=True)
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


def _line(line: Line) -> OutlineLine:
    branch = line.branch
    return OutlineLine(
        depth=line.depth,
        clause_id=branch.clause_id,
        achievement_id=branch.look.achievement_id if branch.look else None,
        title=branch.title,
        state=branch.standing,
        state_says=branch.words,
        says=line.says,
        rule=branch.asks,
        tally=branch.tally,
        category=branch.category,
        notes=list(branch.notes),
        counted=branch.counted,
        steps_left=branch.steps_left,
        awards=[proof.award_id for proof in branch.proofs],
    )
