"""Proofs that an entry, or an earlier tree, is in the tree of some size (RFC 9162). Hashes are lower-case hex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from tracker.database import Transaction
from tracker.errors import RuleError
from tracker.events import tree
from tracker.events.codec import leaf_hash
from tracker.events.reading import node_reader, read_stored
from tracker.events.sealing import seal_hash, seals_in
from tracker.events.signed_heads import SignedHead, first_head_over
from tracker.events.verifier import fingerprint, read_head

Proof = dict[str, Any]


def inclusion(tx: Transaction, workplan: str, end: int, position: int, size: int | None = None) -> Proof:
    """Return the proof that an entry is in the tree of ``size`` entries; ``end``, the largest there is, by default.

    Raises:
        RuleError: there is no such tree, or it does not hold the entry; says which there are.
    """
    size = _within("size", end if size is None else size, end, end)
    position = _within("position", position, size, end)
    read = node_reader(tx, workplan)
    return {
        "position": position,
        "size": size,
        "root": tree.root_at(size, read).hex(),
        "leaf_hash": read(0, position - 1).hex(),
        "path": [node.hex() for node in tree.inclusion_proof(position - 1, size, read)],
    }


def consistency(tx: Transaction, workplan: str, end: int, first: int, second: int | None = None) -> Proof:
    """Return the proof that the tree of ``first`` entries begins that of ``second``; ``end`` by default.

    Raises:
        RuleError: there are no such trees; says which there are.
    """
    second = _within("second", end if second is None else second, end, end)
    first = _within("first", first, second, end)
    read = node_reader(tx, workplan)
    return {
        "first": first,
        "second": second,
        "first_root": tree.root_at(first, read).hex(),
        "second_root": tree.root_at(second, read).hex(),
        "path": [node.hex() for node in tree.consistency_proof(first, second, read)],
    }


def _within(name: str, value: int, most: int, end: int) -> int:
    if 1 <= value <= most:
        return value
    raise RuleError(
        "`{name}` is {said}, and must lie between {least} and {most}",
        field=name,
        value=value,
        way_out=f"The log had {end} entries at the moment asked about.",
        name=name,
        said=value,
        least=1,
        most=most,
    )


@dataclass(frozen=True, slots=True)
class Join:
    """One step towards the root: the fingerprint over the entries ``first`` to ``last``, and what the two make."""

    first: int
    last: int
    is_before: bool
    fingerprint: str
    made: str


@dataclass(frozen=True, slots=True)
class Examined:
    """One entry's proof, computed from the bytes that are stored: its fingerprint and the way from it to the root."""

    position: int
    size: int
    fingerprint: str
    joins: tuple[Join, ...]
    root: str
    is_proved: bool
    has_its_words: bool
    """Whether the free texts that are still there are those whose salted hashes the entry holds."""

    @property
    def seal(self) -> str:
        return tree.seal_of(bytes.fromhex(self.root))


def examine(tx: Transaction, workplan: str, position: int, size: int) -> Examined:
    """Compute an entry's proof in the tree of ``size`` entries anew."""
    read, stored = node_reader(tx, workplan), read_stored(tx, workplan, position)
    node = leaf = leaf_hash(stored)
    path, joins = tree.inclusion_proof(position - 1, size, read), []
    for (start, stop), other in zip(tree.siblings(position - 1, size), path, strict=True):
        is_before = start < position - 1
        node = tree.combine(other, node) if is_before else tree.combine(node, other)
        joins.append(Join(start + 1, stop, is_before, other.hex(), node.hex()))
    root = tree.root_at(size, read)
    return Examined(
        position,
        size,
        leaf.hex(),
        tuple(joins),
        root.hex(),
        is_proved=leaf == read(0, position - 1)
        and tree.root_from_inclusion(position - 1, size, leaf, path) == root,
        has_its_words=_has_its_words(tx, workplan, position, stored),
    )


def _has_its_words(tx: Transaction, workplan: str, position: int, stored: bytes) -> bool:
    try:
        seals = dict(seals_in(orjson.loads(stored)))
    except orjson.JSONDecodeError:
        return False
    rows = tx.all(
        "SELECT field, salt, text FROM texts WHERE workplan = ? AND position = ?", workplan, position
    )
    return all(seals.get(field) == seal_hash(bytes(salt), text) for field, salt, text in rows)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signed head and what checking it now showed. ``fingerprint`` is that of the key, as it is given on paper."""

    size: int
    signed_at: str
    fingerprint: str
    is_good: bool


def signature_over(tx: Transaction, workplan: str, position: int, upto: int) -> Signature | None:
    """Return the first signed head that covers an entry, checked; None where none of at most ``upto`` entries does."""
    head = first_head_over(tx, workplan, position, upto)
    return None if head is None else _checked(tx, head)


def _checked(tx: Transaction, head: SignedHead) -> Signature:
    kept = (head.size, head.root)
    try:
        _origin, size, root, is_signed = read_head(head.note, head.key)
        whose = fingerprint(head.key)
    except ValueError:  # neither note nor key need be what they were
        return Signature(head.size, head.signed_at, "", is_good=False)
    fits = kept == (size, root) == (size, tree.root_at(head.size, node_reader(tx, head.workplan)))
    return Signature(head.size, head.signed_at, whose, is_good=bool(is_signed) and fits)
