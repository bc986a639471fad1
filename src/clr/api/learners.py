"""Learners, the pathways they follow, their awards, and access for people."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from clr.errors import Conflict, NotAllowed, NotFound, NotSignedIn
from clr.ids import PathwayId
from clr.registrar import enrolling, people, tokens
from clr.registrar.enrolling import EnrolmentFacts
from clr.registrar.people import LearnerFacts
from clr.web import problems
from clr.web.access import ACCESS, LearnerInPath, Now, ServiceDep, SignedIn, Snapshot, Transaction
from clr.web.bodies import Changes, Line, StrictModel, StrictRoute
from clr.web.idempotency import Once
from clr.web.paging import PageQuery, cut

router = APIRouter(prefix="/v1", tags=["learners"], route_class=StrictRoute)

Email = Annotated[str, Field(max_length=200, pattern=r"^[^@\s]+@[^@\s]+$")]


class LearnerIn(StrictModel):
    """A learner to be entered."""

    name: Line = Field(max_length=200)
    email: Email | None = None
    external_id: Line | None = Field(None, max_length=100, description="The institution's own number.")


class LearnerChanges(Changes):
    """What is to change of a learner; members left out stay."""

    name: Line | None = Field(None, max_length=200)
    email: Email | None = None
    external_id: Line | None = Field(None, max_length=100)


class LearnerOut(StrictModel):
    """A learner."""

    id: str
    name: str
    email: str | None
    external_id: str | None
    created_at: datetime

    @classmethod
    def of(cls, facts: LearnerFacts) -> "LearnerOut":
        """Return what is shown of a learner."""
        return cls(
            id=facts.id,
            name=facts.name,
            email=facts.email,
            external_id=facts.external_id,
            created_at=facts.created_at,
        )


class LearnerQuery(PageQuery):
    """Which learners are wanted."""

    email: str | None = Field(None, description="Exactly this address.")
    external_id: str | None = Field(None, description="Exactly this number.")


class LearnerPage(StrictModel):
    """Some learners, and where the next page begins."""

    items: list[LearnerOut]
    next: str | None


class EnrolmentOut(StrictModel):
    """An interval in which a learner follows one version of a pathway."""

    pathway_id: str
    name: str
    version: int
    enrolled_at: datetime
    left_at: datetime | None
    reason: str | None = Field(description="Why it ended, when the learner was moved to another version.")

    @classmethod
    def of(cls, facts: EnrolmentFacts) -> "EnrolmentOut":
        """Return what is shown of an enrolment."""
        return cls(
            pathway_id=facts.pathway_id,
            name=facts.name,
            version=facts.version,
            enrolled_at=facts.enrolled_at,
            left_at=facts.left_at,
            reason=facts.reason,
        )


class Enrolments(StrictModel):
    """Every interval, oldest first."""

    items: list[EnrolmentOut]


class TokenIn(StrictModel):
    """For whom an access token is to be made."""

    person: Line = Field(max_length=200, description="A person's id or e-mail address.")
    minutes: int | None = Field(None, ge=1, le=525_600, description="Until it ends; the setting when absent.")


class TokenOut(StrictModel):
    """An access token; told this once, kept nowhere. A repeated request does not tell it again."""

    access_token: str | None
    token_type: str = "Bearer"  # noqa: S105  the name of a kind of token
    expires_at: datetime


@router.get("/learners", responses=problems.declared(NotSignedIn, NotFound))
def list_learners(
    request: Request,
    response: Response,
    caller: SignedIn,
    snapshot: Snapshot,
    page: Annotated[LearnerQuery, Query()],
) -> LearnerPage:
    """List learners, or find one by an exact e-mail address or external id."""
    found = people.find_learners(
        snapshot,
        caller,
        email=page.email,
        external_id=page.external_id,
        after=page.after,
        limit=page.limit + 1,
    )
    items, following = cut(request, response, page, found)
    return LearnerPage(items=[LearnerOut.of(item) for item in items], next=following)


@router.post("/learners", status_code=201, responses=problems.declared(NotSignedIn, NotFound, Conflict))
def register_learner(
    body: LearnerIn, caller: SignedIn, transaction: Transaction, now: Now, once: Once
) -> LearnerOut:
    """Enter a learner, who may earn before ever signing in."""
    if before := once.before(transaction):
        return LearnerOut.of(people.learner_facts(transaction, caller, before["learner"]))
    facts = people.register(
        transaction, caller, name=body.name, email=body.email, external_id=body.external_id, at=now
    )
    once.keep(transaction, {"learner": facts.id}, at=now)
    return LearnerOut.of(facts)


@router.get("/learners/{learner_id}", responses=problems.declared(NotSignedIn, NotFound))
def read_learner(learner_id: LearnerInPath, caller: SignedIn, snapshot: Snapshot) -> LearnerOut:
    """Read one learner."""
    return LearnerOut.of(people.learner_facts(snapshot, caller, learner_id))


@router.patch("/learners/{learner_id}", responses=problems.declared(NotSignedIn, NotFound, Conflict))
def amend_learner(
    learner_id: LearnerInPath, body: LearnerChanges, caller: SignedIn, transaction: Transaction
) -> LearnerOut:
    """Change what is known of a learner."""
    facts = people.amend_learner(
        transaction, caller, learner_id, name=body.name, email=body.email, external_id=body.external_id
    )
    return LearnerOut.of(facts)


@router.get("/learners/{learner_id}/enrolments", responses=problems.declared(NotSignedIn, NotFound))
def list_enrolments(learner_id: LearnerInPath, caller: SignedIn, snapshot: Snapshot) -> Enrolments:
    """List the pathways a learner follows or followed."""
    found = enrolling.enrolments(snapshot, caller, learner_id)
    return Enrolments(items=[EnrolmentOut.of(item) for item in found])


@router.put(
    "/learners/{learner_id}/enrolments/{pathway_id}",
    responses=problems.declared(NotSignedIn, NotFound, Conflict),
)
def enrol_learner(
    learner_id: LearnerInPath,
    pathway_id: str,
    service: ServiceDep,
    caller: SignedIn,
    transaction: Transaction,
    now: Now,
) -> EnrolmentOut:
    """Let a learner follow the current version of a pathway; doing it twice changes nothing."""
    facts = enrolling.enrol(transaction, caller, learner_id, PathwayId(pathway_id), at=now, urls=service.urls)
    return EnrolmentOut.of(facts)


@router.delete(
    "/learners/{learner_id}/enrolments/{pathway_id}",
    status_code=204,
    responses=problems.declared(NotSignedIn, NotFound),
)
def leave_pathway(
    learner_id: LearnerInPath,
    pathway_id: str,
    service: ServiceDep,
    caller: SignedIn,
    transaction: Transaction,
    now: Now,
) -> None:
    """Stop following a pathway; what was earned stays."""
    enrolling.leave(transaction, caller, learner_id, PathwayId(pathway_id), at=now, urls=service.urls)


@router.post(
    "/tokens",
    status_code=201,
    tags=["access"],
    responses=problems.declared(NotSignedIn, NotAllowed, NotFound),
)
def make_token(
    body: TokenIn, service: ServiceDep, caller: SignedIn, transaction: Transaction, now: Now, once: Once
) -> TokenOut:
    """Make an access token for somebody; for the backends of dashboards, which sign their own users in."""
    person = people.person_named(transaction, caller, body.person)
    if before := once.before(transaction):
        return TokenOut(access_token=None, expires_at=before["expires_at"])
    minutes = body.minutes or service.settings.token_minutes
    ends = now + timedelta(minutes=minutes)
    once.keep(transaction, {"expires_at": ends.isoformat()}, at=now)
    made = tokens.mint(
        person,
        purpose=ACCESS,
        at=now,
        minutes=minutes,
        kid=service.keyring.token_kid,
        key=service.keyring.token_key,
    )
    return TokenOut(access_token=made, expires_at=ends)
