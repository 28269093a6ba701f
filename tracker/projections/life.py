"""The life of a plan month by month: how many entries were recorded in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from tracker.clock import instant_text
from tracker.database import Transaction
from tracker.events.dates import local_day, parse_instant
from tracker.events.reading import LogEnd, recorded_at

MOST_MONTHS = 240
"""Of the latest; an engine takes no longer a query than this makes."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a plan's life, by its first and last day in the plan's zone, and how many entries it brought."""

    first: date
    last: date
    entries: int


def life_of(tx: Transaction, end: LogEnd, zone: str, today: date) -> list[Month]:
    """Return the months from the first entry to ``today``, those without any included.

    Positions have no gaps: what was recorded in a month is the distance between the last positions of two of them, so
    that the index answers and no entry is counted.
    """
    began = local_day(parse_instant(recorded_at(tx, end.workplan, 1)), zone)
    months = list(_months(began, today))[-MOST_MONTHS:]
    ends = [_end(first, zone) for first, _last in months]
    row = tx.one(
        f"SELECT {', '.join([_LAST] * len(ends))}", *(said for one in ends for said in (end.workplan, one))
    )
    reached = [0, *(position or 0 for position in row or ())]
    return [
        Month(first, last, now - before)
        for (first, last), (before, now) in zip(months, pairwise(reached), strict=True)
    ]


def _months(began: date, today: date) -> Iterator[tuple[date, date]]:
    first = began.replace(day=1)
    while first <= today:
        after = _after(first)
        yield max(first, began), min(after - timedelta(days=1), today)
        first = after


def _after(first: date) -> date:
    return (first.replace(day=1) + timedelta(days=31)).replace(day=1)


def _end(first: date, zone: str) -> str:
    """Return the first instant after the month of a day, spelt as the log does."""
    return instant_text(datetime.combine(_after(first), time(), ZoneInfo(zone)).astimezone(UTC))


_LAST = (
    "(SELECT position FROM events WHERE workplan = ? AND recorded_at < ? ORDER BY recorded_at DESC LIMIT 1)"
)
