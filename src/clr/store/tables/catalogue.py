"""What can be earned and how it adds up: issuers, achievements, stacks and pathways."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from clr.ids import AchievementId, IssuerId, PathwayId, PersonId
from clr.store.tables.base import instant, json, key, text


class Catalogue(SQLModel, table=True):
    """One row: the version of the published graph, read in every snapshot that evaluates a learner."""

    __tablename__ = "catalogue"

    id: int = Field(default=1, primary_key=True)
    version: int = 0


class Issuer(SQLModel, table=True):
    """A unit of the institution that awards under its own name (OB 3.0 Profile)."""

    __tablename__ = "issuer"

    id: IssuerId = key()
    slug: str = Field(unique=True)
    name: str
    description: str | None = None
    url: str
    email: str | None = None
    colour: str = Field(description="#rrggbb; its hue colours the badges")
    revision: int = 1
    created_at: datetime = instant()


class Achievement(SQLModel, table=True):
    """Something that can be earned (OB 3.0 Achievement); a *stack* when it has a requirement."""

    __tablename__ = "achievement"

    id: AchievementId = key()
    issuer_id: IssuerId = text(foreign_key="issuer.id", index=True)
    kind: str = Field(description="badge, micro-credential, credential or external")
    achievement_type: str = Field(description="the standard's achievementType")
    name: str
    description: str
    criteria: str = Field(description="criteria narrative, Markdown")
    image: str | None = Field(default=None, description="file key; the drawn badge when absent")
    glyph: str = ""
    tags: list[str] = json()
    alignments: list[dict[str, object]] = json()
    result_descriptions: list[dict[str, object]] = json()
    credits_available: float | None = None
    edition: str | None = Field(default=None, description="the standard's version, as people name it")
    repeatable: bool = False
    retired_at: datetime | None = instant(default=None)
    revision: int = 1
    created_at: datetime = instant()


class StackVersion(SQLModel, table=True):
    """One immutable version of what a stack requires; ``requirement`` is the stored JSON of the engine."""

    __tablename__ = "stack_version"

    achievement_id: AchievementId = key(foreign_key="achievement.id")
    version: int = Field(primary_key=True)
    requirement: str = Field(sa_type=Text)
    policy: str = Field(description="auto, assessed or manual")
    on_lost: str = Field(
        default="suspend", description="suspend, keep or revoke: its milestones once their support is revoked"
    )
    published_at: datetime = instant()


class Pathway(SQLModel, table=True):
    """A view of the graph toward one goal: a draft several people edit, and its published versions."""

    __tablename__ = "pathway"

    id: PathwayId = key()
    issuer_id: IssuerId = text(foreign_key="issuer.id", index=True)
    draft: dict[str, object] = json()
    draft_revision: int = 1
    current_version: int | None = None
    archived_at: datetime | None = instant(default=None)
    created_at: datetime = instant()


class PathwayVersion(SQLModel, table=True):
    """A published version: never changed again. ``stacks`` freezes stack -> version."""

    __tablename__ = "pathway_version"

    pathway_id: PathwayId = key(foreign_key="pathway.id")
    version: int = Field(primary_key=True)
    name: str
    description: str
    goal_id: AchievementId = text(foreign_key="achievement.id")
    stacks: dict[str, int] = json()
    published_at: datetime = instant()
    published_by: PersonId = text(foreign_key="person.id")
