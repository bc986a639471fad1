"""One learner on the compiled graph: counted once, then moved by each award that arrives."""

from collections.abc import Iterable
from datetime import datetime

from clr.ids import AchievementId
from clr.pathways import groups
from clr.pathways.allowances import Allowance, by_clause, instead_of, waived_in
from clr.pathways.awards import HeldAward
from clr.pathways.compiled import Compiled, Listener, evaluated
from clr.pathways.explaining import Explainer
from clr.pathways.filters import failure, passes
from clr.pathways.graph import StackingGraph
from clr.pathways.progress import S
from clr.pathways.stacks import StackKey

Figures = tuple[int, int]
"""Basis points and steps left."""


def compiled_for(
    graph: StackingGraph,
    allowances: Iterable[Allowance],
    at: datetime,
    toward: Iterable[StackKey] | None = None,
) -> Compiled:
    """Return the compiled graph; for a learner for whom exceptions were made, one of her own, of what is needed."""
    found = by_clause(allowances, at)
    if not found:
        return graph.compiled
    instead = instead_of(found)
    needed = graph.parts_first(graph.in_order if toward is None else toward, instead)
    stacks = (graph.stacks[key] for key in needed)
    return Compiled(stacks, graph.current, waived=waived_in(found), instead=instead)


class Standing:
    """One learner's progress on everything at one instant; grows with each award and never shrinks."""

    __slots__ = ("_allowances", "_at", "_awards", "_compiled", "_graph", "_kept", "_points", "_steps")

    def __init__(
        self,
        graph: StackingGraph,
        held: Iterable[HeldAward] = (),
        *,
        at: datetime,
        allowances: Iterable[Allowance] = (),
        toward: Iterable[StackKey] | None = None,
    ) -> None:
        """Evaluate what ``held`` counts toward, each node once; with ``toward``, only what these depend on."""
        self._graph, self._at, self._allowances = graph, at, tuple(allowances)
        wanted = None if toward is None else tuple(toward)
        self._compiled = compiled = compiled_for(graph, self._allowances, at, wanted)
        self._points, self._steps = compiled.nothing[:], compiled.unstarted[:]
        self._kept: dict[AchievementId, list[HeldAward]] = {}
        self._awards: list[HeldAward] = []
        places: set[int] = set()
        for award in held:
            places.update(self._count(award))
        touched = set().union(*map(compiled.above, places), places & compiled.ordered.keys())
        if wanted is not None:
            touched &= set().union(*map(compiled.below, wanted))
        points, steps, nodes, look = self._points, self._steps, compiled.nodes, compiled.ordered
        for place in sorted(touched):
            if points[place] == S:
                continue
            figures = self._evaluated(place) if place in look else evaluated(nodes[place], points, steps)
            points[place], steps[place] = figures

    def hold(self, award: HeldAward) -> dict[AchievementId, Figures]:
        """Count one more award; return basis points and steps left of every stack above it that moved."""
        compiled = self._compiled
        if award.achievement in compiled.listening or compiled.ordered:
            return self._spread(self._count(award))
        start = compiled.place.get(award.achievement)
        points, steps = self._points, self._steps
        if start is None or points[start] == S or not award.current(self._at):
            return {}
        points[start], steps[start] = S, 0
        nodes, parents, stacks = compiled.nodes, compiled.parents, compiled.achievement
        moved, touched = {}, set(parents[start])
        for place in compiled.above(start):
            before = points[place]
            if before == S or place not in touched:
                continue
            figures = evaluated(nodes[place], points, steps)
            if figures[0] != before or figures[1] != steps[place]:
                points[place], steps[place] = figures
                touched.update(parents[place])
                if place in stacks:
                    moved[stacks[place]] = figures
        return moved

    def of(self, achievement: AchievementId) -> Figures:
        """Return basis points and steps left of an achievement."""
        place = self._compiled.place[achievement]
        return self._points[place], self._steps[place]

    def meets(self, key: StackKey) -> bool:
        """Whether the requirement of a version of a stack is complete, or the stack is automatic and held already."""
        return self._points[self._compiled.root[key]] == S

    def _count(self, award: HeldAward) -> list[int]:
        """Take an award into account where it is looked at; return the nodes that it may have moved."""
        compiled, moved = self._compiled, []
        if not award.earned_by(self._at):
            return []
        place = compiled.place.get(award.achievement)
        if place is not None and award.current(self._at):
            self._points[place], self._steps[place] = S, 0
            moved.append(place)
        if compiled.ordered:
            self._awards.append(award)
            moved += compiled.ordered
        listeners = compiled.listening.get(award.achievement)
        if listeners:
            self._kept.setdefault(award.achievement, []).append(award)
            moved += [one.place for one in listeners if self._heard(one, award)]
        return moved

    def _heard(self, listener: Listener, award: HeldAward) -> bool:
        """Let a node look at an award; return whether it may have moved."""
        if not passes(listener.asked, award, self._at):
            return False
        if listener.brings is not None:
            accepted = groups.each_once(listener.asked.accepted)
            kept = [one for x in accepted for one in self._kept.get(x, ())]
            counted = [one for one in kept if passes(listener.asked, one, self._at)]
            growth = groups.growth(listener.brings, [(one.earned_on, one.credits) for one in counted])
            self._points[listener.place] = max(self._points[listener.place], growth[-1][1])
        elif listener.after is None:
            self._points[listener.place], self._steps[listener.place] = S, 0
        return True

    def _spread(self, starts: Iterable[int]) -> dict[AchievementId, Figures]:
        """Evaluate all that some nodes count toward; those that look at the order of awards are looked at again."""
        compiled, stacks = self._compiled, self._compiled.achievement
        begun = set(starts)
        moved: dict[AchievementId, Figures] = {}
        for place in sorted(begun.union(*(compiled.above(start) for start in begun))):
            if self._points[place] == S or (place in begun and place not in compiled.ordered):
                continue
            figures = self._evaluated(place)
            if figures != (self._points[place], self._steps[place]):
                self._points[place], self._steps[place] = figures
                if place in stacks:
                    moved[stacks[place]] = figures
        return moved

    def _evaluated(self, place: int) -> Figures:
        ordered = self._compiled.ordered.get(place)
        if ordered is not None and self._in_order(ordered):
            return S, 0
        return evaluated(self._compiled.nodes[place], self._points, self._steps)

    def _in_order(self, listener: Listener) -> bool:
        """Whether an award counts that was earned once the prerequisite was complete."""
        gate = self._compiled.nodes[listener.place][1][0]
        if self._points[gate] != S or listener.after is None:
            return False
        explainer = Explainer(
            self._graph, self._awards, at=self._at, allowances=self._allowances, imagined=True
        )
        since = explainer.clause(listener.after.requirement).earned_on
        awards = (award for x in listener.asked.accepted for award in self._kept.get(x, ()))
        return since is not None and any(
            failure(listener.asked, award, self._at, after=since) is None for award in awards
        )
