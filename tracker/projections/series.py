"""The meetings that a plan asks for again and again: which of them there are, and which is the next to be planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracker.events.dates import first_day, last_day, quarters_between
from tracker.workplan.plan import Plan
from tracker.workplan.root import Workplan
from tracker.workplan.session import Session

EVERY = {"quarterly_meeting": "quarter", "annual_meeting": "year"}
"""Kinds of sessions that are due once in each such period."""
REPEATED = ("principals_update", "member_state_briefing", "gcm_talks")
"""Kinds that come again as often as is decided: no plan has said how often so far."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One period, a quarter or a year, with its meetings; a cancelled one is none."""

    period: str
    sessions: tuple[Session, ...]
    is_over: bool


@dataclass(frozen=True, slots=True)
class Series:
    """A meeting that the plan asks for, as it was proposed; ``turns`` is empty where it says not how often."""

    session: Session
    turns: tuple[Turn, ...]
    others: tuple[Session, ...]
    """All meetings of its kind that were not cancelled, by start."""

    @property
    def next(self) -> str | None:
        """The first period to come that has no meeting yet."""
        return next((one.period for one in self.turns if not one.sessions and not one.is_over), None)


def all_series(plan: Plan, root: Workplan, adopted: date, today: date) -> list[Series]:
    """Return the meetings that a plan asks for again and again, in its order, without what was over at its adoption."""
    return [
        _series(plan, root, one, adopted, today) for one in plan.all("session", Session) if is_series(one)
    ]


def is_series(session: Session) -> bool:
    """Return whether a session stands for all of its kind: proposed, and not for one period alone."""
    is_wide = session.window is None or session.window.from_ != session.window.to
    return session.status == "proposed" and session.kind in {*EVERY, *REPEATED} and is_wide


def _series(plan: Plan, root: Workplan, asked: Session, adopted: date, today: date) -> Series:
    found = [
        one
        for one in plan.all("session", Session)
        if one.kind == asked.kind and one.status != "cancelled" and not is_series(one)
    ]
    found.sort(key=lambda one: one.starts_at or (one.window.from_ if one.window else ""))
    window = asked.window or root.period
    turns = [
        Turn(period, tuple(one for one in found if _is_in(one, period)), last_day(period) < today)
        for period in _periods(asked.kind, window.from_, window.to)
        if last_day(period) >= adopted
    ]
    return Series(asked, tuple(turns), tuple(found))


def _periods(kind: str, first: str, last: str) -> list[str]:
    match EVERY.get(kind):
        case "quarter":
            return quarters_between(first, last)
        case "year":
            return [str(year) for year in range(int(first[:4]), int(last[:4]) + 1)]
        case _:
            return []


def _is_in(session: Session, period: str) -> bool:
    if session.starts_at:
        return first_day(period) <= date.fromisoformat(session.starts_at[:10]) <= last_day(period)
    if session.window:
        return first_day(period) <= first_day(session.window.from_) <= last_day(period)
    return False
