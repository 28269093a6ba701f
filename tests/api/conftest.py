"""Installations with the real plan, on both engines: one shared by the reads of a module, or one for a test alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.copies import copied
from tests.installation import Installation, furnish, open_installation


def _open(request: pytest.FixtureRequest, folder: Path) -> Iterator[Installation]:
    with copied(request, request.param, furnish, folder) as copy:
        made = open_installation(copy.url, folder, copy.told)
        yield made
        made.runtime.close()


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
