"""The export, the auditor who checks it elsewhere, and the log restored from it; on both databases."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.trial import WORKPLAN, WRITER
from tests.proving import (
    bundled,
    grow,
    installed,
    opened,
    read_lines,
    redact,
    report,
    rewritten,
    say,
    verified,
)
from tracker.errors import LogError, RuleError
from tracker.events.reading import end_of, read_stored
from tracker.events.tree import seal_of
from tracker.events.verifier import fingerprint
from tracker.projections.standings import fingerprint as standings
from tracker.proof.checking import check
from tracker.proof.export import export
from tracker.proof.import_log import import_log
from tracker.proof.keys import key_file, rotate, show_key, sign
from tracker.runtime import Runtime

TABLES = {  # what a restored log must hold in the same words; the head's counter of rights is not of the log
    "events": "*",
    "tree_nodes": "*",
    "texts": "*",
    "signed_heads": "*",
    "plan_states": "workplan, subject, position, version, latest, state",
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


# ---------------------------------------------------------------------------------------------------- the file


def test_an_auditor_finds_a_grown_log_good(runtime: Runtime, tmp_path: Path) -> None:
    grow(runtime, 40, seed=1)
    bundle = bundled(runtime, tmp_path / "log.zip")
    key = show_key(runtime)
    run = verified(bundle, tmp_path / "auditor", "--key", key.fingerprint)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stderr == ""
    assert run.stdout.splitlines()[-1].startswith("GOOD")
    assert key.fingerprint in run.stdout
    with runtime.database.read() as tx:
        assert end_of(tx, WORKPLAN).root.hex() in run.stdout


def test_the_stored_bytes_are_exported_as_they_are(runtime: Runtime, tmp_path: Path) -> None:
    grow(runtime, 10)
    bundle = bundled(runtime, tmp_path / "log.zip")
    with runtime.database.read() as tx:
        stored = [read_stored(tx, WORKPLAN, at + 1) for at in range(end_of(tx, WORKPLAN).position)]
    lines: dict[str, bytes] = {}
    rewritten(bundle, tmp_path / "same.zip", lines.update)
    assert lines["events.jsonl"] == b"".join(line + b"\n" for line in stored)


def test_the_same_log_makes_the_same_file(runtime: Runtime, tmp_path: Path) -> None:
    grow(runtime, 10)
    first, second = bundled(runtime, tmp_path / "1.zip"), bundled(runtime, tmp_path / "2.zip")
    assert first.read_bytes() == second.read_bytes()
    say(runtime, report())
    assert bundled(runtime, tmp_path / "3.zip").read_bytes() != first.read_bytes()


def test_a_redacted_text_is_in_no_export_and_the_log_is_good(runtime: Runtime, tmp_path: Path) -> None:
    one = report(1, "Said by Amina Okonkwo")
    position = say(runtime, one)
    older = bundled(runtime, tmp_path / "older.zip")
    assert b"Amina" in _member(older, "texts.jsonl")
    for field in ("/data/note", "/reason"):
        redact(runtime, one, position, field)
    bundle = bundled(runtime, tmp_path / "log.zip")
    assert b"Amina" not in _member(bundle, "texts.jsonl") + _member(bundle, "events.jsonl")
    run = verified(bundle, tmp_path / "auditor")
    assert run.returncode == 0, run.stdout
    assert "2 removed openly" in run.stdout


def _member(bundle: Path, name: str) -> bytes:
    found: dict[str, bytes] = {}
    rewritten(bundle, bundle.with_suffix(".copy"), found.update)
    return found[name]


def test_nothing_of_the_directory_is_exported(runtime: Runtime, tmp_path: Path) -> None:
    from tracker.directory import people  # noqa: PLC0415

    with runtime.directory(WORKPLAN) as tx:
        people.add_person(tx, runtime.now(), "Amina Okonkwo", "amina@example.org", "en")
    for is_full in (False, True):
        found: dict[str, bytes] = {}
        rewritten(
            bundled(runtime, tmp_path / "log.zip", is_full=is_full), tmp_path / "copy.zip", found.update
        )
        assert not [name for name, content in found.items() if b"Amina" in content or b"amina@" in content]
        assert ("keys.jsonl" in found) == is_full


def test_the_guide_is_there_in_three_languages(runtime: Runtime, tmp_path: Path) -> None:
    found: dict[str, bytes] = {}
    rewritten(bundled(runtime, tmp_path / "log.zip"), tmp_path / "copy.zip", found.update)
    for name in ("README.md", "LEAME.md", "LISEZMOI.md"):
        guide = found[name].decode()
        assert "python3 verify.py" in guide
        assert [word for word in ("`GOOD`", "`WRONG:", "`CANNOT DECIDE:") if word not in guide] == []
        assert {f"`{one}`" for one in found if one.endswith(("l", "t", "n"))} <= set(
            re.findall(r"`[^`]+`", guide)
        )


def test_an_export_never_replaces_a_file(runtime: Runtime, tmp_path: Path) -> None:
    path = tmp_path / "log.zip"
    path.write_text("something else")
    with pytest.raises(RuleError, match="exists already"):
        export(runtime, WORKPLAN, path)
    assert path.read_text() == "something else"
    with pytest.raises(RuleError, match="there is no folder"):
        export(runtime, WORKPLAN, tmp_path / "nowhere" / "log.zip")


def test_an_export_that_fails_leaves_nothing(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tracker.proof.export._leaves", full)
    with pytest.raises(OSError, match="No space"):
        export(runtime, WORKPLAN, tmp_path / "log.zip")
    assert list(tmp_path.glob("log*")) == []


def test_what_was_written_while_exporting_is_not_in_it_and_the_file_is_good(
    runtime: Runtime, tmp_path: Path
) -> None:
    grow(runtime, 5)
    first = report(77)
    position = say(runtime, first)

    def meanwhile(_done: int, _total: int) -> None:
        redact(runtime, first, position)
        say(runtime, report(78))
        sign(runtime, WORKPLAN)

    bundle = bundled(runtime, tmp_path / "log.zip", told=meanwhile)
    assert verified(bundle, tmp_path / "auditor").returncode == 0
    assert len(read_lines(bundle, "events.jsonl")) == position


def test_an_export_that_could_not_be_signed_says_so_and_decides_nothing(
    runtime: Runtime, tmp_path: Path
) -> None:
    sign(runtime, WORKPLAN)
    say(runtime, report())
    key_file(runtime).path.unlink()
    done = export(runtime, WORKPLAN, tmp_path / "log.zip")
    assert "its key is" in str(done.unsigned)
    run = verified(done.path, tmp_path / "auditor")
    assert run.returncode == 2
    assert f"no signed head covers the entries from {done.size} on" in run.stdout


# ------------------------------------------------------------------------------------- what the auditor knows already


def test_an_older_head_or_seal_of_the_auditor_fits(runtime: Runtime, tmp_path: Path) -> None:
    older = sign(runtime, WORKPLAN)
    kept = tmp_path / "older.txt"
    kept.write_text(older.note, "utf-8")
    position = say(runtime, report())
    with runtime.database.read() as tx:
        seal = f"{position}:{seal_of(end_of(tx, WORKPLAN).root)}"
    grow(runtime, 10)
    bundle = bundled(runtime, tmp_path / "log.zip")
    arguments = ["--head", str(kept), "--seal", seal, "--key", older.key]
    assert verified(bundle, tmp_path / "auditor", *arguments).returncode == 0
    assert verified(bundle, tmp_path / "auditor", "--seal", seal.lower()).returncode == 0


@pytest.mark.parametrize(
    "arguments, status, words",
    [
        (
            ["--seal", "5:0000-0000"],
            1,
            "WRONG: entry 1: it or a later one up to 5 was changed: your seal 5:0000-0000",
        ),
        (["--seal", "999:7F3A-91C2"], 1, "it is missing: your seal 999:7F3A-91C2 is of 999 entries"),
        (["--seal", "7F3A-91C2"], 2, "is no seal; they look like 2977:7F3A-91C2"),
        (
            ["--key", "0000-0000-0000-0000-0000-0000-0000-0000"],
            1,
            "no head is signed by the key that you gave",
        ),
        (["--head", "absent.txt"], 2, "absent.txt"),
        (["--head", "verify.py"], 2, "this is no signed tree head"),
    ],
)
def test_what_the_auditor_has_and_does_not_fit_is_said(
    runtime: Runtime, tmp_path: Path, arguments: list[str], status: int, words: str
) -> None:
    run = verified(bundled(runtime, tmp_path / "log.zip"), tmp_path / "auditor", *arguments)
    assert (run.returncode, run.stderr) == (status, "")
    assert words in run.stdout.splitlines()[-1]


def test_an_old_head_of_another_key_is_not_taken_for_this_logs(runtime: Runtime, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    from tracker.events import signing  # noqa: PLC0415

    real = sign(runtime, WORKPLAN)
    origin = real.note.partition("\n")[0]
    forged = signing.signed_note(
        signing.head_text(origin, real.size, real.root), origin, Ed25519PrivateKey.generate()
    )
    (tmp_path / "forged.txt").write_text(forged, "utf-8")
    bundle = bundled(runtime, tmp_path / "log.zip")
    run = verified(bundle, tmp_path / "auditor", "--head", str(tmp_path / "forged.txt"))
    assert run.returncode == 1
    assert "is not signed by the key of that time" in run.stdout


def test_what_is_no_export_decides_nothing(runtime: Runtime, tmp_path: Path) -> None:
    bundle = bundled(runtime, tmp_path / "log.zip")
    verified(bundle, tmp_path / "auditor")
    (tmp_path / "torn.zip").write_bytes(bundle.read_bytes()[:-100])
    run = verified(tmp_path / "torn.zip", tmp_path / "auditor")
    assert (run.returncode, run.stdout.split(":")[0]) == (2, "CANNOT DECIDE")


# ----------------------------------------------------------------------------------------------------- other keys


def test_a_key_that_was_vouched_for_is_trusted_by_who_trusts_the_old_one(
    runtime: Runtime, tmp_path: Path
) -> None:
    old = sign(runtime, WORKPLAN)
    say(runtime, report())
    rotate(runtime, "Every two years")
    say(runtime, report())
    bundle = bundled(runtime, tmp_path / "log.zip")
    for key in (fingerprint(old.key), show_key(runtime).fingerprint, old.key):
        run = verified(bundle, tmp_path / "auditor", "--key", key)
        assert run.returncode == 0, run.stdout


def test_a_key_that_nobody_vouched_for_is_not_decided_upon(runtime: Runtime, tmp_path: Path) -> None:
    old = sign(runtime, WORKPLAN)
    key_file(runtime).path.unlink()
    rotate(runtime, "Lost")
    bundle = bundled(runtime, tmp_path / "log.zip")
    for arguments in ([], ["--key", fingerprint(old.key)]):
        run = verified(bundle, tmp_path / "auditor", *arguments)
        assert run.returncode == 2
        assert "did not vouch" in run.stdout
    assert verified(bundle, tmp_path / "auditor", "--key", show_key(runtime).fingerprint).returncode == 0


# ------------------------------------------------------------------------------------------------------ restoring


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


def found_interpreters() -> list[str]:
    """Return the interpreters of this machine that an auditor could have, our own always among them."""
    named = [shutil.which(f"python3.{minor}") for minor in range(9, 16)]
    return [sys.executable, *(path for path in named if path and _runs(path))]


def _runs(path: str) -> bool:
    return subprocess.run([path, "-c", "0"], check=False, capture_output=True).returncode == 0


def test_every_python_from_3_9_on_comes_to_the_same_words(runtime: Runtime, tmp_path: Path) -> None:
    grow(runtime, 15, seed=9)
    bundle = bundled(runtime, tmp_path / "log.zip")
    runs = [verified(bundle, tmp_path / "auditor", python=python) for python in found_interpreters()]
    assert {run.returncode for run in runs} == {0}
    assert len({run.stdout for run in runs}) == 1
