"""Groups of explained parts: which of them count, what they add up to, when that was complete, what is left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from clr.ids import AchievementId
from clr.pathways.picking import Offer, cheapest, fewest
from clr.pathways.progress import Clause, OpenStep, S
from clr.pathways.requirements import AllOf, AtLeast, Brings, Credits

T = TypeVar("T")

_NONE: Mapping[AchievementId, int] = {}
_LATE = datetime.max.replace(tzinfo=UTC)

Gathered = tuple[tuple[datetime, int], ...]
"""How the hundredths that a part brings grew: instants with the sum from then on, earliest first."""


def all_of(group: AllOf, parts: Sequence[Clause]) -> Clause:
    """Return the clause "complete every part of positive weight"."""
    told = [replace(part, counted=part.weight > 0, on_route=part.weight > 0) for part in parts]
    counted = [part for part in told if part.counted]
    total = sum(part.weight for part in counted)
    points = sum(part.weight * part.basis_points for part in counted) // total if total else 0
    done = sum(part.complete for part in counted)
    needed = len(counted)
    return _group("all_of", group, told, points, (done, needed), complete=done == needed > 0)


def at_least(group: AtLeast, parts: Sequence[Clause], prefer: Mapping[AchievementId, int] = _NONE) -> Clause:
    """Return the clause "complete so many parts", of enough categories.

    Among parts equally near the route takes those whose open steps are preferred; no number depends on it.
    """
    categories = [part.category for part in parts]
    by_points = [(-part.basis_points, _when(part)) for part in parts]
    by_steps = [
        (part.steps_left, -part.basis_points, _when(part), -_preferred(part, prefer)) for part in parts
    ]
    counted = set(cheapest(by_points, group.count, categories, group.categories))
    on_route = set(cheapest(by_steps, group.count, categories, group.categories))
    told = _marked(parts, counted, on_route)
    points = sum(part.basis_points for part in told if part.counted) // group.count
    done = sum(part.complete for part in told if part.counted)
    return _group("at_least", group, told, points, (done, group.count), complete=done == group.count)


def exclusively(group: AllOf | AtLeast, parts: Sequence[Clause], filled: Iterable[int]) -> Clause:
    """Return the clause whose parts are slots, each told already by the achievement that fills it.

    A slot counts whole or not at all; ``filled`` are the places on the way, filled already or to be.
    """
    on_way = set(filled)
    count = len(parts) if isinstance(group, AllOf) else group.count
    told = _marked(parts, on_way, on_way)
    done = sum(part.complete for part in told if part.counted)
    kind = "all_of" if isinstance(group, AllOf) else "at_least"
    points = S * done // count
    return _group(kind, group, told, points, (done, count), complete=done == count)


def credits_of(group: Credits, parts: Sequence[Clause], gathered: Sequence[Gathered]) -> Clause:
    """Return the clause "gather so many credits"; ``gathered`` is how the sum of each part grew."""
    now = [growth[-1][1] if growth else 0 for growth in gathered]
    brings = [each for each in (part.brings for part in group.parts) if each is not None]
    plan = fewest(
        group.total - sum(now),
        [offer(*each) for each in zip(brings, now, parts, strict=True)],
    )
    steps, taken = plan or (0, {})
    told = [
        replace(
            part,
            counted=now[place] > 0,
            on_route=place in taken,
            brings=now[place],
            worth=brings[place].each,
            route_steps=taken.get(place, 0) * step_cost(part.steps_left),
        )
        for place, part in enumerate(parts)
    ]
    total, needed = sum(now), group.total
    clause = _group(
        "credits",
        group,
        told,
        S * min(needed, total) // needed,
        (min(needed, total), needed),
        complete=total >= needed,
    )
    opened = once(step for place in sorted(taken) for step in _open_of(parts[place], taken[place]))
    return replace(
        clause,
        unit=group.unit,
        steps_left=steps,
        open=opened,
        steps_exact=steps == times(opened),
        earned_on=_reached(gathered, needed) if clause.complete else None,
    )


def step_cost(steps_left: int) -> int:
    """Return what one more award of a part costs: its own steps, or one when it is complete and earned again."""
    return steps_left or 1


def offer(brings: Brings, now: int, part: Clause) -> Offer:
    """Return what a part may still bring."""
    return Offer(step_cost(part.steps_left), gains(brings, now, complete=part.complete))


def gains(brings: Brings, now: int, *, complete: bool) -> tuple[int, ...]:
    """Return what each further award would add to the ``now`` hundredths that a part brings."""
    if brings.up_to is not None:
        left = max(brings.up_to - now, 0)
        whole, rest = divmod(left, brings.each)
        return (brings.each,) * whole + ((rest,) if rest else ())
    if brings.stated:
        return (brings.each - now,) if now < brings.each else ()
    return () if complete else (brings.each,)


def growth(brings: Brings, awards: Sequence[tuple[datetime, int | None]]) -> Gathered:
    """Return how the sum of some awards grew, each given by its moment and the credits it states, earliest first."""
    found, total = [], 0
    for moment, stated in awards:
        worth = stated if brings.stated and stated is not None else brings.each
        total = max(total, worth) if brings.up_to is None else min(total + worth, brings.up_to)
        found.append((moment, total))
    return tuple(found)


def highest(growth: Gathered, more: Iterable[tuple[datetime, int]]) -> Gathered:
    """Return the growth of whichever of two sums is higher at each instant."""
    found, most = [], 0
    for moment, amount in sorted((*growth, *more)):
        most = max(most, amount)
        found.append((moment, most))
    return tuple(found)


def once(steps: Iterable[OpenStep]) -> tuple[OpenStep, ...]:
    """Return open steps, each once: ready when it is so anywhere, as often as it is needed at most."""
    found: dict[tuple[str, str], OpenStep] = {}
    for step in steps:
        before = found.get((step.achievement, step.kind))
        if before is not None and before != step:
            step = replace(  # noqa: PLW2901  the step and the one met before become one
                step,
                ready=step.ready or before.ready,
                advised=step.advised and before.advised,
                times=max(step.times, before.times),
            )
        found[step.achievement, step.kind] = step
    return tuple(found.values())


def times(steps: Iterable[OpenStep]) -> int:
    """Return how many awards open steps are."""
    return sum(step.times for step in steps)


def each_once(items: Iterable[T]) -> tuple[T, ...]:
    """Return items in their order, each once."""
    return tuple(dict.fromkeys(items))


def _open_of(part: Clause, taken: int) -> Iterable[OpenStep]:
    if part.complete and part.achievement is not None:  # earned again
        return (OpenStep(part.achievement, "earn", times=taken),)
    return (
        replace(step, times=taken) if step.achievement == part.achievement else step for step in part.open
    )


def _preferred(part: Clause, prefer: Mapping[AchievementId, int]) -> int:
    return sum(prefer.get(step.achievement, 0) for step in part.open) if prefer else 0


def _when(part: Clause) -> datetime:
    return part.earned_on or _LATE


def _marked(parts: Sequence[Clause], counted: set[int], on_route: set[int]) -> list[Clause]:
    return [
        replace(part, counted=place in counted, on_route=place in on_route)
        for place, part in enumerate(parts)
    ]


def _reached(gathered: Sequence[Gathered], needed: int) -> datetime | None:
    """Return the first instant at which the parts together brought ``needed``."""
    steps = sorted(
        (moment, place, amount) for place, growth in enumerate(gathered) for moment, amount in growth
    )
    now = [0] * len(gathered)
    for moment, place, amount in steps:
        now[place] = amount
        if sum(now) >= needed:
            return moment
    return None


def _group(
    kind: str,
    group: AllOf | AtLeast | Credits,
    parts: Sequence[Clause],
    basis_points: int,
    progress: tuple[int, int],
    *,
    complete: bool,
) -> Clause:
    counted = [part for part in parts if part.counted]
    route = [part for part in parts if part.on_route]
    steps, open_steps = (
        sum(part.steps_left for part in route),
        once(step for part in route for step in part.open),
    )
    ends = [part.earned_on for part in counted if part.earned_on] if complete else []
    return Clause(
        kind=kind,
        id=group.id,
        name=group.name,
        basis_points=basis_points,
        steps_left=steps,
        steps_exact=steps == times(open_steps),
        complete=complete,
        earned=progress[0],
        needed=progress[1],
        categories=group.categories if isinstance(group, AtLeast) else 0,
        exclusive=not isinstance(group, Credits) and group.exclusive,
        satisfied_by=each_once(award for part in counted for award in part.satisfied_by),
        earned_on=max(ends, default=None),
        parts=tuple(parts),
        open=open_steps,
    )
