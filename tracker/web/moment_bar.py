"""The moment bar: what it offers on every page, and what its form asks, turned into an address that says it plainly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, sqrt
from urllib.parse import urlencode

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from tracker.events.dates import local_day
from tracker.projections.life import Month, life_of
from tracker.projections.questions import DAY
from tracker.web.guarding import check_readable
from tracker.web.language import _, month_words
from tracker.web.moments import NOW, QUESTION
from tracker.web.visits import Visit

FORM = (*QUESTION, "view", "day", "moment", "step", "began", "go", "shown")
"""What the form sends, or replaces."""
NOT_KEPT = (*FORM, "after", "receipt", "done")
"""What of an address does not go on to another moment."""
TALL = 24
"""Of the drawing over the slider; a month is ten wide. Heights are square roots: an import would flatten the rest."""
BUSY = 3
"""Months named in words as those in which most was recorded."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What stands behind the fold.

    ``months`` are ``(x, height)`` of the drawing, ``marks`` the x of named moments, ``width`` its width. The slider
    counts days from ``began`` up to ``days``. ``busy`` are ``(month, address)``. ``other`` is this day on the other
    axis, ``differs`` the page that tells how the two differ. ``kept`` goes on with the form.
    """

    began: str
    days: int
    at: int
    width: int
    months: list[tuple[int, int]]
    marks: list[int]
    busy: list[tuple[str, str]]
    kept: list[tuple[str, str]]
    other: tuple[str, str] | None
    differs: str | None


def bar_of(here: Visit) -> Bar:
    answer, today = here.answer, date.fromisoformat(here.moment.today)
    life = life_of(answer.tx, answer.end, here.zone, today)
    began, shown = life[0].first, answer.question.day
    most = max(one.entries for one in life) or 1
    busy = sorted(life, key=lambda one: (-one.entries, one.first))[:BUSY]
    return Bar(
        began=began.isoformat(),
        days=(today - began).days,
        at=max(0, min((shown - began).days, (today - began).days)),
        width=10 * len(life),
        months=[(10 * at, ceil(TALL * sqrt(one.entries / most))) for at, one in enumerate(life)],
        marks=[x for named in here.root.moments if (x := _place(life, named.at, here.zone)) is not None],
        busy=[
            (month_words(one.first), here.here(as_of=one.last.isoformat(), effective_on=None))
            for one in sorted(busy, key=lambda one: one.first)
            if one.entries
        ],
        kept=[(name, said) for name, said in request.args.items() if name not in NOT_KEPT],
        other=_other(here, began),
        differs=_differs(here, began),
    )


def _place(life: list[Month], at: str, zone: str) -> int | None:
    """Return where a moment stands in the drawing, None where it lies outside."""
    day = date.fromisoformat(at) if DAY.fullmatch(at) else local_day(datetime.fromisoformat(at), zone)
    return next(
        (10 * n + 10 * (day.day - 1) // 31 for n, one in enumerate(life) if one.first <= day <= one.last),
        None,
    )


def _other(here: Visit, began: date) -> tuple[str, str] | None:
    """Return ``(words, address)`` of the day shown on the other axis, None where it has no other."""
    if not here.moment.is_past:
        return None
    day = here.answer.question.day
    if here.moment.view != NOW:
        return _("The same day as we know it now"), here.here(as_of=None, effective_on=day.isoformat())
    if day < began:
        return None
    return _("The same day as we knew it then"), here.here(as_of=day.isoformat(), effective_on=None)


def _differs(here: Visit, began: date) -> str | None:
    day = here.answer.question.day
    if not here.moment.is_past or day < began:
        return None
    points = urlencode({"from": day.isoformat(), "to": f"now@{day.isoformat()}"})
    return f"{url_for('web.changes', workplan=here.id)}?{points}"


def said_plainly() -> Response | None:
    """Turn what the form asks into an address that says it; before every page of a plan."""
    check_readable()
    place = request.view_args or {}
    if request.method != "GET" or "view" not in request.args or "workplan" not in place:
        return None
    asked = asked_by_form(request.args)
    if request.args.get("go") == "compare" and asked:
        as_of, effective = asked.get("as_of"), asked.get("effective_on")
        points = {"from": as_of or f"now@{effective}", "to": request.args.get("shown", "")}
        address = url_for("web.changes", workplan=place["workplan"])
        return redirect(f"{address}?{urlencode({name: said for name, said in points.items() if said})}", 303)
    kept = {name: value for name, value in request.args.items() if name not in FORM and value}
    query = urlencode(kept | asked)
    return redirect(f"{request.path}?{query}" if query else request.path, 303)


def asked_by_form(args: Mapping[str, str]) -> dict[str, str]:
    """Return the question: ``view`` then or now; a ``day``, a named ``moment``, or the ``step`` of the slider."""
    said = args.get("day", "").strip()
    if named := args.get("moment", "").strip():
        said = f"moment:{named}"
    if args.get("go") == "slide":
        said = _slid(args) or said
    if not said:
        return {}
    return {"effective_on" if args.get("view") == NOW else "as_of": said}


def _slid(args: Mapping[str, str]) -> str | None:
    began, step = args.get("began", ""), args.get("step", "")
    try:
        return (date.fromisoformat(began) + timedelta(days=int(step[:6]))).isoformat()
    except (ValueError, OverflowError):  # no slider of ours
        return None
