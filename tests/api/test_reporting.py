"""Obligations with a body ready to post, and how a round stands, row by row."""

from __future__ import annotations

import pytest

from tests.installation import Installation

ROUND = {"type": "RoundOpened", "subject": "round/2023-Q2", "data": {}}


@pytest.fixture
def reporting(house: Installation) -> Installation:
    house.write(ROUND)
    return house


def test_a_lead_sees_what_it_owes_with_what_may_be_said_next(reporting: Installation) -> None:
    owed = reporting.read("obligations", "lead")["items"]
    assert {(item["entity"], item["workstream"], item["quarter"]) for item in owed} == {
        ("oms", "3", "2023-Q2")
    }
    (item,) = [one for one in owed if one["activity"] == "3.4"]
    assert (item["version"], item["state"], item["last_report"]) == (1, "not_reported", None)
    assert item["due"] == "2023-07-10"
    allowed = {one["status"]: one["needs"] for one in item["allowed"]}
    assert allowed["on_hold"] == ["reason"]
    assert allowed["completed"] == ["evidence or reason"]
    assert {"assessment": "at_risk", "needs": ["reason"]} in item["assessments"]


def test_a_body_of_an_obligation_can_be_posted_as_it_is(reporting: Installation) -> None:
    owed = reporting.read("obligations", "lead")["items"]
    answer = reporting.post([item["body"] for item in owed], "lead")
    assert answer.status_code == 201, answer.get_data(as_text=True)
    assert reporting.read("obligations", "lead")["items"] == []
    settled = reporting.read("obligations?settled=true", "lead")["items"]
    assert {item["state"] for item in settled} == {"no_change"}
    assert settled[0]["settled_by"]["entity"] == "oms"


def test_the_secretariat_posts_the_body_on_behalf_of_a_lead(reporting: Installation) -> None:
    (item, *_) = reporting.read("obligations?entity=oms")["items"]
    assert item["body"]["on_behalf_of"]["entity"] == "oms"
    assert reporting.post(item["body"]).status_code == 201


def test_readers_get_no_body_to_post(reporting: Installation) -> None:
    items = reporting.read("obligations?entity=oms", "auditor")["items"]
    assert items
    assert not any("body" in item for item in items)
    foreign = reporting.read("obligations?entity=acnudh", "lead")["items"]
    assert foreign
    assert not any("body" in item for item in foreign)


def test_without_an_open_round_the_last_quarter_is_meant(house: Installation) -> None:
    items = house.read("obligations", "lead")["items"]
    assert {(item["quarter"], item["due"]) for item in items} == {("2023-Q2", None)}


def test_a_round_shows_expected_reported_and_on_time(reporting: Installation) -> None:
    def report(activity: str, **more: object) -> dict[str, object]:
        said = {"quarter": "2023-Q2", "no_change": True}
        return {"type": "ProgressReported", "subject": f"activity/{activity}", "data": said, **more}

    reporting.write(report("3.4"), "lead")
    reporting.write(
        {"type": "ReportExcused", "subject": "activity/3.1", "data": {"quarter": "2023-Q2"}, "reason": "x"}
    )
    reporting.clock.move(days=9)  # the 14th; it was due on the 10th
    reporting.write(report("3.2"), "lead")
    found = reporting.read("rounds/2023-Q2", "auditor")
    rows = {row["activity"]: row for row in found["rows"] if row["entity"] == "oms"}
    assert (rows["3.4"]["state"], rows["3.4"]["on_time"], rows["3.4"]["days_late"]) == ("no_change", True, 0)
    assert (rows["3.2"]["on_time"], rows["3.2"]["days_late"]) == (False, 4)
    assert (rows["3.1"]["state"], rows["3.3"]["state"]) == ("excused", "not_reported")
    figures = found["figures"]
    assert (figures["expected"], figures["reported"], figures["on_time"], figures["late"]) == (62, 2, 1, 1)
    assert figures["excused"] == 1
    (oms,) = [one for one in found["by_entity"] if one["entity"] == "oms"]
    assert (oms["expected"], oms["reported"]) == (5, 2)
    (workstream,) = [one for one in found["by_workstream"] if one["workstream"] == "3"]
    assert (workstream["expected"], workstream["reported"]) == (5, 2)
    assert sum(one["expected"] for one in found["by_workstream"]) == 62
    (listed,) = reporting.read("rounds")["items"]
    assert (listed["id"], listed["figures"]) == ("2023-Q2", figures)


def test_a_report_settles_the_rows_of_every_lead(reporting: Installation) -> None:
    rows = [row for row in reporting.read("rounds/2023-Q2")["rows"] if row["activity"] == "3.4"]
    assert len(rows) > 1 or rows[0]["entity"] == "oms"
    reporting.write(
        {"type": "ProgressReported", "subject": "activity/3.4", "data": {"no_change": True}}, "lead"
    )
    after = [row for row in reporting.read("rounds/2023-Q2")["rows"] if row["activity"] == "3.4"]
    assert {row["state"] for row in after} == {"no_change"}


def test_there_is_no_round_that_was_not_opened(reporting: Installation) -> None:
    for quarter in ("2023-Q1", "2023-Q9", "x"):
        assert reporting.get(f"rounds/{quarter}").status_code == 404
