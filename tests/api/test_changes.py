"""What changed between two points on either axis: which entries did it, in words, as a workbook, and for whom."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from tests.installation import Installation, fact

EVIL = '=HYPERLINK("http://x.example")'
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def told(library: Installation) -> Installation:
    """A window moved twice, a report corrected to another day, a decision taken in a meeting, one activity removed."""
    house, clock = library, library.clock

    def window(first: str, last: str, why: str, **more: Any) -> None:
        data = {"from": first, "to": last, "source": "x"}
        house.write(fact("ActivityScheduled", "activity/10.1", data) | {"reason": why} | more)

    meeting = {"kind": "quarterly_meeting", "title": "Q3"}
    house.write(fact("SessionProposed", "session/q3", meeting))
    window("2023-Q1", "2023-Q2", "As the plan says.")
    clock.move(days=1)
    window("2023-Q2", "2023-Q3", EVIL)
    clock.move(days=1)
    window("2023-Q3", "2023-Q4", "The host asked.", decided_at="session/q3")
    report = {"quarter": "2023-Q2", "assessment": "at_risk"}
    said = house.write(
        fact("ProgressReported", "activity/3.4", report) | {"reason": "late", "occurred_on": "2023-06-20"},
        "lead",
    )
    clock.move(days=1)
    correction = {"position": said["events"][0]["position"], "occurred_on": "2023-05-16"}
    house.write(fact("EntryCorrected", "activity/3.4", correction), "lead")
    house.write(fact("ActivityWithdrawn", "activity/9.2") | {"reason": "Merged."})
    return library


def about(found: Any, subject: str, name: str = "changed") -> Any:
    return next(one for one in found[name] if one["subject"] == subject)


def field(found: Any, subject: str, name: str) -> Any:
    return next(one for one in about(found, subject)["fields"] if one["field"] == name)


def start(house: Installation) -> int:
    """Return the position of the first window, where the story begins."""
    found: int = house.read("events?type=ActivityScheduled&subject=activity/10.1")["items"][0]["position"]
    return found


def test_who_moved_a_window_when_why_and_by_whose_decision(told: Installation) -> None:
    found = told.read(f"changes?from=position:{start(told)}")
    moved = field(found, "activity/10.1", "window")
    first, second = [
        one for one in about(found, "activity/10.1")["entries"] if one["position"] in moved["events"]
    ]
    assert (first["reason"], second["reason"]) == (EVIL, "The host asked.")
    assert second["decided_at"] == "session/q3"
    assert second["recorded_at"][:10] == "2023-07-07"
    assert second["speaker"] == {"entity": None, "role": "secretariat", "display": "Secretariat"}
    assert (moved["old"]["to"], moved["new"]["to"]) == ("2023-Q2", "2023-Q4")


def test_what_we_said_that_was_already_untrue(told: Installation) -> None:
    found = told.read("changes?from=2023-07-05&to=now@2023-06-15")
    status = field(found, "activity/3.4", "status")
    (entry,) = [
        one for one in about(found, "activity/3.4")["entries"] if one["position"] in status["events"]
    ][:1]
    assert (status["old"], status["new"]) == ("not_started", "in_progress")
    assert entry["type"] == "ProgressReported"
    assert not [
        one for one in found["changed"] if one["subject"] == "activity/10.1" and "window" not in str(one)
    ]


def test_between_two_days_only_what_happened_between_them_did_it(told: Installation) -> None:
    """The report stands on 16 May only because of the correction, which both points know: the report did it."""
    found = told.read("changes?from=now@2023-05-15&to=now@2023-05-17")
    assert [one["type"] for one in about(found, "activity/3.4")["entries"]] == ["ProgressReported"]
    corrected = told.read("changes?from=2023-07-07@2023-05-17&to=now@2023-05-17")
    assert [one["type"] for one in about(corrected, "activity/3.4")["entries"]] == ["EntryCorrected"]


def test_a_first_point_after_the_second_is_answered_in_the_order_asked(told: Installation) -> None:
    found = told.read(f"changes?from=now&to=position:{start(told)}")
    assert found["is_backwards"]
    assert "reads backwards" in found["words"]
    assert about(found, "activity/9.2", "added")["entries"][0]["type"] == "ActivityWithdrawn"
    assert field(found, "activity/10.1", "window")["new"]["from"] == "2023-Q1"
    assert not told.read(f"changes?from=position:{start(told)}")["is_backwards"]
    assert not told.read("changes?from=2023-07-05&to=now@2023-07-05")["is_backwards"]


def test_the_sentence_comes_in_three_languages(told: Installation) -> None:
    for language, said in (
        ("es", "1 retirada del plan"),
        ("fr", "1 retirée du plan"),
        ("de", "1 removed from the"),
    ):
        answer = told.get("changes?from=2023-07-05", headers={"Accept-Language": language})
        assert answer.json is not None
        assert said in answer.json["words"]
        assert "Accept-Language" in answer.headers["Vary"]


def test_changes_stand_by_workstream(told: Installation) -> None:
    found = told.read("changes?from=2023-07-05")
    assert [one["workstream"] for one in found["changed"]] == ["3", "10"]
    assert {"workstream": "9", "added": 0, "withdrawn": 1, "changed": 0} in found["workstreams"]


def test_as_a_workbook_dates_are_dates_and_no_cell_is_a_formula(told: Installation) -> None:
    answer = told.get("changes?from=2023-07-05", headers={"Accept": WORKBOOK})
    assert answer.content_type == WORKBOOK
    assert answer.headers["Content-Disposition"] == 'attachment; filename="unnm-2022-2024-changes.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet is not None
    known, header, *rows = sheet.values
    assert "as we knew it on 5 July 2023" in str(known[0])
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A3", f"A2:O{len(rows) + 2}")
    found = [dict(zip(header, row, strict=True)) for row in rows]
    moved = next(row for row in found if row["reason"] == EVIL)
    assert isinstance(moved["recorded_at"], datetime)
    assert isinstance(moved["occurred_on"], datetime)
    assert (moved["what"], moved["field"]) == ("changed", "window")
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert told.get("changes?from=2023-07-05", headers={"Accept": WORKBOOK}).get_data() == answer.get_data()


def test_as_csv_no_spreadsheet_reads_a_formula(told: Installation) -> None:
    answer = told.get("changes?from=2023-07-05", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert f"'{EVIL}" in {row["reason"] for row in rows}


def test_the_history_comes_as_a_workbook_too(told: Installation) -> None:
    answer = told.get("events?order=desc&limit=5", headers={"Accept": WORKBOOK})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet is not None
    assert isinstance(sheet["B3"].value, datetime)
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_whoever_may_not_read_reasons_and_speakers_is_not_told_them(told: Installation) -> None:
    found = told.read("changes?from=2023-07-05", "viewer")
    assert {"reason", "speaker", "channel", "assessment"} <= set(found["withheld"])
    assert set(about(found, "activity/10.1")["entries"][0]) == {
        "position",
        "type",
        "recorded_at",
        "occurred_on",
    }
    answer = told.get("changes?from=2023-07-05", "viewer", headers={"Accept": "text/csv"})
    assert "HYPERLINK" not in answer.get_data(as_text=True)
