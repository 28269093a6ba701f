"""The key, what its holder remembers, and what it refuses to sign; on both databases."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.faults.trial import WORKPLAN
from tests.installation import FrozenClock
from tests.proving import installed, report, rolled_back, say, unguarded
from tracker.errors import ConflictError, LogError, RuleError, SettingsError, UnavailableError
from tracker.events import key_file as key_files
from tracker.events.reading import end_of
from tracker.events.signed_heads import all_heads
from tracker.events.verifier import read_head, read_key
from tracker.proof.checking import check
from tracker.proof.keys import accept_restore, key_file, show_key, sign, sign_if_possible
from tracker.runtime import Runtime

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def runtime(database_url: str, tmp_path: Path) -> Iterator[Runtime]:
    made = installed(database_url, tmp_path / "data", FrozenClock(NOON))
    yield made
    made.close()


def heads(runtime: Runtime) -> list[int]:
    with runtime.database.read() as tx:
        return [head.size for head in all_heads(tx, WORKPLAN)]


def size(runtime: Runtime) -> int:
    with runtime.database.read() as tx:
        return end_of(tx, WORKPLAN).position


def move(runtime: Runtime, **by: float) -> None:
    assert isinstance(runtime.clock, FrozenClock)
    runtime.clock.move(**by)


# ------------------------------------------------------------------------------------------------------ signing


def test_a_head_is_signed_over_the_root_under_the_name_of_the_log(runtime: Runtime) -> None:
    head = sign(runtime, WORKPLAN)
    with runtime.database.read() as tx:
        end = end_of(tx, WORKPLAN)
    origin, signed_size, root, is_signed = read_head(head.note, head.key)
    assert (signed_size, root, is_signed) == (end.position, end.root, True)
    assert read_key(head.key)[0] == origin
    assert origin.startswith(f"workplan-tracker/{WORKPLAN}/")


def test_a_size_is_signed_once(runtime: Runtime) -> None:
    first = sign(runtime, WORKPLAN)
    move(runtime, hours=3)
    assert sign(runtime, WORKPLAN) == first
    say(runtime, report())
    assert sign(runtime, WORKPLAN).size == first.size + 1
    assert heads(runtime) == [first.size, first.size + 1]


def test_the_key_is_made_once_and_only_its_owner_can_read_it(runtime: Runtime) -> None:
    file = key_file(runtime)
    assert not file.path.exists()
    first = sign(runtime, WORKPLAN).key
    content = file.path.read_bytes()
    for path in (file.path, file.memory_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    say(runtime, report())
    assert sign(runtime, WORKPLAN).key == first
    assert file.path.read_bytes() == content
    assert show_key(runtime).verifier_keys == {WORKPLAN: first}


def test_a_key_that_others_can_read_is_not_used(runtime: Runtime) -> None:
    sign(runtime, WORKPLAN)
    say(runtime, report())
    key_file(runtime).path.chmod(0o640)
    with pytest.raises(SettingsError, match="others can read it"):
        sign(runtime, WORKPLAN)


def test_a_signed_head_cannot_be_changed_or_deleted(runtime: Runtime) -> None:
    sign(runtime, WORKPLAN)
    for statement in ("DELETE FROM signed_heads", "UPDATE signed_heads SET note = ''"):
        with pytest.raises(Exception, match="append-only"), runtime.database.write() as tx:
            tx.run(statement)
    assert heads(runtime)


def test_what_is_signed_is_remembered_before_the_signature_leaves(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(Exception):
        pass

    def cut(*_: object) -> None:
        raise PowerCutError

    monkeypatch.setattr("tracker.events.signing.keep_head", cut)
    with pytest.raises(PowerCutError):
        sign(runtime, WORKPLAN)
    remembered = json.loads(key_file(runtime).memory_path.read_text())
    assert [one["size"] for one in remembered.values()] == [size(runtime)]
    monkeypatch.undo()
    assert sign(runtime, WORKPLAN).size == size(runtime), "and it can be signed again, to the same note"


def test_the_memory_is_whole_or_as_it_was_when_writing_it_is_cut_short(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sign(runtime, WORKPLAN)
    say(runtime, report())

    def cut(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", cut)
    with pytest.raises(UnavailableError, match="No space"):
        sign(runtime, WORKPLAN)
    monkeypatch.undo()
    assert key_file(runtime).memory()[read_head(first.note)[0]].size == first.size
    assert heads(runtime) == [first.size]
    assert sign(runtime, WORKPLAN).size == first.size + 1


def test_where_nothing_can_be_written_nothing_is_signed_and_letters_go_on(
    runtime: Runtime, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    runtime.settings = replace(runtime.settings, signing_key_file=tmp_path / "file" / "signing-key")
    with pytest.raises(SettingsError, match="nothing can be written beside it"):
        sign(runtime, WORKPLAN)
    assert sign_if_possible(runtime, WORKPLAN) is None


def test_only_one_process_signs_at_a_time(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_files, "LOCK_SECONDS", 0.05)
    with key_file(runtime).alone(), pytest.raises(ConflictError, match="another process is signing"):
        sign(runtime, WORKPLAN)


# ----------------------------------------------------------------------------------------------------- refusals


def test_a_smaller_log_is_not_signed_until_the_restore_is_accepted(runtime: Runtime) -> None:
    sign(runtime, WORKPLAN)
    kept = size(runtime)
    say(runtime, report(1))
    say(runtime, report(2))
    lost = sign(runtime, WORKPLAN)
    rolled_back(runtime, kept)
    with pytest.raises(LogError, match=f"it has {kept} entries, and {lost.size} were signed") as caught:
        sign(runtime, WORKPLAN)
    assert "accept-restore" in (caught.value.way_out or "")
    assert not check(runtime, WORKPLAN).is_good

    accepted = accept_restore(runtime, WORKPLAN, "Disk failed; copy of Monday")
    assert accepted.size == kept + 1
    with runtime.ask(WORKPLAN) as view:
        assert view.workplan.keys == (accepted.key,)
        row = view.tx.one("SELECT actor, channel, stored FROM events WHERE position = ?", accepted.size)
    assert row
    assert row[:2] == ("system:signer", "system")
    assert json.loads(bytes(row[2]))["data"] == {
        "key": accepted.key,
        "previous": accepted.key,
        "size": lost.size,
    }
    assert check(runtime, WORKPLAN).findings == ()
    say(runtime, report(3))
    assert sign(runtime, WORKPLAN).size == kept + 2


def test_another_log_of_the_same_size_is_not_signed(runtime: Runtime) -> None:
    kept = size(runtime)
    say(runtime, report(1, "what was said"))
    lost = sign(runtime, WORKPLAN)
    rolled_back(runtime, kept)
    say(runtime, report(1, "something else"))
    assert size(runtime) == lost.size
    with pytest.raises(LogError, match="are not those that were signed"):
        sign(runtime, WORKPLAN)


def test_a_longer_log_that_does_not_continue_is_not_signed(runtime: Runtime) -> None:
    kept = size(runtime)
    say(runtime, report(1, "what was said"))
    sign(runtime, WORKPLAN)
    rolled_back(runtime, kept)
    for number in range(5):
        say(runtime, report(number, "something else"))
    with pytest.raises(LogError, match="are not those that were signed"):
        sign(runtime, WORKPLAN)


def test_a_tree_that_is_not_over_what_is_stored_is_not_signed_nor_accepted(runtime: Runtime) -> None:
    sign(runtime, WORKPLAN)
    position = say(runtime, report(1))
    with runtime.database.write() as tx:
        unguarded(tx)
        stored = bytes((tx.one("SELECT stored FROM events WHERE position = ?", position) or (b"",))[0])
        tx.run(
            "UPDATE events SET stored = ? WHERE position = ?",
            stored.replace(b"delayed", b"at_risk"),
            position,
        )
    with pytest.raises(LogError, match="its tree is not that of the entries stored"):
        sign(runtime, WORKPLAN)
    with pytest.raises(LogError, match="its tree is not that of the entries stored"):
        accept_restore(runtime, WORKPLAN, "nothing to see here")


def test_control_without_its_memory_the_key_would_sign_a_rolled_back_log(runtime: Runtime) -> None:
    kept = size(runtime)
    say(runtime, report(1))
    sign(runtime, WORKPLAN)
    rolled_back(runtime, kept)
    key_file(runtime).memory_path.unlink()
    assert sign(runtime, WORKPLAN).size == kept


def test_a_signer_that_should_remember_and_does_not_refuses(runtime: Runtime) -> None:
    sign(runtime, WORKPLAN)
    key_file(runtime).memory_path.unlink()
    say(runtime, report())
    with pytest.raises(LogError, match="the signer remembers none"):
        sign(runtime, WORKPLAN)
    accept_restore(runtime, WORKPLAN, "The folder of the key was lost and brought back")
    assert check(runtime, WORKPLAN).is_good


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"log": 7}', b'{"log": {"workplan": "trial"}}'])
def test_a_damaged_memory_is_no_memory_and_nothing_is_signed(runtime: Runtime, content: bytes) -> None:
    sign(runtime, WORKPLAN)
    say(runtime, report())
    key_file(runtime).memory_path.write_bytes(content)
    with pytest.raises(LogError, match="cannot be read"):
        sign(runtime, WORKPLAN)
    assert not check(runtime, WORKPLAN).is_good


def test_a_log_under_a_new_name_in_the_old_ones_place_is_not_signed(
    runtime: Runtime, sqlite_template: Path, tmp_path: Path
) -> None:
    sign(runtime, WORKPLAN)
    fresh = tmp_path / "fresh.db"
    fresh.write_bytes(sqlite_template.read_bytes())
    other = installed(f"sqlite:///{fresh}", tmp_path / "data")
    try:
        with pytest.raises(LogError, match="was signed before"):
            sign(other, WORKPLAN)
        assert not check(other, WORKPLAN).is_good
    finally:
        other.close()


def test_there_is_nothing_to_accept_where_the_log_continues(runtime: Runtime) -> None:
    sign(runtime, WORKPLAN)
    say(runtime, report())
    before = size(runtime)
    with pytest.raises(RuleError, match="nothing to accept"):
        accept_restore(runtime, WORKPLAN, "just in case")
    assert size(runtime) == before


def test_work_that_needs_no_signature_goes_on_without(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    sign(runtime, WORKPLAN)
    key_file(runtime).memory_path.unlink()
    say(runtime, report())
    assert sign_if_possible(runtime, WORKPLAN) is None
    assert "is not signed" in caplog.text


def test_signing_reads_only_what_was_added(runtime: Runtime) -> None:
    sign(runtime, WORKPLAN)
    with (
        runtime.database.write() as tx
    ):  # what was checked before is not read again: this goes to `tracker verify`
        unguarded(tx)
        tx.run("UPDATE events SET stored = ? WHERE position = 2", b"{}")
    say(runtime, report())
    sign(runtime, WORKPLAN)
    assert check(runtime, WORKPLAN).findings[0].position == 2
