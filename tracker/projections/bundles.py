"""The fragments of all activities at a checkpoint, compressed together: what most of a past plan is read from.

Two thousand rows cost SQLite and its driver half of an answer, and in a long log each lies on a page of its own. A
bundle repeats fragments and says nothing itself: it is right if each of its rows is a fragment's. Activities are
bundled by the last character of their subject, so that the database can drop those of one activity when one of its
texts is removed (migration 0016). What is missing, or cannot be read, is read from the fragments.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat

import orjson
import sqlalchemy as sa
from lz4 import block as lz4

from tracker.database import Transaction, metadata

bundles = sa.Table(
    "plan_bundles",
    metadata,
    sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("ending", sa.Text, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

_log = logging.getLogger(__name__)
_SUM_BYTES = 4


Row = tuple[int, str, str, bytes, bytes]
"""A fragment as answers are put together from it: position, workstream, the day after which it is overdue, and in UTF-8
what every reader gets and what not every reader gets. A plain tuple: thousands are made for an answer.
"""


def read_bundle(
    tx: Transaction, workplan: str, generation: int, position: int, *, with_details: bool
) -> dict[int, Row]:
    """Return ``{position: row}`` of the newest bundle up to a position; without ``details`` if not asked for."""
    found: dict[int, Row] = {}
    for ending, rows in read_pieces(tx, workplan, generation, position, with_details=with_details):
        if rows is None:
            _log.warning(
                "a bundle of %s up to %d cannot be read (…%s): verify it", workplan, position, ending
            )
        else:
            found.update(rows)
    return found


def read_pieces(
    tx: Transaction, workplan: str, generation: int, position: int, *, with_details: bool
) -> Iterator[tuple[str, dict[int, Row] | None]]:
    """Yield the ending and ``{position: row}`` of each piece of that bundle; None of one that cannot be read."""
    for ending, body in tx.all(_NEWEST, generation, workplan, generation, workplan, position):
        try:
            yield ending, _unpacked(bytes(body), with_details=with_details)
        except (lz4.LZ4BlockError, ValueError, TypeError):
            yield ending, None


def write_bundle(
    tx: Transaction, workplan: str, generation: int, position: int, rows: Mapping[str, Row]
) -> None:
    """Write the rows of activities, ``{subject: row}``, as the bundle of a position."""
    alike: dict[str, list[Row]] = {}
    for subject, row in rows.items():
        alike.setdefault(subject[-1], []).append(row)
    tx.many(_WRITE, [(generation, workplan, position, ending, _packed(one)) for ending, one in alike.items()])


def bundled_at(tx: Transaction, workplan: str, generation: int) -> list[int]:
    """Return the positions that have a bundle."""
    return [row[0] for row in tx.all(_POSITIONS, generation, workplan)]


def _packed(rows: Iterable[Row]) -> bytes:
    """Return a sum to check by, and rows by columns, a line each; JSON holds no line break of its own."""
    positions, workstreams, days, opened, details = zip(*rows, strict=True)
    said: bytes = lz4.compress(b"\n".join((orjson.dumps((positions, workstreams, days)), *opened, *details)))
    return zlib.crc32(said).to_bytes(_SUM_BYTES) + said


def _unpacked(body: bytes, *, with_details: bool) -> dict[int, Row]:
    """Do the reverse.

    Raises:
        lz4.LZ4BlockError, ValueError, TypeError: it is not what was packed.
    """
    packed = body[_SUM_BYTES:]
    if zlib.crc32(packed).to_bytes(_SUM_BYTES) != body[:_SUM_BYTES]:
        raise ValueError("it is not what was packed")
    header, *said = lz4.decompress(packed).split(b"\n")
    positions, workstreams, days = orjson.loads(header)
    count = len(positions)
    details: Iterable[bytes] = said[count:] if with_details else repeat(b"", count)
    rows = zip(positions, workstreams, days, said[:count], details, strict=True)
    return dict(zip(positions, rows, strict=True))


_WHERE = "FROM plan_bundles WHERE generation = ? AND workplan = ?"
_NEWEST = f"SELECT ending, body {_WHERE} AND position = (SELECT max(position) {_WHERE} AND position <= ?)"
_POSITIONS = f"SELECT DISTINCT position {_WHERE} ORDER BY position"
_WRITE = (
    "INSERT INTO plan_bundles (generation, workplan, position, ending, body) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (generation, workplan, position, ending) DO UPDATE SET body = excluded.body"
)
