"""What one request recorded, taken back by another: an import that was a mistake, undone as a whole."""

from __future__ import annotations

from typing import Any

import orjson

from tracker.database import Transaction
from tracker.errors import NotFoundError
from tracker.events.reading import read_stored

AMENDING = ("EntryCorrected", "EntryRetracted", "TextRedacted")


def undoing(
    tx: Transaction, workplan: str, correlation_id: str, reason: str | None = None
) -> list[dict[str, Any]]:
    """Return the requests that retract every entry of a request that still counts, newest first; empty where none does.

    Raises:
        NotFoundError: nothing has this correlation id.
    """
    rows = tx.all(_RECORDED, workplan, correlation_id)
    if not rows:
        raise NotFoundError(
            "no entry has the correlation id {id}",
            id=correlation_id,
            value=correlation_id,
            way_out="The entries of one request share it: `tracker history --json`, or GET …/events.",
        )
    said = {"reason": reason} if reason else {}
    return [
        {"type": "EntryRetracted", "subject": subject, "data": {"position": position}} | said
        for position, subject, kind in rows
        if kind not in AMENDING and tx.one(_RETRACTED, workplan, position) is None
    ]


def correlation_of(tx: Transaction, workplan: str, position: int) -> str | None:
    """Return the correlation id of the request that recorded an entry."""
    row = tx.one("SELECT correlation_id FROM events WHERE workplan = ? AND position = ?", workplan, position)
    return row[0] if row else None


def imports(tx: Transaction, workplan: str) -> list[dict[str, Any]]:
    """Return the imports of a workplan, newest first: which file, how many entries, how many still count.

    The adoption of the plan is none.
    """
    made = []
    for correlation_id, first, count, counting in tx.all(_IMPORTS, workplan, workplan):
        event = orjson.loads(read_stored(tx, workplan, first))
        made.append(
            {
                "correlation_id": correlation_id,
                "name": event.get("source", {}).get("name"),
                "first_position": first,
                "recorded_at": event["recorded_at"],
                "count": count,
                "counting": counting,
            }
        )
    return made


_RECORDED = (
    "SELECT position, subject, type FROM events WHERE workplan = ? AND correlation_id = ?"
    " ORDER BY position DESC"
)
_RETRACTED = "SELECT 1 FROM events WHERE workplan = ? AND amends = ? AND type = 'EntryRetracted'"
_IMPORTS = (
    "SELECT correlation_id, min(position), count(*), sum(CASE WHEN EXISTS (SELECT 1 FROM events AS undone WHERE"
    " undone.workplan = events.workplan AND undone.amends = events.position AND undone.type = 'EntryRetracted')"
    " THEN 0 ELSE 1 END) FROM events WHERE workplan = ? AND channel = 'import' AND correlation_id <>"
    " coalesce((SELECT correlation_id FROM events WHERE workplan = ? AND position = 1), '')"
    " GROUP BY correlation_id ORDER BY min(position) DESC"
)
