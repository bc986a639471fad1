"""Many learners at once: a million toward one pathway or all, an award to very many, and catalogues of any size.

Learners come in blocks drawn from a seed, so that no more of them are in memory than are evaluated together; drawing
them is not measured. What the baseline needs for each learner is measured on a sample, on which the results of both
must be equal; the note of a row says on how many. ``CLR_BENCH_LEARNERS`` is for how many learners all
pathways are evaluated, 1 000 000 unless it says less.
"""

import gc
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import networkx as nx
import numpy as np

from benchmarks.baselines import over_all_pathways, over_descendants
from benchmarks.catalogues import AT, stacks_of, university
from benchmarks.measuring import Row, in_turns
from clr.pathways import HeldAward, HeldResult, S, StackingGraph, achievements_in
from clr.pathways.cohort import BLOCK, Block, Cohort, Edition
from clr.pathways.columns import FOREVER, NO_CREDITS, Awards, microseconds
from clr.pathways.compiled import Compiled
from clr.pathways.exclusive import assigned
from clr.pathways.graph import stack_node
from clr.pathways.standing import Standing

SIZE, SMALL, LARGE = 5_000, 500, 50_000
MILLION, RETRO = 1_000_000, 100_000
EVERYTHING = int(os.environ.get("CLR_BENCH_LEARNERS", "1000000"))
SAMPLE = 12
"""Learners for whom the baseline is measured and compared."""

PROFICIENT, EXPIRE, STATE_CREDITS, HAVE_RESULTS = 80, 0.1, 0.3, 0.5
"""From which score on a result is proficient, and how many awards expire, state credits and have results."""

MEMORY = 2_048
"""MiB that evaluating everything may take."""

DAY = 86_400_000_000
"""One day in microseconds."""

RESULTS = (
    (),
    *(
        (HeldResult(kind, Decimal(score), frozenset({"proficient"} if score >= PROFICIENT else set())),)
        for kind in ("exam", "project")
        for score in range(40, 101, 4)
    ),
)
"""The results that awards come with that have any."""


class Differs(AssertionError):
    """Two ways of computing one thing disagree."""


class Crowd:
    """Learners drawn from a seed: each works on two stacks, and holds some of what many hold."""

    def __init__(self, graph: StackingGraph) -> None:
        """Number everything that can be earned."""
        self.names = sorted(
            {x for key in graph.stacks for x in (key[0], *achievements_in(graph.stacks[key].requirement))}
        )
        number = {name: place for place, name in enumerate(self.names)}
        badges = [name for name in self.names if name.startswith("b")]
        self._popular = np.array([number[f"b{place}"] for place in sorted(int(name[1:]) for name in badges)])
        asked = [
            [number[x] for x in set(achievements_in(stack.requirement))]
            for key, stack in graph.stacks.items()
            if key[0].startswith("s0.")
        ]
        self._asked = np.array([(several * 6)[:12] for several in asked])

    def block(self, seed: int, learners: int) -> Awards:
        """Return some learners' awards, about 15 of each."""
        draw = np.random.default_rng(seed)
        toward = self._asked[draw.integers(0, len(self._asked), (learners, 2))]
        chosen = np.take_along_axis(toward, draw.integers(0, 12, (learners, 2, 5)), axis=2).reshape(
            learners, 10
        )
        extra = self._popular[(len(self._popular) * draw.random((learners, 6)) ** 1.5).astype(np.int64)]
        achievement = np.concatenate((chosen, extra), axis=1).ravel().astype(np.int32)
        count = len(achievement)
        earned = microseconds(AT) - draw.integers(0, 5 * 365, count) * DAY
        ends = np.where(draw.random(count) < EXPIRE, earned + draw.integers(200, 2_000, count) * DAY, FOREVER)
        return Awards(
            learner=np.repeat(np.arange(learners, dtype=np.int32), 16),
            achievement=achievement,
            earned_on=earned,
            valid_until=ends,
            version=np.zeros(count, dtype=np.int32),
            revision=draw.integers(1, 3, count).astype(np.int32),
            credits=np.where(draw.random(count) < STATE_CREDITS, draw.integers(1, 7, count) * 50, NO_CREDITS),
            results=np.where(
                draw.random(count) < HAVE_RESULTS, draw.integers(1, len(RESULTS), count), 0
            ).astype(np.int32),
            told=RESULTS,
        )

    def held(self, awards: Awards, learner: int) -> list[HeldAward]:
        """Return one learner's awards."""
        mine = np.flatnonzero(awards.learner == learner).tolist()
        return [awards.held(place, self.names[awards.achievement[place]]) for place in mine]

    def numbers(self, cohort: Cohort) -> "np.typing.NDArray[np.int32]":
        """Return how a cohort numbers what these learners hold."""
        return np.array([cohort.number.get(name, -1) for name in self.names], dtype=np.int32)


