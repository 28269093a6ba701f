"""What was redacted and erased, by ids and hashes only, in a file beside the database.

A backup that is older than a redaction still holds the text. Whoever restores one replays the ledger first, so that
what was removed stays removed. Lines are never rewritten; each is durable before its writer goes on.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from tracker.database import Transaction


@dataclass(frozen=True, slots=True)
class Removal:
    """One line: a sealed text by its hash (``redaction``), or a person by the opaque id (``erasure``)."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of an installation."""

    path: Path

    def removals(self) -> Iterator[Removal]:
        """Yield every line; an unfinished last one, left by a crash, is passed over and was never acknowledged."""
        if not self.path.exists():
            return
        for line in self.path.read_bytes().splitlines():
            try:
                raw = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            yield Removal(raw["kind"], raw["id"])

    def add(self, removals: Iterable[Removal]) -> int:
        """Write the removals that the ledger does not hold yet and return how many these are."""
        known = set(self.removals())
        fresh = [one for one in dict.fromkeys(removals) if one not in known]
        if not fresh:
            return 0
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = b"".join(b"\n" + orjson.dumps({"kind": one.kind, "id": one.id}) for one in fresh)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, lines)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return len(fresh)

    def replay_redactions(self, tx: Transaction) -> int:
        """Remove every text that the ledger says is removed; return how many were still there."""
        workplans = [row[0] for row in tx.all("SELECT workplan FROM workplan_heads")]
        removed = [one.id for one in self.removals() if one.kind == "redaction"]
        return sum(remove_text(tx, workplan, sha256) for sha256 in removed for workplan in workplans)


def remove_text(tx: Transaction, workplan: str, sha256: str) -> int:
    """Remove a sealed text and its salt wherever it stands, and return at how many places that was.

    Of the requests that brought it nothing stays by which a text could be guessed: neither the salt of the body nor the
    key as it was sent, which may be made from the body.
    """
    for (position,) in tx.all(_PLACES, workplan, sha256):
        for actor, key in tx.all(_REQUESTS, workplan, position, position):
            tx.run(_FORGET, spent_key(key), workplan, actor, key)
    return tx.run("DELETE FROM texts WHERE workplan = ? AND sha256 = ?", workplan, sha256)


def spent_key(key: str) -> str:
    """Return what stands for the key of a request of which a text was removed."""
    return f"spent:{hashlib.sha256(key.encode()).hexdigest()}"


_PLACES = "SELECT DISTINCT position FROM texts WHERE workplan = ? AND sha256 = ?"
_REQUESTS = (
    "SELECT actor, key FROM idempotency_keys WHERE workplan = ? AND salt IS NOT NULL"
    " AND first_position <= ? AND first_position + count > ?"
)
_FORGET = (
    "UPDATE idempotency_keys SET key = ?, salt = NULL, body_hash = NULL"
    " WHERE workplan = ? AND actor = ? AND key = ?"
)
