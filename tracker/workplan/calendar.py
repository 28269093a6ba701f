"""The dates of a reporting round, by the working days of the duty station.

Source: docs/rounds.md, "Dates".
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.events.dates import last_day
from tracker.events.vocabulary import Step

IsWorkingDay = Callable[[date], bool]

OPENING, BEFORE_DUE, OVERDUE, FINAL = "opening", "before-due", "overdue", "final"
AGAIN = "again-"
"""What begins the name of a step that comes once more after its round was extended or opened again."""
DUE_DAY = 10
DAYS_BEFORE_DUE = 3
DAYS_OVERDUE = 2
DAYS_FINAL = 10
DAYS_TO_CLOSING = 12
DUE_BY_HAND = 10
CLOSING_BY_HAND = 30


@dataclass(frozen=True, slots=True)
class RoundDates:
    """When a round opens, is due and closes, and on which days its letters go out."""

    opens: date
    due: date
    closes: date
    steps: tuple[Step, ...]


def working_days_from(day: date, count: int, is_working_day: IsWorkingDay) -> date:
    """Return the ``count``-th working day after ``day`` (before it where ``count`` is negative)."""
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def regular_dates(quarter: str, is_working_day: IsWorkingDay) -> RoundDates:
    """Return the dates of a round opened in its time."""
    end = last_day(quarter)
    opens = working_days_from(end, 1, is_working_day)
    due = (end + timedelta(days=1)).replace(day=DUE_DAY)
    month_end = due.replace(day=calendar.monthrange(due.year, due.month)[1])
    closes = max(month_end, working_days_from(due, DAYS_TO_CLOSING, is_working_day))
    return RoundDates(opens, due, closes, steps_of(opens, due, is_working_day))


def dates_by_hand(today: date, is_working_day: IsWorkingDay) -> RoundDates:
    """Return the dates of a round opened by hand after its time: due in 10 working days, closing in 30 days."""
    due = working_days_from(today, DUE_BY_HAND, is_working_day)
    closes = today + timedelta(days=CLOSING_BY_HAND)
    return RoundDates(today, due, closes, steps_of(today, due, is_working_day))


def steps_of(opens: date, due: date, is_working_day: IsWorkingDay) -> tuple[Step, ...]:
    """Return the days on which letters go out."""
    days = (
        (OPENING, opens),
        (BEFORE_DUE, working_days_from(due, -DAYS_BEFORE_DUE, is_working_day)),
        (OVERDUE, working_days_from(due, DAYS_OVERDUE, is_working_day)),
        (FINAL, working_days_from(due, DAYS_FINAL, is_working_day)),
    )
    return tuple(Step(name, day.isoformat()) for name, day in days)
