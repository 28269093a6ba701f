"""Reading the log: by position, by subject, by time. Positions are dense; a gap is a fault and stops the reader."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tracker.database import Transaction
from tracker.errors import LogError, NotFoundError
from tracker.events import tree
from tracker.events.codec import decode
from tracker.events.event import Event


@dataclass(frozen=True, slots=True)
class LogEnd:
    """The end of a workplan's log: what a reader may rely on."""

    workplan: str
    position: int
    recorded_at: str
    root: bytes
    rights: int
    generation: int


def workplans(tx: Transaction) -> list[str]:
    """Return the ids of the workplans that have entries, in order of adoption."""
    rows = tx.all("SELECT workplan FROM events WHERE position = 1 ORDER BY recorded_at, workplan")
    return [row[0] for row in rows]


def end_of(tx: Transaction, workplan: str) -> LogEnd:
    """Return the end of the log.

    Raises:
        NotFoundError: there is no such workplan.
    """
    row = tx.one(_END, workplan)
    if row is None or row[0] == 0:
        raise NotFoundError("there is no workplan {workplan}", workplan=workplan, value=workplan)
    return LogEnd(workplan, row[0], row[1], tree.root_of(bytes(row[2])), row[3], row[4])


def read_log(tx: Transaction, workplan: str, after: int = 0, upto: int | None = None) -> Iterator[Event]:
    """Yield the events after a position, up to and including another, in order.

    Raises:
        LogError: a position is missing.
    """
    expected = after + 1
    while True:
        rows = tx.all(_AFTER, workplan, expected - 1, upto if upto is not None else 2**62, 1000)
        for position, stored in rows:
            if position != expected:
                raise LogError(
                    "after entry {before} of {workplan} comes {position}: the log has a gap",
                    before=expected - 1,
                    workplan=workplan,
                    position=position,
                    way_out="Stop writing, keep the files as they are, and run `tracker verify`.",
                )
            yield decode(bytes(stored))
            expected += 1
        if len(rows) < 1000:
            return


def read_subject(tx: Transaction, workplan: str, subject: str, upto: int | None = None) -> list[Event]:
    """Return a subject's events in position order."""
    rows = tx.all(_SUBJECT, workplan, subject, upto if upto is not None else 2**62)
    return [decode(bytes(row[0])) for row in rows]


def read_event(tx: Transaction, workplan: str, position: int) -> Event:
    """Return one event.

    Raises:
        NotFoundError: the log has no such position.
    """
    return decode(read_stored(tx, workplan, position))


def read_stored(tx: Transaction, workplan: str, position: int) -> bytes:
    """Return the bytes of one event, as stored."""
    row = tx.one("SELECT stored FROM events WHERE workplan = ? AND position = ?", workplan, position)
    if row is None:
        raise NotFoundError(
            "{workplan} has no entry {position}", workplan=workplan, position=position, value=position
        )
    return bytes(row[0])


def recorded_at(tx: Transaction, workplan: str, position: int) -> str:
    row = tx.one("SELECT recorded_at FROM events WHERE workplan = ? AND position = ?", workplan, position)
    return row[0] if row else ""


def position_at(tx: Transaction, workplan: str, instant: str) -> int:
    """Return the last position recorded at or before an instant, spelt as the log does; 0 before the first."""
    row = tx.one(
        "SELECT position FROM events WHERE workplan = ? AND recorded_at <= ? ORDER BY recorded_at DESC LIMIT 1",
        workplan,
        instant,
    )
    return row[0] if row else 0


def read_texts(tx: Transaction, workplan: str, hashes: Iterable[str]) -> dict[str, str]:
    """Return ``{sha256: text}`` of the sealed texts that are still there."""
    return _texts(tx, workplan, "sha256", set(hashes))


def read_texts_at(tx: Transaction, workplan: str, positions: Iterable[int]) -> dict[str, str]:
    """Return ``{sha256: text}`` of the texts of some entries that are still there.

    Those of one moment lie beside each other; hashes lie everywhere, and cost ten times as much in a long log.
    """
    return _texts(tx, workplan, "position", set(positions))


def _texts(tx: Transaction, workplan: str, column: str, values: Collection[Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    wanted = sorted(values)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        marks = ", ".join("?" * len(part))
        sql = f"SELECT sha256, text FROM texts WHERE workplan = ? AND {column} IN ({marks})"  # noqa: S608 - only marks
        found.update(tx.all(sql, workplan, *part))
    return found


def node_reader(tx: Transaction, workplan: str) -> tree.Read:
    """Return the function that reads complete subtrees of a workplan's tree.

    Raises:
        LogError: a node is missing.
    """

    def read(level: int, index: int) -> bytes:
        row = tx.one(
            "SELECT hash FROM tree_nodes WHERE workplan = ? AND level = ? AND idx = ?", workplan, level, index
        )
        if row is None:
            raise LogError(
                "the tree of {workplan} lacks node {level}/{index}",
                workplan=workplan,
                level=level,
                index=index,
            )
        return bytes(row[0])

    return read


_END = "SELECT position, recorded_at, frontier, rights, generation FROM workplan_heads WHERE workplan = ?"
_AFTER = (
    "SELECT position, stored FROM events WHERE workplan = ? AND position > ? AND position <= ?"
    " ORDER BY position LIMIT ?"
)
# The plus sign keeps SQLite from walking the whole log up to the position: a subject has an index of its own.
_SUBJECT = "SELECT stored FROM events WHERE workplan = ? AND subject = ? AND +position <= ? ORDER BY version"
