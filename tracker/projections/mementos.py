"""The entries at which the plan, or one subject of it, became another: what a reader can go back to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracker.clock import instant_text
from tracker.database import Transaction
from tracker.events.dates import parse_instant


@dataclass(frozen=True, slots=True)
class Memento:
    """An entry, and when it was recorded."""

    position: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Mementos:
    """Those of a subject, or of the whole plan where ``subject`` is None: there, every entry is one."""

    tx: Transaction
    workplan: str
    subject: str | None = None

    def first(self) -> Memento | None:
        return self._one("position", ">=", 1)

    def last(self) -> Memento | None:
        return self._one("position", "<", 2**62)

    def before(self, position: int) -> Memento | None:
        return self._one("position", "<", position)

    def after(self, position: int) -> Memento | None:
        return self._one("position", ">", position)

    def until(self, instant: datetime) -> Memento | None:
        """Return the last that was recorded before an instant."""
        return self._one("recorded_at", "<", instant_text(instant))

    def listed(self, after: int, count: int) -> list[Memento]:
        """Return at most ``count`` after a position, in order."""
        return self._found("position", ">", after, count)

    def _one(self, column: str, sign: str, value: int | str) -> Memento | None:
        return next(iter(self._found(column, sign, value, 1)), None)

    def _found(self, column: str, sign: str, value: int | str, count: int) -> list[Memento]:
        """Return those nearest to a value, upwards or downwards as ``sign`` says."""
        order = "DESC" if sign == "<" else "ASC"
        if self.subject is None:
            values: list[str] = [self.workplan]
            sql = f"SELECT position, recorded_at FROM events WHERE workplan = ? AND {column} {sign} ?"  # noqa: S608
            sql += f" ORDER BY {column} {order} LIMIT ?"
        else:
            # A subject's few entries are found by its own index. Compared bare, the column would tempt the planner to
            # take the log's, and to read all of it.
            values = [self.workplan, self.subject]
            bare = {"position": "position + 0", "recorded_at": "recorded_at || ''"}[column]
            sql = "SELECT position, recorded_at FROM events WHERE workplan = ? AND subject = ?"
            sql += f" AND {bare} {sign} ? ORDER BY version {order} LIMIT ?"
        rows = self.tx.all(sql, *values, value, count)
        return [Memento(position, parse_instant(recorded_at)) for position, recorded_at in rows]
