"""Copies of a PostgreSQL database: pg_dump in its custom format, tried by restoring into a database of its own."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL, make_url

from tracker.backup.files import new_file
from tracker.database import Database, migrate, open_database
from tracker.errors import LogError, RuleError
from tracker.events.ledger import Ledger
from tracker.projections.removals import replay
from tracker.projections.soundness import Sound, check_logs

MAGIC = b"PGDMP"

Say = Callable[[str, int, int], None]


def back_up(database: Database, target: Path, say: Say) -> list[Sound]:
    dump, load = _program("pg_dump"), _program("pg_restore")
    with _scratch(database.engine.url) as scratch, new_file(target) as made:
        say("copying", 0, 0)
        _run([dump, "--format=custom", f"--file={made}"], database.engine.url)
        say("restoring the copy to try it", 0, 0)
        _load(load, made, scratch)
        return _checked(scratch, say)


def restore(url: str, source: Path, ledger: Ledger, say: Say) -> tuple[list[Sound], int]:
    load, target = _program("pg_restore"), make_url(url)
    with contextlib.closing(open_database(url, pool_size=1)) as database, database.read() as tx:
        found = tx.one(_RELATIONS)
    if found:
        raise RuleError(
            "the database {name} is not empty: it holds {found}",
            name=target.database,
            found=found[0],
            field="TRACKER_DATABASE_URL",
            value=target.database,
            way_out="Restore never writes over anything. Create an empty database and name that.",
        )
    say("restoring", 0, 0)
    _load(load, source, target)
    try:
        logs = _checked(target, say, brings_up_to_date=True)
        with contextlib.closing(open_database(url, pool_size=1)) as database, database.write() as tx:
            return logs, replay(tx, ledger)
    except BaseException:
        _empty(target)  # nobody shall serve what was not found whole
        raise


def missing_program() -> str | None:
    """Return the first of the programs needed that is not there."""
    return next((name for name in ("pg_dump", "pg_restore") if shutil.which(name) is None), None)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise RuleError(
            "{name} is not on the PATH",
            name=name,
            field="PATH",
            value=name,
            way_out="Install the client programs of PostgreSQL, of the server's version or newer (on Debian:"
            " postgresql-client), or back the server up as a whole: docs/operations.md.",
        )
    return found


def _load(program: str, source: Path, target: URL) -> None:
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    _run([program, *options, "--format=custom", str(source)], target)


def _run(command: list[str], url: URL) -> None:
    """Run a client program on a database. The password goes by the environment, where other users do not see it."""
    known = _told_to_driver(url)
    password = known.pop("password", None)
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    command = [*command[:1], "--no-password", f"--dbname={make_conninfo('', **known)}", *command[1:]]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()] or ["it said nothing"]
        raise RuleError(
            "{program} ended with {code}: {said}",
            program=Path(command[0]).name,
            code=done.returncode,
            said=" ".join(said[:3]),
            way_out="Nothing is kept. If it is older than the server, install the server's version of it.",
        )


def _told_to_driver(url: URL) -> dict[str, Any]:
    """Return what the driver is told for an address, several hosts included."""
    dialect: Any = make_url("postgresql+psycopg://").get_dialect()()
    return dict(dialect.create_connect_args(url)[1])


@contextlib.contextmanager
def _scratch(url: URL) -> Iterator[URL]:
    """Make a database beside ours for a moment."""
    name = f"tracker_check_{secrets.token_hex(4)}"
    with _connected(url) as connection:
        try:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise RuleError(
                "the role {role} may not make the database in which the copy would be tried",
                role=url.username,
                field="TRACKER_DATABASE_URL",
                value=url.username,
                way_out=f"As an administrator: ALTER ROLE {url.username} CREATEDB. Or back the server up as a whole:"
                " docs/operations.md.",
            ) from error
    try:
        yield url.set(database=name)
    finally:
        with _connected(url) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


def _connected(url: URL) -> psycopg.Connection:
    return psycopg.connect(make_conninfo("", **_told_to_driver(url)), autocommit=True)


def _checked(url: URL, say: Say, *, brings_up_to_date: bool = False) -> list[Sound]:
    """Return what a whole copy holds; one of an older release has other tables until it is brought up to date."""
    address = url.render_as_string(hide_password=False)
    with contextlib.closing(open_database(address, pool_size=1)) as copy:
        with copy.read() as tx:
            if tx.one("SELECT to_regclass('workplan_heads')") == (None,):
                raise LogError("this is a database of something else: it has no logs")
        if brings_up_to_date:
            migrate(address)
        with copy.read() as tx:
            return check_logs(tx, lambda done, total: say("checking entries", done, total))


def _empty(url: URL) -> None:
    with _connected(url) as connection:
        names = [row[0] for row in connection.execute(_TABLES)]
        if names:
            tables = sql.SQL(", ").join(map(sql.Identifier, names))
            connection.execute(sql.SQL("DROP TABLE {} CASCADE").format(tables))
        for name in FUNCTIONS:
            connection.execute(sql.SQL("DROP FUNCTION IF EXISTS {}()").format(sql.Identifier(name)))


FUNCTIONS = ("refuse_change", "forget_searched", "forget_fragments", "forget_bundles")
"""Of the triggers that the migrations make; they stay where tables are dropped."""
_RELATIONS = (
    "SELECT string_agg(relname, ', ') FROM (SELECT relname FROM pg_class JOIN pg_namespace ON relnamespace ="
    " pg_namespace.oid WHERE relkind IN ('r', 'p', 'v', 'm') AND nspname <> 'information_schema'"
    " AND NOT starts_with(nspname, 'pg_') ORDER BY relname LIMIT 5) AS found HAVING count(*) > 0"
)
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
