"""The input for the biennial report: what was done on each objective of the Compact, with its links, over two years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.documents.basis import Basis
from tracker.documents.chart_pieces import (
    tagged_by_objective,
)
from tracker.errors import RuleError
from tracker.events.dates import span
from tracker.events.shapes import to_json
from tracker.plans.reference import objective_labels
from tracker.projections.contributions import Listed, Wanted, contributions
from tracker.projections.facts import Facts, facts_of
from tracker.runtime import View
from tracker.workplan.activity import Activity
from tracker.workplan.commitment import Commitment
from tracker.workplan.plan import Plan

FORMAT = "biennial-report/1"
Found = dict[str, Any]
KINDS = ("report", "session", "product", "use", "voluntary_report")


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both included."""

    first: date
    last: date

    def holds(self, day: str) -> bool:
        return self.first.isoformat() <= day <= self.last.isoformat()


def period_meant(view: View, first: date | None, last: date | None) -> Period:
    """Return the period of a report: as asked for, else the two years that end on the day shown.

    Raises:
        RuleError: it ends before it begins.
    """
    ends = last or view.question.day
    begins = first or date(ends.year - 2, ends.month, 1)
    if ends < begins:
        raise RuleError(
            "`to` ({last}) lies before `from` ({first})",
            first=begins.isoformat(),
            last=ends.isoformat(),
            field="to",
            value=ends.isoformat(),
            way_out="Swap them, or leave one out.",
        )
    return Period(begins, ends)


def biennial(basis: Basis, period: Period) -> Found:
    """Return what the report rests on, as JSON without words; free texts still sealed.

    Each thing done stands under every objective that it applies to, and says by whose word it does.
    """
    view, plan = basis.view, basis.view.plan
    facts = facts_of(view.tx, view.end, view.question)
    activities = [one for one in plan.all("activity", Activity) if not one.withdrawn]
    counts, tagged = tagged_by_objective(plan, activities)
    return {
        "format": FORMAT,
        "workplan": view.end.workplan,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "objectives": [
            {"objective": number, "statuses": counts[number]} | _done_on(facts, plan, period, number)
            for number in objective_labels()
        ],
        "commitments": _commitments(plan, period),
        "needs": _needs(activities, period),
        "tagged": tagged,
        "activities": len(activities),
    }


def _done_on(facts: Facts, plan: Plan, period: Period, objective: int) -> Found:
    wanted = Wanted(objective=str(objective), since=period.first.isoformat(), until=period.last.isoformat())
    found = contributions(facts, plan, wanted, Listed(untagged=0))
    return {name: found[name] for name in ("counts", "items", "may_also_apply")}


def _commitments(plan: Plan, period: Period) -> list[Found]:
    return [
        {
            "commitment": one.id,
            "text": to_json(one.text),
            "reported": [to_json(said) for said in one.reports if period.holds(_day(said.occurred_on))],
        }
        for one in plan.all("commitment", Commitment)
    ]


def _needs(activities: list[Activity], period: Period) -> list[Found]:
    """Return what leads said is needed, the newest of each activity within the period."""
    found = []
    for one in activities:
        said = next((report for report in reversed(one.reports) if report.needs), None)
        if said is not None and period.holds(_day(said.occurred_on)):
            found.append(
                {
                    "subject": f"activity/{one.id}",
                    "quarter": said.quarter,
                    "entity": said.entity,
                    "needs": to_json(said.needs),
                }
            )
    return found


def _day(occurred_on: str) -> str:
    return span(occurred_on)[1].isoformat()
