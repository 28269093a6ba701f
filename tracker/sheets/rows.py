"""What rows of a sheet ask to be recorded, what is wrong with them, and what the sheet says once for all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.runtime import View
from tracker.sheets.cells import CellError, text_in
from tracker.sheets.reading import Cell, Row


@dataclass(frozen=True, slots=True)
class RowFault:
    """One thing wrong with a row: where, what stands there, what is wrong with it, what could stand there instead."""

    row: int
    column: str | None
    value: str | None
    message: str
    way_out: str | None = None


@dataclass(slots=True)
class Wanted:
    """What a row asks to be recorded: the request of one event, as the write door takes it.

    ``cells`` is what stands there, as text. ``known`` is the version of the subject that the sheet was made from, None
    where it does not say. ``was`` is how things stand now, by the fields of the request's data.
    """

    row: int
    cells: Mapping[str, str]
    request: dict[str, Any] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)
    column: str | None = None
    known: int | None = None
    was: dict[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        return str(self.request["subject"])


@dataclass(frozen=True, slots=True)
class Shared:
    """What a sheet says once for all rows that do not say it themselves.

    ``received_on`` lets the Secretariat speak on behalf of the entities: the day on which their reports reached it.
    """

    reason: str | None = None
    occurred_on: str | None = None
    decided_at: str | None = None
    received_on: str | None = None

    def as_json(self) -> dict[str, str]:
        said = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in said.items() if value}


NOTHING_SHARED = Shared()

Say = Callable[[str, int], None]
"""Told what is being done now, and with how many rows."""


def be_silent(_doing: str, _count: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of sheet: its columns, how its rows are read, and which column fills which field of a request."""

    name: str
    columns: Mapping[str, str]
    required: Collection[str]
    places: Mapping[str, str]
    read: Callable[[tuple[Row, ...], View, Shared], Iterator[Wanted]]
    is_repeatable: bool
    """Whether a row that was recorded before is known again by what it says: a report. (A plan is: nothing differs.)"""


class Taking:
    """The cells of one row, each read by what its column is for; what cannot be read is noted."""

    def __init__(self, row: Row, columns: Mapping[str, str]) -> None:
        self.row, self.columns = row, columns
        self.cells = {column: text_in(cell) for column, cell in row.cells.items()}
        self.faults: list[RowFault] = []

    def __call__(self, column: str, read: Callable[[Cell], Any]) -> Any:
        """Return what a cell means, None where it is empty or wrong."""
        if column not in self.row.cells:
            return None
        try:
            return read(self.row.cells[column])
        except CellError as error:
            self.fault(column, str(error), error.way_out)
            return None

    def fault(self, column: str, message: str, way_out: str | None) -> None:
        self.faults.append(RowFault(self.row.number, column, self.cells.get(column), message, way_out))

    def require(self, columns: Collection[str]) -> None:
        for column in columns:
            if column not in self.row.cells:
                self.fault(column, "is empty", f"It says {self.columns[column]}.")
