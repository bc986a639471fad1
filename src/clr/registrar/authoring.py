"""Drawing pathways: drafts that may be wrong, and versions that never change again."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from clr.errors import BadInput, Conflict, NotFound, PathwayUnsound, Problem, Stale
from clr.ids import AchievementId, IssuerId, JobId, PathwayId, new_id
from clr.pathways import (
    Draft,
    DraftStack,
    Known,
    OnLost,
    Policy,
    Requirement,
    StackKey,
    achievements_in,
    clauses,
    problems,
    same,
    with_clause_ids,
    with_ids_of,
)
from clr.pathways.requirements import without_ids
from clr.pathways.wire import dump, dump_stored, load, load_stored
from clr.registrar import catalog, graphs, outbox, policy, results
from clr.registrar.policy import Caller, Deed
from clr.store.tables import Catalogue, Pathway, PathwayVersion, StackVersion

SETTLE = "settle"
"""The job that gives the milestones a publication made due."""


@dataclass(frozen=True, slots=True)
class PathwayFacts:
    """A pathway: what is published of it, and whether its draft differs from that."""

    id: PathwayId
    issuer_id: IssuerId
    name: str
    description: str
    goal: AchievementId
    current_version: int | None
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """A draft with everything that is wrong with it."""

    draft: Draft
    revision: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One published version: the draft it was made from, frozen; ``archived`` when nobody new may follow it."""

    pathway_id: PathwayId
    version: int
    draft: Draft
    stacks: Mapping[AchievementId, int]
    published_at: datetime
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """A version that was just published, and the work that gives what it made due."""

    version: VersionFacts
    job_id: JobId


def draw(
    transaction: Session, caller: Caller, issuer_id: IssuerId, draft: Draft, *, at: datetime
) -> PathwayFacts:
    """Begin a pathway with a first draft, right or wrong."""
    catalog.issuer(transaction, issuer_id)
    policy.require(caller, Deed.DRAW_PATHWAY, issuer=issuer_id)
    pathway = Pathway(
        id=PathwayId(new_id("pth")),
        issuer_id=issuer_id,
        draft=written(_identified(draft, _published_stacks(transaction, draft))),
        created_at=at,
    )
    transaction.add(pathway)
    transaction.flush()
    return _facts(pathway, None)


def redraw(
    transaction: Session, caller: Caller, pathway_id: PathwayId, draft: Draft, *, revision: int
) -> DraftFacts:
    """Replace the draft that was read at ``revision``; it is kept even when it is wrong."""
    pathway = _pathway(transaction, pathway_id, lock=True)
    policy.require(caller, Deed.DRAW_PATHWAY, issuer=pathway.issuer_id)
    if pathway.draft_revision != revision:
        raise Stale("Somebody changed this draft since you read it. Read it again and repeat your change.")
    kept = {key: stack.requirement for key, stack in _read(pathway.draft).stacks.items()}
    pathway.draft = written(_identified(draft, _published_stacks(transaction, draft) | kept))
    pathway.draft_revision += 1
    transaction.add(pathway)
    return _draft_facts(transaction, caller, pathway)


def draft(snapshot: Session, caller: Caller, pathway_id: PathwayId) -> DraftFacts:
    """Return the draft as it is."""
    pathway = _pathway(snapshot, pathway_id)
    policy.require(caller, Deed.DRAW_PATHWAY, issuer=pathway.issuer_id)
    return _draft_facts(snapshot, caller, pathway)


def publish(
    transaction: Session,
    caller: Caller,
    pathway_id: PathwayId,
    *,
    expected_revision: int | None = None,
    at: datetime,
) -> Published:
    """Freeze the draft as the next version; ``PathwayUnsound`` locates everything that is wrong with it.

    A stack gets a new version only where its requirement or policy changed. Publications wait for each other, so
    two of them can never make a loop together. A job settles the milestones that became due.
    """
    catalogue = transaction.exec(select(Catalogue).with_for_update()).one()
    pathway = _pathway(transaction, pathway_id, lock=True)
    policy.require(caller, Deed.DRAW_PATHWAY, issuer=pathway.issuer_id)
    _require_as_read(pathway, expected_revision)
    facts = _draft_facts(transaction, caller, pathway)
    _require_worth_publishing(transaction, pathway, facts.draft)
    if facts.problems:
        raise PathwayUnsound(in_one_sentence(facts.problems), facts.problems)
    frozen = {
        achievement: _stack_version(transaction, achievement, stack, at=at)
        for achievement, stack in facts.draft.stacks.items()
    }
    version = PathwayVersion(
        pathway_id=pathway_id,
        version=(pathway.current_version or 0) + 1,
        name=facts.draft.name,
        description=facts.draft.description,
        goal_id=facts.draft.goal,
        stacks=_with_those_below(transaction, facts.draft, frozen),
        published_at=at,
        published_by=caller.person_id,
    )
    pathway.current_version = version.version
    catalogue.version += 1
    transaction.add_all((version, pathway, catalogue))
    job = outbox.put(transaction, SETTLE, {"pathway_id": pathway_id}, by=caller.person_id, at=at)
    return Published(_version_facts(version, _frozen_stacks(transaction, [version])), job)


