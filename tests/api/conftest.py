"""Installations with the real plan, on both engines: one shared by the reads of a module, or one for a test alone."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.installation import Installation, furnish, open_installation

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def furnished_sqlite(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("furnished")
    path = Path(shutil.copy(sqlite_template, folder / "tracker.db"))
    return path, furnish(f"sqlite:///{path}", folder)


@pytest.fixture(scope="session")
def furnished_postgresql(
    postgresql_server: str, postgresql_template: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, dict[str, str]]]:
    name = f"furnished_{worker_id}_{os.getpid()}"
    url = postgres.create_database(postgresql_server, name, postgresql_template)
    yield name, furnish(url, tmp_path_factory.mktemp("furnished"))
    postgres.drop_database(postgresql_server, name)


def _open(request: pytest.FixtureRequest, folder: Path) -> Iterator[Installation]:
    if request.param == "sqlite":
        path, secrets = request.getfixturevalue("furnished_sqlite")
        made = open_installation(f"sqlite:///{shutil.copy(path, folder / 'tracker.db')}", folder, secrets)
        yield made
        made.runtime.close()
        return
    server = request.getfixturevalue("postgresql_server")
    template, secrets = request.getfixturevalue("furnished_postgresql")
    name = f"{template}_{next(_numbers)}"
    made = open_installation(postgres.create_database(server, name, template), folder, secrets)
    yield made
    made.runtime.close()
    postgres.drop_database(server, name)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def library(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """Run the test on both engines, with an installation that the tests of a module only read."""
    yield from _open(request, tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module", params=["sqlite"])
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Run the test once, with an installation in which the tests of a module record nothing."""
    yield from _open(request, tmp_path_factory.mktemp("shelf"))


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """Run the test on both engines, each time with an installation of its own."""
    yield from _open(request, tmp_path)


@pytest.fixture(params=["sqlite"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """Run the test once, where the engine makes no difference."""
    yield from _open(request, tmp_path)
