"""A redaction leaves no copy: wherever the text stands, beside the log or in what is kept of the request."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.databases import CLI, W, adopt
from tests.proving import bundled, opened, verified
from tests.stories import correct, event, report
from tracker.database import Transaction
from tracker.errors import RuleError
from tracker.events import ledger
from tracker.events.codec import decode
from tracker.events.intake import read_wishes
from tracker.events.reading import read_stored, read_texts
from tracker.events.sealing import Sealer, seals_in
from tracker.events.shapes import to_json
from tracker.projections import checkpoints, rebuilding
from tracker.projections.bundles import read_bundle
from tracker.projections.rebuilding import rebuild
from tracker.projections.standings import write_standings
from tracker.proof.checking import check
from tracker.runtime import Runtime

SECRET = "Amina said it herself"


@pytest.fixture
def runtime(database_url: str, tmp_path: Path) -> Iterator[Runtime]:
    made = opened(database_url, tmp_path / "data")
    adopt(made)
    yield made
    made.close()


def say(runtime: Runtime, *said: dict[str, Any], key: str | None = None) -> int:
    body = said[0] if len(said) == 1 else list(said)
    return runtime.submit(W, body, CLI, "cli", key).first_position


def redact(runtime: Runtime, subject: str, position: int, field: str) -> None:
    data = {"position": position, "field": field, "authority": "data protection officer"}
    say(runtime, event("TextRedacted", subject, data))


def seals(runtime: Runtime, position: int) -> dict[str, str]:
    with runtime.database.read() as tx:
        return dict(seals_in(to_json(decode(read_stored(tx, W, position)))))


def everything(runtime: Runtime) -> str:
    """Return every value of every table, in words; of what is packed, what was packed."""
    with runtime.database.read() as tx:
        kept = tx.all("SELECT DISTINCT generation, position FROM plan_bundles")
        packed = [read_bundle(tx, W, *one, with_details=True) for one in kept]
        sql = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if tx.is_sqlite
            else "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        )
        values = [
            value for (name,) in tx.all(sql) for row in tx.all(f"SELECT * FROM {name}") for value in row
        ]
    said = [bytes(one).hex() if isinstance(one, bytes | memoryview) else str(one) for one in values]
    return "\n".join([*said, str(packed)])


def sealed_once_said_twice(runtime: Runtime) -> int:
    """Append two reports of which three texts are one and the same sealed text; no door does that today."""
    sealer = Sealer()
    wishes, _ = read_wishes(
        [report("3.1", note=SECRET, reason="a"), report("3.3", note="b", reason="c")], sealer
    )
    text = wishes[0].data.note  # type: ignore[union-attr]
    wishes = [replace(one, reason=text) for one in wishes]
    return runtime.wish(W, wishes, CLI, "cli", sealer=sealer).first_position


def test_a_text_sealed_once_and_standing_at_three_places_is_removed_from_all(
    runtime: Runtime, tmp_path: Path
) -> None:
    first = sealed_once_said_twice(runtime)
    sha256 = seals(runtime, first)["/data/note"]
    places = [seals(runtime, first), seals(runtime, first + 1)]
    assert [list(one.values()).count(sha256) for one in places] == [2, 1]
    redact(runtime, "activity/3.1", first, "/data/note")
    with runtime.database.read() as tx:
        assert read_texts(tx, W, [sha256]) == {}
    assert SECRET not in everything(runtime)
    assert check(runtime, W).is_good
    run = verified(bundled(runtime, tmp_path / "log.zip", workplan=W), tmp_path / "auditor")
    assert run.returncode == 0, run.stdout


def test_control_removed_by_its_place_the_text_stays_readable_at_the_others(runtime: Runtime) -> None:
    first = sealed_once_said_twice(runtime)
    sha256 = seals(runtime, first)["/data/note"]
    with runtime.database.write() as tx:
        assert tx.run("DELETE FROM texts WHERE position = ? AND field = '/data/note'", first) == 1
        assert read_texts(tx, W, [sha256]) == {sha256: SECRET}


def test_the_door_seals_the_same_words_at_two_places_apart(runtime: Runtime) -> None:
    """So that what one of them was is not told by the other, and each is removed by itself."""
    first = say(runtime, report("3.1", note=SECRET, reason=SECRET), report("3.3", note=SECRET))
    held = [sha256 for position in (first, first + 1) for sha256 in seals(runtime, position).values()]
    assert len(set(held)) == len(held) == 3
    redact(runtime, "activity/3.1", first, "/data/note")
    with runtime.database.read() as tx:
        assert list(read_texts(tx, W, held).values()) == [SECRET] * 2


def test_nothing_anywhere_holds_a_text_when_all_its_places_were_redacted(runtime: Runtime) -> None:
    """Standings, a frozen snapshot, corrections, the keys of requests: read wholly."""
    finding = {"line": "agenda", "status": "partly", "finding": SECRET, "source": SECRET}
    planned = {"commission": "CEPA", "window": {"from": "2023-Q3", "to": "2023-Q4"}}
    say(runtime, event("ReviewPlanned", "review/africa", planned))
    found = say(runtime, event("ReadinessFindingRecorded", "review/africa", finding))
    one = say(runtime, report("3.1", note=SECRET, assessment="at_risk", reason=SECRET), key=f"key {SECRET}")
    other = say(runtime, correct("activity/3.1", one, reason=SECRET, data={"note": SECRET}))
    say(runtime, event("ReadinessSnapshotTaken", "review/africa", {"signed_off_by": "p1"}))
    hashed = hashlib.sha256(SECRET.encode()).hexdigest()
    assert SECRET in everything(runtime), "control: it is there"
    for position, subject in ((found, "review/africa"), (one, "activity/3.1"), (other, "activity/3.1")):
        for field in seals(runtime, position):
            redact(runtime, subject, position, field)
    left = everything(runtime)
    assert SECRET not in left
    assert hashed not in left
    assert check(runtime, W).is_good


def test_of_the_request_stays_only_that_it_was_done(runtime: Runtime) -> None:
    body = report("3.1", note=SECRET)
    key = f"form:{hashlib.sha256(SECRET.encode()).hexdigest()}"
    position = say(runtime, body, key=key)
    say(runtime, report("3.3", note="another"), key="another")
    redact(runtime, "activity/3.1", position, "/data/note")
    for again in (body, report("3.1", note="something else")):
        with pytest.raises(RuleError, match="redacted since"):
            say(runtime, again, key=key)
    with runtime.database.read() as tx:
        rows = {row[0]: row[1:] for row in tx.all("SELECT key, salt, body_hash FROM idempotency_keys")}
    assert rows.pop(ledger.spent_key(key)) == (None, None)
    assert list(rows) == ["another"]
    assert None not in rows["another"]


def test_an_older_copy_is_made_to_forget_the_request_too(runtime: Runtime) -> None:
    position = say(runtime, report("3.1", note=SECRET), key="kept")
    sha256 = seals(runtime, position)["/data/note"]
    runtime.ledger.add([ledger.Removal("redaction", sha256)])  # as if it was redacted after the copy was made
    with runtime.database.write() as tx:
        assert runtime.ledger.replay_redactions(tx) == 1
        assert runtime.ledger.replay_redactions(tx) == 0
        held = tx.all("SELECT key, salt, body_hash FROM idempotency_keys")
    assert held == [(ledger.spent_key("kept"), None, None)]
    assert SECRET not in everything(runtime)


def fragments_of(runtime: Runtime, subject: str) -> list[tuple[str, str]]:
    """Return what is stored of an activity's answers, at every position."""
    with runtime.database.read() as tx:
        sql = (
            "SELECT f.open, f.details FROM plan_fragments f JOIN events e"
            " ON e.workplan = f.workplan AND e.position = f.position WHERE e.subject = ? ORDER BY f.position"
        )
        return tx.all(sql, subject)


