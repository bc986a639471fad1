"""Progress of a learner: on pathways she follows, on those in which something she earned counts, and what next."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from clr.errors import NotFound
from clr.ids import AchievementId, LearnerId, PathwayId
from clr.pathways import (
    HeldAward,
    Progress,
    Suggestion,
    open_steps,
    progress_toward,
    shared,
    steps_left_says,
    what_next,
)
from clr.registrar import allowing, authoring, catalog, deriving, events, people, policy
from clr.registrar.authoring import VersionFacts
from clr.registrar.deriving import Standing
from clr.registrar.explaining import achievements_told, clause_json
from clr.registrar.graphs import Pin
from clr.registrar.policy import Caller, Deed


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a pathway stands after something happened."""

    pathway_id: PathwayId
    name: str
    steps_left: int
    basis_points: int
    says: str


@dataclass(frozen=True, slots=True)
class PathwayProgress:
    """Progress on one version of a pathway; ``pin`` is the version she follows, if she does."""

    learner_id: LearnerId
    pathway: VersionFacts
    pin: Pin | None
    progress: Progress

    @property
    def enrolled(self) -> bool:
        """Whether the learner follows the pathway."""
        return self.pin is not None


@dataclass(frozen=True, slots=True)
class Advance:
    """A pathway that a step brings nearer: where it stands, and where it would stand after."""

    pathway_id: PathwayId
    name: str
    goal: AchievementId
    steps_left: int
    says: str
    after: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """One step worth taking, with the pathways it brings nearer and how far."""

    achievement_id: AchievementId
    name: str
    kind: str
    ready: bool
    advised: bool
    times: int
    advances: tuple[Advance, ...]


def progress_of(
    snapshot: Session, caller: Caller, learner_id: LearnerId, *, at: datetime
) -> list[PathwayProgress]:
    """Return progress on enrolled pathways, then on those in which something earned counts, nearest first."""
    policy.require(caller, Deed.SEE_LEARNER, learner=learner_id)
    people.require_learner(snapshot, learner_id)
    return _all(snapshot, deriving.standing(snapshot, learner_id), at)


def progress_on(
    snapshot: Session, caller: Caller, learner_id: LearnerId, pathway_id: PathwayId, *, at: datetime
) -> PathwayProgress:
    """Return progress on one pathway: in the version the learner follows, else in the current one."""
    policy.require(caller, Deed.SEE_LEARNER, learner=learner_id)
    people.require_learner(snapshot, learner_id)
    return _one(snapshot, deriving.standing(snapshot, learner_id), pathway_id, at)


def progress_json(snapshot: Session, found: PathwayProgress) -> dict[str, Any]:
    """Return the whole explained tree in the form clients rely on."""
    progress = found.progress
    names = catalog.names(snapshot, achievements_told(progress.root))
    return {
        **summary_json(found),
        "as_of": progress.as_of.isoformat(),
        "requirement": clause_json(progress.root, names),
        "allowances": allowing.told(snapshot, found.learner_id, progress.root, at=progress.as_of),
        "next": [
            {
                "achievement_id": step.achievement,
                "name": names.get(step.achievement, step.achievement),
                "kind": step.kind,
                "ready": step.ready,
                "advised": step.advised,
                "times": step.times,
            }
            for step in open_steps(progress)
        ],
    }


def summary_json(found: PathwayProgress) -> dict[str, Any]:
    """Return the headline of one pathway's progress."""
    progress = found.progress
    return {
        "pathway_id": found.pathway.pathway_id,
        "version": found.pathway.version,
        "name": found.pathway.draft.name,
        "goal": found.pathway.draft.goal,
        "enrolled": found.enrolled,
        "status": progress.status.value,
        "basis_points": progress.basis_points,
        "steps_left": progress.steps_left,
        "steps_exact": progress.steps_exact,
        "says": steps_left_says(progress),
    }


def next_steps(snapshot: Session, caller: Caller, learner_id: LearnerId, *, at: datetime) -> list[NextStep]:
    """Return what helps most: ready steps first, those that advance most enrolled pathways before others."""
    policy.require(caller, Deed.SEE_LEARNER, learner=learner_id)
    people.require_learner(snapshot, learner_id)
    standing = deriving.standing(snapshot, learner_id)
    found = _all(snapshot, standing, at)
    followed = [entry for entry in found if entry.enrolled] or found
    by_goal = {
        entry.pathway.draft.goal: entry for entry in reversed(followed) if not entry.progress.root.complete
    }
    prefer = shared(entry.progress for entry in by_goal.values())
    by_goal = {
        goal: _standing_on(standing, entry.pathway, entry.pin, at, prefer=prefer)
        for goal, entry in by_goal.items()
    }
    suggestions = what_next({goal: entry.progress for goal, entry in by_goal.items()})
    names = catalog.names(snapshot, (suggestion.step.achievement for suggestion in suggestions))
    return [_next_step(standing, suggestion, by_goal, names, at) for suggestion in suggestions]


def _next_step(
    standing: Standing,
    suggestion: Suggestion,
    by_goal: Mapping[AchievementId, PathwayProgress],
    names: Mapping[AchievementId, str],
    at: datetime,
) -> NextStep:
    """Return a step with where each pathway stands, and where it would stand if the step were done now."""
    step = suggestion.step
    would = deriving.supposing(standing, step.achievement, at=at)
    return NextStep(
        achievement_id=step.achievement,
        name=names.get(step.achievement, step.achievement),
        kind=step.kind,
        ready=step.ready,
        advised=step.advised,
        times=step.times,
        advances=tuple(_advance(standing, by_goal[goal], would, at) for goal in suggestion.advances),
    )


