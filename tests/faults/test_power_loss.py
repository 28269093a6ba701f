"""The power fails at any moment: everything acknowledged is on the disk, and nothing is half there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import powerloss, shim

OFTEN = "wal_autocheckpoint=60"  # pages; the shipped 1000 would not come up in so short a run


@pytest.fixture(autouse=True)
def gcc() -> None:
    if not shim.is_buildable():
        pytest.skip("no gcc on Linux, which compiles the shim between a program and its files")


def test_no_power_failure_loses_or_breaks_what_was_acknowledged(tmp_path: Path) -> None:
    found = powerloss.trials(tmp_path, 100, reports=60, seed=1, pragmas=(OFTEN,))
    assert found.images == 100
    assert found.told > 1000, "nothing was acknowledged before the power failed"
    assert (found.lost, found.corrupt) == ({}, {}), str(found)


def test_control_a_weaker_sync_loses_acknowledged_entries_in_most_images(tmp_path: Path) -> None:
    found = powerloss.trials(tmp_path, 40, reports=60, seed=2, pragmas=("synchronous=NORMAL",))
    assert len(found.lost) > 20, str(found)


def test_control_no_sync_at_all_breaks_databases(tmp_path: Path) -> None:
    found = powerloss.trials(tmp_path, 40, reports=60, seed=3, pragmas=("synchronous=OFF", OFTEN))
    assert found.corrupt, str(found)
