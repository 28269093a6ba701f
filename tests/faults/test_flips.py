"""Single bits turned over: all found, at the right place; and never an alarm where nothing was touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.flipping import Flips, Stored, clean, flip_archive, flip_exported, flip_stored, store


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    return store(tmp_path_factory.mktemp("flips"), seed=5)


def all_found(done: Flips, count: int) -> bool:
    assert done.unfound == []
    assert done.misplaced == []
    return done.count >= count


def test_every_bit_turned_over_in_an_export_is_found_at_its_place(stored: Stored) -> None:
    assert all_found(flip_exported(stored, 150, seed=1), 150)


def test_every_bit_turned_over_in_the_zip_file_is_found_or_without_effect(stored: Stored) -> None:
    assert all_found(flip_archive(stored, 60, seed=2), 40)


def test_every_bit_turned_over_in_the_database_is_found_at_its_place(stored: Stored) -> None:
    assert all_found(flip_stored(stored, 60, seed=3), 60)


def test_random_logs_give_no_alarm(tmp_path: Path) -> None:
    assert clean(tmp_path, 4, seed=100) == []


def test_control_a_verifier_that_looks_at_nothing_finds_nothing(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.faults.flipping.examine", lambda _path: None)
    assert len(flip_exported(stored, 20, seed=4).unfound) == 20
