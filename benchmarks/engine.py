"""From an award to the progress of everything it moves.

Two questions. *Who stays*: a learner's standing is at hand, and one more award arrives; the figure engines are
compared by. *Who comes by*: nothing is at hand but the list of awards, as in every request to the service, and the
milestones that follow are given with their reasons; the baseline finds the same milestones and explains nothing.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from benchmarks.baselines import S, over_all_pathways, over_descendants
from benchmarks.catalogues import university
from benchmarks.measuring import Row, in_turns
from clr.pathways import (
    HeldAward,
    Holdings,
    Milestone,
    Policy,
    StackingGraph,
    achievements_in,
    advance,
    settle,
)
from clr.pathways.graph import stack_node
from clr.pathways.standing import Standing

SIZE, LEARNERS, HOLDS, FEW = 5_000, 40, 25, 4
AT = datetime(2026, 11, 24, tzinfo=UTC)

Case = tuple[list[HeldAward], HeldAward]
"""A learner's awards, and the one that arrives."""

Arrival = tuple[list[HeldAward], str]
"""A learner's awards, the one that has just arrived among them, and what arrived."""


class Differs(AssertionError):
    """Two ways of computing one thing disagree."""


def rows() -> Iterator[Row]:
    """Yield the rows of the engine, on a catalogue of 5 000 achievements, all features on."""
    graph = university(SIZE)
    cases = _cases(graph)
    _require_equal(graph, cases)
    yield _one_award_against_everything(graph, cases)
    yield _one_award_against_descendants(graph, cases)
    yield _from_scratch(graph, cases)
    yield _from_the_awards_alone(graph, _last_badges(graph))


def _one_award_against_everything(graph: StackingGraph, cases: list[Case]) -> Row:
    goals, some = [stack_node(*key) for key in graph.in_order], cases[:FEW]
    arrivals = _Arrivals(graph, cases)
    ours, baseline = in_turns(
        arrivals.arrive,
        lambda: [over_all_pathways(graph.network, goals, [*held, badge], AT) for held, badge in some],
        prepare=arrivals.prepare,
    )
    name = "engine:award-to-progress vs memoised networkx over all pathways"
    return Row(name, ours / len(cases), baseline / len(some), 200)


def _one_award_against_descendants(graph: StackingGraph, cases: list[Case]) -> Row:
    arrivals = _Arrivals(graph, cases)
    ours, baseline = in_turns(
        arrivals.arrive,
        lambda: [over_descendants(graph.network, badge, [*held, badge], AT) for held, badge in cases],
        prepare=arrivals.prepare,
    )
    name = "engine:award-to-progress vs networkx descendants + memo"
    return Row(name, ours / len(cases), baseline / len(cases), 25)


def _from_scratch(graph: StackingGraph, cases: list[Case]) -> Row:
    goals, some = [stack_node(*key) for key in graph.in_order], cases[:FEW]
    ours, baseline = in_turns(
        lambda: [Standing(graph, [*held, badge], at=AT) for held, badge in cases],
        lambda: [over_all_pathways(graph.network, goals, [*held, badge], AT) for held, badge in some],
    )
    name = "engine:one learner from scratch vs memoised networkx over all pathways"
    return Row(name, ours / len(cases), baseline / len(some), 30)


def _from_the_awards_alone(graph: StackingGraph, arrivals: list[Arrival]) -> Row:
    for arrival in arrivals:
        ours, expected = {one.achievement for one in _given(graph, *arrival)}, _due(graph, *arrival)
        if ours != expected or not ours:
            raise Differs(f"{arrival[1]}: {ours} is not {expected}")
    ours, baseline = in_turns(
        lambda: [_given(graph, *arrival) for arrival in arrivals],
        lambda: [_due(graph, *arrival) for arrival in arrivals],
    )
    name = "engine:award-to-milestones with reasons, from the awards alone, vs networkx descendants + memo"
    return Row(name, ours / len(arrivals), baseline / len(arrivals), 1)


def _given(graph: StackingGraph, awards: list[HeldAward], arrived: str) -> list[Milestone]:
    return advance(graph, Holdings(awards, {}), arrived, at=AT, new_award=lambda: "new")


def _due(graph: StackingGraph, awards: list[HeldAward], arrived: str) -> set[str]:
    held = {award.achievement for award in awards}
    figures = over_descendants(graph.network, HeldAward("", arrived, 0, AT), awards, AT)
    auto = {node for node in figures if graph.network.nodes[node]["policy"] == Policy.AUTO}
    return {node.partition("@")[0] for node in auto if figures[node][0] == S} - held


def _last_badges(graph: StackingGraph) -> list[Arrival]:
    """Learners who hold all that some automatic stack asks for, and more; the last badge of it has just arrived."""
    draw, arrivals = random.Random(11), []
    badges = sorted(node for node, told in graph.network.nodes(data=True) if told["kind"] == "badge")
    low = [stack for key, stack in graph.stacks.items() if key[0].startswith("s0.")]
    while len(arrivals) < LEARNERS:
        stack = draw.choice([stack for stack in low if stack.policy is Policy.AUTO])
        last, *parts = dict.fromkeys(achievements_in(stack.requirement))
        names = sorted({*draw.sample(badges, HOLDS), *parts} - {last})
        awards = [
            HeldAward(f"a{place}", name, 0, AT - timedelta(days=place)) for place, name in enumerate(names)
        ]
        due = settle(graph, Holdings(awards, {}), at=AT, new_award=lambda: "before")
        awards += [HeldAward(f"m{one.achievement}", one.achievement, 1, AT, derived=True) for one in due]
        awards.append(HeldAward("last", last, 0, AT))
        if _given(graph, awards, last):
            arrivals.append((awards, last))
    return arrivals


def _cases(graph: StackingGraph) -> list[Case]:
    draw = random.Random(7)
    badges = sorted(node for node, told in graph.network.nodes(data=True) if told["kind"] == "badge")
    samples = [draw.sample(badges, HOLDS + 1) for _ in range(LEARNERS)]
    awards = [
        [HeldAward(f"a{place}", name, 0, AT) for place, name in enumerate(sample)] for sample in samples
    ]
    return [(several[1:], several[0]) for several in awards]


class _Arrivals:
    """One more award for each learner; they stand ready before the clock starts, since each award moves them."""

    def __init__(self, graph: StackingGraph, cases: list[Case]) -> None:
        self._graph, self._cases = graph, cases
        self._ready: list[Standing] = []

    def prepare(self) -> None:
        """Let every learner stand as before the award."""
        self._ready = [Standing(self._graph, held, at=AT) for held, _ in self._cases]

    def arrive(self) -> None:
        """Count the award of each."""
        for standing, (_, badge) in zip(self._ready, self._cases, strict=True):
            standing.hold(badge)


def _require_equal(graph: StackingGraph, cases: list[Case]) -> None:
    """Hold every figure of every learner to the baseline's, as integers."""
    for held, badge in cases:
        standing = Standing(graph, held, at=AT)
        moved = standing.hold(badge)
        expected = over_descendants(graph.network, badge, [*held, badge], AT)
        for node, figures in expected.items():
            achievement = node.partition("@")[0]
            if standing.of(achievement) != figures:
                raise Differs(f"{achievement}: {standing.of(achievement)} is not {figures}")
        if not moved.keys() <= {node.partition("@")[0] for node in expected}:
            raise Differs("something moved that the badge does not count toward")
