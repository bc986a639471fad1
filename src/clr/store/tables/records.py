"""What a learner composes and shows: records, their issued documents, and share links."""

from datetime import date, datetime

from sqlalchemy import ForeignKeyConstraint, Text
from sqlmodel import Field, SQLModel

from clr.ids import LearnerId, RecordId, ShareId
from clr.store.tables.base import instant, json, key, text


class Record(SQLModel, table=True):
    """Chosen awards in a chosen order. Private until its learner says otherwise."""

    __tablename__ = "record"

    learner_id: LearnerId = key(foreign_key="learner.id")
    id: RecordId = key(index=True)
    title: str
    narrative: str = ""
    sections: list[dict[str, object]] = json()
    show_name: bool = True
    parents: list[str] = json(description="earned stacks whose satisfied edges are shown")
    visibility: str = "private"
    slug: str = Field(unique=True, description="random; the address of the public page")
    revision: int = 1
    created_at: datetime = instant()
    updated_at: datetime = instant()


class IssuedRecord(SQLModel, table=True):
    """A ClrCredential prepared once per revision of a record, or per share; then signed, then kept."""

    __tablename__ = "issued_record"
    __table_args__ = (ForeignKeyConstraint(["learner_id", "record_id"], ["record.learner_id", "record.id"]),)

    learner_id: LearnerId = key()
    id: str = Field(primary_key=True, description="130 random bits; part of the document's id")
    record_id: RecordId = text(index=True)
    revision: int
    share_id: str = Field(default="", index=True, description="empty for the learner's own copy")
    status_list: int
    status_index: int
    view: dict[str, object] = json(description="sections and reflections as they were, for the page")
    unsigned: str = Field(sa_type=Text)
    created: datetime = instant()
    signed: str | None = Field(default=None, sa_type=Text)


class Share(SQLModel, table=True):
    """A link to one issued document for one audience. The token itself is never kept."""

    __tablename__ = "share"
    __table_args__ = (ForeignKeyConstraint(["learner_id", "record_id"], ["record.learner_id", "record.id"]),)

    learner_id: LearnerId = key()
    id: ShareId = key(index=True)
    record_id: RecordId = text(index=True)
    token_hash: str = Field(unique=True, description="SHA-256 of the token")
    label: str
    expires_at: datetime | None = instant(default=None)
    closed_at: datetime | None = instant(default=None)
    created_at: datetime = instant()


class Visit(SQLModel, table=True):
    """How often a share was opened on one day; never by whom."""

    __tablename__ = "visit"

    share_id: ShareId = key()
    day: date = Field(primary_key=True)
    count: int
