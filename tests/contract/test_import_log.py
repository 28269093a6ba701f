"""A log restored from its export, in an installation of its own: the same, byte for byte."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.trial import WORKPLAN, WRITER
from tests.proving import bundled, grow, installed, opened, redact, report, rewritten, say, verified
from tracker.errors import LogError, RuleError
from tracker.events.reading import end_of, read_stored
from tracker.projections.standings import fingerprint as standings
from tracker.proof.checking import check
from tracker.proof.export import export
from tracker.proof.import_log import import_log
from tracker.proof.keys import rotate, sign
from tracker.runtime import Runtime

TABLES = {  # what a restored log must hold in the same words; the head's counter of rights is not of the log
    "events": "*",
    "tree_nodes": "*",
    "texts": "*",
    "signed_heads": "*",
    "plan_states": "workplan, subject, position, version, latest, state, reaches",
    "plan_current": "workplan, subject, position, version, latest, state",
    "workplan_heads": "workplan, position, recorded_at, frontier",
}


@pytest.fixture
def runtime(database_url: str, tmp_path: Path) -> Iterator[Runtime]:
    made = installed(database_url, tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def elsewhere(sqlite_template: Path, tmp_path: Path) -> Iterator[Runtime]:
    """Return an installation of its own, with no workplan, on SQLite."""
    path = tmp_path / "elsewhere.db"
    path.write_bytes(sqlite_template.read_bytes())
    made = opened(f"sqlite:///{path}", tmp_path / "elsewhere")
    yield made
    made.close()


def rows(runtime: Runtime, table: str) -> list[tuple[Any, ...]]:
    with runtime.database.read() as tx:
        found = tx.all(f"SELECT {TABLES[table]} FROM {table}")
    return sorted(tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in found)


@pytest.mark.parametrize("is_full", [False, True])
def test_a_log_is_restored_byte_for_byte(
    runtime: Runtime, elsewhere: Runtime, tmp_path: Path, *, is_full: bool
) -> None:
    grow(runtime, 60, seed=3)
    bundle = bundled(runtime, tmp_path / "log.zip", is_full=is_full)
    done = import_log(elsewhere, bundle)
    for table in TABLES:
        assert rows(elsewhere, table) == rows(runtime, table), table
    with runtime.database.read() as here, elsewhere.database.read() as there:
        assert end_of(there, WORKPLAN).root == end_of(here, WORKPLAN).root == done.root
    with runtime.ask(WORKPLAN) as here_now, elsewhere.ask(WORKPLAN) as there_now:
        assert standings(there_now.plan) == standings(here_now.plan)
    assert check(elsewhere, WORKPLAN).findings == ()
    again = export(elsewhere, WORKPLAN, tmp_path / "again.zip")
    assert again.unsigned is None, "this size is signed already, by the key that is not here"
    if not is_full:
        assert again.path.read_bytes() == bundle.read_bytes()


def test_a_restored_log_goes_on_under_a_key_of_its_own(
    runtime: Runtime, elsewhere: Runtime, tmp_path: Path
) -> None:
    grow(runtime, 10)
    import_log(elsewhere, bundled(runtime, tmp_path / "log.zip"))
    say(elsewhere, report())
    with pytest.raises(LogError, match="its key is"):
        sign(elsewhere, WORKPLAN)
    rotate(elsewhere, "Moved to another machine")
    assert check(elsewhere, WORKPLAN).findings == ()
    run = verified(bundled(elsewhere, tmp_path / "moved.zip"), tmp_path / "auditor")
    assert run.returncode == 2, "the old key is not here and could not vouch"


def test_repeats_of_requests_are_known_after_a_move_with_full(
    runtime: Runtime, elsewhere: Runtime, tmp_path: Path
) -> None:
    done = runtime.submit(WORKPLAN, report(), WRITER, "cli", "key-1")
    import_log(elsewhere, bundled(runtime, tmp_path / "log.zip", is_full=True))
    again = elsewhere.submit(WORKPLAN, report(), WRITER, "cli", "key-1")
    assert (again.first_position, again.is_repeat) == (done.first_position, True)


def test_a_log_is_not_restored_over_another(runtime: Runtime, tmp_path: Path) -> None:
    bundle = bundled(runtime, tmp_path / "log.zip")
    before = rows(runtime, "events")
    with pytest.raises(RuleError, match="is there already"):
        import_log(runtime, bundle)
    assert rows(runtime, "events") == before


def _swap(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(contents: dict[str, bytes]) -> None:
        assert old in contents[name]
        contents[name] = contents[name].replace(old, new, 1)

    return change


def test_what_does_not_verify_is_not_restored(runtime: Runtime, elsewhere: Runtime, tmp_path: Path) -> None:
    say(runtime, report())
    bundle = bundled(runtime, tmp_path / "log.zip")
    spoiled = rewritten(bundle, tmp_path / "spoiled.zip", _swap("events.jsonl", b"Activity 3", b"Activity 4"))
    with pytest.raises(LogError, match="does not verify: entry 7:"):
        import_log(elsewhere, spoiled)
    with pytest.raises(LogError, match="does not verify"):
        import_log(elsewhere, tmp_path / "data" / "signing-key")
    assert elsewhere.workplan_ids() == []


def test_a_restore_that_is_cut_short_leaves_nothing(
    runtime: Runtime, elsewhere: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = bundled(runtime, tmp_path / "log.zip")

    def cut(*_: object) -> int:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("tracker.proof.import_log._write_texts", cut)
    with pytest.raises(sqlite3.OperationalError):
        import_log(elsewhere, bundle)
    monkeypatch.undo()
    assert elsewhere.workplan_ids() == []
    assert import_log(elsewhere, bundle).size > 0


def test_what_the_ledger_says_was_removed_stays_removed_after_a_restore(
    runtime: Runtime, elsewhere: Runtime, tmp_path: Path
) -> None:
    one = report(1, "Said by Amina Okonkwo")
    position = say(runtime, one)
    older = bundled(runtime, tmp_path / "older.zip")
    redact(runtime, one, position)
    elsewhere.ledger.add(runtime.ledger.removals())
    done = import_log(elsewhere, older)
    assert done.removed == 1
    assert ("/data/note",) not in {row[2:3] for row in rows(elsewhere, "texts") if row[1] == position}
    with elsewhere.database.read() as tx:
        last = json.loads(read_stored(tx, WORKPLAN, end_of(tx, WORKPLAN).position))
    assert (last["type"], last["actor"]) == ("TextRedacted", "system:signer")
    assert check(elsewhere, WORKPLAN).findings == ()
