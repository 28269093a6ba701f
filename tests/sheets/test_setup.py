"""The set-up of a plan by one sheet, and past quarters by another: all or nothing, told row by row, undone as one."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.installation import WORKPLAN, Installation, fact
from tracker.directory import people
from tracker.directory.principals import system
from tracker.errors import NotFoundError, RuleError
from tracker.projections.undoing import correlation_of, imports
from tracker.sheets import uploads
from tracker.sheets.foreseeing import foreseen
from tracker.sheets.handing_out import progress_sheet, setup_sheet
from tracker.sheets.progress import PROGRESS
from tracker.sheets.recording import Outcome, RefusedSheetError, plan_sheet, record_sheet
from tracker.sheets.rows import Kind, Shared
from tracker.sheets.setup import SETUP
from tracker.sheets.undoing import undo

IMPORT = system("system:import")
SHARED = Shared(reason="Planning of the Secretariat, July 2023", occurred_on="2023-07-03")
Rows = list[dict[str, str]]


def handed_out(house: Installation, kind: Kind, quarters: tuple[str, ...] = ()) -> Rows:
    with house.runtime.ask(WORKPLAN) as view:
        made = (
            setup_sheet(view, is_csv=True)
            if kind is SETUP
            else progress_sheet(view, is_csv=True, quarters=quarters)
        )
    return list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"))))


def filled(rows: Rows) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def judged(house: Installation, kind: Kind, rows: Rows, shared: Shared = SHARED) -> Outcome:
    return plan_sheet(house.runtime, WORKPLAN, IMPORT, kind, "sheet.csv", filled(rows), shared)


def bring(house: Installation, kind: Kind, rows: Rows, shared: Shared = SHARED) -> tuple[int, str]:
    """Record a sheet and return how many entries it made, and their correlation id."""
    done = record_sheet(house.runtime, WORKPLAN, IMPORT, judged(house, kind, rows, shared))
    assert done
    with house.runtime.database.read() as tx:
        correlation = correlation_of(tx, WORKPLAN, done.first_position)
    assert correlation
    return done.count, correlation


def size(house: Installation) -> int:
    return int(house.read("tree-head")["size"])


def plain_state(house: Installation) -> Any:
    """Return the activities without what counts entries."""
    items = house.read("activities")["items"]
    return [
        {name: said for name, said in one.items() if name not in {"version", "position"}} for one in items
    ]


def test_63_windows_and_tags_are_set_up_in_one_go_and_undone_in_one_go(house: Installation) -> None:
    rows, before, start = handed_out(house, SETUP), plain_state(house), size(house)
    activities = [row for row in rows if row["subject"].startswith("activity/")]
    assert len(activities) == 63
    for row in activities:
        row |= {"window_from": "2023-Q2", "window_to": "2024", "objectives": "8, 20(b)", "regions": "africa"}
    outcome = judged(house, SETUP, rows)
    first = foreseen(outcome.wanted[0])
    assert first.about == ("activity/1.1", "as of 2023-07-03")
    assert ("from", "", "2023-Q2") in first.changes
    count, correlation = bring(house, SETUP, rows)
    assert (count, size(house)) == (126, start + 126)
    after = house.read("activities/9.1")
    assert (after["window"]["from"], after["window"]["to"]) == ("2023-Q2", "2024-Q4")
    assert after["window"]["source"] == SHARED.reason
    assert (after["tags"]["objectives"], after["tags"]["regions"]) == (["8", "20(b)"], ["africa"])
    item = house.read(f"events?correlation_id={correlation}&limit=1")["items"][0]
    assert (item["source"]["name"], item["source"]["row"], item["occurred_on"]) == (
        "sheet.csv",
        3,
        "2023-07-03",
    )
    assert (
        judged(house, SETUP, handed_out(house, SETUP)).wanted == ()
    )  # as it is handed out it asks for nothing
    undone = undo(house.runtime, WORKPLAN, correlation, IMPORT, "cli", "The wrong file")
    assert undone
    assert undone.count == 126
    assert plain_state(house) == before
    assert undo(house.runtime, WORKPLAN, correlation, IMPORT, "cli") is None
    with house.runtime.database.read() as tx:
        assert [(one["count"], one["counting"]) for one in imports(tx, WORKPLAN)] == [(126, 0)]


def test_an_import_is_undone_through_the_write_door_by_its_correlation_id(desk: Installation) -> None:
    rows = handed_out(desk, SETUP)[1:4]
    for row in rows:
        row["nature"] = "deliverable"
    _, correlation = bring(desk, SETUP, rows)
    items = desk.read(f"events?correlation_id={correlation}&order=desc")["items"]
    done = desk.write(
        [fact("EntryRetracted", one["subject"], {"position": one["position"]}) for one in items]
    )
    assert len(done["events"]) == 3
    assert desk.read("activities/1.1")["nature"] is None


def test_200_rows_of_reports_go_in_and_with_5_stale_and_3_bad_ones_nothing_does(house: Installation) -> None:
    rows = handed_out(house, PROGRESS, ("2023-Q1", "2023-Q2"))
    chosen = [row for row in rows if row["activity"] not in {"13.1", "14.1", "14.2"}][:200]
    for at, row in enumerate(chosen):
        row |= {"status": "in progress", "assessment": "on track", "progress": f"Step {at} was taken."}
    start = size(house)
    outcome = judged(house, PROGRESS, rows, Shared())
    assert (outcome.faults, len(outcome.new)) == ((), 200)
    assert foreseen(outcome.new[0]).changes[:2] == (
        ("status", "not_started", "in_progress"),
        ("assessment", "", "on_track"),
    )
    count, correlation = bring(house, PROGRESS, rows, Shared())
    assert (count, size(house)) == (200, start + 200)

    again = handed_out(house, PROGRESS, ("2023-Q2",))
    by_number = {row["activity"]: row for row in again}
    for number in ("3.1", "3.2", "3.3", "3.4", "3.5"):
        by_number[number] |= {"progress": "More was done."}
        house.enter(fact("ActivityTagged", f"activity/{number}", {"tags": {"objectives": ["8"]}}))
    by_number["4.1"] |= {"status": "nearly done"}
    by_number["4.2"] |= {"assessment": "at risk"}
    by_number["4.3"] |= {"progress": "x", "quarter": "2029-Q1"}
    by_number["5.1"] |= {"progress": "This row alone would be good."}
    end = size(house)
    refused = judged(house, PROGRESS, again, Shared())
    assert len({one.row for one in refused.faults}) == 8
    stale = [one for one in refused.faults if one.column == "version"]
    assert len(stale) == 5
    assert all("(ActivityTagged, recorded 2023-07-05) changed tags" in one.message for one in stale)
    with pytest.raises(RefusedSheetError, match="8 things"):
        record_sheet(house.runtime, WORKPLAN, IMPORT, refused)
    assert size(house) == end

    undone = undo(house.runtime, WORKPLAN, correlation, IMPORT, "cli")
    assert undone
    assert undone.count == 200
    assert house.read("activities/3.1")["status"] == "not_started"
    assert len(judged(house, PROGRESS, rows, Shared()).faults) == len(chosen)  # out of date now
    for row in rows:
        row["version"] = ""
    assert bring(house, PROGRESS, rows, Shared())[0] == 200  # what was undone may be brought again


def test_what_happens_after_the_dry_run_makes_the_sheet_stale(desk: Installation) -> None:
    rows = handed_out(desk, SETUP)[1:2]
    rows[0]["nature"] = "yearly"
    outcome = judged(desk, SETUP, rows)
    desk.enter(fact("ActivityTagged", "activity/1.1", {"nature": "continuing"}))
    with pytest.raises(Exception, match="you expected"):
        record_sheet(desk.runtime, WORKPLAN, IMPORT, outcome)
    assert desk.read("activities/1.1")["nature"] == "continuing"


def test_targets_links_and_focal_points_are_set_up_too(desk: Installation) -> None:
    with desk.runtime.directory(WORKPLAN) as tx:
        person = people.person_at(tx, "other.lead@example.org")
    rows = {row["subject"]: row for row in handed_out(desk, SETUP)}
    assert any(row["targets"].startswith("actividades-de-creacion-de-capacidad: 2 ") for row in rows.values())
    rows["activity/3.1"] |= {
        "links": "feeds 3.4; same_as 4.1",
        "targets": "guides: 1+ guías\ntalks: 2-3 charlas",
    }
    rows["activity/3.4"] |= {"objectives": "none", "countries": "ke, ZA"}
    rows["workstream/3"] |= {"focal_points": "OMS=other.lead@example.org", "sdgs": "10.7"}
    bring(desk, SETUP, list(rows.values()))
    activity, workstream = desk.read("activities/3.1"), desk.read("workstreams/3")
    assert activity["links"] == [{"kind": "feeds", "to": "3.4"}, {"kind": "same_as", "to": "4.1"}]
    assert [(one["id"], one["min"], one.get("max")) for one in activity["targets"]] == [
        ("guides", 1, None),
        ("talks", 2, 3),
    ]
    assert desk.read("activities/3.4")["tags"]["objectives"] == []
    assert [point["person"] for point in workstream["focal_points"]] == [person]
    assert workstream["tags"]["sdgs"] == ["10.7"]
    rows = {row["subject"]: row for row in handed_out(desk, SETUP)}
    assert rows["workstream/3"]["focal_points"] == "oms=other.lead@example.org"
    rows["activity/3.1"]["links"] = "none"
    assert bring(desk, SETUP, list(rows.values()))[0] == 2
    assert desk.read("activities/3.1")["links"] == []


@pytest.mark.parametrize(
    "subject, cells, column",
    [
        ("activity/3.1", {"window_from": "2023-Q1"}, "window_to"),
        ("activity/3.1", {"window_from": "2023-Q3", "window_to": "2023-Q1"}, "window_from"),
        ("activity/3.1", {"window_from": "soon", "window_to": "2023"}, "window_from"),
        ("activity/3.1", {"nature": "unique"}, "nature"),
        ("activity/3.1", {"objectives": "24"}, "objectives"),
        ("activity/3.1", {"targets": "some guides"}, "targets"),
        ("activity/3.1", {"links": "feeds 99.1"}, "links"),
        ("activity/3.1", {"version": ""}, "version"),
        ("activity/3.1", {"subject": "activity/99.9"}, "subject"),
        ("workstream/3", {"nature": "yearly"}, "nature"),
        ("workstream/3", {"focal_points": "oms=nobody@example.org"}, "focal_points"),
        ("workstream/3", {"focal_points": "oim=lead@example.org"}, "focal_points"),
    ],
)
def test_each_fault_is_told_with_its_column_and_a_way_out(
    shelf: Installation, subject: str, cells: dict[str, str], column: str
) -> None:
    row = next(row for row in handed_out(shelf, SETUP) if row["subject"] == subject)
    faults = judged(shelf, SETUP, [row | cells]).faults
    assert [one.column for one in faults] == [column]
    assert faults[0].way_out


def test_a_sheet_of_another_kind_is_refused(shelf: Installation) -> None:
    with pytest.raises(RuleError, match="header"):
        judged(shelf, SETUP, handed_out(shelf, PROGRESS))


@pytest.mark.parametrize("kind", [SETUP, PROGRESS], ids=lambda kind: kind.name)
def test_a_workbook_goes_round_as_a_spreadsheet_saves_it(desk: Installation, kind: Kind) -> None:
    with desk.runtime.ask(WORKPLAN) as view:
        made = (
            setup_sheet(view, is_csv=False)
            if kind is SETUP
            else progress_sheet(view, is_csv=False, quarters=["2023-Q2"])
        )
    book = load_workbook(io.BytesIO(made))
    page = book.worksheets[0]
    header = [cell.value for cell in page[1]]
    for row in page.iter_rows(min_row=2):
        subject = str(row[0].value)
        if subject in {"activity/3.1", "activity/3.10", "3.1", "3.10"}:
            row[header.index("version")].value = int(
                str(row[header.index("version")].value)
            )  # as Excel may save it
            row[header.index("nature" if kind is SETUP else "progress")].value = "yearly"
    saved = io.BytesIO()
    book.save(saved)
    outcome = plan_sheet(desk.runtime, WORKPLAN, IMPORT, kind, "sheet.xlsx", saved.getvalue())
    assert outcome.faults == ()
    assert {one.subject for one in outcome.new} == {"activity/3.1"}
    done = record_sheet(desk.runtime, WORKPLAN, IMPORT, outcome)
    assert done
    assert done.count == (1 if kind is SETUP else len(outcome.new))


def test_a_sheet_that_is_wrong_throughout_is_refused_soon_and_locks_nobody_out(desk: Installation) -> None:
    rows = handed_out(desk, PROGRESS, ("2023-Q1", "2023-Q2"))
    for row in rows:
        row["assessment"] = "at risk"  # without a reason
    with desk.runtime.database.write():  # somebody is writing all the while
        refused = judged(desk, PROGRESS, rows, Shared())
    assert len(refused.faults) == 201
    assert "was not judged" in "".join(one.message for one in refused.faults)


def test_a_file_waits_for_its_bearer_for_a_day(house: Installation) -> None:
    now = house.clock.now
    with house.runtime.database.write() as tx:
        first = uploads.keep(tx, now, WORKPLAN, "p1", "setup", "a.csv", b"\x00\xff", SHARED)
        second = uploads.keep(tx, now, WORKPLAN, "p1", "setup", "b.csv", b"two", SHARED)
        uploads.keep(tx, now, WORKPLAN, "p2", "setup", "c.csv", b"three", SHARED)
    with house.runtime.database.write() as tx:
        kept = uploads.kept(tx, now, WORKPLAN, "p1", second)
        assert (kept.name, kept.data, kept.shared) == ("b.csv", b"two", SHARED)
        for whose, which, at in (
            ("p1", first, now),
            ("p2", second, now),
            ("p1", second, now + timedelta(days=2)),
        ):
            with pytest.raises(NotFoundError):
                uploads.kept(tx, at, WORKPLAN, whose, which)
        assert (uploads.prune(tx, now), uploads.prune(tx, now + timedelta(days=2))) == (0, 2)
