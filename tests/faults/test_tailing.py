"""Readers that follow a log while many write to it miss nothing, and never see a gap."""

from __future__ import annotations

import pytest

from tests.faults import tailing, trial
from tracker.database import open_database
from tracker.projections.soundness import check_log

ENTRIES = 400


def test_readers_miss_nothing_while_eight_write_and_two_of_them_roll_back(database_url: str) -> None:
    runtime = trial.installed(database_url)
    found = tailing.tail(database_url, ENTRIES)
    assert found.entries >= ENTRIES
    assert found.writers["rolled_back"] > 0
    assert (found.missed, found.gaps, found.disordered) == (0, [], 0), str(found)
    assert found.writers["unavailable"] == 0, str(found)
    with trial.closing(runtime), runtime.database.read() as tx:
        check_log(tx, trial.WORKPLAN)


def test_control_readers_of_a_plain_sequence_miss_entries(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    with database.write() as tx:
        tx.run(tailing.CONTROL)
    database.close()
    found = tailing.tail(postgresql_url, 5 * ENTRIES, 5, "--sequence")
    assert found.missed > 0, str(found)


def test_control_writers_that_begin_without_the_lock_refuse_each_other(sqlite_url: str) -> None:
    trial.installed(sqlite_url).close()
    # On a busy machine they may pass each other by for a while.
    tries = (tailing.tail(sqlite_url, at * ENTRIES // 2, 20, "--deferred") for at in range(1, 9))
    found = next((one for one in tries if one.writers["unavailable"]), None)
    assert found is not None, "nobody was refused"
    assert found.missed == 0


@pytest.fixture(autouse=True)
def enough_time(request: pytest.FixtureRequest) -> None:
    request.node.add_marker(pytest.mark.timeout(120))
