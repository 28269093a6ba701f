"""How a reporting round stands: who was expected to report what, who did, who did in time; and what a lead still owes.

Source: docs/rounds.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from tracker.events.dates import local_day
from tracker.events.shapes import to_json
from tracker.events.vocabulary import Assessment, Status
from tracker.workplan.activity import Activity
from tracker.workplan.activity_parts import Report
from tracker.workplan.claims import ENDED, FOLLOWS
from tracker.workplan.obligations import Duty, duties, is_expected, leads_of
from tracker.workplan.plan import Plan, natural
from tracker.workplan.round import Round

View = dict[str, Any]

ASSESSMENTS: dict[Assessment, list[str]] = {"on_track": [], "at_risk": ["reason"], "delayed": ["reason"]}


def round_view(plan: Plan, opened: Round, zone: str) -> View:
    """Return a round with its figures and one row per activity and lead.

    Figures of leads count rows; those of workstreams and of the plan count activities, each once.
    """
    rows = list(round_rows(plan, opened, zone))
    by_workstream = {name: list(group) for name, group in _grouped(rows, "workstream").items()}
    return round_head(opened) | {
        "figures": figures(once_each(rows)),
        "by_workstream": [
            {"workstream": name} | figures(once_each(group)) for name, group in by_workstream.items()
        ],
        "by_entity": [
            {"entity": name} | figures(group) for name, group in sorted(_grouped(rows, "entity").items())
        ],
        "rows": rows,
    }


def rates(plan: Plan, zone: str) -> View:
    """Return the figures of all rounds together, per lead, per workstream and in all, counted as those of one."""
    rounds = [list(round_rows(plan, opened, zone)) for opened in plan.all("round", Round)]
    each = [row for rows in rounds for row in rows]
    once = [row for rows in rounds for row in once_each(rows)]
    return {
        "figures": figures(once),
        "by_workstream": [
            {"workstream": name} | figures(group) for name, group in _grouped(once, "workstream").items()
        ],
        "by_entity": [
            {"entity": name} | figures(group) for name, group in sorted(_grouped(each, "entity").items())
        ],
    }


def quiet_quarters(activity: Activity, upto: str) -> int:
    """Return for how many reported quarters on end, the last one not after ``upto``, nothing was said to have changed.

    A quarter without a report neither counts nor breaks the row.
    """
    told: dict[str, bool] = {}
    for report in activity.reports:
        if report.quarter <= upto:
            told[report.quarter] = told.get(report.quarter, True) and report.no_change
    quarters = sorted(told, reverse=True)
    return next((count for count, quarter in enumerate(quarters) if not told[quarter]), len(quarters))


def round_head(opened: Round) -> View:
    """Return the dates of a round and how many letters went out, without its rows."""
    outcomes: dict[str, int] = {}
    for letter in opened.reminders:
        outcomes[letter.outcome] = outcomes.get(letter.outcome, 0) + 1
    return {
        "id": opened.id,
        "opens": opened.opens,
        "due": opened.due,
        "closes": opened.closes,
        "closed": opened.closed,
        "extensions": opened.extensions,
        "steps": to_json(opened.steps),
        "letters": outcomes,
    }


def round_rows(plan: Plan, opened: Round, zone: str) -> Iterator[View]:
    """Yield one row per activity and lead in plan order, those excused included."""
    due = date.fromisoformat(opened.due)
    for duty in (*duties(plan, opened.id), *_excused(plan, opened.id)):
        yield _row(duty, opened, due, zone)


def _excused(plan: Plan, quarter: str) -> Iterator[Duty]:
    for activity in plan.all("activity", Activity):
        others = replace(activity, excused=tuple(one for one in activity.excused if one != quarter))
        if quarter in activity.excused and is_expected(others, quarter):
            for entity, first in leads_of(plan, activity):
                yield Duty(activity, entity, quarter, first, None)


def _row(duty: Duty, opened: Round, due: date, zone: str) -> View:
    activity, report = duty.activity, duty.settled_by
    recorded = local_day(datetime.fromisoformat(report.recorded_at), zone) if report else None
    return {
        "activity": activity.id,
        "workstream": activity.workstream,
        "entity": duty.entity,
        "asked_first": duty.is_asked_first,
        "state": "excused" if opened.id in activity.excused else duty.state,
        "on_time": recorded <= due if recorded else None,
        "days_late": max((recorded - due).days, 0) if recorded else None,
        "disputed": activity.disputed,
        "no_change_quarters": quiet_quarters(activity, opened.id),
        "report": report_view(report),
        "letters": [
            {
                "step": one.step,
                "recipient": one.recipient,
                "outcome": one.outcome,
                "at": one.at,
                "position": one.position,
            }
            for one in opened.reminders
            if activity.id in one.activities and duty.entity in one.entities
        ],
        "requested": [
            {"position": one.position, "question": to_json(one.question)}
            for one in opened.requested
            if (one.activity, one.entity) == (activity.id, duty.entity)
        ],
    }


def report_view(report: Report | None) -> View | None:
    """Return who reported what, and when; texts stay sealed."""
    if report is None:
        return None
    return {
        "position": report.position,
        "quarter": report.quarter,
        "entity": report.entity,
        "occurred_on": report.occurred_on,
        "recorded_at": report.recorded_at,
        "no_change": report.no_change,
        "status": report.status,
        "assessment": report.assessment,
        "reason": to_json(report.reason),
        "note": to_json(report.note),
        "needs": to_json(report.needs),
    }


def figures(rows: Iterable[View]) -> View:
    """Count rows: expected (without those excused), reported (no change included), on time, late, still awaited."""
    made = {"expected": 0, "reported": 0, "no_change": 0, "on_time": 0, "late": 0, "awaited": 0, "excused": 0}
    for row in rows:
        if row["state"] == "excused":
            made["excused"] += 1
            continue
        made["expected"] += 1
        if row["state"] == "not_reported":
            made["awaited"] += 1
            continue
        made["reported"] += 1
        made["no_change"] += row["state"] == "no_change"
        made["on_time" if row["on_time"] else "late"] += 1
    return made


def _grouped(rows: list[View], name: str) -> dict[str, list[View]]:
    groups: dict[str, list[View]] = {}
    for row in rows:
        groups.setdefault(row[name], []).append(row)
    return groups


def once_each(rows: list[View]) -> list[View]:
    """Return one row per activity: a report settles those of all its leads."""
    return list({row["activity"]: row for row in rows}.values())


# ---------------------------------------------------------------------------------------------------- obligations


def open_quarters(plan: Plan) -> list[str]:
    """Return the quarters whose round is open, oldest first."""
    return sorted(one.id for one in plan.all("round", Round) if not one.closed)


def obligations(
    plan: Plan, quarters: Iterable[str], is_wanted: Callable[[Activity, str], bool], *, settled: bool = False
) -> list[View]:
    """Return what is owed about the quarters, one item per activity and lead that ``is_wanted``, in plan order.

    ``allowed`` lists each status that may be said, and what it needs.
    """
    found = [
        (duty, quarter)
        for quarter in quarters
        for duty in duties(plan, quarter)
        if (settled or duty.settled_by is None) and is_wanted(duty.activity, duty.entity)
    ]
    found.sort(key=lambda item: (item[1], natural(f"activity/{item[0].activity.id}"), item[0].entity))
    return [_obligation(plan, duty, quarter) for duty, quarter in found]


def _obligation(plan: Plan, duty: Duty, quarter: str) -> View:
    activity = duty.activity
    opened = plan.get(f"round/{quarter}", Round)
    standing = plan.standing(f"activity/{activity.id}")
    base = activity.base_for(quarter) or activity.claim
    return {
        "quarter": quarter,
        "due": opened.due if opened else None,
        "activity": activity.id,
        "workstream": activity.workstream,
        "text": to_json(activity.text),
        "entity": duty.entity,
        "asked_first": duty.is_asked_first,
        "state": duty.state,
        "settled_by": report_view(duty.settled_by),
        "version": standing.version if standing else 0,
        "status": activity.status,
        "assessment": activity.assessment,
        "window": to_json(activity.window),
        "targets": to_json(activity.targets),
        "done": dict(activity.done),
        "last_report": report_view(activity.last_report),
        "allowed": [
            {"status": status, "needs": _needs(base.status, status)} for status in _next(base.status)
        ],
        "assessments": [{"assessment": said, "needs": needs} for said, needs in ASSESSMENTS.items()],
    }


def _next(status: Status) -> list[Status]:
    return [status, *(one for one in FOLLOWS[status] if one != status)]


def _needs(old: Status, new: Status) -> list[str]:
    """Return what saying a status needs besides; ``evidence or reason`` where either will do."""
    if new == old:
        return []
    if new in {"on_hold", "discontinued"} or old in ENDED:
        return ["reason"]
    return ["evidence or reason"] if new == "completed" else []
