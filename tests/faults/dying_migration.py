"""Migrates a database again and again, dying one statement later each time, until a run ends by itself.

Usage: python -m tests.faults.dying_migration URL [--careless]
Prints one JSON object: how often it died, and what was left lying about after each death (nothing, one hopes).
``--careless`` is the control: a driver that commits before each statement, as many do around DDL.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from typing import Any

import sqlalchemy as sa

from tracker.database import migrate, open_database

DIED = 9


def attempt(url: str, steps: int, *, is_careless: bool) -> bool:
    """Migrate in a process of its own that dies before its ``steps``-th statement or commit; return whether it died."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == DIED
    left = steps

    def step(*_args: Any) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os._exit(DIED)

    def before(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        step()
        if is_careless and statement.lstrip().upper().startswith(("CREATE", "ALTER", "DROP")):
            raw = connection.connection.dbapi_connection
            raw.commit()
            if connection.dialect.name == "sqlite":
                raw.execute("BEGIN IMMEDIATE")

    sa.event.listen(sa.Engine, "before_cursor_execute", before)
    sa.event.listen(sa.Engine, "commit", step)
    migrate(url)
    os._exit(0)


def tables(url: str) -> list[str]:
    with contextlib.closing(open_database(url, pool_size=1)) as database, database.read() as tx:
        return sorted(sa.inspect(tx.core).get_table_names())


def settled(url: str) -> list[str]:
    """Return the tables there are once the server has noticed that its client is gone."""
    for _ in range(100):
        with contextlib.closing(open_database(url, pool_size=1)) as database, database.read() as tx:
            others = not tx.is_sqlite and tx.one(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        if not others:
            return tables(url)
        time.sleep(0.02)
    raise TimeoutError("the server keeps the connection of a dead client")


def main(url: str, *flags: str) -> None:
    migrate("sqlite://")  # in memory, to import once what each child would import again
    deaths, left_over = 0, dict[int, list[str]]()
    while attempt(url, deaths + 1, is_careless="--careless" in flags):
        deaths += 1
        if found := settled(url):
            left_over[deaths] = found
        if left_over and flags:
            break
    print(json.dumps({"deaths": deaths, "left_over": left_over, "tables": tables(url)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
