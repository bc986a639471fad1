"""Awarding: one act, whether for one badge by hand or for history from a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from clr.errors import BadInput, Conflict, NotEligible, Problem
from clr.ids import AwardId, new_id
from clr.pathways import Clause, Policy, Stack, explain
from clr.registrar import (
    catalog,
    deriving,
    events,
    evidence,
    holdings,
    issuing,
    people,
    policy,
    repeating,
    tracking,
)
from clr.registrar.catalog import AchievementFacts
from clr.registrar.deriving import Standing
from clr.registrar.holdings import AwardFacts, EvidenceFacts
from clr.registrar.policy import Caller, Deed
from clr.registrar.repeating import GrantRequest
from clr.registrar.results import checked
from clr.registrar.tracking import Moved
from clr.registrar.urls import Urls
from clr.store.tables import Award, AwardEvidence

__all__ = ["GrantRequest", "Granted", "grant", "told_again"]


@dataclass(frozen=True, slots=True)
class Granted:
    """What one award did. ``repeated``: it was there already, and nothing changed."""

    award: AwardFacts
    milestones: tuple[AwardFacts, ...]
    progress: tuple[Moved, ...]
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Case:
    """One request with everything that decides it, read under the learner's lock."""

    caller: Caller
    request: GrantRequest
    achievement: AchievementFacts
    before: Standing
    stack: Stack | None
    at: datetime

    def reason(self) -> Clause | None:
        """Return the stack's requirement as the learner meets it now; ``None`` for a badge."""
        if self.stack is None:
            return None
        return _explained(self.before, self.stack, self.at)


def grant(
    transaction: Session, caller: Caller, request: GrantRequest, *, at: datetime, urls: Urls
) -> Granted:
    """Award, and give every milestone that follows, whole or not at all.

    The learner is locked before anything of hers is read, so that two last badges at once cannot miss each other.
    """
    achievement = catalog.achievement(transaction, request.achievement_id)
    _require_some_right(caller, achievement)
    learner_id = people.find_or_create(transaction, request.learner, at=at)
    people.lock_learner(transaction, learner_id)
    before = deriving.standing(transaction, learner_id)
    at = before.present(at)
    case = _Case(caller, request, achievement, before, _stack(before, achievement, at), at)
    _require_right(case)
    _require_given_by_somebody(case)
    if first := _same(transaction, case):
        return _told(transaction, before, first, (), at=at, repeated=True)
    results = _require_sound(transaction, case)
    _require_awardable(case)
    award = _insert(transaction, case, results)
    if reason := case.reason():
        deriving.keep_explanation(transaction, before, award, reason, at=at)
    issuing.prepare(transaction, award, urls=urls, at=at)
    told = {"award_id": award.id, "achievement_id": achievement.id, "name": achievement.name}
    events.record(transaction, learner_id, "award", told, at=at)
    now = before.with_award(award, achievement)
    milestones = deriving.follow(transaction, now, achievement.id, at=at, urls=urls)
    granted = _told(transaction, now.with_awards(milestones), award, milestones, at=at)
    tracking.tell(transaction, learner_id, granted.progress, at=at)
    deriving.foresee(transaction, now.with_awards(milestones), at=at)
    return granted


def told_again(
    transaction: Session, award_id: AwardId, milestones: Sequence[AwardId], *, at: datetime
) -> Granted:
    """Return what an earlier request answered, rebuilt from the ids it left behind."""
    award = holdings.award_row(transaction, award_id)
    rows = [holdings.award_row(transaction, milestone) for milestone in milestones]
    return _told(transaction, deriving.standing(transaction, award.learner_id), award, rows, at=at)


def _stack(before: Standing, achievement: AchievementFacts, at: datetime) -> Stack | None:
    """Return the version of a stack to judge by: of several that she follows, the newest she has met, else the newest."""
    several = before.stacks(achievement.id)
    if len(several) > 1:
        for stack in several:
            if stack.policy is not Policy.AUTO and _explained(before, stack, at).complete:
                return stack
    return several[0] if several else None


def _explained(before: Standing, stack: Stack, at: datetime) -> Clause:
    return explain(before.graph, stack, before.held, at=at, pins=before.view, allowances=before.allowances)


def _require_some_right(caller: Caller, achievement: AchievementFacts) -> None:
    """Let nobody learn anything of learners who may award nothing of this issuer."""
    if isinstance(policy.may(caller, Deed.ASSESS, issuer=achievement.issuer_id), policy.Refused):
        policy.require(caller, Deed.AWARD, issuer=achievement.issuer_id)


def _require_right(case: _Case) -> None:
    assessed = case.stack is not None and case.stack.policy is Policy.ASSESSED
    policy.require(case.caller, Deed.ASSESS if assessed else Deed.AWARD, issuer=case.achievement.issuer_id)


def _require_given_by_somebody(case: _Case) -> None:
    if case.stack is not None and case.stack.policy is Policy.AUTO:
        name = case.achievement.name
        says = f"{name} follows by itself when its requirement is met; award what it asks for instead."
        raise Conflict(says, (Problem("achievement_id", "auto", says),))