def test_what_is_stored_of_an_activitys_answers_goes_with_its_text(runtime: Runtime) -> None:
    position = say(runtime, report("3.1", note=SECRET))
    say(runtime, report("3.1", quarter="2023-Q2", note="another"))
    say(runtime, report("3.3", note="of another"))
    assert [SECRET in details for _, details in fragments_of(runtime, "activity/3.1")][-2:] == [True, False]
    others = fragments_of(runtime, "activity/3.3")
    redact(runtime, "activity/3.1", position, "/data/note")
    assert fragments_of(runtime, "activity/3.1") == []
    assert fragments_of(runtime, "activity/3.3") == others
    say(runtime, report("3.1", note="in its place"))
    assert [SECRET in details for _, details in fragments_of(runtime, "activity/3.1")] == [False]
    rebuild(runtime.database, W)
    left = fragments_of(runtime, "activity/3.1")
    assert left
    assert SECRET not in everything(runtime)
    assert all("sha256" not in open_ + details for open_, details in left), "or a text is missing"
    assert check(runtime, W).is_good


def endings(runtime: Runtime) -> set[str]:
    """Return the endings of the activities that a bundle is kept of."""
    with runtime.database.read() as tx:
        return {row[0] for row in tx.all("SELECT DISTINCT ending FROM plan_bundles")}


