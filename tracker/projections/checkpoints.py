"""Where each subject's newest row stood at some positions, so that a past plan is found without looking at all rows.

A checkpoint names rows and repeats none of them: 25 bytes a subject. It is a cache: whatever is missing is found from
the one before it, or from the first row on.
"""

from __future__ import annotations

import orjson
import sqlalchemy as sa

from tracker.database import Transaction, metadata
from tracker.workplan.plan import Places

EVERY = 500
"""Positions between checkpoints, at least; where there are more than four times as many subjects, a quarter of them."""

checkpoints = sa.Table(
    "plan_checkpoints",
    metadata,
    sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("places", sa.Text, nullable=False),
)


def places_at(tx: Transaction, workplan: str, generation: int, position: int) -> Places:
    """Return where every subject stood at a position."""
    row = tx.one(_NEWEST, generation, workplan, position)
    after, places = (row[0], orjson.loads(row[1])) if row else (0, {})
    places.update(tx.all(_SINCE, generation, workplan, after, position))
    return places


def keep_checkpoint(tx: Transaction, workplan: str, generation: int, first: int, last: int) -> Places | None:
    """Write a checkpoint at ``last`` if one is due, after the rows ``first`` to ``last`` were written; return it."""
    if last // EVERY == (first - 1) // EVERY:
        return None
    row = tx.one(_LAST, generation, workplan)
    places = dict(tx.all(_PLACES, generation, workplan))
    distance = max(EVERY, len(places) // 4)
    if last // distance == (row[0] or 0 if row else 0) // distance:
        return None
    tx.run(_KEEP, generation, workplan, last, orjson.dumps(places, option=orjson.OPT_SORT_KEYS).decode())
    return places


def misplaced(tx: Transaction, workplan: str, generation: int, end: int) -> set[str]:
    """Return the subjects of which a checkpoint says otherwise than the rows do, or anything after the log's end."""
    found, before, places = set[str](), 0, Places()
    for (position,) in tx.all(_POSITIONS, generation, workplan):
        row = tx.one(_NEWEST, generation, workplan, position)
        stored = orjson.loads(row[1]) if row else {}
        if position > end:
            return found | stored.keys()
        places.update(tx.all(_SINCE, generation, workplan, before, position))
        found |= {one for one in stored.keys() | places.keys() if stored.get(one) != places.get(one)}
        before = position
    return found


_NEWEST = (
    "SELECT position, places FROM plan_checkpoints WHERE generation = ? AND workplan = ? AND position <= ?"
    " ORDER BY position DESC LIMIT 1"
)
_SINCE = (
    "SELECT subject, position FROM plan_states"
    " WHERE generation = ? AND workplan = ? AND position > ? AND position <= ? ORDER BY position"  # the last one counts
)
_LAST = "SELECT max(position) FROM plan_checkpoints WHERE generation = ? AND workplan = ?"
_PLACES = "SELECT subject, position FROM plan_current WHERE generation = ? AND workplan = ?"
_KEEP = (
    "INSERT INTO plan_checkpoints (generation, workplan, position, places) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (generation, workplan, position) DO UPDATE SET places = excluded.places"
)
_POSITIONS = "SELECT position FROM plan_checkpoints WHERE generation = ? AND workplan = ? ORDER BY position"
