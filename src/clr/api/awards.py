"""Awards: one act, with everything that followed from it in the answer."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import AfterValidator, Field, model_validator

from clr.errors import Conflict, NotAllowed, NotEligible, NotFound, NotSignedIn
from clr.ids import AchievementId, AwardId, EvidenceId, LearnerId
from clr.registrar import awarding, holdings, revoking
from clr.registrar.awarding import Granted, GrantRequest
from clr.registrar.holdings import AwardFacts, EvidenceFacts
from clr.registrar.people import Who
from clr.registrar.results import ResultGiven
from clr.registrar.tracking import Moved
from clr.web import problems
from clr.web.access import LearnerInPath, Now, ServiceDep, SignedIn, Snapshot, Transaction
from clr.web.bodies import Credits, Line, Moment, StrictModel, StrictRoute, web_address
from clr.web.idempotency import Once
from clr.web.paging import Page, cut

router = APIRouter(prefix="/v1", tags=["awards"], route_class=StrictRoute)


class LearnerNamed(StrictModel):
    """A learner by what the institution knows of them; entered when new."""

    email: Annotated[str, Field(max_length=200, pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    name: Line | None = Field(None, max_length=200)
    external_id: Line | None = Field(None, max_length=100)

    @model_validator(mode="after")
    def _somebody(self) -> "LearnerNamed":
        if self.email is None and self.external_id is None:
            raise ValueError("needs an email or an external_id")
        return self


class EvidenceIn(StrictModel):
    """A piece of evidence: an uploaded file by its id, or an outside address."""

    evidence_id: str | None = Field(None, min_length=1, max_length=64)
    url: Annotated[str, Field(max_length=2000), AfterValidator(web_address)] | None = None
    name: Line = Field(max_length=200)
    narrative: str | None = Field(None, max_length=10_000)
    genre: str | None = Field(None, max_length=100)

    @model_validator(mode="after")
    def _one_of_two(self) -> "EvidenceIn":
        if (self.evidence_id is None) == (self.url is None):
            raise ValueError("needs either an evidence_id or a url")
        return self


class ResultIn(StrictModel):
    """A result: which description it answers, with a value or a level of its rubric."""

    result_description: str
    value: str | None = Field(None, max_length=100)
    achieved_level: str | None = Field(None, max_length=200, description="A level's id or name.")


class AwardIn(StrictModel):
    """What is to be awarded to whom."""

    achievement_id: str
    learner_id: str | None = None
    learner: LearnerNamed | None = None
    earned_on: Moment | None = Field(None, description="Now when absent; may lie in a past semester.")
    valid_until: Moment | None = None
    again: bool = Field(default=False, description="Award it although the learner holds it already.")
    evidence: list[EvidenceIn] = Field([], max_length=50)
    results: list[ResultIn] = Field([], max_length=50)
    narrative: str | None = Field(None, max_length=10_000)
    assessor: Line | None = Field(None, max_length=200, description="Who assessed the work.")
    credits_earned: Credits | None = None

    @model_validator(mode="after")
    def _one_learner(self) -> "AwardIn":
        if (self.learner_id is None) == (self.learner is None):
            raise ValueError("needs either a learner_id or a learner")
        return self

    def request(self) -> GrantRequest:
        """Return what this says."""
        named = self.learner
        who = Who(
            learner_id=LearnerId(self.learner_id) if self.learner_id else None,
            email=named.email if named else None,
            name=named.name if named else None,
            external_id=named.external_id if named else None,
        )
        return GrantRequest(
            achievement_id=AchievementId(self.achievement_id),
            learner=who,
            earned_on=self.earned_on,
            valid_until=self.valid_until,
            again=self.again,
            results=tuple(ResultGiven(**result.model_dump()) for result in self.results),
            evidence=tuple(_evidence(item) for item in self.evidence),
            narrative=self.narrative,
            assessor=self.assessor,
            credits_earned=self.credits_earned,
        )


class ReasonIn(StrictModel):
    """Why staff decide so; the learner reads it."""

    reason: Line = Field(max_length=1000)


class EvidenceOut(StrictModel):
    """A piece of evidence."""

    evidence_id: str | None
    url: str | None
    name: str
    narrative: str | None
    genre: str | None


class AwardOut(StrictModel):
    """An award."""

    id: str
    learner_id: str
    achievement_id: str
    name: str
    kind: str
    issuer_id: str
    origin: str = Field(description="granted, derived (a milestone) or recorded (history).")
    state: str = Field(description="live, expired, suspended or revoked.")
    because: str | None = Field(description="Why it is suspended or revoked.")
    support_lost_at: datetime | None = Field(
        description="Since when nothing supports a milestone that stands all the same."
    )
    upheld_because: str | None = Field(
        description="Why staff let a milestone stand whose support was revoked."
    )
    again: int
    stack_version: int
    earned_on: datetime
    issued_at: datetime
    recorded_at: datetime
    valid_until: datetime | None
    results: list[dict[str, Any]]
    narrative: str | None
    credits_earned: float | None
    assessor: str | None
    causes: list[str]
    evidence: list[EvidenceOut]

    @classmethod
    def of(cls, facts: AwardFacts) -> "AwardOut":
        """Return what is shown of an award."""
        return cls(
            id=facts.id,
            learner_id=facts.learner_id,
            achievement_id=facts.achievement_id,
            name=facts.name,
            kind=facts.kind,
            issuer_id=facts.issuer_id,
            origin=facts.origin,
            state=facts.state,
            because=facts.because,
            support_lost_at=facts.support_lost_at,
            upheld_because=facts.upheld_because,
            again=facts.again,
            stack_version=facts.stack_version,
            earned_on=facts.earned_on,
            issued_at=facts.issued_at,
            recorded_at=facts.recorded_at,
            valid_until=facts.valid_until,
            results=[dict(result) for result in facts.results],
            narrative=facts.narrative,
            credits_earned=facts.credits_earned,
            assessor=facts.assessor,
            causes=list(facts.causes),
            evidence=[
                EvidenceOut(
                    evidence_id=item.evidence_id,
                    url=item.url,
                    name=item.name,
                    narrative=item.narrative,
                    genre=item.genre,
                )
                for item in facts.evidence
            ],
        )


class MovedOut(StrictModel):
    """Where a pathway stands after what happened."""

    pathway_id: str
    name: str
    steps_left: int
    basis_points: int
    says: str

    @classmethod
    def of(cls, moved: Moved) -> "MovedOut":
        """Return what is shown of a pathway that moved."""
        return cls(
            pathway_id=moved.pathway_id,
            name=moved.name,
            steps_left=moved.steps_left,
            basis_points=moved.basis_points,
            says=moved.says,
        )


class GrantedOut(StrictModel):
    """An award with everything it did."""

    award: AwardOut
    milestones: list[AwardOut]
    progress: list[MovedOut]

    @classmethod
    def of(cls, granted: Granted) -> "GrantedOut":
        """Return what is shown of an award's effect."""
        return cls(
            award=AwardOut.of(granted.award),
            milestones=[AwardOut.of(milestone) for milestone in granted.milestones],
            progress=[MovedOut.of(moved) for moved in granted.progress],
        )