def in_bundles(runtime: Runtime, text: str) -> bool:
    with runtime.database.read() as tx:
        kept = tx.all("SELECT DISTINCT generation, position FROM plan_bundles")
        rows = [row for one in kept for row in read_bundle(tx, W, *one, with_details=True).values()]
    return any(text.encode() in part for row in rows for part in row[3:])


@pytest.mark.parametrize("number, is_rebuilt", [("3.1", True), ("3.3", True), ("3.3", False)])
def test_what_is_bundled_with_an_activity_goes_with_its_text(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, number: str, is_rebuilt: bool
) -> None:
    monkeypatch.setattr(checkpoints, "EVERY", 1)
    say(runtime, report("3.1", note="another"))
    say(runtime, report("3.3", note="another"))
    position = say(runtime, report(number, note=SECRET))
    if is_rebuilt:
        rebuild(runtime.database, W)
    before = endings(runtime)
    assert in_bundles(runtime, SECRET), "or nothing is shown"
    redact(runtime, f"activity/{number}", position, "/data/note")
    assert endings(runtime) == before - {number[-1]}
    assert not in_bundles(runtime, SECRET)
    assert check(runtime, W).is_good
    rebuild(runtime.database, W)
    assert endings(runtime) >= before - {number[-1]}
    assert not in_bundles(runtime, SECRET)
    assert check(runtime, W).is_good


def test_control_a_removed_text_that_is_left_in_a_bundle_is_found(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    position = say(runtime, report("3.1", note=SECRET))
    monkeypatch.setattr(checkpoints, "EVERY", 1)
    rebuild(runtime.database, W)
    with runtime.database.read() as tx:
        held = tx.all("SELECT * FROM plan_bundles WHERE ending = '1'")
    redact(runtime, "activity/3.1", position, "/data/note")
    with runtime.database.write() as tx:
        tx.run(f"INSERT INTO plan_bundles VALUES ({', '.join('?' * len(held[0]))})", *held[0])
    assert in_bundles(runtime, SECRET)
    assert not check(runtime, W).is_good


def test_a_piece_that_stands_where_no_text_would_take_it_along_is_found(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "EVERY", 1)
    say(runtime, report("3.1", note="a note"))
    assert check(runtime, W).is_good
    with runtime.database.write() as tx:
        assert tx.run("UPDATE plan_bundles SET ending = 'x' WHERE ending = '1'")
    assert {"activity/3.1 does not stand as the log says"} <= {
        one.words for one in check(runtime, W).findings
    }


def test_control_a_removed_text_that_is_left_in_a_fragment_is_found(runtime: Runtime) -> None:
    position = say(runtime, report("3.1", note=SECRET))
    with runtime.database.read() as tx:
        held = tx.all("SELECT * FROM plan_fragments WHERE position = ?", position)
    redact(runtime, "activity/3.1", position, "/data/note")
    assert check(runtime, W).is_good
    with runtime.database.write() as tx:
        tx.run(f"INSERT INTO plan_fragments VALUES ({', '.join('?' * len(held[0]))})", *held[0])
    assert not check(runtime, W).is_good


def test_a_text_that_is_removed_during_a_rebuild_is_in_nothing_rebuilt(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the rebuild had read it: the redaction waits until what holds it can be seen, and removed."""
    position = say(runtime, report("3.1", note=SECRET))
    redacting = list[threading.Thread]()

    def slowly(tx: Transaction, *rows: Any) -> None:
        write_standings(tx, *rows)
        if not redacting:
            redacting.append(
                threading.Thread(target=redact, args=(runtime, "activity/3.1", position, "/data/note"))
            )
            redacting[0].start()
            time.sleep(0.5)

    monkeypatch.setattr(rebuilding, "write_standings", slowly)
    monkeypatch.setattr(rebuilding, "NEAR", 0)
    monkeypatch.setattr(checkpoints, "EVERY", 1)
    rebuild(runtime.database, W)
    redacting[0].join()
    assert SECRET not in everything(runtime)
    assert check(runtime, W).is_good
