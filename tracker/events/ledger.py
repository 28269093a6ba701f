"""What was redacted and erased, by ids and hashes only, in a file beside the database.

A backup that is older than a redaction still holds the text. Whoever restores one replays the ledger first, so that
what was removed stays removed. Lines are never rewritten; each is durable before its writer goes on.
"""

from __future__ import annotations

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
        return sum(
            tx.run("DELETE FROM texts WHERE sha256 = ?", one.id)
            for one in self.removals()
            if one.kind == "redaction"
        )
