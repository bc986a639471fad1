"""Evaluating requirements for one learner at one instant, with the reason for every number."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from clr.ids import AchievementId
from clr.pathways import groups
from clr.pathways.allowances import Allowance, Substitution, Waiver, by_clause
from clr.pathways.awards import HeldAward, by_achievement
from clr.pathways.exclusive import assigned
from clr.pathways.filters import FILTERS, LAST, ends_on, failure, in_range, later
from clr.pathways.graph import StackingGraph
from clr.pathways.groups import Gathered
from clr.pathways.progress import Clause, Failed, Gate, OpenStep, Progress, S, Status
from clr.pathways.requirements import AllOf, AtLeast, Credits, Filters, Holds, Part, Requirement
from clr.pathways.stacks import Policy, Stack

EXPIRING = timedelta(days=90)
"""How long before its end a complete goal is called expiring."""

_NONE: Mapping[AchievementId, int] = {}

Filling = AchievementId | int
"""What fills a slot: an achievement, or its own place where it was waived."""


def progress_toward(
    graph: StackingGraph,
    goal: AchievementId,
    held: Iterable[HeldAward],
    *,
    at: datetime,
    pins: Mapping[AchievementId, int] = _NONE,
    allowances: Iterable[Allowance] = (),
    prefer: Mapping[AchievementId, int] = _NONE,
) -> Progress:
    """Return how far ``held`` goes toward ``goal`` at ``at``, under the stack versions in ``pins``."""
    explainer = Explainer(graph, held, at=at, pins=pins, allowances=allowances, prefer=prefer)
    root = explainer.holds(Holds(goal))
    return Progress(_status(root, at), at, root)


def explain(
    graph: StackingGraph,
    stack: Stack,
    held: Iterable[HeldAward],
    *,
    at: datetime,
    pins: Mapping[AchievementId, int] = _NONE,
    allowances: Iterable[Allowance] = (),
) -> Clause:
    """Return the requirement of one version of a stack, explained for one learner."""
    return Explainer(graph, held, at=at, pins=pins, allowances=allowances).clause(stack.requirement)


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
    allowances: Iterable[Allowance] = (),
) -> datetime | None:
    """Return the next instant at which progress toward ``goal`` may change by time alone."""
    allowances, view = tuple(allowances), graph.view(pins)
    below = graph.below(goal, view)
    for allowance in allowances:
        if isinstance(allowance, Substitution):
            below |= graph.below(allowance.instead, view)
    counted = [award for award in held if award.achievement in below]
    return transition(graph, counted, at=at, allowances=allowances)


def transition(
    graph: StackingGraph, held: Iterable[HeldAward], *, at: datetime, allowances: Iterable[Allowance] = ()
) -> datetime | None:
    """Return the next instant at which anything about a learner may change by time alone."""
    instants: set[datetime | None] = set()
    brought: dict[AchievementId, set[Filters]] = {}
    for allowance in allowances:
        instants |= {allowance.given_on, allowance.until}
        if isinstance(allowance, Substitution):
            asked = graph.filters_of.get(allowance.clause_id, frozenset())
            brought.setdefault(allowance.instead, set()).update(asked)
    for award in held:
        ends = [award.valid_until] if award.valid_until else []
        asked = graph.asked_of(award.achievement) | brought.get(award.achievement, set())
        ages = {filters.max_age for filters in asked}
        ends += [later(award.earned_on, age) for age in ages if age is not None]
        instants |= {award.earned_on, *ends, *(end - EXPIRING for end in ends)}
    return min((instant for instant in instants if instant is not None and instant > at), default=None)


class Explainer:
    """One learner, one graph, one instant; each achievement is evaluated once. ``at=None`` leaves time aside."""

    def __init__(
        self,
        graph: StackingGraph,
        held: Iterable[HeldAward],
        *,
        at: datetime | None,
        pins: Mapping[AchievementId, int] = _NONE,
        allowances: Iterable[Allowance] = (),
        imagined: bool = False,
        prefer: Mapping[AchievementId, int] = _NONE,
    ) -> None:
        """Take what is held; only awards earned by ``at`` are seen, and allowances in force.

        Among equally near parts the open steps are those that ``prefer`` weighs most. ``imagined``: milestones that would follow from what is held count as if they had been given.
        """
        self._graph, self._at, self._imagined, self._prefer = graph, at, imagined, prefer
        self._pins = pins
        self._awards = by_achievement(award for award in held if award.earned_by(at))
        self._allowances = by_clause(allowances, at)
        self._held: dict[Holds, Clause] = {}

    def add(self, award: HeldAward) -> None:
        """Count one more award from now on."""
        earlier = self._awards.get(award.achievement, ())
        self._awards = {**self._awards, **by_achievement([*earlier, award])}
        self._held.clear()

    def clause(self, requirement: Requirement) -> Clause:
        """Return the explained clause, with whatever exception was made for it."""
        return self._waived(requirement, self._told(requirement))

    def _told(self, requirement: Requirement) -> Clause:
        match requirement:
            case Holds():
                return self._substituted(requirement, self.holds(self._with_instead(requirement)))
            case AllOf() | AtLeast():
                return self._slots(requirement) if requirement.exclusive else self._group(requirement)
            case Credits():
                return self._credits(requirement)

    def holds(self, requirement: Holds) -> Clause:
        """Return the explained clause "hold this achievement", as asked of everybody."""
        asked = replace(requirement, id=None, name=None)
        if asked not in self._held:
            self._held[asked] = self._holding(asked)
        return replace(self._held[asked], id=requirement.id, name=requirement.name)

    def _group(self, group: AllOf | AtLeast) -> Clause:
        parts = [self._part(part) for part in group.parts]
        return (
            groups.all_of(group, parts)
            if isinstance(group, AllOf)
            else groups.at_least(group, parts, self._prefer)
        )

    def _part(self, part: Part) -> Clause:
        """Return a part as it stands behind its prerequisite."""
        after = part.after
        gate = Gate(self.clause(after.requirement), after.strict, after.in_order) if after else None
        if gate is not None and gate.in_order and isinstance(part.requirement, Holds):
            told = self._in_order(part.requirement, gate)
        else:
            told = self.clause(part.requirement)
        told = replace(told, weight=part.weight, category=part.category)
        return gated(told, gate) if gate else told

    def _in_order(self, requirement: Holds, gate: Gate) -> Clause:
        """Return a hold of which only awards count that were earned once the prerequisite was complete."""
        asked = self._with_instead(requirement)
        told = self._holding(asked, after=gate.clause.earned_on or LAST)
        told = self._substituted(requirement, replace(told, id=requirement.id, name=requirement.name))
        return self._waived(requirement, told)

    def _slots(self, group: AllOf | AtLeast) -> Clause:
        """Return a group in which no achievement stands for two parts."""
        slots = [part.requirement for part in group.parts if isinstance(part.requirement, Holds)]
        accepted = [self._with_instead(slot).accepted for slot in slots]
        told: dict[Filling, Clause] = {x: self.holds(Holds(x)) for slot in accepted for x in slot}
        takes: list[tuple[Filling, ...]] = list(accepted)
        for place, slot in enumerate(slots):
            if waiver := self._waiver(slot):
                told[place] = complete_by(told[slot.achievement], waiver)
                takes[place] += (place,)
        named = {slot.achievement for slot in slots}  # what a slot asks for is advised before what it accepts
        order = sorted(told, key=lambda x: (told[x].steps_left, told[x].earned_on or LAST, x not in named))
        count = len(slots) if isinstance(group, AllOf) else group.count
        filled = assigned(takes, order, count)
        used = {x: place for place, x in filled.items()}
        parts = [
            self._substituted(slot, _slot(slot, filled.get(place), told, used))
            for place, slot in enumerate(slots)
        ]
        parts = [replace(part, category=own.category) for part, own in zip(parts, group.parts, strict=True)]
        return groups.exclusively(group, parts, filled)

    def _credits(self, group: Credits) -> Clause:
        parts = [self._part(part) for part in group.parts]
        both = [self._gathered(part, told) for part, told in zip(group.parts, parts, strict=True)]
        return groups.credits_of(group, [told for told, _ in both], [gathered for _, gathered in both])

    def _gathered(self, part: Part, told: Clause) -> tuple[Clause, Gathered]:
        """Return a part with the awards that count, and how what it brings grew; nothing while it is not complete."""
        brings, since = part.brings, told.earned_on
        if brings is None or since is None or not told.complete:
            return told, ()
        if not brings.counts_awards or not isinstance(part.requirement, Holds):
            return told, ((since, brings.most),)
        asked = self._with_instead(part.requirement)
        awards = [award for award in self._of(asked) if self._failure(asked, award, None) is None]
        growth = groups.growth(brings, [(max(award.earned_on, since), award.credits) for award in awards])
        waiver = self._waiver(part.requirement)
        waived = [(max(waiver.given_on, since), brings.most)] if waiver else []
        used = groups.each_once((*told.satisfied_by, *(award.id for award in awards)))
        return replace(told, satisfied_by=used), groups.highest(growth, waived)

    def _holding(self, asked: Holds, *, after: datetime | None = None) -> Clause:
        told = self._by_awards(asked, after)
        return self._with_milestones(asked, told) if self._imagined and after is None else told

    def _with_milestones(self, asked: Holds, told: Clause) -> Clause:
        """Return a hold as it would be once the milestones were given that are due."""
        for x in groups.each_once(asked.accepted):
            stack = self._graph.stacks.get((x, self._version(x)))
            if stack is None or stack.policy is not Policy.AUTO:
                continue
            if x == asked.achievement and not in_range(asked.filters, stack.version):
                continue
            own = self.clause(stack.requirement)
            if own.earned_on is not None and (told.earned_on is None or own.earned_on < told.earned_on):
                told = replace(
                    told,
                    basis_points=S,
                    steps_left=0,
                    steps_exact=True,
                    complete=True,
                    earned_on=own.earned_on,
                    open=(),
                )
        return told

    def _by_awards(self, asked: Holds, after: datetime | None) -> Clause:
        awards = self._of(asked)
        failures = [self._failure(asked, award, after) for award in awards]
        good = [award for award, failed in zip(awards, failures, strict=True) if failed is None]
        stack = self._graph.stacks.get((asked.achievement, self._version(asked.achievement)))
        if good and good[0].achievement == asked.achievement:
            # told by the version it was earned under, which may not be the one in force now
            stack = self._graph.stacks.get((asked.achievement, good[0].version), stack)
        own = self.clause(stack.requirement) if stack else None
        if good:
            return _held_by(asked, good, stack, own)
        achievement = asked.achievement
        missing = _missing_badge(achievement) if stack is None or own is None else _missing_stack(stack, own)
        return replace(missing, failed=_nearest(failures))

    def _of(self, asked: Holds) -> list[HeldAward]:
        """Return every award of what a clause accepts, earliest first."""
        if not asked.accepts:
            return self._awards.get(asked.achievement, [])
        found = [award for x in groups.each_once(asked.accepted) for award in self._awards.get(x, ())]
        return sorted(found, key=lambda award: (award.earned_on, award.id))

    def _failure(self, asked: Holds, award: HeldAward, after: datetime | None) -> Failed | None:
        return failure(asked, award, self._at, after=after)

    def _version(self, achievement: AchievementId) -> int:
        return self._pins.get(achievement) or self._graph.current.get(achievement, 0)

    def _exceptions(self, requirement: Requirement) -> list[Allowance]:
        return self._allowances.get(requirement.id, []) if requirement.id else []

    def _with_instead(self, requirement: Holds) -> Holds:
        """Return a hold that accepts besides what somebody let this learner bring instead."""
        more = [one.instead for one in self._exceptions(requirement) if isinstance(one, Substitution)]
        return replace(requirement, accepts=(*requirement.accepts, *more)) if more else requirement

    def _substituted(self, requirement: Holds, told: Clause) -> Clause:
        """Name the substitution for which a hold is complete."""
        if not told.complete or told.instead is None or told.instead in requirement.accepts:
            return told
        used = (one for one in self._exceptions(requirement) if isinstance(one, Substitution))
        return replace(told, allowance=next((one.id for one in used if one.instead == told.instead), None))

    def _waiver(self, requirement: Requirement) -> Waiver | None:
        return next((one for one in self._exceptions(requirement) if isinstance(one, Waiver)), None)

    def _waived(self, requirement: Requirement, told: Clause) -> Clause:
        """Return a clause as complete where it was waived before it was complete by itself."""
        waiver = self._waiver(requirement)
        if waiver is None or (told.earned_on is not None and told.earned_on <= waiver.given_on):
            return told
        return complete_by(told, waiver)


def gated(told: Clause, gate: Gate) -> Clause:
    """Return a clause behind its prerequisite: closed, it counts for nothing, and the prerequisite's steps come first."""
    first = gate.clause
    if gate.closed:
        waiting = (replace(step, ready=False) for step in told.open)
        opened = groups.once((*first.open, *waiting))
        steps = told.steps_left + first.steps_left
        return replace(
            told,
            gate=gate,
            basis_points=0,
            complete=False,
            eligible=False,
            earned_on=None,
            steps_left=steps,
            steps_exact=steps == groups.times(opened),
            open=opened,
        )
    if not gate.strict:
        if first.complete:
            return replace(told, gate=gate)
        return replace(told, gate=gate, open=tuple(replace(step, advised=True) for step in told.open))
    if told.earned_on is None or first.earned_on is None:
        return replace(told, gate=gate)
    return replace(
        told,
        gate=gate,
        earned_on=max(told.earned_on, first.earned_on),
        satisfied_by=groups.each_once((*told.satisfied_by, *first.satisfied_by)),
    )


