"""What changed between two points, each on either or both axes: ``<as_of>[@<effective_on>]``."""

from __future__ import annotations

from datetime import date
from typing import Any

from tracker.database import Transaction
from tracker.events.event import id_of, kind_of
from tracker.projections.history import differences
from tracker.projections.questions import Question
from tracker.projections.views import view_of
from tracker.workplan.plan import Plan, natural

KINDS = ("workstream", "activity", "commitment", "milestone", "session", "review", "entity")
View = dict[str, Any]

JOINED = {
    ("activity", "leads"),
    ("activity", "sessions_counted"),
    ("entity", "leads"),
    ("entity", "participates"),
}
"""What a view joins from other subjects: a lead that moves is a change of the workstream, listed there once."""


def split_point(said: str) -> tuple[str | None, str | None]:
    """Return ``as_of`` and ``effective_on`` of one end, such as ``2023-06-15`` or ``now@2023-06-15``."""
    as_of, _, effective_on = said.partition("@")
    return as_of.strip() or None, effective_on.strip() or None


def changes(
    tx: Transaction, workplan: str, first: tuple[Question, Plan], second: tuple[Question, Plan]
) -> View:
    """Return what is new, withdrawn or different at the second point, and how much is the same.

    An activity counts as added when it is in the plan only at the second point, as withdrawn when only at the
    first. ``counts`` are about activities.
    """
    (asked, before), (asked_then, after) = first, second
    old = _views(before, asked.day)
    new = _views(after, asked_then.day)
    done_by = _events_between(tx, workplan, asked, asked_then)
    made: View = {"added": [], "withdrawn": [], "changed": [], "unchanged": 0}
    for subject in sorted({*old, *new}, key=lambda one: (KINDS.index(kind_of(one)), natural(one))):
        was, now = _present(old.get(subject)), _present(new.get(subject))
        entry = {
            "subject": subject,
            "kind": kind_of(subject),
            "id": id_of(subject),
            "events": done_by.get(subject, []),
        }
        if was is None and now is None:
            continue
        if was is None:
            made["added"].append(entry | {"state": now})
        elif now is None:
            made["withdrawn"].append(entry | {"state": was, "marked": subject in new})
        elif fields := [
            one for one in differences(was, now) if (kind_of(subject), one["field"]) not in JOINED
        ]:
            made["changed"].append(entry | {"fields": fields})
        else:
            made["unchanged"] += 1
    counts = {
        "before": sum(1 for one, view in old.items() if kind_of(one) == "activity" and _present(view)),
        "after": sum(1 for one, view in new.items() if kind_of(one) == "activity" and _present(view)),
    }
    for name in ("added", "withdrawn", "changed"):
        counts[name] = sum(1 for entry in made[name] if entry["kind"] == "activity")
    moved = [entry for entry in made["changed"] if entry["kind"] == "activity"]
    counts["status_changed"] = sum(1 for entry in moved if _touches(entry, "status"))
    counts["window_moved"] = sum(1 for entry in moved if _touches(entry, "window"))
    return {
        "from": asked.as_json(),
        "to": asked_then.as_json(),
        "counts": counts,
        "words": _words(counts),
        **made,
    }


def _views(plan: Plan, day: date) -> dict[str, View]:
    return {
        subject: view_of(plan, standing, day)
        for subject, standing in plan.standings.items()
        if standing.state is not None and kind_of(subject) in KINDS
    }


def _present(view: View | None) -> View | None:
    return None if view is None or view.get("withdrawn") else view


def _touches(entry: View, field: str) -> bool:
    return any(one["field"] == field for one in entry["fields"])


def _events_between(
    tx: Transaction, workplan: str, first: Question, second: Question
) -> dict[str, list[int]]:
    """Return ``{subject: positions}`` of the entries that one point rests on and the other does not."""
    low, high = sorted((first.position, second.position))
    early, late = sorted((first.day.isoformat(), second.day.isoformat()))
    between: list[Any] = [low, high]
    where = "position > ? AND position <= ?"
    if first.effective or second.effective:
        between = [*between, early, late, high]
        where = f"(({where}) OR (placed_on > ? AND placed_on <= ?)) AND position <= ?"
    sql = f"SELECT subject, position FROM events WHERE workplan = ? AND {where} ORDER BY position"  # noqa: S608 - fixed conditions
    rows = tx.all(sql, workplan, *between)
    found: dict[str, list[int]] = {}
    for subject, position in rows:
        found.setdefault(subject, []).append(position)
    return found


def _words(counts: View) -> str:
    return (
        f"{counts['before']} activities then, {counts['after']} now: {counts['added']} added,"
        f" {counts['withdrawn']} removed from the plan, {counts['status_changed']} changed status,"
        f" {counts['window_moved']} windows moved"
    )
