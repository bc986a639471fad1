"""The same evaluation for many learners at once, in whole numbers equal to those of one learner's ``Standing``.

Learners come in blocks, and each node of the compiled graph is evaluated for a whole block: its basis points are one
row of numbers, its steps another. Memory is that of one block, however many learners there are. Kinds of nodes that
rows do not suit (credits, slots, categories) are evaluated once for each different state of their parts; whether an
award came after its prerequisite is looked at learner by learner.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from clr.ids import AchievementId
from clr.pathways import groups
from clr.pathways.allowances import Allowance, by_clause, instead_of, waived_in
from clr.pathways.awards import HeldAward
from clr.pathways.columns import NO_CREDITS, Awards, Counts, columns, microseconds, passing
from clr.pathways.compiled import BADGE, Compiled, Listener, Node, evaluated
from clr.pathways.explaining import Explainer
from clr.pathways.filters import failure
from clr.pathways.graph import StackingGraph
from clr.pathways.progress import S
from clr.pathways.requirements import Brings, Holds, Part, Requirement
from clr.pathways.rows import RULES, Block
from clr.pathways.stacks import Stack

BLOCK = 4_096
"""Learners evaluated together, at most: a row of them fits the fastest memory."""

FIGURES = 2**25
"""Basis points kept at once, at most, and as many steps: 128 MiB of each, whatever the size of the graph."""

REMEMBERED = 4_096
"""Different states of one group's parts whose figures are remembered."""

_NONE: Mapping[AchievementId, int] = {}


class Clausewise(Compiled):
    """Compiled stacks of which each has one version, so that a clause's id names one node.

    The slots of an exclusive group have none: no slot has a figure of its own.
    """

    def __init__(
        self,
        stacks: Iterable[Stack],
        view: Mapping[AchievementId, int],
        *,
        waived: frozenset[str] = frozenset(),
        instead: Mapping[str, tuple[AchievementId, ...]] | None = None,
    ) -> None:
        """Compile ``stacks`` and remember the node of every clause."""
        self.clauses: dict[str, int] = {}
        super().__init__(stacks, view, waived=waived, instead=instead)

    def _clause(self, clause: Requirement) -> int:
        if clause.id in self._waived and not isinstance(clause, Holds):
            for part in clause.parts:  # a waived group counts whole; its parts are told as they stand
                self._part(part)
        return self._named(clause, super()._clause(clause))

    def _part(self, part: Part) -> int:
        """Return a part as it stands behind its prerequisite."""
        return self._named(part.requirement, super()._part(part))

    def _named(self, clause: Requirement, place: int) -> int:
        if clause.id is not None:
            self.clauses[clause.id] = place
        return place


@dataclass(frozen=True, slots=True)
class Edition:
    """What somebody works toward: a goal under the stack versions in force for her, and nothing else."""

    graph: StackingGraph
    goal: AchievementId
    pins: Mapping[AchievementId, int] = field(default_factory=dict)

    @property
    def view(self) -> Mapping[AchievementId, int]:
        """The version of every stack that can count toward the goal."""
        view = self.graph.view(self.pins)
        below = self.graph.below(self.goal, view)
        return {x: view[x] for x in below if (x, view.get(x)) in self.graph.stacks}

    def compiled(self, allowances: Iterable[Allowance] = (), at: datetime | None = None) -> Clausewise:
        """Return these stacks in flat form; with ``allowances``, for a learner for whom they were made."""
        view, exceptions = self.graph.view(self.pins), by_clause(allowances, at)
        instead = instead_of(exceptions)
        needed = self.graph.parts_first(self.view.items(), instead) if instead else self.graph.in_order
        wanted = view if instead else self.view
        stacks = [self.graph.stacks[key] for key in needed if wanted.get(key[0]) == key[1]]
        return Clausewise(
            stacks,
            {stack.achievement: stack.version for stack in stacks},
            waived=waived_in(exceptions),
            instead=instead,
        )


