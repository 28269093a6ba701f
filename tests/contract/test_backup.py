"""Backup and restore: copies made under load, believed only after reading them, written over nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import postgres
from tests.faults import trial
from tests.installation import FrozenClock
from tracker.backup import KEPT, back_up, backup_daily, restore
from tracker.database import Database
from tracker.directory import people
from tracker.errors import LogError, RuleError
from tracker.events.ledger import Removal
from tracker.runtime import Runtime, build_runtime
from tracker.settings import Settings

W = trial.WORKPLAN


def settings(url: str, folder: Path) -> Settings:
    return Settings.from_env({"TRACKER_DATABASE_URL": url, "TRACKER_DATA_DIR": str(folder)})


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, database_url: str) -> None:
    """Let the client programs of the test's PostgreSQL be found first."""
    if database_url.startswith("postgresql"):
        folder = postgres.program_folder()
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def runtime(database_url: str, programs: None, tmp_path: Path) -> Iterator[Runtime]:
    made = build_runtime(settings(database_url, tmp_path / "var"))
    made.adopt(W, trial.founding())
    for number in range(20):
        trial.submit(made, number)
    yield made
    made.close()


@pytest.fixture
def empty_url(blank_database_url: str) -> str:
    return blank_database_url


@pytest.fixture
def database_url(request: pytest.FixtureRequest, blank_database_url: str) -> str:
    """Return a migrated database of the same engine as the blank one."""
    engine = "sqlite" if blank_database_url.startswith("sqlite") else "postgresql"
    return str(request.getfixturevalue(f"{engine}_url"))


@contextlib.contextmanager
def writing(runtime: Runtime) -> Iterator[list[trial.Acknowledged]]:
    """Let somebody report without a pause meanwhile."""
    stopped, told = threading.Event(), list[trial.Acknowledged]()

    def write() -> None:
        number = 1000
        while not stopped.is_set():
            done = trial.submit(runtime, number)
            told.append(trial.acknowledged(runtime.database, done, f"key-{number}"))
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield told
    finally:
        stopped.set()
        thread.join()


def test_a_copy_made_while_others_write_is_whole_and_restores_to_the_same_bytes(
    runtime: Runtime, empty_url: str, tmp_path: Path
) -> None:
    target, steps = tmp_path / "copy", list[str]()
    with writing(runtime) as told:
        while not told:
            time.sleep(0.01)
        before = list(told)
        made = back_up(runtime.database, target, lambda step, _done, _total: steps.append(step))
    assert steps[0] == "copying"
    assert steps[-1] == "checking entries"
    assert made.logs[0].position >= before[-1].position
    done = restore(settings(empty_url, tmp_path / "elsewhere"), target)
    assert done.logs == made.logs
    again = trial.opened(empty_url)
    with trial.closing(again):
        trial.check(again.database, before)
        with again.database.read() as copy, runtime.database.read() as own:
            upto = made.logs[0].position
            sql = "SELECT stored FROM events WHERE position <= ? ORDER BY position"
            assert [bytes(row[0]) for row in copy.all(sql, upto)] == [
                bytes(row[0]) for row in own.all(sql, upto)
            ]
        trial.submit(again, 9999)
        trial.check(again.database)


