"""The plan, its rounds and its history as files to save, as the pages show them at the same moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from tracker.projections import plan_sheet, rounds
from tracker.projections.entry_sheet import COLUMNS as ENTRY_COLUMNS
from tracker.projections.entry_sheet import entry_rows
from tracker.projections.history import history
from tracker.projections.sheets import MEDIA_TYPES, Format, Table, file_of, instant_cell
from tracker.web.entries import asked_of, filters_of
from tracker.web.language import colon
from tracker.web.rendering import shell
from tracker.web.visits import Visit, visit
from tracker.workplan.plan import natural
from tracker.workplan.round import Round

KINDS = ("entity", "commitment", "workstream", "activity", "milestone", "product", "session", "review")
MOST_ENTRIES = 20_000
"""The newest; all of them are told by the API, page after page."""


@shell.get("/w/<workplan>/plan.<any(csv, xlsx):form>")
def plan_file(workplan: str, form: Format) -> Response:
    """Hand out a row for each subject of the plan."""
    with visit(workplan) as here:
        rows = []
        for kind in KINDS:
            rows += plan_sheet.subject_rows(kind, here.reveal(here.all(kind)), here.languages, here.name)
        return _file(here, "plan", plan_sheet.COLUMNS, rows, form)


@shell.get("/w/<workplan>/rounds.<any(csv, xlsx):form>")
def rounds_file(workplan: str, form: Format) -> Response:
    """Hand out a row for each report that was ever expected, round after round."""
    with visit(workplan, "rounds") as here:
        plan, rows = here.answer.plan, []
        for opened in sorted(plan.all("round", Round), key=lambda one: natural(f"round/{one.id}")):
            told = here.reveal(rounds.round_view(plan, opened, here.zone))
            rows += plan_sheet.round_rows(told, here.name)
        return _file(here, "rounds", plan_sheet.ROUND_COLUMNS, rows, form)


@shell.get("/w/<workplan>/entries.<any(csv, xlsx):form>")
def entries_file(workplan: str, form: Format) -> Response:
    """Hand out what the filters of the history let through, newest first."""
    with visit(workplan, "history") as here:
        wanted = replace(filters_of(here, asked_of(request.args)), after=None, limit=MOST_ENTRIES)
        items, _ = history(here.answer.tx, here.answer.end, here.answer.plan, wanted)
        return _file(here, "entries", ENTRY_COLUMNS, entry_rows(items), form)


def _file(
    here: Visit, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], form: Format
) -> Response:
    question = here.answer.question
    made = instant_cell(question.recorded_at)
    table = Table(f"{here.title}{colon()}{name}", here.moment.words, question.zone, made, columns, rows)
    answer = Response(file_of(table, form), content_type=MEDIA_TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{here.id}-{name}.{form}"'
    return answer
