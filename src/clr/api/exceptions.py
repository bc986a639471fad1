"""Exceptions for one learner: waivers, substitutions, and milestones that staff let stand."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from clr.api.awards import AwardOut, MovedOut, ReasonIn
from clr.errors import Conflict, NotAllowed, NotFound, NotSignedIn
from clr.ids import AchievementId, AllowanceId, AwardId
from clr.registrar import allowing, excepting, losing
from clr.registrar.allowing import AllowanceFacts, Wanted
from clr.registrar.excepting import Allowed
from clr.web import problems
from clr.web.access import LearnerInPath, Now, ServiceDep, SignedIn, Snapshot, Transaction
from clr.web.bodies import Line, Moment, StrictModel, StrictRoute
from clr.web.idempotency import Once

router = APIRouter(prefix="/v1", tags=["exceptions"], route_class=StrictRoute)


class WaiverIn(StrictModel):
    """A clause to be waived for a learner."""

    clause_id: str = Field(max_length=80, description="As in the learner's progress or a pathway's version.")
    reason: Line = Field(max_length=1000, description="Shown to everyone who sees the result.")
    until: Moment | None = Field(None, description="When the exception ends; never when absent.")

    def wanted(self, instead: str | None = None) -> Wanted:
        """Return what this asks for."""
        return Wanted(self.clause_id, self.reason, self.until, AchievementId(instead) if instead else None)


class SubstitutionIn(WaiverIn):
    """A clause to be met by another achievement, which must pass the clause's filters."""

    instead: str = Field(max_length=80, description="The achievement of which an award counts here too.")


class AllowanceOut(StrictModel):
    """An exception: who answers for it, why, and how long."""

    id: str
    learner_id: str
    kind: str = Field(description="waiver or substitution.")
    achievement_id: str = Field(description="The stack whose clause it is.")
    clause_id: str
    instead: str | None
    instead_name: str | None
    reason: str
    author: str
    given_on: datetime
    until: datetime | None
    state: str = Field(description="in_force, ended or withdrawn.")
    because: str | None = Field(description="Why it was withdrawn.")

    @classmethod
    def of(cls, facts: AllowanceFacts) -> "AllowanceOut":
        """Return what is shown of an exception."""
        return cls(
            id=facts.id,
            learner_id=facts.learner_id,
            kind=facts.kind,
            achievement_id=facts.achievement_id,
            clause_id=facts.clause_id,
            instead=facts.instead,
            instead_name=facts.instead_name,
            reason=facts.reason,
            author=facts.author,
            given_on=facts.given_on,
            until=facts.until,
            state=facts.state,
            because=facts.because,
        )


class Allowances(StrictModel):
    """Every exception made for a learner, newest first."""

    items: list[AllowanceOut]


class AllowedOut(StrictModel):
    """An exception with everything it did."""

    allowance: AllowanceOut
    milestones: list[AwardOut]
    progress: list[MovedOut]

    @classmethod
    def of(cls, allowed: Allowed) -> "AllowedOut":
        """Return what is shown of an exception's effect."""
        return cls(
            allowance=AllowanceOut.of(allowed.allowance),
            milestones=[AwardOut.of(milestone) for milestone in allowed.milestones],
            progress=[MovedOut.of(moved) for moved in allowed.progress],
        )


class WithdrawnOut(StrictModel):
    """A withdrawal with everything it did."""

    allowance: AllowanceOut
    lost: list[AwardOut] = Field(
        description="Milestones that nothing supports any more; see the state of each."
    )
    progress: list[MovedOut]


class UpheldOut(StrictModel):
    """A milestone that stands after all, and what followed."""

    award: AwardOut
    milestones: list[AwardOut]
    progress: list[MovedOut]


_DECLARED = problems.declared(NotSignedIn, NotAllowed, NotFound, Conflict)


@router.get("/learners/{learner_id}/allowances", responses=problems.declared(NotSignedIn, NotFound))
def list_allowances(learner_id: LearnerInPath, caller: SignedIn, snapshot: Snapshot, now: Now) -> Allowances:
    """List the waivers and substitutions of a learner, those that ended or were withdrawn too."""
    found = allowing.allowances_of(snapshot, caller, learner_id, at=now)
    return Allowances(items=[AllowanceOut.of(item) for item in found])


@router.post("/learners/{learner_id}/waivers", status_code=201, responses=_DECLARED)
def waive_clause(
    learner_id: LearnerInPath,
    body: WaiverIn,
    service: ServiceDep,
    caller: SignedIn,
    transaction: Transaction,
    now: Now,
    once: Once,
) -> AllowedOut:
    """Count a clause as complete for this learner; milestones follow in the same moment."""
    return _allow(body.wanted(), learner_id, service, caller, transaction, now, once)


@router.post("/learners/{learner_id}/substitutions", status_code=201, responses=_DECLARED)
def substitute_achievement(
    learner_id: LearnerInPath,
    body: SubstitutionIn,
    service: ServiceDep,
    caller: SignedIn,
    transaction: Transaction,
    now: Now,
    once: Once,
) -> AllowedOut:
    """Let an award of another achievement count for a clause, for this learner."""
    return _allow(body.wanted(body.instead), learner_id, service, caller, transaction, now, once)


@router.get("/allowances/{allowance_id}", responses=problems.declared(NotSignedIn, NotFound))
def read_allowance(allowance_id: str, caller: SignedIn, snapshot: Snapshot, now: Now) -> AllowanceOut:
    """Read one exception."""
    return AllowanceOut.of(allowing.allowance(snapshot, caller, AllowanceId(allowance_id), at=now))


@router.post("/allowances/{allowance_id}/withdraw", responses=_DECLARED)
def withdraw_allowance(
    allowance_id: str, body: ReasonIn, caller: SignedIn, transaction: Transaction, now: Now
) -> WithdrawnOut:
    """Withdraw an exception, with a reason; milestones that stood on it alone lose their support."""
    done = excepting.withdraw(transaction, caller, AllowanceId(allowance_id), because=body.reason, at=now)
    return WithdrawnOut(
        allowance=AllowanceOut.of(done.allowance),
        lost=[AwardOut.of(award) for award in done.lost],
        progress=[MovedOut.of(moved) for moved in done.progress],
    )


@router.post("/awards/{award_id}/uphold", responses=_DECLARED)
def uphold_award(
    award_id: str,
    body: ReasonIn,
    service: ServiceDep,
    caller: SignedIn,
    transaction: Transaction,
    now: Now,
) -> UpheldOut:
    """Let a suspended milestone stand after all, with a reason."""
    done = losing.uphold(
        transaction, caller, AwardId(award_id), because=body.reason, at=now, urls=service.urls
    )
    return UpheldOut(
        award=AwardOut.of(done.award),
        milestones=[AwardOut.of(milestone) for milestone in done.milestones],
        progress=[MovedOut.of(moved) for moved in done.progress],
    )


def _allow(
    wanted: Wanted,
    learner_id: LearnerInPath,
    service: ServiceDep,
    caller: SignedIn,
    transaction: Transaction,
    now: Now,
    once: Once,
) -> AllowedOut:
    if before := once.before(transaction):
        told = excepting.told_again(transaction, caller, before["allowance"], before["milestones"], at=now)
        return AllowedOut.of(told)
    done = excepting.allow(transaction, caller, learner_id, wanted, at=now, urls=service.urls)
    ids = {"allowance": done.allowance.id, "milestones": [one.id for one in done.milestones]}
    once.keep(transaction, ids, at=now)
    return AllowedOut.of(done)
