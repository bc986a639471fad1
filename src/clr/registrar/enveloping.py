"""The document of a record: a ClrCredential around the signed badges the learner chose (CLR 2.0 §C.1.1).

Prepared once for each revision of a record, and once for each share; then signed like any credential.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from clr.errors import Conflict
from clr.ids import AchievementId, AwardId, LearnerId, RecordId
from clr.records.assembling import AssociationFacts, IssuerFacts, RecordFacts, StatusFacts, clr_credential
from clr.registrar import catalog, composing, issuing, statuses
from clr.registrar.facts import achievement_facts
from clr.registrar.issuing import ToSign
from clr.registrar.policy import Caller
from clr.registrar.urls import Urls
from clr.store.tables import Award, Explanation, IssuedRecord, Learner, Record


@dataclass(frozen=True, slots=True)
class Envelope:
    """The document of a record that waits for its signature, or has it; ``view`` is how it is arranged."""

    id: str
    learner_id: LearnerId
    record_id: RecordId
    unsigned: Mapping[str, Any]
    created: datetime
    signed: str | None
    view: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The awards of a document, in order, and the stacks it may name besides."""

    record: Record
    awards: tuple[Award, ...]
    parents: tuple[Award, ...]
    everything: bool


def waiting(snapshot: Session, caller: Caller, record_id: RecordId) -> list[ToSign]:
    """Return the badges of a record; each must be signed before its envelope can be prepared."""
    return _badges(snapshot, composing.own_row(snapshot, caller, record_id))


def waiting_public(snapshot: Session, slug: str) -> list[ToSign] | None:
    """Return the badges of a public record, ``None`` where there is none."""
    record = public_row(snapshot, slug)
    return None if record is None else _badges(snapshot, record)


def prepare(
    transaction: Session,
    caller: Caller,
    record_id: RecordId,
    *,
    institution: IssuerFacts,
    urls: Urls,
    at: datetime,
) -> Envelope:
    """Return the document of the record's newest revision; raises ``Conflict`` when there is nothing in it."""
    record = composing.own_row(transaction, caller, record_id, lock=True)
    return current(transaction, record, institution=institution, urls=urls, at=at)


def current(
    transaction: Session, record: Record, *, institution: IssuerFacts, urls: Urls, at: datetime
) -> Envelope:
    """Return the one document of a revision, made when it is first asked for. The learner must be locked."""
    found = kept(transaction, record)
    if found is not None:
        return found
    return issue(transaction, record, share_id="", institution=institution, urls=urls, at=at)


def kept(snapshot: Session, record: Record) -> Envelope | None:
    """Return the document of this revision when it was made already."""
    found = snapshot.exec(
        select(IssuedRecord).where(
            col(IssuedRecord.learner_id) == record.learner_id,
            col(IssuedRecord.record_id) == record.id,
            col(IssuedRecord.revision) == record.revision,
            col(IssuedRecord.share_id) == "",
        )
    ).first()
    return None if found is None else envelope_of(found)


def issue(
    transaction: Session,
    record: Record,
    *,
    share_id: str,
    institution: IssuerFacts,
    urls: Urls,
    at: datetime,
) -> Envelope:
    """Prepare a new document of a record as it is now. Its badges must be signed."""
    chosen = _chosen(transaction, record)
    if not chosen.awards:
        raise Conflict(f'"{record.title}" holds no award that stands. Choose at least one first.')
    key = issuing.random_part()
    entry = statuses.take_entry(transaction)
    status = StatusFacts(urls.status_list(entry.list_number), entry.position)
    document = clr_credential(
        _facts(transaction, chosen, urls.credential(key), status, institution, urls, at)
    )
    row = IssuedRecord(
        learner_id=record.learner_id,
        id=key,
        record_id=record.id,
        revision=record.revision,
        share_id=share_id,
        status_list=entry.list_number,
        status_index=entry.position,
        view=_view(transaction, chosen),
        unsigned=issuing.written(document),
        created=at,
    )
    transaction.add(row)
    transaction.flush()
    return envelope_of(row)


def store(transaction: Session, envelope: Envelope, signed: str) -> str:
    """Keep the signed bytes unless there are some already; return those that are kept."""
    mine = col(IssuedRecord.learner_id) == envelope.learner_id, col(IssuedRecord.id) == envelope.id
    transaction.exec(
        update(IssuedRecord).where(*mine, col(IssuedRecord.signed).is_(None)).values(signed=signed)
    )
    return transaction.exec(select(IssuedRecord.signed).where(*mine)).first() or signed


def envelope_of(row: IssuedRecord) -> Envelope:
    """Return a row as facts."""
    return Envelope(
        row.id, row.learner_id, row.record_id, json.loads(row.unsigned), row.created, row.signed, row.view
    )


def with_bytes(envelope: Envelope, signed: str) -> Envelope:
    """Return the document with its signed bytes."""
    return replace(envelope, signed=signed)


def has_awards(snapshot: Session, record: Record) -> bool:
    """Whether the record holds an award that stands, so that there can be a document."""
    return bool(_chosen(snapshot, record).awards)


def view_of(snapshot: Session, record: Record) -> dict[str, object]:
    """Return how a document issued now would be arranged."""
    return _view(snapshot, _chosen(snapshot, record))


