"""Every tree head that was ever signed, and which key signs a log's heads now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from tracker.database import Transaction, metadata
from tracker.events.catalogue import SigningKeyChanged, WorkplanAdopted
from tracker.events.codec import decode
from tracker.events.reading import read_event

signed_heads = sa.Table(
    "signed_heads",
    metadata,
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("root", sa.LargeBinary, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("signed_at", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A signed tree head: the note is a C2SP checkpoint, ``key`` the verifier key of who signed it."""

    workplan: str
    size: int
    root: bytes
    note: str
    key: str
    signed_at: str


def keep_head(tx: Transaction, head: SignedHead) -> None:
    tx.run(_INSERT, head.workplan, head.size, head.root, head.note, head.key, head.signed_at)


def head_at(tx: Transaction, workplan: str, size: int) -> SignedHead | None:
    """Return the signed head of exactly this size, if there is one."""
    row = tx.one(f"{_SELECT} AND size = ?", workplan, size)
    return _head(row) if row else None


def last_head(tx: Transaction, workplan: str) -> SignedHead | None:
    """Return the signed head of the largest size."""
    row = tx.one(f"{_SELECT} ORDER BY size DESC LIMIT 1", workplan)
    return _head(row) if row else None


def first_head_over(tx: Transaction, workplan: str, position: int, upto: int) -> SignedHead | None:
    """Return the smallest signed head that covers an entry and is no larger than ``upto``."""
    row = tx.one(f"{_SELECT} AND size >= ? AND size <= ? ORDER BY size LIMIT 1", workplan, position, upto)
    return _head(row) if row else None


def all_heads(tx: Transaction, workplan: str) -> Iterator[SignedHead]:
    """Yield the signed heads of a log, by size."""
    yield from (_head(row) for row in tx.all(f"{_SELECT} ORDER BY size", workplan))


def _head(row: tuple[str, int, bytes, str, str, str]) -> SignedHead:
    workplan, size, root, note, key, signed_at = row
    return SignedHead(workplan, size, bytes(root), note, key, signed_at)


def adoption_of(tx: Transaction, workplan: str) -> WorkplanAdopted:
    """Return what the first entry says; it cannot be amended, so it names the log for ever.

    Raises:
        NotFoundError: there is no such workplan.
    """
    data = read_event(tx, workplan, 1).data
    assert isinstance(data, WorkplanAdopted)  # noqa: S101 - the rules let nothing else begin a log
    return data


def keys_of(tx: Transaction, workplan: str) -> list[str]:
    """Return the verifier keys that signed a log's heads, in the order in which they took over; [] before the first."""
    first = tx.one(f"{_SELECT} ORDER BY size LIMIT 1", workplan)
    changes = []
    for (stored,) in tx.all(_CHANGES, workplan):
        data = decode(bytes(stored)).data
        if isinstance(data, SigningKeyChanged):
            changes.append(data)
    keys = [first[4]] if first else []
    if changes and changes[0].previous:
        keys = [changes[0].previous]
    for change in changes:
        if change.key not in keys[-1:]:
            keys.append(change.key)
    return keys


_INSERT = (
    "INSERT INTO signed_heads (workplan, size, root, note, key, signed_at) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT DO NOTHING"
)
_SELECT = "SELECT workplan, size, root, note, key, signed_at FROM signed_heads WHERE workplan = ?"
_CHANGES = "SELECT stored FROM events WHERE workplan = ? AND type = 'SigningKeyChanged' ORDER BY position"
