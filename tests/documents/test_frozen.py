"""Snapshots of random histories come out the same bytes, on either engine; script/torture tries as many as you like."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents import frozen
from tracker.documents import readiness


@pytest.mark.trial
@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    "from_engine, to_engine, kinds",
    [("sqlite", "postgresql", ("pdf", "docx", "xlsx")), ("postgresql", "sqlite", ("xlsx",))],
)
def test_snapshots_are_the_same_bytes_rebuilt_imported_and_on_the_other_engine(
    request: pytest.FixtureRequest, tmp_path: Path, from_engine: str, to_engine: str, kinds: tuple[str, ...]
) -> None:
    here, there = (request.getfixturevalue(f"{engine}_url") for engine in (from_engine, to_engine))
    done = frozen.tried(here, there, tmp_path, [1], kinds)
    assert done.snapshots > 0
    assert not done.differing, done.differing


def test_control_a_document_that_looks_at_the_clock_is_found(
    sqlite_url: str, blank_sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from itertools import count  # noqa: PLC0415

    from tracker.database import migrate  # noqa: PLC0415

    ticks, real = count(), readiness.counts_words
    monkeypatch.setattr(readiness, "counts_words", lambda *said: f"{real(*said)} {next(ticks)}")
    migrate(blank_sqlite_url)
    done = frozen.tried(sqlite_url, blank_sqlite_url, tmp_path, [1], ["pdf"])
    assert done.differing
