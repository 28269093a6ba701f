"""A database that is locked, full, read-only or gone: the answer says so, and nothing is half done."""

from __future__ import annotations

import time
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from tests.databases import CLI, FOUNDED, Hands, W, contents, founded, opened, positions, post
from tests.stories import report
from tracker import database as database_module
from tracker.database import Transaction, open_database
from tracker.errors import UnavailableError
from tracker.events.append import Decision
from tracker.projections.soundness import check_log
from tracker.runtime import Runtime


@pytest.fixture
def sqlite(sqlite_url, monkeypatch):
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.2)
    with founded(sqlite_url, Hands()) as made:
        yield made


def refused(runtime: Runtime, words: str | None = None) -> None:
    """See that a request is answered as one that may be sent again, and changes nothing."""
    with pytest.raises(UnavailableError, match=words) as caught:
        post(runtime, report("3.1", note="x"), report("3.2", note="y"), key="k")
    assert "same Idempotency-Key" in str(caught.value.way_out)


def goes_on(runtime: Runtime) -> None:
    """See that the same request is then taken once, and the log is whole."""
    for _ in range(2):
        assert post(runtime, report("3.1", note="x"), report("3.2", note="y"), key="k").count == 2
    assert positions(runtime) == list(range(1, FOUNDED + 3))
    with runtime.database.read() as tx:
        check_log(tx, W)


def test_a_locked_database_is_unavailable_for_writers_and_not_for_readers(sqlite):
    before = contents(sqlite.database)
    holder = sqlite.database.engine.raw_connection()
    holder.cursor().execute("BEGIN IMMEDIATE")
    refused(sqlite, "locked")
    with sqlite.ask(W) as view:
        assert view.question.position == FOUNDED
    holder.rollback()
    holder.close()
    assert contents(sqlite.database) == before
    goes_on(sqlite)


def test_a_database_that_cannot_be_written_is_unavailable(sqlite_url):
    with founded(sqlite_url, Hands()) as runtime:
        before = contents(runtime.database)
        read_only = opened(sqlite_url, Hands())

        @sa.event.listens_for(read_only.database.engine, "checkout")
        def _checkout(connection: Any, *_: object) -> None:
            connection.execute("PRAGMA query_only=ON")

        refused(read_only, "readonly")
        read_only.close()
        assert contents(runtime.database) == before
        goes_on(runtime)


def test_a_full_disk_is_unavailable_and_leaves_nothing(sqlite_url):
    with founded(sqlite_url, Hands()) as runtime:
        before = contents(runtime.database)
        full = opened(sqlite_url, Hands())

        @sa.event.listens_for(full.database.engine, "checkout")
        def _checkout(connection: Any, *_: object) -> None:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count={pages}")

        big = [report("3.1", note="x" * 8000) for _ in range(40)]
        with pytest.raises(UnavailableError, match="full"):
            post(full, *big, key="k")
        full.close()
        assert contents(runtime.database) == before
        goes_on(runtime)


def test_a_pool_without_a_free_connection_is_unavailable(sqlite_url, monkeypatch):
    with founded(sqlite_url, Hands()) as runtime:
        monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.1)
        small = Runtime(runtime.settings, open_database(sqlite_url, pool_size=1), Hands())
        with small.database.read():
            refused(small, "(?i)pool|limit")
        goes_on(small)
        small.close()


def test_a_database_that_is_nowhere_is_unavailable(free_port):
    runtime = opened(f"postgresql://nobody@127.0.0.1:{free_port}/none?connect_timeout=2", Hands())
    with pytest.raises(UnavailableError), runtime.ask(W):
        pytest.fail("nobody answers there")
    refused(runtime)
    runtime.close()


@pytest.fixture
def postgres(postgresql_url):
    with founded(postgresql_url) as made:
        yield made


def address(runtime: Runtime) -> str:
    return runtime.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def test_a_server_that_goes_away_in_the_middle_leaves_nothing(postgres):
    before = contents(postgres.database)

    def alongside(tx: Transaction, _decision: Decision) -> None:
        row = tx.one("SELECT pg_backend_pid()")
        assert row is not None
        with psycopg.connect(address(postgres), autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(%s)", (row[0],))
            while connection.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", (row[0],)).fetchone():
                time.sleep(0.01)

    with pytest.raises(UnavailableError):
        postgres.submit(W, report("3.1", note="x"), CLI, "cli", "other", alongside=alongside)
    assert contents(postgres.database) == before
    goes_on(postgres)


def test_a_server_that_is_no_longer_the_primary_is_unavailable(postgres):
    before = contents(postgres.database)
    name = postgres.database.engine.url.database

    def read_only(value: str) -> None:
        with psycopg.connect(address(postgres), autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {value}')
        postgres.database.engine.dispose()

    read_only("on")
    refused(postgres, "read-only")
    with psycopg.connect(address(postgres), autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = off')
    postgres.database.engine.dispose()
    assert contents(postgres.database) == before
    goes_on(postgres)
