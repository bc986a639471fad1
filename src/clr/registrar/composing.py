"""Composing records: a learner chooses awards, arranges them, and says who may see them. Private until she does."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from clr.errors import BadInput, NotFound, Problem, Stale
from clr.ids import AchievementId, AwardId, LearnerId, RecordId, new_id
from clr.registrar import events, issuing, people, policy
from clr.registrar.policy import Caller, Deed
from clr.store.tables import Award, IssuedRecord, Record, Share, Visit

PRIVATE, PUBLIC = "private", "public"
ABSENT = "There is nothing here that you may see."


@dataclass(frozen=True, slots=True)
class Item:
    """One chosen award, with what the learner says about it."""

    award_id: AwardId
    reflection: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Some chosen awards under one heading."""

    title: str
    narrative: str = ""
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Composition:
    """What a record is to hold. Without ``parents``, the chosen stacks show what they were earned with."""

    title: str
    narrative: str = ""
    sections: tuple[Section, ...] = ()
    show_name: bool = True
    parents: tuple[AchievementId, ...] | None = None

    @property
    def awards(self) -> list[AwardId]:
        """The chosen awards, in order."""
        return [item.award_id for section in self.sections for item in section.items]


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """A record as its learner sees it. ``revision`` counts what it holds, not who may see it."""

    id: RecordId
    learner_id: LearnerId
    title: str
    narrative: str
    sections: tuple[Section, ...]
    show_name: bool
    parents: tuple[AchievementId, ...]
    visibility: str
    slug: str
    revision: int
    created_at: datetime
    updated_at: datetime

    @property
    def awards(self) -> list[AwardId]:
        """The chosen awards, in order."""
        return [item.award_id for section in self.sections for item in section.items]


def create(transaction: Session, caller: Caller, wanted: Composition, *, at: datetime) -> RecordFacts:
    """Begin a record of the caller's own awards; nobody else sees it."""
    learner_id = _own(caller)
    people.lock_learner(transaction, learner_id)
    parents = _checked(transaction, learner_id, wanted)
    record = Record(
        learner_id=learner_id,
        id=RecordId(new_id("rec")),
        title=wanted.title,
        narrative=wanted.narrative,
        sections=[asdict(section) for section in wanted.sections],
        show_name=wanted.show_name,
        parents=parents,
        slug=issuing.random_part(),
        created_at=at,
        updated_at=at,
    )
    transaction.add(record)
    transaction.flush()
    events.record(transaction, learner_id, "record", {"record_id": record.id}, at=at)
    return facts(record)


def record(snapshot: Session, caller: Caller, record_id: RecordId) -> RecordFacts:
    """Return one record of the caller."""
    return facts(own_row(snapshot, caller, record_id))


def records_of(
    snapshot: Session, caller: Caller, *, after: str | None = None, limit: int | None = None
) -> Sequence[RecordFacts]:
    """Return the caller's records in the order of their ids."""
    query = select(Record).where(col(Record.learner_id) == _own(caller), col(Record.id) > (after or ""))
    return [facts(row) for row in snapshot.exec(query.order_by(col(Record.id)).limit(limit))]


def replace(
    transaction: Session,
    caller: Caller,
    record_id: RecordId,
    wanted: Composition,
    *,
    expected: int,
    at: datetime,
) -> RecordFacts:
    """Put another composition in the record's place; raises ``Stale`` when it changed since it was read."""
    found = own_row(transaction, caller, record_id, lock=True)
    if found.revision != expected:
        raise Stale("It was changed since you read it. Read it again and repeat your change.")
    parents = _checked(transaction, found.learner_id, wanted)
    found.title, found.narrative = wanted.title, wanted.narrative
    found.sections = [asdict(section) for section in wanted.sections]
    found.show_name, found.parents = wanted.show_name, parents
    found.revision += 1
    return _kept(transaction, found, at=at)


def publish(transaction: Session, caller: Caller, record_id: RecordId, *, at: datetime) -> RecordFacts:
    """Let everyone see the record who knows its address."""
    found = own_row(transaction, caller, record_id, lock=True)
    found.visibility = PUBLIC
    return _kept(transaction, found, at=at)


def withdraw(transaction: Session, caller: Caller, record_id: RecordId, *, at: datetime) -> RecordFacts:
    """Make the record private again: its public page is gone for every request from now on."""
    found = own_row(transaction, caller, record_id, lock=True)
    found.visibility = PRIVATE
    return _kept(transaction, found, at=at)


