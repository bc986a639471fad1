"""What the service itself keeps: requests already answered, work that waits, public keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from clr.store.tables.base import instant, json


class AnsweredRequest(SQLModel, table=True):
    """A request that came with an Idempotency-Key: ids only, the answer is rebuilt from them."""

    __tablename__ = "answered_request"

    caller: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str = Field(description="SHA-256 of method, path and body")
    status: int
    answer: dict[str, object] = json(description="ids from which the answer is rebuilt")
    created_at: datetime = instant()


class Job(SQLModel, table=True):
    """Work that waits, written in the transaction that made it necessary; what it does and how far it is."""

    __tablename__ = "job"

    id: str = Field(primary_key=True)
    kind: str = Field(index=True)
    subject: dict[str, object] = json(description="ids only")
    state: str = Field(default="waiting", index=True)
    done: int = 0
    total: int | None = None
    after: str = Field(default="", description="the last learner gone through")
    left: list[dict[str, Any]] = json(default=[], description="learners with whom it failed, by id, and why")
    error: str | None = None
    attempt: int = Field(default=0, description="how often it was handed to a worker anew")
    stumbles: int = Field(default=0, description="how often a worker gave it up without a word")
    asked_by: str | None = Field(default=None, description="the person who made it necessary")
    not_before: datetime | None = instant(default=None)
    created_at: datetime = instant()


class JobWorker(SQLModel, table=True):
    """A process that works jobs beside others; one that has not been seen for some seconds is dead."""

    __tablename__ = "job_worker"

    id: str = Field(primary_key=True)
    seen: float = Field(description="seconds since 1970 by the clock of the database")


class PublicKey(SQLModel, table=True):
    """The public half of a signing key, kept for ever; the private half is a file."""

    __tablename__ = "public_key"

    id: str = Field(primary_key=True)
    purpose: str = Field(description="credential or token")
    public: str = Field(sa_type=Text, description="multikey of an Ed25519 key, JWK of a P-256 key")
    created_at: datetime = instant()
