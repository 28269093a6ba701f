"""The plan at a resolved question.

By position it is read from the state rows; by day only those subjects are folded again of which an entry that came
later, a late fact or an amendment, says something new about that day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tracker.clock import instant_text
from tracker.database import Transaction
from tracker.events.reading import LogEnd, position_at
from tracker.projections.plan_cache import PlanCache
from tracker.projections.questions import Question
from tracker.projections.refolding import Day, News, standing_on
from tracker.projections.stored_plan import StoredStandings, plan_of
from tracker.workplan.plan import Plan, Standing


def plan_for(tx: Transaction, end: LogEnd, question: Question, cache: PlanCache) -> Plan:
    """Return the plan that answers a question.

    Source: docs/time.md.
    """
    if question.effective is None:
        return cache.at(tx, end, question.position)
    base = min(_known_on(tx, end.workplan, question.effective, question.zone), question.position)
    day = question.effective.isoformat()
    known = max(base, _last_news(tx, end, question.position))
    on = Day(end.workplan, end.generation, base, known, day, question.zone)
    standings = cache.at(tx, end, base).standings if base else {}
    changed = cache.folded.remember(on, lambda: _changed(tx, on, standings))
    if isinstance(standings, StoredStandings):
        return plan_of(standings.changed(changed), changed.keys())
    living = {subject: one for subject, one in {**standings, **changed}.items() if one.state is not None}
    return Plan(living, changed.keys())


def _known_on(tx: Transaction, workplan: str, day: date, zone: str) -> int:
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return position_at(tx, workplan, instant_text(midnight.astimezone(UTC) - timedelta(microseconds=1)))


def _last_news(tx: Transaction, end: LogEnd, position: int) -> int:
    """Return the last entry up to a position that came late or amends: the others say nothing of days before them.

    What is kept of a past day thus stays good while the log goes on as it mostly does.
    """
    late = tx.one(_LAST_LATE, end.generation, end.workplan, position)
    amending = tx.one(_LAST_AMENDING, end.workplan, position)
    return max(row[0] if row else 0 for row in (late, amending))


def _changed(tx: Transaction, on: Day, standings: Mapping[str, Standing]) -> dict[str, Standing]:
    """Return the standings on a day that are not those at its end: what was said after it counts too.

    Version and position are those of the last entry that the answer rests on; amendments are counted in.
    """
    news: dict[str, list[News]] = {}
    for subject, *said in tx.all(_NEWS, on.generation, on.workplan, on.base, on.known, on.day):
        one = News(*said)
        if one.reaches <= on.day:
            news.setdefault(subject, []).append(one)
    last = {row[0]: row[1:] for row in tx.all(_AMENDMENTS, on.workplan, on.base, on.known)}
    for subject, said in news.items():
        last[subject] = max(last.get(subject, (0, 0)), (said[-1].version, said[-1].position))
    changed = {}
    for subject, (version, position) in last.items():
        on_day = standing_on(tx, on, subject, news[subject]) if subject in news else standings.get(subject)
        if on_day is not None:
            changed[subject] = replace(on_day, version=version, position=position)
    return changed


# Rows of an older release say "" until they are computed anew; of facts their own day tells how far they reach.
_NEWS = (
    "SELECT s.subject, s.version, s.position, CASE WHEN s.reaches > '' THEN s.reaches ELSE ("
    "SELECT CASE WHEN e.amends IS NULL THEN e.placed_on ELSE '' END FROM events e"
    " WHERE e.workplan = s.workplan AND e.position = s.position) END FROM plan_states s"
    " WHERE s.generation = ? AND s.workplan = ? AND s.position > ? AND s.position <= ? AND s.reaches <= ?"
    " ORDER BY s.position"
)
_LAST_LATE = (
    "SELECT position FROM plan_states WHERE generation = ? AND workplan = ? AND position <= ?"
    " AND reaches IS NOT NULL ORDER BY position DESC LIMIT 1"
)
_LAST_AMENDING = (
    "SELECT position FROM events WHERE workplan = ? AND position > 0 AND position <= ? AND amends IS NOT NULL"
    " ORDER BY position DESC LIMIT 1"  # without a lower bound SQLite walks the log instead of the index of amendments
)
_AMENDMENTS = (
    "SELECT subject, version, position FROM events"
    " WHERE workplan = ? AND position > ? AND position <= ? AND amends IS NOT NULL ORDER BY position"
)
