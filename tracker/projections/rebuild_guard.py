"""A way to the database that can compute standings anew and cannot write to the log; the database enforces it.

SQLite asks an authorizer when it compiles a statement. PostgreSQL changes to a role that may do no more, where there
is one (docs/operations.md); else the log's tables are hidden behind views of the session that refuse every change.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import sqlalchemy as sa

from tracker.database import Database, open_database

ROLE = "tracker_rebuild"
LOG_TABLES = ("events", "tree_nodes", "texts", "idempotency_keys", "signed_heads")
"""What a rebuild must never touch, named for the session's views; SQLite and the role allow by name instead."""

_MAY_WRITE = (
    *("plan_states", "plan_current", "plan_checkpoints", "plan_generations"),
    *("plan_fragments", "plan_bundles"),
)
_MAY_ALWAYS = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_TRANSACTION,
    }
)
_WRITES = frozenset({sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE})


def open_guarded(database: Database) -> Database:
    """Return a second way to the same database, for computing standings anew; close it afterwards."""
    guarded = open_database(database.engine.url.render_as_string(hide_password=False), pool_size=1)
    sa.event.listen(guarded.engine, "connect", _guard_sqlite if guarded.is_sqlite else _guard_postgresql)
    return guarded


def _guard_sqlite(connection: Any, _record: object) -> None:
    connection.set_authorizer(_authorize)


def _authorize(action: int, table: str | None, column: str | None, *_where: object) -> int:
    may = (
        action in _MAY_ALWAYS
        or (action in _WRITES and table in _MAY_WRITE)
        or (action, table, column) == (sqlite3.SQLITE_UPDATE, "workplan_heads", "generation")
    )
    return sqlite3.SQLITE_OK if may else sqlite3.SQLITE_DENY


def _guard_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        if cursor.execute(_IS_ROLE_READY, {"role": ROLE}).fetchone() is not None:
            cursor.execute(f'SET ROLE "{ROLE}"')
        else:
            for table in LOG_TABLES:
                cursor.execute(_HIDE.format(table=table))
    connection.commit()


# A role belongs to the whole server; what counts is whether it was given its rights in this database, all of them.
_IS_ROLE_READY = " AND ".join(
    (
        "SELECT 1 FROM pg_roles WHERE rolname = %(role)s AND pg_has_role(current_user, oid, 'MEMBER')",
        "has_table_privilege(oid, 'texts', 'SELECT')",
        *(f"has_table_privilege(oid, '{table}', 'INSERT')" for table in _MAY_WRITE),
    )
)
# PostgreSQL looks for a name among the session's own relations first, so every statement that says `events` meets the
# view. The view is inlined into queries, indexes and all; INSTEAD OF makes each change raise.
_HIDE = (
    "CREATE TEMPORARY VIEW {table} AS SELECT * FROM {table};"
    "CREATE TRIGGER refused INSTEAD OF INSERT OR UPDATE OR DELETE ON pg_temp.{table}"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
)
