"""The whole plan is put together from stored fragments; it says what its parts say, and the same bytes without them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from tests.installation import WORKPLAN, Installation, fact
from tracker.errors import LogError
from tracker.events.reading import end_of
from tracker.projections import checkpoints, fragments, rebuilding
from tracker.projections.bundles import Row, bundled_at, read_bundle, read_pieces, write_bundle
from tracker.projections.rebuilding import rebuild
from tracker.projections.soundness import check_log

QUESTIONS = ("", "as_of=position:{late}", "as_of=position:{first}", "effective_on=2023-03-31")
READERS = ("viewer", "secretariat")


def lived(house: Installation) -> dict[str, int]:
    """Write what an answer must join, reveal and date, and return ``{name: position}``."""
    house.write(
        fact("ActivityScheduled", "activity/3.4", {"from": "2023-Q1", "to": "2023-Q1", "source": "x"})
    )
    house.write(
        fact(
            "ActivityTagged",
            "activity/3.1",
            {"targets": [{"id": "talks", "unit": {"es": "sesión"}, "min": 3}]},
        )
    )
    told = {"assessment": "at_risk", "note": 'Said "so": {"sha256":"' + "0" * 64 + '"}'}
    first = house.write(fact("ProgressReported", "activity/3.4", told) | {"reason": "a name"}, "lead")
    scheduled = {
        "kind": "gcm_talks",
        "title": "A talk",
        "level": "global",
        "mode": "online",
        "rule": "open",
        "starts_at": "2023-05-22T15:00",
        "ends_at": "2023-05-22T17:00",
        "zone": "UTC",
        "languages": ["en"],
        "audience": "open",
        "workstreams": ["3"],
        "objectives": [],
    }
    house.enter(
        fact("SessionScheduled", "session/talk", scheduled),
        fact("SessionHeld", "session/talk", {"counts_for": ["3.1"]}),
        fact("ActivityWithdrawn", "activity/1.1") | {"reason": "no longer"},
    )
    late = fact("ProgressReported", "activity/3.4", {"assessment": "delayed"}) | {"reason": "another"}
    late_entry = house.write(late | {"occurred_on": "2023-03-20"}, "lead")
    position = first["events"][0]["position"]
    redaction = {"position": position, "field": "/reason", "authority": "asked for"}
    house.write(fact("TextRedacted", "activity/3.4", redaction))
    return {"first": position, "late": late_entry["events"][0]["position"]}


@pytest.fixture
def many_bundles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a rebuild of some 350 entries write checkpoints, and bundles with them."""
    monkeypatch.setattr(checkpoints, "EVERY", 20)
    monkeypatch.setattr(rebuilding, "CHUNK", 40)
    monkeypatch.setattr(rebuilding, "NEAR", 0)


def bundled(house: Installation) -> int:
    rebuild(house.runtime.database, WORKPLAN)
    with house.runtime.database.read() as tx:
        return len(bundled_at(tx, WORKPLAN, 2))


@pytest.mark.usefixtures("many_bundles")
def test_a_whole_plan_says_of_activities_what_their_list_says(house: Installation) -> None:
    positions = lived(house)
    assert bundled(house) > 1
    asked = [(question.format(**positions), who) for question, who in product(QUESTIONS, READERS)]
    before = {}
    for question, who in asked:
        answer, listed = house.get(f"state?{question}", who), house.read(f"activities?{question}", who)
        assert answer.json is not None
        assert answer.json["activities"] == listed["items"]
        pointers = [one for one in answer.json.get("redacted", []) if one.startswith("/activities/")]
        assert pointers == [one.replace("/items/", "/activities/") for one in listed.get("redacted", [])]
        assert set(listed.get("withheld", [])) <= set(answer.json.get("withheld", []))
        before[question, who] = answer.get_data()
    assert any(b"redacted" in one for one in before.values())
    assert any(b'"sessions_counted":1' in one for one in before.values())
    for table in ("plan_bundles", "plan_fragments"):
        with house.runtime.database.write() as tx:
            assert tx.run(f"DELETE FROM {table}") > 10
        house.__dict__.pop("app")  # and with it what it rendered
        assert {
            (question, who): house.get(f"state?{question}", who).get_data() for question, who in asked
        } == before


