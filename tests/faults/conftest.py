"""A log that was set up once on each database; every test attacks a copy of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.faults.attacking import Scene, Stage, open_scene, set_up


@pytest.fixture(scope="module")
def sqlite_stage(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("stage")
    return set_up(f"sqlite:///{shutil.copy(sqlite_template, folder / 'stage.db')}", folder)


@pytest.fixture(scope="module")
def postgresql_stage(
    postgresql_server: str, postgresql_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    name = f"stage_{postgresql_template}"
    url = postgres.create_database(postgresql_server, name, postgresql_template)
    yield set_up(url, tmp_path_factory.mktemp("stage"))
    postgres.drop_database(postgresql_server, name)


@pytest.fixture
def sqlite_scene(sqlite_stage: Stage, tmp_path: Path) -> Iterator[Scene]:
    path = shutil.copy(sqlite_stage.url.removeprefix("sqlite:///"), tmp_path / "tracker.db")
    made = open_scene(sqlite_stage, f"sqlite:///{path}", tmp_path)
    yield made
    made.runtime.close()


@pytest.fixture
def postgresql_scene(
    postgresql_server: str, postgresql_stage: Stage, postgresql_template: str, tmp_path: Path
) -> Iterator[Scene]:
    name, template = f"scene_{postgresql_template}", f"stage_{postgresql_template}"
    made = open_scene(postgresql_stage, postgres.create_database(postgresql_server, name, template), tmp_path)
    yield made
    made.runtime.close()
    postgres.drop_database(postgresql_server, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest) -> Scene:
    """Return the scene on both databases, each time a copy of its own."""
    found: Scene = request.getfixturevalue(f"{request.param}_scene")
    return found
