"""How things went over time: windows, quarters, dates that move, counts on both axes, and how late the log learned."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.installation import Installation, fact
from tracker.projections.plan_timeline import percentile


@pytest.fixture(scope="module")
def told(library: Installation) -> Installation:
    """An activity planned, moved and reported late; a milestone moved twice, once by a corrected entry."""
    house, clock = library, library.clock
    house.write(
        fact("ActivityScheduled", "activity/3.4", {"from": "2023-Q1", "to": "2023-Q2", "source": "x"})
    )
    set_due = {"title": "Draft", "due": "2023-09-30", "activity": "3.4"}
    house.write(fact("MilestoneSet", "milestone/draft", set_due))
    clock.move(days=30)
    house.write(
        [
            fact("ActivityScheduled", "activity/3.4", {"from": "2023-Q3", "to": "2023-Q4", "source": "x"})
            | {"reason": "No venue."},
            fact("MilestoneRescheduled", "milestone/draft", {"due": "2023-12"}) | {"reason": "No draft."},
        ]
    )
    report = {"quarter": "2023-Q2", "assessment": "at_risk"}
    house.write(
        fact("ProgressReported", "activity/3.4", report) | {"reason": "late", "occurred_on": "2023-05-16"},
        "lead",
    )
    clock.move(days=1)
    moved = house.read("events?subject=milestone/draft")["items"][-1]["position"]
    house.write(
        fact(
            "EntryCorrected",
            "milestone/draft",
            {"position": moved, "data": {"due": "2023-11-30"}, "reason": "Typo."},
        )
    )
    wrong = house.write(fact("ActivityStatusChanged", "activity/3.1", {"status": "in_progress"}))
    house.write(fact("EntryRetracted", "activity/3.1", {"position": wrong["events"][0]["position"]}))
    return library


def quarter(found: Any, name: str) -> Any:
    return next(one for one in found["quarters"] if one["quarter"] == name)


def test_every_window_an_activity_ever_had_with_who_moved_it_and_why(told: Installation) -> None:
    first, second = told.read("activities/3.4/timeline")["windows"]
    assert (first["old"], first["moved_days"]) == (None, None)
    assert (second["old"]["to"], second["new"]["to"], second["moved_days"]) == ("2023-Q2", "2023-Q4", 184)
    assert (second["reason"], second["channel"], second["entity"]) == ("No venue.", "api", None)


def test_planned_stands_against_actual_quarter_by_quarter(told: Installation) -> None:
    found = told.read("activities/3.4/timeline")
    first, second, third, fourth = (quarter(found, f"2023-Q{number}") for number in (1, 2, 3, 4))
    assert [one["planned_first"] for one in (first, second, third)] == [True, True, False]
    assert [one["planned"] for one in (first, second, third, fourth)] == [False, False, True, True]
    assert (first["status"], second["status"]) == ("not_started", "in_progress")
    assert (second["assessment"], second["reporting"]) == ("at_risk", "reported")
    assert (third["status"], third["reporting"]) == ("in_progress", None)
    assert fourth["status"] is None
    unknown = told.read("activities/3.2/timeline")
    assert unknown["windows"] == []
    assert {one["planned"] for one in unknown["quarters"]} == {None}


def test_a_past_timeline_knows_nothing_later(told: Installation) -> None:
    then = told.read("activities/3.4/timeline?as_of=2023-07-06")
    assert len(then["windows"]) == 1
    assert quarter(then, "2023-Q2")["status"] == "not_started"
    assert [row["type"] for row in then["rows"]] == ["ActivityAdded", "ActivityScheduled"]
    on_day = told.read("activities/3.4/timeline?effective_on=2023-05-20")
    assert [row["type"] for row in on_day["rows"]] == ["ActivityAdded", "ProgressReported"]


def test_rows_stand_in_the_order_of_the_timeline_and_say_old_and_new(told: Installation) -> None:
    rows = told.read("activities/3.4/timeline")["rows"]
    assert [row["type"] for row in rows][1:3] == ["ProgressReported", "ActivityScheduled"]
    assert {"field": "status", "old": "not_started", "new": "in_progress"} in rows[1]["changes"]
    assert (rows[1]["entity"], rows[1]["stands_on"], rows[1]["reason"]) == ("oms", "2023-05-16", "late")
    assert told.read("activities/3.1/timeline")["rows"][-1]["type"] == "ActivityAdded"


def test_the_trend_of_a_date_counts_as_it_was_corrected(told: Installation) -> None:
    (found,) = [one for one in told.read("milestones/trend")["items"] if one["id"] == "draft"]
    assert (found["first"], found["now"], found["slipped_days"]) == ("2023-09-30", "2023-11-30", 61)
    assert [point["reason"] for point in found["points"][1:]] == ["Typo."]
    before = told.read("milestones/trend?as_of=2023-08-04")
    assert [one["now"] for one in before["items"] if one["id"] == "draft"] == ["2023-12"]
    assert told.read("milestones/draft/timeline")["trend"]["slipped_days"] == 61
    assert {one["status"] for one in told.read("reviews/trend")["items"]} == {"planned"}


def test_counts_of_each_status_on_both_axes(told: Installation) -> None:
    found = {one["on"]: one for one in told.read("timeline")["statuses"]}
    june = found["2023-06-30"]
    assert (june["as_known_now"]["in_progress"], june["as_known_then"]["in_progress"]) == (1, 0)
    assert sum(june["as_known_now"].values()) == 63
    assert found["2022-12-31"]["as_known_then"] is None
    assert max(found) == "2023-08-05"
    assert "2023-08-05" not in {
        one["on"] for one in told.read("timeline?effective_on=2023-05-20")["statuses"]
    }


def test_the_lag_leaves_out_what_was_retracted_and_counts_from_the_day_it_happened(
    told: Installation,
) -> None:
    lag = told.read("timeline")["lag"]
    (spring,) = [one for one in lag["by_quarter"] if one["quarter"] == "2023-Q2"]
    assert spring == {"quarter": "2023-Q2", "count": 1, "median": 80, "p90": 80}
    assert (lag["count"], lag["median"]) == (8, 0), "five of the story and three focal points named"
    assert [percentile(Counter([1, 2, 3, 4]), share) for share in (50, 90)] == [2, 4]
    assert percentile(Counter(), 50) is None


def test_whoever_may_not_read_details_gets_dates_without_speakers_and_reasons(told: Installation) -> None:
    found = told.read("activities/3.4/timeline", "viewer")
    assert {"speaker", "reason", "channel", "entity", "assessment"} <= set(found["withheld"])
    assert "reason" not in found["windows"][1]
    assert "assessment" not in str(found["quarters"]) + str(found["rows"])


@pytest.mark.parametrize(
    "path", ["activities/99.9/timeline", "milestones/none/timeline", "reviews/mars/timeline"]
)
def test_there_is_no_timeline_of_what_there_is_not(told: Installation, path: str) -> None:
    assert told.get(path).status_code == 404
