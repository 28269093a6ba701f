"""Dates and tags of many activities in one table: filled in on a page, judged and recorded as a sheet would be."""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from werkzeug.wrappers import Response

from tracker.events.dates import local_day
from tracker.events.event import id_of
from tracker.sheets import uploads
from tracker.sheets.handing_out import set_up, setup_file
from tracker.sheets.rows import Shared
from tracker.web import labels
from tracker.web.fact_fields import quarters, workstreams
from tracker.web.guarding import check_form
from tracker.web.language import _
from tracker.web.readers import runtime
from tracker.web.rendering import shell
from tracker.web.subjects import number_of
from tracker.web.visits import Visit, page, visit
from tracker.workplan.activity import Activity

COLUMNS = ("window_from", "window_to", "nature", "objectives", "regions", "countries")
ENDS = COLUMNS[:2]
MOST = 100
"""So many activities stand in one table; of a larger plan it shows one workstream at a time."""


@shell.get("/w/<workplan>/grid")
def grid(workplan: str) -> tuple[str, int]:
    with visit(workplan, "people") as here:
        return _page(here)


@shell.post("/w/<workplan>/grid")
def fill_grid(workplan: str) -> tuple[str, int] | Response:
    """Keep what was filled in as a sheet, and lead to what it would change, row by row."""
    check_form()
    with visit(workplan, "people") as here:
        source = request.form.get("source", "").strip()
        changed = [row for row in _rows(here) if _fill(row, source)]
        if not changed:
            return _page(here, _("Nothing is changed yet: fill in what is to change."), 422)
        name = f"grid-{local_day(runtime().now(), here.zone).isoformat()}.csv"
        data, actor = setup_file(here.answer, changed, is_csv=True), here.principal.actor
        address = here.to
    said = {one: request.form.get(one, "").strip() or None for one in ("reason", "occurred_on")}
    with runtime().database.write() as tx:
        made = uploads.keep(tx, runtime().now(), workplan, actor, "setup", name, data, Shared(**said))
    return redirect(address("handed_in", upload=made), 303)


def _rows(here: Visit) -> list[dict[str, str]]:
    """Return the activities that the table shows, as rows of a set-up."""
    found = [row for row in set_up(here.answer) if row["subject"].startswith("activity/")]
    stream = _chosen(here, len(found))
    if stream is None:
        return found
    of_stream = {
        f"activity/{one.id}" for one in here.answer.plan.all("activity", Activity) if one.workstream == stream
    }
    return [row for row in found if row["subject"] in of_stream]


def _chosen(here: Visit, count: int) -> str | None:
    """Return the workstream that the table is of, None for all of them."""
    known = [value for value, _words in workstreams(here)]
    said = request.values.get("workstream", "")
    if said in known:
        return said
    return known[0] if count > MOST and known else None


def _fill(row: dict[str, str], source: str) -> bool:
    """Put what was filled in into a row, and return whether anything differs; an emptied cell says nothing."""
    before, subject = dict(row), row["subject"]
    for column in COLUMNS:
        row[column] = request.form.get(f"{subject}:{column}", "").strip() or row.get(column, "")
    is_other = any(row[column] != before.get(column, "") for column in COLUMNS)
    if source and any(row[end] != before.get(end, "") for end in ENDS):
        row["window_source"] = source
    row["version"] = request.form.get(f"{subject}:version", row["version"])
    return is_other


def _page(here: Visit, fault: str | None = None, status: int = 200) -> tuple[str, int]:
    rows = _rows(here)
    return page(
        "grid.html",
        here,
        status,
        rows=[_shown(here, row) for row in rows],
        columns=COLUMNS,
        fault=fault,
        said=request.form,
        chosen=_chosen(here, len(list(here.answer.plan.all("activity", Activity)))),
        workstreams=workstreams(here),
        quarters=quarters(here),
        natures=labels.NATURE,
        today=local_day(runtime().now(), here.zone).isoformat(),
    )


def _shown(here: Visit, row: dict[str, str]) -> dict[str, Any]:
    subject = row["subject"]
    cells = {column: request.form.get(f"{subject}:{column}", row.get(column, "")) for column in COLUMNS}
    return row | {"id": id_of(subject), "number": number_of(here.answer.plan, subject), "cells": cells}
