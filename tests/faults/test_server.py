"""A PostgreSQL server that loses its backends, is stopped at once, or is killed while entries are written."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.faults import crashing


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    try:
        with crashing.server() as made:
            yield made
    except postgres.PostgresMissingError as error:
        pytest.skip(f"no PostgreSQL of our own to harm: {error}")


def test_every_acknowledged_entry_is_there_once_after_each_fault(folder: Path) -> None:
    faults = [
        crashing.terminate_backends,
        crashing.stop_at_once,
        crashing.terminate_backends,
        crashing.kill_server,
    ]
    crashed = crashing.crash(folder, faults, random.Random(1))
    crashing.examine(folder, crashed)
    assert len(crashed.told) > 50, str(crashed)
    assert crashed.seen["unavailable"] > 0, "no writer was hit"


def test_control_a_writer_that_trusts_a_failed_request_is_found_out(folder: Path) -> None:
    crashed = crashing.crash(folder, [crashing.stop_at_once], random.Random(2), is_trusting=True)
    with pytest.raises(AssertionError, match="is lost"):
        crashing.examine(folder, crashed)