@pytest.mark.usefixtures("many_bundles")
def test_control_a_changed_bundle_is_answered_from_and_found(house: Installation) -> None:
    bundled(house)
    with house.runtime.database.write() as tx:
        last = bundled_at(tx, WORKPLAN, 2)[-1]
        rows = {
            f"activity/{at}.1": (*row[:3], row[3].replace(b"not_started", b"completed"), row[4])
            for at, row in read_bundle(tx, WORKPLAN, 2, last, with_details=True).items()
        }
        tx.run("DELETE FROM plan_bundles WHERE position = ?", last)
        write_bundle(tx, WORKPLAN, 2, last, rows)
    answer = house.read("state", "secretariat")
    assert {one["status"] for one in answer["activities"]} >= {"completed"}
    with house.runtime.database.read() as tx, pytest.raises(LogError, match="activity/"):
        check_log(tx, WORKPLAN)


@pytest.mark.usefixtures("many_bundles")
def test_a_damaged_bundle_changes_no_answer_stops_no_entry_and_is_named(
    house: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    bundled(house)
    before = house.get("state", "secretariat").get_data()
    with house.runtime.database.write() as tx:
        assert tx.run("UPDATE plan_bundles SET body = ?", b"no bundle")
    house.__dict__.pop("app")
    assert house.get("state", "secretariat").get_data() == before
    assert "cannot be read" in caplog.text
    for _ in range(21):
        house.write(fact("ProgressReported", "activity/3.1", {"assessment": "on_track"}), "lead")
    with house.runtime.database.read() as tx, pytest.raises(LogError, match=r"activity/1\.1, activity/1\.2"):
        check_log(tx, WORKPLAN)
    answered = house.get("state", "secretariat").get_data()
    rebuild(house.runtime.database, WORKPLAN)
    house.__dict__.pop("app")
    assert house.get("state", "secretariat").get_data() == answered
    with house.runtime.database.read() as tx:
        check_log(tx, WORKPLAN)


@pytest.mark.usefixtures("many_bundles")
def test_no_flipped_bit_of_a_bundle_is_read(desk: Installation) -> None:
    bundled(desk)
    chance = random.Random(17)
    with desk.runtime.database.write() as tx:
        last = bundled_at(tx, WORKPLAN, 2)[-1]
        held = dict(tx.all("SELECT ending, body FROM plan_bundles WHERE position = ?", last))
        for ending, body in held.items():
            for _ in range(30):
                bit = chance.randrange(len(body) * 8)
                spoilt = bytearray(body)
                spoilt[bit // 8] ^= 1 << bit % 8
                sql = "UPDATE plan_bundles SET body = ? WHERE position = ? AND ending = ?"
                assert tx.run(sql, bytes(spoilt), last, ending) == 1
                assert dict(read_pieces(tx, WORKPLAN, 2, last, with_details=True))[ending] is None
                tx.run(sql, body, last, ending)
            assert dict(read_pieces(tx, WORKPLAN, 2, last, with_details=True))[ending]


@pytest.mark.usefixtures("many_bundles")
def test_a_past_day_is_read_from_the_bundle_before_it(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not from the newest one, in which no activity stands where it stood then."""
    reports = [
        fact("ProgressReported", f"activity/{one['id']}", {"assessment": "on_track"})
        | {"entity": one["leads"][0]}
        for one in house.read("activities")["items"]
    ]
    house.enter(*reports)
    bundled(house)
    apart = list[int]()
    read_apart = fragments._read

    def counting(*args: Any, **options: Any) -> Iterator[tuple[int, Row]]:
        apart.extend(args[-1])
        return read_apart(*args, **options)

    monkeypatch.setattr(fragments, "_read", counting)
    answer = house.read("state?effective_on=2023-03-31")
    assert {one["assessment"] for one in answer["activities"]} == {None}
    assert len(apart) < len(reports) / 2


def test_entries_that_are_appended_are_bundled_at_each_checkpoint(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "EVERY", 50)  # more than a quarter of the subjects
    with house.runtime.database.read() as tx:
        before = end_of(tx, WORKPLAN).position
    said = {"assessment": "on_track"}
    for _ in range(60):
        house.enter(
            *(fact("ProgressReported", f"activity/3.{n}", said) | {"entity": "oms"} for n in (1, 3, 4))
        )
    with house.runtime.database.read() as tx:
        end = end_of(tx, WORKPLAN).position
        found = [at for at in bundled_at(tx, WORKPLAN, 1) if at > before]
        rows = read_bundle(tx, WORKPLAN, 1, end, with_details=True)
    assert len(rows) == 63
    assert [at // 50 for at in found] == list(range(before // 50 + 1, end // 50 + 1))


def test_control_a_changed_fragment_is_found(desk: Installation) -> None:
    with desk.runtime.database.write() as tx:
        sql = "UPDATE plan_fragments SET open = replace(open, 'not_started', 'completed') WHERE workstream = '3'"
        assert tx.run(sql)
    with desk.runtime.database.read() as tx, pytest.raises(LogError, match="activity/"):
        check_log(tx, WORKPLAN)
