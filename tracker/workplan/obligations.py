"""Who owes which report: the activities that were live at a quarter's end, by the leads they have now.

Source: docs/rounds.md, "Owed".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tracker.events.dates import last_day
from tracker.workplan.claims import ENDED
from tracker.workplan.plan import Plan

if TYPE_CHECKING:
    from tracker.workplan.activity import Activity
    from tracker.workplan.activity_parts import Report
    from tracker.workplan.workstream import Workstream


@dataclass(frozen=True, slots=True)
class Duty:
    """One row of a round: an activity, one of its leads, and the report that settled it for all of them, if any.

    ``is_asked_first`` is false for co-leads of an activity that has a lead of its own.
    """

    activity: Activity
    entity: str
    quarter: str
    is_asked_first: bool
    settled_by: Report | None

    @property
    def state(self) -> str:
        """``reported``, ``no_change`` or ``not_reported``."""
        if self.settled_by is None:
            return "not_reported"
        return "no_change" if self.settled_by.no_change else "reported"


def leads_of(plan: Plan, activity: Activity) -> list[tuple[str, bool]]:
    """Return ``(entity, is asked first)`` of an activity's leads, its own before those of the workstream."""
    from tracker.workplan.workstream import Workstream  # noqa: PLC0415 - the kinds name each other

    return leads_in(plan.get(f"workstream/{activity.workstream}", Workstream), activity.id)


def leads_in(workstream: Workstream | None, activity: str) -> list[tuple[str, bool]]:
    """Return ``(entity, is asked first)`` of the leads of an activity of a workstream."""
    if workstream is None:
        return []
    own = [lead.entity for lead in workstream.activity_leads if lead.activity == activity]
    shared = [lead.entity for lead in workstream.leads if lead.entity not in own]
    return [(entity, True) for entity in own] + [(entity, not own) for entity in shared]


def is_expected(activity: Activity, quarter: str) -> bool:
    """Return whether a report about ``quarter`` is or was expected at all."""
    at_end = activity.turn_on(last_day(quarter))
    if at_end is None or at_end.withdrawn or activity.withdrawn or quarter in activity.excused:
        return False
    if activity.window and activity.window.from_ > quarter:
        return False
    return at_end.status not in ENDED


def settling_report(plan: Plan, activity: Activity, quarter: str) -> Report | None:
    """Return the first live report that names the quarter, of this activity or of one that is the same."""
    return _first_about(same_activities(plan, activity), quarter)


def _first_about(activities: list[Activity], quarter: str) -> Report | None:
    found = [report for one in activities for report in one.reports if report.quarter == quarter]
    return min(found, key=lambda report: report.position, default=None)


def same_activities(plan: Plan, activity: Activity) -> list[Activity]:
    """Return the activity and those linked to it by ``same_as``, in either direction, at any distance."""
    from tracker.workplan.activity import Activity as State  # noqa: PLC0415 - the kinds name each other

    if activity.id not in _linked(plan):
        return [activity]
    found = {activity.id: activity}
    pairs = [
        (one.id, link.to)
        for one in plan.all("activity", State)
        for link in one.links
        if link.kind == "same_as"
    ]
    grown = True
    while grown:
        grown = False
        for first, second in pairs:
            for known, other in ((first, second), (second, first)):
                state = plan.get(f"activity/{other}", State)
                if known in found and other not in found and state:
                    found[other], grown = state, True
    return list(found.values())


def _linked(plan: Plan) -> set[str]:
    """Return the ids of activities that are the same as another, whichever of the two says so."""
    from tracker.workplan.activity import Activity as State  # noqa: PLC0415 - the kinds name each other

    return {
        told
        for one in plan.standings.values()
        if isinstance(one.state, State)
        for link in one.state.links
        if link.kind == "same_as"
        for told in (one.state.id, link.to)
    }


def duties(plan: Plan, quarter: str) -> Iterator[Duty]:
    """Yield every expected row of a round, settled ones included, in plan order."""
    from tracker.workplan.activity import Activity as State  # noqa: PLC0415 - the kinds name each other

    linked = _linked(plan)  # once for a round: looking for each activity would be most of the round's work
    for activity in plan.all("activity", State):
        if not is_expected(activity, quarter):
            continue
        told = same_activities(plan, activity) if activity.id in linked else [activity]
        settled = _first_about(told, quarter)
        for entity, first in leads_of(plan, activity):
            yield Duty(activity, entity, quarter, first, settled)


def oldest_open_quarter(plan: Plan, activity: Activity) -> str | None:
    """Return the oldest open round in which a report about the activity is still owed."""
    from tracker.workplan.activity import Activity as State  # noqa: PLC0415 - the kinds name each other
    from tracker.workplan.round import Round  # noqa: PLC0415

    # A late fact is judged in a state of the past; one of several in a request, in a state that the plan has not yet.
    known = plan.get(f"activity/{activity.id}", State) or activity
    told = {report.quarter for report in activity.reports}
    for opened in sorted(plan.all("round", Round), key=lambda one: one.id):
        owed = not opened.closed and opened.id not in told and is_expected(known, opened.id)
        if owed and not settling_report(plan, known, opened.id):
            return opened.id
    return None


def last_report_day(activity: Activity) -> date | None:
    return max((last_day(report.occurred_on) for report in activity.reports), default=None)
