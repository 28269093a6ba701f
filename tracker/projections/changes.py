"""What changed between two points, each on either or both axes: ``<as_of>[@<effective_on>]``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from tracker.database import Transaction
from tracker.events.event import id_of, kind_of
from tracker.events.reading import read_subject
from tracker.projections.causes import PRESENT, Causes, causes
from tracker.projections.history import differences, entries
from tracker.projections.questions import Question
from tracker.projections.steps import Point
from tracker.projections.views import counted_sessions, is_overdue, view_of
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

PLAIN = attrgetter("status", "window", "last_report")
"""What of an activity tells at once that its views differ. Where it does not, they are made and compared."""


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
    tx: Transaction,
    workplan: str,
    first: tuple[Question, Plan],
    second: tuple[Question, Plan],
    made: View,
    most: int = 0,
) -> None:
    """Put beside every difference listed what it is and which entries did it.

    All entries are named; described are only the last ``most`` of each difference, all for 0.
    """
    (asked, before), (asked_then, after) = first, second
    found = _finder(tx, workplan, asked, asked_then)
    for one in made["added"]:
        one["state"] = _view(second, one["subject"])
    for one in made["withdrawn"]:
        one |= {"state": _view(first, one["subject"]), "marked": after.has(one["subject"])}
    for one in (*made["added"], *made["withdrawn"]):
        one["events"] = list(found(one["subject"]).of(PRESENT))
    for one in made["changed"]:
        one["fields"] = _fields(first, second, one["subject"])
        for field in one["fields"]:
            field["events"] = _did(one["subject"], field["field"], found, before, after)
        one["events"] = sorted({position for field in one["fields"] for position in field["events"]})
    _describe(tx, workplan, after, made, most)


def compared(first: tuple[Question, Plan], second: tuple[Question, Plan]) -> View:
    """Return what :func:`changes` does, but list subjects alone: :func:`explain` puts beside them what differs.

    For that views are made and much of the log is read, which need not be for what is only counted.
    """
    (asked, before), (asked_then, after) = first, second
    old, new = _living(before), _living(after)
    made: View = {"added": [], "withdrawn": [], "changed": [], "unchanged": 0}
    for subject in {**old, **new}:
        was, now = _present(old.get(subject)), _present(new.get(subject))
        if was and now and _is_same(first, second, was, now):
            made["unchanged"] += 1
        elif was or now:
            name = "changed" if was and now else "added" if now else "withdrawn"
            made[name].append(_named(subject, after, before))
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
    """Return whether two views are alike. Mostly the states tell, and the views need not be made to be compared."""
    old, new = was.state, now.state
    if isinstance(old, Activity) and PLAIN(old) != PLAIN(new):
        return False
    must_be = (was is now or old == new) and _stands_still(first, second, old)
    return must_be or not _fields(first, second, was.subject)


def _stands_still(first: tuple[Question, Plan], second: tuple[Question, Plan], state: Any) -> bool:
    """Return whether neither the days nor other subjects can make a difference between two views of a state."""
    (asked, before), (asked_then, after) = first, second
    match state:
        case Activity(id=known):
            days = {is_overdue(state, one.day) for one in (asked, asked_then)}
            return len(days) == 1 and counted_sessions(before, known) == counted_sessions(after, known)
        case Milestone() | Product():
            return asked.day == asked_then.day
        case _:
            return True


def _view(point: tuple[Question, Plan], subject: str) -> View:
    question, plan = point
    return view_of(plan, plan.standings[subject], question.day)


def _fields(first: tuple[Question, Plan], second: tuple[Question, Plan], subject: str) -> list[View]:
    """Return ``{field, old, new}`` of what differs about a subject itself."""
    found = differences(_view(first, subject), _view(second, subject))
    return [one for one in found if (kind_of(subject), one["field"]) not in JOINED]


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


def _describe(tx: Transaction, workplan: str, plan: Plan, made: View, most: int) -> None:
    """Put beside each subject what its entries say: who, when recorded, when it happened, why, decided where."""
    subjects = [one for name in ("added", "withdrawn", "changed") for one in made[name]]
    wanted = [
        sorted({position for part in one.get("fields") or [one] for position in part["events"][-most:]})
        for one in subjects
    ]
    told = {one["position"]: one for one in told_entries(tx, workplan, plan, sorted(set().union(*wanted)))}
    for one, positions in zip(subjects, wanted, strict=True):
        one["entries"] = [told[position] for position in positions]


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
    moved = [entry["subject"] for entry in made["changed"] if entry["kind"] == "activity"]
    states = [(old[subject].state, new[subject].state) for subject in moved]
    counts["status_changed"] = sum(1 for was, now in states if was.status != now.status)
    counts["window_moved"] = sum(1 for was, now in states if was.window != now.window)
    return counts


def _by_workstream(made: View) -> list[View]:
    """Count what is added, withdrawn and changed in each workstream, in plan order; last what belongs to none."""
    found: dict[str | None, View] = {}
    for name in ("added", "withdrawn", "changed"):
        for entry in made[name]:
            empty = {"workstream": entry["workstream"], "added": 0, "withdrawn": 0, "changed": 0}
            found.setdefault(entry["workstream"], empty)[name] += 1
    return [found[one] for one in sorted(found, key=lambda one: (one is None, natural(one or "")))]
