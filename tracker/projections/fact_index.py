"""What is asked of many facts at once, in columns: what was done, how late it was recorded, when activities turned.

It follows the log: computed from it and from the state rows of one generation, it can be dropped at any time. Where it
has not come yet, answers read the log entry by entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, cast

import orjson
import sqlalchemy as sa

from tracker.database import Database, Transaction, metadata
from tracker.events.catalogue import (
    ActivityTagged,
    ProductPublished,
    ProductUpdated,
    ProductUsed,
    ProgressReported,
    SessionHeld,
    VoluntaryReportReceived,
    WorkstreamTagged,
)
from tracker.events.codec import decode
from tracker.events.dates import local_day
from tracker.events.event import kind_of
from tracker.events.reading import LogEnd, end_of, read_event
from tracker.workplan.folding import Entry, entry_of, is_amending

if TYPE_CHECKING:
    from tracker.events.catalogue import WorkplanAdopted

CHUNK = 500
"""Entries indexed in one transaction."""

DONE = ("report", "session", "product", "use", "voluntary_report")
TAGS = "tags"

facts = sa.Table(
    "fact_index",
    metadata,
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("placed_on", sa.Text, nullable=False),
    sa.Column("lag", sa.Integer),
    sa.Column("kind", sa.Text),
    sa.Column("entity", sa.Text),
    sa.Column("countries", sa.Text),
    sa.Column("objectives", sa.Text),
    sa.Column("link_countries", sa.Text),
    sa.Column("links", sa.Text),
    sa.Index(
        "fact_index_by_day",
        *("workplan", "placed_on", "position"),
        sqlite_where=sa.text("kind IS NOT NULL"),
        postgresql_where=sa.text("kind IS NOT NULL"),
    ),
    sa.Index(
        "fact_index_by_saying",
        *("workplan", "kind", "subject", "entity", "countries", "objectives", "link_countries"),
        *("placed_on", "position"),
    ),
    sa.Index("fact_index_by_lag", "workplan", "placed_on", "lag", "position"),
    sa.Index(
        "fact_index_linked",
        *("workplan", "placed_on"),
        sqlite_where=sa.text("links IS NOT NULL"),
        postgresql_where=sa.text("links IS NOT NULL"),
    ),
)
turns = sa.Table(
    "turn_index",
    metadata,
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
)
heads = sa.Table(
    "fact_index_heads",
    metadata,
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
)


class Fact(NamedTuple):
    """One living fact. Lists are JSON, None where the fact says nothing of it.

    ``lag`` is in days, None of what no person recorded. ``kind`` is one of :data:`DONE`, :data:`TAGS`, or None;
    ``entity`` who reports or, of a use, who uses.
    """

    position: int
    subject: str
    placed_on: str
    lag: int | None
    kind: str | None = None
    entity: str | None = None
    countries: str | None = None
    objectives: str | None = None
    link_countries: str | None = None
    links: str | None = None

    @property
    def saying(self) -> Saying:
        return Saying(self.kind, self.subject, *self[5:9])

    @property
    def order(self) -> tuple[str, int]:
        return self.placed_on, self.position


class Saying(NamedTuple):
    """What facts have in common that say the same of the same subject."""

    kind: str | None
    subject: str
    entity: str | None
    countries: str | None
    objectives: str | None
    link_countries: str | None


def fact_of(entry: Entry, zone: str) -> Fact:
    """Return what the index holds of a fact."""
    event = entry.event
    lag = None
    if event.channel not in ("import", "system"):
        lag = (local_day(event.recorded, zone) - date.fromisoformat(entry.placed_on)).days
    base = (event.position, event.subject, entry.placed_on, lag)
    match event.data:
        case ProgressReported() as data if not data.no_change:
            evidence = data.evidence or ()
            return Fact(
                *base,
                "report",
                event.speaker,
                _list(data.countries),
                _list(data.objectives),
                _list([one.country for one in evidence if one.country] or None),
                _list([one.url for one in evidence] or None),
            )
        case SessionHeld():
            return Fact(*base, "session")
        case ProductUsed(country=country, entity=user, url=url):
            return Fact(*base, "use", user, _one(country), links=_one(url))
        case ProductPublished(url=url) | ProductUpdated(url=url):
            return Fact(*base, "product", links=_one(url))
        case VoluntaryReportReceived(country=country, url=url):
            return Fact(*base, "voluntary_report", countries=_one(country), links=_one(url))
        case ActivityTagged() | WorkstreamTagged():
            return Fact(*base, TAGS)
        case _:
            return Fact(*base)


def _list(values: Iterable[str] | None) -> str | None:
    return None if values is None else orjson.dumps(list(values)).decode()


def _one(value: str | None) -> str | None:
    return _list([value]) if value else None


def indexed_to(tx: Transaction, end: LogEnd) -> int:
    """Return up to which position the facts of a log are indexed; 0 where its rows were computed anew since."""
    row = tx.one("SELECT generation, position FROM fact_index_heads WHERE workplan = ?", end.workplan)
    return row[1] if row and row[0] == end.generation else 0


def follow(database: Database, workplan: str) -> int:
    """Index what the log holds beyond the index, and return the position reached."""
    while True:
        with database.read() as tx:
            end = end_of(tx, workplan)
            if (at := indexed_to(tx, end)) >= end.position:
                return at
        with database.write() as tx:
            take(tx, workplan)


def take(tx: Transaction, workplan: str) -> None:
    """Index the next entries under the lock of the index's head row, so that two who follow take turns."""
    tx.run(_BEGIN, workplan)
    if not tx.is_sqlite:
        tx.one("SELECT 1 FROM fact_index_heads WHERE workplan = ? FOR UPDATE", workplan)
    end = end_of(tx, workplan)
    at = indexed_to(tx, end)
    upto = min(at + CHUNK, end.position)
    if at == 0:
        tx.run("DELETE FROM fact_index WHERE workplan = ?", workplan)
        tx.run("DELETE FROM turn_index WHERE workplan = ?", workplan)
    zone = cast("WorkplanAdopted", read_event(tx, workplan, 1).data).zone
    rows = tx.all(BEYOND, workplan, at, upto)
    events = [event for _, stored in rows if not is_amending(event := decode(bytes(stored)))]
    tx.many(_INSERT, [(workplan, *fact_of(entry_of(event, zone), zone)) for event in events])
    held = {subject: status for _, subject, status in tx.all(_TURNS, workplan, at)}
    tx.many(_INSERT_TURN, [(workplan, *turn) for turn in _turned(tx, end, at, upto, held)])
    tx.run(
        "UPDATE fact_index_heads SET generation = ?, position = ? WHERE workplan = ?",
        end.generation,
        upto,
        workplan,
    )


