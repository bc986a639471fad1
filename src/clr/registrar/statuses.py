"""Status lists: one bit for every document that may be revoked, given out at random so that none tells when."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from clr.errors import NotFound
from clr.records.status import LENGTH
from clr.store.tables import PublicKey, StatusEntry

FULLEST = LENGTH // 2
"""Entries after which a new list is begun: fuller, and a free place would be hard to find."""


def take_entry(transaction: Session) -> StatusEntry:
    """Return a fresh entry at a random free place of the newest list."""
    newest = transaction.scalar(select(func.max(StatusEntry.list_number))) or 1
    taken = transaction.scalar(
        select(func.count()).select_from(StatusEntry).where(col(StatusEntry.list_number) == newest)
    )
    number = newest + 1 if (taken or 0) >= FULLEST else newest
    while not (entry := _taken(transaction, number, secrets.randbelow(LENGTH))):
        pass
    return entry


def _taken(transaction: Session, number: int, position: int) -> StatusEntry | None:
    """Take a place unless somebody has it, be it in a transaction that is not over yet."""
    insert = (postgresql.insert if transaction.get_bind().dialect.name == "postgresql" else sqlite.insert)(
        StatusEntry
    )
    wanted = insert.values(list_number=number, position=position).on_conflict_do_nothing()
    if transaction.exec(wanted.returning(col(StatusEntry.position))).first() is None:
        return None
    return transaction.get_one(StatusEntry, (number, position))


def revoke_entry(transaction: Session, number: int, position: int, *, at: datetime) -> None:
    """Set the bit of a document; once set it stays."""
    entry = transaction.get_one(StatusEntry, (number, position))
    entry.revoked_at = entry.revoked_at or at
    transaction.add(entry)


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: which places are set, in order, and since when it is as it is."""

    revoked: tuple[int, ...]
    changed_at: datetime


def listing(snapshot: Session, number: int) -> Listing:
    """Return the state of a list. Before its first change it is as old as the first key that could sign it."""
    newest = snapshot.scalar(select(func.max(StatusEntry.list_number))) or 1
    if not 1 <= number <= newest:
        raise NotFound("There is no such status list.")
    rows = snapshot.exec(
        select(StatusEntry.position, StatusEntry.revoked_at)
        .where(col(StatusEntry.list_number) == number, col(StatusEntry.revoked_at).is_not(None))
        .order_by(col(StatusEntry.position))
    ).all()
    changes = [at for _, at in rows if at is not None]
    first_key = snapshot.exec(select(PublicKey.created_at).order_by(col(PublicKey.created_at))).first()
    moments = changes or ([first_key] if first_key else [])
    if not moments:
        raise NotFound("There is no such status list.")
    return Listing(tuple(position for position, _ in rows), max(moments))
