"""Facts that happened before what is known already: they fit at their place in the timeline, or are refused by name."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from tests.stories import LINK, Story, activity, event, refused, report, small_plan, status
from tracker.errors import RuleError


def standing_on(story: Story, day: str) -> str | None:
    turn = story.activity().turn_on(date.fromisoformat(day))
    return turn.status if turn else None


def test_it_had_already_started_in_may_reported_in_july_fits():
    story = small_plan(now="2023-06-12")
    story.say(report("3.1", assessment="on_track"))
    story.on("2023-07-03")
    story.say(status("3.1", "in_progress", occurred_on="2023-05"))
    assert (story.activity().status, story.activity().assessment) == ("in_progress", "on_track")
    assert standing_on(story, "2023-05-30") == "not_started"
    assert standing_on(story, "2023-05-31") == "in_progress"
    assert standing_on(story, "2023-06-11") == "in_progress"


def test_a_fact_of_june_2022_is_accepted_though_the_plan_was_adopted_in_december():
    story = small_plan()
    (made,) = story.say(status("3.1", "in_progress", occurred_on="2022-06"))
    assert (made.occurred_on, story.activity().status) == ("2022-06", "in_progress")
    assert standing_on(story, "2022-12-14") is None
    assert standing_on(story, "2022-12-15") == "in_progress"


@pytest.mark.parametrize("day", ["2022-01-01", "2022", "2022-Q1", "2022-01"])
def test_a_fact_may_reach_back_to_the_first_day_of_the_plans_period(day):
    assert small_plan().say(status("3.1", "in_progress", occurred_on=day))


@pytest.mark.parametrize("day", ["2021-12-31", "2021", "2021-Q4", "2021-12"])
def test_a_fact_before_the_plans_period_is_refused(day):
    with refused("before the plan's period", field="/occurred_on", way_out="2022-01-01"):
        small_plan().say(status("3.1", "in_progress", occurred_on=day))


@pytest.mark.parametrize("day", ["2023-07-04", "2023-08", "2023-Q4", "2024"])
def test_facts_are_not_dated_in_the_future(day):
    with refused("lies in the future", field="/occurred_on", way_out="2023-07-03"):
        small_plan().say(status("3.1", "in_progress", occurred_on=day))


@pytest.mark.parametrize("day", ["2023-07-03", "2023-07", "2023-Q3", "2023"])
def test_a_span_that_is_not_over_counts_as_today(day):
    story = small_plan()
    story.say(status("3.1", "in_progress", occurred_on=day))
    assert story.activity().course[-1].day == "2023-07-03"


def test_today_is_the_day_in_the_zone_of_the_workplan():
    story = small_plan(now="2023-07-03T22:30:00+00:00")
    story.say(status("3.1", "in_progress", occurred_on="2023-07-04"))
    assert story.activity().course[-1].day == "2023-07-04"


def test_a_late_fact_that_no_longer_fits_names_the_entry_and_the_nearest_date():
    story = small_plan(now="2023-06-01")
    story.say(status("3.1", "in_progress", occurred_on="2023-03-10"))
    (paused,) = story.say(status("3.1", "on_hold", reason="strike"))
    wish = status("3.1", "completed", evidence=[LINK], occurred_on="2023-05-20")
    words = f"entry {paused.position} (ActivityStatusChanged, 2023-06-01) would no longer fit: the status is completed"
    with refused(words, field="/occurred_on", way_out="The nearest date that would fit is 2023-06-01."):
        story.on("2023-07-03").say(wish)
    assert story.say(wish | {"occurred_on": "2023-06-01"})


def test_the_nearest_date_may_lie_before_an_entry():
    story = small_plan(now="2023-06-01")
    story.say(status("3.1", "in_progress", occurred_on="2023-05-10"))
    story.say(status("3.1", "on_hold", reason="strike"))
    wish = status("3.1", "completed", evidence=[LINK], occurred_on="2023-05-12")
    with refused("no longer fit", way_out="The nearest date that would fit is 2023-05-09."):
        story.on("2023-07-03").say(wish)
    assert story.say(wish | {"occurred_on": "2023-05-09"})


STEPS = ["in_progress", "on_hold", "completed", "discontinued"]


def taken(story: Story, wish: dict[str, Any]) -> bool | str:
    """Return whether a wish, tried on a copy, becomes an entry; the nearest date where the refusal names one."""
    try:
        return bool(story.copy().say(wish))
    except RuleError as error:
        found = re.search(r"nearest date that would fit is (\S+)\.", error.way_out or "")
        return found[1] if found else False


def test_the_nearest_date_named_does_fit_and_no_nearer_one_does():
    named = 0
    for first, second, late in product(STEPS, repeat=3):
        story = small_plan(now="2023-06-01")
        story.say(status("3.1", first, reason="x", occurred_on="2023-03-10"))
        if taken(story, pause := status("3.1", second, reason="x", occurred_on="2023-05-01")) is not True:
            continue
        story.say(pause)
        for day in (date(2023, 2, 20), date(2023, 3, 15), date(2023, 5, 2)):
            on = {shift: (day + timedelta(days=shift)).isoformat() for shift in range(-150, 150)}
            said = taken(story, status("3.1", late, reason="x", occurred_on=day.isoformat()))
            if not isinstance(said, str):
                continue
            named += 1
            near = abs((date.fromisoformat(said) - day).days)
            fits = {
                shift
                for shift in range(-near, near + 1)
                if on[shift] <= "2023-06-01"
                and taken(story, status("3.1", late, reason="x", occurred_on=on[shift])) is True
            }
            assert fits
            assert {abs(shift) for shift in fits} == {near}, (first, second, late, day, said)
    assert named >= 10


def test_what_already_held_at_its_place_is_no_event():
    story = small_plan(now="2023-06-01")
    story.say(status("3.1", "in_progress", occurred_on="2023-03-10"))
    assert story.say(status("3.1", "in_progress", occurred_on="2023-04")) == []
    assert story.say(status("3.1", "not_started", occurred_on="2023-02")) == []


def test_a_late_fact_is_judged_by_the_status_of_its_time():
    story = small_plan(now="2023-06-01")
    story.say(status("3.1", "completed", evidence=[LINK]))
    story.say(status("3.1", "on_hold", reason="strike", occurred_on="2023-03"))
    assert (story.activity().status, standing_on(story, "2023-04-01")) == ("completed", "on_hold")


def test_facts_of_one_day_stand_in_the_order_in_which_they_were_recorded():
    story = small_plan(now="2023-06-01")
    story.say(status("3.1", "completed", evidence=[LINK], occurred_on="2023-05-10"))
    story.say(status("3.1", "in_progress", reason="reopened", occurred_on="2023-05-10"))
    assert story.activity().status == "in_progress"


def test_replaying_checks_transitions_and_never_reasons():
    story = small_plan(now="2023-06-01")
    story.say(status("3.1", "in_progress"))
    story.say(status("3.1", "discontinued", reason="no money", occurred_on="2023-03"))
    assert story.activity().status == "in_progress", "reopened without a reason of its own"


def test_a_late_fact_may_come_in_one_request_with_what_makes_it_fit():
    story = small_plan(now="2023-06-01")
    story.say(status("3.1", "on_hold", reason="strike"))
    done = status("3.1", "completed", evidence=[LINK], occurred_on="2023-04")
    with refused("would no longer fit"):
        story.say(done)
    story.say(done, status("3.1", "in_progress", reason="reopened", occurred_on="2023-05"))
    assert story.activity().status == "on_hold"


def test_a_late_report_is_about_its_quarter_and_changes_what_later_ones_build_on():
    story = small_plan(now="2023-06-12")
    story.say(report("3.1", assessment="on_track", quarter="2023-Q2"))
    story.on("2023-07-03").say(
        report("3.1", "oms", status="in_progress", occurred_on="2023-02", quarter="2023-Q1")
    )
    assert [one.quarter for one in story.activity().reports] == ["2023-Q1", "2023-Q2"]
    assert story.activity().assessment == "on_track"


def test_an_activity_founded_late_takes_facts_from_before():
    story = small_plan(now="2023-06-12")
    story.say(activity("3.9"))
    story.say(status("3.9", "in_progress", occurred_on="2023-01"))
    assert story.activity("3.9").founded == "2023-06-12"
    assert story.activity("3.9").status == "in_progress"


def test_a_removal_that_was_told_late_must_fit_the_reports_since():
    story = small_plan(now="2023-06-12")
    story.say(report("3.1", assessment="on_track"))
    with refused("would no longer fit: the activity is removed from the plan then"):
        story.say(event("ActivityWithdrawn", "activity/3.1", occurred_on="2023-05"))


def test_a_request_that_lasts_past_midnight_stands_where_each_of_its_entries_was_recorded():
    # 23:59:59.999999 in Zurich: the second and third entry are recorded on the next day.
    story = small_plan(now="2023-07-03T21:59:59.999999+00:00")
    made = story.say(
        status("4.1", "in_progress"),
        status("3.1", "completed", evidence=[LINK], occurred_on="2023-Q3"),
        status("3.1", "in_progress", occurred_on="2023-07-03"),
    )
    assert [one.recorded_at[:19] for one in made] == [
        *("2023-07-03T21:59:59", "2023-07-03T22:00:00", "2023-07-03T22:00:00")
    ]
    assert [turn.status for turn in story.activity().course] == ["not_started", "in_progress", "completed"]
