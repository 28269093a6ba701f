"""The index of what can be searched: each text with the span of positions in which it stood. It follows the log.

What it holds can be dropped and computed again at any time. A redacted text leaves it in the transaction that removes
the text from beside the log: a trigger of the database sees to that, whoever removes it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson
import sqlalchemy as sa

from tracker.database import Database, Transaction, metadata
from tracker.errors import UnavailableError
from tracker.events.event import kind_of
from tracker.events.reading import end_of, read_texts
from tracker.projections.search_texts import ENTRY, Searched, folded, texts_of_entry, texts_of_state

CHUNK = 500
"""Entries indexed in one transaction."""
MOST_CHUNKS = 6
"""So far a search brings the index itself; what lies further back is the ticker's to do."""
STEMMED = {"es": "spanish", "en": "english", "fr": "french"}
"""The languages whose words PostgreSQL traces back to their stems."""

texts = sa.Table(
    "search_texts",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("workplan", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("reading", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("until", sa.BigInteger),
    sa.Column("sha256", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Index("search_texts_by_subject", "workplan", "subject", "until"),
    sa.Index("search_texts_by_hash", "workplan", "sha256"),
)
heads = sa.Table(
    "search_heads",
    metadata,
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
)


def indexed_to(tx: Transaction, workplan: str) -> int:
    """Return the position up to which a workplan can be searched."""
    row = tx.one("SELECT position FROM search_heads WHERE workplan = ?", workplan)
    return row[0] if row else 0


def follow(database: Database, workplan: str, most_chunks: int | None = None) -> int:
    """Index what the log holds beyond the index, at most so many chunks, and return the position reached."""
    for _chunk in itertools.count() if most_chunks is None else range(most_chunks):
        with database.read() as tx:
            if indexed_to(tx, workplan) >= end_of(tx, workplan).position:
                break
        with database.write() as tx:
            _take(tx, workplan)
    with database.read() as tx:
        return indexed_to(tx, workplan)


def follow_for_a_search(database: Database, workplan: str) -> None:
    """Bring the index up to what was just recorded; where that cannot be written now, it is searched as it is."""
    try:
        follow(database, workplan, MOST_CHUNKS)
    except UnavailableError:
        return


def drop(database: Database, workplan: str) -> None:
    """Forget the index of a workplan; following it again makes the same one."""
    with database.write() as tx:
        tx.run("DELETE FROM search_texts WHERE workplan = ?", workplan)
        tx.run("DELETE FROM search_heads WHERE workplan = ?", workplan)


def content(tx: Transaction, workplan: str) -> frozenset[tuple[object, ...]]:
    """Return what the index holds, without the numbers of its rows: what two ways of making it must agree on."""
    return frozenset(tx.all(f"SELECT {_COLUMNS} FROM search_texts WHERE workplan = ?", workplan))  # noqa: S608


def _take(tx: Transaction, workplan: str) -> int:
    """Index the next entries under the lock of the index's head row, so that two who follow take turns."""
    tx.run(_BEGIN, workplan)
    lock = "" if tx.is_sqlite else " FOR UPDATE"
    [(at,)] = tx.all(f"SELECT position FROM search_heads WHERE workplan = ?{lock}", workplan)  # noqa: S608 - fixed
    end = end_of(tx, workplan)
    upto = min(at + CHUNK, end.position)
    states = tx.all(_STATES, end.generation, workplan, at, upto)
    entries = tx.all(_EVENTS, workplan, at, upto)
    taken = _Taken(tx, workplan)
    for subject, position, stored in states:
        taken.state(subject, position, texts_of_state(subject, orjson.loads(stored)))
    for subject, position, stored in entries:
        for one in texts_of_entry(orjson.loads(bytes(stored))):
            taken.add(subject, ENTRY, position, one)
    taken.write()
    tx.run("UPDATE search_heads SET position = ? WHERE workplan = ?", upto, workplan)
    return int(upto)


@dataclass(slots=True)
class _Row:
    """A text that is new to the index; ``until`` is the position at which it was gone again, None while it stands."""

    subject: str
    kind: str
    position: int
    said: Searched
    until: int | None = None


@dataclass(slots=True)
class _Taken:
    """What some entries change in the index, gathered and then written at once."""

    tx: Transaction
    workplan: str
    added: list[_Row] = field(default_factory=list)
    ended: list[tuple[int, int]] = field(default_factory=list)
    standing: dict[str, dict[Searched, _Row | int]] = field(default_factory=dict)
    """By subject, the texts that stand: a new row, or the number of one in the index."""

    def state(self, subject: str, position: int, now: frozenset[Searched]) -> None:
        """Take in how a subject stands from a position on."""
        if subject not in self.standing:
            self.standing[subject] = dict(_standing(self.tx, self.workplan, subject))
        held = self.standing[subject]
        for gone in held.keys() - now:
            row = held.pop(gone)
            if isinstance(row, _Row):
                row.until = position
            else:
                self.ended.append((position, row))
        for new in now - held.keys():
            held[new] = self.add(subject, kind_of(subject), position, new)

    def add(self, subject: str, kind: str, position: int, said: Searched) -> _Row:
        self.added.append(_Row(subject, kind, position, said))
        return self.added[-1]

    def write(self) -> None:
        """Write it all; a sealed text that is redacted by now is left out."""
        sealed = read_texts(
            self.tx, self.workplan, [one.said.said for one in self.added if one.said.is_sealed]
        )
        rows = []
        for one in self.added:
            said = one.said
            text = sealed.get(said.said) if said.is_sealed else said.said
            if text is None:
                continue
            words = " ".join(folded(text))
            named = (one.subject, one.kind, said.field, said.language, said.reader, one.position, one.until)
            row = (self.workplan, *named, said.said if said.is_sealed else None, text, words)
            stemmed = (STEMMED.get(said.language, "simple"), text, words)
            rows.append(row if self.tx.is_sqlite else (*row, *stemmed))
        self.tx.many("UPDATE search_texts SET until = ? WHERE id = ?", self.ended)
        self.tx.many(_INSERT if self.tx.is_sqlite else _INSERT_STEMMED, rows)


def _standing(tx: Transaction, workplan: str, subject: str) -> Iterator[tuple[Searched, int]]:
    for number, name, language, reader, sha256, text in tx.all(_OPEN, workplan, subject, ENTRY):
        yield Searched(name, language, reader, sha256 or text, sha256 is not None), number


_COLUMNS = "subject, kind, field, language, reading, position, until, sha256, text, words"
_BEGIN = "INSERT INTO search_heads (workplan, position) VALUES (?, 0) ON CONFLICT (workplan) DO NOTHING"
_STATES = (
    "SELECT subject, position, state FROM plan_states WHERE generation = ? AND workplan = ?"
    " AND position > ? AND position <= ? ORDER BY position"
)
_EVENTS = (
    "SELECT subject, position, stored FROM events WHERE workplan = ? AND position > ? AND position <= ?"
    " ORDER BY position"
)
_OPEN = (
    "SELECT id, field, language, reading, sha256, text FROM search_texts"
    " WHERE workplan = ? AND subject = ? AND until IS NULL AND kind <> ?"
)
_INSERT = f"INSERT INTO search_texts (workplan, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_INSERT_STEMMED = (
    f"INSERT INTO search_texts (workplan, {_COLUMNS}, vector) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"  # noqa: S608
    " to_tsvector(CAST(? AS regconfig), ?) || to_tsvector('simple', ?))"
)
