"""Rebuild: beside what is in use, while others write, without any way to the log."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.copies import copied_url
from tests.faults import trial
from tracker.database import Database, Transaction
from tracker.errors import ConflictError, LogError, RuleError, UnavailableError
from tracker.projections import checkpoints, rebuild_guard, rebuilding
from tracker.projections.rebuild_guard import open_guarded
from tracker.projections.rebuilding import rebuild, renew
from tracker.projections.standings import fingerprint, write_standings
from tracker.runtime import Runtime

W = trial.WORKPLAN


def grown(url: str, _folder: Path) -> None:
    made = trial.installed(url)
    for number in range(40):
        trial.submit(made, number)
    late = trial.report(3) | {"occurred_on": "2020-06"}
    made.submit(W, late, trial.WRITER, "cli", "late")
    made.submit(
        W,
        {"type": "EntryRetracted", "subject": "activity/1.2", "data": {"position": 14}},
        trial.WRITER,
        "cli",
    )
    made.close()


database_url = copied_url(grown)


@pytest.fixture
def runtime(database_url: str) -> Iterator[Runtime]:
    made = trial.opened(database_url)
    yield made
    made.close()


def rows(tx: Transaction) -> list[tuple[Any, ...]]:
    """Return every row of the standings but for its generation."""
    states = tx.all("SELECT 'then', subject, position, version, latest, state FROM plan_states")
    current = tx.all("SELECT 'now', subject, position, version, latest, state FROM plan_current")
    return sorted(states + current)


COMPUTED = ("states", "current", "checkpoints", "fragments", "bundles", "generations")


def generations(database: Database) -> set[int]:
    """Return the generations that any table of what is computed holds rows of; each holds some."""
    with database.read() as tx:
        found = [{row[0] for row in tx.all(f"SELECT generation FROM plan_{name}")} for name in COMPUTED]
    assert all(found), found
    return set().union(*found)


@pytest.fixture(autouse=True)
def many_bundles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let short logs have checkpoints, and what goes with them."""
    monkeypatch.setattr(checkpoints, "EVERY", 10)


def test_a_rebuild_computes_every_row_again(runtime: Runtime) -> None:
    trial.submit(runtime, 99)
    with runtime.database.read() as tx:
        before = rows(tx)
    done = rebuild(runtime.database, W)
    with runtime.database.read() as tx:
        assert rows(tx) == before
    assert (done.generation, done.position, done.differing) == (2, 55, ())
    assert generations(runtime.database) == {2}
    trial.submit(runtime, 100)
    trial.check(runtime.database)


