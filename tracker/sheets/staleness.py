"""Rows that were made from what is no longer so: each says which version it knows, and is told what changed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from tracker.events.event import Event
from tracker.events.reading import read_subject
from tracker.projections.history import differences, states_around
from tracker.runtime import View
from tracker.sheets.rows import RowFault, Wanted

MOST_TOLD = 3
"""Entries of which is told what they changed."""


def stale(view: View, wanted: Sequence[Wanted], own: Collection[int]) -> list[RowFault]:
    """Return a fault for each row whose subject has entries that the sheet did not know; ``own`` came from it."""
    rows: dict[str, list[Wanted]] = defaultdict(list)
    for one in wanted:
        if one.known is not None:
            rows[one.subject].append(one)
    faults = []
    for subject, some in rows.items():
        current = view.plan.standings[subject].version
        if all(one.known == current for one in some):
            continue
        events = read_subject(view.tx, view.end.workplan, subject)
        for known in sorted({one.known for one in some if one.known is not None}):
            since = [event for event in events if event.version > known and event.position not in own]
            if not since and known <= current:
                continue
            told = "; ".join(_told(view, event) for event in since[-MOST_TOLD:]) or "it has never been so far"
            message = f"is version {known}, and {subject} is at {current}: {told}"
            way_out = f"Download the sheet again; or look at what changed, and write {current} here."
            faults += [
                RowFault(row, "version", str(known), message, way_out)
                for row in dict.fromkeys(one.row for one in some if one.known == known)
            ]
    return faults


def _told(view: View, event: Event) -> str:
    before, after = states_around(view.tx, view.end, event.subject, event.position)
    fields = [one["field"] for one in differences(before, after)]
    changed = f" changed {', '.join(fields)}" if fields else ""
    return f"entry {event.position} ({event.type}, recorded {event.recorded_at[:10]}){changed}"
