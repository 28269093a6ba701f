"""Signing tree heads, and refusing to: a size is signed once, and only what continues what was signed before.

The format is that of C2SP signed-note and tlog-checkpoint; a log's origin is its key's name. See docs/proof.md.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tracker.clock import instant_text
from tracker.database import Database, Transaction
from tracker.errors import LogError
from tracker.events import tree
from tracker.events.codec import leaf_hash
from tracker.events.key_file import KeyFile, Remembered, make_key_file
from tracker.events.reading import LogEnd, end_of, node_reader, workplans
from tracker.events.signed_heads import SignedHead, adoption_of, head_at, keep_head, keys_of, last_head

CHUNK = 1000
ED25519 = b"\x01"
WAY_OUT = (
    "If the database was restored from a copy on purpose, say so in the log: `tracker key accept-restore --reason"
    ' "…"`. Otherwise stop writing, keep all files as they are, and compare with the seals in letters.'
)

# --------------------------------------------------------------------------------------------------- the format


def key_id(name: str, key: Ed25519PrivateKey) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + key.public_key().public_bytes_raw()).digest()[:4]


def verifier_key(name: str, key: Ed25519PrivateKey) -> str:
    """Return what others need to check signatures of this key under this name."""
    public = base64.b64encode(ED25519 + key.public_key().public_bytes_raw()).decode()
    return f"{name}+{key_id(name, key).hex()}+{public}"


def signed_note(text: str, name: str, *keys: Ed25519PrivateKey) -> str:
    """Return the note over a text that ends with a newline, signed by each key."""
    signatures = [base64.b64encode(key_id(name, key) + key.sign(text.encode())).decode() for key in keys]
    return text + "\n" + "".join(f"\u2014 {name} {signature}\n" for signature in signatures)


def head_text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


# ------------------------------------------------------------------------------------------------------- signing


def sign_head(database: Database, file: KeyFile, workplan: str, now: datetime) -> SignedHead:
    """Return the signed head of a log as it is now; it is signed unless that size is. The first call makes the key.

    Raises:
        NotFoundError: there is no such workplan.
        LogError: the log does not continue what was signed, or another key signs its heads.
        SettingsError: the key's file cannot be used.
        ConflictError: another process is signing all the time.
    """
    with file.alone(), database.read() as tx:
        return sign_seen(tx, database, file, workplan, now)


def sign_seen(tx: Transaction, database: Database, file: KeyFile, workplan: str, now: datetime) -> SignedHead:
    """Do the same for who is alone already, with the log as ``tx`` sees it; open ``tx`` only when alone.

    Raises:
        NotFoundError, LogError, SettingsError: as ``sign_head``.
    """
    key = file.key()
    end, origin = end_of(tx, workplan), adoption_of(tx, workplan).origin
    held, keys = head_at(tx, workplan, end.position), keys_of(tx, workplan)
    is_ours = not keys or (key is not None and keys[-1] == verifier_key(origin, key))
    if is_ours:
        check_memory(file, origin, end, is_known=bool(keys))
        check_tree(tx, end, file.memory().get(origin))
    if held is not None and held.root == end.root:
        return held
    if not is_ours:
        raise LogError(
            "the head of {workplan} is not signed: its key is {key}, and that is not in {file}",
            workplan=workplan,
            key=keys[-1],
            file=str(file.path),
            way_out="Bring that key back. If it is lost or was given up, let the one here take over:"
            ' `tracker key rotate --reason "…"`.',
        )
    return sign_now(database, file, end, origin, now, key or make_key_file(file.path))


def sign_now(
    database: Database, file: KeyFile, end: LogEnd, origin: str, now: datetime, *keys: Ed25519PrivateKey
) -> SignedHead:
    """Sign without asking whether one may, for who has asked and is alone. The first key is the one in force."""
    file.remember(origin, Remembered(end.workplan, end.position, end.root))  # before a signature leaves
    note = signed_note(head_text(origin, end.position, end.root), origin, *keys)
    key, signed_at = verifier_key(origin, keys[0]), instant_text(now)
    head = SignedHead(end.workplan, end.position, end.root, note, key, signed_at)
    with database.write() as tx:
        keep_head(tx, head)
    return head


def check_memory(file: KeyFile, origin: str, end: LogEnd, *, is_known: bool) -> None:
    """Refuse a log of which more was signed, or of which the signer should remember something and does not.

    ``is_known`` says that heads of it were signed.

    Raises:
        LogError: it is such a log.
    """
    memory = file.memory()
    held = memory.get(origin)
    if held is not None and held.size > end.position:
        raise _refusal("it has {size} entries, and {signed} were signed", end, signed=held.size)
    others = [name for name, one in memory.items() if one.workplan == end.workplan and name != origin]
    if held is None and others:
        raise _refusal("it is {origin}, and {other} was signed before", end, origin=origin, other=others[0])
    if held is None and is_known:
        raise _refusal("heads of it were signed, and the signer remembers none", end)


def check_tree(tx: Transaction, end: LogEnd, signed: Remembered | None) -> None:
    """Refuse a tree that does not grow out of the one signed before, by the entries as they are stored.

    This says more than a consistency proof: what is signed is what is stored.

    Raises:
        LogError: it does not.
    """
    signed = signed or Remembered(end.workplan, 0, tree.EMPTY_ROOT)
    read = node_reader(tx, end.workplan)
    frontier = b"".join(read(level, index) for level, index in tree.peaks_of(signed.size))
    if tree.root_of(frontier) != signed.root:
        raise _refusal("its first {signed} entries are not those that were signed", end, signed=signed.size)
    for start in range(signed.size, end.position, CHUNK):
        rows = tx.all(_STORED, end.workplan, start, min(start + CHUNK, end.position))
        frontier, _ = tree.extend(start, frontier, [leaf_hash(bytes(row[0])) for row in rows])
    if tree.root_of(frontier) != end.root:
        raise _refusal("its tree is not that of the entries stored after {signed}", end, signed=signed.size)


def _refusal(template: str, end: LogEnd, **operands: object) -> LogError:
    return LogError(
        "the head of {workplan} is not signed: " + template,
        value=end.position,
        way_out=WAY_OUT,
        operands={"workplan": end.workplan, "size": end.position, **operands},
    )


def due_for_signing(tx: Transaction, now: datetime) -> list[str]:
    """Return the workplans whose head the timetable has to sign.

    These are the logs that have grown and were not signed today, or hold a snapshot or a change of keys since. Where a
    log has shrunk the signer is asked too, so that it refuses where somebody hears it. Simulated ones are left alone.
    """
    today = instant_text(now)[:10]
    return [workplan for workplan in workplans(tx) if _is_due(tx, workplan, today)]


def _is_due(tx: Transaction, workplan: str, today: str) -> bool:
    if adoption_of(tx, workplan).simulated:
        return False
    last, size = last_head(tx, workplan), end_of(tx, workplan).position
    if last is None or size <= last.size:
        return last is None or size < last.size
    return last.signed_at[:10] < today or tx.one(_URGENT, workplan, last.size) is not None


_STORED = "SELECT stored FROM events WHERE workplan = ? AND position > ? AND position <= ? ORDER BY position"
_URGENT = (
    "SELECT 1 FROM events WHERE workplan = ? AND position > ?"
    " AND type IN ('ReadinessSnapshotTaken', 'SigningKeyChanged') LIMIT 1"
)
