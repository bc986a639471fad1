"""Milestones: what follows by itself from an award, in one pass over what it reaches."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from clr.ids import AchievementId, AwardId
from clr.pathways.allowances import Allowance, by_clause, instead_of
from clr.pathways.awards import HeldAward
from clr.pathways.explaining import Explainer
from clr.pathways.graph import StackingGraph
from clr.pathways.progress import Clause
from clr.pathways.stacks import OnLost, Policy, Stack, StackKey
from clr.pathways.standing import Standing

Versions = Mapping[AchievementId, AbstractSet[int]]
"""Under which versions of a stack this learner's milestones follow, where that is not the one in force alone."""

Grounds = Collection[tuple[StackKey, AbstractSet[AwardId]]]
"""Milestones that were revoked, with the awards that each stood on."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What decides which milestones are due to one learner: awards, exceptions, versions, what was revoked."""

    held: Sequence[HeldAward]
    versions: Versions
    revoked: Grounds = ()
    allowances: Sequence[Allowance] = ()


@dataclass(frozen=True, slots=True)
class Milestone:
    """A stack that is due: earned when its requirement became complete, with the reason."""

    achievement: AchievementId
    version: int
    award_id: AwardId
    earned_on: datetime
    explanation: Clause
    causes: tuple[AwardId, ...]


def advance(
    graph: StackingGraph,
    holdings: Holdings,
    arrived: AchievementId,
    *,
    at: datetime,
    new_award: Callable[[], AwardId],
) -> list[Milestone]:
    """Return the milestones due now that ``arrived`` is among what is held, parts before wholes.

    A milestone counts at once for the stacks above it, so one pass in that order is the whole cascade. One that was
    revoked does not follow again while all that it stood on is held.
    """
    ordered = _in_order(graph, holdings.allowances, at)
    keys = ordered if ordered is not graph.in_order else graph.reached_from(arrived)
    return _derive(graph, keys, holdings, at=at, new_award=new_award)


def settle(
    graph: StackingGraph, holdings: Holdings, *, at: datetime, new_award: Callable[[], AwardId]
) -> list[Milestone]:
    """Return every milestone that is due, wherever it comes from (a publication, an enrolment, an exception)."""
    keys = _in_order(graph, holdings.allowances, at)
    return _derive(graph, keys, holdings, at=at, new_award=new_award)


@dataclass(frozen=True, slots=True)
class Lost:
    """A derived award that nothing supports any more, and what its stack says should become of it."""

    award: AwardId
    then: OnLost


def unsupported(
    graph: StackingGraph,
    held: Iterable[HeldAward],
    *,
    at: datetime | None = None,
    allowances: Iterable[Allowance] = (),
) -> tuple[Lost, ...]:
    """Return the derived awards that what remains does not support, parts before wholes.

    Everything is derived anew from the base awards; no derived award speaks for itself. Without ``at`` expiry is left
    aside: a milestone earned once stays, unless what it rested on should never have been awarded. With ``at`` those
    are told that time alone took the support of; what stands on them stands, since they are kept.
    """
    awards, allowances = list(held), tuple(allowances)
    derived: dict[StackKey, list[HeldAward]] = {}
    for award in awards:
        if award.derived:
            derived.setdefault((award.achievement, award.version), []).append(award)
    explainer = Explainer(
        graph, (award for award in awards if not award.derived), at=at, allowances=allowances
    )
    lost: list[Lost] = []
    for key in _in_order(graph, allowances, at):
        for award in derived.get(key, ()):
            then = graph.stacks[key].on_lost if at is None else OnLost.KEEP
            supported = explainer.clause(graph.stacks[key].requirement).complete
            if not supported:
                lost.append(Lost(award.id, then))
            if supported or then is OnLost.KEEP:
                explainer.add(award)
    return tuple(lost)


def _in_order(
    graph: StackingGraph, allowances: Iterable[Allowance], at: datetime | None
) -> tuple[StackKey, ...]:
    """Return every stack version, parts before wholes, and before both what may be brought instead."""
    instead = instead_of(by_clause(allowances, at))
    return graph.parts_first(graph.in_order, instead) if instead else graph.in_order


def _derive(
    graph: StackingGraph,
    keys: Sequence[StackKey],
    holdings: Holdings,
    *,
    at: datetime,
    new_award: Callable[[], AwardId],
) -> list[Milestone]:
    awards, due = list(holdings.held), []
    versions, allowances = holdings.versions, holdings.allowances
    barred = _barred(holdings.revoked, awards)
    wanted = [key for key in keys if _follows(graph, key, versions) and key not in barred]
    standing = Standing(graph, awards, at=at, allowances=allowances, toward=wanted)
    explainer: Explainer | None = None
    for key in wanted:
        if not standing.meets(key):
            continue
        stack = graph.stacks[key]
        explainer = explainer or Explainer(
            graph, awards, at=at, pins=_newest(versions), allowances=allowances
        )
        reason = explainer.clause(stack.requirement)
        if (
            not reason.complete
            or reason.earned_on is None
            or _already(graph, stack, reason.earned_on, awards)
        ):
            continue
        milestone = Milestone(
            stack.achievement, stack.version, new_award(), reason.earned_on, reason, reason.satisfied_by
        )
        award = HeldAward(milestone.award_id, *key, milestone.earned_on, derived=True)
        awards.append(award)
        explainer.add(award)
        standing.hold(award)
        due.append(milestone)
    return due


def _follows(graph: StackingGraph, key: StackKey, versions: Versions) -> bool:
    achievement, version = key
    if graph.stacks[key].policy is not Policy.AUTO:
        return False
    if achievement in versions:
        return version in versions[achievement]
    return version == graph.current[achievement]


def _barred(revoked: Grounds, held: Iterable[HeldAward]) -> AbstractSet[StackKey]:
    """Return the stacks of which somebody revoked a milestone whose ground has not changed since."""
    ids = {award.id for award in held}
    return {key for key, causes in revoked if causes <= ids}


def _newest(versions: Versions) -> Mapping[AchievementId, int]:
    """Return the versions by which stacks that are not held yet are told: the newest that a milestone follows."""
    return {achievement: max(several) for achievement, several in versions.items() if several}


def _already(graph: StackingGraph, stack: Stack, earned_on: datetime, awards: Iterable[HeldAward]) -> bool:
    """Whether another credential would say nothing new: derived before, or held for good and no later.

    Where some clause tells versions of the stack apart, one of another version does not say the same.
    """
    apart = any(filters.ranged for filters in graph.asked_of(stack.achievement))
    return any(
        award.achievement == stack.achievement
        and (
            (award.derived and award.version == stack.version)
            or (
                award.valid_until is None
                and award.earned_on <= earned_on
                and (award.version == stack.version or not apart)
            )
        )
        for award in awards
    )
