"""The two ways into the database: a reader sees one moment and changes nothing, and leaves no mark on a connection."""

from __future__ import annotations

import pytest

from tracker.database import Database, Transaction, open_database
from tracker.errors import UnavailableError


def found(tx: Transaction, workplan: str) -> None:
    columns = "workplan, position, recorded_at, frontier, rights, generation"
    tx.run(f"INSERT INTO workplan_heads ({columns}) VALUES (?, 0, '', ?, 0, 1)", workplan, b"")


def heads(tx: Transaction) -> int:
    return len(tx.all("SELECT workplan FROM workplan_heads"))


@pytest.fixture
def database(database_url):
    made = open_database(database_url, pool_size=2)
    yield made
    made.close()


def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(database: Database):
    with database.read() as reader:
        assert heads(reader) == 0
        with database.write() as writer:
            found(writer, "one")
        assert heads(reader) == 0
    with database.read() as reader:
        assert heads(reader) == 1


def test_a_connection_that_read_writes_again(database_url):
    database = open_database(database_url, pool_size=1)
    for number in range(3):
        with database.read() as reader:
            assert heads(reader) == number
        with database.write() as writer:
            found(writer, f"w-{number}")
    database.close()


def test_postgresql_lets_a_reader_change_nothing(postgresql_url):
    database = open_database(postgresql_url, pool_size=1)
    with pytest.raises(UnavailableError, match="read-only"), database.read() as reader:
        found(reader, "one")
    with database.write() as writer:
        assert heads(writer) == 0
    database.close()


def test_a_forgotten_transaction_disturbs_nobody_when_it_is_collected(sqlite_url: str) -> None:
    """SQLite's cursors reset their statement when they are collected, in the middle of somebody else's."""
    import gc  # noqa: PLC0415

    database = open_database(sqlite_url, pool_size=1)
    question = "SELECT * FROM (SELECT 1 AS a, 2 AS b UNION ALL SELECT 3, 4 UNION ALL SELECT 5, ?)"
    with database.read() as forgotten:
        assert forgotten.one(question, 6) == (1, 2)
    with database.read() as tx:
        cursor = tx._cursor.execute(question, (6,))
        assert cursor.fetchone() == (1, 2)
        del forgotten
        gc.collect()
        assert cursor.fetchall() == [(3, 4), (5, 6)]
    database.close()
