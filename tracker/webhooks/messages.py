"""What is delivered: the next entry that a subscription wants, as a CloudEvent.

Source: CloudEvents 1.0.2, structured mode; the extension `sequence`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from tracker.database import Transaction
from tracker.projections.history import entries
from tracker.runtime import View
from tracker.settings import Settings
from tracker.webhooks.subscriptions import Wanted

MEDIA_TYPE = "application/cloudevents+json; charset=utf-8"
TYPE = "workplan-tracker."


@dataclass(frozen=True, slots=True)
class Message:
    """One entry to deliver. The same entry always has the same id, however often it is sent."""

    id: str
    position: int
    body: bytes


def next_message(view: View, settings: Settings, wanted: Wanted, after: int) -> Message | None:
    """Return the first entry after a position that is wanted, with the texts that are there today."""
    stored = _next(view.tx, view.end.workplan, wanted, after, view.end.position)
    if stored is None:
        return None
    position = orjson.loads(stored)["position"]
    # What amended it later comes as entries of its own; of a redaction nothing but the redacted text is missing here.
    entry = entries(view.tx, view.end.workplan, view.plan, [stored], position)[0]
    message_id = f"{view.end.workplan}:{position}:{entry['leaf_hash'][:12]}"
    event = {
        "specversion": "1.0",
        "id": message_id,
        "source": f"{settings.base_url}/api/v1/workplans/{view.end.workplan}",
        "type": TYPE + entry["type"],
        "subject": entry["subject"],
        "time": entry["recorded_at"],
        "sequence": f"{position:016d}",
        "datacontenttype": "application/json",
        "data": entry,
    }
    return Message(message_id, position, orjson.dumps(event))


def _next(tx: Transaction, workplan: str, wanted: Wanted, after: int, upto: int) -> bytes | None:
    where, values = ["workplan = ?", "position > ?", "position <= ?"], list[Any]([workplan, after, upto])
    for column, some in (("type", wanted.types), ("speaker", wanted.entities)):
        if some:
            where.append(f"{column} IN ({', '.join('?' * len(some))})")
            values += some
    if wanted.subjects:
        where.append(f"({' OR '.join(_about(said, values) for said in wanted.subjects)})")
    sql = f"SELECT stored FROM events WHERE {' AND '.join(where)} ORDER BY position LIMIT 1"  # noqa: S608 - fixed conditions
    row = tx.one(sql, *values)
    return bytes(row[0]) if row else None


def _about(said: str, values: list[Any]) -> str:
    """Return the condition that a subject is what was said: an id, a kind, or a beginning before ``*``."""
    if said == "workplan" or ("/" in said and not said.endswith("*")):
        values.append(said)
        return "subject = ?"
    beginning = said.removesuffix("*") if "/" in said else f"{said}/"
    values += [len(beginning), beginning]
    return "substr(subject, 1, ?) = ?"
