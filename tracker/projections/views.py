"""What an answer says about each kind of subject: its own state, joined on reading with what others say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

from tracker.events.dates import last_day
from tracker.events.shapes import to_json
from tracker.events.vocabulary import Window
from tracker.workplan.activity import Activity
from tracker.workplan.claims import ENDED
from tracker.workplan.commitment import Commitment
from tracker.workplan.entity import Entity
from tracker.workplan.milestone import Milestone
from tracker.workplan.obligations import leads_of
from tracker.workplan.plan import Plan, Standing
from tracker.workplan.product import Product, next_look
from tracker.workplan.review import Review
from tracker.workplan.root import Workplan
from tracker.workplan.round import Round
from tracker.workplan.session import Session
from tracker.workplan.workstream import Workstream

View = dict[str, Any]

DETAILS = ("assessment", "assessment_reason", "disputed", "reports_by_entity", "reports", "needs", "note")
"""Fields of any view that readers without the right to details do not get."""


def view_of(plan: Plan, standing: Standing, day: date) -> View:
    """Return the view of one subject as of ``day`` (for what depends on the day, such as ``overdue``)."""
    made = _VIEWS[type(standing.state)](plan, standing.state, day)
    return made | {"version": standing.version, "position": standing.position}


def views(plan: Plan, kind: str, day: date) -> list[View]:
    """Return the views of all living subjects of a kind, in plan order; what they hold is shared: do not change it."""
    if kind == "activity":
        said = day.isoformat()
        return [made | {"overdue": is_past(after, said)} for made, after in plan.once(_activities)]
    return [view_of(plan, one, day) for one in plan.living(kind)]


def _activities(plan: Plan) -> list[tuple[View, str]]:
    """Return the view of each activity but for what the day adds, and the day after which it is overdue.

    Made once for a plan: of 2,000 activities it is most of what a page costs.
    """
    living = plan.living("activity")
    return [(view_of(plan, one, date.min), overdue_after(one.state)) for one in living]


def due_day(due: str | Window) -> date:
    return last_day(due.to if isinstance(due, Window) else due)


def is_overdue(activity: Activity, day: date) -> bool:
    """Return whether an activity's window is past and it has not ended; without a window nothing is overdue."""
    return is_past(overdue_after(activity), day.isoformat())


def overdue_after(activity: Activity) -> str:
    """Return the day after which an activity is overdue; empty where it cannot be."""
    if activity.window is None or activity.withdrawn or activity.status in ENDED:
        return ""
    return last_day(activity.window.to).isoformat()


def is_past(overdue_after: str, day: str) -> bool:
    return "" < overdue_after < day


def _entity(plan: Plan, state: Entity, _day: date) -> View:
    workstreams = plan.all("workstream", Workstream)
    made: View = to_json(state)
    return made | {
        "leads": [one.id for one in workstreams if any(lead.entity == state.id for lead in one.leads)],
        "participates": [
            one.id for one in workstreams if any(who.entity == state.id for who in one.participants)
        ],
    }


def _commitment(_plan: Plan, state: Commitment, _day: date) -> View:
    made: View = to_json(state)
    return made


def _workstream(plan: Plan, state: Workstream, _day: date) -> View:
    made: View = to_json(state)
    return made | {"activities": list(plan.once(activities_by_workstream).get(state.id, ()))}


def activities_by_workstream(plan: Plan) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for activity in plan.all("activity", Activity):
        found.setdefault(activity.workstream, []).append(activity.id)
    return found


def counted_sessions(plan: Plan, activity: str) -> int:
    """Return how many held sessions count for an activity."""
    return plan.once(sessions_counted)[activity]


def sessions_counted(plan: Plan) -> Counter[str]:
    """Return how many held sessions count for each activity that some count for."""
    held = (one for one in plan.all("session", Session) if one.status == "held")
    return Counter(activity for session in held for activity in set(session.counts_for))


def _activity(plan: Plan, state: Activity, day: date) -> View:
    counted = counted_sessions(plan, state.id)
    return activity_itself(state, counted) | {
        "sessions_counted": counted,
        "leads": [entity for entity, _ in leads_of(plan, state)],
        "overdue": is_overdue(state, day),
    }


def activity_itself(state: Activity, counted: int = 0) -> View:
    """Return an activity's view but for what other subjects and the day add; sessions that count are in ``done``."""
    done = dict(state.done)
    if counted and state.targets and len(state.targets) == 1:
        only = state.targets[0].id
        done[only] = done.get(only, 0) + counted
    by_entity = {report.entity or "": report for report in state.reports}
    last = state.last_report
    return {
        "id": state.id,
        "workstream": state.workstream,
        "number": state.number,
        "text": to_json(state.text),
        "subitems": [to_json(item) for item in state.subitems],
        "status": state.status,
        "window": to_json(state.window),
        "targets": to_json(state.targets),
        "done": done,
        "nature": state.nature,
        "tags": to_json(state.tags),
        "links": to_json(state.links),
        "last_report": last
        and {
            "quarter": last.quarter,
            "occurred_on": last.occurred_on,
            "recorded_at": last.recorded_at,
            "entity": last.entity,
        },
        "evidence": to_json(state.evidence),
        "excused": to_json(state.excused),
        "closed_out": to_json(state.closed_out),
        "withdrawn": state.withdrawn,
        "replaced_by": state.replaced_by,
        "assessment": state.assessment,
        "assessment_reason": to_json(state.assessment_reason),
        "disputed": state.disputed,
        "reports_by_entity": to_json(by_entity),
    }


def _milestone(_plan: Plan, state: Milestone, day: date) -> View:
    made: View = to_json(state)
    return made | {"overdue": state.status == "set" and due_day(state.due) < day}


def _product(_plan: Plan, state: Product, day: date) -> View:
    made: View = to_json(state)
    return made | {"review_due": is_review_due(state, day)}


def is_review_due(product: Product, day: date) -> bool:
    """Return whether a product's steward should look at it."""
    due = next_look(product)
    return due is not None and due <= day


def _session(_plan: Plan, state: Session, _day: date) -> View:
    made: View = to_json(state)
    return made | {"missing_materials": list(state.missing_materials)}


def _review(_plan: Plan, state: Review, _day: date) -> View:
    made: View = to_json(state)
    return made


def _round(_plan: Plan, state: Round, _day: date) -> View:
    made: View = to_json(state)
    return made


def _workplan_itself(_plan: Plan, state: Workplan, _day: date) -> View:
    made: View = to_json(state)
    return made


_VIEWS: dict[type[Any], Callable[[Plan, Any, date], View]] = {
    Workplan: _workplan_itself,
    Entity: _entity,
    Commitment: _commitment,
    Workstream: _workstream,
    Activity: _activity,
    Milestone: _milestone,
    Product: _product,
    Session: _session,
    Review: _review,
    Round: _round,
}
