"""The append: the one way into the log, and the only hot write. One transaction, everything or nothing.

SQLite serialises writers by ``BEGIN IMMEDIATE``. On PostgreSQL the first try reads without a lock and compares-and-sets
the head row; whoever loses that race decides again while holding the row. The head row guards all that ``decide`` read,
because every write to a workplan moves its position or its rights counter (ADR 2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from tracker.clock import Clock, instant_text, random_bytes, utc_now
from tracker.database import Database, Transaction
from tracker.errors import LogError, NotFoundError, RuleError, TrackerError
from tracker.events import tree
from tracker.events.catalogue import AMENDING
from tracker.events.codec import encode, leaf_hash
from tracker.events.dates import parse_instant
from tracker.events.event import Event, Said
from tracker.events.ledger import spent_key
from tracker.events.sealing import seals_in
from tracker.events.shapes import to_json


@dataclass(frozen=True, slots=True)
class Head:
    """Where a workplan's log ends, and the instant of this append."""

    workplan: str
    position: int
    recorded_at: str
    frontier: bytes
    rights: int
    generation: int
    now: datetime

    def instant(self, index: int) -> str:
        """Return the recorded_at of the ``index``-th event of this append, from 0."""
        return instant_text(self.now + timedelta(microseconds=index))


@dataclass(frozen=True, slots=True)
class Decision:
    """What an append writes: whole events in position order, and what projections need of them."""

    events: tuple[Event, ...] = ()
    placed_on: tuple[str, ...] = ()
    outcome: Any = None


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append did: the positions it wrote (``count`` 0: the wish was already true)."""

    workplan: str
    first_position: int
    count: int
    is_repeat: bool = False

    @property
    def last_position(self) -> int:
        """The position as of which the answer is rendered."""
        return self.first_position + max(self.count - 1, 0)


Decide = Callable[[Transaction, Head], Decision]
Inline = Callable[[Transaction, Head, Decision], None]
"""Writes a projection's rows in the append's transaction."""


@dataclass(slots=True)
class Log:
    """The log of a database. ``clock`` None means the database's own on PostgreSQL, the machine's on SQLite."""

    database: Database
    inline: Sequence[Inline] = ()
    clock: Clock | None = None
    after_commit: Callable[[Appended], None] = field(default=lambda _appended: None)

    def append(
        self,
        workplan: str,
        said: Said,
        decide: Decide,
        *,
        texts: Mapping[str, tuple[bytes, str]] | None = None,
        body: Any = None,
        is_founding: bool = False,
    ) -> Appended:
        """Append what ``decide`` returns; it is called again where another writer was first.

        ``texts`` is looked into after deciding, which may put texts into it.

        Raises:
            NotFoundError: there is no such workplan.
            RuleError: refused by ``decide``, or the key was used with another body.
            ConflictError: an expected version did not hold.
            UnavailableError: the database did not take it.
        """
        locked = self.database.is_sqlite
        known = {} if texts is None else texts
        for _ in range(3):
            try:
                appended = self._attempt(
                    workplan, said, decide, known, body, is_founding=is_founding, locked=locked
                )
            except _LostRaceError:
                locked = True
                continue
            if appended.count and not appended.is_repeat:
                self.after_commit(appended)
            return appended
        raise LogError("the head of {workplan} moved while it was locked", workplan=workplan)

    def _attempt(
        self,
        workplan: str,
        said: Said,
        decide: Decide,
        texts: Mapping[str, tuple[bytes, str]],
        body: Any,
        *,
        is_founding: bool,
        locked: bool,
    ) -> Appended:
        with self.database.write() as tx:
            if is_founding:
                tx.run(_FOUND, workplan, b"")
            head = self._head(tx, workplan, lock=locked and not tx.is_sqlite)
            if said.key is not None and (earlier := _earlier(tx, workplan, said, body)):
                return earlier
            try:
                decision = decide(tx, head)
            except TrackerError as refusal:
                if not locked and _moved(tx, head):
                    raise _LostRaceError from refusal
                raise
            count = len(decision.events)
            if not self._advance(tx, head, decision):
                raise _LostRaceError
            self._write(tx, head, decision, texts)
            first = head.position + 1 if count else head.position
            if said.key is not None:
                salt = random_bytes(32)
                row = (workplan, said.actor, said.key, salt, _body_hash(salt, body), first, count)
                if tx.run(INSERT_KEY, *row) == 0:
                    raise _LostRaceError
            return Appended(workplan, first, count)

    def _head(self, tx: Transaction, workplan: str, *, lock: bool) -> Head:
        timed = _HEAD_LOCKED if lock else _HEAD_TIMED
        row = tx.one(_HEAD if tx.is_sqlite else timed, workplan)
        if row is None:
            raise NotFoundError("there is no workplan {workplan}", workplan=workplan, value=workplan)
        now = self.clock() if self.clock else utc_now() if tx.is_sqlite else row[5].astimezone(UTC)
        if row[1]:
            now = max(now, parse_instant(row[1]) + timedelta(microseconds=1))
        return Head(workplan, row[0], row[1], bytes(row[2]), row[3], row[4], now)

    def _advance(self, tx: Transaction, head: Head, decision: Decision) -> bool:
        leaves = []
        for index, event in enumerate(decision.events):
            if event.position != head.position + 1 + index or event.recorded_at != head.instant(index):
                raise LogError("entry {position} was decided for another place", position=event.position)
            stored = encode(event)
            leaves.append((event, decision.placed_on[index], stored, leaf_hash(stored)))
        frontier, nodes = tree.extend(head.position, head.frontier, [leaf for *_, leaf in leaves])
        last = decision.events[-1].recorded_at if decision.events else head.recorded_at
        position = head.position + len(leaves)
        guarded = (head.workplan, head.position, head.rights, head.generation)
        if not tx.run(_ADVANCE, position, last, frontier, *guarded):
            return False
        tx.many(INSERT_EVENT, [event_row(event, placed, stored) for event, placed, stored, _ in leaves])
        tx.many(INSERT_NODE, [(head.workplan, *node) for node in nodes])
        return True

    def _write(
        self, tx: Transaction, head: Head, decision: Decision, texts: Mapping[str, tuple[bytes, str]]
    ) -> None:
        rows = [
            (head.workplan, event.position, pointer, sha256, *texts[sha256])
            for event in (decision.events if texts else ())
            for pointer, sha256 in seals_in(to_json(event))
            if sha256 in texts
        ]
        tx.many(INSERT_TEXT, rows)
        if decision.events:
            for project in self.inline:
                project(tx, head, decision)


class _LostRaceError(Exception):
    """Another writer moved the head between our reading and our writing."""


def _moved(tx: Transaction, head: Head) -> bool:
    row = tx.one(_HEAD, head.workplan)
    return row is None or (row[0], row[3], row[4]) != (head.position, head.rights, head.generation)


def _earlier(tx: Transaction, workplan: str, said: Said, body: Any) -> Appended | None:
    row = tx.one(_KEY, workplan, said.actor, said.key, spent_key(said.key or ""))
    if row is None:
        return None
    salt, body_hash, first, count = row
    if salt is None:
        raise RuleError(
            "the request with this Idempotency-Key is done, and a text of it was redacted since",
            value=said.key,
            way_out=f"Read the entries at positions {first} to {first + count - 1}; do not send it again.",
        )
    if _body_hash(bytes(salt), body) != body_hash:
        raise RuleError(
            "this Idempotency-Key was used with another body",
            field="Idempotency-Key",
            value=said.key,
            way_out="Use a new key for a new request.",
        )
    return Appended(workplan, first, count, is_repeat=True)


def _body_hash(salt: bytes, body: Any) -> str:
    return hashlib.sha256(salt + orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def event_row(event: Event, placed_on: str, stored: bytes) -> tuple[Any, ...]:
    """Return the row of an event: what ``stored`` says, repeated for finding it, and the bytes."""
    amends = event.data.position if isinstance(event.data, AMENDING) else None
    return (
        event.workplan,
        event.position,
        event.subject,
        event.version,
        event.type,
        event.actor,
        event.speaker,
        event.channel,
        event.occurred_on,
        placed_on,
        event.recorded_at,
        event.correlation_id,
        amends,
        stored,
    )


def bump_rights(tx: Transaction, workplan: str | None = None) -> None:
    """Say that somebody's rights changed: whoever decided under the old ones decides again."""
    if workplan is None:
        tx.run("UPDATE workplan_heads SET rights = rights + 1")
    else:
        tx.run("UPDATE workplan_heads SET rights = rights + 1 WHERE workplan = ?", workplan)