def _require_as_read(pathway: Pathway, expected_revision: int | None) -> None:
    if expected_revision is not None and pathway.draft_revision != expected_revision:
        raise Stale("Somebody changed this draft since you read it. Read it again before you publish it.")


def _require_worth_publishing(transaction: Session, pathway: Pathway, drawn: Draft) -> None:
    if pathway.archived_at is not None:
        raise Conflict("This pathway is archived; restore it before you publish it.")
    current = _current(transaction, pathway)
    if current is None:
        return
    before = _version_facts(current, _frozen_stacks(transaction, [current])).draft
    if (before.name, before.goal, before.description) != (drawn.name, drawn.goal, drawn.description):
        return
    graph = graphs.current_graph(transaction)
    unchanged = all(
        key in before.stacks
        and graph.current.get(key) == current.stacks.get(key)
        and same(before.stacks[key], stack)
        for key, stack in drawn.stacks.items()
    )
    if unchanged:
        says = f"Nothing differs from version {current.version}, so there is nothing to publish."
        raise Conflict(says, (Problem("draft", "unchanged", says),))


def archive(transaction: Session, caller: Caller, pathway_id: PathwayId, *, at: datetime) -> PathwayFacts:
    """Let nobody begin a pathway any more. Whoever follows it goes on, and what was earned stays; nothing is deleted."""
    return _set_archived(transaction, caller, pathway_id, at)


def restore(transaction: Session, caller: Caller, pathway_id: PathwayId) -> PathwayFacts:
    """Let an archived pathway be followed again."""
    return _set_archived(transaction, caller, pathway_id, None)


def _set_archived(
    transaction: Session, caller: Caller, pathway_id: PathwayId, archived_at: datetime | None
) -> PathwayFacts:
    catalogue = transaction.exec(select(Catalogue).with_for_update()).one()
    pathway = _pathway(transaction, pathway_id, lock=True)
    policy.require(caller, Deed.DRAW_PATHWAY, issuer=pathway.issuer_id)
    if (pathway.archived_at is None) != (archived_at is None):
        pathway.archived_at = archived_at
        catalogue.version += 1  # what is offered is remembered by it
        transaction.add_all((pathway, catalogue))
        transaction.flush()
    return _facts(pathway, _current(transaction, pathway))


def pathways(snapshot: Session, *, after: str | None = None, limit: int = 200) -> Sequence[PathwayFacts]:
    """Return pathways in the order of their ids."""
    rows = snapshot.exec(
        select(Pathway).where(col(Pathway.id) > (after or "")).order_by(col(Pathway.id)).limit(limit)
    ).all()
    return [_facts(row, _current(snapshot, row)) for row in rows]


def pathway(snapshot: Session, pathway_id: PathwayId) -> PathwayFacts:
    """Return one pathway."""
    row = _pathway(snapshot, pathway_id)
    return _facts(row, _current(snapshot, row))


def _published(snapshot: Session) -> Mapping[PathwayId, VersionFacts]:
    found = snapshot.exec(
        select(PathwayVersion, Pathway.archived_at).join(
            Pathway,
            (col(Pathway.id) == col(PathwayVersion.pathway_id))
            & (col(Pathway.current_version) == col(PathwayVersion.version)),
        )
    ).all()
    stacks = _frozen_stacks(snapshot, [row for row, _ in found])
    return {
        row.pathway_id: replace(_version_facts(row, stacks), archived=archived_at is not None)
        for row, archived_at in found
    }


published = graphs.ByCatalogue(_published)
"""Return the current version of every published pathway, those archived too."""


