"""The calendar of a plan: what is coming, month by month, and the addresses to subscribe to it."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from tracker.directory import feeds
from tracker.errors import RuleError
from tracker.notifications.calendars import phrases_of, words_of
from tracker.projections.appointments import Appointment, Scope, Wanted, appointments
from tracker.web import labels
from tracker.web.differences import dates_words
from tracker.web.guarding import check_form
from tracker.web.language import _, spoken
from tracker.web.readers import reader, runtime
from tracker.web.rendering import shell
from tracker.web.visits import Visit, page, visit
from tracker.workplan.workstream import Workstream

MOST_PAST = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """An appointment in words. ``first`` and ``last`` are its days in the plan's zone, ``at`` the time of its start."""

    words: str
    address: str | None
    first: date
    last: date
    at: str | None
    is_cancelled: bool

    @property
    def days(self) -> str:
        """The day, or the first and last of several, in words."""
        return dates_words({"starts_on": self.first.isoformat(), "ends_on": self.last.isoformat()})

    def is_on(self, day: date) -> bool:
        return self.first <= day <= self.last


@shell.get("/w/<workplan>/calendar")
def calendar(workplan: str) -> tuple[str, int]:
    with visit(workplan) as here:
        return _page(here)


@shell.post("/w/<workplan>/calendar")
def make_feed(workplan: str) -> tuple[str, int]:
    """Make an address of one's own, which is shown this once."""
    check_form()
    with visit(workplan) as here:
        scope, value = _chosen(here, request.form.get("what", ""))
        person, run = here.principal.actor, runtime()
        made = feeds.new_feed(workplan, person, scope, value, spoken())
    with run.directory() as tx:
        secret = feeds.create_feed(tx, run.now(), made)
    with visit(workplan) as here:
        return _page(here, address=f"{run.settings.base_url}/calendars/{secret}.ics")


@shell.post("/w/<workplan>/calendar/<feed>/remove")
def remove_feed(workplan: str, feed: str) -> Response:
    check_form()
    with visit(workplan) as here:
        person, run = here.principal.actor, runtime()
    with run.directory() as tx:
        feeds.remove_feed(tx, workplan, person, feed)
    return redirect(url_for("web.calendar", workplan=workplan) + "#subscribe", 303)


def _chosen(here: Visit, said: str) -> tuple[Scope, str | None]:
    scope, _slash, value = said.partition("/")
    if said not in dict(_choices(here)):
        raise RuleError(_("Choose what the calendar is to show."), field="what", value=said)
    return cast("Scope", scope), value or None


def _choices(here: Visit) -> list[tuple[str, str]]:
    """Return what a calendar can show, as ``(value of the form, words)``."""
    streams = here.answer.plan.all("workstream", Workstream)
    return [
        ("all", _("the whole plan")),
        ("deadlines", _("my own deadlines")),
        *((f"workstream/{one.id}", _("workstream {number}", number=one.number)) for one in streams),
        *((f"region/{region}", _(words)) for region, words in labels.REGION.items()),
    ]


def _page(here: Visit, address: str | None = None) -> tuple[str, int]:
    today = here.answer.question.day
    shown = [shown_of(here, one) for one in appointments(here.answer.plan, here.workplan, Wanted("all"))]
    month = _month(request.args.get("month"))
    mine: list[dict[str, Any]] = []
    if reader().is_signed_in:
        mine = feeds.feeds_of(here.answer.tx, here.id, here.principal.actor)
    choices = _choices(here)
    return page(
        "calendar.html",
        here,
        month=month and _weeks(month, shown),
        first=month,
        coming=_by_month(one for one in shown if one.last >= today),
        past=_by_month(
            sorted((one for one in shown if one.last < today), key=_first, reverse=True)[:MOST_PAST]
        ),
        around=_around(month or today.replace(day=1)),
        choices=choices,
        feeds=[one | {"words": dict(choices).get(_said(one), _said(one))} for one in mine],
        address=address,
    )


def _first(one: Shown) -> date:
    return one.first


def _said(feed: dict[str, Any]) -> str:
    return f"{feed['scope']}/{feed['value']}" if feed["value"] else str(feed["scope"])


def shown_of(here: Visit, one: Appointment) -> Shown:
    words = words_of(one, phrases_of(spoken()))
    address = here.to_subject(one.subject)
    if isinstance(one.start, datetime) and isinstance(one.end, datetime):
        start, end = one.start.astimezone(ZoneInfo(here.zone)), one.end.astimezone(ZoneInfo(here.zone))
        return Shown(words, address, start.date(), end.date(), f"{start:%H:%M}", one.is_cancelled)
    return Shown(words, address, one.first_day, one.last_day, None, one.is_cancelled)


def _by_month(shown: Iterable[Shown]) -> list[tuple[str, list[Shown]]]:
    return [
        (month, list(found)) for month, found in groupby(shown, key=lambda one: one.first.isoformat()[:7])
    ]


def _month(said: str | None) -> date | None:
    """Return the first day of a month that was asked for; what is no month is none."""
    try:
        return date.fromisoformat(f"{said}-01") if said else None
    except ValueError:
        return None


def _around(first: date) -> tuple[str, str]:
    """Return the months before and after one."""
    before, after = first - timedelta(days=1), first + timedelta(days=31)
    return before.isoformat()[:7], after.isoformat()[:7]


def _weeks(first: date, shown: list[Shown]) -> list[list[tuple[date, bool, list[Shown]]]]:
    """Return the weeks of a month, from Monday: each day, whether it is of the month, and what is on it."""
    return [
        [(day, day.month == first.month, [one for one in shown if one.is_on(day)]) for day in week]
        for week in months.Calendar().monthdatescalendar(first.year, first.month)
    ]
