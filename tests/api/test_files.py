"""The plan and its rounds as files: a spreadsheet shows what the answer says, and no more than its reader may read."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.installation import Installation, fact
from tracker.projections.sheets import MEDIA_TYPES

BEHALF = {"on_behalf_of": {"entity": "oms", "by": "mail", "received_on": "2023-07-04"}}


@pytest.fixture
def told(desk: Installation) -> Installation:
    desk.write(fact("RoundOpened", "round/2023-Q2"))
    risky = {"quarter": "2023-Q2", "assessment": "at_risk", "note": "=HYPERLINK(A1)"}
    desk.write(fact("ProgressReported", "activity/3.4", risky) | BEHALF | {"reason": "The host withdrew."})
    desk.write(fact("ActivityScheduled", "activity/3.4", {"from": "2022-Q1", "to": "2023-Q1", "source": "x"}))
    return desk


def as_csv(house: Installation, path: str, who: str = "secretariat") -> list[dict[str, str]]:
    answer = house.get(path, who, headers={"Accept": "text/csv"})
    assert answer.status_code == 200
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def as_workbook(house: Installation, path: str) -> list[tuple[Any, ...]]:
    answer = house.get(path, headers={"Accept": MEDIA_TYPES["xlsx"]})
    sheet = load_workbook(io.BytesIO(answer.get_data())).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


def test_the_state_is_a_row_for_each_subject(told: Installation) -> None:
    rows, state = as_csv(told, "state"), told.read("state")
    kinds = (
        "entities",
        "commitments",
        "workstreams",
        "activities",
        "milestones",
        "products",
        "sessions",
        "reviews",
    )
    assert len(rows) == sum(len(state[kind]) for kind in kinds)
    (row,) = [row for row in rows if (row["kind"], row["id"]) == ("activity", "3.4")]
    assert (row["status"], row["assessment"], row["overdue"]) == ("in_progress", "at_risk", "yes")
    assert (row["from"], row["to"], row["leads"][:4]) == ("2022-Q1", "2023-Q1", "OMS,")
    assert row["assessment_reason"] == "The host withdrew."
    cells = as_workbook(told, "state")
    assert "now" in str(cells[0][0]) or "today" in str(cells[0][0])
    assert len(cells) == len(rows) + 2


def test_a_file_keeps_to_the_filters_the_moment_and_the_rights_of_its_reader(told: Installation) -> None:
    assert {row["id"] for row in as_csv(told, "activities?status=in_progress")} == {"3.4"}
    assert as_csv(told, "activities?status=in_progress&as_of=position:354") == []
    (row,) = [row for row in as_csv(told, "activities", "viewer") if row["id"] == "3.4"]
    assert (row["status"], row["assessment"], row["assessment_reason"]) == ("in_progress", "", "")


def test_rounds_are_files_in_which_no_text_is_a_formula(told: Installation) -> None:
    (head,) = as_csv(told, "rounds")
    figures = told.read("rounds")["items"][0]["figures"]
    assert (head["quarter"], head["reported"]) == ("2023-Q2", str(figures["reported"]))
    rows, one = as_csv(told, "rounds/2023-Q2"), told.read("rounds/2023-Q2")
    assert len(rows) == len(one["rows"])
    row = next(row for row in rows if row["activity"] == "3.4")
    assert (row["entity"], row["state"], row["note"]) == ("OMS", "reported", "'=HYPERLINK(A1)")
    cells = as_workbook(told, "rounds/2023-Q2")
    header = cells[1]
    notes = {line[header.index("note")] for line in cells[2:] if line[header.index("activity")] == "3.4"}
    assert notes == {"=HYPERLINK(A1)"}
