"""Exceptions for one learner: a clause waived, or met by another achievement. Somebody answers for each, with a reason.

They are told to everybody who sees the result: in progress, in why a milestone was given, on a shared record.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from clr.errors import BadInput, Conflict, NotFound, Problem
from clr.ids import AchievementId, AllowanceId, LearnerId, PersonId, new_id
from clr.pathways import (
    Allowance,
    Clause,
    Holds,
    Policy,
    Requirement,
    StackingGraph,
    Substitution,
    Waiver,
    clauses,
)
from clr.registrar import catalog, graphs, people, policy
from clr.registrar.policy import Caller, Deed
from clr.store.tables import Allowance as Row

WAIVER, SUBSTITUTION = "waiver", "substitution"


@dataclass(frozen=True, slots=True)
class AllowanceFacts:
    """One exception; ``state`` is in_force, ended or withdrawn. ``achievement_id`` is the stack the clause is of."""

    id: AllowanceId
    learner_id: LearnerId
    kind: str
    achievement_id: AchievementId
    clause_id: str
    instead: AchievementId | None
    instead_name: str | None
    reason: str
    author: str
    given_on: datetime
    until: datetime | None
    state: str
    because: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """An exception to be made: of which clause, why, until when, and met by what instead (a waiver names nothing)."""

    clause_id: str
    reason: str
    until: datetime | None = None
    instead: AchievementId | None = None


def given(snapshot: Session, learner_id: LearnerId) -> tuple[Allowance, ...]:
    """Return a learner's exceptions for the engine; what was withdrawn is as if it had never been."""
    rows = snapshot.exec(
        select(Row).where(col(Row.learner_id) == learner_id, col(Row.withdrawn_at).is_(None))
    )
    return tuple(_as_engine(row) for row in rows)


def given_to(snapshot: Session, learners: Iterable[LearnerId]) -> dict[LearnerId, list[Allowance]]:
    """Return the exceptions of those of some learners who have any."""
    rows = snapshot.exec(
        select(Row).where(col(Row.learner_id).in_(list(learners)), col(Row.withdrawn_at).is_(None))
    )
    found: dict[LearnerId, list[Allowance]] = {}
    for row in rows:
        found.setdefault(row.learner_id, []).append(_as_engine(row))
    return found


def enter(
    transaction: Session, caller: Caller, learner_id: LearnerId, wanted: Wanted, *, at: datetime
) -> AllowanceId:
    """Write an exception down. The learner must be locked; what follows from it is the caller's to do."""
    achievement = _require_sound(transaction, caller, learner_id, wanted, at)
    row = Row(
        learner_id=learner_id,
        id=AllowanceId(new_id("alw")),
        kind=SUBSTITUTION if wanted.instead else WAIVER,
        achievement_id=achievement,
        clause_id=wanted.clause_id,
        instead_id=wanted.instead,
        reason=wanted.reason,
        given_by=caller.person_id,
        given_on=at,
        until=wanted.until,
    )
    transaction.add(row)
    transaction.flush()
    return row.id


def imagined(
    snapshot: Session, caller: Caller, learner_id: LearnerId, wanted: Wanted, *, at: datetime
) -> Allowance:
    """Return an exception as it would be for the engine; it is refused for the same reasons."""
    _require_sound(snapshot, caller, learner_id, wanted, at)
    if wanted.instead is None:
        return Waiver(AllowanceId("imagined"), wanted.clause_id, at, wanted.until)
    return Substitution(AllowanceId("imagined"), wanted.clause_id, at, wanted.instead, wanted.until)


def _require_sound(
    snapshot: Session, caller: Caller, learner_id: LearnerId, wanted: Wanted, at: datetime
) -> AchievementId:
    """Return the stack whose clause an exception is of, or raise for every reason why it cannot be made."""
    graph = graphs.current_graph(snapshot)
    policy.require(caller, Deed.ALLOW)
    achievement, clause = _found(graph, wanted.clause_id)
    policy.require(caller, Deed.ALLOW, issuer=catalog.achievement(snapshot, achievement).issuer_id)
    faults = list(_faults(snapshot, graph, learner_id, (achievement, clause), wanted, at))
    if faults:
        raise BadInput(faults[0].says, tuple(faults))
    _require_new(snapshot, learner_id, wanted, at)
    return achievement


