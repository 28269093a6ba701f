"""An installation in which ``tracker init`` has run, named by the environment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.copies import copied
from tracker.cli import main


def name_in(environment: pytest.MonkeyPatch, url: str, folder: Path) -> None:
    environment.setenv("TRACKER_DATA_DIR", str(folder / "var"))
    environment.setenv("TRACKER_DATABASE_URL", url)


def initialised(url: str, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as environment:
        name_in(environment, url, folder)
        assert main(["init"]) == 0


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def installation(
    request: pytest.FixtureRequest, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    with copied(request, engine, initialised, tmp_path) as copy:
        name_in(monkeypatch, copy.url, tmp_path)
        yield tmp_path
