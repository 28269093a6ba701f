"""Databases that are filled once for a whole run and then copied, so that a test begins where the filling ended."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from filelock import FileLock

from tests import postgres

FOLDER = "TEST_PG_FOLDER"  # tells the workers of a run, and runs within the run, where the one server is
Fill = Callable[[str, Path], Any]
"""Fills the database at an address, with a folder for its keys; what it returns can be written as JSON."""
_numbers = itertools.count(1)


class Filled(NamedTuple):
    """A SQLite file, or the name of a PostgreSQL database; and what filling it returned."""

    source: str
    told: Any


class Copy(NamedTuple):
    url: str
    told: Any


def migrated(url: str, _folder: Path) -> None:
    """Fill nothing: the tables alone."""
    from tracker.database import migrate  # noqa: PLC0415 - tests of pure code must not need a database

    migrate(url)


@contextlib.contextmanager
def copied(request: pytest.FixtureRequest, engine: str, fill: Fill, folder: Path) -> Iterator[Copy]:
    """Copy the database that ``fill`` fills, starting from a migrated one; a SQLite file goes to ``folder``."""
    found = filled(request, engine, fill)
    if engine == "sqlite":
        yield Copy(f"sqlite:///{shutil.copy(found.source, folder / 'tracker.db')}", found.told)
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"test_{os.getpid()}_{next(_numbers)}"
    yield Copy(postgres.create_database(server, name, found.source), found.told)
    postgres.drop_database(server, name)


def copied_url(fill: Fill) -> Any:
    """Return the fixture ``database_url`` for a module whose tests all begin after ``fill``."""

    @pytest.fixture(name="database_url", params=["sqlite", "postgresql"])
    def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
        with copied(request, request.param, fill, tmp_path) as copy:
            yield copy.url

    return database_url


def filled(request: pytest.FixtureRequest, engine: str, fill: Fill) -> Filled:
    """Fill a database, or find the one that was filled before in this run: to be copied, never opened."""
    folder = Path(os.environ[FOLDER]) / "filled" / f"{fill.__module__}.{fill.__qualname__}-{engine}"
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / "filled.json"
    with FileLock(folder / "lock"):
        if not note.exists():
            note.write_text(json.dumps(_fill(request, engine, fill, folder)))
        return Filled(*json.loads(note.read_text()))


def _fill(request: pytest.FixtureRequest, engine: str, fill: Fill, folder: Path) -> Filled:
    before = None if fill is migrated else filled(request, engine, migrated).source
    if engine == "sqlite":
        path = folder / "template.db"
        if before:
            shutil.copy(before, path)
        told = fill(f"sqlite:///{path}", folder)
        left = [one.name for one in folder.glob("template.db-*")]
        assert not left, f"{fill.__name__} left the database open: {left}"
        return Filled(str(path), told)
    name = f"filled_{os.getpid()}_{next(_numbers)}"
    url = postgres.create_database(request.getfixturevalue("postgresql_server"), name, before or "template0")
    return Filled(name, fill(url, folder))


def drop_templates(folder: Path, server: str) -> None:
    """Leave nothing on a server that is not ours."""
    for note in folder.glob("filled/*-postgresql/filled.json"):
        postgres.drop_database(server, Filled(*json.loads(note.read_text())).source)