@dataclass(frozen=True)
class University:
    """The catalogue of 5 000 achievements, its learners, and what the baseline takes for one of them."""

    graph: StackingGraph
    crowd: Crowd
    sample: list[list[HeldAward]]
    expected: list[dict[str, tuple[int, int]]]
    each: float


def rows() -> Iterator[Row]:
    """Yield the rows of cohorts and of sizes, all features on."""
    found = _university(SIZE)
    sizes = {
        goal: len(Edition(found.graph, goal).compiled().nodes)
        for goal, _ in found.graph.in_order
        if _tops(goal)
    }
    ranked = sorted(sizes, key=lambda goal: (sizes[goal], goal))
    yield _one_pathway(found, ranked[len(ranked) // 2], "median", 500)
    yield _one_pathway(found, ranked[-1], "largest", 150)
    yield _retro_award(found)
    yield from _matching()
    yield _from_scratch(found, SIZE, 30)
    yield _from_scratch(_university(LARGE, learners=3), LARGE, 300)
    yield _growth()
    yield _apart("everything")
    yield _apart("largest")


def _tops(goal: str) -> bool:
    return not goal.startswith("s0.")


def _university(size: int, learners: int = SAMPLE) -> University:
    graph = university(size)
    crowd = Crowd(graph)
    awards = crowd.block(0, BLOCK)
    sample = [crowd.held(awards, learner) for learner in range(learners)]
    goals, times, expected = [stack_node(*key) for key in graph.in_order], [], []
    for held in sample:
        started = time.perf_counter()
        expected.append(over_all_pathways(graph.network, goals, held, AT))
        times.append(time.perf_counter() - started)
    return University(graph, crowd, sample, expected, statistics.median(times))


def _evaluated(cohort: Cohort, crowd: Crowd, learners: int, look: Callable[[Block], object]) -> float:
    """Return the seconds for evaluating learners block by block and looking at each block."""
    numbers, taken = crowd.numbers(cohort), 0.0
    for seed, first in enumerate(range(0, learners, cohort.size)):
        count = min(cohort.size, learners - first)
        awards = crowd.block(seed, count)
        started = time.perf_counter()
        look(cohort.evaluate(awards.renumbered(numbers), count))
        taken += time.perf_counter() - started
    return taken


def _require_equal(found: University, cohort: Cohort, goals: Sequence[str]) -> None:
    """Hold the figures of the sample to the baseline's, as integers."""
    block = cohort.evaluate(found.crowd.block(0, BLOCK).renumbered(found.crowd.numbers(cohort)), BLOCK)
    for learner, expected in enumerate(found.expected):
        for goal in goals:
            points, steps = block.of(goal)
            if (points[learner], steps[learner]) != expected[stack_node(goal, 1)]:
                raise Differs(f"{goal} of learner {learner}")


def _one_pathway(found: University, goal: str, which: str, floor: float) -> Row:
    compiled = Edition(found.graph, goal).compiled()
    cohort = Cohort(found.graph, compiled, at=AT)
    _require_equal(found, cohort, [goal])
    taken = _evaluated(cohort, found.crowd, MILLION, lambda block: np.bincount(block.of(goal)[1]))
    note = (
        f"{MILLION} learners in {taken:.1f} s, {len(compiled.nodes)} nodes; "
        f"the baseline for each of {SAMPLE} learners, all pathways"
    )
    name = f"engine:cohort of 1 M on the {which} pathway, per learner, vs memoised networkx"
    return Row(name, taken / MILLION, found.each, floor, note=note)


def _retro_award(found: University) -> Row:
    graph = found.graph
    badges = sorted(name for name in found.crowd.names if name.startswith("b"))
    badge = sorted(badges, key=lambda name: len(graph.reached_from(name)))[len(badges) // 2]
    reached = graph.reached_from(badge)
    needed = set(graph.parts_first(reached, {}))
    compiled = Compiled((graph.stacks[key] for key in graph.in_order if key in needed), graph.current)
    cohort = Cohort(graph, compiled, at=AT)
    more = HeldAward("retro", badge, 0, AT, revision=2, results=RESULTS[-1])
    times = []
    for held in found.sample:
        started = time.perf_counter()
        expected = over_descendants(graph.network, more, [*held, more], AT)
        times.append(time.perf_counter() - started)
        (_, block), *_ = cohort.blocks(((0, award) for award in [*held, more]), [0])
        if any(
            (block.of(goal)[0][0], block.of(goal)[1][0]) != expected[stack_node(goal, version)]
            for goal, version in reached
        ):
            raise Differs(f"after {badge}")
    taken = _evaluated(
        cohort, _Given(graph, more), RETRO, lambda block: [block.of(goal)[0].sum() for goal, _ in reached]
    )
    name = "engine:retro-award to 100 000 learners, per learner, vs networkx descendants + memo"
    note = f"{RETRO} learners in {taken:.2f} s, {len(reached)} stacks each; the baseline for each of {SAMPLE}"
    return Row(name, taken / RETRO, statistics.median(times), 100, note=note)


class _Given(Crowd):
    """A crowd each of whom is given one award more."""

    def __init__(self, graph: StackingGraph, more: HeldAward) -> None:
        """Remember the award."""
        super().__init__(graph)
        self._more = self.names.index(more.achievement)

    def block(self, seed: int, learners: int) -> Awards:
        """Let the last of everybody's awards be the one that is given."""
        awards = super().block(seed, learners)
        last = slice(15, None, 16)
        awards.achievement[last], awards.earned_on[last] = self._more, microseconds(AT)
        awards.valid_until[last], awards.results[last] = FOREVER, len(RESULTS) - 1
        return awards


def _matching() -> Iterator[Row]:
    draw = random.Random(5)
    groups = [[draw.sample(range(24), 4) for _ in range(12)] for _ in range(20)]
    order = list(range(24))
    for slots in groups:
        if len(assigned(slots, order, 12)) != _flow(slots):
            raise Differs("a matching is not the largest")
    ours, baseline = in_turns(
        lambda: [assigned(slots, order, 12) for slots in groups], lambda: [_flow(slots) for slots in groups]
    )
    yield Row("engine:exclusive matching of 12 slots vs networkx maximum_flow", ours / 20, baseline / 20, 10)
    yield Row(
        "engine:exclusive matching of 12 slots within 1 ms",
        ours / 20,
        0.001,
        1,
        note="the baseline is a millisecond",
    )


def _flow(slots: Sequence[Sequence[int]]) -> int:
    network: nx.DiGraph[object] = nx.DiGraph()
    for place, items in enumerate(slots):
        network.add_edge(("slot", place), "end", capacity=1)
        for item in items:
            network.add_edge("start", item, capacity=1)
            network.add_edge(item, ("slot", place), capacity=1)
    return int(nx.maximum_flow(network, "start", "end")[0])


def _from_scratch(found: University, size: int, floor: float) -> Row:
    for held, expected in zip(found.sample, found.expected, strict=True):
        standing = Standing(found.graph, held, at=AT)
        if any(
            standing.of(goal) != expected[stack_node(goal, version)] for goal, version in found.graph.stacks
        ):
            raise Differs("one learner from scratch")
    taken = [_quickest(lambda held=held: Standing(found.graph, held, at=AT)) for held in found.sample]
    name = f"engine:one learner from scratch at {size} nodes vs memoised networkx over all pathways"
    return Row(name, statistics.median(taken), found.each, floor, note=f"{len(found.sample)} learners")


def _quickest(act: Callable[[], object], rounds: int = 7) -> float:
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _growth() -> Row:
    """Measure one more award on the smallest and on the largest catalogue."""
    small, large = (_one_more(size) for size in (SMALL, LARGE))
    name = f"engine:award-to-progress at {LARGE} nodes, at most 3 times that at {SMALL}"
    return Row(name, large, small, 1 / 3, note=f"the baseline is ours at {SMALL} nodes")


def _one_more(size: int) -> float:
    """Return the seconds of one award more; what it counts toward was looked up before, as in a running service."""
    graph = university(size)
    crowd, times = Crowd(graph), []
    awards = crowd.block(0, 300)
    learners = [crowd.held(awards, learner) for learner in range(300)]
    for _ in range(2):
        times = []
        for *held, last in learners:
            standing = Standing(graph, held, at=AT)
            started = time.perf_counter()
            standing.hold(last)
            times.append(time.perf_counter() - started)
    return statistics.mean(sorted(times)[: len(times) * 95 // 100])


def _apart(what: str) -> Row:
    """Measure in a process of its own, whose memory is of nothing else."""
    told = subprocess.run(  # noqa: S603  this very module
        [sys.executable, "-m", "benchmarks.cohort", what], check=True, capture_output=True, text=True
    ).stdout.splitlines()[-1]
    name, ours, baseline, floor, note = told.split("\t")
    return Row(name, float(ours), float(baseline), float(floor), note=note)


def _everything() -> Row:
    """Evaluate all pathways for very many learners."""
    found = _university(SIZE)
    cohort = Cohort(found.graph, found.graph.compiled, at=AT)
    _require_equal(found, cohort, list(found.graph.current))
    complete = np.zeros(len(found.graph.compiled.nodes), dtype=np.int64)

    def look(block: Block) -> None:
        np.add(complete, np.count_nonzero(block.points == S, axis=1), out=complete)

    taken, peak = _evaluated(cohort, found.crowd, EVERYTHING, look), _peak()
    if peak > MEMORY:
        raise Differs(f"{peak:.0f} MiB is more than 2 GiB")
    name = "engine:all pathways for a very large cohort, per learner, vs memoised networkx"
    note = (
        f"{EVERYTHING} learners in {taken:.1f} s, {len(found.graph.stacks)} stacks, peak {peak:.0f} MiB of at most {MEMORY}; "
        f"the baseline for each of {SAMPLE}"
    )
    return Row(name, taken / EVERYTHING, found.each, 150, note=note)


def _largest() -> Row:
    """Build, compile and ask the largest catalogue."""
    stacks = stacks_of(LARGE)
    gc.collect()
    before, started = _peak(), time.perf_counter()
    graph = StackingGraph(stacks)
    built = time.perf_counter()
    compiled = graph.compiled
    flat = time.perf_counter()
    crowd = Crowd(graph)
    held = crowd.held(crowd.block(0, 1), 0)
    asked = time.perf_counter()
    Standing(graph, held, at=AT)
    answered = time.perf_counter() - asked
    total = flat - started + answered
    note = (
        f"built in {built - started:.1f} s, compiled in {flat - built:.1f} s ({len(compiled.nodes)} nodes), answered in "
        f"{answered * 1_000:.1f} ms; {_peak() - before:.0f} MiB more, peak {_peak():.0f} MiB; the baseline is 30 s"
    )
    return Row(f"engine:{LARGE} nodes built, compiled and asked within 30 s", total, 30, 1, note=note)


def _peak() -> float:
    """Return the most memory of this process so far, in MiB; not that of the process that started it."""
    told = Path("/proc/self/status")
    if told.exists():
        (peak,) = (line.split()[1] for line in told.read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak) / 1_024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


if __name__ == "__main__":
    row = {"everything": _everything, "largest": _largest}[sys.argv[1]]()
    print(row.name, row.ours, row.baseline, row.floor, row.note, sep="\t")