class RevokedOut(StrictModel):
    """A revocation with everything it did."""

    award: AwardOut
    suspended: list[AwardOut] = Field(
        description="Milestones that nothing supports any more: suspended until staff decide, unless their stack says"
        " that they are kept or revoked; see the state of each."
    )
    progress: list[MovedOut]


class AwardPage(StrictModel):
    """Some awards, and where the next page begins."""

    items: list[AwardOut]
    next: str | None


@router.post(
    "/awards",
    status_code=201,
    responses={
        200: {"model": GrantedOut, "description": "The same award was there already; nothing changed."},
        **problems.declared(NotSignedIn, NotAllowed, NotFound, Conflict, NotEligible),
    },
)
def grant_award(
    body: AwardIn,
    service: ServiceDep,
    caller: SignedIn,
    transaction: Transaction,
    now: Now,
    once: Once,
    response: Response,
) -> GrantedOut:
    """Award an achievement; milestones follow in the same moment."""
    if before := once.before(transaction):
        return GrantedOut.of(awarding.told_again(transaction, before["award"], before["milestones"], at=now))
    granted = awarding.grant(transaction, caller, body.request(), at=now, urls=service.urls)
    answer = {"award": granted.award.id, "milestones": [milestone.id for milestone in granted.milestones]}
    response.status_code = 200 if granted.repeated else 201
    once.keep(transaction, answer, status=response.status_code, at=now)
    return GrantedOut.of(granted)


@router.get("/awards/{award_id}", responses=problems.declared(NotSignedIn, NotFound))
def read_award(award_id: str, caller: SignedIn, snapshot: Snapshot, now: Now) -> AwardOut:
    """Read one award."""
    return AwardOut.of(holdings.award(snapshot, caller, AwardId(award_id), at=now))


@router.get("/awards/{award_id}/explanation", responses=problems.declared(NotSignedIn, NotFound))
def explain_award(award_id: str, caller: SignedIn, snapshot: Snapshot) -> dict[str, Any]:
    """Read why a milestone was given: pathway version, clauses, the awards used and the alternatives."""
    return dict(holdings.explanation(snapshot, caller, AwardId(award_id)))


@router.post(
    "/awards/{award_id}/revoke", responses=problems.declared(NotSignedIn, NotAllowed, NotFound, Conflict)
)
def revoke_award(
    award_id: str, body: ReasonIn, caller: SignedIn, transaction: Transaction, now: Now
) -> RevokedOut:
    """Take an award back, with a reason; milestones that stood on it alone are suspended."""
    revoked = revoking.revoke(transaction, caller, AwardId(award_id), because=body.reason, at=now)
    return RevokedOut(
        award=AwardOut.of(revoked.award),
        suspended=[AwardOut.of(milestone) for milestone in revoked.lost],
        progress=[MovedOut.of(moved) for moved in revoked.progress],
    )


@router.get("/learners/{learner_id}/awards", responses=problems.declared(NotSignedIn, NotFound))
def list_awards(
    request: Request,
    response: Response,
    learner_id: LearnerInPath,
    caller: SignedIn,
    snapshot: Snapshot,
    now: Now,
    page: Page,
) -> AwardPage:
    """List a learner's awards, of every state."""
    found = holdings.awards_of(snapshot, caller, learner_id, at=now, after=page.after, limit=page.limit + 1)
    items, following = cut(request, response, page, found)
    return AwardPage(items=[AwardOut.of(item) for item in items], next=following)


def _evidence(item: EvidenceIn) -> EvidenceFacts:
    return EvidenceFacts(
        evidence_id=EvidenceId(item.evidence_id) if item.evidence_id else None,
        url=item.url,
        name=item.name,
        narrative=item.narrative,
        genre=item.genre,
    )
