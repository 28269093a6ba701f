"""Partial dates and quarters: when something happened, as precisely as the reporter knows."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
YEAR = re.compile(r"\d{4}", re.ASCII)


@lru_cache(maxsize=10_000)  # a plan says few days, and a page asks for each of them thousands of times
def span(said: str) -> tuple[date, date]:
    """Return the first and last day of ``2023-05-16``, ``2023-05``, ``2023-Q2`` or ``2023``.

    Raises:
        ValueError: it is none of these.
    """
    if match := DAY.fullmatch(said):
        day = date(*(int(part) for part in match.groups()))
        return day, day
    if match := QUARTER.fullmatch(said):
        year, month = int(match[1]), int(match[2]) * 3
        return date(year, month - 2, 1), date(year, month, calendar.monthrange(year, month)[1])
    if match := MONTH.fullmatch(said):
        year, month = int(match[1]), int(match[2])
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    if YEAR.fullmatch(said):
        return date(int(said), 1, 1), date(int(said), 12, 31)
    raise ValueError(said)


def first_day(said: str) -> date:
    return span(said)[0]


def last_day(said: str) -> date:
    return span(said)[1]


def quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def next_quarter(quarter: str) -> str:
    return quarter_of(last_day(quarter) + timedelta(days=1))


def quarters_between(first: str, last: str) -> list[str]:
    """Return the quarters from ``first`` to ``last``, both included."""
    found = []
    while first <= last:
        found.append(first)
        first = next_quarter(first)
    return found


def local_day(instant: datetime, zone: str) -> date:
    """Return the calendar day of ``instant`` in ``zone``."""
    return instant.astimezone(ZoneInfo(zone)).date()


def place(occurred_on: str, recorded_at: datetime, zone: str) -> date:
    """Return the day at which a fact stands in its timeline: its last day, never after the day of recording."""
    return min(last_day(occurred_on), local_day(recorded_at, zone))


def parse_instant(said: str) -> datetime:
    return datetime.fromisoformat(said)