class Cohort:
    """A compiled graph with room for one block of learners, all evaluated at one instant."""

    def __init__(
        self,
        graph: StackingGraph,
        compiled: Compiled,
        *,
        at: datetime,
        pins: Mapping[AchievementId, int] = _NONE,
        allowances: Sequence[Allowance] = (),
        size: int = BLOCK,
    ) -> None:
        """Make room for ``size`` learners, or fewer where the graph is large."""
        self.compiled, self._graph = compiled, graph
        self._clauses = compiled.clauses if isinstance(compiled, Clausewise) else {}
        self._at, self._now = at, microseconds(at)
        self._pins, self._allowances = pins, allowances
        self.size = max(1, min(size, FIGURES // max(1, len(compiled.nodes))))
        names = dict.fromkeys(chain(compiled.place, compiled.listening))
        self.number = {achievement: number for number, achievement in enumerate(names)}
        self._names = list(names)
        self._place = np.array([compiled.place.get(x, -1) for x in names], dtype=np.int64)
        self._listening = _listeners(compiled, self.number)
        self._nothing = np.array(compiled.nothing, dtype=np.int32)
        self._unstarted = np.array(compiled.unstarted, dtype=np.int32)
        self._inner = np.array([node[0] != BADGE for node in compiled.nodes], dtype=np.bool_)
        self._points = np.repeat(self._nothing[:, None], self.size, axis=1)
        self._steps = np.repeat(self._unstarted[:, None], self.size, axis=1)
        self._states: dict[int, dict[bytes, tuple[int, int]]] = {}
        self._moved: tuple[NDArray[np.int64], Counts] | None = None
        self._amounts: list[int] = []

    def blocks(
        self, held: Iterable[tuple[int, HeldAward]], learners: Iterable[int]
    ) -> Iterator[tuple[list[int], Block]]:
        """Yield block after block of ``learners``, whose awards come in the same order: of whom, and the figures."""
        waiting, numbers = iter(held), iter(learners)
        ahead = next(waiting, None)
        while who := list(islice(numbers, self.size)):
            column = {learner: place for place, learner in enumerate(who)}
            mine = []
            while ahead is not None and ahead[0] <= who[-1]:
                if ahead[0] in column:
                    mine.append((column[ahead[0]], ahead[1]))
                ahead = next(waiting, None)
            yield who, self.evaluate(columns(mine, self.number), len(who))

    def evaluate(self, awards: Awards, learners: int) -> Block:
        """Return the figures of ``learners`` learners, who are numbered from 0 and hold ``awards``."""
        self._forget()
        order = np.argsort(awards.achievement, kind="stable")
        awards = awards.at(order)
        held, candidates = self._heard(awards)
        rows = Block(
            self._points[:, :learners], self._steps[:, :learners], self.compiled.place, self._clauses
        )
        for place, node in enumerate(self.compiled.nodes):
            if node[0] == BADGE:
                continue
            rule = RULES.get(node[0])
            if rule is None:
                self._by_state(place, rows)
            else:
                rule(node, rows, rows.points[place], rows.steps[place])
            if place in candidates:
                self._look_at_order(place, rows, candidates[place], awards)
            if place in held:
                rows.points[place, held[place]], rows.steps[place, held[place]] = S, 0
        return rows

    def _forget(self) -> None:
        """Take back what the awards of the block before wrote where nothing else writes."""
        if self._moved is not None:
            places, learners = self._moved
            self._points[places, learners] = self._nothing[places]
            self._steps[places, learners] = self._unstarted[places]
        for place in self._amounts:
            self._points[place] = self._nothing[place]
        self._moved, self._amounts = None, []

    def _heard(self, awards: Awards) -> tuple[dict[int, Counts], dict[int, Counts]]:
        """Count awards where they are looked at; return who holds what has parts, and whose order must be looked at."""
        starts = np.searchsorted(awards.achievement, np.arange(len(self._names) + 1)).tolist()
        places = self._place[awards.achievement]
        plain = awards.current(self._now) & (places >= 0)
        found, learners, candidates = [places[plain]], [awards.learner[plain]], {}
        for listener, numbers in self._listening:
            slices = [slice(starts[one], starts[one + 1]) for one in numbers if starts[one] < starts[one + 1]]
            if not slices:
                continue
            several = awards.at(slices[0] if len(slices) == 1 else np.r_[tuple(slices)])
            good = passing(listener.asked, self.number[listener.asked.achievement], several, self._now)
            who = several.learner[good]
            if listener.brings is not None:
                self._gather(listener.place, listener.brings, who, several.credits[good])
            elif listener.after is not None:
                candidates[listener.place] = np.unique(who)
            else:
                found.append(np.full(len(who), listener.place))
                learners.append(who)
        return self._write(np.concatenate(found), np.concatenate(learners)), candidates

    def _write(self, places: NDArray[np.int64], learners: Counts) -> dict[int, Counts]:
        """Write down badges held; return the holders of every other node that is held."""
        inner = self._inner[places]
        leaves = places[~inner], learners[~inner]
        self._points[leaves], self._steps[leaves] = S, 0
        self._moved = leaves
        places, learners = places[inner], learners[inner]
        order = np.argsort(places, kind="stable")
        several, starts = np.unique(places[order], return_index=True)
        return (
            dict(zip(several.tolist(), np.split(learners[order], starts[1:]), strict=True))
            if len(several)
            else {}
        )

    def _gather(self, place: int, brings: Brings, learners: Counts, stated: NDArray[np.int64]) -> None:
        """Write down the hundredths that awards bring together, or the one that brings most."""
        worth = (
            np.where(stated != NO_CREDITS, stated, brings.each)
            if brings.stated
            else np.full(len(stated), brings.each)
        )
        sums = np.zeros(self.size, dtype=np.int64)
        if brings.up_to is None:
            np.maximum.at(sums, learners, worth)
        else:
            np.add.at(sums, learners, worth)
            np.minimum(sums, brings.up_to, out=sums)
        np.maximum(self._points[place], sums, out=self._points[place], casting="unsafe")
        self._amounts.append(place)

    def _by_state(self, place: int, rows: Block) -> None:
        """Evaluate a node for every different state of its parts, once."""
        node = self.compiled.nodes[place]
        children = np.array(node[1])
        points, steps = rows.points[place], rows.steps[place]
        points[:], steps[:] = self._nothing[place], self._unstarted[place]
        touched = np.zeros(len(points), dtype=np.bool_)
        for child in node[1]:
            touched |= rows.points[child] != self._nothing[child]
            touched |= rows.steps[child] != self._unstarted[child]
        who = np.flatnonzero(touched)
        if not len(who):
            return
        figures = np.concatenate((rows.points[np.ix_(children, who)], rows.steps[np.ix_(children, who)])).T
        keys = np.ascontiguousarray(figures).view(f"V{figures.shape[1] * 4}").ravel().tolist()
        known = self._states.setdefault(place, {})
        if len(known) > REMEMBERED:
            known.clear()
        for column, key in enumerate(keys):
            if key not in known:
                known[key] = _alone(node, figures[column].tolist())
        points[who], steps[who] = np.array([known[key] for key in keys], dtype=np.int32).T

    def _look_at_order(self, place: int, rows: Block, candidates: Counts, awards: Awards) -> None:
        """Complete a hold for those of some learners whose award came after its prerequisite."""
        (gate, *_), listener = self.compiled.nodes[place][1], self.compiled.ordered[place]
        for learner in candidates[rows.points[gate, candidates] == S]:
            mine = np.flatnonzero(awards.learner == learner)
            held = [awards.held(int(one), self._names[awards.achievement[one]]) for one in mine]
            if self._in_order(listener, held):
                rows.points[place, learner], rows.steps[place, learner] = S, 0

    def _in_order(self, listener: Listener, held: Sequence[HeldAward]) -> bool:
        if listener.after is None:
            return False
        explainer = Explainer(
            self._graph, held, at=self._at, pins=self._pins, allowances=self._allowances, imagined=True
        )
        since = explainer.clause(listener.after.requirement).earned_on
        return since is not None and any(
            award.earned_by(self._at)
            and award.achievement in listener.asked.accepted
            and failure(listener.asked, award, self._at, after=since) is None
            for award in held
        )


def standings(
    edition: Edition,
    held: Iterable[tuple[int, HeldAward]],
    learners: Iterable[int],
    *,
    at: datetime,
    allowances: Mapping[int, Sequence[Allowance]],
) -> Iterator[tuple[list[int], Block]]:
    """Yield where learners stand, block by block: who, and her figures in each column.

    ``learners`` are numbers in ascending order, and ``held`` says of whom each award is, in that order too. Those for
    whom exceptions were made come last, one by one.
    """
    apart: dict[int, list[HeldAward]] = {learner: [] for learner in allowances}

    def others() -> Iterator[tuple[int, HeldAward]]:
        for learner, award in held:
            if learner in apart:
                apart[learner].append(award)
            else:
                yield learner, award

    cohort = Cohort(edition.graph, edition.compiled(), at=at, pins=edition.view)
    yield from cohort.blocks(others(), (learner for learner in learners if learner not in apart))
    for learner, awards in apart.items():
        made = allowances[learner]
        alone = Cohort(
            edition.graph, edition.compiled(made, at), at=at, pins=edition.view, allowances=made, size=1
        )
        yield from alone.blocks(((learner, award) for award in awards), [learner])


def _listeners(
    compiled: Compiled, number: Mapping[AchievementId, int]
) -> list[tuple[Listener, tuple[int, ...]]]:
    """Return every node that looks at awards, with the numbers of the achievements it accepts."""
    by_place = {one.place: one for several in compiled.listening.values() for one in several}
    return [
        (one, tuple(number[x] for x in groups.each_once(one.asked.accepted))) for one in by_place.values()
    ]


def _alone(node: Node, figures: list[int]) -> tuple[int, int]:
    """Return what a node is for one learner, given the points of its parts and then their steps."""
    op, children, count, weights, _ = node
    half = len(children)
    of_all: Node = (op, children, count, weights, tuple)
    return evaluated(of_all, figures[:half], figures[half:])
