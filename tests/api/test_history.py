"""What happened, who said it, what changed between two points, and the proof that nothing was altered."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest

from tests.installation import API, WORKPLAN, Installation
from tracker.events import tree
from tracker.events.key_file import KeyFile
from tracker.events.signing import sign_head

REPORT = {
    "type": "ProgressReported",
    "subject": "activity/3.4",
    "reason": "late",
    "data": {"assessment": "at_risk"},
}


@pytest.fixture(scope="module")
def told(library: Installation) -> Installation:
    """A library with a report of 5 July, a correction an hour later, and a retracted decision."""
    position = library.write(REPORT | {"occurred_on": "2023-05-16"}, "lead")["events"][0]["position"]
    library.clock.move(hours=1)
    corrected = {
        "type": "EntryCorrected",
        "subject": "activity/3.4",
        "data": {"position": position, "reason": "the venue is late"},
    }
    library.write(corrected, "lead")
    decision = {"type": "ActivityStatusChanged", "subject": "activity/3.1", "data": {"status": "in_progress"}}
    decided = library.write(decision)["events"][0]["position"]
    library.clock.move(days=1)
    library.write({"type": "EntryRetracted", "subject": "activity/3.1", "data": {"position": decided}})
    return library


def positions(house: Installation, query: str) -> list[int]:
    return [item["position"] for item in house.read(f"events?{query}")["items"]]


def test_pages_follow_one_another_without_a_gap_in_either_order(told: Installation) -> None:
    size = told.read("tree-head")["size"]
    for order, expected in (("asc", range(1, size + 1)), ("desc", range(size, 0, -1))):
        page = told.read(f"events?limit=100&order={order}")
        seen = [item["position"] for item in page["items"]]
        while page["next"] is not None:
            page = told.read(f"events?limit=100&order={order}&after={page['next']}")
            seen += [item["position"] for item in page["items"]]
        assert seen == list(expected)


def test_the_next_page_is_linked(told: Installation) -> None:
    answer = told.get("events?limit=2&subject=activity/3.4")
    link = answer.headers["Link"]
    assert link.endswith('rel="next"')
    following = told.read(link.partition(">")[0].removeprefix("<"))
    assert [item["version"] for item in following["items"]] == [3]


def test_entries_can_be_filtered(told: Installation) -> None:
    size = told.read("tree-head")["size"]
    report, correction, decision, retraction = range(size - 3, size + 1)
    assert positions(told, "type=ProgressReported") == [report]
    assert positions(told, "entity=oms") == [report, correction]
    assert positions(told, "channel=api") == [report, correction, decision, retraction]
    assert positions(told, "subject=activity/3.1&type=EntryRetracted") == [retraction]
    assert positions(told, "subject=review&limit=1")
    assert positions(told, "occurred_from=2023-05&occurred_to=2023-05") == [report]
    assert positions(told, "from=2023-07-06") == [retraction]
    assert positions(told, "from=2023-07-05&to=2023-07-05") == [report, correction, decision]
    assert positions(told, "from=2023-07-05T12:30:00+02:00&to=2023-07-05") == [correction, decision]
    assert positions(told, f"from=position:{decision}&to=position:{decision}") == [decision]
    assert positions(told, "from=-PT26H&to=now") == [report, correction, decision, retraction]
    assert positions(told, "to=2022-01-01") == []
    assert positions(told, f"after={decision}") == [retraction]
    assert positions(told, f"order=desc&after={correction}&limit=1") == [report]
    actor = told.read(f"events/{report}")["actor"]
    assert actor.startswith("token:")
    assert positions(told, f"actor={actor}") == [report, correction]


def test_speakers_are_entities_and_roles_never_people(told: Installation) -> None:
    size = told.read("tree-head")["size"]
    spoken = [told.read(f"events/{position}")["speaker"] for position in (1, size - 3, size)]
    assert [one["role"] for one in spoken] == ["system", "lead", "secretariat"]
    assert spoken[1]["display"] == "OMS"


def test_one_entry_shows_before_and_after_what_changed_and_what_amended_it(told: Installation) -> None:
    report = told.read("tree-head")["size"] - 3
    shown = told.read(f"events/{report}")
    assert (shown["before"]["status"], shown["after"]["status"]) == ("not_started", "in_progress")
    assert {"field": "status", "old": "not_started", "new": "in_progress"} in shown["changed"]
    assert shown["reason"] == "late"
    assert shown["corrected_by"] == [report + 1]
    (correction,) = shown["corrections"]
    assert correction["data"]["reason"] == "the venue is late"
    assert told.read("activities/3.4")["assessment_reason"] == "the venue is late"
    then = told.read(f"events/{report}?as_of=position:{report}")
    assert "corrected_by" not in then
    assert then["corrections"] == []


@pytest.mark.parametrize("said", ["0", "999999", "abc", "-1", "1.5", "99999999999999999999"])
def test_there_is_no_such_entry(told: Installation, said: str) -> None:
    assert told.get(f"events/{said}").status_code == 404


def test_changes_say_field_old_new_and_the_entries_that_did_it(told: Installation) -> None:
    size = told.read("tree-head")["size"]
    found = told.read("changes?from=2023-07-04")
    (changed,) = [entry for entry in found["changed"] if entry["subject"] == "activity/3.4"]
    fields = {one["field"]: (one["old"], one["new"]) for one in changed["fields"]}
    assert fields["status"] == ("not_started", "in_progress")
    assert fields["assessment_reason"] == (None, "the venue is late")
    assert changed["events"] == [size - 3, size - 2]
    assert found["counts"]["status_changed"] == 1
    assert (found["added"], found["withdrawn"]) == ([], [])
    same = told.read("changes?from=now&to=now")
    assert (same["changed"], same["counts"]["changed"]) == ([], 0)


def test_two_days_can_be_compared_as_we_know_them_now(told: Installation) -> None:
    found = told.read("changes?from=now@2023-05-15&to=now@2023-05-17")
    assert [entry["subject"] for entry in found["changed"]] == ["activity/3.4"]
    assert "as we know it now" in found["from"]["words"]


def test_the_history_comes_as_csv_that_no_spreadsheet_reads_as_a_formula(house: Installation) -> None:
    evil = '=HYPERLINK("http://x.example")'
    house.write(REPORT | {"reason": evil}, "lead")
    answer = house.get("events?order=desc&limit=1", headers={"Accept": "text/csv"})
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    (row,) = csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    assert (row["subject"], row["speaker"], row["reason"]) == ("activity/3.4", "OMS", f"'{evil}")
    assert house.get("events?limit=1", headers={"Accept": "*/*"}).content_type == "application/json"


def recomputed(proof: dict[str, Any]) -> str:
    """Return the root that an inclusion proof leads to, by the algorithm of RFC 9162."""
    path = [bytes.fromhex(one) for one in proof["path"]]
    root = tree.root_from_inclusion(
        proof["position"] - 1, proof["size"], bytes.fromhex(proof["leaf_hash"]), path
    )
    return root.hex() if root else ""


def test_every_entry_can_be_proved_to_be_in_the_tree(told: Installation) -> None:
    head = told.read("tree-head")
    assert head["signed"] is None
    for position in (1, 2, head["size"] // 2, head["size"]):
        proof = told.read(f"proofs/inclusion?position={position}")["proof"]
        assert recomputed(proof) == proof["root"] == head["root"]
        assert recomputed(told.read(f"events/{position}")["proof"]) == head["root"]
        proof["leaf_hash"] = hashlib.sha256(b"another").hexdigest()
        assert recomputed(proof) != head["root"]  # the control


def test_an_earlier_tree_is_proved_to_be_a_prefix(told: Installation) -> None:
    then, head = told.read("tree-head?as_of=2023-07-04"), told.read("tree-head")
    proof = told.read(f"proofs/consistency?first={then['size']}")["proof"]
    assert (proof["first_root"], proof["second_root"]) == (then["root"], head["root"])
    assert proof["path"]
    assert told.read("proofs/inclusion?position=3&size=7")["proof"]["size"] == 7


def test_an_answer_is_not_sent_twice_until_something_changes(house: Installation) -> None:
    for path in (
        "activities",
        "activities/3.4",
        "state",
        "events?limit=3",
        "changes?from=position:1",
        "moments",
        "tree-head",
    ):
        first = house.get(path)
        again = house.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.get_data()) == (304, b""), path
    tag = house.get("activities").headers["ETag"]
    then = house.get("activities?as_of=2023-07-04").headers["ETag"]
    lead = house.get("activities", "lead").headers["ETag"]
    viewer = house.get("activities", "viewer").headers["ETag"]
    assert len({tag, then, viewer}) == 3
    assert tag == lead
    house.write(REPORT, "lead")
    assert house.get("activities", headers={"If-None-Match": tag}).status_code == 200
    assert house.get("activities?as_of=2023-07-04", headers={"If-None-Match": then}).status_code == 304
    house.clock.move(days=1)
    tag = house.get("activities").headers["ETag"]
    house.clock.move(days=1)
    assert house.get("activities").headers["ETag"] != tag  # what is overdue depends on the day


def test_a_redaction_changes_the_tag_of_every_past_answer(house: Installation) -> None:
    (entry,) = house.write(REPORT, "lead")["events"]
    path = f"activities/3.4?as_of=position:{entry['position']}"
    house.write(
        {
            "type": "MomentNamed",
            "subject": "workplan",
            "data": {"slug": "m", "title": "M", "at": "2023-06-15"},
        }
    )
    tag = house.get(path).headers["ETag"]
    assert house.get(path, headers={"If-None-Match": tag}).status_code == 304
    redaction = {"position": entry["position"], "field": "/reason", "authority": "asked for"}
    house.write({"type": "TextRedacted", "subject": "activity/3.4", "data": redaction})
    again = house.get(path, headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert again.json is not None
    assert again.json["assessment_reason"] is None
    shown = house.read(f"{API}/events/{entry['position']}")
    assert (shown["reason"], shown["redacted"]) == (None, ["/reason"])
    assert recomputed(shown["proof"]) == house.read("tree-head")["root"]


def test_a_signed_head_is_shown_with_its_note_and_key(house: Installation, tmp_path: Path) -> None:
    before = house.read("tree-head")
    assert (before["signed"], before["last_signed"], before["keys"]) == (None, None, [])
    signed = sign_head(house.runtime.database, KeyFile(tmp_path / "key"), WORKPLAN, house.clock.now)
    shown = house.read("tree-head")
    assert shown["signed"] == signed.note
    assert shown["signed"].startswith(f"{shown['origin']}\n{shown['size']}\n")
    assert shown["keys"] == [signed.key]
    again = house.get("tree-head", headers={"If-None-Match": house.get("tree-head").headers["ETag"]})
    assert again.status_code == 304
    house.write(REPORT, "lead")
    later = house.read("tree-head")
    assert (later["signed"], later["last_signed"]["size"]) == (None, shown["size"])
    assert house.read(f"tree-head?as_of=position:{shown['size']}")["signed"] == signed.note
