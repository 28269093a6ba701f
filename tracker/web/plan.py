"""The plan: at a glance, by workstream, filtered; and each workstream on a page of its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response

from tracker.projections.history import Filters
from tracker.web import labels
from tracker.web.figures import awaited, chosen, figures, tests_of
from tracker.web.guarding import check_readable
from tracker.web.language import _
from tracker.web.moments import FORM, asked_by_form
from tracker.web.recordable import done_of, offered
from tracker.web.rendering import shell
from tracker.web.telling import told
from tracker.web.visits import Visit, page, visit

RECENT = 15


@shell.before_request
def _moment_form() -> Response | None:
    """Turn what the moment form asks into an address that says it plainly."""
    check_readable()
    if request.method != "GET" or "view" not in request.args or "workplan" not in (request.view_args or {}):
        return None
    kept = {name: value for name, value in request.args.items() if name not in FORM and value}
    query = urlencode(kept | asked_by_form(request.args))
    return redirect(f"{request.path}?{query}" if query else request.path, 303)


@shell.get("/w/<workplan>/plan")
def plan(workplan: str) -> tuple[str, int]:
    with visit(workplan) as here:
        activities, workstreams = here.all("activity"), here.all("workstream")
        awaiting = awaited(here)
        tests = tests_of(here, awaiting)
        asked = {name: request.args.get(name, "").strip() for name in ("status", "entity", "workstream")}
        found = chosen(activities, tests, asked["status"], asked["entity"], asked["workstream"])
        return page(
            "plan.html",
            here,
            figures=figures(activities, tests),
            streams=_streams(workstreams, found),
            found=found,
            asked=asked,
            is_filtered=any(asked.values()),
            statuses=_statuses(tests),
            workstreams=[one for one in workstreams if not one["withdrawn"]],
            leads=_leads(here, workstreams),
            awaiting=awaiting,
            marks=labels.activity_marks,
        )


def _streams(workstreams: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the workstreams that hold any of the activities found, each with them."""
    by_stream: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        by_stream.setdefault(one["workstream"], []).append(one)
    return [one | {"found": by_stream[one["id"]]} for one in workstreams if one["id"] in by_stream]


def _statuses(tests: dict[str, Any]) -> list[tuple[str, str]]:
    """Return ``(value, words)`` of the status filter."""
    words = labels.STATUS | labels.ASSESSMENT | labels.OTHER | {"no_window": "without a window in the plan"}
    return [(name, _(words[name])) for name in (*tests, "withdrawn")]


def _leads(here: Visit, workstreams: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return ``(id, name)`` of every lead entity, by name."""
    found = {lead["entity"] for one in workstreams for lead in one["leads"]}
    return sorted(((one, here.name(one)) for one in found), key=lambda pair: pair[1].casefold())


@shell.get("/w/<workplan>/workstreams/<id>")
def workstream(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002 - the place in the address
    subject = f"workstream/{id}"
    with visit(workplan) as here:
        shown = here.one(subject)
        activities = [one for one in here.all("activity") if one["workstream"] == id]
        entries, _after = told(here, recent(here, subject))
        return page(
            "workstream.html",
            here,
            workstream=shown,
            activities=activities,
            awaiting=awaited(here),
            marks=labels.activity_marks,
            entries=entries,
            ways=offered(here, "workstream", shown),
            added=[*offered(here, "activity"), *offered(here, "milestone")],
            done=done_of(here),
            labels=labels,
        )


def recent(here: Visit, subject: str, limit: int = RECENT) -> Filters:
    """Return the filter of a subject's latest entries, as far as the moment shown knows them."""
    question = here.answer.question
    day = question.effective.isoformat() if question.effective else None
    return Filters(subject=subject, upto=question.position, occurred_to=day, is_descending=True, limit=limit)
