"""How Alembic reaches the database: one starter migrates, the others wait."""

from alembic import context
from sqlalchemy import text

from clr.store.migrating import METADATA, engine_of

ADVISORY_LOCK = 6_820_115

with engine_of(context.config).connect() as connection:
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": ADVISORY_LOCK})
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": ADVISORY_LOCK})
        connection.commit()
