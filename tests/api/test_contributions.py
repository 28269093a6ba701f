"""What the Network did on a country, an objective, or through an entity; whose word it is; what nobody said."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from tests.installation import Installation, fact

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def told(library: Installation) -> Installation:
    """Reports with countries of their own, by a link, by tags given later; a session; a country's report."""
    house, clock = library, library.clock

    def report(activity: str, on: str, **data: Any) -> None:
        entry = fact(
            "ProgressReported", f"activity/{activity}", {"quarter": "2023-Q2", "status": "in_progress"} | data
        )
        house.write(
            entry
            | {
                "occurred_on": on,
                "on_behalf_of": {"entity": LEADS[activity], "by": "mail", "received_on": on},
            }
        )

    kenya = {"kind": "hub_practice", "url": "https://example.org/ke", "country": "KE"}
    report("3.1", "2023-05-02", countries=["KE"], objectives=["8"], note="In Nairobi.")
    report("3.4", "2023-05-03", evidence=[kenya])
    report("2.1", "2023-05-04")
    report("2.2", "2023-05-05", countries=["NP"])
    house.write(fact("ProgressReported", "activity/3.2", {"quarter": "2023-Q2", "no_change": True}), "lead")
    clock.move(days=10)
    house.write(
        fact("ActivityTagged", "activity/2.1", {"tags": {"countries": ["KE"], "objectives": ["20(b)"]}})
    )
    house.write(fact("WorkstreamTagged", "workstream/3", {"tags": {"objectives": ["15"]}}))
    house.write(
        fact("VoluntaryReportReceived", "review/africa", {"country": "KE", "url": "https://example.org/r"})
    )
    wrong = house.write(fact("VoluntaryReportReceived", "review/africa", {"country": "UG"}))
    house.write(fact("EntryRetracted", "review/africa", {"position": wrong["events"][0]["position"]}))
    return library


LEADS = {"3.1": "oms", "3.4": "oms", "2.1": "acnur", "2.2": "acnur"}


def because(found: Any) -> dict[str, Any]:
    return {f"{one['subject']} {one['on']}": one["because"] for one in found["items"]}


def test_what_was_done_in_a_country_and_whose_word_that_is(told: Installation) -> None:
    found = told.read("contributions?country=ke")
    assert because(found) == {
        "activity/3.1 2023-05-02": {"country": "report"},
        "activity/3.4 2023-05-03": {"country": "link"},
        "activity/2.1 2023-05-04": {"country": "activity"},
        "review/africa 2023-07-15": {"country": "report"},
    }
    assert found["counts"] == {
        "report": 3,
        "session": 0,
        "product": 0,
        "use": 0,
        "voluntary_report": 1,
        "links": 2,
    }
    assert found["may_also_apply"] == 0
    assert found["items"][0]["note"] == "In Nairobi."


def test_tags_count_as_they_are_now_or_as_they_were_then(told: Installation) -> None:
    found = told.read("contributions?country=KE&tagged=then")
    assert "activity/2.1 2023-05-04" not in because(found)
    assert [(one["subject"], one["missing"]) for one in found["untagged"]] == [("activity/2.1", ["country"])]
    before = told.read("contributions?country=KE&as_of=2023-07-06")
    assert before["may_also_apply"] == 1


def test_an_objective_finds_its_letters_and_a_workstreams_tags_serve_where_nothing_else_speaks(
    told: Installation,
) -> None:
    assert because(told.read("contributions?objective=20")) == {
        "activity/2.1 2023-05-04": {"objective": "activity"}
    }
    found = told.read("contributions?objective=15")
    assert because(found) == {"activity/3.4 2023-05-03": {"objective": "workstream"}}
    assert {one["subject"] for one in found["untagged"]} == {"activity/2.2", "review/africa"}


def test_filters_hold_together_with_entity_and_dates(told: Installation) -> None:
    found = told.read("contributions?country=KE&objective=8&entity=oms&from=2023-05&to=2023-Q2")
    assert because(found) == {
        "activity/3.1 2023-05-02": {"country": "report", "objective": "report", "entity": "report"}
    }
    assert told.read("contributions?entity=acnur&from=2023-05-05")["counts"]["report"] == 1


def test_bad_questions_are_refused(told: Installation) -> None:
    for query in (
        "country=KEN",
        "objective=x",
        "entity=nobody",
        "from=2023-13",
        "from=2023-06&to=2023-05",
        "tagged=x",
    ):
        answer = told.get(f"contributions?{query}")
        assert answer.status_code == 422, query
        assert answer.json is not None
        assert answer.json["way_out"], query


def test_it_comes_as_a_workbook(told: Installation) -> None:
    answer = told.get("contributions?country=KE", headers={"Accept": WORKBOOK})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet is not None
    known, _header, first, *_rest = sheet.values
    assert "untagged, may also apply: 0" in str(known[0])
    assert first[0].date() == date(2023, 5, 2)
    assert first[7] == "country: report"


def test_whoever_may_not_read_details_gets_no_notes(told: Installation) -> None:
    found = told.read("contributions?country=KE", "viewer")
    assert "note" in found["withheld"]
    assert "Nairobi" not in str(found)