def public_row(snapshot: Session, slug: str) -> Record | None:
    """Return the row of a public record; only for the registrar."""
    return snapshot.exec(
        select(Record).where(col(Record.slug) == slug, col(Record.visibility) == composing.PUBLIC)
    ).first()


def satisfied(clause: Mapping[str, Any]) -> Iterator[tuple[AchievementId, frozenset[str]]]:
    """Yield each achievement a stored explanation counted, with the awards that met it.

    What a counted stack stood on is told by its own explanation, so its part is not entered.
    """
    if not clause["counted"] or _waived(clause):
        return
    if clause["achievement_id"] is not None:
        if clause["satisfied_by"]:
            yield AchievementId(clause["achievement_id"]), frozenset(clause["satisfied_by"])
        return
    for part in clause["parts"]:
        yield from satisfied(part)


def excepted(clause: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield each clause of a stored explanation that counted by an exception, a waiver or a substitution."""
    if not clause["counted"]:
        return
    if clause.get("allowance"):
        yield clause
    elif clause["achievement_id"] is None:
        for part in clause["parts"]:
            yield from excepted(part)


def _waived(clause: Mapping[str, Any]) -> bool:
    return bool(clause.get("allowance")) and not clause["satisfied_by"]


def explanations(snapshot: Session, awards: Iterable[Award]) -> dict[AwardId, Mapping[str, Any]]:
    """Return the stored explanation of each award that has one."""
    rows = snapshot.exec(
        select(Explanation).where(col(Explanation.award_id).in_([award.id for award in awards]))
    )
    return {row.award_id: row.body for row in rows}


def _badges(snapshot: Session, record: Record) -> list[ToSign]:
    awards = [award.id for award in _chosen(snapshot, record).awards]
    return issuing.credentials(snapshot, record.learner_id, awards)


def _chosen(snapshot: Session, record: Record) -> _Chosen:
    """Return what a new document may hold: an award that was revoked since is not issued anew."""
    live = composing.live_awards(snapshot, record.learner_id)
    wanted = composing.facts(record).awards
    awards = tuple(live[award] for award in wanted if award in live)
    ticked = set(record.parents)
    parents = tuple(
        award for award in live.values() if award.achievement_id in ticked and award.stack_version
    )
    return _Chosen(record, awards, parents, everything=len(awards) == len(live))


def _facts(
    snapshot: Session,
    chosen: _Chosen,
    address: str,
    status: StatusFacts,
    institution: IssuerFacts,
    urls: Urls,
    at: datetime,
) -> RecordFacts:
    learner = snapshot.get_one(Learner, chosen.record.learner_id)
    badges = tuple(_signed(badge) for badge in _badges(snapshot, chosen.record))
    carried = {award.achievement_id for award in chosen.awards}
    besides = [key for key in dict.fromkeys(chosen.record.parents) if key not in carried]
    known = catalog.achievements_by_id(snapshot, (award.achievement_id for award in chosen.parents))
    return RecordFacts(
        id=address,
        issuer=institution,
        subject=learner.subject,
        name=chosen.record.title,
        description=chosen.record.narrative or None,
        valid_from=at,
        learner_name=learner.name if chosen.record.show_name else None,
        badges=badges,
        achievements=tuple(
            achievement_facts(known[AchievementId(key)], urls) for key in besides if key in known
        ),
        associations=tuple(
            AssociationFacts("isPartOf", urls.achievement(part), urls.achievement(whole))
            for part, whole in _edges(snapshot, chosen)
        ),
        partial=not chosen.everything,
        status=status,
    )


def _signed(badge: ToSign) -> Mapping[str, Any]:
    if badge.signed is None:
        raise Conflict("A badge of this record was awarded this moment. Repeat the request.")
    document: Mapping[str, Any] = json.loads(badge.signed)
    return document


def _edges(snapshot: Session, chosen: _Chosen) -> list[tuple[AchievementId, AchievementId]]:
    """Return the edges that were satisfied between chosen awards and ticked parents: the path really taken."""
    shown = {award.id for award in (*chosen.awards, *chosen.parents)}
    told = explanations(snapshot, chosen.parents)
    found = (
        (part, award.achievement_id)
        for award in chosen.parents
        if award.id in told
        for part, used in satisfied(told[award.id]["requirement"])
        if used & shown and _names(part, used & shown, chosen)
    )
    return list(dict.fromkeys(found))


def _names(part: AchievementId, used: frozenset[str], chosen: _Chosen) -> bool:
    """Whether one of the awards used is of the achievement itself (an equivalent one makes no edge)."""
    return any(
        award.id in used and award.achievement_id == part for award in (*chosen.awards, *chosen.parents)
    )


def _view(snapshot: Session, chosen: _Chosen) -> dict[str, object]:
    learner = snapshot.get_one(Learner, chosen.record.learner_id)
    kept = {award.id for award in chosen.awards}
    return {
        "title": chosen.record.title,
        "narrative": chosen.record.narrative,
        "learner_name": learner.name if chosen.record.show_name else None,
        "parents": [award.id for award in chosen.parents],
        "sections": [_section_view(section, kept) for section in composing.facts(chosen.record).sections],
    }


def _section_view(section: composing.Section, kept: set[AwardId]) -> dict[str, object]:
    items: Sequence[composing.Item] = [item for item in section.items if item.award_id in kept]
    return {
        "title": section.title,
        "narrative": section.narrative,
        "items": [{"award_id": item.award_id, "reflection": item.reflection} for item in items],
    }
