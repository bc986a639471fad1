"""Cohorts: groups of learners whom staff follow together, and how a group stands on a pathway."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field, model_validator

from clr.errors import BadInput, NotFound, NotSignedIn, TooLarge
from clr.ids import CohortId, IssuerId, LearnerId, PathwayId
from clr.registrar import cohorts, overseeing
from clr.registrar.cohorts import CohortFacts, Joined, MemberFacts, Named
from clr.registrar.overseeing import NEAR, STALLED, EditionFacts, Overview, Person
from clr.web import problems
from clr.web.access import Now, SignedIn, Snapshot, Transaction
from clr.web.bodies import Line, Moment, StrictModel, StrictRoute, read_body
from clr.web.idempotency import Once
from clr.web.paging import Page, PageQuery, cut

router = APIRouter(prefix="/v1/cohorts", tags=["cohorts"], route_class=StrictRoute)

FILE_LIMIT = 5 * 1_048_576
SHOWN = 50
"""Learners of a group that the first answer names."""

PathwayWanted = Annotated[str, Query(max_length=64, description="The pathway to look at.")]
Since = Annotated[
    Moment | None,
    Query(description="Name whoever is not complete and of whom nothing that counts was recorded since."),
]
AsOf = Annotated[Moment | None, Query(description="The instant to look at; now when absent.")]


class CohortIn(StrictModel):
    """A cohort to be begun."""

    issuer_id: str = Field(max_length=64, description="Whose staff keep it; nobody else sees it.")
    name: Line = Field(max_length=200)


class CohortChanges(StrictModel):
    """Another name for a cohort."""

    name: Line = Field(max_length=200)


class MembersIn(StrictModel):
    """Learners, named in any of three ways."""

    learner_ids: list[Annotated[str, Field(max_length=64)]] = Field([], max_length=10_000)
    emails: list[Annotated[str, Field(max_length=200)]] = Field([], max_length=10_000)
    external_ids: list[Annotated[str, Field(max_length=100)]] = Field([], max_length=10_000)

    def named(self) -> Named:
        """Return what this says."""
        return Named(self.learner_ids, self.emails, self.external_ids)


class CohortOut(StrictModel):
    """A cohort."""

    id: str
    issuer_id: str
    name: str
    members: int = Field(description="Learners who belong now.")
    created_at: datetime

    @classmethod
    def of(cls, facts: CohortFacts) -> "CohortOut":
        """Return what is shown of a cohort."""
        return cls(
            id=facts.id,
            issuer_id=facts.issuer_id,
            name=facts.name,
            members=facts.members,
            created_at=facts.created_at,
        )


class CohortPage(StrictModel):
    """Some cohorts, and where the next page begins."""

    items: list[CohortOut]
    next: str | None


class MemberOut(StrictModel):
    """A learner in a cohort."""

    learner_id: str
    name: str
    email: str | None
    external_id: str | None
    joined_at: datetime
    left_at: datetime | None

    @classmethod
    def of(cls, facts: MemberFacts) -> "MemberOut":
        """Return what is shown of a membership."""
        return cls(
            learner_id=facts.learner.id,
            name=facts.learner.name,
            email=facts.learner.email,
            external_id=facts.learner.external_id,
            joined_at=facts.joined_at,
            left_at=facts.left_at,
        )


class MemberQuery(PageQuery):
    """Which members are wanted."""

    as_of: Moment | None = Field(None, description="Who belonged then; now when absent.")


class MemberPage(StrictModel):
    """Some members, and where the next page begins."""

    items: list[MemberOut]
    next: str | None


class FaultOut(StrictModel):
    """One thing wrong in one line of a file."""

    line: int = Field(description="Counts from 1, with the header.")
    column: str
    says: str


class JoinedOut(StrictModel):
    """What adding members did."""

    new: int
    unchanged: int = Field(description="Belonged already.")
    faults: list[FaultOut] = Field(description="Lines of a file that were refused.")

    @classmethod
    def of(cls, joined: Joined) -> "JoinedOut":
        """Return what is shown of it."""
        faults = [FaultOut(line=one.line, column=one.column, says=one.says) for one in joined.faults]
        return cls(new=joined.new, unchanged=joined.unchanged, faults=faults)


class ClauseOut(StrictModel):
    """How many are how far with one clause; together everybody of the edition."""

    id: str
    stack: str = Field(description="The stack whose clause it is.")
    says: str
    complete: int
    in_progress: int
    not_started: int


class EditionOut(StrictModel):
    """Those who are told by one version of the pathway and of every stack below its goal."""

    version: int
    stacks: dict[str, int]
    learners: int
    following: int = Field(
        description="Of these, who are enrolled; the others are told by the versions in force."
    )
    clauses: list[ClauseOut]

    @classmethod
    def of(cls, facts: EditionFacts) -> "EditionOut":
        """Return what is shown of an edition."""
        return cls(
            version=facts.version,
            stacks=dict(facts.stacks),
            learners=facts.learners,
            following=facts.following,
            clauses=[
                ClauseOut(
                    id=one.id,
                    stack=one.stack,
                    says=one.says,
                    complete=one.counted.complete,
                    in_progress=one.counted.in_progress,
                    not_started=one.counted.not_started,
                )
                for one in facts.clauses
            ],
        )


class StepsOut(StrictModel):
    """How many learners have so many steps left."""

    left: int
    learners: int


class OpenOut(StrictModel):
    """An open step."""

    achievement_id: str
    name: str
    kind: str = Field(description="earn, assess, award or milestone.")
    ready: bool


class PersonOut(StrictModel):
    """A learner of a group."""

    learner_id: str
    name: str
    steps_left: int
    steps_exact: bool = Field(description='False: say "at most".')
    open: list[OpenOut]
    last_recorded_at: datetime | None = Field(description="When an award that counts was last recorded.")
    why: str

    @classmethod
    def of(cls, person: Person) -> "PersonOut":
        """Return what is shown of a learner."""
        return cls(
            learner_id=person.id,
            name=person.name,
            steps_left=person.steps_left,
            steps_exact=person.steps_exact,
            open=[
                OpenOut(achievement_id=step.achievement, name=name, kind=step.kind, ready=step.ready)
                for step, name in person.open
            ],
            last_recorded_at=person.last_recorded_at,
            why=person.why,
        )


class GroupOut(StrictModel):
    """A group by name: how many, the first of them, and where the next page begins."""

    learners: int
    items: list[PersonOut]
    next: str | None


class CohortProgress(StrictModel):
    """How a cohort stands on a pathway."""

    cohort_id: str
    pathway_id: str
    name: str
    version: int = Field(description="The pathway's newest version; who follows another is told by that one.")
    as_of: datetime
    learners: int
    complete: int
    in_progress: int
    not_started: int
    eligible: int = Field(description="Of those in progress, who wait only to be assessed or awarded.")
    steps: list[StepsOut]
    editions: list[EditionOut] = Field(description="Never to be added up: a clause belongs to its edition.")
    near: GroupOut = Field(description="One step away.")
    stalled: GroupOut | None = Field(description="Nothing recorded since `stalled_since`; null without it.")


class GroupQuery(PageQuery):
    """Which learners of a cohort are wanted."""

    pathway_id: str = Field(max_length=64)
    group: Literal["near", "stalled"]
    stalled_since: Moment | None = None
    as_of: Moment | None = None

    @model_validator(mode="after")
    def _since_when(self) -> "GroupQuery":
        if self.group == STALLED and self.stalled_since is None:
            raise ValueError("needs stalled_since for the group stalled")
        return self


@router.post("", status_code=201, responses=problems.declared(NotSignedIn, NotFound))
def begin_cohort(
    body: CohortIn, caller: SignedIn, transaction: Transaction, now: Now, once: Once
) -> CohortOut:
    """Begin a cohort, which staff of one issuer keep."""
    if before := once.before(transaction):
        return CohortOut.of(cohorts.cohort(transaction, caller, CohortId(before["cohort"])))
    facts = cohorts.found_cohort(transaction, caller, IssuerId(body.issuer_id), name=body.name, at=now)
    once.keep(transaction, {"cohort": facts.id}, at=now)
    return CohortOut.of(facts)


@router.get("", responses=problems.declared(NotSignedIn, NotFound))
def list_cohorts(
    request: Request, response: Response, caller: SignedIn, snapshot: Snapshot, page: Page
) -> CohortPage:
    """List the cohorts that you may see."""
    found = cohorts.cohorts(snapshot, caller, after=page.after, limit=page.limit + 1)
    items, following = cut(request, response, page, found)
    return CohortPage(items=[CohortOut.of(item) for item in items], next=following)


@router.get("/{cohort_id}", responses=problems.declared(NotSignedIn, NotFound))
def read_cohort(cohort_id: str, caller: SignedIn, snapshot: Snapshot) -> CohortOut:
    """Read one cohort."""
    return CohortOut.of(cohorts.cohort(snapshot, caller, CohortId(cohort_id)))


@router.patch("/{cohort_id}", responses=problems.declared(NotSignedIn, NotFound))
def rename_cohort(
    cohort_id: str, body: CohortChanges, caller: SignedIn, transaction: Transaction
) -> CohortOut:
    """Give a cohort another name."""
    return CohortOut.of(cohorts.rename(transaction, caller, CohortId(cohort_id), name=body.name))


@router.get("/{cohort_id}/members", responses=problems.declared(NotSignedIn, NotFound))
def list_members(
    cohort_id: str,
    request: Request,
    response: Response,
    caller: SignedIn,
    snapshot: Snapshot,
    now: Now,
    page: Annotated[MemberQuery, Query()],
) -> MemberPage:
    """List who belongs to a cohort, or belonged to it at another time."""
    found = cohorts.members(
        snapshot,
        caller,
        CohortId(cohort_id),
        at=page.as_of or now,
        after=page.after,
        limit=page.limit + 1,
    )
    items, following = cut(request, response, page, found)
    return MemberPage(items=[MemberOut.of(item) for item in items], next=following)


@router.post("/{cohort_id}/members", responses=problems.declared(NotSignedIn, NotFound))
def add_members(
    cohort_id: str, body: MembersIn, caller: SignedIn, transaction: Transaction, now: Now
) -> JoinedOut:
    """Add learners; whoever belongs already stays. If one is not known, nobody is added."""
    joined = cohorts.add(transaction, caller, CohortId(cohort_id), body.named(), at=now)
    return JoinedOut.of(joined)


@router.put("/{cohort_id}/members", responses=problems.declared(NotSignedIn, NotFound))
def replace_members(
    cohort_id: str, body: MembersIn, caller: SignedIn, transaction: Transaction, now: Now
) -> JoinedOut:
    """Let exactly these learners belong from now on; everybody else's membership ends, and is kept."""
    joined = cohorts.replace(transaction, caller, CohortId(cohort_id), body.named(), at=now)
    return JoinedOut.of(joined)


