"""The timeline of one subject: its entries, what each changed, every date it was promised for, and what became of it.

Everything is as the question knows it: a past timeline holds no later entry, name or correction.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from tracker.database import Transaction
from tracker.events.catalogue import ProgressReported
from tracker.events.dates import first_day, last_day, quarter_of, quarters_between
from tracker.events.event import id_of
from tracker.events.shapes import to_json
from tracker.projections.changes import told_entries
from tracker.projections.history import differences
from tracker.projections.questions import Question
from tracker.projections.steps import Step, steps_of
from tracker.workplan.activity import Activity
from tracker.workplan.milestone import Milestone
from tracker.workplan.obligations import is_expected, settling_report
from tracker.workplan.plan import Plan
from tracker.workplan.review import Review
from tracker.workplan.root import Workplan
from tracker.workplan.session import Session

View = dict[str, Any]

TREND_KINDS = ("milestone", "review")
"""Kinds whose date moves as a rule, so that its trend is looked at across all of them."""


def rows(tx: Transaction, workplan: str, plan: Plan, steps: list[Step]) -> list[View]:
    """Return a subject's entries in the order of its timeline, each with the fields it changed, old and new."""
    told = _told(tx, workplan, plan, steps)
    made = []
    for step in steps:
        before, after = to_json(step.before), to_json(step.after)
        changed = differences(before, after) if step.before is not None else []
        made.append(told[step.entry.event.position] | {"changes": changed})
    return made


def _told(tx: Transaction, workplan: str, plan: Plan, steps: list[Step]) -> dict[int, View]:
    """Return what is told of each entry as it counts: its date and reason are those of its corrections."""
    found = told_entries(tx, workplan, plan, sorted(step.entry.event.position for step in steps))
    by_position = {one["position"]: one for one in found}
    for step in steps:
        event, view = step.entry.event, by_position[step.entry.event.position]
        view |= {"occurred_on": event.occurred_on, "stands_on": step.entry.placed_on}
        view["entity"] = event.speaker
        if event.reason is not None:
            view["reason"] = to_json(event.reason)
    return by_position


# ------------------------------------------------------------------------------------------------------- trend


def promise_of(state: Any) -> Any:
    """Return when something is promised for, JSON-ready: a date as it was said, a window, or days; None if unknown."""
    match state:
        case Milestone():
            return to_json(state.due)
        case Review():
            return to_json(state.current)
        case Session():
            return state.starts_at or to_json(state.window)
        case Activity():
            return to_json(state.window)
        case _:
            return None


def promised_day(promise: Any) -> str | None:
    """Return the last day of what is promised, by which dates are compared."""
    match promise:
        case None:
            return None
        case str():
            return last_day(promise[:10] if "T" in promise else promise).isoformat()
        case {"to": str(last)}:
            return last_day(last).isoformat()
        case {"window": {"to": str(last)}}:
            return last_day(last).isoformat()
        case _:
            found = promise.get("ends_on") or promise.get("starts_on")
            return None if found is None else str(found)


def trend(tx: Transaction, workplan: str, plan: Plan, steps: list[Step]) -> list[View]:
    """Return every date that something was promised for, in the order of the timeline.

    Each says the date before it, the days by which it moved (later is positive), and who moved it, when and why.
    """
    moves = [
        step for step in steps if promise_of(step.before) != promise_of(step.after) and promise_of(step.after)
    ]
    told = _told(tx, workplan, plan, moves)
    made = []
    for step in moves:
        old, new = promise_of(step.before), promise_of(step.after)
        was, now = promised_day(old), promised_day(new)
        moved = (date.fromisoformat(now) - date.fromisoformat(was)).days if was and now else None
        made.append(
            told[step.entry.event.position]
            | {"old": old, "new": new, "old_day": was, "new_day": now, "moved_days": moved}
        )
    return made


