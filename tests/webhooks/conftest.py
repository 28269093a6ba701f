"""Installations whose webhooks may reach the loopback address, and a receiver there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.copies import copied
from tests.installation import Installation, furnish, open_installation
from tests.webhooks.receiving import Receiver, receiving


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """Run the test on both engines."""
    yield from _open(request, request.param, tmp_path)


@pytest.fixture
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """Run the test once, where the engine makes no difference."""
    yield from _open(request, "sqlite", tmp_path)


def _open(request: pytest.FixtureRequest, engine: str, folder: Path) -> Iterator[Installation]:
    with copied(request, engine, furnish, folder) as copy:
        made = open_installation(copy.url, folder, copy.told, TRACKER_WEBHOOK_NETWORKS="127.0.0.0/8")
        yield made
        made.runtime.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found
