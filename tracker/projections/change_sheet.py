"""What changed, as rows of a table: one for each field and each entry that changed it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tracker.projections.sheets import day_cell, instant_cell

View = dict[str, Any]
Say = Callable[[View, View], Iterable[tuple[str, Any, Any]]]
"""Returns ``(label, old, new)`` of a subject's field, in the words of whoever asks; none where it tells nothing."""

COLUMNS = (
    "workstream",
    "subject",
    "title",
    "what",
    "field",
    "old",
    "new",
    "entry",
    "type",
    "recorded_at",
    "occurred_on",
    "speaker",
    "channel",
    "reason",
    "decided_at",
)


def rows(found: View, title_of: Callable[[View], str], say: Say) -> list[list[Any]]:
    """Return rows under COLUMNS; ``title_of`` names a subject. What a reader may not see must be left out before."""
    made = []
    for what in ("added", "withdrawn", "changed"):
        for one in found[what]:
            by_position = {entry["position"]: entry for entry in one["entries"]}
            for label, old, new, events in _lines(one, say):
                told = [by_position[position] for position in events if position in by_position]
                start = [one["workstream"], one["subject"], title_of(one), what, label, old, new]
                made += [start + _entry(entry) for entry in told or [{}]]
    return made


def _lines(one: View, say: Say) -> Iterable[tuple[str | None, Any, Any, list[int]]]:
    if "fields" not in one:
        return [(None, None, None, one["events"])]
    return [(*line, field["events"]) for field in one["fields"] for line in say(one, field)]


def _entry(entry: View) -> list[Any]:
    return [
        entry.get("position"),
        entry.get("type"),
        instant_cell(entry["recorded_at"]) if entry else None,
        day_cell(entry.get("occurred_on")),
        entry["speaker"]["display"] if "speaker" in entry else None,
        entry.get("channel"),
        entry.get("reason"),
        entry.get("decided_at"),
    ]
