"""A plan over time: how many activities stood how at the end of each quarter, and how late the log learned it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tracker.clock import instant_text
from tracker.database import Transaction
from tracker.events.dates import first_day, last_day, quarter_of, quarters_between
from tracker.events.reading import LogEnd, position_at
from tracker.projections.fact_index import turns_of
from tracker.projections.facts import facts_of
from tracker.projections.questions import Question
from tracker.workplan.activity import Activity
from tracker.workplan.claims import FOLLOWS
from tracker.workplan.plan import Plan
from tracker.workplan.root import Workplan

View = dict[str, Any]


def plan_timeline(tx: Transaction, end: LogEnd, plan: Plan, question: Question) -> View:
    """Return the counts of each status at the end of each quarter on both axes, and the lag of the log."""
    return {
        "statuses": statuses(tx, end, plan, question),
        "lag": lags(tx, end, question),
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
    positions = [min(_position_on(tx, end.workplan, day, question.zone), question.position) for day in days]
    known_then = _known_then(tx, end, positions)
    made = []
    for day, position in zip(days, positions, strict=True):
        turns = [turn for one in activities if (turn := one.turn_on(day))]
        made.append(
            {
                "on": day.isoformat(),
                "quarter": quarter_of(day),
                "position": position or None,
                "as_known_now": _counted("withdrawn" if turn.withdrawn else turn.status for turn in turns),
                "as_known_then": known_then.get(position),
            }
        )
    return made


def _known_then(tx: Transaction, end: LogEnd, positions: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return ``{position: counts of each status}`` as they were known there; nothing for those before the log."""
    wanted = sorted({position for position in positions if position})
    found, held = dict[int, dict[str, int]](), dict[str, str]()
    turns = turns_of(tx, end, wanted[-1]) if wanted else iter(())
    next_turn = next(turns, None)
    for position in wanted:
        while next_turn and next_turn[0] <= position:
            held[next_turn[1]] = next_turn[2]
            next_turn = next(turns, None)
        found[position] = _counted(status for status in held.values() if status)
    return found


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


def lags(tx: Transaction, end: LogEnd, question: Question) -> View:
    """Return how many days lay between happening and recording: ``{count, median, p90, by_quarter}``.

    Of the facts that people recorded and that still live; imported ones and the system's own are left out. The quarter
    is that in which it happened. A fact that is only known by its quarter happened on that quarter's last day.
    """
    by_quarter: dict[str, Counter[int]] = defaultdict(Counter)
    for (month, lag), count in facts_of(tx, end, question).lags().items():
        by_quarter[quarter_of(first_day(month))][lag] += count
    return _summary(sum(by_quarter.values(), Counter())) | {
        "by_quarter": [{"quarter": one} | _summary(by_quarter[one]) for one in sorted(by_quarter)]
    }


def _summary(found: Counter[int]) -> View:
    return {"count": found.total(), "median": percentile(found, 50), "p90": percentile(found, 90)}


def percentile(found: Counter[int], share: int) -> int | None:
    """Return the nearest-rank percentile of counted values; None of nothing."""
    rank, seen = -(-found.total() * share // 100), 0
    for value in sorted(found):
        seen += found[value]
        if seen >= rank:
            return value
    return None
