"""Before anything is shown: what a reader will see, every achievement the document names, and what to consider."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from clr.ids import AchievementId, RecordId
from clr.registrar import catalog, composing, enveloping, holdings, showing
from clr.registrar.composing import RecordFacts
from clr.registrar.policy import Caller
from clr.registrar.showing import ShownRecord


@dataclass(frozen=True, slots=True)
class Named:
    """An achievement that the document names: because it was chosen, or as a ticked parent."""

    achievement_id: AchievementId
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a reader will see, and what the learner should know before showing it."""

    shown: ShownRecord
    names: tuple[Named, ...]
    warnings: tuple[str, ...]


def preview(snapshot: Session, caller: Caller, record_id: RecordId, *, at: datetime) -> Preview:
    """Return what a document issued now would show; nothing is issued."""
    row = composing.own_row(snapshot, caller, record_id)
    shown = showing.shown_record(snapshot, row.learner_id, enveloping.view_of(snapshot, row), at=at)
    items = [item for section in shown.sections for item in section.items]
    known = catalog.achievements_by_id(snapshot, [AchievementId(parent) for parent in row.parents])
    names = {item.achievement_id: Named(item.achievement_id, item.name, chosen=True) for item in items}
    for found in known.values():
        names.setdefault(found.id, Named(found.id, found.name, chosen=False))
    warnings = (*_warnings(composing.facts(row), shown), *_stale(snapshot, composing.facts(row), at))
    return Preview(shown, tuple(names.values()), warnings)


def _warnings(record: RecordFacts, shown: ShownRecord) -> Iterator[str]:
    items = [item for section in shown.sections for item in section.items]
    if not items:
        yield "There is nothing in this record yet, so there is nothing to show."
    if record.show_name:
        yield f"Your name is in the document: {shown.learner_name}."
    if record.visibility == composing.PUBLIC:
        yield "This record is public: everyone who has its address can read it."
    files = sum(item.evidence_id is not None for award in items for item in award.evidence)
    if files:
        yield f"A reader can open {files} evidence file{'' if files == 1 else 's'}."
    if any(award.results for award in items):
        yield "Results of your assessments are shown."


def _stale(snapshot: Session, record: RecordFacts, at: datetime) -> Iterator[str]:
    """Tell which chosen awards are left out, since they do not stand any more."""
    for award_id in record.awards:
        row = holdings.award_row(snapshot, award_id)
        state, _ = holdings.state_of(row, at)
        name = catalog.achievement(snapshot, row.achievement_id).name
        if state in ("revoked", "suspended"):
            yield f"{name} was {state} and is left out."
        elif state == "expired":
            yield f"{name} has expired; a reader is told so."
