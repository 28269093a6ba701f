"""Another key that takes over, a lost one, and when the timetable asks for signatures; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.faults.trial import WORKPLAN, founding
from tests.installation import FrozenClock
from tests.proving import installed, opened, report, rolled_back, say
from tracker.errors import LogError
from tracker.events import key_file as key_files
from tracker.events.reading import end_of
from tracker.events.signed_heads import keys_of
from tracker.events.signing import due_for_signing
from tracker.events.verifier import read_head
from tracker.proof.checking import check
from tracker.proof.keys import key_file, rotate, show_key, sign
from tracker.runtime import Runtime

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def runtime(database_url: str, tmp_path: Path) -> Iterator[Runtime]:
    made = installed(database_url, tmp_path / "data", FrozenClock(NOON))
    yield made
    made.close()


def size(runtime: Runtime) -> int:
    with runtime.database.read() as tx:
        return end_of(tx, WORKPLAN).position


def move(runtime: Runtime, **by: float) -> None:
    assert isinstance(runtime.clock, FrozenClock)
    runtime.clock.move(**by)


def test_a_new_key_takes_over_by_an_entry_and_the_old_one_vouches_for_it(runtime: Runtime) -> None:
    old = sign(runtime, WORKPLAN)
    (head,) = rotate(runtime, "Every two years")
    assert head.key != old.key
    assert head.size == old.size + 1
    assert read_head(head.note, head.key)[3] is True
    assert read_head(head.note, old.key)[3] is True, "the old key signs the head that names the new one"
    say(runtime, report())
    later = sign(runtime, WORKPLAN)
    assert later.key == head.key
    assert read_head(later.note, old.key)[3] is None, "and nothing after that"
    with runtime.database.read() as tx:
        assert keys_of(tx, WORKPLAN) == [old.key, head.key]
    assert check(runtime, WORKPLAN).is_good


def test_a_rotation_that_was_cut_short_is_finished_by_the_next(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = sign(runtime, WORKPLAN)

    class PowerCutError(Exception):
        pass

    def cut(*_: object) -> None:
        raise PowerCutError

    monkeypatch.setattr("tracker.proof.keys.sign_now", cut)
    with pytest.raises(PowerCutError):
        rotate(runtime, "Every two years")
    monkeypatch.undo()
    with pytest.raises(LogError, match="its key is"):
        sign(runtime, WORKPLAN)
    (head,) = rotate(runtime, "Every two years")
    assert head.size == old.size + 1, "the entry of the first try counts"
    assert read_head(head.note, old.key)[3] is True
    assert not key_file(runtime).next_path.exists()
    assert check(runtime, WORKPLAN).is_good


def test_a_lost_key_is_not_replaced_in_silence(runtime: Runtime) -> None:
    old = sign(runtime, WORKPLAN)
    say(runtime, report())
    key_file(runtime).path.unlink()
    for attempt in (lambda: sign(runtime, WORKPLAN), lambda: show_key(runtime)):
        with pytest.raises(LogError, match=r"is not in|is gone"):
            attempt()
    assert not key_file(runtime).path.exists()
    (head,) = rotate(runtime, "The machine of the old one burnt")
    assert read_head(head.note, old.key)[3] is None, "nobody vouches for it, and the verifier says so"
    assert check(runtime, WORKPLAN).is_good


def test_a_foreign_key_put_in_place_of_ours_signs_nothing(runtime: Runtime) -> None:
    sign(runtime, WORKPLAN)
    say(runtime, report())
    key_files.make_key_file(key_file(runtime).path)
    with pytest.raises(LogError, match="its key is"):
        sign(runtime, WORKPLAN)


# ------------------------------------------------------------------------------------------------------- the ticker


def due(runtime: Runtime) -> list[str]:
    with runtime.database.read() as tx:
        return due_for_signing(tx, runtime.now())


def test_heads_are_due_once_a_day_where_the_log_has_grown(runtime: Runtime) -> None:
    assert due(runtime) == [WORKPLAN], "never signed"
    sign(runtime, WORKPLAN)
    say(runtime, report())
    assert due(runtime) == []
    move(runtime, days=1)
    assert due(runtime) == [WORKPLAN]
    sign(runtime, WORKPLAN)
    move(runtime, days=1)
    assert due(runtime) == [], "nothing was added"


def test_a_snapshot_makes_a_head_due_at_once(runtime: Runtime) -> None:
    sign(runtime, WORKPLAN)
    planned = {"window": {"from": "2026-Q2", "to": "2026-Q3"}, "commission": "eca"}
    say(runtime, {"type": "ReviewPlanned", "subject": "review/africa", "data": planned})
    assert due(runtime) == []
    frozen = {"type": "ReadinessSnapshotTaken", "subject": "review/africa", "data": {"signed_off_by": "p1"}}
    say(runtime, frozen)
    assert due(runtime) == [WORKPLAN]


def test_a_log_that_has_shrunk_is_due_so_that_the_refusal_is_heard(runtime: Runtime) -> None:
    kept = size(runtime)
    say(runtime, report())
    signed = sign(runtime, WORKPLAN)
    rolled_back(runtime, kept)
    with runtime.database.write() as tx:  # the heads are still there: only the tail was cut
        tx.run(
            "INSERT INTO signed_heads VALUES (?, ?, ?, ?, ?, ?)",
            *(WORKPLAN, signed.size, signed.root, signed.note, signed.key, signed.signed_at),
        )
    assert due(runtime) == [WORKPLAN]


def test_a_simulated_workplan_is_signed_only_when_asked(database_url: str, tmp_path: Path) -> None:
    runtime = opened(database_url, tmp_path / "data")
    try:
        runtime.adopt(WORKPLAN, founding(), simulated=True)
        assert due(runtime) == []
        assert sign(runtime, WORKPLAN).size == size(runtime)
    finally:
        runtime.close()
