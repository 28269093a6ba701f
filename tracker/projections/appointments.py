"""What of a plan belongs in a calendar: sessions and reviews with their dates, due dates, reporting deadlines.

What has only a window, or no date at all, is in no calendar: its day is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, get_args

from tracker.database import Transaction
from tracker.events.vocabulary import Wording
from tracker.projections.views import due_day
from tracker.workplan.milestone import Milestone
from tracker.workplan.plan import Plan, natural
from tracker.workplan.product import Product, next_look
from tracker.workplan.review import Review
from tracker.workplan.root import Workplan
from tracker.workplan.round import Round
from tracker.workplan.session import Session, instant_of
from tracker.workplan.workstream import Workstream

Scope = Literal["all", "workstream", "region", "deadlines"]
"""``all``: everything of the plan. ``workstream`` and ``region``: what is about one. ``deadlines``: one person's."""
SCOPES: tuple[Scope, ...] = get_args(Scope)
Moment = date | datetime


@dataclass(frozen=True, slots=True)
class Appointment:
    """One entry of a calendar. Days and aware UTC instants; ``end`` is the first moment after it.

    ``name`` is what it is called: a title, the region of a review, the quarter of a round. ``version`` rises with every
    entry about its subject, ``position`` is that of the last one.
    """

    subject: str
    name: str | Wording
    start: Moment
    end: Moment
    version: int
    position: int
    is_cancelled: bool = False
    place: str | None = None
    about: str | None = None
    """For whom a session is, and in which languages."""

    @property
    def last_day(self) -> date:
        return self.end.date() if isinstance(self.end, datetime) else self.end - timedelta(days=1)

    @property
    def first_day(self) -> date:
        return self.start.date() if isinstance(self.start, datetime) else self.start


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calendar: ``value`` is the workstream or region, ``person`` whose deadlines."""

    scope: Scope
    value: str | None = None
    person: str | None = None


def appointments(plan: Plan, root: Workplan, wanted: Wanted) -> list[Appointment]:
    """Return the appointments of a calendar by start, and by subject where they start together."""
    mine = wanted.scope == "deadlines"
    found = _deadlines(plan, wanted.person or "") if mine else _about(plan, root, wanted)
    return sorted(found, key=lambda one: (one.start.isoformat(), natural(one.subject)))


def _about(plan: Plan, root: Workplan, wanted: Wanted) -> Iterator[Appointment]:
    match wanted.scope:
        case "workstream":
            sessions = [one for one in plan.all("session", Session) if wanted.value in one.workstreams]
            milestones = [one for one in plan.all("milestone", Milestone) if _of(plan, one) == wanted.value]
            reviews: list[Review] = []
        case "region":
            sessions = [one for one in plan.all("session", Session) if one.region == wanted.value]
            milestones = []
            reviews = [one for one in plan.all("review", Review) if one.id == wanted.value]
        case _:
            sessions, milestones = plan.all("session", Session), plan.all("milestone", Milestone)
            reviews = plan.all("review", Review)
    for session in sessions:
        if session.starts_at and session.ends_at:
            zone = session.zone or root.zone
            start, end = instant_of(session.starts_at, zone), instant_of(session.ends_at, zone)
            is_off = session.status == "cancelled"
            made = _made(plan, f"session/{session.id}", session.title, start, end, is_cancelled=is_off)
            said = (session.audience, ", ".join(session.languages))
            yield replace(made, about=" · ".join(one for one in said if one) or None)
    for review in reviews:
        if review.current.starts_on:
            first = date.fromisoformat(review.current.starts_on)
            last = date.fromisoformat(review.current.ends_on or review.current.starts_on)
            is_off = review.status == "cancelled"
            made = _days(plan, f"review/{review.id}", review.id, first, last, is_cancelled=is_off)
            yield replace(made, place=review.place)
    yield from _due(plan, milestones)


def _due(plan: Plan, milestones: Iterable[Milestone]) -> Iterator[Appointment]:
    for one in milestones:
        day = due_day(one.due)
        is_off = one.status == "cancelled"
        yield _days(plan, f"milestone/{one.id}", one.title, day, day, is_cancelled=is_off)


def _deadlines(plan: Plan, person: str) -> Iterator[Appointment]:
    """Yield what somebody has to do by a day, as focal point: reports, milestones, products to look at again."""
    mine = {
        workstream.id: {point.entity for point in workstream.focal_points if point.person == person}
        for workstream in plan.all("workstream", Workstream)
    }
    entities = {entity for found in mine.values() for entity in found}
    if not entities:
        return
    for opened in plan.all("round", Round):
        due = date.fromisoformat(opened.due)
        yield _days(plan, f"round/{opened.id}", opened.id, due, due)
    for milestone in plan.all("milestone", Milestone):
        if milestone.status == "set" and mine.get(_of(plan, milestone) or ""):
            yield from _due(plan, [milestone])
    for product in plan.all("product", Product):
        if (day := next_look(product)) and product.steward in entities:
            yield _days(plan, f"product/{product.id}", product.title, day, day)


def _of(plan: Plan, milestone: Milestone) -> str | None:
    """Return the workstream of a milestone."""
    if milestone.activity is None:
        return milestone.workstream
    standing: Any = plan.standing(f"activity/{milestone.activity}")
    return standing.state.workstream if standing and standing.state else None


def _days(
    plan: Plan, subject: str, name: str | Wording, first: date, last: date, *, is_cancelled: bool = False
) -> Appointment:
    return _made(plan, subject, name, first, last + timedelta(days=1), is_cancelled=is_cancelled)


def _made(
    plan: Plan, subject: str, name: str | Wording, start: Moment, end: Moment, *, is_cancelled: bool
) -> Appointment:
    standing = plan.standings[subject]
    return Appointment(subject, name, start, end, standing.version, standing.position, is_cancelled)


def recorded(tx: Transaction, workplan: str, positions: Iterable[int]) -> dict[int, str]:
    """Return when each of these entries was recorded."""
    wanted = sorted(set(positions))
    if not wanted:
        return {}
    places = ", ".join("?" * len(wanted))
    rows = tx.all(
        f"SELECT position, recorded_at FROM events WHERE workplan = ? AND position IN ({places})",  # noqa: S608
        workplan,
        *wanted,
    )
    return dict(rows)
