"""What every table shares: names of constraints, aware UTC instants, and columns for ids."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no zone, so it is put back on the way out; naive times are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  the dialect is part of SQLAlchemy's signature
        """Bring the moment to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be kept")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  the dialect is part of SQLAlchemy's signature
        """Return the moment with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def key(**more: Any) -> Any:
    """Return a primary-key column for one of our ids."""
    return Field(primary_key=True, sa_type=String, **more)


def text(**more: Any) -> Any:
    """Return a column for one of our ids, or for any other string type of ours."""
    return Field(sa_type=String, **more)


def instant(**more: Any) -> Any:
    """Return a column for a moment in UTC."""
    return Field(sa_type=Instant, **more)


def json(**more: Any) -> Any:
    """Return a column for a small JSON value."""
    return Field(sa_type=JSON, **more)
