"""What a change would do, before anything is written: publishing, moving followers, awarding for the past, an exception."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from clr.errors import BadInput, PathwayUnsound, Problem
from clr.ids import AchievementId, AwardId, LearnerId, PathwayId
from clr.pathways import (
    Draft,
    HeldAward,
    Policy,
    Stack,
    StackingGraph,
    achievements_in,
    same,
    settle,
)
from clr.pathways.cohort import Edition
from clr.pathways.foreseeing import EFFECTS, SAME, Change, Figures, changes, figures, newly_complete
from clr.pathways.supposing import supposed
from clr.registrar import allowing, authoring, catalog, crowds, deriving, graphs, people, policy
from clr.registrar.allowing import Wanted
from clr.registrar.authoring import VersionFacts
from clr.registrar.crowds import Crowd
from clr.registrar.policy import Caller, Deed

MOST_NAMED = 500
"""Learners named in a forecast; the counts are of everybody."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What becomes of one learner toward the goal."""

    learner_id: LearnerId
    name: str
    effect: str
    points_before: int
    points_after: int
    steps_before: int | None
    steps_after: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a change does to a pathway's progress: everybody counted once by ``effect``, those whom it moves by name.

    ``staying`` learners follow a version that does not change. ``milestones`` says how many would be given, by stack;
    ``touches`` names other pathways in which the change is felt.
    """

    pathway_id: PathwayId | None
    name: str
    counts: Mapping[str, int]
    staying: int
    milestones: Mapping[AchievementId, int]
    touches: tuple[str, ...]
    learners: tuple[Foreseen, ...]


def publication(
    snapshot: Session, caller: Caller, pathway_id: PathwayId, drawn: Draft | None, *, at: datetime
) -> Forecast:
    """Return what it would do to publish the draft, or ``drawn`` in its place. Followers keep their version.

    ``PathwayUnsound`` when it could not be published.
    """
    facts = authoring.draft(snapshot, caller, pathway_id)
    if drawn is not None:
        facts = authoring.judged(snapshot, caller, drawn)
    if facts.problems:
        raise PathwayUnsound(authoring.in_one_sentence(facts.problems), facts.problems)
    graph = graphs.current_graph(snapshot)
    after, renewed = _published(graph, facts.draft)
    goal, current = facts.draft.goal, authoring.published(snapshot).get(pathway_id)
    before = Edition(graph, goal, current.stacks if current else {}) if graph.versions(goal) else None
    below = after.below(goal, after.current) | (set(before.view) if before else set())
    staying = crowds.followers(snapshot, pathway_id)
    who = (learner for learner in crowds.holding(snapshot, below) if learner not in staying)
    counting = _Counting(snapshot, facts.draft.name, pathway_id)
    given = [x for x in facts.draft.stacks if facts.draft.stacks[x].policy is Policy.AUTO]
    for crowd in crowds.crowds(snapshot, who, graph.graded | after.graded):
        now = _figures(before, crowd, at, given) if before else {}
        then = _figures(Edition(after, goal), crowd, at, given)
        counting.add(crowd, now.get(goal), then[goal])
        counting.milestones.update({x: newly_complete(now.get(x), then[x]) for x in given})
    touches = [
        found.draft.name
        for key, found in authoring.published(snapshot).items()
        if key != pathway_id and not renewed.isdisjoint(found.stacks)
    ]
    return counting.forecast(staying=len(staying), touches=sorted(touches))


def migration(
    snapshot: Session, caller: Caller, pathway_id: PathwayId, version: int, *, at: datetime
) -> Forecast:
    """Return what it would do to move everybody who follows another version of a pathway to ``version``."""
    facts = authoring.pathway(snapshot, pathway_id)
    policy.require(caller, Deed.DRAW_PATHWAY, issuer=facts.issuer_id)
    target = authoring.version(snapshot, pathway_id, version)
    graph = graphs.current_graph(snapshot)
    counting = _Counting(snapshot, target.draft.name, pathway_id)
    for number, learners in _by_version(crowds.followers(snapshot, pathway_id)).items():
        if number != version:
            before = authoring.version(snapshot, pathway_id, number)
            for crowd in crowds.crowds(snapshot, learners, graph.graded):
                now, then = (_toward(graph, one, crowd, at) for one in (before, target))
                counting.add(crowd, now, then)
    return counting.forecast(staying=0, touches=())


def awards(
    snapshot: Session,
    caller: Caller,
    achievement_id: AchievementId,
    learners: Sequence[LearnerId],
    *,
    earned_on: datetime | None,
    at: datetime,
) -> list[Forecast]:
    """Return what it would do to award an achievement to some learners, for every pathway it counts toward."""
    achievement = catalog.achievement(snapshot, achievement_id)
    policy.require(caller, Deed.AWARD, issuer=achievement.issuer_id)
    policy.require(caller, Deed.FIND_LEARNERS)
    if earned_on is not None and earned_on > at:
        says = "earned_on lies in the future; award it when it is earned."
        raise BadInput(says, (Problem("earned_on", "future", says),))
    people.require_all(snapshot, learners)
    graph = graphs.current_graph(snapshot)
    award = supposed(graph, achievement_id, at=earned_on or at, version=graph.current.get(achievement_id, 0))
    found = []
    for pathway_id, current in authoring.published(snapshot).items():
        if not current.archived and achievement_id in graph.below(
            current.draft.goal, graph.view(current.stacks)
        ):
            counting = _Counting(snapshot, current.draft.name, pathway_id)
            for version, several in _versions_of(snapshot, current, sorted(set(learners))).items():
                edition = authoring.version(snapshot, pathway_id, version)
                for crowd in crowds.crowds(snapshot, several, graph.graded):
                    now, then = (_toward(graph, edition, one, at) for one in (crowd, _with(crowd, award)))
                    counting.add(crowd, now, then)
            found.append(counting.forecast(staying=0, touches=()))
    return found


def exception(
    snapshot: Session, caller: Caller, learner_id: LearnerId, wanted: Wanted, *, at: datetime
) -> tuple[list[str], list[Forecast]]:
    """Return the milestones that an exception would give a learner, and what becomes of each pathway she is on."""
    policy.require(caller, Deed.SEE_LEARNER, learner=learner_id)
    people.require_learner(snapshot, learner_id)
    made = allowing.imagined(snapshot, caller, learner_id, wanted, at=at)
    standing = deriving.standing(snapshot, learner_id)
    due = settle(
        standing.graph,
        standing.with_allowance(made).holdings(standing.held),
        at=at,
        new_award=lambda: AwardId(""),
    )
    names = catalog.names(snapshot, (one.achievement for one in due))
    found = []
    crowd = next(crowds.crowds(snapshot, [learner_id], standing.graph.graded))
    allowed = Crowd(crowd.learners, crowd.held, {0: [*crowd.allowances.get(0, ()), made]})
    for pathway_id, current in authoring.published(snapshot).items():
        if current.archived:
            continue
        counting = _Counting(snapshot, current.draft.name, pathway_id)
        for version in _versions_of(snapshot, current, [learner_id]):
            edition = authoring.version(snapshot, pathway_id, version)
            now, then = (_toward(standing.graph, edition, one, at) for one in (crowd, allowed))
            counting.add(crowd, now, then)
        if counting.counts[SAME] == 0:
            found.append(counting.forecast(staying=0, touches=()))
    return [names[one.achievement] for one in due], found


class _Counting:
    """A forecast that grows by crowds."""

    def __init__(self, snapshot: Session, name: str, pathway_id: PathwayId) -> None:
        self._snapshot, self._name, self._pathway_id = snapshot, name, pathway_id
        self.counts: Counter[str] = Counter(dict.fromkeys(EFFECTS, 0))
        self.milestones: Counter[AchievementId] = Counter()
        self._moved: list[tuple[LearnerId, Change]] = []

    def add(self, crowd: Crowd, before: Figures | None, after: Figures) -> None:
        for change in changes(before, after):
            self.counts[change.effect] += 1
            if change.effect != SAME:
                self._moved.append((crowd.learners[change.learner], change))

    def forecast(self, *, staying: int, touches: Iterable[str]) -> Forecast:
        moved = sorted(self._moved, key=lambda one: (EFFECTS.index(one[1].effect), one[1].steps[1], one[0]))
        named = people.learner_names(self._snapshot, [learner for learner, _ in moved[:MOST_NAMED]])
        return Forecast(
            self._pathway_id,
            self._name,
            dict(self.counts),
            staying,
            {x: count for x, count in self.milestones.items() if count},
            tuple(touches),
            tuple(_foreseen(learner, named[learner], change) for learner, change in moved[:MOST_NAMED]),
        )


def _foreseen(learner: LearnerId, name: str, change: Change) -> Foreseen:
    before = change.steps[0] if change.steps[0] < _UNREACHED else None
    return Foreseen(learner, name, change.effect, *change.points, before, change.steps[1])


_UNREACHED = 2**31 - 1
"""Steps to a goal that was not there before."""


def _published(graph: StackingGraph, drawn: Draft) -> tuple[StackingGraph, set[AchievementId]]:
    """Return the graph below the goal once a draft is published, and the stacks that get a new version by it."""
    found: dict[AchievementId, Stack] = {}
    renewed: set[AchievementId] = set()
    waiting = [drawn.goal, *drawn.stacks]
    while waiting:
        x = waiting.pop()
        stack = found.get(x) or _drawn(graph, drawn, x)
        if stack is None or x in found:
            continue
        found[x] = stack
        if stack.version > graph.current.get(x, 0) and x in graph.current:
            renewed.add(x)
        waiting += achievements_in(stack.requirement)
    return StackingGraph(found.values()), renewed


def _drawn(graph: StackingGraph, drawn: Draft, x: AchievementId) -> Stack | None:
    """Return a stack as it will be: as drawn, in the next version where that differs; else as published."""
    version = graph.current.get(x)
    now = graph.stacks.get((x, version)) if version is not None else None
    stack = drawn.stacks.get(x)
    if stack is None:
        return now
    if now is not None and same(now, stack):
        return now
    return Stack(x, (version or 0) + 1, stack.requirement, stack.policy, stack.on_lost)


def _figures(
    edition: Edition, crowd: Crowd, at: datetime, of: Iterable[AchievementId] = ()
) -> dict[AchievementId, Figures]:
    return figures(edition, crowd.held, len(crowd.learners), at=at, allowances=crowd.allowances, of=of)


def _toward(graph: StackingGraph, version: VersionFacts, crowd: Crowd, at: datetime) -> Figures:
    return _figures(Edition(graph, version.draft.goal, version.stacks), crowd, at)[version.draft.goal]


def _with(crowd: Crowd, award: HeldAward) -> Crowd:
    """Return a crowd of whom everybody holds one award more."""
    held = sorted(
        [*crowd.held, *((number, award) for number in range(len(crowd.learners)))], key=lambda one: one[0]
    )
    return Crowd(crowd.learners, tuple(held), crowd.allowances)


def _by_version(followed: Mapping[LearnerId, int]) -> dict[int, list[LearnerId]]:
    found: dict[int, list[LearnerId]] = {}
    for learner, version in followed.items():
        found.setdefault(version, []).append(learner)
    return found


def _versions_of(
    snapshot: Session, current: VersionFacts, learners: Sequence[LearnerId]
) -> dict[int, list[LearnerId]]:
    """Return learners by the version of a pathway in force for them: the one they follow, else the current one."""
    followed = crowds.followers(snapshot, current.pathway_id, learners)
    return _by_version({learner: followed.get(learner, current.version) for learner in learners})
