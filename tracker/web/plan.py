"""The plan: at a glance, filtered, as cards, as a table or quarter by quarter, and as one entity sees it."""

from __future__ import annotations

from typing import Any

from flask import request

from tracker.projections.history import Filters
from tracker.web import labels
from tracker.web.figures import awaited, figures, tests_of
from tracker.web.language import _
from tracker.web.plan_filters import NAMES, choices, chosen, with_status
from tracker.web.quarter_grid import grid_of
from tracker.web.recordable import done_of, offered
from tracker.web.rendering import shell
from tracker.web.seeing import seen_by
from tracker.web.telling import told
from tracker.web.visits import Visit, page, visit

RECENT = 15
PAGE = 150
"""Activities on a page; the real plan stands on one."""
LOOKS = {"cards": "Cards", "table": "Table", "quarters": "Quarters"}


@shell.get("/w/<workplan>/plan")
def plan(workplan: str) -> tuple[str, int]:
    with visit(workplan) as here:
        activities, workstreams = here.all("activity"), here.all("workstream")
        awaiting = awaited(here)
        tests = tests_of(here, awaiting)
        asked = {name: said for name in NAMES if (said := request.args.get(name, "").strip())}
        look = request.args.get("look", "")
        seen = seen_by(here, request.args.get("see", "").strip(), workstreams)
        all_ = [one for one in activities if seen is None or one["workstream"] in seen.streams]
        base = chosen(here, all_, asked)
        found = with_status(base, tests, asked.get("status", ""))
        kept = asked | ({"look": look} if look in LOOKS else {}) | ({"see": seen.entity} if seen else {})
        start = _start(len(found))
        shown = found[start : start + PAGE]
        return page(
            "plan.html",
            here,
            figures=figures(base, tests),
            streams=_streams(workstreams, shown),
            found=found,
            shown=shown,
            start=start,
            step=PAGE,
            asked=asked,
            kept=kept,
            look=look if look in LOOKS else "cards",
            looks=[(name, _(words)) for name, words in LOOKS.items()],
            grid=grid_of(here, shown) if look == "quarters" else None,
            seen=seen,
            entities=sorted(
                (
                    (one["id"], here.name(one["id"]))
                    for one in here.all("entity")
                    if one["leads"] or one["participates"]
                ),
                key=lambda pair: pair[1].casefold(),
            ),
            filters=choices(
                here, activities, [one for one in workstreams if not one["withdrawn"]], [*tests, "withdrawn"]
            ),
            workstreams=[one for one in workstreams if not one["withdrawn"]],
            awaiting=awaiting,
            marks=labels.activity_marks,
        )


def _start(count: int) -> int:
    """Return where the page asked for begins; what is none is the first."""
    said = request.args.get("after", "")
    start = int(said) if said.isdecimal() and len(said) < 9 else 0
    return start if start < count else 0


def _streams(workstreams: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the workstreams that hold any of the activities found, each with them."""
    by_stream: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        by_stream.setdefault(one["workstream"], []).append(one)
    return [one | {"found": by_stream[one["id"]]} for one in workstreams if one["id"] in by_stream]


@shell.get("/w/<workplan>/workstreams/<id>")
def workstream(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002 - the place in the address
    subject = f"workstream/{id}"
    with visit(workplan) as here:
        shown = here.one(subject)
        activities = [one for one in here.all("activity") if one["workstream"] == id]
        awaiting = awaited(here)
        entries, _after = told(here, recent(here, subject))
        return page(
            "workstream.html",
            here,
            workstream=shown,
            activities=activities,
            figures=figures(activities, tests_of(here, awaiting)),
            grid=grid_of(here, activities),
            milestones=[one for one in here.all("milestone") if one.get("workstream") == id],
            awaiting=awaiting,
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