def take_back(
    transaction: Session, caller: Caller, allowance_id: AllowanceId, *, because: str, at: datetime
) -> AllowanceFacts:
    """Withdraw an exception, as if it had never been made; what stood on it is the caller's to look at."""
    row = _row(transaction, allowance_id)
    policy.require(caller, Deed.SEE_LEARNER, learner=row.learner_id)
    issuer = catalog.achievement(transaction, row.achievement_id).issuer_id
    policy.require(caller, Deed.ALLOW, issuer=issuer)
    people.lock_learner(transaction, row.learner_id)
    transaction.refresh(row)
    if row.withdrawn_at is not None:
        raise Conflict(f"This exception was withdrawn already: {row.withdrawn_because}")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_because = at, caller.person_id, because
    transaction.add(row)
    transaction.flush()
    return facts(transaction, [row], at=at)[0]


def allowance(
    snapshot: Session, caller: Caller, allowance_id: AllowanceId, *, at: datetime
) -> AllowanceFacts:
    """Return one exception, to its learner and to staff."""
    row = _row(snapshot, allowance_id)
    policy.require(caller, Deed.SEE_LEARNER, learner=row.learner_id)
    return facts(snapshot, [row], at=at)[0]


def allowances_of(
    snapshot: Session, caller: Caller, learner_id: LearnerId, *, at: datetime
) -> Sequence[AllowanceFacts]:
    """Return every exception made for a learner, newest first, those withdrawn among them."""
    policy.require(caller, Deed.SEE_LEARNER, learner=learner_id)
    people.require_learner(snapshot, learner_id)
    query = select(Row).where(col(Row.learner_id) == learner_id)
    return facts(snapshot, snapshot.exec(query.order_by(col(Row.given_on).desc(), col(Row.id))).all(), at=at)


def told(snapshot: Session, learner_id: LearnerId, clause: Clause, *, at: datetime) -> list[dict[str, Any]]:
    """Return the exceptions that an explained clause is complete by, in the form clients rely on."""
    used = {one.allowance for one in explained(clause) if one.allowance is not None}
    if not used:
        return []
    rows = snapshot.exec(select(Row).where(col(Row.learner_id) == learner_id, col(Row.id).in_(used)))
    return [allowance_json(one) for one in facts(snapshot, rows.all(), at=at)]


def explained(clause: Clause) -> Iterable[Clause]:
    """Yield a clause and everything in it and before it."""
    waiting = [clause]
    while waiting:
        yield (one := waiting.pop())
        waiting += one.parts
        waiting += [one.gate.clause] if one.gate else []


def allowance_json(found: AllowanceFacts) -> dict[str, Any]:
    """Return an exception as explanations carry it."""
    return {
        "id": found.id,
        "clause_id": found.clause_id,
        "kind": found.kind,
        "instead": found.instead,
        "instead_name": found.instead_name,
        "reason": found.reason,
        "author": found.author,
        "given_on": found.given_on.isoformat(),
        "until": found.until.isoformat() if found.until else None,
    }


def facts(snapshot: Session, rows: Sequence[Row], *, at: datetime) -> list[AllowanceFacts]:
    """Return rows as facts."""
    names = catalog.names(snapshot, (row.instead_id for row in rows if row.instead_id))
    authors = people.names(snapshot, {row.given_by for row in rows})
    return [_facts(row, names, authors, at) for row in rows]


def _facts(
    row: Row, names: Mapping[AchievementId, str], authors: Mapping[PersonId, str], at: datetime
) -> AllowanceFacts:
    ended = row.until is not None and row.until <= at
    return AllowanceFacts(
        id=row.id,
        learner_id=row.learner_id,
        kind=row.kind,
        achievement_id=row.achievement_id,
        clause_id=row.clause_id,
        instead=row.instead_id,
        instead_name=names.get(row.instead_id) if row.instead_id else None,
        reason=row.reason,
        author=authors.get(row.given_by, ""),
        given_on=row.given_on,
        until=row.until,
        state="withdrawn" if row.withdrawn_at else "ended" if ended else "in_force",
        because=row.withdrawn_because,
    )


def _as_engine(row: Row) -> Allowance:
    if row.instead_id is None:
        return Waiver(row.id, row.clause_id, row.given_on, row.until)
    return Substitution(row.id, row.clause_id, row.given_on, row.instead_id, row.until)


