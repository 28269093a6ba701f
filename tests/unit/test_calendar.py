"""The dates of rounds, checked by hand against the calendars of Geneva of 2023 and 2024."""

from __future__ import annotations

from datetime import date

import pytest

from tests.stories import adopted
from tracker.projections.working_days import is_station, working_days
from tracker.workplan.calendar import dates_by_hand, regular_dates, working_days_from
from tracker.workplan.root import Workplan


def geneva(**settings):
    root = adopted(**settings).plan.get("workplan", Workplan)
    assert root is not None
    return working_days(root)


# opens, due, closes, then the days of the letters: opening, before due, overdue, final.
BY_HAND = {
    "2022-Q4": ("2023-01-02", "2023-01-10", "2023-01-31", "2023-01-02 2023-01-05 2023-01-12 2023-01-24"),
    # 10 April 2023 is Easter Monday, 7 April Good Friday; 1 April is a Saturday, 30 April a Sunday.
    "2023-Q1": ("2023-04-03", "2023-04-10", "2023-04-30", "2023-04-03 2023-04-04 2023-04-12 2023-04-24"),
    "2023-Q2": ("2023-07-03", "2023-07-10", "2023-07-31", "2023-07-03 2023-07-05 2023-07-12 2023-07-24"),
    "2023-Q3": ("2023-10-02", "2023-10-10", "2023-10-31", "2023-10-02 2023-10-05 2023-10-12 2023-10-24"),
    # New Year's Day is a Monday.
    "2023-Q4": ("2024-01-02", "2024-01-10", "2024-01-31", "2024-01-02 2024-01-05 2024-01-12 2024-01-24"),
    # 1 April 2024 is Easter Monday.
    "2024-Q1": ("2024-04-02", "2024-04-10", "2024-04-30", "2024-04-02 2024-04-05 2024-04-12 2024-04-24"),
}


@pytest.mark.parametrize("quarter", BY_HAND)
def test_a_round_has_the_dates_that_a_calendar_on_paper_gives(quarter):
    opens, due, closes, steps = BY_HAND[quarter]
    dates = regular_dates(quarter, geneva())
    assert (dates.opens.isoformat(), dates.due.isoformat(), dates.closes.isoformat()) == (opens, due, closes)
    assert " ".join(step.on for step in dates.steps) == steps
    assert [step.step for step in dates.steps] == ["opening", "before-due", "overdue", "final"]


def test_a_round_never_closes_before_the_twelfth_working_day_after_it_was_due():
    off = [f"2023-07-{day:02}" for day in (11, 12, 13, 14, 17, 18, 19)]
    is_working_day = geneva(holidays={"added": off})
    dates = regular_dates("2023-Q2", is_working_day)
    # Left in July after the 19th: 20, 21, 24 to 28, 31; then 2, 3, 4 and 7 August, the 1st being the National Day.
    assert dates.closes == date(2023, 8, 7)


def test_a_round_opened_by_hand_is_due_in_ten_working_days_and_closes_in_thirty_days():
    dates = dates_by_hand(date(2023, 4, 3), geneva())
    assert (dates.opens, dates.due, dates.closes) == (date(2023, 4, 3), date(2023, 4, 19), date(2023, 5, 3))


def test_days_added_and_removed_in_the_settings_count():
    plain, changed = geneva(), geneva(holidays={"added": ["2023-12-27"], "removed": ["2023-09-07"]})
    day_off, fast = date(2023, 12, 27), date(2023, 9, 7)
    assert (plain(day_off), plain(fast)) == (True, False)
    assert (changed(day_off), changed(fast)) == (False, True)


@pytest.mark.parametrize(
    "day", ["2023-04-07", "2023-04-10", "2023-05-18", "2023-05-29", "2023-08-01", "2023-09-07", "2023-12-25"]
)
def test_geneva_does_not_work_on_its_holidays(day):
    assert not geneva()(date.fromisoformat(day))


def test_the_second_of_january_is_worked_in_geneva_but_not_in_bern():
    assert geneva()(date(2023, 1, 2))
    assert not geneva(duty_station="CH-BE")(date(2023, 1, 2))


def test_working_days_are_counted_backwards_too():
    assert working_days_from(date(2023, 4, 10), -3, geneva()) == date(2023, 4, 4)


@pytest.mark.parametrize(
    "station, known", [("CH-GE", True), ("KE", True), ("XX", False), ("CH-ZZ", False), ("AX-ZZ", False)]
)
def test_a_station_without_known_holidays_is_found_out(station, known):
    assert is_station(station) is known
