"""A plan over time: how many activities stood how at the end of each quarter, and how late the log learned it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tracker.clock import instant_text
from tracker.database import Transaction
from tracker.events.catalogue import EntryCorrected
from tracker.events.codec import decode
from tracker.events.dates import last_day, local_day, parse_instant, place, quarter_of, quarters_between
from tracker.events.reading import LogEnd, position_at
from tracker.projections.questions import Question
from tracker.projections.standings import plan_at
from tracker.projections.steps import Point
from tracker.workplan.activity import Activity
from tracker.workplan.claims import FOLLOWS
from tracker.workplan.plan import Plan
from tracker.workplan.root import Workplan

View = dict[str, Any]


def plan_timeline(tx: Transaction, end: LogEnd, plan: Plan, question: Question) -> View:
    """Return the counts of each status at the end of each quarter on both axes, and the lag of the log."""
    return {
        "statuses": statuses(tx, end, plan, question),
        "lag": lags(tx, end.workplan, question),
    }


def statuses(tx: Transaction, end: LogEnd, plan: Plan, question: Question) -> list[View]:
    """Return ``{on, quarter, position, as_known_now, as_known_then}`` for the ends of quarters and the question's day.

    The counts are of activities in the plan, by status. ``as_known_then`` is None for days before the log began.
    """
    root = plan.get("workplan", Workplan)
    if root is None:
        return []
    ends = [last_day(one) for one in quarters_between(root.period.from_, root.period.to)]
    days = [day for day in ends if day < question.day]
    if ends and question.day <= ends[-1]:
        days.append(question.day)
    activities = plan.all("activity", Activity)
    made = []
    for day in days:
        known_then = None
        if position := min(_position_on(tx, end.workplan, day, question.zone), question.position):
            then = plan_at(tx, end.workplan, end.generation, position)
            known_then = _counted(
                ("withdrawn" if one.withdrawn else one.status) for one in then.all("activity", Activity)
            )
        turns = [turn for one in activities if (turn := one.turn_on(day))]
        made.append(
            {
                "on": day.isoformat(),
                "quarter": quarter_of(day),
                "position": position or None,
                "as_known_now": _counted("withdrawn" if turn.withdrawn else turn.status for turn in turns),
                "as_known_then": known_then,
            }
        )
    return made


def _position_on(tx: Transaction, workplan: str, day: date, zone: str) -> int:
    """Return the last position recorded on a day or before it, 0 before the first."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    return position_at(tx, workplan, instant_text(midnight - timedelta(microseconds=1)))


def _counted(found: Any) -> dict[str, int]:
    counts = dict.fromkeys((*FOLLOWS, "withdrawn"), 0)
    for status in found:
        counts[status] += 1
    return counts


# --------------------------------------------------------------------------------------------------------- lag


def lags(tx: Transaction, workplan: str, question: Question) -> View:
    """Return how many days lay between happening and recording: ``{count, median, p90, by_quarter}``.

    Of the facts that people recorded and that still live; imported ones and the system's own are left out. The quarter
    is that in which it happened. A fact that is only known by its quarter happened on that quarter's last day.
    """
    point = Point.of(question)
    amended = tx.all(_AMENDING, workplan, point.position)
    retracted = {target for target, kind, _stored in amended if kind == "EntryRetracted"}
    moved = {}
    for target, _kind, stored in amended:
        data = decode(bytes(stored)).data
        if isinstance(data, EntryCorrected) and data.occurred_on:
            moved[target] = data.occurred_on
    by_quarter: dict[str, list[int]] = {}
    for position, stands_on, recorded_at in tx.all(_FACTS, workplan, point.position):
        if position in retracted:
            continue
        instant = parse_instant(recorded_at)
        day = date.fromisoformat(stands_on)
        if position in moved:
            day = place(moved[position], instant, question.zone)
        if day.isoformat() <= point.day:
            lag = (local_day(instant, question.zone) - day).days
            by_quarter.setdefault(quarter_of(day), []).append(lag)
    everything = [lag for found in by_quarter.values() for lag in found]
    return _summary(everything) | {
        "by_quarter": [{"quarter": one} | _summary(by_quarter[one]) for one in sorted(by_quarter)]
    }


def _summary(found: Sequence[int]) -> View:
    return {"count": len(found), "median": percentile(found, 50), "p90": percentile(found, 90)}


def percentile(found: Sequence[int], share: int) -> int | None:
    """Return the nearest-rank percentile; None of nothing."""
    return sorted(found)[-(-len(found) * share // 100) - 1] if found else None


_FACTS = (
    "SELECT position, placed_on, recorded_at FROM events WHERE workplan = ? AND position <= ? AND amends IS NULL"
    " AND channel NOT IN ('import', 'system') AND type <> 'TextRedacted'"
)
_AMENDING = (
    "SELECT amends, type, stored FROM events WHERE workplan = ? AND position <= ? AND amends IS NOT NULL"
    " AND type IN ('EntryCorrected', 'EntryRetracted') ORDER BY position"
)