def _found(graph: StackingGraph, clause_id: str) -> tuple[AchievementId, Requirement]:
    """Return the newest stack version in which a clause stands, and the clause there."""
    for key in sorted(graph.stacks, reverse=True):
        for clause in clauses(graph.stacks[key].requirement):
            if clause.id == clause_id:
                return key[0], clause
    says = (
        f"There is no clause {clause_id} in any published pathway; take the id from the learner's progress."
    )
    raise BadInput(says, (Problem("clause_id", "unknown", says),))


def _faults(
    snapshot: Session,
    graph: StackingGraph,
    learner_id: LearnerId,
    found: tuple[AchievementId, Requirement],
    wanted: Wanted,
    at: datetime,
) -> Iterable[Problem]:
    achievement, clause = found
    if wanted.until is not None and wanted.until <= at:
        yield Problem("until", "past", "until lies in the past; an exception ends after it began.")
    if wanted.instead is None:
        return
    named = catalog.achievements_by_id(snapshot, [wanted.instead]).get(wanted.instead)
    if named is None:
        yield Problem("instead", "unknown", f"There is no achievement {wanted.instead}.")
    elif not isinstance(clause, Holds):
        says = "Only a clause that asks for one achievement can be met by another; waive the group instead."
        yield Problem("clause_id", "group", says)
    elif wanted.instead in clause.accepted:
        yield Problem("instead", "same", f"{named.name} is accepted here already.")
    elif achievement in _asked_by(snapshot, graph, learner_id, wanted.instead):
        says = f"{named.name} asks for this stack itself, so it would count toward itself."
        yield Problem("instead", "loop", says)
    elif _automatic(graph, wanted.instead) and _looks_at_awards(graph, achievement, clause):
        says = (
            f"{named.name} follows by itself and has no result, credits or date of its own, which are looked at here; "
            "let something count that it asks for."
        )
        yield Problem("instead", "filters-on-milestone", says)


def _asked_by(
    snapshot: Session, graph: StackingGraph, learner_id: LearnerId, start: AchievementId
) -> set[AchievementId]:
    """Return everything that counts toward ``start``, by the graph and by what else was let count for the learner."""
    rows = snapshot.exec(
        select(Row).where(
            col(Row.learner_id) == learner_id,
            col(Row.instead_id).is_not(None),
            col(Row.withdrawn_at).is_(None),
        )
    )
    more: dict[AchievementId, list[AchievementId]] = {}
    for row in rows:
        more.setdefault(row.achievement_id, []).extend([row.instead_id] if row.instead_id else [])
    found = graph.below(start, graph.current)
    waiting = list(found)
    while waiting:
        for instead in more.get(waiting.pop(), ()):
            new = graph.below(instead, graph.current) - found
            found |= new
            waiting += new
    return found


def _looks_at_awards(graph: StackingGraph, achievement: AchievementId, clause: Holds) -> bool:
    """Whether result, credits, age or date of an award decide anything about a clause."""
    stacks = (graph.stacks[achievement, version].requirement for version in graph.versions(achievement))
    parts = [
        part for stack in stacks for one in clauses(stack) if not isinstance(one, Holds) for part in one.parts
    ]
    return clause.filters.of_award or any(
        (part.requirement.id == clause.id and part.brings is not None and part.brings.counts_awards)
        or (
            part.after is not None
            and part.after.in_order
            and any(one.id == clause.id for one in (part.requirement, *clauses(part.after.requirement)))
        )
        for part in parts
    )


def _automatic(graph: StackingGraph, achievement: AchievementId) -> bool:
    version = graph.current.get(achievement)
    return version is not None and graph.stacks[achievement, version].policy is Policy.AUTO


def _require_new(transaction: Session, learner_id: LearnerId, wanted: Wanted, at: datetime) -> None:
    rows = transaction.exec(
        select(Row).where(
            col(Row.learner_id) == learner_id,
            col(Row.clause_id) == wanted.clause_id,
            col(Row.withdrawn_at).is_(None),
        )
    )
    for row in rows:
        if row.instead_id == wanted.instead and (row.until is None or row.until > at):
            raise Conflict(
                "This exception was made already; withdraw it first to change its reason or its end."
            )


def _row(snapshot: Session, allowance_id: AllowanceId) -> Row:
    row = snapshot.exec(select(Row).where(col(Row.id) == allowance_id)).first()
    if row is None:
        raise NotFound("There is nothing here that you may see.")
    return row
