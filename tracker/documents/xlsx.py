"""A document's tables as a workbook: real dates, stable ids, and no text of anybody as a formula."""

from __future__ import annotations

from typing import Any

from tracker.documents.pieces import Cell, Document, Link, Mark, Sheet, plain
from tracker.projections.sheets import Table, workbook


def xlsx_of(document: Document) -> bytes:
    return workbook(*(_table(sheet, document) for sheet in document.sheets))


def _table(sheet: Sheet, document: Document) -> Table:
    rows = [[_value(cell) for cell in row] for row in sheet.rows]
    return Table(sheet.title, document.known, document.zone, document.made, sheet.columns, rows)


def _value(cell: Cell) -> Any:
    match cell:
        case Link():
            return plain(cell.url)
        case Mark():
            return cell.words
        case str():
            return plain(cell)
        case _:
            return cell
