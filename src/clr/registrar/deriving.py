"""Giving the milestones that are due, each with the reason kept for good."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from clr.ids import AchievementId, AwardId, LearnerId, new_id
from clr.pathways import (
    Allowance,
    Clause,
    Grounds,
    HeldAward,
    Holdings,
    Milestone,
    Stack,
    StackingGraph,
    Versions,
    advance,
    settle,
    transition,
)
from clr.pathways.supposing import supposed
from clr.registrar import allowing, authoring, catalog, events, graphs, holdings, issuing
from clr.registrar.catalog import AchievementFacts
from clr.registrar.explaining import achievements_told, clause_json
from clr.registrar.graphs import Pin
from clr.registrar.urls import Urls
from clr.store.tables import Award, Explanation, Learner


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that decides what follows for one learner; read after the learner was locked."""

    learner_id: LearnerId
    graph: StackingGraph
    pins: list[Pin]
    held: list[HeldAward]
    revoked: Grounds
    retired: frozenset[AchievementId]
    allowances: tuple[Allowance, ...]

    @property
    def view(self) -> dict[AchievementId, int]:
        """The stack versions the learner is pinned to; where pathways differ, the newer."""
        found: dict[AchievementId, int] = {}
        for pin in self.pins:
            for achievement, version in pin.stacks.items():
                found[achievement] = max(version, found.get(achievement, 0))
        return found

    @property
    def versions(self) -> Versions:
        """Under which versions milestones follow; of what is retired, none does."""
        return {**graphs.versions(self.pins), **dict.fromkeys(self.retired, frozenset())}

    def holdings(self, held: Sequence[HeldAward]) -> Holdings:
        """Return all that decides which milestones follow, were ``held`` what the learner holds."""
        return Holdings(held, self.versions, self.revoked, self.allowances)

    def with_allowance(self, made: Allowance) -> "Standing":
        """Return the standing once an exception was made besides."""
        return replace(self, allowances=(*self.allowances, made))

    def with_awards(self, given: Iterable[Award]) -> "Standing":
        """Return the standing once some milestones were given besides."""
        return replace(self, held=[*self.held, *map(holdings.as_held, given)])

    def with_award(self, given: Award, achievement: AchievementFacts) -> "Standing":
        """Return the standing once an award of ``achievement`` was given besides."""
        return replace(self, held=[*self.held, holdings.as_held(given, achievement.result_descriptions)])

    def present(self, at: datetime) -> datetime:
        """Return ``at``, or when the latest award was earned if that is later.

        A request that waited for its turn read the clock before those that overtook it: what they gave is earned.
        """
        return max((at, *(award.earned_on for award in self.held)))

    def stacks(self, achievement: AchievementId) -> list[Stack]:
        """The versions of a stack in force for the learner, newest first; none for a badge."""
        current = self.graph.current.get(achievement)
        followed = {pin.stacks[achievement] for pin in self.pins if achievement in pin.stacks}
        numbers = followed or ({current} if current is not None else set())
        return [self.graph.stacks[achievement, number] for number in sorted(numbers, reverse=True)]


def standing(transaction: Session, learner_id: LearnerId) -> Standing:
    """Read a learner's standing; lock the learner first."""
    graph = graphs.current_graph(transaction)
    held, revoked = holdings.held_and_revoked(transaction, learner_id, graph.graded)
    return Standing(
        learner_id,
        graph,
        graphs.pins(transaction, learner_id),
        held,
        revoked,
        catalog.retired(transaction),
        allowing.given(transaction, learner_id),
    )


def foresee(transaction: Session, now: Standing, *, at: datetime) -> None:
    """Note on the learner when time alone will next change something. She must be locked."""
    learner = transaction.get_one(Learner, now.learner_id)
    following = transition(now.graph, now.held, at=at, allowances=now.allowances)
    if learner.next_transition_at != following:
        learner.next_transition_at = following
        transaction.add(learner)


def follow(
    transaction: Session, now: Standing, arrived: AchievementId, *, at: datetime, urls: Urls
) -> list[Award]:
    """Give the milestones that follow from ``arrived``, which the learner holds already. She must be locked."""
    return _give(transaction, now, _following(now, now.held, arrived, at), at=at, urls=urls)


def supposing(now: Standing, earned: AchievementId, *, at: datetime) -> list[HeldAward]:
    """Return what would be held if ``earned`` were awarded at ``at``, with every milestone that would follow."""
    held = [
        *now.held,
        supposed(now.graph, earned, at=at, version=now.view.get(earned, now.graph.current.get(earned, 0))),
    ]
    due = _following(now, held, earned, at)
    follow_on = (
        HeldAward(one.award_id, one.achievement, one.version, one.earned_on, derived=True) for one in due
    )
    return [*held, *follow_on]


