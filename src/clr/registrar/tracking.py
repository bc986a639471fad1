"""Progress of a learner: on pathways she follows, on those in which something she earned counts, and what next."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from clr.errors import NotFound
from clr.ids import AchievementId, LearnerId, PathwayId
from clr.pathways import Progress, open_steps, progress_toward, steps_left_says, what_next
from clr.registrar import authoring, catalog, deriving, events, people, policy
from clr.registrar.authoring import VersionFacts
from clr.registrar.deriving import Standing
from clr.registrar.explaining import clause_json
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
    """Progress on one version of a pathway; ``enrolled`` when the learner follows it."""

    pathway: VersionFacts
    enrolled: bool
    progress: Progress


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
    names = catalog.names(snapshot)
    progress = found.progress
    return {
        **summary_json(found),
        "as_of": progress.as_of.isoformat(),
        "requirement": clause_json(progress.root, names),
        "next": [
            {
                "achievement_id": step.achievement,
                "name": names.get(step.achievement, step.achievement),
                "kind": step.kind,
                "ready": step.ready,
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
    names = catalog.names(snapshot)
    suggestions = what_next({goal: entry.progress for goal, entry in by_goal.items()})
    return [
        NextStep(
            achievement_id=suggestion.step.achievement,
            name=names.get(suggestion.step.achievement, suggestion.step.achievement),
            kind=suggestion.step.kind,
            ready=suggestion.step.ready,
            advances=tuple(
                _advance(standing, by_goal[goal], suggestion.step.achievement, at)
                for goal in suggestion.advances
            ),
        )
        for suggestion in suggestions
    ]


def _advance(standing: Standing, entry: PathwayProgress, earned: AchievementId, at: datetime) -> Advance:
    """Return where a pathway stands, and where it would stand if ``earned`` were awarded now."""
    pins = entry.pathway.stacks if entry.enrolled else standing.view
    would = deriving.supposing(standing, earned, at=at)
    after = progress_toward(standing.graph, entry.pathway.draft.goal, would, at=at, pins=pins)
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
    """Return the pathways that concern a learner, nearest first; with ``toward``, only those to such goals."""
    published = authoring.published(snapshot)
    followed = {pin.pathway_id for pin in standing.pins}
    own = {award.achievement for award in standing.held}
    touched = {key[0] for achievement in own for key in standing.graph.reached_from(achievement)} | own
    found = [
        _one(snapshot, standing, pathway_id, at)
        for pathway_id, version in published.items()
        if (pathway_id in followed or version.draft.goal in touched)
        and (toward is None or version.draft.goal in toward)
    ]
    return sorted(found, key=lambda entry: (not entry.enrolled, *_nearness(entry)))


def _nearness(entry: PathwayProgress) -> tuple[bool, int, int, str]:
    progress = entry.progress
    return progress.root.complete, progress.steps_left, -progress.basis_points, entry.pathway.pathway_id


def _one(snapshot: Session, standing: Standing, pathway_id: PathwayId, at: datetime) -> PathwayProgress:
    pin = next((pin for pin in standing.pins if pin.pathway_id == pathway_id), None)
    version = authoring.published(snapshot).get(pathway_id)
    if version is None:
        authoring.pathway(snapshot, pathway_id)
        raise NotFound("This pathway has not been published yet.")
    if pin is not None and pin.version != version.version:
        version = authoring.version(snapshot, pathway_id, pin.version)
    pins = pin.stacks if pin else standing.view
    progress = progress_toward(standing.graph, version.draft.goal, standing.held, at=at, pins=pins)
    return PathwayProgress(version, pin is not None, progress)