def complete_by(told: Clause, waiver: Waiver) -> Clause:
    """Return a clause that is complete since it was waived, its parts as they stand."""
    return replace(
        told,
        basis_points=S,
        steps_left=0,
        steps_exact=True,
        complete=True,
        eligible=False,
        award=None,
        instead=None,
        allowance=waiver.id,
        earned_on=waiver.given_on,
        valid_until=waiver.until,
        satisfied_by=(),
        failed=None,
        open=(),
    )


def _slot(
    slot: Holds,
    by: Filling | None,
    told: Mapping[Filling, Clause],
    used: Mapping[Filling, int],
) -> Clause:
    """Return one part of an exclusive group: by what fills it, or would; else as it stands by itself."""
    if by is not None:
        own = told[by]
        if not own.complete:  # a slot counts whole or not at all
            own = replace(own, basis_points=0)
        return replace(
            own,
            id=slot.id,
            name=slot.name,
            achievement=slot.achievement,
            instead=None if isinstance(by, int) or by == slot.achievement else by,
        )
    own = told[slot.achievement]
    taken = own.complete and slot.achievement in used and own.award is not None
    if taken and own.award is not None:
        missing = replace(_missing_badge(slot.achievement), open=())
        return replace(missing, id=slot.id, name=slot.name, failed=Failed("exclusive", own.award))
    return replace(own, id=slot.id, name=slot.name)