def trends(tx: Transaction, workplan: str, plan: Plan, question: Question, kind: str) -> list[View]:
    """Return the trend of the date of every subject of a kind, in plan order."""
    return [trend_of(tx, workplan, plan, question, one.subject) for one in plan.living(kind)]


def trend_of(tx: Transaction, workplan: str, plan: Plan, question: Question, subject: str) -> View:
    """Return the trend of one subject's date with what became of it."""
    state: Any = plan.standings[subject].state
    points = trend(tx, workplan, plan, steps_of(tx, workplan, subject, question))
    days = [one["new_day"] for one in points]
    slipped = (date.fromisoformat(days[-1]) - date.fromisoformat(days[0])).days if days else None
    return {
        "subject": subject,
        "id": id_of(subject),
        "title": to_json(getattr(state, "title", None)),
        "status": getattr(state, "status", None),
        "ended_on": getattr(state, "reached_on", None) or getattr(state, "held_on", None),
        "first": points[0]["new"] if points else None,
        "now": points[-1]["new"] if points else None,
        "slipped_days": slipped,
        "points": points,
    }


# ------------------------------------------------------------------------------------------------------ activity


def quarters(
    plan: Plan, activity: Activity, question: Question, steps: list[Step], windows: list[View]
) -> list[View]:
    """Return an activity quarter by quarter: planned (at first, and now), how it stood, what was reported.

    ``planned`` is None where no window is known; how it stood is None before it was founded and for what is to come.
    Quarters are those of the plan and whatever windows or turns lie outside them.
    """
    root = plan.get("workplan", Workplan)
    turned = [quarter_of(date.fromisoformat(turn.day)) for turn in activity.course]
    spans = [(one["new"]["from"], one["new"]["to"]) for one in windows]
    first = min([*(one for one, _ in spans), *turned, *([root.period.from_] if root else [])])
    last = max([*(one for _, one in spans), *turned, *([root.period.to] if root else [])])
    reported: dict[str, list[int]] = {}
    for step in steps:
        if isinstance(step.entry.event.data, ProgressReported) and step.entry.event.data.quarter:
            reported.setdefault(step.entry.event.data.quarter, []).append(step.entry.event.position)
    return [
        _quarter(plan, activity, question, spans, quarter) | {"reports": sorted(reported.get(quarter, []))}
        for quarter in quarters_between(min([first, *reported]), max([last, *reported]))
    ]


def _quarter(
    plan: Plan, activity: Activity, question: Question, spans: list[tuple[str, str]], quarter: str
) -> View:
    begins, ends = first_day(quarter), last_day(quarter)
    turn = activity.turn_on(min(ends, question.day)) if begins <= question.day else None
    return {
        "quarter": quarter,
        "planned": spans[-1][0] <= quarter <= spans[-1][1] if spans else None,
        "planned_first": spans[0][0] <= quarter <= spans[0][1] if spans else None,
        "status": turn.status if turn else None,
        "assessment": turn.assessment if turn else None,
        "withdrawn": turn.withdrawn if turn else None,
        "is_over": ends <= question.day,
        "reporting": _reporting(plan, activity, quarter, is_over=ends <= question.day),
    }


def _reporting(plan: Plan, activity: Activity, quarter: str, *, is_over: bool) -> str | None:
    """Return how the quarter was reported on; None while it lasts and nothing was said."""
    if settled := settling_report(plan, activity, quarter):
        return "no_change" if settled.no_change else "reported"
    if not is_over:
        return None
    if quarter in activity.excused:
        return "excused"
    return "not_reported" if is_expected(activity, quarter) else "not_expected"


def activity_timeline(
    tx: Transaction, workplan: str, plan: Plan, question: Question, activity: Activity
) -> View:
    """Return every window an activity ever had, its quarters, and its entries."""
    steps = steps_of(tx, workplan, f"activity/{activity.id}", question)
    windows = trend(tx, workplan, plan, steps)
    return {
        "windows": windows,
        "quarters": quarters(plan, activity, question, steps, windows),
        "rows": rows(tx, workplan, plan, steps),
    }