def discard(transaction: Session, caller: Caller, record_id: RecordId, *, at: datetime) -> None:
    """Remove a record with its links and documents; documents that others hold stay valid."""
    found = own_row(transaction, caller, record_id, lock=True)
    mine = col(Share.record_id) == record_id, col(Share.learner_id) == found.learner_id
    transaction.exec(delete(Visit).where(col(Visit.share_id).in_(select(Share.id).where(*mine))))
    transaction.exec(delete(Share).where(*mine))
    transaction.exec(
        delete(IssuedRecord).where(
            col(IssuedRecord.learner_id) == found.learner_id, col(IssuedRecord.record_id) == record_id
        )
    )
    transaction.delete(found)
    events.record(transaction, found.learner_id, "record", {"record_id": record_id}, at=at)


def own_row(snapshot: Session, caller: Caller, record_id: RecordId, *, lock: bool = False) -> Record:
    """Return the row of a record of the caller's; only for the registrar. ``lock`` locks its learner first."""
    learner_id = _own(caller)
    if lock:
        people.lock_learner(snapshot, learner_id)
    found = snapshot.get(Record, (learner_id, record_id), populate_existing=lock)
    if found is None:
        raise NotFound(ABSENT)
    return found


def lock_owner(transaction: Session, record: Record) -> None:
    """Lock the learner of a record, and read the record again as it is then; only for the registrar."""
    people.lock_learner(transaction, record.learner_id)
    transaction.refresh(record)


def facts(row: Record) -> RecordFacts:
    """Return a row as facts."""
    return RecordFacts(
        id=row.id,
        learner_id=row.learner_id,
        title=row.title,
        narrative=row.narrative,
        sections=tuple(_section(section) for section in row.sections),
        show_name=row.show_name,
        parents=tuple(AchievementId(parent) for parent in row.parents),
        visibility=row.visibility,
        slug=row.slug,
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def live_awards(snapshot: Session, learner_id: LearnerId) -> dict[AwardId, Award]:
    """Return the awards a record may hold: neither revoked nor suspended."""
    rows = snapshot.exec(
        select(Award)
        .where(
            col(Award.learner_id) == learner_id,
            col(Award.revoked_at).is_(None),
            col(Award.suspended_at).is_(None),
        )
        .order_by(col(Award.earned_on), col(Award.id))
    )
    return {row.id: row for row in rows}


def _own(caller: Caller) -> LearnerId:
    if caller.learner_id is None:
        raise NotFound(ABSENT)
    policy.require(caller, Deed.COMPOSE, learner=caller.learner_id)
    return caller.learner_id


def _kept(transaction: Session, row: Record, *, at: datetime) -> RecordFacts:
    row.updated_at = at
    transaction.add(row)
    transaction.flush()
    events.record(transaction, row.learner_id, "record", {"record_id": row.id}, at=at)
    return facts(row)


def _section(kept: Mapping[str, Any]) -> Section:
    items = tuple(Item(AwardId(item["award_id"]), item["reflection"]) for item in kept["items"])
    return Section(kept["title"], kept["narrative"], items)


def _checked(transaction: Session, learner_id: LearnerId, wanted: Composition) -> list[str]:
    """Return the parents to keep, or raise ``BadInput`` with every fault of the composition."""
    live = live_awards(transaction, learner_id)
    stacks = {award.achievement_id for award in live.values() if award.stack_version}
    faults = [*_item_faults(wanted.sections, live), *_parent_faults(wanted.parents or (), stacks)]
    if faults:
        says = faults[0].says if len(faults) == 1 else f"{len(faults)} things need mending; see errors."
        raise BadInput(says, tuple(faults))
    chosen = wanted.parents
    if chosen is None:
        chosen = tuple(live[award].achievement_id for award in wanted.awards if live[award].stack_version)
    return list(dict.fromkeys(chosen))


def _item_faults(sections: Sequence[Section], live: Mapping[AwardId, Award]) -> Iterator[Problem]:
    """Tell what cannot be shown; another learner's award reads as one that does not exist."""
    seen: set[AwardId] = set()
    for place, section in enumerate(sections):
        for position, item in enumerate(section.items):
            at = f"sections[{place}].items[{position}].award_id"
            if item.award_id not in live:
                says = f"You hold no award {item.award_id}; choose among those you hold and that stand."
                yield Problem(at, "not-held", says)
            elif item.award_id in seen:
                yield Problem(at, "twice", "This award is in the record already; leave it out here.")
            seen.add(item.award_id)


def _parent_faults(parents: Iterable[AchievementId], stacks: set[AchievementId]) -> Iterator[Problem]:
    for place, parent in enumerate(parents):
        if parent not in stacks:
            says = f"You have not earned {parent} as something that adds up from others; untick it."
            yield Problem(f"parents[{place}]", "not-earned", says)
