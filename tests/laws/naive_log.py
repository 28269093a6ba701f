"""What a log must hold, kept the plainest way: a list of bytes, a dictionary of keys, a set of what was removed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.laws.oracle import Oracle
from tests.naive import naive_root
from tracker.database import Transaction
from tracker.events import tree
from tracker.events.append import Appended
from tracker.events.codec import leaf_hash
from tracker.events.ledger import spent_key
from tracker.events.sealing import seals_in

Body = list[dict[str, Any]]


@dataclass
class Done:
    """A request with a key that was acknowledged. ``is_spent``: a text of it was redacted since."""

    body: Body
    first: int
    count: int
    is_spent: bool = False


@dataclass
class NaiveLog:
    """What was acknowledged of one workplan, in order."""

    workplan: str
    stored: list[bytes] = field(default_factory=list)
    raw: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, Done] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    @property
    def size(self) -> int:
        return len(self.stored)

    def take(self, tx: Transaction, done: Appended, body: Body, key: str | None) -> None:
        """Keep what an answer promised: the bytes as they are from now on, and what its key is for."""
        if done.count:
            assert done.first_position == self.size + 1, "an answer names another place than the next"
        rows = tx.all(_STORED, self.workplan, self.size, self.size + done.count)
        assert len(rows) == done.count <= len(body), "what was acknowledged is not there"
        self.stored += [bytes(row[0]) for row in rows]
        self.raw += [json.loads(bytes(row[0])) for row in rows]
        if key:
            self.keys[key] = Done(body, done.first_position, done.count)
        for one in self.raw[self.size - done.count :]:
            if one["type"] == "TextRedacted":
                self._redact(one["data"]["position"], one["data"]["field"])

    def _redact(self, position: int, pointer: str) -> None:
        self.gone.add(self.seals(position)[pointer])
        for one in self.keys.values():
            one.is_spent = one.is_spent or one.first <= position < one.first + one.count

    def seals(self, position: int) -> dict[str, str]:
        """Return ``{pointer: sha256}`` of the texts of an entry."""
        return dict(seals_in(self.raw[position - 1]))

    def check(self, tx: Transaction) -> None:
        """Check laws 1 to 4 on what is stored now, and that nothing else is.

        Raises:
            AssertionError: in the law's words.
        """
        rows = tx.all(_ROWS, self.workplan)
        assert [row[0] for row in rows] == list(range(1, len(rows) + 1)), "positions have gaps"
        assert len(rows) >= self.size, "an acknowledged entry is lost"
        assert len(rows) == self.size, "there is an entry that nobody was told of"
        assert [bytes(row[3]) for row in rows] == self.stored, "a stored entry changed"
        seen = Counter[str]()
        for _, subject, version, _ in rows:
            seen[subject] += 1
            assert version == seen[subject], "versions have gaps"
        head = tx.one("SELECT position, frontier FROM workplan_heads WHERE workplan = ?", self.workplan)
        assert head is not None
        root = naive_root([leaf_hash(one) for one in self.stored])
        assert (head[0], tree.root_of(bytes(head[1]))) == (self.size, root), "the head is of another log"
        self._check_beside(tx)

    def _check_beside(self, tx: Transaction) -> None:
        texts = [row[0] for row in tx.all("SELECT sha256 FROM texts WHERE workplan = ?", self.workplan)]
        said = [one for position in range(1, self.size + 1) for one in self.seals(position).values()]
        assert sorted(texts) == sorted(set(said) - self.gone), (
            "a text is missing, or there after its redaction"
        )
        keys = {
            spent_key(key) if done.is_spent else key: (done.first, done.count)
            for key, done in self.keys.items()
        }
        held = {row[0]: row[1:] for row in tx.all(_KEYS, self.workplan)}
        assert held == keys, "a key is forgotten, or for something else"

    def check_states(self, tx: Transaction, oracle: Oracle) -> None:
        """Check law 6: how each subject stood after each entry, by folding all entries up to there.

        Raises:
            AssertionError: naming the entry.
        """
        rows = tx.all(_STATES, self.workplan)
        assert [row[0] for row in rows] == list(range(1, self.size + 1)), "an entry has no standing, or two"
        for position, subject, state in rows:
            known = [one for one in oracle.raw[:position] if one["subject"] == subject]
            assert state == oracle.state(known, None), f"{subject} did not stand so at {position}"


_STORED = "SELECT stored FROM events WHERE workplan = ? AND position > ? AND position <= ? ORDER BY position"
_ROWS = "SELECT position, subject, version, stored FROM events WHERE workplan = ? ORDER BY position"
_KEYS = "SELECT key, first_position, count FROM idempotency_keys WHERE workplan = ?"
_STATES = (
    "SELECT s.position, s.subject, s.state FROM plan_states s JOIN workplan_heads h"
    " ON h.workplan = s.workplan AND h.generation = s.generation WHERE s.workplan = ? ORDER BY s.position"
)
