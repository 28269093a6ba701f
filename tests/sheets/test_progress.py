"""Past quarters from a sheet: what each row becomes, that nothing is recorded twice, and every fault at once."""

from __future__ import annotations

import csv
import hashlib
import io
import threading
from datetime import datetime
from typing import Any

import pytest
import xlsxwriter

from tests.installation import WORKPLAN, Installation, fact
from tracker.directory.principals import system
from tracker.errors import RuleError
from tracker.sheets.handing_out import progress_sheet
from tracker.sheets.progress import COLUMNS, PROGRESS
from tracker.sheets.recording import Outcome, RefusedSheetError, plan_sheet, record_sheet

IMPORT = system("system:import")
HEADER = (
    "activity",
    "entity",
    "quarter",
    "occurred_on",
    "status",
    "assessment",
    "reason",
    "progress",
    "done",
)
ROWS = (
    ("3.1", "OMS", "2023-Q1", "", "in progress", "on track", "", "Two venues were seen.", ""),
    ("3.1", "oms", "Q2 2023", "2023-06-15", "", "needs attention", "The host withdrew.", "=SUM(A1)", ""),
    ("3.4", "Organización Mundial de la Salud (OMS)", "", "2023-02", "En curso", "", "", "Primera", "1"),
    ("3.2", "OMS", "2023-Q1", "", "", "", "", "", ""),
)


def sheet(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER, delimiter: str = ",") -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([header, *rows])
    return file.getvalue().encode()


def workbook(*rows: tuple[Any, ...], header: tuple[str, ...] = HEADER, above: int = 0) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    page, days = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
    for at, row in enumerate((*(("A title",),) * above, header, *rows)):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(at, column, cell)  # else a text that begins with = would be a formula
            else:
                page.write(at, column, cell, *([days] if isinstance(cell, datetime) else []))
    book.close()
    return file.getvalue()


def judged(house: Installation, data: bytes, name: str = "past.csv") -> Outcome:
    return plan_sheet(house.runtime, WORKPLAN, IMPORT, PROGRESS, name, data)


def bring(house: Installation, data: bytes, name: str = "past.csv") -> int:
    done = record_sheet(house.runtime, WORKPLAN, IMPORT, judged(house, data, name))
    return done.count if done and not done.is_repeat else 0


def size(house: Installation) -> int:
    return int(house.read("tree-head")["size"])


def test_each_row_becomes_one_entry_that_names_its_file_and_row(house: Installation) -> None:
    before, data = size(house), sheet(*ROWS, delimiter=";")
    assert bring(house, data) == 3
    items = house.read(f"events?after={before}")["items"]
    assert [(one["subject"], one["occurred_on"], one["data"]["quarter"]) for one in items] == [
        ("activity/3.1", "2023-Q1", "2023-Q1"),
        ("activity/3.1", "2023-06-15", "2023-Q2"),
        ("activity/3.4", "2023-02", "2023-Q1"),
    ]
    assert [one["source"] for one in items] == [
        {"name": "past.csv", "sha256": hashlib.sha256(data).hexdigest(), "row": row} for row in (2, 3, 4)
    ]
    assert {(one["speaker"]["entity"], one["channel"]) for one in items} == {("oms", "import")}
    assert items[1]["data"]["note"] == "=SUM(A1)"  # a text like any other
    then = house.read("activities/3.1?effective_on=2023-04-30")
    assert (then["status"], then["assessment"]) == ("in_progress", "on_track")
    assert house.read("activities/3.1")["assessment"] == "at_risk"
    assert list(house.read("activities/3.4")["done"].values()) == [1]


def test_a_second_run_changes_nothing_and_a_longer_file_adds_only_what_is_new(house: Installation) -> None:
    data = sheet(*ROWS)
    assert bring(house, data) == 3
    end = size(house)
    assert bring(house, data) == 0
    assert bring(house, workbook(*ROWS), "past.xlsx") == 0  # the same rows in another file
    assert size(house) == end
    longer = sheet(*ROWS, ("3.1", "oms", "2023-Q2", "2023-07-01", "", "on track", "", "", ""))
    assert sorted(judged(house, longer).held) == [2, 3, 4]
    assert bring(house, longer) == 1