def test_writers_go_on_during_a_rebuild_and_lose_nothing(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "CHUNK", 20)
    monkeypatch.setattr(rebuilding, "NEAR", 3)
    stopped, failures, told = threading.Event(), list[BaseException](), list[trial.Acknowledged]()

    def write(writer: int) -> None:
        own = trial.opened(runtime.database.engine.url.render_as_string(hide_password=False))
        with trial.closing(own):
            for number in range(10_000):
                if stopped.is_set():
                    return
                try:
                    done = trial.submit(own, number, f"{writer}-{number}")
                except BaseException as error:  # noqa: BLE001 - handed to the test
                    failures.append(error)
                    return
                told.append(trial.acknowledged(own.database, done, f"{writer}-{number}"))
                time.sleep(0.01)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(3)]
    for thread in threads:
        thread.start()
    done = [rebuild(runtime.database, W) for _ in range(4)]
    stopped.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [one.generation for one in done] == [2, 3, 4, 5]
    assert len(told) >= len(threads)
    assert done[-1].position > done[0].position, "nobody wrote meanwhile"
    assert generations(runtime.database) == {5}
    trial.check(runtime.database, told)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_writer_that_read_the_head_before_the_change_decides_again(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its standings would be written under the old generation. On SQLite nobody gets in between."""
    monkeypatch.setattr(rebuilding, "GRACE_SECONDS", 0.2)
    decided = []

    def alongside(_tx: Transaction, _decision: object) -> None:
        decided.append(1)
        if len(decided) == 1:
            rebuild(runtime.database, W)

    done = trial.submit(runtime, 77, "raced", alongside=alongside)
    assert len(decided) == 2
    assert (done.count, done.is_repeat) == (1, False)
    trial.check(runtime.database)


def test_a_reader_keeps_its_generation_through_the_change(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "GRACE_SECONDS", 0)
    with runtime.ask(W) as view:
        before = fingerprint(view.plan)
        rebuild(runtime.database, W)
        fresh = trial.opened(runtime.database.engine.url.render_as_string(hide_password=False))
        with trial.closing(fresh):
            again = fresh.cache.plan(view.tx, W, view.end.generation, view.end.position)
        assert fingerprint(again) == before
        trial.submit(runtime, 78)
    with runtime.ask(W) as view:
        assert view.end.generation == 2
        assert set(fingerprint(view.plan)) == set(before)


def test_a_rebuild_that_was_cut_short_starts_again(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "CHUNK", 10)
    monkeypatch.setattr(rebuilding, "NEAR", 3)

    class CutShortError(Exception):
        pass

    def cut(done: int, _total: int) -> None:
        if done >= 30:
            raise CutShortError

    with pytest.raises(CutShortError):
        rebuild(runtime.database, W, cut)
    assert generations(runtime.database) == {1, 2}
    with runtime.ask(W) as view:
        assert view.end.generation == 1
    assert rebuild(runtime.database, W).differing == ()
    assert generations(runtime.database) == {2}
    trial.check(runtime.database)


def test_rows_that_differ_are_named_and_changed_only_when_accepted(runtime: Runtime) -> None:
    with runtime.database.write() as tx:
        tx.run(
            "UPDATE plan_current SET state = replace(state, 'Activity 5', 'Activity X') WHERE subject = 'activity/1.5'"
        )
        tx.run("DELETE FROM plan_states WHERE subject = 'activity/1.6' AND position = 10")
    with pytest.raises(
        RuleError, match=r"2 subjects do not stand as the log says: activity/1\.5, activity/1\.6"
    ) as caught:
        rebuild(runtime.database, W)
    assert "--accept-differences" in str(caught.value.way_out)
    assert generations(runtime.database) == {1}
    done = rebuild(runtime.database, W, accepts_differences=True)
    assert done.differing == ("activity/1.5", "activity/1.6")
    trial.check(runtime.database)


def test_rows_of_another_releases_fold_are_computed_anew_at_the_next_start(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert renew(runtime.database) == []
    with runtime.database.write() as tx:
        tx.run("DELETE FROM plan_generations")
        tx.run("UPDATE plan_states SET reaches = ''")
        tx.run(
            "UPDATE plan_current SET state = replace(state, 'Activity 5', 'Activity X') WHERE subject = 'activity/1.5'"
        )
    (done,) = renew(runtime.database)
    assert (done.generation, done.differing) == (2, ("activity/1.5",))
    assert renew(runtime.database) == []
    trial.check(runtime.database)
    monkeypatch.setattr(rebuilding, "FOLD_VERSION", 99)
    assert [one.generation for one in renew(runtime.database)] == [3]


def test_two_rebuilds_do_not_mix(runtime: Runtime) -> None:
    tried: list[int] = []

    def second(_done: int, _total: int) -> None:
        if not tried:
            tried.append(1)
            with pytest.raises(ConflictError, match="is being rebuilt already"):
                rebuild(runtime.database, W)

    rebuild(runtime.database, W, second)
    assert tried
    trial.check(runtime.database)


WRITES = (
    (
        "INSERT INTO events SELECT workplan, position + 1000, subject, version + 1000, type, actor, speaker, channel,"
        " occurred_on, placed_on, recorded_at, correlation_id, amends, stored FROM events WHERE position = 1"
    ),
    "UPDATE events SET actor = 'x' WHERE position = 1",
    "DELETE FROM events WHERE position = 1",
    "INSERT INTO tree_nodes SELECT workplan, level + 50, idx, hash FROM tree_nodes WHERE level = 0",
    "UPDATE tree_nodes SET hash = hash WHERE level = 0",
    "DELETE FROM tree_nodes WHERE level = 0",
    "INSERT INTO texts SELECT workplan, position + 1000, field, sha256, salt, text FROM texts",
    "UPDATE texts SET text = 'x'",
    "DELETE FROM texts",
    (
        "INSERT INTO idempotency_keys SELECT workplan, actor, key || 'x', salt, body_hash, first_position, count"
        " FROM idempotency_keys"
    ),
    "UPDATE idempotency_keys SET count = 9",
    "DELETE FROM idempotency_keys",
)
"""Every way of changing a table of the log."""


@contextlib.contextmanager
def given_role(database: Database, name: str) -> Iterator[None]:
    """Make the role of docs/operations.md, under another name, and take it away again."""
    with database.write() as tx:
        for statement in (
            f"CREATE ROLE {name} NOLOGIN",
            f"GRANT SELECT ON events, texts, workplan_heads TO {name}",
            f"GRANT UPDATE (generation) ON workplan_heads TO {name}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON plan_states, plan_current TO {name}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON plan_checkpoints, plan_generations TO {name}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON plan_fragments, plan_bundles TO {name}",
        ):
            tx.run(statement)
    try:
        yield
    finally:
        with database.write() as tx:
            tx.run(f"DROP OWNED BY {name}")
            tx.run(f"DROP ROLE {name}")


@pytest.fixture
def has_role() -> bool:
    return False


@pytest.fixture
def guarded(runtime: Runtime, monkeypatch: pytest.MonkeyPatch, has_role: bool) -> Iterator[Database]:
    with contextlib.ExitStack() as stack:
        if has_role:
            name = f"rebuild_{runtime.database.engine.url.database}"
            monkeypatch.setattr(rebuild_guard, "ROLE", name)
            stack.enter_context(given_role(runtime.database, name))
        yield stack.enter_context(contextlib.closing(open_guarded(runtime.database)))


GUARDS = pytest.mark.parametrize(
    "database_url, has_role",
    [("sqlite", False), ("postgresql", False), ("postgresql", True)],
    ids=["sqlite", "postgresql", "postgresql with the role"],
    indirect=["database_url"],
)


@GUARDS
def test_the_database_refuses_a_rebuild_every_write_to_the_log(guarded: Database, runtime: Runtime) -> None:
    for statement in WRITES:
        with pytest.raises((UnavailableError, psycopg.Error)) as caught, guarded.write() as tx:
            tx.run(statement)
        said = str(caught.value)
        refusals = ("not authorized", "append-only", "permission denied", "prohibited")
        assert any(words in said for words in refusals), f"{statement}: {said}"
    trial.check(runtime.database)


def test_control_the_same_writes_pass_by_the_ordinary_way_and_are_noticed(runtime: Runtime) -> None:
    for statement in WRITES:
        if not statement.startswith("INSERT"):
            continue
        with contextlib.suppress(UndoneError), runtime.database.write() as tx:
            assert tx.run(statement) >= 1
            raise UndoneError
    with runtime.database.write() as tx:
        tx.run(WRITES[0])
    with pytest.raises(LogError, match="entry 55 of trial is missing"):
        trial.check(runtime.database)


class UndoneError(Exception):
    pass


@GUARDS
def test_a_rebuild_by_the_guarded_way_works(guarded: Database, runtime: Runtime) -> None:
    assert rebuild(runtime.database, W).differing == ()
    with guarded.write() as tx:
        write_standings(tx, W, 99, [])
        assert tx.run("UPDATE workplan_heads SET generation = generation WHERE workplan = ?", W) == 1
    trial.check(runtime.database)


@pytest.mark.parametrize("lost", [name for name in COMPUTED if name != "states"])
@pytest.mark.parametrize("database_url, has_role", [("postgresql", True)], indirect=["database_url"])
def test_a_role_that_lacks_a_right_is_not_used(runtime: Runtime, guarded: Database, lost: str) -> None:
    """A release that adds a table, or makes one anew, must not end a rebuild in the middle."""
    with guarded.read() as tx:
        assert tx.one("SELECT current_user = session_user") == (False,), "control: with all rights it is used"
    with runtime.database.write() as tx:
        tx.run(f"REVOKE ALL ON plan_{lost} FROM {rebuild_guard.ROLE}")
    with contextlib.closing(open_guarded(runtime.database)) as again, again.read() as tx:
        assert tx.one("SELECT current_user = session_user") == (True,)
    assert rebuild(runtime.database, W).differing == ()
