"""That a learner earned an achievement: awards, why they were given, evidence, and the credential of each.

Keys begin with ``learner_id``, so a distributed PostgreSQL can keep a learner in one place.
"""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from clr.ids import AchievementId, AllowanceId, AwardId, EvidenceId, LearnerId, PersonId
from clr.store.tables.base import instant, json, key, text


class Award(SQLModel, table=True):
    """The fact that a learner earned an achievement.

    Three dates: ``earned_on`` (the standard's awardedDate), ``issued_at`` (validFrom) and
    ``recorded_at`` (when this service learned it; set once).
    """

    __tablename__ = "award"
    __table_args__ = (UniqueConstraint("learner_id", "achievement_id", "stack_version", "again"),)

    learner_id: LearnerId = key(foreign_key="learner.id")
    id: AwardId = key(index=True)
    achievement_id: AchievementId = text(foreign_key="achievement.id", index=True)
    achievement_revision: int
    stack_version: int = Field(
        default=0, description="version of the stack it was earned under; 0 for a badge"
    )
    again: int = Field(default=1, description="the n-th award of this achievement to this learner")
    origin: str = Field(description="granted, derived, waived, recorded or foreign")
    earned_on: datetime = instant()
    issued_at: datetime = instant()
    recorded_at: datetime = instant()
    valid_until: datetime | None = instant(default=None)
    revoked_at: datetime | None = instant(default=None)
    revoked_because: str | None = None
    suspended_at: datetime | None = instant(default=None)
    suspended_because: str | None = None
    support_lost_at: datetime | None = instant(default=None)
    upheld_at: datetime | None = instant(default=None)
    upheld_because: str | None = Field(
        default=None, description="why staff let a milestone stand whose support was revoked"
    )
    results: list[dict[str, object]] = json()
    narrative: str | None = None
    credits_earned: float | None = None
    assessor: str | None = Field(default=None, description="who assessed the work, as a name")
    awarded_by: PersonId | None = text(default=None, foreign_key="person.id")
    causes: list[str] = json(description="awards a milestone was derived from")


class Allowance(SQLModel, table=True):
    """A clause waived for one learner, or met by another achievement: who answers for it, and why."""

    __tablename__ = "allowance"

    learner_id: LearnerId = key(foreign_key="learner.id")
    id: AllowanceId = key(index=True)
    kind: str = Field(description="waiver or substitution")
    achievement_id: AchievementId = text(foreign_key="achievement.id")
    clause_id: str
    instead_id: AchievementId | None = text(default=None, foreign_key="achievement.id")
    reason: str
    given_by: PersonId = text(foreign_key="person.id")
    given_on: datetime = instant()
    until: datetime | None = instant(default=None)
    withdrawn_at: datetime | None = instant(default=None)
    withdrawn_by: PersonId | None = text(default=None, foreign_key="person.id")
    withdrawn_because: str | None = None


class Explanation(SQLModel, table=True):
    """Why a milestone was given: pathway version, clauses, awards used, alternatives. Never changed."""

    __tablename__ = "explanation"
    __table_args__ = (ForeignKeyConstraint(["learner_id", "award_id"], ["award.learner_id", "award.id"]),)

    learner_id: LearnerId = key()
    award_id: AwardId = key()
    body: dict[str, object] = json()


class Evidence(SQLModel, table=True):
    """A file that shows the work. Private: opened by its learner, by assessors, and through a share."""

    __tablename__ = "evidence"

    id: EvidenceId = key()
    file: str = Field(description="key in the file store")
    name: str
    media_type: str
    size: int = Field(description="bytes")
    digest: str = Field(description="SHA-256 as multibase multihash")
    uploaded_by: PersonId = text(foreign_key="person.id")
    created_at: datetime = instant()


class AwardEvidence(SQLModel, table=True):
    """One piece of evidence of an award: an uploaded file or an outside address, with its story."""

    __tablename__ = "award_evidence"
    __table_args__ = (ForeignKeyConstraint(["learner_id", "award_id"], ["award.learner_id", "award.id"]),)

    learner_id: LearnerId = key()
    award_id: AwardId = key()
    position: int = Field(primary_key=True)
    evidence_id: EvidenceId | None = text(default=None, foreign_key="evidence.id", index=True)
    url: str | None = None
    name: str
    narrative: str | None = None
    genre: str | None = None


class Credential(SQLModel, table=True):
    """The signed document of one award: what to sign is kept with the award, the bytes once signed.

    The first stored bytes win; they are never signed again.
    """

    __tablename__ = "credential"
    __table_args__ = (ForeignKeyConstraint(["learner_id", "award_id"], ["award.learner_id", "award.id"]),)

    learner_id: LearnerId = key()
    award_id: AwardId = key()
    public_id: str = Field(unique=True, description="130 random bits; the credential's address")
    status_list: int
    status_index: int
    unsigned: str = Field(sa_type=Text)
    created: datetime = instant()
    signed: str | None = Field(default=None, sa_type=Text)


class StatusEntry(SQLModel, table=True):
    """One bit of a status list. Knows neither learner nor award, so it outlives both."""

    __tablename__ = "status_entry"

    list_number: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    revoked_at: datetime | None = instant(default=None)
