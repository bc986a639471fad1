"""Progress: explained, in whole steps, as of now or of any instant."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from clr.errors import NotFound, NotSignedIn
from clr.ids import PathwayId
from clr.registrar import tracking
from clr.web import problems
from clr.web.access import LearnerInPath, Now, SignedIn, Snapshot
from clr.web.acts import ActRoute
from clr.web.bodies import Moment, StrictModel

router = APIRouter(prefix="/v1/learners", tags=["progress"], route_class=ActRoute)

AsOf = Annotated[Moment | None, Query(description="The instant to look at; now when absent.")]


class Headline(StrictModel):
    """Where a learner stands on one pathway. Show the steps; points are floored and never alone."""

    pathway_id: str
    version: int
    name: str
    goal: str
    enrolled: bool
    status: str = Field(description="not_started, in_progress, eligible, complete, expiring or lapsed.")
    basis_points: int = Field(
        description="0 to 10000, rounded down in every group; 10000 only when complete. A stack that a person awards"
        " passes on nine tenths until it is awarded."
    )
    steps_left: int = Field(description="Awards that are still needed; 0 only when complete.")
    steps_exact: bool = Field(description='False: say "at most".')
    says: str


class Headlines(StrictModel):
    """Enrolled pathways first, then those in which something earned counts; nearest first."""

    as_of: datetime
    items: list[Headline]


class AdvanceOut(StrictModel):
    """A pathway that a step brings nearer."""

    pathway_id: str
    name: str
    steps_left: int
    says: str = Field(description="Where it stands.")
    after: str = Field(description="Where it would stand after this step.")


class NextStepOut(StrictModel):
    """One step worth taking."""

    achievement_id: str
    name: str
    kind: str = Field(description="earn, assess, award or milestone.")
    ready: bool = Field(description="Nothing else must come before it.")
    advised: bool = Field(description="Something else had better come before it.")
    times: int = Field(description="How often, where every award counts.")
    advances: list[AdvanceOut]


class NextSteps(StrictModel):
    """What helps most, first."""

    items: list[NextStepOut]


@router.get("/{learner_id}/progress", responses=problems.declared(NotSignedIn, NotFound))
def list_progress(
    learner_id: LearnerInPath, caller: SignedIn, snapshot: Snapshot, now: Now, as_of: AsOf = None
) -> Headlines:
    """List a learner's pathways, with what is left of each."""
    at = as_of or now
    found = tracking.progress_of(snapshot, caller, learner_id, at=at)
    return Headlines(as_of=at, items=[Headline(**tracking.summary_json(entry)) for entry in found])


@router.get("/{learner_id}/progress/{pathway_id}", responses=problems.declared(NotSignedIn, NotFound))
def read_progress(
    learner_id: LearnerInPath,
    pathway_id: str,
    caller: SignedIn,
    snapshot: Snapshot,
    now: Now,
    as_of: AsOf = None,
) -> dict[str, Any]:
    """Read one pathway's whole tree: what is earned and needed, by which award, what is open and why."""
    found = tracking.progress_on(snapshot, caller, learner_id, PathwayId(pathway_id), at=as_of or now)
    return tracking.progress_json(snapshot, found)


@router.get("/{learner_id}/next", responses=problems.declared(NotSignedIn, NotFound))
def list_next_steps(learner_id: LearnerInPath, caller: SignedIn, snapshot: Snapshot, now: Now) -> NextSteps:
    """List what helps most: what can be done now first, shared badges once."""
    return NextSteps(
        items=[
            NextStepOut(
                achievement_id=step.achievement_id,
                name=step.name,
                kind=step.kind,
                ready=step.ready,
                advised=step.advised,
                times=step.times,
                advances=[
                    AdvanceOut(
                        pathway_id=advance.pathway_id,
                        name=advance.name,
                        steps_left=advance.steps_left,
                        says=advance.says,
                        after=advance.after,
                    )
                    for advance in step.advances
                ],
            )
            for step in tracking.next_steps(snapshot, caller, learner_id, at=now)
        ]
    )
