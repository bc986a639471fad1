"""Evaluating requirements for one learner at one instant, with the reason for every number."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from clr.ids import AchievementId
from clr.pathways.awards import HeldAward, by_achievement
from clr.pathways.graph import StackingGraph
from clr.pathways.progress import Clause, Failed, OpenStep, Progress, S, Status
from clr.pathways.requirements import AllOf, AtLeast, Holds, Requirement
from clr.pathways.stacks import Policy, Stack

EXPIRING = timedelta(days=90)
"""How long before its end a complete goal is called expiring."""

T = TypeVar("T")
_NONE: Mapping[AchievementId, int] = {}


def progress_toward(
    graph: StackingGraph,
    goal: AchievementId,
    held: Iterable[HeldAward],
    *,
    at: datetime,
    pins: Mapping[AchievementId, int] = _NONE,
) -> Progress:
    """Return how far ``held`` goes toward ``goal`` at ``at``, under the stack versions in ``pins``."""
    root = Explainer(graph, held, at=at, pins=pins).holds(Holds(goal))
    return Progress(_status(root, at), at, root)


def explain(
    graph: StackingGraph,
    stack: Stack,
    held: Iterable[HeldAward],
    *,
    at: datetime,
    pins: Mapping[AchievementId, int] = _NONE,
) -> Clause:
    """Return the requirement of one version of a stack, explained for one learner."""
    return Explainer(graph, held, at=at, pins=pins).clause(stack.requirement)


def eligible(
    graph: StackingGraph,
    achievement: AchievementId,
    held: Iterable[HeldAward],
    *,
    at: datetime,
    version: int,
) -> bool:
    """Whether the requirement of a version of a stack is met."""
    return explain(graph, graph.stacks[achievement, version], held, at=at).complete


def next_transition_at(
    graph: StackingGraph,
    goal: AchievementId,
    held: Iterable[HeldAward],
    *,
    at: datetime,
    pins: Mapping[AchievementId, int] = _NONE,
) -> datetime | None:
    """Return the next instant at which progress toward ``goal`` may change by time alone."""
    below = graph.below(goal, graph.view(pins))
    instants = set()
    for award in held:
        if award.achievement in below:
            instants.add(award.earned_on)
            if award.valid_until is not None:
                instants |= {award.valid_until, award.valid_until - EXPIRING}
    return min((instant for instant in instants if instant > at), default=None)


class Explainer:
    """One learner, one graph, one instant; each achievement is evaluated once. ``at=None`` leaves time aside."""

    def __init__(
        self,
        graph: StackingGraph,
        held: Iterable[HeldAward],
        *,
        at: datetime | None,
        pins: Mapping[AchievementId, int] = _NONE,
    ) -> None:
        """Take what is held; only awards earned by ``at`` are seen."""
        self._graph, self._at = graph, at
        self._pins = pins
        self._awards = by_achievement(award for award in held if award.earned_by(at))
        self._held: dict[AchievementId, Clause] = {}

    def add(self, award: HeldAward) -> None:
        """Count one more award from now on."""
        self._awards = {
            **self._awards,
            award.achievement: by_achievement([*self._awards.get(award.achievement, ()), award])[
                award.achievement
            ],
        }
        self._held.pop(award.achievement, None)

    def clause(self, requirement: Requirement) -> Clause:
        """Return the explained clause."""
        match requirement:
            case Holds():
                return self.holds(requirement)
            case AllOf():
                return self._all_of(requirement)
            case AtLeast():
                return self._at_least(requirement)

    def holds(self, requirement: Holds) -> Clause:
        """Return the explained clause "hold this achievement"."""
        achievement = requirement.achievement
        if achievement not in self._held:
            self._held[achievement] = self._holding(achievement)
        return replace(self._held[achievement], id=requirement.id, name=requirement.name)

    def _holding(self, achievement: AchievementId) -> Clause:
        current = [award for award in self._awards.get(achievement, ()) if award.current(self._at)]
        stack = self._graph.stacks.get((achievement, self._version(achievement)))
        if current:  # told by the version it was earned under, which may not be the one in force now
            stack = self._graph.stacks.get((achievement, current[0].version), stack)
        own = self.clause(stack.requirement) if stack else None
        if current:
            return _held_by(current, stack, own)
        missing = _missing_badge(achievement) if stack is None or own is None else _missing_stack(stack, own)
        return replace(missing, failed=self._why_not(achievement))

    def _version(self, achievement: AchievementId) -> int:
        return self._pins.get(achievement) or self._graph.current.get(achievement, 0)

    def _why_not(self, achievement: AchievementId) -> Failed | None:
        ends = [award.valid_until for award in self._awards.get(achievement, ()) if award.valid_until]
        return Failed("current", f"Expired on {max(ends).day} {max(ends):%B %Y}") if ends else None

    def _all_of(self, group: AllOf) -> Clause:
        parts = tuple(
            replace(
                self.clause(part.requirement),
                weight=part.weight,
                counted=part.weight > 0,
                on_route=part.weight > 0,
            )
            for part in group.parts
        )
        counted = [part for part in parts if part.counted]
        total = sum(part.weight for part in counted)
        points = sum(part.weight * part.basis_points for part in counted) // total if total else 0
        return _group("all_of", group, parts, points, len(counted))

    def _at_least(self, group: AtLeast) -> Clause:
        found = [replace(self.clause(part.requirement), weight=part.weight) for part in group.parts]
        by_points = sorted(
            found, key=lambda part: (-part.basis_points, _when(part))
        )  # sorted() keeps positions
        by_steps = sorted(found, key=lambda part: (part.steps_left, -part.basis_points, _when(part)))
        counted = {id(part) for part in by_points[: group.count]}
        on_route = {id(part) for part in by_steps[: group.count]}
        parts = tuple(
            replace(part, counted=id(part) in counted, on_route=id(part) in on_route) for part in found
        )
        points = sum(part.basis_points for part in parts if part.counted) // group.count
        return _group("at_least", group, parts, points, group.count)


_LATE = datetime.max.replace(tzinfo=UTC)


def _when(part: Clause) -> datetime:
    return part.earned_on or _LATE


def _group(
    kind: str, group: AllOf | AtLeast, parts: tuple[Clause, ...], basis_points: int, needed: int
) -> Clause:
    counted = [part for part in parts if part.counted]
    done = sum(part.complete for part in parts if part.weight > 0 or kind == "at_least")
    complete = done >= needed > 0
    route = [part for part in parts if part.on_route]
    steps, open_steps = (
        sum(part.steps_left for part in route),
        _once(step for part in route for step in part.open),
    )
    ends = [part.earned_on for part in counted if part.earned_on] if complete else []
    return Clause(
        kind=kind,
        id=group.id,
        name=group.name,
        basis_points=basis_points,
        steps_left=steps,
        steps_exact=steps == len(open_steps),
        complete=complete,
        earned=min(done, needed),
        needed=needed,
        satisfied_by=_once(award for part in counted for award in part.satisfied_by),
        earned_on=max(ends, default=None),
        parts=parts,
        open=open_steps,
    )


def _held_by(current: list[HeldAward], stack: Stack | None, own: Clause | None) -> Clause:
    ends = [award.valid_until for award in current if award.valid_until]
    return Clause(
        kind="holds",
        achievement=current[0].achievement,
        policy=stack.policy if stack else None,
        basis_points=S,
        steps_left=0,
        steps_exact=True,
        complete=True,
        earned=1,
        needed=1,
        satisfied_by=(current[0].id,),
        earned_on=current[0].earned_on,
        valid_until=max(ends) if len(ends) == len(current) else None,
        parts=(replace(own, counted=False, on_route=False),) if own else (),
    )


def _missing_badge(achievement: AchievementId) -> Clause:
    return Clause(
        kind="holds",
        achievement=achievement,
        basis_points=0,
        steps_left=1,
        steps_exact=True,
        complete=False,
        earned=0,
        needed=1,
        open=(OpenStep(achievement, "earn"),),
    )


def _missing_stack(stack: Stack, own: Clause) -> Clause:
    judged = stack.policy is not Policy.AUTO
    points = own.basis_points * 9 // 10 if judged else own.basis_points
    last = _last_step(stack, own)
    open_steps = _once((*own.open, *last))
    steps = own.steps_left + len(last)
    return Clause(
        kind="holds",
        achievement=stack.achievement,
        policy=stack.policy,
        basis_points=min(points, S - 1),
        steps_left=steps,
        steps_exact=steps == len(open_steps),
        complete=False,
        eligible=judged and own.complete,
        earned=0,
        needed=1,
        satisfied_by=own.satisfied_by,
        parts=(own,),
        open=open_steps,
    )


def _last_step(stack: Stack, own: Clause) -> tuple[OpenStep, ...]:
    """Return what remains once the parts are there: an assessment, or a milestone about to follow."""
    if stack.policy is not Policy.AUTO:
        return (
            OpenStep(
                stack.achievement, "assess" if stack.policy is Policy.ASSESSED else "award", own.complete
            ),
        )
    return (OpenStep(stack.achievement, "milestone"),) if own.complete else ()


def _once(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def _status(root: Clause, at: datetime) -> Status:
    if root.complete:
        soon = root.valid_until is not None and root.valid_until <= at + EXPIRING
        return Status.EXPIRING if soon else Status.COMPLETE
    if root.failed is not None:
        return Status.LAPSED
    if root.eligible:
        return Status.ELIGIBLE
    return Status.IN_PROGRESS if root.basis_points or root.satisfied_by else Status.NOT_STARTED