def test_two_who_bring_the_same_file_at_once_record_it_once(house: Installation) -> None:
    before, outcomes = size(house), [judged(house, sheet(*ROWS)) for _ in range(2)]
    threads = [
        threading.Thread(target=record_sheet, args=(house.runtime, WORKPLAN, IMPORT, one)) for one in outcomes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert size(house) == before + 3


def test_a_text_that_was_redacted_is_not_brought_back_by_its_sheet(desk: Installation) -> None:
    assert bring(desk, sheet(*ROWS)) == 3
    position = size(desk) - 2
    said = {"position": position, "field": "/data/note", "authority": "asked for"}
    desk.enter(fact("TextRedacted", "activity/3.1", said))
    end = size(desk)
    assert bring(desk, sheet(*ROWS)) == 0
    assert bring(desk, workbook(*ROWS), "again.xlsx") == 0
    assert size(desk) == end
    assert judged(desk, sheet((*ROWS[0][:7], "Another text.", ""))).held  # gone is gone: nothing to compare


def test_a_workbook_is_read_as_people_fill_it_in(desk: Installation) -> None:
    header = (
        "Activity",
        "Entity",
        "Occurred on",
        "Status",
        "done",
        "received_on",
        "received_by",
        "no_change",
    )
    rows = (
        (3.4, "OMS", datetime(2023, 5, 16), "in_progress", 2, datetime(2023, 6, 1), "Mail", ""),
        ("3.2", "OMS", 2022, "", "", "", "", True),
    )
    assert bring(desk, workbook(*rows, header=header, above=2)) == 2
    first, second = desk.read("events?order=desc&limit=2")["items"][::-1]
    assert first["occurred_on"] == "2023-05-16"
    assert first["on_behalf_of"] == {"entity": "oms", "by": "mail", "received_on": "2023-06-01"}
    assert first["source"]["row"] == 4
    assert (second["occurred_on"], second["data"]) == ("2022", {"quarter": "2022-Q1", "no_change": True})


WRONG: list[tuple[dict[str, Any], str | None, str]] = [
    ({"activity": "9.99"}, "activity", "no activity"),
    ({"activity": ""}, "activity", "empty"),
    ({"entity": "Nobody"}, "entity", "no entity"),
    ({"entity": "OIM"}, "entity", "no lead of 3.1"),
    ({"quarter": "2023-Q5"}, "quarter", "no quarter"),
    ({"quarter": ""}, "quarter", "empty"),
    ({"quarter": "2031-Q1"}, "quarter", "future"),
    ({"quarter": "2021-Q4"}, "quarter", "before the plan"),
    ({"occurred_on": "16/05/2023"}, "occurred_on", "no day"),
    ({"occurred_on": "2031-01-01"}, "occurred_on", "future"),
    ({"status": "doing"}, "status", "none of the words"),
    ({"assessment": "great"}, "assessment", "none of the words"),
    ({"assessment": "delayed"}, "reason", "needs a reason"),
    ({"status": "completed"}, "evidence", "needs evidence"),
    ({"done": "many"}, "done", "names nothing"),
    ({"done": "3"}, "done", "of what"),
    ({"done": "a=1; a=2"}, "done", "twice"),
    ({"done": "workshops=x"}, "done", "no whole number"),
    ({"done": "nothing=3"}, "done", "no target"),
    ({"evidence": "not-a-link"}, "evidence", "http"),
    ({"decided_at": "session/never"}, "decided_at", "session/never"),
    ({"countries": "Kenya"}, "countries", ""),
    ({"no_change": "perhaps"}, "no_change", "neither yes nor no"),
    ({"received_on": "2023"}, "received_on", "no day"),
    ({"progress": "x" * 9000}, "progress", "longer"),
]


def test_every_fault_is_named_at_once_by_row_column_and_way_out(desk: Installation) -> None:
    header = tuple(COLUMNS)
    sound = {"activity": "3.1", "entity": "OMS", "quarter": "2023-Q1", "progress": "fine"}
    rows = [
        tuple((sound | {"progress": f"{n}"} | change).get(name, "") for name in header)
        for n, (change, *_) in enumerate(WRONG)
    ]
    before, found = size(desk), judged(desk, sheet(*rows, header=header))
    assert [(one.row, one.column) for one in found.faults] == [
        (row, column) for row, (_, column, _) in enumerate(WRONG, start=2)
    ]
    for one, (change, column, said) in zip(found.faults, WRONG, strict=True):
        assert said in f"{one.message} {one.way_out}", one
        assert one.way_out, one
        assert (one.value or "") == str(change.get(column or "", ""))
    with pytest.raises(RefusedSheetError, match="25 things"):
        record_sheet(desk.runtime, WORKPLAN, IMPORT, found)
    assert size(desk) == before


def test_a_number_cell_that_may_be_two_activities_is_refused(shelf: Installation) -> None:
    many = [one["number"] for one in shelf.read("activities")["items"]]
    assert {"10.1", "1.1"} <= set(many)
    assert "1.10" not in many, "choose another pair below"
    rows = ((1.1, "DAES", "2023-Q1", "", "", "", "", "x", ""),)
    assert judged(shelf, workbook(*rows)).faults == ()


def test_rows_that_fit_alone_and_not_together_are_told_apart(desk: Installation) -> None:
    rows = (
        ("3.1", "OMS", "2023-Q1", "", "completed", "", "It ended.", "", ""),
        ("3.1", "OMS", "2023-Q2", "", "on hold", "", "It waits.", "", ""),
        ("3.1", "OMS", "2023-Q2", "", "in progress", "", "It was opened again.", "", ""),
        ("3.4", "OMS", "2023-Q1", "", "", "", "", "said twice", ""),
        ("3.4", "OMS", "2023-Q1", "", "", "", "", "said twice", ""),
    )
    faults = judged(desk, sheet(*rows)).faults
    assert [(one.row, one.column) for one in faults] == [(3, "status"), (6, None)]
    assert "row 5" in faults[1].message


def test_late_facts_are_judged_at_their_place_among_what_is_there(desk: Installation) -> None:
    desk.write(
        fact("ProgressReported", "activity/3.1", {"status": "completed"})
        | {"occurred_on": "2023-05", "reason": "x"},
        "lead",
    )
    row = ("3.1", "OMS", "2023-Q1", "", "discontinued", "", "Given up.", "", "")
    (fault,) = judged(desk, sheet(row)).faults
    assert (fault.row, fault.column) == (2, "quarter")
    assert "would no longer fit" in fault.message


@pytest.mark.parametrize(
    "data, said",
    [
        (b"", "header"),
        (b"foo,bar\n1,2\n", "header"),
        (b"activity,entity,colour\n", "no column `colour`"),
        (b"activity,entity,quater\n", "Did you mean `quarter`"),
        (b"activity,entity,entity\n", "twice"),
        (b"activity,entity\n3.1,OMS,more\n", "row 2 holds a cell under no heading"),
        ("activity,entity\n3.1,Organización\n".encode("latin-1"), "UTF-8"),
        (b'activity,entity\n"3.1,OMS\n', "CSV"),
        (b"activity,entity\n\0,OMS\n", "characters"),
        (b"PK\x03\x04nonsense", "workbook"),
        (b"activity,entity\n" + b"3.1,OMS\n" * 20001, "20001 rows"),
        (b"x" * (10 * 1024 * 1024 + 1), "10 MB"),
    ],
)
def test_what_is_no_sheet_of_reports_is_refused_with_a_way_out(
    shelf: Installation, data: bytes, said: str
) -> None:
    with pytest.raises(RuleError) as caught:
        judged(shelf, data)
    assert said in f"{caught.value} {caught.value.way_out}"
    assert caught.value.way_out


@pytest.mark.parametrize("is_csv", [True, False])
def test_the_template_is_itself_a_sheet_and_says_nothing_until_it_is_filled_in(
    shelf: Installation, is_csv: bool
) -> None:
    with shelf.runtime.ask(WORKPLAN) as view:
        data = progress_sheet(view, is_csv=is_csv, quarters=[] if is_csv else ["2023-Q1"])
    empty = judged(shelf, data)
    assert (empty.wanted, empty.faults, empty.silent > 100) == ((), (), True)
    if is_csv:  # every name that it gives is understood
        text = data.decode("utf-8-sig").splitlines()
        header = next(csv.reader(text[:1]))
        filled = [
            dict(zip(header, row, strict=False)) | {"quarter": "2023-Q1", "progress": "x"}
            for row in csv.reader(text[1:])
        ]
        rows = [tuple(row.get(name, "") for name in header) for row in filled]
        assert judged(shelf, sheet(*rows, header=tuple(header))).faults == ()
