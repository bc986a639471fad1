"""Every evaluator beside the oracle, which shares no line with them: how often one of them says another number."""

import itertools
import random
from collections.abc import Iterator

from benchmarks.measuring import Row
from clr.pathways import HeldAward, Holdings, progress_toward, settle
from clr.pathways.cohort import Edition, standings
from clr.pathways.standing import Standing
from tests.property.worlds import ALL, AT, LENGTH, Choices, World, exceptions, graph, held, world_of

CASES, MOST_AWARDS = 10_000, 9


def rows() -> Iterator[Row]:
    """Yield the row: cases, and those of them in which all evaluators say what the oracle says."""
    draw = random.Random(3)
    agreeing = 0
    for _ in range(CASES):
        world = world_of(Choices(draw.randbytes(LENGTH)), ALL, allowed=True, most=MOST_AWARDS)
        learner = world.learner()
        expected = {name: (learner.points_of(name), learner.steps_of(name)) for name in world.view}
        agreeing += all(found == expected for found in _told(world))
    yield Row(
        f"engine:agreement of the evaluators with the oracle in {CASES} random cases",
        CASES,
        agreeing,
        1,
        unit="cases",
        note=f"{CASES - agreeing} disagreements of explained, flat and cohort evaluation in {CASES} cases, all features on",
    )


def _told(world: World) -> Iterator[dict[str, tuple[int, int]]]:
    """Yield basis points and steps of every stack by each evaluator."""
    drawn, base, allowed = graph(world), held(world.awards), exceptions(world.allowances)
    awards = [*base, *_due(world, base)]
    yield {name: _explained(drawn, name, awards, allowed) for name in world.view}
    flat = Standing(drawn, base, at=AT, allowances=allowed)
    yield {name: flat.of(name) for name in world.view}
    yield {name: _in_a_crowd(drawn, name, base, allowed) for name in world.view}


def _explained(drawn, name, awards, allowed) -> tuple[int, int]:
    told = progress_toward(drawn, name, awards, at=AT, allowances=allowed)
    return told.basis_points, told.steps_left


def _in_a_crowd(drawn, name, base, allowed) -> tuple[int, int]:
    crowd = ((0, award) for award in base)
    ((_, block),) = standings(
        Edition(drawn, name), crowd, range(1), at=AT, allowances={0: allowed} if allowed else {}
    )
    points, steps = block.of(name)
    return int(points[0]), int(steps[0])


def _due(world: World, base: list[HeldAward]) -> list[HeldAward]:
    ids = (f"m{number}" for number in itertools.count())
    holdings = Holdings(base, {}, allowances=exceptions(world.allowances))
    return [
        HeldAward(one.award_id, one.achievement, one.version, one.earned_on, derived=True)
        for one in settle(graph(world), holdings, at=AT, new_award=lambda: next(ids))
    ]