def test_nothing_is_ever_written_over(runtime: Runtime, database_url: str, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    back_up(runtime.database, target)
    before = target.read_bytes()
    with pytest.raises(RuleError, match="exists already") as caught:
        back_up(runtime.database, target)
    assert caught.value.way_out
    assert target.read_bytes() == before
    with pytest.raises(RuleError, match=r"there is a database already|is not empty") as caught:
        restore(settings(database_url, tmp_path), target)
    assert caught.value.way_out
    trial.check(runtime.database)


def test_a_copy_that_is_not_whole_gets_no_name(runtime: Runtime, tmp_path: Path) -> None:
    spoil(runtime.database)
    with pytest.raises(LogError, match="entry 15 of trial is not what was hashed"):
        back_up(runtime.database, tmp_path / "copy")
    assert [path.name for path in tmp_path.iterdir() if "copy" in path.name] == []


def test_a_copy_altered_later_is_not_restored(
    runtime: Runtime, empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tracker.backup.sqlite.check_logs", lambda *_: []
    )  # sabotage: believe without reading
    monkeypatch.setattr("tracker.backup.postgresql.check_logs", lambda *_: [])
    spoil(runtime.database)
    back_up(runtime.database, tmp_path / "copy")
    monkeypatch.undo()
    monkeypatch.setenv("PATH", os.environ["PATH"])
    if not runtime.database.is_sqlite:
        monkeypatch.setenv("PATH", f"{postgres.program_folder()}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(LogError, match="entry 15 of trial is not what was hashed"):
        restore(settings(empty_url, tmp_path), tmp_path / "copy")
    if runtime.database.is_sqlite:
        assert not Path(empty_url.removeprefix("sqlite:///")).exists()
    monkeypatch.setattr(
        "tracker.backup.sqlite.check_logs", lambda *_: []
    )  # control: without reading it would be
    monkeypatch.setattr("tracker.backup.postgresql.check_logs", lambda *_: [])
    restore(settings(empty_url, tmp_path), tmp_path / "copy")


def spoil(database: Database) -> None:
    """Change one letter of an entry, as an owner of the database can."""
    with database.write() as tx:
        if database.is_sqlite:
            tx.run("DROP TRIGGER events_no_update")
            tx.run(
                "UPDATE events SET stored = CAST(replace(CAST(stored AS TEXT), 'alpha', 'alphb') AS BLOB)"
                " WHERE position = 15"
            )
            return
        tx.run("ALTER TABLE events DISABLE TRIGGER ALL")
        tx.run(
            "UPDATE events SET stored = convert_to(replace(convert_from(stored, 'UTF8'), 'alpha', 'alphb'), 'UTF8')"
            " WHERE position = 15"
        )


def test_files_of_another_kind_are_refused_by_name(empty_url: str, tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("nothing of the kind")
    with pytest.raises(RuleError, match="is no copy that `tracker backup` made"):
        restore(settings(empty_url, tmp_path), other)
    foreign = tmp_path / "foreign"
    foreign.write_bytes(
        b"PGDMP and so on" if empty_url.startswith("sqlite") else b"SQLite format 3\0 and so on"
    )
    with pytest.raises(RuleError, match=r"is a copy of (PostgreSQL|SQLite), and TRACKER_DATABASE_URL names"):
        restore(settings(empty_url, tmp_path), foreign)


@pytest.mark.parametrize("blank_database_url", ["sqlite"], indirect=True)
def test_a_torn_file_and_the_file_of_a_database_in_use_are_refused(
    runtime: Runtime, empty_url: str, tmp_path: Path
) -> None:
    target = tmp_path / "copy"
    back_up(runtime.database, target)
    torn = tmp_path / "torn"
    torn.write_bytes(target.read_bytes()[: target.stat().st_size * 2 // 3])
    with pytest.raises(LogError, match="copy"):
        restore(settings(empty_url, tmp_path), torn)
    live = Path(str(runtime.database.engine.url.database))
    taken = tmp_path / "taken.db"
    shutil.copy(live, taken)
    shutil.copy(live.with_name(live.name + "-wal"), taken.with_name(taken.name + "-wal"))
    with pytest.raises(RuleError, match="belongs to a database in use"):
        restore(settings(empty_url, tmp_path), taken)
    assert not Path(empty_url.removeprefix("sqlite:///")).exists()
    stray = [path.name for path in tmp_path.rglob("*") if ".part" in path.name]
    assert stray == []


@pytest.mark.parametrize("blank_database_url", ["postgresql"], indirect=True)
def test_without_its_programs_postgresql_says_what_to_install(
    runtime: Runtime, empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuleError, match="pg_dump is not on the PATH") as caught:
        back_up(runtime.database, tmp_path / "copy")
    assert "postgresql-client" in str(caught.value.way_out)
    assert "pg_dump is not on the PATH" in backup_daily(runtime)


def test_what_was_redacted_or_erased_since_a_copy_does_not_come_back(
    runtime: Runtime, empty_url: str, tmp_path: Path
) -> None:
    with runtime.directory() as tx:
        person = people.add_person(tx, runtime.now(), "Amina Okonkwo", "amina@example.org", "en")
    back_up(runtime.database, tmp_path / "copy")
    with runtime.database.read() as tx:
        ((sealed,),) = tx.all("SELECT sha256 FROM texts WHERE position = 13")
    runtime.ledger.add([Removal("redaction", sealed), Removal("erasure", person)])
    control = settings(empty_url, tmp_path / "without the ledger")
    elsewhere = settings(empty_url, runtime.settings.data_dir)
    assert restore(elsewhere, tmp_path / "copy").removed == 2
    again = build_runtime(elsewhere)
    with trial.closing(again):
        with again.database.read() as tx:
            assert tx.all("SELECT 1 FROM texts WHERE sha256 = ?", sealed) == []
            assert tx.all("SELECT name, email FROM people WHERE person = ?", person) == [(None, None)]
        trial.check(again.database)
    if runtime.database.is_sqlite:
        Path(empty_url.removeprefix("sqlite:///")).unlink()
        assert restore(control, tmp_path / "copy").removed == 0


def test_the_daily_copy_is_made_once_a_day_and_old_ones_go(
    database_url: str, programs: None, tmp_path: Path
) -> None:
    clock = FrozenClock(datetime(2026, 3, 1, 8, tzinfo=UTC))
    runtime = build_runtime(settings(database_url, tmp_path / "var"), clock)
    with trial.closing(runtime):
        runtime.adopt(W, trial.founding())
        assert "12 entries, checked" in backup_daily(runtime)
        assert "is there already" in backup_daily(runtime)
        folder = tmp_path / "var" / "backups"
        suffix = next(folder.iterdir()).suffix
        for day in range(20):
            (folder / f"tracker-{clock.now.date() - timedelta(days=day + 1)}{suffix}").touch()
        (folder / "mine.db").touch()
        clock.move(days=1)
        backup_daily(runtime)
        kept = sorted(path.name for path in folder.iterdir())
        assert len(kept) == KEPT + 1
        assert kept[-1] == f"tracker-2026-03-02{suffix}"
        assert "mine.db" in kept
