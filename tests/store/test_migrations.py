"""The database's shape: migrations make exactly what the tables say, and take it back."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlmodel import Session, select

from clr.store.migrating import METADATA, downgrade, upgrade
from clr.store.sessions import open_engine
from clr.store.tables import Learner

AT = "2026-11-24 09:00:00+00:00"


def test_migrations_make_what_the_tables_say(database: str):
    engine = open_engine(database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_a_migration_can_be_taken_back_and_made_again(database: str):
    downgrade(database)
    engine = open_engine(database)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()
    upgrade(database)
    engine = open_engine(database)
    with engine.connect() as connection:
        assert connection.execute(text("select version from catalogue")).scalar_one() == 0
    engine.dispose()


def test_whoever_held_something_that_ends_before_instants_were_noted_is_looked_at_once(database: str):
    downgrade(database, "0001")
    engine = open_engine(database)
    with engine.begin() as connection:
        _enter(
            connection,
            "issuer",
            id="iss_1",
            slug="i",
            name="I",
            url="https://i.example",
            colour="#123456",
            revision=1,
        )
        _enter(
            connection, "achievement", id="ach_1", issuer_id="iss_1", kind="badge", achievement_type="Badge",
            name="A", description="", criteria="", glyph="", tags="[]", alignments="[]", result_descriptions="[]",
            repeatable=False, revision=1,
        )  # fmt: skip
        for name, ends in (("lasting", None), ("ending", AT)):
            _enter(connection, "learner", id=name, name=name, subject=f"urn:{name}", sequence=0)
            _enter(
                connection, "award", learner_id=name, id=f"awd_{name}", achievement_id="ach_1", achievement_revision=1,
                stack_version=0, again=1, origin="granted", earned_on=AT, issued_at=AT, recorded_at=AT,
                valid_until=ends, results="[]", causes="[]",
            )  # fmt: skip
    engine.dispose()
    upgrade(database)
    engine = open_engine(database)
    with Session(engine) as session:
        noted = {row.id: row.next_transition_at for row in session.exec(select(Learner))}
    engine.dispose()
    assert noted["lasting"] is None
    assert noted["ending"].tzinfo is not None


def _enter(connection: Connection, table: str, **values: object) -> None:
    """Enter a row in the shape of an earlier version, whose tables have fewer columns."""
    if table != "award":
        values["created_at"] = AT
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"insert into {table} ({names}) values ({marks})"), values)  # noqa: S608  names are ours


def test_the_database_is_what_the_test_says(database: str, request):
    engine = open_engine(database)
    assert engine.dialect.name in request.node.name
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            assert int(connection.execute(text("show server_version_num")).scalar_one()) >= 150000
        else:
            pragmas = {name: connection.exec_driver_sql(f"pragma {name}").scalar_one() for name in _PRAGMAS}
            assert pragmas == _PRAGMAS
    engine.dispose()


_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
