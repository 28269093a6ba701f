"""Tables as files for spreadsheets: dates are dates, and no text of anybody is ever read as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import orjson

from tracker.clock import instant_text
from tracker.projections.questions import DAY

Format = Literal["csv", "xlsx"]
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LONGEST_CELL = 32_767
WIDEST, NARROWEST = 60, 9
_SHEET = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True, slots=True)
class Table:
    """A table to hand out.

    ``known`` says which moment it shows and stands above the header of a workbook. Cells are text, whole numbers, days,
    aware instants, None, or anything else as its JSON. ``made`` is the instant that the file says it is from, so that
    the same answer is the same bytes.
    """

    title: str
    known: str
    zone: str
    made: datetime
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def file_of(table: Table, wanted: Format) -> bytes:
    return csv_file(table) if wanted == "csv" else workbook(table)


def csv_file(table: Table) -> bytes:
    """Return the rows under their header as CSV, marked as UTF-8; instants as the log spells them.

    Source: OWASP, "CSV injection".
    """
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(table.columns)
    writer.writerows([_quoted(cell) for cell in row] for row in table.rows)
    return file.getvalue().encode("utf-8-sig")


def _quoted(cell: Any) -> str:
    if isinstance(cell, datetime):
        return instant_text(cell)
    said = _text(cell)
    is_formula = not isinstance(cell, int | date) and said.lstrip(" \"'")[:1] in set("=+-@\t\r\0|")
    return f"'{said}" if is_formula else said


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    return cell if isinstance(cell, str) else orjson.dumps(cell).decode()


def workbook(table: Table, *more: Table) -> bytes:
    """Return a workbook, each sheet: what it shows, then a frozen header with a filter, then the rows.

    What several sheets are called must differ within their first 31 characters.
    """
    import xlsxwriter  # noqa: PLC0415 - 60 ms that only those pay who ask for a workbook

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties(
        {"title": table.title, "comments": table.known, "created": table.made.replace(tzinfo=None)}
    )
    formats = {
        str: book.add_format({"bold": True}),
        list: book.add_format({"text_wrap": True, "valign": "top"}),
        date: book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"}),
    }
    for one in (table, *more):
        _fill(book.add_worksheet(_SHEET.sub(" ", one.title)[:31].strip() if more else None), one, formats)
    book.close()
    return file.getvalue()


def _fill(sheet: Any, table: Table, formats: dict[type, Any]) -> None:
    bold, wrapped = formats[str], formats[list]
    sheet.write_string(0, 0, f"{table.title} · {table.known}", bold)
    for column, name in enumerate(table.columns):
        sheet.write_string(1, column, name, bold)
        widest = max((len(_text(row[column])) for row in table.rows), default=0)
        sheet.set_column(column, column, min(max(widest, len(name) + 3, NARROWEST), WIDEST))
    for at, row in enumerate(table.rows, start=2):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime):
                local = cell.astimezone(ZoneInfo(table.zone)).replace(tzinfo=None)
                sheet.write_datetime(at, column, local, formats[datetime])
            elif isinstance(cell, date):
                sheet.write_datetime(at, column, datetime.combine(cell, datetime.min.time()), formats[date])
            elif isinstance(cell, int) and not isinstance(cell, bool):
                sheet.write_number(at, column, cell)
            elif cell is not None:
                sheet.write_string(at, column, _text(cell)[:LONGEST_CELL], wrapped)
    sheet.freeze_panes(2, 0)
    sheet.autofilter(1, 0, max(len(table.rows) + 1, 1), len(table.columns) - 1)


def day_cell(said: str | None) -> date | str | None:
    """Return a date of the log as a day; one less precise stays as it was said."""
    return date.fromisoformat(said) if said and DAY.fullmatch(said) else said


def instant_cell(said: str) -> datetime:
    return datetime.fromisoformat(said)
