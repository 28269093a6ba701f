"""What changed between two points, each on either or both axes: ``<as_of>[@<effective_on>]``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from tracker.database import Transaction
from tracker.events.event import id_of, kind_of
from tracker.events.reading import read_subject
from tracker.projections.causes import PRESENT, Causes, causes
from tracker.projections.history import differences, entries
from tracker.projections.questions import Question
from tracker.projections.steps import Point
from tracker.projections.views import counted_sessions, is_overdue, view_of, views
from tracker.workplan.activity import Activity
from tracker.workplan.milestone import Milestone
from tracker.workplan.plan import Plan, Standing, natural
from tracker.workplan.product import Product
from tracker.workplan.session import Session

KINDS = ("workstream", "activity", "commitment", "milestone", "product", "session", "review", "entity")
View = dict[str, Any]

JOINED = {
    ("activity", "leads"),
    ("activity", "sessions_counted"),
    ("entity", "leads"),
    ("entity", "participates"),
    ("workstream", "activities"),
}
"""What a view joins from other subjects: a lead that moves is a change of the workstream, listed there once."""

TOLD = ("position", "type", "recorded_at", "occurred_on", "speaker", "channel", "reason", "decided_at")
"""What is said of an entry that did something."""

SPOKEN = ("speaker", "entity", "channel", "reason")
"""What of it is for those who may read the history; reasons also for those who may read details."""


def split_point(said: str) -> tuple[str | None, str | None]:
    """Return ``as_of`` and ``effective_on`` of one end, such as ``2023-06-15`` or ``now@2023-06-15``."""
    as_of, _, effective_on = said.partition("@")
    return as_of.strip() or None, effective_on.strip() or None


def changes(
    tx: Transaction, workplan: str, first: tuple[Question, Plan], second: tuple[Question, Plan]
) -> View:
    """Return what is new, withdrawn or different at the second point, by whose entries, and how much is the same.

    An activity counts as added when it is in the plan only at the second point, as withdrawn when only at the
    first. ``counts`` are about activities. Within each list subjects stand by workstream, then in plan order.
    """
    made = compared(first, second)
    explain(tx, workplan, first, second, made)
    return made


def explain(
    tx: Transaction, workplan: str, first: tuple[Question, Plan], second: tuple[Question, Plan], made: View
) -> None:
    """Put beside every difference listed which entries did it."""
    (asked, before), (asked_then, after) = first, second
    found = _finder(tx, workplan, asked, asked_then)
    for name in ("added", "withdrawn"):
        for one in made[name]:
            one["events"] = list(found(one["subject"]).of(PRESENT))
    for one in made["changed"]:
        for field in one["fields"]:
            field["events"] = _did(one["subject"], field["field"], found, before, after)
        one["events"] = sorted({position for field in one["fields"] for position in field["events"]})
    _describe(tx, workplan, after, made)


def compared(first: tuple[Question, Plan], second: tuple[Question, Plan]) -> View:
    """Return what :func:`changes` does, but whose entries did it: for that much of the log must be read."""
    (asked, before), (asked_then, after) = first, second
    old, new = _living(before), _living(after)
    view_before, view_after = _viewer(before, asked.day), _viewer(after, asked_then.day)
    made: View = {"added": [], "withdrawn": [], "changed": [], "unchanged": 0}
    for subject in {**old, **new}:
        was, now = _present(old.get(subject)), _present(new.get(subject))
        if was and now and _is_same(first, second, was, now):
            made["unchanged"] += 1
            continue
        seen = view_before(was) if was else None
        seen_then = view_after(now) if now else None
        if told := _told(subject, seen, seen_then, is_marked=subject in new):
            made[told[0]].append(_named(subject, after, before) | told[1])
        elif was or now:
            made["unchanged"] += 1
    for name in ("added", "withdrawn", "changed"):
        made[name].sort(key=lambda one: _order(one["subject"], one["workstream"]))
    return {
        "from": asked.as_json(),
        "to": asked_then.as_json(),
        "is_backwards": is_backwards(asked, asked_then),
        "counts": _counts(old, new, made),
        "workstreams": _by_workstream(made),
        **made,
    }


def _viewer(plan: Plan, day: date) -> Callable[[Standing], View]:
    """Return the function that views a subject; activities are viewed once for a plan, whoever asks."""
    activities = {f"activity/{one['id']}": one for one in views(plan, "activity", day)}
    return lambda standing: activities.get(standing.subject) or view_of(plan, standing, day)


def is_backwards(first: Question, second: Question) -> bool:
    """Return whether the first point lies after the second: on one axis later, on the other not earlier."""
    one, other = (first.position, first.day), (second.position, second.day)
    return one != other and one[0] >= other[0] and one[1] >= other[1]


def _living(plan: Plan) -> dict[str, Standing]:
    return {
        subject: standing
        for subject, standing in plan.standings.items()
        if standing.state is not None and kind_of(subject) in KINDS
    }


def _present(standing: Standing | None) -> Standing | None:
    return None if standing is None or getattr(standing.state, "withdrawn", False) else standing


def _is_same(
    first: tuple[Question, Plan], second: tuple[Question, Plan], was: Standing, now: Standing
) -> bool:
    """Return whether two views must be alike; most of a long plan is, and need not be made to be compared."""
    if was is not now and was.state != now.state:
        return False
    (asked, before), (asked_then, after) = first, second
    match was.state:
        case Activity(id=known) as state:
            days = {is_overdue(state, one.day) for one in (asked, asked_then)}
            return len(days) == 1 and counted_sessions(before, known) == counted_sessions(after, known)
        case Milestone() | Product():
            return asked.day == asked_then.day
        case _:
            return True


def _told(subject: str, was: View | None, now: View | None, *, is_marked: bool) -> tuple[str, View] | None:
    """Return under which name a difference is listed and what is said of it, None where there is none."""
    if was is None:
        return ("added", {"state": now}) if now else None
    if now is None:
        return "withdrawn", {"state": was, "marked": is_marked}
    kind = kind_of(subject)
    fields = [one for one in differences(was, now) if (kind, one["field"]) not in JOINED]
    return ("changed", {"fields": fields}) if fields else None


def _named(subject: str, *plans: Plan) -> View:
    return {
        "subject": subject,
        "kind": kind_of(subject),
        "id": id_of(subject),
        "workstream": _workstream_of(subject, *plans),
    }


def _workstream_of(subject: str, *plans: Plan) -> str | None:
    """Return the workstream that a subject belongs to, in the first of the plans that knows it; None for several."""
    state = next((found.state for plan in plans if (found := plan.standing(subject)) and found.state), None)
    match state:
        case Activity(workstream=only):
            return only
        case Milestone(activity=str(owner)):
            return _workstream_of(f"activity/{owner}", *plans)
        case Milestone(workstream=only):
            return only
        case Session(workstreams=(only,)):
            return only
        case _:
            return id_of(subject) if kind_of(subject) == "workstream" else None


def _order(subject: str, workstream: str | None) -> tuple[Any, ...]:
    return workstream is None, natural(workstream or ""), KINDS.index(kind_of(subject)), natural(subject)


# ------------------------------------------------------------------------------------------------- what did it


def _finder(tx: Transaction, workplan: str, first: Question, second: Question) -> Callable[[str], Causes]:
    """Return the function that finds what made the difference about a subject; each is looked for once."""
    last = max(first.position, second.position)
    known: dict[str, Causes] = {}

    def find(subject: str) -> Causes:
        if subject not in known:
            events = read_subject(tx, workplan, subject, last)
            known[subject] = causes(events, first.zone, Point.of(first), Point.of(second))
        return known[subject]

    return find


def _did(subject: str, field: str, found: Callable[[str], Causes], before: Plan, after: Plan) -> list[int]:
    """Return the entries that changed a field: of the subject, and of sessions where they count for it."""
    own = found(subject)
    did: set[int] = set()
    if kind_of(subject) == "activity" and field == "done":
        did.update(own.touching(field))
        for session in (*before.all("session", Session), *after.all("session", Session)):
            if id_of(subject) in session.counts_for:
                did.update(found(f"session/{session.id}").touching("status", "counts_for"))
    return sorted(did or own.of(field))


def _describe(tx: Transaction, workplan: str, plan: Plan, made: View) -> None:
    """Put beside each subject what its entries say: who, when recorded, when it happened, why, decided where."""
    subjects = [one for name in ("added", "withdrawn", "changed") for one in made[name]]
    told = {
        one["position"]: one
        for one in told_entries(
            tx, workplan, plan, sorted({position for one in subjects for position in one["events"]})
        )
    }
    for one in subjects:
        one["entries"] = [told[position] for position in one["events"]]


def told_entries(tx: Transaction, workplan: str, plan: Plan, positions: Iterable[int]) -> list[View]:
    """Return what is told of entries beside what they did; names are those of ``plan``, redactions show."""
    wanted, made = list(positions), []
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        sql = f"SELECT stored FROM events WHERE workplan = ? AND position IN ({', '.join('?' * len(part))})"  # noqa: S608 - only marks
        stored = [bytes(row[0]) for row in tx.all(f"{sql} ORDER BY position", workplan, *part)]
        views = entries(tx, workplan, plan, stored)
        made += [{name: view[name] for name in TOLD if name in view} for view in views]
    return made


# ------------------------------------------------------------------------------------------------------ counts


def _counts(old: dict[str, Standing], new: dict[str, Standing], made: View) -> dict[str, int]:
    counts = {
        name: sum(1 for one in found.values() if isinstance(one.state, Activity) and _present(one))
        for name, found in (("before", old), ("after", new))
    }
    for name in ("added", "withdrawn", "changed"):
        counts[name] = sum(1 for entry in made[name] if entry["kind"] == "activity")
    moved = [entry for entry in made["changed"] if entry["kind"] == "activity"]
    counts["status_changed"] = sum(1 for entry in moved if touches(entry, "status"))
    counts["window_moved"] = sum(1 for entry in moved if touches(entry, "window"))
    return counts


def touches(entry: View, field: str) -> bool:
    return any(one["field"] == field for one in entry["fields"])


def _by_workstream(made: View) -> list[View]:
    """Count what is added, withdrawn and changed in each workstream, in plan order; last what belongs to none."""
    found: dict[str | None, View] = {}
    for name in ("added", "withdrawn", "changed"):
        for entry in made[name]:
            empty = {"workstream": entry["workstream"], "added": 0, "withdrawn": 0, "changed": 0}
            found.setdefault(entry["workstream"], empty)[name] += 1
    return [found[one] for one in sorted(found, key=lambda one: (one is None, natural(one or "")))]