def _same(transaction: Session, case: _Case) -> Award | None:
    """Return the award that this request would repeat, the earliest, if there is one."""
    if case.request.again:
        return None
    rows = transaction.exec(
        select(Award)
        .where(
            col(Award.learner_id) == case.before.learner_id,
            col(Award.achievement_id) == case.achievement.id,
            col(Award.suspended_at).is_(None),
        )
        .order_by(col(Award.earned_on), col(Award.id))
    ).all()
    repeats = repeating.again_and_again if case.achievement.repeatable else repeating.once
    standing = [row for row in rows if row.revoked_at is None]
    if first := next((row for row in standing if repeats(case.request, row, at=case.at)), None):
        return first
    if case.request.recorded:
        _require_not_revoked(case, [row for row in rows if row.revoked_at is not None])
    return None


def _require_not_revoked(case: _Case, revoked: Sequence[Award]) -> None:
    """Let no file that is brought again undo what somebody decided since."""
    for row in revoked:
        if repeating.tells_of(case.request, row):
            says = (
                f"This award of {case.achievement.name} was revoked: {row.revoked_because} "
                "Take the row out, or award it by hand if it is due again."
            )
            raise Conflict(says, (Problem("achievement_id", "revoked", says),))


def _require_sound(transaction: Session, case: _Case) -> list[dict[str, object]]:
    """Return the results in the form they are kept, or raise ``BadInput`` with every fault of the request."""
    results, faults = checked(case.request.results, case.achievement.result_descriptions)
    faults += _date_faults(case)
    for place, item in enumerate(case.request.evidence):
        if item.evidence_id and not evidence.may_name(transaction, case.caller, item.evidence_id):
            says = f"There is no uploaded evidence {item.evidence_id}."
            faults.append(Problem(f"evidence[{place}].evidence_id", "unknown", says))
    if faults:
        says = faults[0].says if len(faults) == 1 else f"{len(faults)} things need mending; see errors."
        raise BadInput(says, tuple(faults))
    return results


def _date_faults(case: _Case) -> Iterator[Problem]:
    request = case.request
    earned_on = request.earned_on or case.at
    if request.recorded and request.earned_on is None and case.achievement.repeatable:
        says = f"{case.achievement.name} may be earned again and again; say when this one was earned."
        yield Problem("earned_on", "missing", says)
    if earned_on > case.at:
        yield Problem("earned_on", "future", "earned_on lies in the future; award it when it is earned.")
    if request.valid_until is not None and request.valid_until <= earned_on:
        says = "valid_until must be later than earned_on; nothing expires before it is earned."
        yield Problem("valid_until", "order", says)


def _require_awardable(case: _Case) -> None:
    name, stack = case.achievement.name, case.stack
    if case.achievement.retired_at is not None and not case.request.recorded:
        raise Conflict(f"{name} is retired and cannot be awarded any more.")
    reason = case.reason()
    if stack is not None and reason is not None and not (reason.complete or case.request.recorded):
        steps = f"{reason.steps_left} more step{'' if reason.steps_left == 1 else 's'}"
        done = "assessed" if stack.policy is Policy.ASSESSED else "awarded"
        says = f"{name} needs {steps} before it can be {done}."
        raise NotEligible(says, (Problem("achievement_id", "not-eligible", says),))


def _insert(transaction: Session, case: _Case, results: list[dict[str, object]]) -> Award:
    request, learner_id = case.request, case.before.learner_id
    version = case.stack.version if case.stack else 0
    earned_on = request.earned_on or case.at
    award = Award(
        learner_id=learner_id,
        id=AwardId(new_id("awd")),
        achievement_id=case.achievement.id,
        achievement_revision=case.achievement.revision,
        stack_version=version,
        again=deriving.next_again(transaction, learner_id, case.achievement.id, version),
        origin=holdings.RECORDED if request.recorded else holdings.GRANTED,
        earned_on=earned_on,
        issued_at=earned_on if request.recorded else case.at,
        recorded_at=case.at,
        valid_until=request.valid_until,
        results=results,
        narrative=request.narrative,
        credits_earned=request.credits_earned,
        assessor=request.assessor,
        awarded_by=case.caller.person_id or None,
        causes=[],
    )
    transaction.add(award)
    transaction.flush()
    transaction.add_all(_evidence_rows(award, request.evidence))
    transaction.flush()
    return award


def _evidence_rows(award: Award, named: Sequence[EvidenceFacts]) -> list[AwardEvidence]:
    return [
        AwardEvidence(
            learner_id=award.learner_id,
            award_id=award.id,
            position=place,
            evidence_id=item.evidence_id,
            url=item.url,
            name=item.name,
            narrative=item.narrative,
            genre=item.genre,
        )
        for place, item in enumerate(named)
    ]


def _told(
    transaction: Session,
    now: Standing,
    award: Award,
    milestones: Sequence[Award],
    *,
    at: datetime,
    repeated: bool = False,
) -> Granted:
    arrived = [award.achievement_id, *(row.achievement_id for row in milestones)]
    moved = tracking.moved_by(transaction, now, arrived, at=at)
    first, *rest = holdings.facts(transaction, [award, *milestones], at=at)
    return Granted(first, tuple(rest), tuple(moved), repeated)
