"""The first page of a plan: what needs the reader today, how the plan stands, what changed of late, what is coming."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from tracker.errors import MomentError
from tracker.projections.appointments import Wanted, appointments
from tracker.projections.change_words import sentence
from tracker.projections.changes import compared
from tracker.web import labels
from tracker.web.calendar import Shown, shown_of
from tracker.web.figures import awaited, figures, tests_of
from tracker.web.language import n_, spoken
from tracker.web.needs import needs_of
from tracker.web.readers import runtime
from tracker.web.rendering import shell
from tracker.web.visits import Visit, page, visit

FILTERS = {"status", "entity", "workstream"}
"""Filters of the plan, which once stood at this address: links that people kept go on leading there."""
COMING = 4
MONTHS_BACK = 3
"""How far the sentence of changes looks back in a plan where no moment has a name."""


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since a point: its name, its end of a comparison, and ``(words, the part of that page)``."""

    title: str
    point: str
    phrases: list[tuple[str, str | None]]


@shell.get("/w/<workplan>/")
def today(workplan: str) -> Response | tuple[str, int]:
    if FILTERS & request.args.keys():
        return redirect(f"{url_for('web.plan', workplan=workplan)}?{request.query_string.decode()}", 301)
    with visit(workplan) as here:
        activities = here.all("activity")
        return page(
            "today.html",
            here,
            needs=needs_of(here),
            figures=figures(activities, tests_of(here, awaited(here))),
            since=None if here.moment.is_past else _since(here),
            coming=_coming(here),
            labels=labels,
        )


def _since(here: Visit) -> Since | None:
    """Return what changed since the last named moment, else of late; None where the log is younger."""
    named = sorted(here.root.moments, key=lambda one: one.at, reverse=True)
    points = [(one.title, f"moment:{one.slug}") for one in named]
    late = n_("{count} month ago", "{count} months ago", MONTHS_BACK)
    for title, point in [*points, (late, f"-P{MONTHS_BACK}M")]:
        try:
            with runtime().ask(here.id, point) as before:
                if before.question.is_now:
                    continue
                found = compared((before.question, before.plan), (here.answer.question, here.answer.plan))
        except MomentError:  # still to come, or before the log
            continue
        said = sentence(found, spoken())
        return Since(title, point, [(one.text, one.leads_to) for one in said])
    return None


def _coming(here: Visit) -> list[Shown]:
    day = here.answer.question.day
    found = appointments(here.answer.plan, here.workplan, Wanted("all"))
    ahead = [one for one in found if one.last_day >= day and not one.is_cancelled]
    return [shown_of(here, one) for one in ahead[:COMING]]
