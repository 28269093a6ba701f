"""Meetings that come again: those that the plan asks for, and a new one made like those before it."""

from __future__ import annotations

from datetime import date
from typing import Any

from tracker.events.dates import YEAR, last_day
from tracker.events.reading import read_event
from tracker.events.shapes import to_json
from tracker.events.vocabulary import is_quarter
from tracker.projections.series import EVERY, Series, all_series
from tracker.web.language import capital
from tracker.web.visits import Visit
from tracker.workplan.session import Session

TAKEN_OVER = ("zone", "mode", "languages", "audience", "rule")
"""What a new meeting has as the last one of its kind had it; talks go round the regions, regular meetings do not."""


def series_of(here: Visit) -> list[Series]:
    """Return the meetings that the plan asks for again and again, at the moment shown."""
    adopted = last_day(read_event(here.answer.tx, here.id, 1).occurred_on)
    return all_series(here.answer.plan, here.workplan, adopted, here.answer.question.day)


def like(here: Visit, id_: str, period: str) -> dict[str, Any]:
    """Return what a new meeting begins with: the plan's words for it, the period, and how the last one was."""
    asked = here.answer.plan.get(f"session/{id_}", Session)
    if asked is None:
        return {}
    held = [
        one
        for one in here.answer.plan.all("session", Session)
        if one.kind == asked.kind and one.starts_at and one.status != "cancelled"
    ]
    last: dict[str, Any] = to_json(max(held, key=lambda one: one.starts_at or "", default=asked))
    places = ("level", "region", "country") if asked.kind in EVERY else ()
    made = {name: last.get(name) for name in (*TAKEN_OVER, *places)}
    own = asked.title if isinstance(asked.title, str) else asked.title.get(here.languages[0])
    made |= {"kind": asked.kind, "title": capital(own if isinstance(own, str) else here.text(asked.title))}
    made |= {"workstreams": list(asked.workstreams), "objectives": list(asked.objectives)}
    if is_quarter(period):
        made["window"] = {"from": period, "to": period}
    elif YEAR.fullmatch(period) and date.min.year < int(period) < date.max.year:
        made["window"] = {"from": f"{period}-Q1", "to": f"{period}-Q4"}
    if "window" in made:
        made["title"] = f"{made['title']} {period}"
    return made
