"""The sheet to fill in: one row for each activity and lead, every column explained, words to choose from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from tracker.projections.speakers import display_name
from tracker.sheets.progress import ASSESSMENTS, COLUMNS, RECEIVED, STATUSES
from tracker.workplan.activity import Activity
from tracker.workplan.obligations import leads_of
from tracker.workplan.plan import Plan, natural

CHOICES: dict[str, Iterable[str]] = {"status": STATUSES, "assessment": ASSESSMENTS, "received_by": RECEIVED}
WIDTHS = {"entity": 30, "reason": 40, "progress": 60, "needs": 40, "evidence": 40}


def template(plan: Plan, *, is_csv: bool, quarter: str | None = None) -> bytes:
    """Return a CSV file or a workbook in which every lead of every activity has a row."""
    rows = list(_rows(plan, quarter or ""))
    return _csv(rows) if is_csv else _workbook(rows)


def _rows(plan: Plan, quarter: str) -> Iterator[tuple[str, str, str]]:
    activities = [one for one in plan.all("activity", Activity) if not one.withdrawn]
    for one in sorted(activities, key=lambda one: natural(f"activity/{one.id}")):
        for entity, _ in leads_of(plan, one):
            yield one.number, display_name(plan, entity), quarter


def _csv(rows: list[tuple[str, str, str]]) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return file.getvalue().encode("utf-8-sig")


def _workbook(rows: list[tuple[str, str, str]]) -> bytes:
    import xlsxwriter  # noqa: PLC0415 - 60 ms that only those pay who ask for a workbook

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    bold = book.add_format({"bold": True})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("Progress")
    for at, name in enumerate(COLUMNS):
        sheet.set_column(at, at, WIDTHS.get(name, 14), text)  # as text, or 3.10 becomes 3.1
        sheet.write_string(0, at, name, bold)
        sheet.write_comment(0, at, COLUMNS[name])
        if name in CHOICES:
            sheet.data_validation(
                1, at, len(rows) + 500, at, {"validate": "list", "source": list(CHOICES[name])}
            )
    for row, cells in enumerate(rows, start=1):
        for at, said in enumerate(cells):
            sheet.write_string(row, at, said, text)
    sheet.freeze_panes(1, 2)
    legend = book.add_worksheet("Columns")
    legend.set_column(0, 0, 14)
    legend.set_column(1, 1, 90)
    for at, (name, words) in enumerate(COLUMNS.items()):
        legend.write_string(at, 0, name, bold)
        legend.write_string(at, 1, words)
    book.close()
    return file.getvalue()