def _advance(standing: Standing, entry: PathwayProgress, would: Sequence[HeldAward], at: datetime) -> Advance:
    pins = entry.pathway.stacks if entry.enrolled else standing.view
    after = progress_toward(
        standing.graph, entry.pathway.draft.goal, would, at=at, pins=pins, allowances=standing.allowances
    )
    return Advance(
        pathway_id=entry.pathway.pathway_id,
        name=entry.pathway.draft.name,
        goal=entry.pathway.draft.goal,
        steps_left=entry.progress.steps_left,
        says=steps_left_says(entry.progress),
        after=steps_left_says(after),
    )


def moved_by(
    snapshot: Session, standing: Standing, arrived: Iterable[AchievementId], *, at: datetime
) -> list[Moved]:
    """Return the pathways that these achievements count toward, enrolled ones first, as they stand now."""
    reached = {
        achievement
        for one in arrived
        for achievement in (one, *(key[0] for key in standing.graph.reached_from(one)))
    }
    return [_moved(entry) for entry in _all(snapshot, standing, at, toward=reached)]


def tell(transaction: Session, learner_id: LearnerId, moved: Sequence[Moved], *, at: datetime) -> None:
    """Write to the learner's live stream where her pathways stand."""
    for entry in moved:
        told = {
            "pathway_id": entry.pathway_id,
            "name": entry.name,
            "steps_left": entry.steps_left,
            "basis_points": entry.basis_points,
            "says": entry.says,
        }
        events.record(transaction, learner_id, "progress", told, at=at)


def conclude(
    transaction: Session, now: Standing, arrived: Iterable[AchievementId], *, at: datetime
) -> list[Moved]:
    """Tell the learner where the pathways stand that these achievements count toward, and note what time will change."""
    moved = moved_by(transaction, now, arrived, at=at)
    tell(transaction, now.learner_id, moved, at=at)
    deriving.foresee(transaction, now, at=at)
    return moved


def moved_between(snapshot: Session, now: Standing, earlier: datetime, later: datetime) -> list[Moved]:
    """Return the pathways of a learner that stand elsewhere ``later`` than they did ``earlier``, by time alone."""
    before = {entry.pathway.pathway_id: _shown(entry.progress) for entry in _all(snapshot, now, earlier)}
    return [
        _moved(entry)
        for entry in _all(snapshot, now, later)
        if before.get(entry.pathway.pathway_id) != _shown(entry.progress)
    ]


def _shown(progress: Progress) -> tuple[str, int, int]:
    return progress.status.value, progress.steps_left, progress.basis_points


def _moved(entry: PathwayProgress) -> Moved:
    progress = entry.progress
    return Moved(
        entry.pathway.pathway_id,
        entry.pathway.draft.name,
        progress.steps_left,
        progress.basis_points,
        steps_left_says(progress),
    )


def _all(
    snapshot: Session, standing: Standing, at: datetime, *, toward: Container[AchievementId] | None = None
) -> list[PathwayProgress]:
    """Return the pathways that concern a learner, nearest first; with ``toward``, those to such goals.

    A pathway concerns her when she follows it, or something she earned counts in it.
    """
    followed = {pin.pathway_id: pin for pin in standing.pins}
    own = {award.achievement for award in standing.held}
    touched = {key[0] for achievement in own for key in standing.graph.reached_from(achievement)} | own
    found = []
    for pathway_id, current in authoring.published(snapshot).items():
        version = _version(snapshot, current, followed.get(pathway_id))
        if current.archived and pathway_id not in followed:
            continue
        concerns = pathway_id in followed or version.draft.goal in touched
        if concerns if toward is None else version.draft.goal in toward:
            found.append(_standing_on(standing, version, followed.get(pathway_id), at))
    return sorted(found, key=lambda entry: (not entry.enrolled, *_nearness(entry)))


def _nearness(entry: PathwayProgress) -> tuple[bool, int, int, str]:
    progress = entry.progress
    return progress.root.complete, progress.steps_left, -progress.basis_points, entry.pathway.pathway_id


def _one(snapshot: Session, standing: Standing, pathway_id: PathwayId, at: datetime) -> PathwayProgress:
    pin = next((pin for pin in standing.pins if pin.pathway_id == pathway_id), None)
    current = authoring.published(snapshot).get(pathway_id)
    if current is None:
        authoring.pathway(snapshot, pathway_id)
        raise NotFound("This pathway has not been published yet.")
    return _standing_on(standing, _version(snapshot, current, pin), pin, at)


def _version(snapshot: Session, current: VersionFacts, pin: Pin | None) -> VersionFacts:
    """Return the version of a pathway in force for a learner: the one she follows, else the current one."""
    if pin is None or pin.version == current.version:
        return current
    return authoring.version(snapshot, pin.pathway_id, pin.version)


def _standing_on(
    standing: Standing,
    version: VersionFacts,
    pin: Pin | None,
    at: datetime,
    *,
    prefer: Mapping[AchievementId, int] | None = None,
) -> PathwayProgress:
    pins = pin.stacks if pin else standing.view
    progress = progress_toward(
        standing.graph,
        version.draft.goal,
        standing.held,
        at=at,
        pins=pins,
        allowances=standing.allowances,
        prefer=prefer or {},
    )
    return PathwayProgress(standing.learner_id, version, pin, progress)
