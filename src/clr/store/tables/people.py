"""Who someone is: people who sign in, what they may do, and learners."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from clr.ids import LearnerId, PathwayId, PersonId
from clr.store.tables.base import instant, json, key, text


class Person(SQLModel, table=True):
    """Somebody who signs in."""

    __tablename__ = "person"

    id: PersonId = key()
    name: str
    email: str | None = Field(default=None, unique=True)
    created_at: datetime = instant()


class Membership(SQLModel, table=True):
    """A role a person holds: for one issuer, or for the whole institution when ``issuer_id`` is empty."""

    __tablename__ = "membership"

    person_id: PersonId = key(foreign_key="person.id")
    role: str = Field(primary_key=True)
    issuer_id: str = Field(default="", primary_key=True)


class Learner(SQLModel, table=True):
    """The subject of awards. May exist before the person ever signs in.

    ``sequence`` counts the learner's events and is only moved while this row is locked.
    """

    __tablename__ = "learner"

    id: LearnerId = key()
    person_id: PersonId | None = text(default=None, foreign_key="person.id", unique=True)
    name: str
    email: str | None = Field(default=None, unique=True)
    external_id: str | None = Field(default=None, unique=True)
    subject: str = Field(unique=True, description="random URN; the subject of every credential")
    sequence: int = 0
    next_transition_at: datetime | None = instant(default=None, index=True)
    created_at: datetime = instant()


class Event(SQLModel, table=True):
    """What happened to a learner, in order: the outbox of the live streams."""

    __tablename__ = "event"

    learner_id: LearnerId = key(foreign_key="learner.id")
    sequence: int = Field(primary_key=True)
    kind: str = Field(description="award, progress, milestone, record, allowance or enrolment")
    data: dict[str, object] = json()
    recorded_at: datetime = instant()


class Enrolment(SQLModel, table=True):
    """An interval in which a learner follows one version of a pathway."""

    __tablename__ = "enrolment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["pathway_id", "version"], ["pathway_version.pathway_id", "pathway_version.version"]
        ),
    )

    learner_id: LearnerId = key(foreign_key="learner.id")
    pathway_id: PathwayId = key()
    enrolled_at: datetime = instant(primary_key=True)
    version: int
    left_at: datetime | None = instant(default=None)
    reason: str | None = None
