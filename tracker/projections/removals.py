"""What the logs say was redacted, and removing it again from a database restored from an older backup."""

from __future__ import annotations

import sqlalchemy as sa

from tracker.database import Transaction
from tracker.directory.tables import grants, people, signin_links, signins
from tracker.events.catalogue import TextRedacted
from tracker.events.codec import decode
from tracker.events.ledger import Ledger
from tracker.events.sealing import seals_in
from tracker.events.shapes import to_json


def redacted_hashes(tx: Transaction) -> list[str]:
    """Return the hashes of the texts that the logs say are redacted."""
    found = []
    for (stored,) in tx.all(
        "SELECT stored FROM events WHERE type = ? ORDER BY workplan, position", "TextRedacted"
    ):
        event = decode(bytes(stored))
        if isinstance(event.data, TextRedacted):
            row = tx.one(
                "SELECT stored FROM events WHERE workplan = ? AND position = ?",
                event.workplan,
                event.data.position,
            )
            seals = dict(seals_in(to_json(decode(bytes(row[0]))))) if row else {}
            found += [sha256 for pointer, sha256 in seals.items() if pointer == event.data.field]
    return found


def replay(tx: Transaction, ledger: Ledger) -> int:
    """Remove from a restored database what was removed since its backup; return how many texts and people that is."""
    removed = ledger.replay_redactions(tx)
    erased = [one.id for one in ledger.removals() if one.kind == "erasure"]
    for person in erased:
        done = tx.core.execute(
            sa.update(people)
            .where(people.c.person == person, people.c.erased_at.is_(None))
            .values(name=None, email=None, erased_at="restored")
        )
        removed += done.rowcount
        for table in (grants, signin_links, signins):
            tx.core.execute(sa.delete(table).where(table.c.person == person))
    return removed
