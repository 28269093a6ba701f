"""The sheets to fill in: one row for each thing that can be said, every column explained, words to choose from."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

from tracker.directory.people import people_of
from tracker.events.shapes import to_json
from tracker.events.vocabulary import Nature
from tracker.projections.sheets import Table, csv_file, instant_cell
from tracker.projections.speakers import display_name
from tracker.runtime import View
from tracker.sheets import progress, setup
from tracker.workplan.activity import Activity
from tracker.workplan.obligations import leads_of
from tracker.workplan.plan import Plan, natural
from tracker.workplan.workstream import Workstream

CHOICES: dict[str, Iterable[str]] = {
    "status": progress.STATUSES,
    "assessment": progress.ASSESSMENTS,
    "received_by": progress.RECEIVED,
    "nature": get_args(Nature),
}
WIDTHS = {
    "entity": 30,
    "reason": 40,
    "progress": 60,
    "needs": 40,
    "evidence": 40,
    "title": 60,
    "window_source": 40,
    "targets": 40,
    "focal_points": 40,
}
MORE_ROWS = 500
"""Rows below the last in which words can be chosen, too."""

Rows = Sequence[Sequence[str]]


def progress_sheet(view: View, *, is_csv: bool, quarters: Sequence[str] = ()) -> bytes:
    """Return a CSV file or a workbook in which every lead of every activity has a row, once for each quarter."""
    rows = [row for quarter in quarters or ("",) for row in _reports(view.plan, quarter)]
    return _file(view, "Progress", progress.COLUMNS, rows, is_csv=is_csv)


def _reports(plan: Plan, quarter: str) -> Iterator[Sequence[str]]:
    activities = [one for one in plan.all("activity", Activity) if not one.withdrawn]
    for one in sorted(activities, key=lambda one: natural(f"activity/{one.id}")):
        version = str(plan.standings[f"activity/{one.id}"].version)
        for entity, _ in leads_of(plan, one):
            filled = {
                "activity": one.number,
                "version": version,
                "entity": display_name(plan, entity),
                "quarter": quarter,
            }
            yield [filled.get(name, "") for name in progress.COLUMNS]


def setup_sheet(view: View, *, is_csv: bool) -> bytes:
    """Return a CSV file or a workbook with each workstream and activity as it is set up now."""
    return setup_file(view, set_up(view), is_csv=is_csv)


def setup_file(view: View, rows: Iterable[Mapping[str, str]], *, is_csv: bool) -> bytes:
    """Return rows of a set-up, perhaps changed, as a file that can be handed in."""
    cells = [[row.get(name, "") for name in setup.COLUMNS] for row in rows]
    return _file(view, "Set-up", setup.COLUMNS, cells, is_csv=is_csv)


def set_up(view: View) -> Iterator[dict[str, str]]:
    """Yield ``{column: cell}`` of each workstream and activity as it is set up, those of a workstream behind it."""
    plan, language = view.plan, view.workplan.languages[0]
    emails = {
        one.id: one.email or one.id
        for one in people_of(
            view.tx,
            [point.person for one in plan.all("workstream", Workstream) for point in one.focal_points],
        ).values()
    }
    for workstream in plan.all("workstream", Workstream):
        if not workstream.withdrawn:
            points = [f"{one.entity}={emails.get(one.person, one.person)}" for one in workstream.focal_points]
            yield _row(plan, f"workstream/{workstream.id}", workstream, language) | {
                "focal_points": "; ".join(points)
            }
        for activity in plan.all("activity", Activity):
            if activity.workstream != workstream.id or activity.withdrawn:
                continue
            window = activity.window
            targets = to_json(activity.targets) or []
            yield _row(plan, f"activity/{activity.id}", activity, language) | {
                "window_from": window.from_ if window else "",
                "window_to": window.to if window else "",
                "window_source": window.source if window else "",
                "nature": activity.nature or "",
                "targets": "\n".join(setup.target_line(one, language) for one in targets),
                "links": "; ".join(f"{one.kind} {one.to}" for one in activity.links),
            }


def _row(plan: Plan, subject: str, state: Activity | Workstream, language: str) -> dict[str, str]:
    words: Mapping[str, Any] = state.text if isinstance(state, Activity) else state.title
    tags = to_json(state.tags)
    return {
        "subject": subject,
        "version": str(plan.standings[subject].version),
        "title": str(words.get(language) or next(iter(words.values()))),
    } | {name: ", ".join(str(one) for one in said) or "none" for name, said in tags.items()}


def _file(view: View, title: str, columns: Mapping[str, str], rows: Rows, *, is_csv: bool) -> bytes:
    if not is_csv:
        return _workbook(title, columns, rows)
    question = view.question
    made = instant_cell(question.recorded_at)
    return csv_file(Table(title, question.words, question.zone, made, list(columns), rows))


def _workbook(title: str, columns: Mapping[str, str], rows: Rows) -> bytes:
    import xlsxwriter  # noqa: PLC0415 - 60 ms that only those pay who ask for a workbook

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    bold = book.add_format({"bold": True})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(title)
    for at, name in enumerate(columns):
        sheet.set_column(at, at, WIDTHS.get(name, 14), text)  # as text, or 3.10 becomes 3.1
        sheet.write_string(0, at, name, bold)
        sheet.write_comment(0, at, columns[name])
        if name in CHOICES:
            choices = {"validate": "list", "source": list(CHOICES[name])}
            sheet.data_validation(1, at, len(rows) + MORE_ROWS, at, choices)
    for row, cells in enumerate(rows, start=1):
        for at, said in enumerate(cells):
            if said:
                sheet.write_string(row, at, said, text)
    sheet.freeze_panes(1, 3)
    legend = book.add_worksheet("Columns")
    legend.set_column(0, 0, 14)
    legend.set_column(1, 1, 90)
    for at, (name, words) in enumerate(columns.items()):
        legend.write_string(at, 0, name, bold)
        legend.write_string(at, 1, words)
    book.close()
    return file.getvalue()