def turns_of(tx: Transaction, end: LogEnd, position: int) -> Iterator[tuple[int, str, str]]:
    """Yield ``(position, activity, status)`` wherever an activity got another status or left the plan, in order.

    What left the plan has the status ``withdrawn``; what was never added, because that was retracted, an empty one.
    """
    upto = min(indexed_to(tx, end), position)
    held: dict[str, str] = {}
    for turn in tx.all(_TURNS, end.workplan, upto):
        held[turn[1]] = turn[2]
        yield turn
    yield from _turned(tx, end, upto, position, held)


def _turned(
    tx: Transaction, end: LogEnd, after: int, upto: int, held: dict[str, str]
) -> Iterator[tuple[int, str, str]]:
    """Yield the turns that state rows tell of, other than the status that each activity has in ``held``; keeps it."""
    for position, subject, stored in tx.all(_STATES, end.generation, end.workplan, after, upto):
        if kind_of(subject) != "activity":
            continue
        state = orjson.loads(stored) or {"status": ""}
        status = "withdrawn" if state.get("withdrawn") else state["status"]
        if held.get(subject, "") != status:
            held[subject] = status
            yield position, subject, status


COLUMNS = "position, subject, placed_on, lag, kind, entity, countries, objectives, link_countries, links"
_TURNS = (
    "SELECT position, subject, status FROM turn_index WHERE workplan = ? AND position <= ? ORDER BY position"
)
BEYOND = "SELECT amends, stored FROM events WHERE workplan = ? AND position > ? AND position <= ? ORDER BY position"
_STATES = (
    "SELECT position, subject, state FROM plan_states WHERE generation = ? AND workplan = ?"
    " AND position > ? AND position <= ? ORDER BY position"
)
_BEGIN = (
    "INSERT INTO fact_index_heads (workplan, generation, position) VALUES (?, 0, 0)"
    " ON CONFLICT (workplan) DO NOTHING"
)
_INSERT = f"INSERT INTO fact_index (workplan, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_INSERT_TURN = "INSERT INTO turn_index (workplan, position, subject, status) VALUES (?, ?, ?, ?)"
