"""The export, the auditor who checks it elsewhere, and the log restored from it; on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.trial import WORKPLAN
from tests.proving import (
    bundled,
    grow,
    installed,
    read_lines,
    redact,
    report,
    rewritten,
    say,
    verified,
)
from tracker.errors import RuleError
from tracker.events.reading import end_of, read_stored
from tracker.proof.export import export
from tracker.proof.keys import key_file, show_key, sign
from tracker.runtime import Runtime


@pytest.fixture
def runtime(database_url: str, tmp_path: Path) -> Iterator[Runtime]:
    made = installed(database_url, tmp_path / "data")
    yield made
    made.close()


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
