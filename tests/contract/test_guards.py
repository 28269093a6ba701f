"""What was recorded is never changed: the database itself refuses, and a reader notices."""

from __future__ import annotations

import pytest

from tests.databases import (
    FOUNDED,
    NOW,
    Hands,
    W,
    contents,
    founded,
    opened,
    positions,
    post,
)
from tests.naive import naive_root
from tests.stories import report
from tracker.errors import LogError
from tracker.events.codec import leaf_hash
from tracker.events.reading import end_of, node_reader, read_log, read_stored
from tracker.projections.soundness import check_log


@pytest.fixture
def runtime(database_url):
    with founded(database_url, Hands()) as made:
        yield made


@pytest.mark.parametrize("table", ["events", "tree_nodes"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET workplan = 'x'", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_the_log(statement, table, runtime):
    before = contents(runtime.database)
    with pytest.raises(Exception, match="append-only"), runtime.database.write() as tx:
        tx.run(statement.format(table))
    assert contents(runtime.database) == before


def test_postgresql_refuses_to_truncate_the_log(postgresql_url):
    with founded(postgresql_url) as runtime:
        with pytest.raises(Exception, match="append-only"), runtime.database.write() as tx:
            tx.run("TRUNCATE events")
        assert len(positions(runtime)) == FOUNDED


COLUMNS = (
    "workplan, position, subject, version, type, actor, channel, occurred_on, placed_on, recorded_at, stored"
)


@pytest.mark.parametrize(
    "replacement",
    [
        "events SELECT * FROM events WHERE position = 5",
        "tree_nodes SELECT * FROM tree_nodes WHERE idx = 5",
        f"events ({COLUMNS}) SELECT {COLUMNS.replace('position', '99')} FROM events WHERE position = 5",
    ],
)
def test_sqlite_refuses_to_replace_an_entry(replacement, sqlite_url):
    """A replacement deletes without asking a trigger on DELETE."""
    with founded(sqlite_url) as runtime:
        before = contents(runtime.database)
        with pytest.raises(Exception, match="append-only"), runtime.database.write() as tx:
            tx.run(f"INSERT OR REPLACE INTO {replacement}")
        assert contents(runtime.database) == before


def test_control_without_the_guards_the_log_can_be_changed_and_the_check_finds_it(runtime):
    with runtime.database.write() as tx:
        if tx.is_sqlite:
            tx.run("DROP TRIGGER events_no_update")
        else:
            tx.run("DROP TRIGGER events_append_only ON events")
        tx.run("UPDATE events SET stored = ? WHERE position = 5", b'{"tampered":true}')
    with runtime.database.read() as tx, pytest.raises(LogError, match="entry 5"):
        check_log(tx, W)


def test_a_reader_that_meets_a_gap_stops_and_says_where(runtime):
    with runtime.database.write() as tx:
        if tx.is_sqlite:
            tx.run("DROP TRIGGER events_no_delete")
        else:
            tx.run("DROP TRIGGER events_append_only ON events")
        tx.run("DELETE FROM events WHERE position = 7")
    seen: list[int] = []
    with runtime.database.read() as tx, pytest.raises(LogError, match="after entry 6 of w comes 8"):
        seen.extend(event.position for event in read_log(tx, W))
    with runtime.database.read() as tx, pytest.raises(LogError):
        check_log(tx, W)


def test_the_tree_grows_with_the_log(runtime):
    for number in range(9):
        post(runtime, report("3.1", note=f"note {number}"))
    with runtime.database.read() as tx:
        end = end_of(tx, W)
        leaves = [leaf_hash(read_stored(tx, W, one)) for one in range(1, end.position + 1)]
        read = node_reader(tx, W)
        assert end.root == naive_root(leaves)
        assert [read(0, index) for index in range(end.position)] == leaves


def test_an_installation_opened_again_goes_on_where_it_ended(database_url):
    with founded(database_url, Hands(NOW)) as first:
        post(first, report("3.1", assessment="on_track"), key="k")
    second = opened(database_url, Hands(NOW))
    try:
        assert post(second, report("3.1", assessment="on_track"), key="k").is_repeat
        assert post(second, report("3.1", no_change=True)).first_position == FOUNDED + 2
    finally:
        second.close()