async def _file(request: Request) -> bytes:
    return await read_body(request, FILE_LIMIT)


@router.post(
    "/{cohort_id}/members/csv",
    responses=problems.declared(NotSignedIn, NotFound, BadInput, TooLarge),
    openapi_extra={
        "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}
    },
)
def add_members_from_file(
    cohort_id: str,
    content: Annotated[bytes, Depends(_file)],
    caller: SignedIn,
    transaction: Transaction,
    now: Now,
    dry_run: Annotated[bool, Query(description="Say what would happen, and do nothing.")] = False,  # noqa: FBT002  a query parameter has no other form
) -> JoinedOut:
    """Add the learners of a CSV file (learner_id, email or external_id); each bad line is told with its cure."""
    joined = cohorts.add_from_file(transaction, caller, CohortId(cohort_id), content, dry_run=dry_run, at=now)
    return JoinedOut.of(joined)


@router.put("/{cohort_id}/members/{learner_id}", responses=problems.declared(NotSignedIn, NotFound))
def add_member(
    cohort_id: str, learner_id: str, caller: SignedIn, transaction: Transaction, now: Now
) -> JoinedOut:
    """Add one learner; doing it twice changes nothing."""
    joined = cohorts.add_one(transaction, caller, CohortId(cohort_id), LearnerId(learner_id), at=now)
    return JoinedOut.of(joined)


