"""Runs migrations on the database whose URL ``tracker.database.migrate`` gives."""

from __future__ import annotations

from alembic import context

from tracker.database import metadata, open_database

config = context.config
database = open_database(config.attributes["url"], pool_size=1)
try:
    with database.write() as tx:
        if not tx.is_sqlite:
            tx.run("SET LOCAL lock_timeout = 0")  # another process may be migrating for long: wait for it
            tx.run("SELECT pg_advisory_xact_lock(7211406)")
        context.configure(
            connection=tx.core, target_metadata=metadata, render_as_batch=True, transactional_ddl=True
        )
        with context.begin_transaction():
            context.run_migrations()
finally:
    database.close()
