"""The Merkle tree over a log's stored bytes (RFC 9162 section 2): complete subtrees only, never rewritten.

A node is known by ``(level, index)``: it covers the leaves ``index * 2**level`` up to the next one. ``frontier`` is the
concatenation of the complete subtrees' hashes that make up a tree of some size, largest first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

HASH = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Node = tuple[int, int, bytes]
"""Level, index, hash."""
Read = Callable[[int, int], bytes]
"""Returns the hash of the complete subtree at a level and index."""


def combine(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def extend(size: int, frontier: bytes, leaves: Iterable[bytes]) -> tuple[bytes, list[Node]]:
    """Return the frontier after ``leaves`` and the nodes that became complete, leaves included."""
    peaks = [frontier[start : start + HASH] for start in range(0, len(frontier), HASH)]
    nodes: list[Node] = []
    for leaf in leaves:
        nodes.append((0, size, leaf))
        level, index, node = 0, size, leaf
        while index & 1:
            level, index, node = level + 1, index >> 1, combine(peaks.pop(), node)
            nodes.append((level, index, node))
        peaks.append(node)
        size += 1
    return b"".join(peaks), nodes


def root_of(frontier: bytes) -> bytes:
    """Return the root of the tree whose frontier this is."""
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-HASH:]
    for start in range(len(frontier) - 2 * HASH, -1, -HASH):
        root = combine(frontier[start : start + HASH], root)
    return root


def peaks_of(size: int) -> list[tuple[int, int]]:
    """Return the ``(level, index)`` of the complete subtrees of a tree of ``size`` leaves, largest first."""
    found, start = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def root_at(size: int, read: Read) -> bytes:
    """Return the root of the first ``size`` leaves."""
    return root_of(b"".join(read(level, index) for level, index in peaks_of(size)))


def _subtree(start: int, stop: int, read: Read) -> bytes:
    """Return the hash over the leaves ``start`` to ``stop``; ``start`` is a multiple of a power of two >= the width."""
    width = stop - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return read(level, start >> level)
    split = _split(width)
    return combine(_subtree(start, start + split, read), _subtree(start + split, stop, read))


def _split(width: int) -> int:
    """Return the largest power of two smaller than ``width``."""
    return 1 << ((width - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, read: Read) -> list[bytes]:
    """Return the audit path of leaf ``index`` (from 0) in the tree of ``size`` leaves (RFC 9162, 2.1.3.1)."""
    return [_subtree(start, stop, read) for start, stop in siblings(index, size)]


def siblings(index: int, size: int) -> list[tuple[int, int]]:
    """Return the leaves, ``start`` to ``stop``, under each node of an audit path, from the leaf upwards."""
    found: list[tuple[int, int]] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            found.append((middle, stop))
            stop = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_proof(first: int, second: int, read: Read) -> list[bytes]:
    """Return the proof that the tree of ``first`` leaves begins that of ``second`` (RFC 9162, 2.1.4.1)."""
    if not 0 < first < second:
        return []
    path: list[bytes] = []
    start, stop, whole = 0, second, True
    while first != stop:
        middle = start + _split(stop - start)
        if first <= middle:
            path.append(_subtree(middle, stop, read))
            stop = middle
        else:
            path.append(_subtree(start, middle, read))
            start, whole = middle, False
    if not whole:
        path.append(_subtree(start, stop, read))
    return path[::-1]


def root_from_inclusion(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes | None:
    """Return the root that an audit path leads to, or None where it cannot be one (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    node, last, place = leaf, size - 1, index
    for sibling in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            node = combine(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = combine(node, sibling)
        place, last = place >> 1, last >> 1
    return node if last == 0 else None


def seal_of(root: bytes) -> str:
    """Return the short form of a root printed in letters, ``7F3A-91C2``."""
    said = root.hex()[:8].upper()
    return f"{said[:4]}-{said[4:]}"