@router.delete(
    "/{cohort_id}/members/{learner_id}",
    status_code=204,
    responses=problems.declared(NotSignedIn, NotFound),
)
def remove_member(
    cohort_id: str, learner_id: str, caller: SignedIn, transaction: Transaction, now: Now
) -> None:
    """End a learner's membership; that she belonged is kept."""
    cohorts.remove(transaction, caller, CohortId(cohort_id), LearnerId(learner_id), at=now)


@router.get("/{cohort_id}/progress", responses=problems.declared(NotSignedIn, NotFound))
def read_cohort_progress(
    cohort_id: str,
    pathway_id: PathwayWanted,
    caller: SignedIn,
    snapshot: Snapshot,
    now: Now,
    stalled_since: Since = None,
    as_of: AsOf = None,
) -> CohortProgress:
    """Read how a cohort stands on a pathway: counts by clause, steps left, who is near, who has stood still."""
    found = overseeing.overview(
        snapshot,
        caller,
        CohortId(cohort_id),
        PathwayId(pathway_id),
        stalled_since=stalled_since,
        at=as_of or now,
    )
    return _progress(snapshot, cohort_id, found, stalled=stalled_since is not None)


@router.get("/{cohort_id}/progress/learners", responses=problems.declared(NotSignedIn, NotFound))
def list_cohort_learners(
    cohort_id: str,
    request: Request,
    response: Response,
    caller: SignedIn,
    snapshot: Snapshot,
    now: Now,
    page: Annotated[GroupQuery, Query()],
) -> GroupOut:
    """List the learners of a group, page by page: `near` or `stalled`, as the progress of the cohort counts them."""
    found = overseeing.overview(
        snapshot,
        caller,
        CohortId(cohort_id),
        PathwayId(page.pathway_id),
        stalled_since=page.stalled_since,
        at=page.as_of or now,
    )
    group = _group(snapshot, found, page.group, after=page.after, limit=page.limit)
    if group.next is not None:
        url = request.url.include_query_params(after=group.next)
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return group