_FOUND = (
    "INSERT INTO workplan_heads (workplan, position, recorded_at, frontier, rights, generation)"
    " VALUES (?, 0, '', ?, 0, 1) ON CONFLICT DO NOTHING"
)
_HEAD = "SELECT position, recorded_at, frontier, rights, generation FROM workplan_heads WHERE workplan = ?"
_HEAD_TIMED = _HEAD.replace(" FROM", ", clock_timestamp() FROM")
_HEAD_LOCKED = _HEAD_TIMED + " FOR UPDATE"
_ADVANCE = (
    "UPDATE workplan_heads SET position = ?, recorded_at = ?, frontier = ?"
    " WHERE workplan = ? AND position = ? AND rights = ? AND generation = ?"
)
INSERT_EVENT = (
    "INSERT INTO events (workplan, position, subject, version, type, actor, speaker, channel, occurred_on, placed_on,"
    " recorded_at, correlation_id, amends, stored) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_NODE = "INSERT INTO tree_nodes (workplan, level, idx, hash) VALUES (?, ?, ?, ?)"
INSERT_TEXT = "INSERT INTO texts (workplan, position, field, sha256, salt, text) VALUES (?, ?, ?, ?, ?, ?)"
_KEY = (
    "SELECT salt, body_hash, first_position, count FROM idempotency_keys"
    " WHERE workplan = ? AND actor = ? AND key IN (?, ?)"
)
INSERT_KEY = (
    "INSERT INTO idempotency_keys (workplan, actor, key, salt, body_hash, first_position, count)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
