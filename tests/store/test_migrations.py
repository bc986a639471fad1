"""The database's shape: migrations make exactly what the tables say, and take it back."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from clr.store.migrating import METADATA, downgrade, upgrade
from clr.store.sessions import open_engine


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
