"""A log that was set up once on each database; every test attacks a copy of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests import postgres
from tests.copies import copied, migrated
from tests.faults.attacking import Scene, Stage, open_scene, set_up


def _stage(request: pytest.FixtureRequest, engine: str, factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = factory.mktemp("stage")
    with copied(request, engine, migrated, folder) as copy:
        yield set_up(copy.url, folder)


@pytest.fixture(scope="module")
def sqlite_stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    yield from _stage(request, "sqlite", tmp_path_factory)


@pytest.fixture(scope="module")
def postgresql_stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    yield from _stage(request, "postgresql", tmp_path_factory)


@pytest.fixture
def sqlite_scene(sqlite_stage: Stage, tmp_path: Path) -> Iterator[Scene]:
    path = shutil.copy(sqlite_stage.url.removeprefix("sqlite:///"), tmp_path / "tracker.db")
    made = open_scene(sqlite_stage, f"sqlite:///{path}", tmp_path)
    yield made
    made.runtime.close()


@pytest.fixture
def postgresql_scene(postgresql_server: str, postgresql_stage: Stage, tmp_path: Path) -> Iterator[Scene]:
    stage = str(make_url(postgresql_stage.url).database)
    url = postgres.create_database(postgresql_server, f"{stage}_scene", stage)
    made = open_scene(postgresql_stage, url, tmp_path)
    yield made
    made.runtime.close()
    postgres.drop_database(postgresql_server, f"{stage}_scene")


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest) -> Scene:
    """Return the scene on both databases, each time a copy of its own."""
    found: Scene = request.getfixturevalue(f"{request.param}_scene")
    return found
