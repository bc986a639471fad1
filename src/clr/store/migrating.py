"""Bringing a database to the shape this version of the service needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, MetaData, create_engine, pool

from clr.store.tables import Catalogue

METADATA: MetaData = Catalogue.metadata
"""Every table of the service; importing one table module has registered them all."""


def upgrade(url: str) -> None:
    """Bring the database at ``url`` to the newest shape; safe with several starters at once."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(configuration(url), "head")


def downgrade(url: str, revision: str = "base") -> None:
    """Take the database at ``url`` back to ``revision``."""
    command.downgrade(configuration(url), revision)


def configuration(url: str) -> Config:
    """Return Alembic's configuration for the migrations shipped in this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def engine_of(config: Config) -> Engine:
    """Return an engine without a pool for the database of ``config``."""
    url = config.get_main_option("sqlalchemy.url")
    if url is None:
        raise ValueError("the migration was started without a database URL")
    return create_engine(url, poolclass=pool.NullPool)
