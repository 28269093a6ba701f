"""The history as rows of a table: one for each entry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tracker.projections.sheets import day_cell, instant_cell

COLUMNS = (
    "position",
    "recorded_at",
    "occurred_on",
    "subject",
    "version",
    "type",
    "speaker",
    "entity",
    "channel",
    "reason",
    "decided_at",
    "corrected_by",
    "retracted_by",
    "data",
)


def entry_rows(items: Iterable[dict[str, Any]]) -> list[list[Any]]:
    """Return rows under COLUMNS of entries as readers see them."""
    rows = []
    for item in items:
        cells = item | {
            "speaker": item["speaker"]["display"],
            "entity": item["speaker"]["entity"],
            "recorded_at": instant_cell(item["recorded_at"]),
            "occurred_on": day_cell(item["occurred_on"]),
        }
        rows.append([cells.get(name) for name in COLUMNS])
    return rows
