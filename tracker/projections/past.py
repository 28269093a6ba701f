"""The plan at a resolved question.

By position it is read from the state rows; by day only those subjects are folded again whose late facts or amendments
came in between.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tracker.clock import instant_text
from tracker.database import Transaction
from tracker.events.event import kind_of
from tracker.events.reading import LogEnd, position_at, read_subject
from tracker.projections.questions import Question
from tracker.projections.standings import PlanCache, plan_at
from tracker.workplan.folding import fold, is_amending, living, place_of
from tracker.workplan.plan import Plan, Standing


def plan_for(tx: Transaction, end: LogEnd, question: Question, cache: PlanCache) -> Plan:
    """Return the plan that answers a question.

    Source: docs/time.md.
    """
    if question.effective is None:
        if question.position == end.position:
            return cache.plan(tx, end.workplan, end.generation, end.position)
        return plan_at(tx, end.workplan, end.generation, question.position)
    midnight = datetime.combine(question.effective + timedelta(days=1), time(), ZoneInfo(question.zone))
    known_then = position_at(
        tx, end.workplan, instant_text(midnight.astimezone(UTC) - timedelta(microseconds=1))
    )
    base = min(known_then, question.position)
    standings = dict(plan_at(tx, end.workplan, end.generation, base).standings) if base else {}
    day = question.effective.isoformat()
    for (subject,) in tx.all(_TOUCHED, end.workplan, base, question.position, day):
        standings[subject] = _standing_on(tx, end.workplan, subject, question, base)
    return Plan({subject: standing for subject, standing in standings.items() if standing.state is not None})


def _standing_on(tx: Transaction, workplan: str, subject: str, question: Question, base: int) -> Standing:
    """Fold a subject up to a day, from what was known at the question's position.

    Its version and position are those of the last entry that the answer rests on.
    """
    events = read_subject(tx, workplan, subject, question.position)
    day = question.effective.isoformat() if question.effective else ""
    entries = living(events, question.zone)
    rests_on = [
        event
        for event in events
        if event.position <= base or is_amending(event) or place_of(event, question.zone) <= day
    ]
    return Standing(
        subject=subject,
        version=rests_on[-1].version,
        position=rests_on[-1].position,
        latest=max(
            (one.placed_on for one in entries if not one.is_founding and one.placed_on <= day), default=""
        ),
        state=fold(kind_of(subject), entries, until=day),
    )


_TOUCHED = (
    "SELECT DISTINCT subject FROM events WHERE workplan = ? AND position > ? AND position <= ?"
    " AND (amends IS NOT NULL OR placed_on <= ?)"
)
