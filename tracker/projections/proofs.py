"""Proofs that an entry, or an earlier tree, is in the tree of some size (RFC 9162). Hashes are lower-case hex."""

from __future__ import annotations

from typing import Any

from tracker.database import Transaction
from tracker.errors import RuleError
from tracker.events import tree
from tracker.events.reading import node_reader

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
