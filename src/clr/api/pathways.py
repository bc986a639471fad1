"""Pathways: drafts that may be wrong, published versions that never change."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from clr.errors import ConditionMissing, Conflict, NotAllowed, NotFound, NotSignedIn, PathwayUnsound, Stale
from clr.ids import AchievementId, IssuerId, JobId, PathwayId
from clr.pathways import Draft, DraftStack, OnLost, Policy
from clr.pathways.wire import RequirementJson, dump, require_readable
from clr.registrar import authoring, graphs, migrating
from clr.registrar.authoring import DraftFacts, PathwayFacts, Published, VersionFacts
from clr.registrar.migrating import Asked, How
from clr.web import problems
from clr.web.access import Now, SignedIn, Snapshot, Transaction
from clr.web.bodies import Line, Moment, StrictModel, StrictRoute
from clr.web.conditions import IfMatch, IfMatchSent, etag
from clr.web.idempotency import Once
from clr.web.paging import Page, cut
from clr.web.problems import ProblemItem

router = APIRouter(prefix="/v1", tags=["pathways"], route_class=StrictRoute)

_LAST_VERSION = 2**31 - 1


async def _shallow(request: Request) -> None:
    """Refuse requirements nested beyond reading before anything recursive touches them."""
    body = await request.json() if await request.body() else None
    draft = body.get("draft", body) if isinstance(body, dict) else {}
    stacks = draft.get("stacks") if isinstance(draft, dict) else None
    for achievement, stack in stacks.items() if isinstance(stacks, dict) else ():
        if isinstance(stack, dict):
            require_readable(stack.get("requirement"), f"stacks.{achievement}.requirement")


Shallow = Depends(_shallow)


class DraftStackJson(StrictModel):
    """One stack as drawn."""

    requirement: RequirementJson
    policy: Literal["auto", "assessed", "manual"] = "auto"
    on_lost: Literal["suspend", "keep", "revoke"] = Field(
        "suspend",
        description="What becomes of its milestones when an award that one stood on is revoked: suspended until staff"
        " decide, kept, or revoked too.",
    )


class DraftJson(StrictModel):
    """A pathway as drawn: a goal, and the stacks that lead to it by the ids of their achievements."""

    name: Line = Field(max_length=200)
    goal: str = Field(max_length=80)
    description: str = Field("", max_length=5000)
    stacks: dict[Annotated[str, Field(max_length=80)], DraftStackJson] = Field(max_length=500)

    def draft(self) -> Draft:
        """Return what this says."""
        stacks = {
            AchievementId(key): DraftStack(
                stack.requirement.requirement(), Policy(stack.policy), OnLost(stack.on_lost)
            )
            for key, stack in self.stacks.items()
        }
        return Draft(self.name, AchievementId(self.goal), self.description, stacks)


class PathwayIn(StrictModel):
    """A pathway to begin."""

    issuer_id: str
    draft: DraftJson


class PathwayOut(StrictModel):
    """A pathway."""

    id: str
    issuer_id: str
    name: str
    description: str
    goal: str
    current_version: int | None = Field(description="Empty until it is published.")
    archived_at: datetime | None = Field(description="Since when nobody can begin it.")

    @classmethod
    def of(cls, facts: PathwayFacts) -> "PathwayOut":
        """Return what is shown of a pathway."""
        return cls(
            id=facts.id,
            issuer_id=facts.issuer_id,
            name=facts.name,
            description=facts.description,
            goal=facts.goal,
            current_version=facts.current_version,
            archived_at=facts.archived_at,
        )


class PathwayPage(StrictModel):
    """Some pathways, and where the next page begins."""

    items: list[PathwayOut]
    next: str | None


class DraftOut(StrictModel):
    """A draft, with every reason why it cannot be published as it is."""

    draft: dict[str, Any]
    problems: list[ProblemItem]


class VersionOut(StrictModel):
    """A published version; never changed again."""

    pathway_id: str
    version: int
    name: str
    description: str
    goal: str
    stacks: dict[str, Any] = Field(description="By achievement: version, policy and requirement.")
    published_at: datetime

    @classmethod
    def of(cls, facts: VersionFacts) -> "VersionOut":
        """Return what is shown of a version."""
        stacks = {
            key: {
                "version": facts.stacks[key],
                "policy": stack.policy.value,
                "on_lost": stack.on_lost.value,
                "requirement": dump(stack.requirement),
            }
            for key, stack in facts.draft.stacks.items()
        }
        return cls(
            pathway_id=facts.pathway_id,
            version=facts.version,
            name=facts.draft.name,
            description=facts.draft.description,
            goal=facts.draft.goal,
            stacks=stacks,
            published_at=facts.published_at,
        )


class PublishedOut(VersionOut):
    """A version that was just published, and the work that gives what it made due."""

    job_id: str = Field(description="See `/v1/jobs/{job_id}` for how far it is.")

    @classmethod
    def just(cls, facts: Published) -> "PublishedOut":
        """Return what is shown of a publication."""
        return cls(**VersionOut.of(facts.version).model_dump(), job_id=facts.job_id)


class MigrationIn(StrictModel):
    """Whom to move to which version, from when on, and why."""

    version: int = Field(ge=1, le=_LAST_VERSION)
    how: Literal["no_loss", "all"] = Field(
        description="no_loss: only those who are not further from the goal by it. all: everybody."
    )
    reason: Line = Field(
        max_length=1000, description="Kept with the interval that ends; the learner reads it."
    )
    begins_at: Moment | None = Field(None, description="At once when absent.")


class MigrationOut(StrictModel):
    """A migration that was asked for; its job tells how far it is."""

    job_id: str = Field(description="Ask /v1/jobs/{job_id}.")
    pathway_id: str
    version: int
    how: str
    begins_at: datetime
    followers: int = Field(description="Learners who follow another version now.")


class Versions(StrictModel):
    """Every published version, newest first."""

    items: list[VersionOut]


@router.get("/pathways", responses=problems.declared(NotSignedIn))
def list_pathways(
    request: Request, response: Response, _: SignedIn, snapshot: Snapshot, page: Page
) -> PathwayPage:
    """List pathways."""
    found = authoring.pathways(snapshot, after=page.after, limit=page.limit + 1)
    items, following = cut(request, response, page, found)
    return PathwayPage(items=[PathwayOut.of(item) for item in items], next=following)


@router.post(
    "/pathways",
    status_code=201,
    dependencies=[Shallow],
    responses=problems.declared(NotSignedIn, NotAllowed, NotFound),
)
def draw_pathway(
    body: PathwayIn, caller: SignedIn, transaction: Transaction, now: Now, once: Once
) -> PathwayOut:
    """Begin a pathway with a first draft, right or wrong."""
    if before := once.before(transaction):
        return PathwayOut.of(authoring.pathway(transaction, PathwayId(before["pathway"])))
    facts = authoring.draw(transaction, caller, IssuerId(body.issuer_id), body.draft.draft(), at=now)
    once.keep(transaction, {"pathway": facts.id}, at=now)
    return PathwayOut.of(facts)


@router.get("/pathways/{pathway_id}", responses=problems.declared(NotSignedIn, NotFound))
def read_pathway(pathway_id: str, _: SignedIn, snapshot: Snapshot) -> PathwayOut:
    """Read one pathway."""
    return PathwayOut.of(authoring.pathway(snapshot, PathwayId(pathway_id)))


@router.get("/pathways/{pathway_id}/draft", responses=problems.declared(NotSignedIn, NotAllowed, NotFound))
def read_draft(pathway_id: str, caller: SignedIn, snapshot: Snapshot, response: Response) -> DraftOut:
    """Read the draft, with its ETag and everything that is wrong with it."""
    return _draft(authoring.draft(snapshot, caller, PathwayId(pathway_id)), response)


@router.put(
    "/pathways/{pathway_id}/draft",
    dependencies=[Shallow],
    responses=problems.declared(NotSignedIn, NotAllowed, NotFound, Stale, ConditionMissing),
)
def redraw_pathway(
    pathway_id: str,
    body: DraftJson,
    caller: SignedIn,
    transaction: Transaction,
    expected: IfMatch,
    response: Response,
) -> DraftOut:
    """Replace the draft; it is kept even when it is wrong, and the answer locates what is."""
    facts = authoring.redraw(transaction, caller, PathwayId(pathway_id), body.draft(), revision=expected)
    return _draft(facts, response)


@router.get(
    "/pathways/{pathway_id}/draft/problems", responses=problems.declared(NotSignedIn, NotAllowed, NotFound)
)
def draft_problems(pathway_id: str, caller: SignedIn, snapshot: Snapshot) -> list[ProblemItem]:
    """List everything that keeps the draft from being published."""
    return _problems(authoring.draft(snapshot, caller, PathwayId(pathway_id)))


@router.post(
    "/pathways/{pathway_id}/publish",
    status_code=201,
    responses=problems.declared(NotSignedIn, NotAllowed, NotFound, Conflict, PathwayUnsound, Stale),
)
def publish_pathway(
    pathway_id: str,
    caller: SignedIn,
    transaction: Transaction,
    expected: IfMatchSent,
    now: Now,
    once: Once,
    response: Response,
) -> PublishedOut:
    """Freeze the draft, as it was read with If-Match, as the next version. A job gives what it made due; Link names it as `monitor`."""
    key = PathwayId(pathway_id)
    if before := once.before(transaction):
        version = authoring.version(transaction, key, before["version"])
        facts = Published(version, JobId(before["job"]))
    else:
        facts = authoring.publish(transaction, caller, key, expected_revision=expected, at=now)
        once.keep(transaction, {"version": facts.version.version, "job": facts.job_id}, at=now)
    response.headers["Link"] = f'</v1/jobs/{facts.job_id}>; rel="monitor"'
    return PublishedOut.just(facts)


@router.post("/pathways/{pathway_id}/archive", responses=problems.declared(NotSignedIn, NotAllowed, NotFound))
def archive_pathway(pathway_id: str, caller: SignedIn, transaction: Transaction, now: Now) -> PathwayOut:
    """Let nobody begin the pathway any more; whoever follows it goes on."""
    return PathwayOut.of(authoring.archive(transaction, caller, PathwayId(pathway_id), at=now))


@router.post("/pathways/{pathway_id}/restore", responses=problems.declared(NotSignedIn, NotAllowed, NotFound))
def restore_pathway(pathway_id: str, caller: SignedIn, transaction: Transaction) -> PathwayOut:
    """Let an archived pathway be followed again."""
    return PathwayOut.of(authoring.restore(transaction, caller, PathwayId(pathway_id)))


@router.post(
    "/pathways/{pathway_id}/migrations",
    status_code=202,
    responses=problems.declared(NotSignedIn, NotAllowed, NotFound, Conflict),
)
def migrate_followers(
    pathway_id: str,
    body: MigrationIn,
    caller: SignedIn,
    transaction: Transaction,
    now: Now,
    once: Once,
) -> MigrationOut:
    """Move those who follow other versions to this one, in the background; look at the preview first."""
    if before := once.before(transaction):
        return MigrationOut(**before)
    asked = Asked(body.version, How(body.how), body.reason, body.begins_at)
    done = migrating.migrate(transaction, caller, PathwayId(pathway_id), asked, at=now)
    answer = MigrationOut(
        job_id=done.job_id,
        pathway_id=done.pathway_id,
        version=done.version,
        how=body.how,
        begins_at=done.begins_at,
        followers=done.followers,
    )
    once.keep(transaction, answer.model_dump(mode="json"), status=202, at=now)
    return answer


@router.get("/pathways/{pathway_id}/versions", responses=problems.declared(NotSignedIn, NotFound))
def list_versions(pathway_id: str, _: SignedIn, snapshot: Snapshot) -> Versions:
    """List every published version, newest first."""
    found = authoring.versions(snapshot, PathwayId(pathway_id))
    return Versions(items=[VersionOut.of(item) for item in found])


@router.get("/pathways/{pathway_id}/versions/{number}", responses=problems.declared(NotSignedIn, NotFound))
def read_version(
    pathway_id: str, number: Annotated[int, Path(ge=1, le=_LAST_VERSION)], _: SignedIn, snapshot: Snapshot
) -> VersionOut:
    """Read one published version."""
    return VersionOut.of(authoring.version(snapshot, PathwayId(pathway_id), number))


@router.get("/graph", responses=problems.declared(NotSignedIn))
def read_graph(
    _: SignedIn,
    snapshot: Snapshot,
    root: Annotated[str | None, Query(description="Only what lies below this achievement.")] = None,
) -> dict[str, Any]:
    """Read the stacking graph as node-link data: one node an achievement, however many stacks hold it."""
    return graphs.current_graph(snapshot).node_link(AchievementId(root) if root else None)


def _draft(facts: DraftFacts, response: Response) -> DraftOut:
    response.headers["ETag"] = etag(facts.revision)
    return DraftOut(draft=authoring.written(facts.draft), problems=_problems(facts))


def _problems(facts: DraftFacts) -> list[ProblemItem]:
    return [ProblemItem(at=fault.at, kind=fault.kind, says=fault.says) for fault in facts.problems]
