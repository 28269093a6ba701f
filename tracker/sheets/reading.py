"""A file that somebody filled in, CSV or a workbook, as numbered rows of named cells."""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import zipfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tracker.errors import RuleError

Cell = str | float | bool | date | datetime
"""What a spreadsheet holds; an empty cell is an empty text. Text is stripped."""

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_UNPACKED = 100 * 1024 * 1024
MOST_ROWS = 20_000
HEADER_WITHIN = 10
"""Titles may stand above the header, in so many rows."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the spreadsheet numbers it, from 1; ``cells`` are those that are filled in, by column."""

    number: int
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read of a file: its name, its hash, its rows that say anything."""

    name: str
    sha256: str
    rows: tuple[Row, ...]


def read_sheet(name: str, data: bytes, columns: Sequence[str], required: Collection[str]) -> Sheet:
    """Return the rows of a file under a header that holds ``required``; only ``columns`` may stand in it.

    Raises:
        RuleError: it is no such file; says what to do.
    """
    if len(data) > LARGEST_FILE:
        raise _refuse(name, f"the file is larger than {LARGEST_FILE // 1024**2} MB", "Split it.")
    grid = _workbook(name, data) if data[:4] == b"PK\x03\x04" else _csv(name, data)
    header, names = _header(name, grid, columns, required)
    rows = []
    for number, cells in enumerate(grid[header + 1 :], start=header + 2):
        pairs = zip(names, cells, strict=False)
        filled = {column: cell for column, cell in pairs if column and cell != ""}
        beside = [cell for cell in cells[len(names) :] if cell != ""]
        if beside or any(cell != "" for column, cell in zip(names, cells, strict=False) if not column):
            raise _refuse(name, f"row {number} holds a cell under no heading", "Give the column its heading.")
        if filled:
            rows.append(Row(number, filled))
    if len(rows) > MOST_ROWS:
        raise _refuse(name, f"{len(rows)} rows are more than {MOST_ROWS}", "Split the file.")
    return Sheet(name, hashlib.sha256(data).hexdigest(), tuple(rows))


def _header(
    name: str, grid: list[list[Cell]], columns: Sequence[str], required: Collection[str]
) -> tuple[int, list[str]]:
    for at, cells in enumerate(grid[:HEADER_WITHIN]):
        names = [str(cell).casefold().replace(" ", "_") for cell in cells]
        if not set(required) <= set(names):
            continue
        while names and not names[-1]:
            names.pop()
        for said in names:
            if said and said not in columns:
                close = difflib.get_close_matches(said, columns, n=1)
                guess = f"Did you mean `{close[0]}`? " if close else ""
                raise _refuse(
                    name, f"there is no column `{said}`", f"{guess}There are: {', '.join(columns)}."
                )
            if said and names.count(said) > 1:
                raise _refuse(name, f"the column `{said}` stands there twice", "Leave one of them out.")
        return at, names
    raise _refuse(
        name,
        f"none of the first {HEADER_WITHIN} rows is a header with: {', '.join(sorted(required))}",
        "Begin with the sheet that is handed out: tracker import-progress --template, tracker setup-sheet.",
    )


def _csv(name: str, data: bytes) -> list[list[Cell]]:
    try:
        text = data.decode("utf-8-sig")
        if "\0" in text:
            raise _refuse(name, "it holds characters that are no text", "Save it as CSV UTF-8 or as XLSX.")
        first = next((line for line in text.splitlines() if line.strip(",;\t ")), "")
        delimiter = max(",;\t", key=first.count)
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return list(_by_line(lines))
    except UnicodeDecodeError as error:
        raise _refuse(name, "it is not written in UTF-8", "Save it as “CSV UTF-8”, or as XLSX.") from error
    except csv.Error as error:
        raise _refuse(name, f"it cannot be read as CSV: {error}", "Save it again, or as XLSX.") from error


def _by_line(lines: Iterator[list[str]]) -> Iterator[list[Cell]]:
    """Yield the rows; a text that our own files guard from being read as a formula loses its guard."""
    for cells in lines:
        yield [(cell[1:] if cell[:2] in _GUARDED else cell).strip() for cell in cells]


_GUARDED = frozenset(f"'{sign}" for sign in "=+-@|")


def _workbook(name: str, data: bytes) -> list[list[Cell]]:
    import python_calamine  # noqa: PLC0415 - only those pay for it who bring a workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise _refuse(
                    name, "unpacked it is larger than a sheet can be", "Leave out what is not text."
                )
        book = python_calamine.load_workbook(io.BytesIO(data))
        raw: list[list[Any]] = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, zipfile.BadZipFile) as error:
        raise _refuse(
            name, "it is no workbook that can be read", "Save it as XLSX or as CSV UTF-8."
        ) from error
    return [[cell.strip() if isinstance(cell, str) else cell for cell in cells] for cells in raw]


def _refuse(name: str, what: str, way_out: str) -> RuleError:
    return RuleError("{name}: {what}", name=name, what=what, field="file", value=name, way_out=way_out)