def settle_learner(transaction: Session, learner_id: LearnerId, *, at: datetime, urls: Urls) -> list[Award]:
    """Give every milestone that is due to a learner, whatever made it due. The learner must be locked."""
    now = standing(transaction, learner_id)
    at = now.present(at)
    due = settle(now.graph, now.holdings(now.held), at=at, new_award=_new_award)
    given = _give(transaction, now, due, at=at, urls=urls)
    foresee(transaction, now.with_awards(given), at=at)
    return given


def keep_explanation(
    transaction: Session, before: Standing, award: Award, clause: Clause, *, at: datetime
) -> None:
    """Keep on what an award of a stack stood: pathway and stack version, clauses, award ids, alternatives."""
    names = catalog.names(transaction, achievements_told(clause))
    body = {
        "as_of": at.isoformat(),
        "achievement_id": award.achievement_id,
        "stack_version": award.stack_version,
        "pathways": _pathways_with(transaction, before, award),
        "causes": list(clause.satisfied_by),
        "requirement": clause_json(clause, names),
        "allowances": allowing.told(transaction, award.learner_id, clause, at=at),
    }
    transaction.add(Explanation(learner_id=award.learner_id, award_id=award.id, body=body))


def next_again(
    transaction: Session, learner_id: LearnerId, achievement_id: AchievementId, version: int
) -> int:
    """Return the number of the next award of this achievement to this learner."""
    last = transaction.scalar(
        select(func.max(Award.again)).where(
            col(Award.learner_id) == learner_id,
            col(Award.achievement_id) == achievement_id,
            col(Award.stack_version) == version,
        )
    )
    return int(last or 0) + 1


def _new_award() -> AwardId:
    return AwardId(new_id("awd"))


def _following(
    now: Standing, held: Sequence[HeldAward], arrived: AchievementId, at: datetime
) -> list[Milestone]:
    return advance(now.graph, now.holdings(held), arrived, at=at, new_award=_new_award)


def _give(
    transaction: Session, before: Standing, due: Sequence[Milestone], *, at: datetime, urls: Urls
) -> list[Award]:
    known = catalog.achievements_by_id(transaction, [milestone.achievement for milestone in due])
    given = []
    for milestone in _as_told(due, {key: facts.name for key, facts in known.items()}):
        award = _row(transaction, before.learner_id, milestone, known[milestone.achievement].revision, at)
        keep_explanation(transaction, before, award, milestone.explanation, at=at)
        issuing.prepare(transaction, award, urls=urls, at=at)
        told = {
            "award_id": award.id,
            "achievement_id": award.achievement_id,
            "name": known[milestone.achievement].name,
            "because": list(award.causes),
        }
        events.record(transaction, before.learner_id, "milestone", told, at=at)
        given.append(award)
    return given


def _as_told(due: Sequence[Milestone], names: Mapping[AchievementId, str]) -> list[Milestone]:
    """Return milestones in the order people hear of them: what rests on another after it, else by name."""
    levels: dict[AwardId, int] = {}
    for milestone in due:
        levels[milestone.award_id] = 1 + max((levels.get(cause, 0) for cause in milestone.causes), default=0)
    return sorted(due, key=lambda one: (levels[one.award_id], names[one.achievement]))


def _row(
    transaction: Session, learner_id: LearnerId, milestone: Milestone, revision: int, at: datetime
) -> Award:
    award = Award(
        learner_id=learner_id,
        id=milestone.award_id,
        achievement_id=milestone.achievement,
        achievement_revision=revision,
        stack_version=milestone.version,
        again=next_again(transaction, learner_id, milestone.achievement, milestone.version),
        origin=holdings.DERIVED,
        earned_on=milestone.earned_on,
        issued_at=at,
        recorded_at=at,
        results=[],
        causes=list(milestone.causes),
    )
    transaction.add(award)
    transaction.flush()
    return award


def _pathways_with(transaction: Session, before: Standing, award: Award) -> list[dict[str, Any]]:
    """Return the pathway versions in which this version of the stack stands: those followed, then the others."""
    wanted = (award.achievement_id, award.stack_version)
    followed = {pin.pathway_id: pin.version for pin in before.pins if wanted in pin.stacks.items()}
    published = authoring.published(transaction)
    others = {
        key: found.version
        for key, found in published.items()
        if key not in followed and wanted in found.stacks.items()
    }
    return [
        {
            "pathway_id": key,
            "version": version,
            "name": published[key].draft.name,
            "enrolled": key in followed,
        }
        for key, version in {**followed, **others}.items()
    ]
