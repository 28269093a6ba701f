"""The first page of a plan: how it stands at a glance."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from tracker.web.figures import awaited, figures, tests_of
from tracker.web.rendering import shell
from tracker.web.visits import page, visit

FILTERS = {"status", "entity", "workstream"}
"""Filters of the plan, which once stood at this address: links that people kept go on leading there."""


@shell.get("/w/<workplan>/")
def today(workplan: str) -> Response | tuple[str, int]:
    if FILTERS & request.args.keys():
        return redirect(f"{url_for('web.plan', workplan=workplan)}?{request.query_string.decode()}", 301)
    with visit(workplan) as here:
        activities = here.all("activity")
        return page("today.html", here, figures=figures(activities, tests_of(here, awaited(here))))
