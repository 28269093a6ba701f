"""kill -9: whatever was acknowledged is there, once, in a log without gaps, and a repeated key changes nothing."""

from __future__ import annotations

import pytest

from tests.faults.killing import kills


def test_thirty_kills_lose_nothing_that_was_acknowledged(sqlite_url: str) -> None:
    seen = kills(sqlite_url, 30)
    assert seen.kills == 30
    assert len(seen.told) > 60


def test_on_postgresql_killed_clients_lose_nothing_either(postgresql_url: str) -> None:
    seen = kills(postgresql_url, 8)
    assert seen.kills == 8
    assert len(seen.told) > 16


def test_control_a_writer_that_acknowledges_before_it_commits_is_found_out(sqlite_url: str) -> None:
    with pytest.raises(AssertionError, match="is lost"):
        kills(sqlite_url, 3, is_early=True)
