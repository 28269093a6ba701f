"""What changed between two readiness pictures of a region: each line's status, what it gained and lost, by whom.

That a day passed is no change of what a line shows: ages, labels and the positions of subjects are not compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from tracker.database import Transaction
from tracker.events.catalogue import ReadinessFindingRecorded
from tracker.events.event import kind_of
from tracker.events.reading import read_subject
from tracker.plans.reference import objective_labels
from tracker.projections.causes import Causes, causes
from tracker.projections.changes import told_entries
from tracker.projections.readiness import Picture
from tracker.projections.readiness_labels import LINE_LABELS
from tracker.projections.steps import LAST_DAY, Point
from tracker.workplan.activity import Activity
from tracker.workplan.plan import Plan

View = dict[str, Any]
FLEETING = frozenset({"age_days", "position", "words", "label"})
REVIEW_FIELDS = {
    "date-and-host": ("planned", "current", "status", "place", "commission", "reschedulings", "held_on"),
    "voluntary-reports": ("reports_expected", "reports_received"),
    "sign-off": ("snapshots",),
}
"""What of a review a line looks at."""


def compare(tx: Transaction, workplan: str, plan: Plan, zone: str, before: Picture, after: Picture) -> View:
    """Return ``{lines, changed, entries}``: every line with was and is, and what is told of the entries that did it.

    Each line has ``{line, label, was, is, is_changed, gained, lost, found, newly_missing, objectives, events}``:
    evidence that came and went, what is no longer missing and what is now, objectives whose status is another.
    A line that is changed without an entry changed because days passed. ``plan`` is that of the later picture.
    """
    find = _finder(
        tx, workplan, zone, Point(before["position"], LAST_DAY), Point(after["position"], LAST_DAY)
    )
    lines = []
    old = {line["line"]: line for line in before["lines"]}
    new = {line["line"]: line for line in after["lines"]}
    for name in dict.fromkeys((*old, *new)):
        was, now = old.get(name), new.get(name)
        lines.append(_line(name, was or EMPTY, now or EMPTY, plan, find))
    positions = sorted({position for line in lines for position in line["events"]})
    return {
        "changed": sum(1 for line in lines if line["is_changed"]),
        "rules_changed": before["rules"] != after["rules"],
        "lines": lines,
        "entries": told_entries(tx, workplan, plan, positions),
    }


EMPTY: Picture = {"status": None, "by": None, "evidence": [], "missing": [], "details": {}}


def _line(name: str, was: Picture, now: Picture, plan: Plan, find: Callable[[str], Causes]) -> View:
    lost, gained = _difference(was["evidence"], now["evidence"])
    found, newly_missing = _difference(was["missing"], now["missing"])
    told, tells = _difference(was.get("findings", []), now.get("findings", []))
    rows_was, rows_now = _difference(was["details"].get("rows", []), now["details"].get("rows", []))
    statuses = {row["objective"]: row["status"] for row in was["details"].get("rows", [])}
    objectives = [
        {
            "objective": row["objective"],
            "label": objective_labels()[row["objective"]],
            "was": statuses.get(row["objective"]),
            "is": row["status"],
        }
        for row in rows_now
        if statuses.get(row["objective"]) != row["status"]
    ]
    differing = [lost, gained, found, newly_missing, told, tells, *_row_items(rows_was, rows_now)]
    events = _events(name, differing, plan, find) | {one["position"] for one in (*told, *tells)}
    is_changed = any(differing) or (was["status"], was["by"]) != (now["status"], now["by"])
    return {
        "line": name,
        "label": LINE_LABELS.get(name, {}),
        "was": was["status"],
        "is": now["status"],
        "is_changed": is_changed,
        "gained": gained,
        "lost": lost,
        "found": found,
        "newly_missing": newly_missing,
        "objectives": objectives,
        "events": sorted(events) if is_changed else [],
    }


def _row_items(before: list[View], after: list[View]) -> Iterator[list[View]]:
    """Yield what the rows of objectives lost and gained, item by item: a row holds several lists."""
    for name in ("activities", "talks", "practices"):
        old, new = ([item for row in rows for item in row.get(name, [])] for rows in (before, after))
        yield from _difference(old, new)


def _difference(before: list[View], after: list[View]) -> tuple[list[View], list[View]]:
    """Return what stands only in the first list and what only in the second, whatever age it has."""
    old, new = ({_lasting(one): one for one in items} for items in (before, after))
    gone = [one for key, one in old.items() if key not in new]
    return gone, [one for key, one in new.items() if key not in old]


def _lasting(value: Any) -> bytes:
    return orjson.dumps(_without(value), option=orjson.OPT_SORT_KEYS)


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without(item) for name, item in value.items() if name not in FLEETING}
    return [_without(item) for item in value] if isinstance(value, list) else value


def _finder(
    tx: Transaction, workplan: str, zone: str, first: Point, second: Point
) -> Callable[[str], Causes]:
    known: dict[str, Causes] = {}

    def find(subject: str) -> Causes:
        if subject not in known:
            events = read_subject(tx, workplan, subject, max(first.position, second.position))
            # What was found is a line's own: it is named by its position, for the line that it is about.
            facts = [one for one in events if not isinstance(one.data, ReadinessFindingRecorded)]
            known[subject] = causes(facts, zone, first, second)
        return known[subject]

    return find


def _events(
    line: str, differing: Iterable[list[View]], plan: Plan, find: Callable[[str], Causes]
) -> set[int]:
    """Return the entries about the subjects of what came and went; where these did nothing, of their workstreams."""
    found: set[int] = set()
    for subject in {one["subject"] for items in differing for one in items if "subject" in one}:
        if kind_of(subject) == "review" and line in REVIEW_FIELDS:
            found |= set(find(subject).touching(*REVIEW_FIELDS[line]))
            continue
        did = set(find(subject).entries)
        activity = plan.get(subject, Activity) if not did else None
        found |= set(find(f"workstream/{activity.workstream}").entries) if activity else did
    return found
