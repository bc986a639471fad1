"""Groups of learners whom staff follow together, and who belonged to one when."""

from datetime import datetime

from sqlmodel import SQLModel

from clr.ids import CohortId, IssuerId, LearnerId, PersonId
from clr.store.tables.base import instant, key, text


class Cohort(SQLModel, table=True):
    """A group of learners that staff of one issuer keep."""

    __tablename__ = "cohort"

    id: CohortId = key()
    issuer_id: IssuerId = text(foreign_key="issuer.id", index=True)
    name: str
    created_by: PersonId = text(foreign_key="person.id")
    created_at: datetime = instant()


class CohortMember(SQLModel, table=True):
    """An interval in which a learner belongs to a cohort; it is ended and never deleted."""

    __tablename__ = "cohort_member"

    cohort_id: CohortId = key(foreign_key="cohort.id")
    learner_id: LearnerId = key(foreign_key="learner.id", index=True)
    joined_at: datetime = instant(primary_key=True)
    left_at: datetime | None = instant(default=None)
    added_by: PersonId = text(foreign_key="person.id")
    ended_by: PersonId | None = text(default=None, foreign_key="person.id")