def _progress(snapshot: Snapshot, cohort_id: str, found: Overview, *, stalled: bool) -> CohortProgress:
    counted = found.learners
    return CohortProgress(
        cohort_id=cohort_id,
        pathway_id=found.pathway.pathway_id,
        name=found.pathway.draft.name,
        version=found.pathway.version,
        as_of=found.as_of,
        learners=counted.complete + counted.in_progress + counted.not_started,
        complete=counted.complete,
        in_progress=counted.in_progress,
        not_started=counted.not_started,
        eligible=found.eligible,
        steps=[StepsOut(left=left, learners=found.steps[left]) for left in sorted(found.steps)],
        editions=[EditionOut.of(edition) for edition in found.editions],
        near=_group(snapshot, found, NEAR),
        stalled=_group(snapshot, found, STALLED) if stalled else None,
    )


def _group(
    snapshot: Snapshot, found: Overview, name: str, *, after: str | None = None, limit: int = SHOWN
) -> GroupOut:
    everybody = found.group(name)
    page = [one for one in everybody if one > (after or "")]
    shown = page[:limit]
    told = overseeing.told_by_name(snapshot, found, shown)
    following = shown[-1] if len(page) > limit else None
    return GroupOut(learners=len(everybody), items=[PersonOut.of(person) for person in told], next=following)