def version(snapshot: Session, pathway_id: PathwayId, number: int) -> VersionFacts:
    """Return one published version."""
    row = snapshot.get(PathwayVersion, (pathway_id, number))
    if row is None:
        raise NotFound("There is no such version of this pathway.")
    return _version_facts(row, _frozen_stacks(snapshot, [row]))


def versions(snapshot: Session, pathway_id: PathwayId) -> Sequence[VersionFacts]:
    """Return every published version, newest first."""
    _pathway(snapshot, pathway_id)
    rows = snapshot.exec(
        select(PathwayVersion)
        .where(col(PathwayVersion.pathway_id) == pathway_id)
        .order_by(col(PathwayVersion.version).desc())
    ).all()
    stacks = _frozen_stacks(snapshot, rows)
    return [_version_facts(row, stacks) for row in rows]


def _pathway(snapshot: Session, pathway_id: PathwayId, *, lock: bool = False) -> Pathway:
    found = snapshot.get(Pathway, pathway_id, with_for_update=lock or None)
    if found is None:
        raise NotFound("There is no such pathway.")
    return found


def _current(snapshot: Session, pathway: Pathway) -> PathwayVersion | None:
    if pathway.current_version is None:
        return None
    return snapshot.get(PathwayVersion, (pathway.id, pathway.current_version))


def _facts(pathway: Pathway, current: PathwayVersion | None) -> PathwayFacts:
    drawn = _read(pathway.draft)
    return PathwayFacts(
        id=pathway.id,
        issuer_id=pathway.issuer_id,
        name=current.name if current else drawn.name,
        description=current.description if current else drawn.description,
        goal=current.goal_id if current else drawn.goal,
        current_version=pathway.current_version,
        archived_at=pathway.archived_at,
    )


def _draft_facts(snapshot: Session, caller: Caller, pathway: Pathway) -> DraftFacts:
    return judged(snapshot, caller, _read(pathway.draft), revision=pathway.draft_revision)


def judged(snapshot: Session, caller: Caller, drawn: Draft, *, revision: int = 0) -> DraftFacts:
    """Return a draft with everything that is wrong with it, saved or not."""
    asked = {drawn.goal, *drawn.stacks}
    asked.update(part for stack in drawn.stacks.values() for part in achievements_in(stack.requirement))
    graph = graphs.current_graph(snapshot)
    asked.update(achievement for achievement, _ in graph.stacks)  # a loop is told by names
    known = {key: known_as(found) for key, found in catalog.achievements_by_id(snapshot, asked).items()}
    found = (*problems(drawn, known=known, graph=graph), *_foreign(caller, drawn, known))
    return DraftFacts(drawn, revision, found)


def known_as(achievement: catalog.AchievementFacts) -> Known:
    """Return what the engine needs to know of an achievement to judge a draft."""
    return Known(
        achievement.name,
        achievement.retired_at is not None,
        achievement.issuer_id,
        achievement.revision,
        tuple(results.rubric(result) for result in achievement.result_descriptions),
        achievement.repeatable,
    )


def _foreign(caller: Caller, drawn: Draft, known: Mapping[AchievementId, Known]) -> list[Problem]:
    """A requirement may ask for anybody's badge, but is only set for achievements the caller may define."""
    return [
        Problem(
            f"stacks.{key}",
            "foreign",
            f"{known[key].name} belongs to an issuer for whom you may not draw pathways.",
        )
        for key in drawn.stacks
        if key in known
        and isinstance(policy.may(caller, Deed.DRAW_PATHWAY, issuer=known[key].issuer), policy.Refused)
    ]


def in_one_sentence(found: Sequence[Problem]) -> str:
    """Return why a draft cannot be published, the first loop before all else."""
    first = next((problem for problem in found if problem.kind == "loop"), found[0])
    more = f" See errors for all {len(found)} faults." if len(found) > 1 else ""
    return f"This pathway cannot be published: {first.says}{more}"


def _as_drawn(row: StackVersion) -> DraftStack:
    return DraftStack(load_stored(row.requirement), Policy(row.policy), OnLost(row.on_lost))


