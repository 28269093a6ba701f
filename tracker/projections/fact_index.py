"""What is asked of many facts at once, in columns: what was done, how late it was recorded, when activities turned.

It follows the log: facts are computed from its entries, turns from the state rows of one generation; both can be
dropped at any time. Where it has not come yet, answers read the log entry by entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, cast

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

VERSION = 1
"""Rises whenever the same log would be indexed otherwise: what was indexed by another is computed anew."""
CHUNK = 500
"""Entries indexed in one transaction."""

NAMING = "(countries IS NOT NULL OR link_countries IS NOT NULL)"
"""Which facts name countries, as SQL: in these words, or their index is not used."""
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
    sa.Column("saying", sa.Text),
    sa.Index(
        "fact_index_by_day",
        *("workplan", "placed_on", "position"),
        sqlite_where=sa.text("kind IS NOT NULL"),
        postgresql_where=sa.text("kind IS NOT NULL"),
    ),
    sa.Index("fact_index_by_saying", "workplan", "kind", "subject", "saying", "placed_on", "position"),
    sa.Index("fact_index_by_lag", "workplan", "placed_on", "lag", "position"),
    sa.Index(
        "fact_index_naming",
        *("workplan", "placed_on"),
        sqlite_where=sa.text(NAMING),
        postgresql_where=sa.text(NAMING),
    ),
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
    sa.Index("turn_index_by_subject", "workplan", "subject", "position"),
)
heads = sa.Table(
    "fact_index_heads",
    metadata,
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("turned", sa.BigInteger, nullable=False),
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
        return Saying(
            self.kind, self.subject, self.entity, self.countries, self.objectives, self.link_countries
        )

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

    @property
    def digest(self) -> str:
        """What the saying is found by: lists of countries are too long for an index."""
        return hashlib.sha256(orjson.dumps(tuple(self))).hexdigest()[:32]


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
    return None if values is None else orjson.dumps(sorted(set(values))).decode()


def _one(value: str | None) -> str | None:
    return _list([value]) if value else None


def indexed_to(tx: Transaction, workplan: str) -> int:
    """Return up to which position the facts of a log are indexed."""
    return _head(tx, workplan)[0]


def turned_to(tx: Transaction, end: LogEnd) -> int:
    """Return up to which position its turns are; 0 where the state rows were computed anew since."""
    _, generation, turned = _head(tx, end.workplan)
    return turned if generation == end.generation else 0


def _head(tx: Transaction, workplan: str) -> tuple[int, int, int]:
    """Return up to where facts are indexed, and turns, and of which generation these are."""
    row = tx.one(_HEAD, workplan, VERSION)
    return (row[0], row[1], row[2]) if row else (0, 0, 0)


def follow(database: Database, workplan: str) -> int:
    """Index what the log holds beyond the index, and return the position reached."""
    while True:
        with database.read() as tx:
            end = end_of(tx, workplan)
            if (at := min(indexed_to(tx, workplan), turned_to(tx, end))) >= end.position:
                return at
        with database.write() as tx:
            take(tx, workplan)


def take(tx: Transaction, workplan: str) -> None:
    """Index the next entries under the lock of the index's head row, so that two who follow take turns.

    Rows beyond what the head says are of another version or generation: nobody reads them.
    """
    tx.run(_BEGIN, workplan)
    if not tx.is_sqlite:
        tx.one("SELECT 1 FROM fact_index_heads WHERE workplan = ? FOR UPDATE", workplan)
    end = end_of(tx, workplan)
    at, turned = indexed_to(tx, workplan), turned_to(tx, end)
    upto, until = min(at + CHUNK, end.position), min(turned + CHUNK, end.position)
    tx.run("DELETE FROM fact_index WHERE workplan = ? AND position > ? AND position <= ?", workplan, at, upto)
    tx.run(
        "DELETE FROM turn_index WHERE workplan = ? AND position > ? AND position <= ?",
        workplan,
        turned,
        until,
    )
    tx.many(_INSERT, [(workplan, *row) for row in _rows(tx, workplan, at, upto)])
    statuses = _statuses(tx, end, turned, until)
    held = _held(tx, workplan, turned, {subject for _, subject, _ in statuses})
    tx.many(_INSERT_TURN, [(workplan, *turn) for turn in _turned(statuses, held)])
    tx.run(_REACHED, VERSION, upto, end.generation, until, workplan)


def _rows(tx: Transaction, workplan: str, after: int, upto: int) -> list[tuple[Any, ...]]:
    """Return what the index holds of some entries: each fact, and what its saying is found by."""
    zone = cast("WorkplanAdopted", read_event(tx, workplan, 1).data).zone
    events = [decode(bytes(stored)) for _, stored in tx.all(BEYOND, workplan, after, upto)]
    facts = [fact_of(entry_of(event, zone), zone) for event in events if not is_amending(event)]
    return [(*fact, fact.saying.digest if fact.kind else None) for fact in facts]


def misindexed(tx: Transaction, workplan: str) -> set[str]:
    """Return the subjects of which the index says otherwise than the log and its state rows do."""
    end, wrong, held = end_of(tx, workplan), set[str](), dict[str, str]()
    upto, until = indexed_to(tx, workplan), turned_to(tx, end)
    for at in range(0, upto, CHUNK):
        to = min(at + CHUNK, upto)
        said = set(_rows(tx, workplan, at, to)).symmetric_difference(tx.all(_INDEXED, workplan, at, to))
        wrong |= {subject for _, subject, *_ in said}
    for at in range(0, until, CHUNK):
        to = min(at + CHUNK, until)
        turned = set(_turned(_statuses(tx, end, at, to), held))
        wrong |= {
            subject for _, subject, _ in turned.symmetric_difference(tx.all(_INDEXED_TURNS, workplan, at, to))
        }
    return wrong


def mend(database: Database, workplan: str) -> int:
    """Index a log anew if what is indexed of it is wrong, go on if not, and return the position reached."""
    with database.read() as tx:
        is_wrong = bool(misindexed(tx, workplan))
    if is_wrong:
        with database.write() as tx:
            tx.run(_REACHED, VERSION, 0, 0, 0, workplan)
    return follow(database, workplan)


Turn = tuple[int, str, str]
"""``(position, activity, status)``: from here on an activity has another status than before."""


def turns_of(tx: Transaction, end: LogEnd, position: int) -> Iterator[Turn]:
    """Yield the turns up to a position, in order.

    What left the plan has the status ``withdrawn``; what was never added, because that was retracted, an empty one.
    """
    upto = min(turned_to(tx, end), position)
    held: dict[str, str] = {}
    for turn in tx.all(_TURNS, end.workplan, upto):
        held[turn[1]] = turn[2]
        yield turn[0], turn[1], turn[2]
    yield from _turned(_statuses(tx, end, upto, position), held)


def _turned(statuses: Iterable[Turn], held: dict[str, str]) -> Iterator[Turn]:
    """Yield the statuses that are other than the one each activity has in ``held``; keeps it."""
    for position, subject, status in statuses:
        if held.get(subject, "") != status:
            held[subject] = status
            yield position, subject, status


def _statuses(tx: Transaction, end: LogEnd, after: int, upto: int) -> list[Turn]:
    """Return the status of each activity after each of its entries."""
    found = []
    for position, subject, stored in tx.all(_STATES, end.generation, end.workplan, after, upto):
        if kind_of(subject) == "activity":
            state = orjson.loads(stored) or {"status": ""}
            found.append((position, subject, "withdrawn" if state.get("withdrawn") else state["status"]))
    return found


def _held(tx: Transaction, workplan: str, upto: int, subjects: Collection[str]) -> dict[str, str]:
    """Return the last indexed status of some activities."""
    if not subjects:
        return {}
    marks = ", ".join("?" * len(subjects))
    return dict(tx.all(_LAST_OF.format(marks), workplan, upto, *subjects))


COLUMNS = "position, subject, placed_on, lag, kind, entity, countries, objectives, link_countries, links"
_INDEXED = f"SELECT {COLUMNS}, saying FROM fact_index WHERE workplan = ? AND position > ? AND position <= ?"  # noqa: S608
_INDEXED_TURNS = (
    "SELECT position, subject, status FROM turn_index WHERE workplan = ? AND position > ? AND position <= ?"
)
_TURNS = (
    "SELECT position, subject, status FROM turn_index WHERE workplan = ? AND position <= ? ORDER BY position"
)
BEYOND = "SELECT amends, stored FROM events WHERE workplan = ? AND position > ? AND position <= ? ORDER BY position"
_STATES = (
    "SELECT position, subject, state FROM plan_states WHERE generation = ? AND workplan = ?"
    " AND position > ? AND position <= ? ORDER BY position"
)
_LAST_OF = (
    "SELECT subject, status FROM turn_index WHERE workplan = ? AND position <= ? AND subject IN ({})"
    " ORDER BY position"
)
_HEAD = "SELECT position, generation, turned FROM fact_index_heads WHERE workplan = ? AND version = ?"
_BEGIN = (
    "INSERT INTO fact_index_heads (workplan, version, position, generation, turned) VALUES (?, 0, 0, 0, 0)"
    " ON CONFLICT (workplan) DO NOTHING"
)
_REACHED = (
    "UPDATE fact_index_heads SET version = ?, position = ?, generation = ?, turned = ? WHERE workplan = ?"
)
_INSERT = (
    f"INSERT INTO fact_index (workplan, {COLUMNS}, saying)"  # noqa: S608
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_TURN = "INSERT INTO turn_index (workplan, position, subject, status) VALUES (?, ?, ?, ?)"
