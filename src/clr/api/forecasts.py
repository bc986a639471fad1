"""Before anything is written: what publishing, moving followers, awarding or an exception would do, and to whom."""

from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from clr.api.exceptions import SubstitutionIn, WaiverIn
from clr.api.pathways import DraftJson, Shallow
from clr.errors import Conflict, NotAllowed, NotFound, NotSignedIn, PathwayUnsound
from clr.ids import AchievementId, LearnerId, PathwayId
from clr.registrar import forecasting
from clr.registrar.allowing import Wanted
from clr.registrar.forecasting import Forecast
from clr.web import problems
from clr.web.access import LearnerInPath, Now, SignedIn, Snapshot
from clr.web.bodies import Moment, StrictModel, StrictRoute

router = APIRouter(prefix="/v1", tags=["forecasts"], route_class=StrictRoute)

Effect = Literal["gain", "lose", "one_away", "nearer"]


class PublicationIn(StrictModel):
    """A draft to look at in place of the saved one."""

    draft: DraftJson | None = None


class MigrationPreviewIn(StrictModel):
    """The version to which followers of every other version would be moved."""

    version: int = Field(ge=1, le=2**31 - 1)


class AwardsPreviewIn(StrictModel):
    """An achievement, and the learners to whom it would be awarded."""

    achievement_id: str = Field(max_length=80)
    learner_ids: list[str] = Field(min_length=1, max_length=10_000)
    earned_on: Moment | None = None


class Counts(StrictModel):
    """Everybody whom the change concerns, counted once."""

    gain: int = Field(description="Complete after, not before.")
    lose: int = Field(description="Further from the goal than before. Awards are never taken away.")
    one_away: int = Field(description="One step away after, not before.")
    nearer: int
    same: int


class ForeseenOut(StrictModel):
    """What becomes of one learner; steps before are empty where the goal was not there."""

    learner_id: str
    name: str
    effect: Effect
    steps_before: int | None
    steps_after: int
    basis_points_before: int
    basis_points_after: int


class ForecastOut(StrictModel):
    """What a change does to one pathway."""

    pathway_id: str | None
    name: str
    counts: Counts
    staying: int = Field(description="Followers of a version that stays as it is; nothing changes for them.")
    milestones: dict[str, int] = Field(description="How many would be given at once, by achievement.")
    touches: list[str] = Field(description="Other pathways that ask for a stack that gets a new version.")
    learners: list[ForeseenOut] = Field(description="Those who move, at most 500, those who gain first.")

    @classmethod
    def of(cls, forecast: Forecast) -> "ForecastOut":
        """Return what is shown of a forecast."""
        return cls(
            pathway_id=forecast.pathway_id,
            name=forecast.name,
            counts=Counts(**forecast.counts),
            staying=forecast.staying,
            milestones={str(key): count for key, count in forecast.milestones.items()},
            touches=list(forecast.touches),
            learners=[
                ForeseenOut.model_validate(
                    {
                        "learner_id": one.learner_id,
                        "name": one.name,
                        "effect": one.effect,
                        "steps_before": one.steps_before,
                        "steps_after": one.steps_after,
                        "basis_points_before": one.points_before,
                        "basis_points_after": one.points_after,
                    }
                )
                for one in forecast.learners
            ],
        )


class Forecasts(StrictModel):
    """What a change does, pathway by pathway; those it does not touch are left out."""

    milestones: list[str] = Field(
        [], description="Names of the milestones that would follow, for one learner."
    )
    items: list[ForecastOut]


_DECLARED = problems.declared(NotSignedIn, NotAllowed, NotFound)


@router.post(
    "/pathways/{pathway_id}/preview",
    dependencies=[Shallow],
    responses=_DECLARED | problems.declared(PathwayUnsound),
)
def preview_publication(
    pathway_id: str, body: PublicationIn, caller: SignedIn, snapshot: Snapshot, now: Now
) -> ForecastOut:
    """Say what it would do to publish the draft, or the one sent: who gains, who would lose, who comes one step near."""
    drawn = body.draft.draft() if body.draft else None
    return ForecastOut.of(forecasting.publication(snapshot, caller, PathwayId(pathway_id), drawn, at=now))


@router.post("/pathways/{pathway_id}/migrations/preview", responses=_DECLARED)
def preview_migration(
    pathway_id: str, body: MigrationPreviewIn, caller: SignedIn, snapshot: Snapshot, now: Now
) -> ForecastOut:
    """Say what it would do to move everybody who follows another version to this one."""
    return ForecastOut.of(
        forecasting.migration(snapshot, caller, PathwayId(pathway_id), body.version, at=now)
    )


@router.post("/awards/preview", responses=_DECLARED)
def preview_awards(body: AwardsPreviewIn, caller: SignedIn, snapshot: Snapshot, now: Now) -> Forecasts:
    """Say what it would do to award an achievement to some learners, for every pathway it counts toward."""
    found = forecasting.awards(
        snapshot,
        caller,
        AchievementId(body.achievement_id),
        [LearnerId(one) for one in body.learner_ids],
        earned_on=body.earned_on,
        at=now,
    )
    return Forecasts(items=[ForecastOut.of(one) for one in found])


@router.post("/learners/{learner_id}/waivers/preview", responses=_DECLARED | problems.declared(Conflict))
def preview_waiver(
    learner_id: LearnerInPath, body: WaiverIn, caller: SignedIn, snapshot: Snapshot, now: Now
) -> Forecasts:
    """Say what it would do to waive a clause for this learner."""
    return _exception(snapshot, caller, learner_id, body.wanted(), now)


@router.post(
    "/learners/{learner_id}/substitutions/preview", responses=_DECLARED | problems.declared(Conflict)
)
def preview_substitution(
    learner_id: LearnerInPath, body: SubstitutionIn, caller: SignedIn, snapshot: Snapshot, now: Now
) -> Forecasts:
    """Say what it would do to let another achievement count for a clause, for this learner."""
    return _exception(snapshot, caller, learner_id, body.wanted(body.instead), now)


def _exception(
    snapshot: Snapshot, caller: SignedIn, learner_id: LearnerInPath, wanted: Wanted, now: Now
) -> Forecasts:
    milestones, found = forecasting.exception(snapshot, caller, learner_id, wanted, at=now)
    return Forecasts(milestones=milestones, items=[ForecastOut.of(one) for one in found])
