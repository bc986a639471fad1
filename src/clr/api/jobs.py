"""Work that waits, for whoever made it necessary: how far it is; pause, resume and cancel."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from clr.errors import Conflict, NotFound, NotSignedIn
from clr.ids import JobId
from clr.registrar import outbox
from clr.registrar.outbox import JobFacts
from clr.web import problems
from clr.web.access import SignedIn, Snapshot, Transaction
from clr.web.bodies import StrictModel, StrictRoute

router = APIRouter(prefix="/v1", tags=["jobs"], route_class=StrictRoute)


class JobOut(StrictModel):
    """Work that waits, is done, or cannot be done."""

    id: str
    kind: str = Field(description="`settle`: the milestones that a publication made due.")
    state: Literal["waiting", "running", "paused", "cancelled", "failed", "done"]
    done: int = Field(description="Learners gone through.")
    total: int | None = Field(description="Learners to go through; empty until it has begun.")
    error: str | None = Field(description="Why it failed; resume it once that is mended.")
    created_at: datetime

    @classmethod
    def of(cls, facts: JobFacts) -> "JobOut":
        """Return what is shown of work."""
        return cls(
            id=facts.id,
            kind=facts.kind,
            state=facts.state.value,
            done=facts.done,
            total=facts.total,
            error=facts.error,
            created_at=facts.created_at,
        )


@router.get("/jobs/{job_id}", responses=problems.declared(NotSignedIn, NotFound))
def read_job(job_id: str, caller: SignedIn, snapshot: Snapshot) -> JobOut:
    """Read how far work is; for the person who made it necessary, and administrators."""
    return JobOut.of(outbox.job(snapshot, caller, JobId(job_id)))


@router.post("/jobs/{job_id}/pause", responses=problems.declared(NotSignedIn, NotFound, Conflict))
def pause_job(job_id: str, caller: SignedIn, transaction: Transaction) -> JobOut:
    """Let work rest after the learners it is busy with, until it is resumed."""
    return JobOut.of(outbox.pause(transaction, caller, JobId(job_id)))


@router.post("/jobs/{job_id}/resume", responses=problems.declared(NotSignedIn, NotFound, Conflict))
def resume_job(job_id: str, caller: SignedIn, transaction: Transaction) -> JobOut:
    """Go on with work that was paused or has failed; with whom it failed is tried first."""
    return JobOut.of(outbox.resume(transaction, caller, JobId(job_id)))


@router.post("/jobs/{job_id}/cancel", responses=problems.declared(NotSignedIn, NotFound, Conflict))
def cancel_job(job_id: str, caller: SignedIn, transaction: Transaction) -> JobOut:
    """End work after the learners it is busy with; what was given stays given."""
    return JobOut.of(outbox.cancel(transaction, caller, JobId(job_id)))
