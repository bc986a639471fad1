"""What an operator may set, read once from the environment (``CLR_…``). Only the doors read it."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Origin = Annotated[str, Field(pattern=r"^https?://[^/?#\s*]+$")]
"""Scheme, host and port, as browsers write an origin; never a pattern."""


class Settings(BaseSettings):
    """Every setting; ``docs/settings.md`` repeats these descriptions and a test holds the two together."""

    model_config = SettingsConfigDict(env_prefix="CLR_", extra="ignore", frozen=True)

    data_dir: Path = Field(Path("data"), description="Folder for the SQLite file, keys and evidence files.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "http://localhost:8000",
        pattern=r"^https?://[^/?#\s]+$",
        description="Scheme and host under which the world sees this service; every issued URL begins with it.",
    )
    database_url: str | None = Field(
        None,
        pattern=r"^(postgresql(\+psycopg)?|sqlite)://",
        description="SQLAlchemy URL of a PostgreSQL database; SQLite in the data folder when absent.",
    )
    jobs: Literal["auto", "here", "elsewhere"] = Field(
        "auto",
        description="Who does the work that waits: `here` the serving process, `elsewhere` `clr worker`; "
        "`auto` is here on SQLite and for the demonstration, elsewhere on PostgreSQL.",
    )
    cors_origins: tuple[Origin, ...] = Field(
        (), description="Origins of dashboard frontends that may call the API from a browser (JSON list)."
    )
    token_minutes: int = Field(
        720, ge=1, le=525_600, description="How long an access token is valid, in minutes."
    )
    evidence_max_bytes: int = Field(
        10_485_760, ge=1, description="Largest evidence file that is accepted, in bytes."
    )
    contexts_dir: Path | None = Field(
        None, description="Folder of JSON-LD contexts to use instead of those of openbadgeslib."
    )
    institution_name: str = Field("Your institution", description="Name on every page and in every record.")
    brand_colour: str = Field(
        "#00693e", pattern=r"^#[0-9a-fA-F]{6}$", description="First colour of the pages' theme."
    )
    accent_colour: str = Field(
        "#3a3f9a", pattern=r"^#[0-9a-fA-F]{6}$", description="Second colour of the pages' theme."
    )

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        if self.database_url:
            return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        return f"sqlite:///{self.data_dir / 'clr.db'}"

    def works_jobs(self, *, demo: bool) -> bool:
        """Whether a serving process does the work that waits."""
        if self.jobs == "auto":
            return demo or self.database.startswith("sqlite")
        return self.jobs == "here"
