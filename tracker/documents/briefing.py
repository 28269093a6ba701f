"""What the quarterly briefing for principals rests on: where the plan stood, what moved, what needs a decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tracker.documents.basis import Basis, basis_of, moved_to
from tracker.documents.chart_pieces import (
    rates,
    tagged_by_objective,
)
from tracker.documents.charts import STACKED
from tracker.errors import RuleError
from tracker.events.dates import first_day, last_day, quarter_of, quarters_between
from tracker.events.shapes import to_json
from tracker.plans.reference import region_labels
from tracker.projections.readiness import readiness
from tracker.projections.timeline import promise_of, promised_day, trend_of
from tracker.projections.views import is_overdue
from tracker.workplan.activity import Activity
from tracker.workplan.milestone import Milestone
from tracker.workplan.obligations import leads_of
from tracker.workplan.product import Product
from tracker.workplan.review import Review
from tracker.workplan.session import Session

if TYPE_CHECKING:
    from tracker.runtime import Runtime, View

FORMAT = "briefing/1"
Found = dict[str, Any]
ORDER = ("disputed", "delayed", "at_risk", "overdue")
"""What needs attention, the most urgent first."""


def quarter_meant(view: View, said: str | None) -> str:
    """Return the quarter of a briefing: that asked for, else the last one that is over.

    Raises:
        RuleError: it lies outside the plan, or has not begun on the day shown.
    """
    root, today = view.workplan, quarter_of(view.question.day)
    known = [one for one in quarters_between(root.period.from_, root.period.to) if one <= today]
    over = [one for one in known if last_day(one) < view.question.day]
    if said is None and known:
        return (over or known)[-1]
    if said not in known:
        raise RuleError(
            "{quarter} is no quarter of the plan that has begun",
            quarter=said,
            field="quarter",
            value=said,
            way_out=f"Ask for one from {known[0]} to {known[-1]}." if known else "The plan has not begun.",
        )
    return said


class Quarter:
    """A quarter seen on two grounds: as it stood on its last day, and with what came after it, such as its round."""

    def __init__(
        self, runtime: Runtime, view: View, said: str | None, language: str, *, has_details: bool
    ) -> None:
        self.id = quarter_meant(view, said)
        self.ends = min(last_day(self.id), view.question.day)
        self.begins = first_day(self.id)
        self.late = basis_of(view, language, has_details=has_details)
        then = view
        if self.ends < view.question.day:
            then = moved_to(runtime, view, f"position:{view.question.position}", self.ends.isoformat())
        self.basis = basis_of(then, language, has_details=has_details)

    def holds(self, day: str | None) -> bool:
        return day is not None and self.begins.isoformat() <= day <= self.ends.isoformat()


def briefing(quarter: Quarter) -> Found:
    """Return what a briefing says, as JSON without words; free texts still sealed.

    Counts are of activities in the plan. ``finished`` and ``moved`` are of the quarter, ``ahead`` is of the next.
    """
    basis = quarter.basis
    view, plan = basis.view, basis.view.plan
    activities = [one for one in plan.all("activity", Activity) if not one.withdrawn]
    before = quarter.begins - timedelta(days=1)
    was = {one.id: turn.status for one in activities if (turn := one.turn_on(before)) and not turn.withdrawn}
    counts, tagged = tagged_by_objective(plan, activities)
    return {
        "format": FORMAT,
        "workplan": view.end.workplan,
        "quarter": quarter.id,
        "from": quarter.begins.isoformat(),
        "to": quarter.ends.isoformat(),
        "statuses": {
            "before": _counted(was.values()),
            "after": _counted(one.status for one in activities),
        },
        "finished": [
            _turned(one, was) for one in activities if _has_turned(one, was, ("completed", "discontinued"))
        ],
        "begun": [
            _turned(one, was) for one in activities if _has_turned(one, was, ("in_progress", "on_hold"))
        ],
        "reporting": next((one for one in rates(quarter.late) if one["quarter"] == quarter.id), None),
        "rates": [one for one in rates(quarter.late) if one["quarter"] <= quarter.id],
        "attention": _attention(quarter, activities),
        "moved": _moved(quarter),
        "held": [
            {"subject": f"session/{one.id}", "held_on": one.held_on}
            for one in plan.all("session", Session)
            if one.status == "held" and quarter.holds(one.held_on)
        ],
        "published": [
            {"subject": f"product/{one.id}", "published_on": one.published_on}
            for one in plan.all("product", Product)
            if quarter.holds(one.published_on)
        ],
        "ahead": _ahead(quarter),
        "readiness": [_region(basis, region) for region in region_labels()],
        "objectives": [{"objective": number, "statuses": counts[number]} for number in counts],
        "tagged": tagged,
        "activities": len(activities),
    }


def _counted(statuses: Any) -> dict[str, int]:
    found = Counter(statuses)
    return {status: found.get(status, 0) for status in STACKED}


def _has_turned(activity: Activity, was: Mapping[str, str], into: Sequence[str]) -> bool:
    return activity.status in into and was.get(activity.id) != activity.status


def _turned(activity: Activity, was: Mapping[str, str]) -> Found:
    return {
        "subject": f"activity/{activity.id}",
        "was": was.get(activity.id),
        "is": activity.status,
        "on": activity.course[-1].day,
    }


def _attention(quarter: Quarter, activities: list[Activity]) -> list[Found]:
    found = []
    for one in activities:
        signs = [sign for sign in ORDER if sign in _signs(one, quarter.ends)]
        if signs:
            found.append(
                {
                    "subject": f"activity/{one.id}",
                    "signs": signs,
                    "status": one.status,
                    "leads": [entity for entity, _ in leads_of(quarter.basis.view.plan, one)],
                    "reason": to_json(one.assessment_reason) if one.assessment else None,
                }
            )
    return sorted(found, key=lambda item: ORDER.index(item["signs"][0]))


def _signs(activity: Activity, day: date) -> set[str]:
    signs = {
        "disputed": activity.disputed,
        "overdue": is_overdue(activity, day),
        str(activity.assessment): activity.assessment in {"at_risk", "delayed"},
    }
    return {sign for sign, holds in signs.items() if holds}


def dated(basis: Basis) -> list[str]:
    """Return the subjects whose dates are looked at: reviews, then milestones."""
    plan = basis.view.plan
    reviews = [f"review/{region}" for region in region_labels() if plan.get(f"review/{region}", Review)]
    return [*reviews, *(f"milestone/{one.id}" for one in plan.all("milestone", Milestone))]


def _moved(quarter: Quarter) -> list[Found]:
    """Return the dates that moved within the quarter, from what to what, by how much, and why."""
    view, found = quarter.basis.view, []
    for subject in dated(quarter.basis):
        points = trend_of(view.tx, view.end.workplan, view.plan, view.question, subject)["points"]
        found += [
            {
                "subject": subject,
                "entry": point["position"],
                "on": point["stands_on"],
                "old": point["old"],
                "new": point["new"],
                "moved_days": point["moved_days"],
                "reason": point.get("reason"),
            }
            for point in points
            if point["old"] is not None and quarter.holds(point["stands_on"])
        ]
    return found


def _ahead(quarter: Quarter) -> list[Found]:
    """Return what falls due in the next quarter, soonest first."""
    first = quarter.ends + timedelta(days=1)
    last = last_day(quarter_of(last_day(quarter.id) + timedelta(days=1))).isoformat()
    plan, found = quarter.basis.view.plan, []
    for kind, open_ in (
        ("review", {"planned"}),
        ("milestone", {"set"}),
        ("session", {"scheduled", "proposed"}),
    ):
        states: list[Any] = [one.state for one in plan.living(kind)]
        for state in states:
            day = promised_day(promise_of(state))
            if state.status in open_ and day and first.isoformat() <= day <= last:
                found.append({"subject": f"{kind}/{state.id}", "due": promise_of(state), "day": day})
    return sorted(found, key=lambda item: item["day"])


def _region(basis: Basis, region: str) -> Found:
    picture = readiness(basis.view, region)
    review = basis.view.plan.get(f"review/{region}", Review)
    return {
        "region": region,
        "counts": picture["counts"],
        "has_data": picture["has_data"],
        "status": review.status if review else None,
        "dates": to_json(review.current) if review else None,
        "missing": [line["line"] for line in picture["lines"] if line["status"] == "missing"],
    }
