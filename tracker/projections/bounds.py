"""The ends of a span of recorded time, in the spellings of ``as_of``: both ends belong to the span."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from tracker.clock import instant_text
from tracker.database import Transaction
from tracker.events.reading import LogEnd, position_at
from tracker.projections.questions import DAY, instant_of, position_of
from tracker.workplan.root import Workplan


def after_position(
    tx: Transaction, end: LogEnd, workplan: Workplan, now: datetime, said: str, field: str = "from"
) -> int:
    """Return the position before the first entry recorded at ``said`` or later; a day begins with its first instant.

    Raises:
        MomentError: it is misspelt or in the future.
    """
    if (position := _position(end, said, field)) is not None:
        return position - 1
    instant = instant_of(workplan, now, said, field)
    if DAY.fullmatch(said):
        midnight = datetime.combine(date.fromisoformat(said), time(), ZoneInfo(workplan.zone))
        instant = midnight.astimezone(UTC)
    if instant is None:
        return end.position
    last = position_at(tx, end.workplan, instant_text(instant))
    is_there = last and tx.one(_AT, end.workplan, last, instant_text(instant))
    return last - 1 if is_there else last


def last_position(
    tx: Transaction, end: LogEnd, workplan: Workplan, now: datetime, said: str, field: str = "to"
) -> int:
    """Return the position of the last entry recorded at ``said`` or earlier, 0 before the first; a day ends it.

    Raises:
        MomentError: it is misspelt or in the future.
    """
    if (position := _position(end, said, field)) is not None:
        return position
    instant = None if said == "now" else instant_of(workplan, now, said, field)
    return end.position if instant is None else position_at(tx, end.workplan, instant_text(instant))


def _position(end: LogEnd, said: str, field: str) -> int | None:
    return position_of(end, said, field) if said.startswith("position:") else None


_AT = "SELECT position FROM events WHERE workplan = ? AND position = ? AND recorded_at = ?"