def _nearest(failures: Iterable[Failed | None]) -> Failed | None:
    """Return the failure of the award that passes most filters, the latest among equals."""
    found = [failed for failed in failures if failed is not None]
    return max(reversed(found), key=lambda failed: FILTERS.index(failed.filter), default=None)


def _lapses(asked: Holds, good: Iterable[HeldAward]) -> datetime | None:
    """Return when the last of the awards that count no longer does, if time alone brings that about."""
    ends = [ends_on(asked.filters, award) for award in good]
    lasting = [end for end in ends if end is not None]
    return max(lasting) if len(lasting) == len(ends) else None


def _held_by(asked: Holds, good: list[HeldAward], stack: Stack | None, own: Clause | None) -> Clause:
    used = good[0]
    return Clause(
        kind="holds",
        achievement=asked.achievement,
        policy=stack.policy if stack else None,
        basis_points=S,
        steps_left=0,
        steps_exact=True,
        complete=True,
        earned=1,
        needed=1,
        award=used.id,
        instead=used.achievement if used.achievement != asked.achievement else None,
        satisfied_by=(used.id,),
        earned_on=used.earned_on,
        valid_until=_lapses(asked, good),
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
    open_steps = groups.once((*own.open, *last))
    steps = own.steps_left + len(last)
    return Clause(
        kind="holds",
        achievement=stack.achievement,
        policy=stack.policy,
        basis_points=min(points, S - 1),
        steps_left=steps,
        steps_exact=steps == groups.times(open_steps),
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


def _status(root: Clause, at: datetime) -> Status:
    if root.complete:
        soon = root.valid_until is not None and root.valid_until <= later(at, EXPIRING)
        return Status.EXPIRING if soon else Status.COMPLETE
    if root.failed is not None:
        return Status.LAPSED
    if root.eligible:
        return Status.ELIGIBLE
    return Status.IN_PROGRESS if root.basis_points or root.satisfied_by else Status.NOT_STARTED