def _stack_version(
    transaction: Session, achievement: AchievementId, stack: DraftStack, *, at: datetime
) -> int:
    """Return the newest version when it asks for just this, whatever its clauses are called; else make the next."""
    latest = transaction.scalar(
        select(func.max(StackVersion.version)).where(StackVersion.achievement_id == achievement)
    )
    if latest:
        before = transaction.get_one(StackVersion, (achievement, latest))
        if same(_as_drawn(before), stack):
            return int(latest)
    new = StackVersion(
        achievement_id=achievement,
        version=(latest or 0) + 1,
        requirement=dump_stored(stack.requirement),
        policy=stack.policy.value,
        on_lost=stack.on_lost.value,
        published_at=at,
    )
    transaction.add(new)
    transaction.flush()
    return new.version


def _with_those_below(transaction: Session, drawn: Draft, frozen: dict[AchievementId, int]) -> dict[str, int]:
    """Freeze, beside the stacks drawn here, those of other pathways that they ask for."""
    graph = graphs.current_graph(transaction)
    found: dict[AchievementId, int] = dict(frozen)
    waiting = [drawn.goal]
    waiting += (part for stack in drawn.stacks.values() for part in achievements_in(stack.requirement))
    while waiting:
        achievement = waiting.pop()
        if achievement not in found and achievement in graph.current:
            found[achievement] = graph.current[achievement]
            waiting += achievements_in(graph.stacks[achievement, found[achievement]].requirement)
    return {str(key): number for key, number in found.items()}


def _frozen_stacks(snapshot: Session, rows: Iterable[PathwayVersion]) -> dict[StackKey, DraftStack]:
    """Return every stack version that some pathway versions froze, read at once."""
    wanted = {(AchievementId(key), number) for row in rows for key, number in row.stacks.items()}
    found = snapshot.exec(
        select(StackVersion).where(col(StackVersion.achievement_id).in_({key for key, _ in wanted}))
    )
    return {
        (row.achievement_id, row.version): _as_drawn(row)
        for row in found
        if (row.achievement_id, row.version) in wanted
    }


def _version_facts(row: PathwayVersion, known: Mapping[StackKey, DraftStack]) -> VersionFacts:
    frozen = {AchievementId(key): number for key, number in row.stacks.items()}
    stacks = {key[0]: known[key] for key in frozen.items()}
    shown = Draft(row.name, row.goal_id, row.description, stacks)
    return VersionFacts(row.pathway_id, row.version, shown, frozen, row.published_at)


def _published_stacks(snapshot: Session, drawn: Draft) -> dict[AchievementId, Requirement]:
    graph = graphs.current_graph(snapshot)
    return {
        key: graph.stacks[key, graph.current[key]].requirement for key in drawn.stacks if key in graph.current
    }


def _identified(drawn: Draft, earlier: Mapping[AchievementId, Requirement]) -> Draft:
    """Give every clause an id: its own, that of the same clause in an earlier state of its stack, or a new one."""
    taken = _ids_sent(drawn)
    stacks = {}
    for key, stack in drawn.stacks.items():
        requirement = stack.requirement
        if key in earlier:
            requirement = with_ids_of(requirement, without_ids(earlier[key], taken))
        stacks[key] = replace(stack, requirement=with_clause_ids(requirement, lambda: new_id("cls")))
    return Draft(drawn.name, drawn.goal, drawn.description, stacks)


def _ids_sent(drawn: Draft) -> frozenset[str]:
    sent = Counter(clause.id for stack in drawn.stacks.values() for clause in clauses(stack.requirement))
    del sent[None]
    for name, count in sent.items():
        if count > 1:
            says = f'The clause id "{name}" stands twice; leave one out and it gets a new one.'
            raise BadInput(says, (Problem("stacks", "duplicate", says),))
    return frozenset(name for name in sent if name)


def written(drawn: Draft) -> dict[str, object]:
    """Return a draft in the form in which it is kept, sent and read."""
    stacks = {
        key: {
            "requirement": dump(stack.requirement),
            "policy": stack.policy.value,
            "on_lost": stack.on_lost.value,
        }
        for key, stack in drawn.stacks.items()
    }
    return {"name": drawn.name, "goal": drawn.goal, "description": drawn.description, "stacks": stacks}


def _read(written: Mapping[str, Any]) -> Draft:
    stacks = {
        AchievementId(key): DraftStack(
            load(stack["requirement"]), Policy(stack["policy"]), OnLost(stack.get("on_lost", "suspend"))
        )
        for key, stack in written["stacks"].items()
    }
    return Draft(written["name"], AchievementId(written["goal"]), written["description"], stacks)
