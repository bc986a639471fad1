"""How a cohort stands on a pathway: how many are how far, clause by clause; who is one step away; who has stood still.

Everybody is told as her own page tells her: under the versions she follows, with the exceptions made for her.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from clr.errors import NotFound
from clr.ids import AchievementId, CohortId, LearnerId, PathwayId
from clr.pathways import (
    HeldAward,
    Holds,
    OpenStep,
    Policy,
    Progress,
    Requirement,
    S,
    achievements_in,
    clauses,
    open_steps,
    progress_toward,
)
from clr.pathways.asking import asks
from clr.pathways.cohort import Edition, standings
from clr.pathways.rows import Block
from clr.pathways.tallies import Counted, Tally
from clr.registrar import authoring, catalog, cohorts, crowds, graphs, people
from clr.registrar.authoring import VersionFacts
from clr.registrar.crowds import Crowd
from clr.registrar.policy import Caller, Deed
from clr.store.tables import Award, CohortMember, Enrolment, PathwayVersion

NEAR, STALLED = "near", "stalled"
"""Groups of learners that are told by name: one step away; not a step since a date."""

View = tuple[int | None, Mapping[AchievementId, int]]
"""The version of a pathway that a learner follows, if any, and the stack versions in force for her."""


@dataclass(frozen=True, slots=True)
class ClauseCount:
    """How many are how far with one clause of the goal, or of a stack below it."""

    id: str
    stack: AchievementId
    says: str
    counted: Counted


@dataclass(slots=True)
class EditionFacts:
    """Those who are told by one version of the pathway and of every stack below its goal."""

    version: int
    stacks: Mapping[AchievementId, int]
    learners: int
    following: int
    clauses: list[ClauseCount]


@dataclass(frozen=True, slots=True)
class Person:
    """A learner of a group, told by name: how many steps are left, what is open, and why she is told."""

    id: LearnerId
    name: str
    steps_left: int
    steps_exact: bool
    open: tuple[tuple[OpenStep, str], ...]
    last_recorded_at: datetime | None
    why: str


@dataclass(slots=True)
class Overview:
    """How a cohort stands; ``near`` and ``stalled`` are everybody of these groups, in the order of their ids."""

    pathway: VersionFacts
    as_of: datetime
    learners: Counted = field(default_factory=Counted)
    eligible: int = 0
    steps: Counter[int] = field(default_factory=Counter)
    editions: list[EditionFacts] = field(default_factory=list)
    near: list[LearnerId] = field(default_factory=list)
    stalled: list[LearnerId] = field(default_factory=list)

    def group(self, name: str) -> list[LearnerId]:
        """Return a group that is told by name."""
        return self.near if name == NEAR else self.stalled


@dataclass(slots=True)
class _Group:
    """Learners who are told by one edition, which is of one version of the pathway."""

    edition: Edition
    version: int
    learners: list[LearnerId] = field(default_factory=list)
    following: int = 0


def overview(
    snapshot: Session,
    caller: Caller,
    cohort_id: CohortId,
    pathway_id: PathwayId,
    *,
    stalled_since: datetime | None,
    at: datetime,
) -> Overview:
    """Return how those who belong to a cohort at ``at`` stand then on a pathway.

    *Stalled* is who is not complete, belonged on ``stalled_since`` already, and of whom nothing that counts toward
    the goal was recorded since.
    """
    cohorts.cohort_row(snapshot, caller, cohort_id, Deed.SEE_COHORT)
    survey = _Survey(snapshot, _current(snapshot, pathway_id), at)
    joined = _joined(snapshot, cohort_id, at)
    found = Overview(survey.pathway, at)
    for group in survey.groups(list(joined)):
        unfinished = survey.add(found, group)
        if stalled_since is not None:
            last = survey.last_recorded(group)
            found.stalled += [
                one
                for one in unfinished
                if joined[one] <= stalled_since and (one not in last or last[one] < stalled_since)
            ]
    found.near.sort()
    found.stalled.sort()
    return found


def told_by_name(snapshot: Session, found: Overview, learners: Sequence[LearnerId]) -> list[Person]:
    """Return some learners by name, each with her open steps and what was recorded of her last."""
    survey = _Survey(snapshot, found.pathway, found.as_of)
    told: dict[LearnerId, tuple[Progress, datetime | None]] = {}
    for group in survey.groups(learners):
        last = survey.last_recorded(group)
        told |= {one: (progress, last.get(one)) for one, progress in survey.explained(group)}
    steps = {one: open_steps(progress) for one, (progress, _) in told.items()}
    names = catalog.names(snapshot, (step.achievement for several in steps.values() for step in several))
    people_names = people.learner_names(snapshot, told)
    return [
        Person(
            one,
            people_names[one],
            told[one][0].steps_left,
            told[one][0].steps_exact,
            tuple((step, names.get(step.achievement, step.achievement)) for step in steps[one]),
            told[one][1],
            _why(*told[one]),
        )
        for one in learners
    ]


class _Survey:
    """One pathway at one instant, for as many learners as there are."""

    def __init__(self, snapshot: Session, pathway: VersionFacts, at: datetime) -> None:
        self.pathway = pathway
        self._snapshot, self._at = snapshot, at
        self._graph = graphs.current_graph(snapshot)
        self._retired = catalog.retired(snapshot)

    def groups(self, learners: Sequence[LearnerId]) -> list[_Group]:
        """Return learners by the versions in force for them, the newest version of the pathway first."""
        views = _views(self._snapshot, learners, self.pathway.pathway_id)
        editions: dict[tuple[int, frozenset[tuple[AchievementId, int]]], _Group] = {}
        found: dict[tuple[int, frozenset[tuple[AchievementId, int]]], _Group] = {}
        for learner in learners:
            followed, pins = views[learner]
            version = followed or self.pathway.version
            told = version, frozenset(pins.items())
            if told not in editions:
                edition = Edition(self._graph, self._goal(version), pins)
                key = version, frozenset(edition.view.items())
                editions[told] = found.setdefault(key, _Group(edition, version))
            editions[told].learners.append(learner)
            editions[told].following += followed is not None
        return sorted(found.values(), key=lambda group: (-group.version, -len(group.learners)))

    def add(self, found: Overview, group: _Group) -> list[LearnerId]:
        """Count a group; return those of it who are not complete."""
        edition, unfinished = group.edition, []
        tally = Tally(edition.goal, clauses=dict.fromkeys(edition.compiled().clauses, Counted()))
        for crowd in crowds.crowds(self._snapshot, group.learners, self._graph.graded):
            apart = self._apart(crowd, edition)
            others = [number for number in range(len(crowd.learners)) if number not in apart]
            held = ((number, award) for number, award in crowd.held if number not in apart)
            tally.near.clear()
            for who, block in standings(edition, held, others, at=self._at, allowances={}):
                tally.add(who, block)
                _, steps = block.of(edition.goal)
                unfinished += [crowd.learners[who[column]] for column in steps.nonzero()[0].tolist()]
                found.eligible += self._eligible(edition, block)
            for number, progress in self._explained(crowd, edition, apart):
                tally.add_told(number, progress.root)
                unfinished += [] if progress.root.complete else [crowd.learners[number]]
                found.eligible += progress.root.eligible
            found.near += [crowd.learners[number] for number in tally.near]
        found.learners += tally.learners
        found.steps += tally.steps
        found.editions.append(self._facts(group, tally))
        return unfinished

    def explained(self, group: _Group) -> Iterator[tuple[LearnerId, Progress]]:
        """Yield the explained progress of each learner of a group."""
        for crowd in crowds.crowds(self._snapshot, group.learners, self._graph.graded):
            for number, progress in self._explained(crowd, group.edition, range(len(crowd.learners))):
                yield crowd.learners[number], progress

    def last_recorded(self, group: _Group) -> dict[LearnerId, datetime]:
        """Return when a live award that counts toward the goal was last recorded of each learner."""
        counting = self._graph.below(group.edition.goal, group.edition.view)
        found: dict[LearnerId, datetime] = {}
        for some in cohorts.chunks(group.learners):
            rows = self._snapshot.exec(
                select(Award.learner_id, func.max(Award.recorded_at))
                .where(
                    col(Award.learner_id).in_(some),
                    col(Award.achievement_id).in_(counting),
                    col(Award.recorded_at) <= self._at,
                    col(Award.revoked_at).is_(None),
                    col(Award.suspended_at).is_(None),
                )
                .group_by(col(Award.learner_id))
            )
            found |= {LearnerId(learner): moment for learner, moment in rows}
        return found

    def _goal(self, version: int) -> AchievementId:
        if version == self.pathway.version:
            return self.pathway.draft.goal
        return authoring.version(self._snapshot, self.pathway.pathway_id, version).draft.goal

    def _apart(self, crowd: Crowd, edition: Edition) -> Collection[int]:
        """Return those of whom rows of numbers do not tell the whole: exceptions, and milestones that do not follow."""
        view = edition.view
        if any(
            edition.graph.stacks[key, view[key]].policy is Policy.AUTO for key in self._retired & view.keys()
        ):
            return range(len(crowd.learners))
        broken = set(
            self._snapshot.exec(
                select(Award.learner_id).where(
                    col(Award.learner_id).in_(crowd.learners),
                    col(Award.achievement_id).in_(view.keys()),
                    col(Award.revoked_at).is_not(None) | col(Award.suspended_at).is_not(None),
                )
            )
        )
        return {
            number
            for number, learner in enumerate(crowd.learners)
            if learner in broken or number in crowd.allowances
        }

    def _explained(
        self, crowd: Crowd, edition: Edition, numbers: Collection[int]
    ) -> Iterator[tuple[int, Progress]]:
        held: dict[int, list[HeldAward]] = {number: [] for number in numbers}
        for number, award in crowd.held:
            if number in held:
                held[number].append(award)
        for number, awards in held.items():
            yield (
                number,
                progress_toward(
                    edition.graph,
                    edition.goal,
                    awards,
                    at=self._at,
                    pins=edition.pins,
                    allowances=crowd.allowances.get(number, ()),
                ),
            )

    def _eligible(self, edition: Edition, block: Block) -> int:
        """Return for how many nothing is left but that somebody judges the goal."""
        stack = edition.graph.stacks[edition.goal, edition.view[edition.goal]]
        if stack.policy is Policy.AUTO or stack.requirement.id is None:
            return 0
        points, _ = block.of(edition.goal)
        met, _ = block.at(block.clauses[stack.requirement.id])
        return int(((met == S) & (points != S)).sum())

    def _facts(self, group: _Group, tally: Tally) -> EditionFacts:
        edition = group.edition
        names = catalog.names(self._snapshot, edition.graph.below(edition.goal, edition.view))
        told = [
            ClauseCount(clause.id, achievement, _says(clause, names), tally.clauses[clause.id])
            for achievement, clause in _written_out(edition)
            if clause.id in tally.clauses
        ]
        return EditionFacts(group.version, edition.view, len(group.learners), group.following, told)


def _current(snapshot: Session, pathway_id: PathwayId) -> VersionFacts:
    found = authoring.published(snapshot).get(pathway_id)
    if found is None:
        authoring.pathway(snapshot, pathway_id)
        raise NotFound("This pathway has not been published yet.")
    return found


def _joined(snapshot: Session, cohort_id: CohortId, at: datetime) -> dict[LearnerId, datetime]:
    rows = snapshot.exec(
        select(CohortMember).where(*cohorts.belonging(cohort_id, at)).order_by(col(CohortMember.learner_id))
    )
    return {row.learner_id: row.joined_at for row in rows}


def _views(snapshot: Session, learners: Iterable[LearnerId], pathway_id: PathwayId) -> dict[LearnerId, View]:
    """Return by which versions each learner is told: those of the pathway if she follows it, else of all she follows."""
    found: dict[LearnerId, View] = {}
    for some in cohorts.chunks(learners):
        merged: dict[LearnerId, dict[AchievementId, int]] = {learner: {} for learner in some}
        rows = snapshot.exec(
            select(Enrolment.learner_id, PathwayVersion)
            .join(
                PathwayVersion,
                (col(Enrolment.pathway_id) == col(PathwayVersion.pathway_id))
                & (col(Enrolment.version) == col(PathwayVersion.version)),
            )
            .where(col(Enrolment.learner_id).in_(some), col(Enrolment.left_at).is_(None))
        )
        for learner, row in rows:
            stacks = {AchievementId(key): version for key, version in row.stacks.items()}
            if row.pathway_id == pathway_id:
                found[LearnerId(learner)] = row.version, stacks
            own = merged[LearnerId(learner)]
            own.update({key: max(version, own.get(key, 0)) for key, version in stacks.items()})
        found |= {learner: (None, merged[learner]) for learner in some if learner not in found}
    return found


def _written_out(edition: Edition) -> Iterator[tuple[AchievementId, Requirement]]:
    """Yield every clause of the goal's requirement, then those of each stack below, with the stack it is of."""
    view, waiting = edition.view, [edition.goal]
    for achievement in waiting:
        if achievement not in view:
            continue
        requirement = edition.graph.stacks[achievement, view[achievement]].requirement
        for clause in clauses(requirement):
            yield achievement, clause
        waiting += [x for x in dict.fromkeys(achievements_in(requirement)) if x not in waiting]


def _says(clause: Requirement, names: Mapping[AchievementId, str]) -> str:
    if isinstance(clause, Holds):
        return clause.name or names.get(clause.achievement, clause.achievement)
    return clause.name or asks(clause)


def _why(progress: Progress, last: datetime | None) -> str:
    """Return what is known of why somebody stands where she does; a gap in the record may be none in the learning."""
    if progress.root.eligible:
        by = "assessed" if progress.root.policy == Policy.ASSESSED else "awarded"
        return f"Everything is there; it waits to be {by}."
    if last is None:
        return "Nothing that counts here has been recorded yet."
    return f"The last award that counts here was recorded on {last.day} {last:%B %Y}."
