"""The lines of a region's readiness that are read from activities: reports, objectives, pledges, needs, tags."""

from __future__ import annotations

from datetime import datetime

from tracker.events.dates import place
from tracker.events.shapes import to_json
from tracker.events.vocabulary import Evidence
from tracker.projections.readiness_region import (
    SECRETARIAT,
    TAGS,
    Item,
    Line,
    Region,
    Status,
    cite,
    lacks,
    leads,
    numbers,
    objectives_named,
    tag_of,
)
from tracker.workplan.activity import Activity
from tracker.workplan.activity_parts import Report
from tracker.workplan.claims import ENDED
from tracker.workplan.plan import Plan


def age_of(report: Report, region: Region) -> int:
    """Return how many days ago it happened that a report tells of."""
    recorded = datetime.fromisoformat(report.recorded_at)
    return (region.day - place(report.occurred_on, recorded, region.zone)).days


def activities(region: Region) -> Line:
    """Linked activities, each with its status and the age of its last report."""
    evidence, lacking, reported = [], [], 0
    for activity in region.linked:
        last, subject = activity.last_report, f"activity/{activity.id}"
        age = _last_age(activity, region)
        said = last and {
            "position": last.position,
            "quarter": last.quarter,
            "entity": last.entity,
            "age_days": age,
        }
        reported += last is not None
        evidence.append(region.cite(subject, status=activity.status, last_report=said))
        is_fresh = age is not None and age <= region.rules.quiet_days
        if not is_fresh and activity.status not in ENDED:
            lacking.append(lacks("fresh-report", region.leads(activity), subject))
    details = {
        "linked": len(region.linked),
        "may_also_apply": [f"activity/{one.id}" for one in region.untagged],
    }
    if not region.linked:
        return Line("unknown", [], [lacks("linked-activities", [SECRETARIAT])], details)
    if not lacking:
        return Line("met", evidence, [], details)
    is_silent = not reported and all(one.status not in ENDED for one in region.linked)
    return Line("missing" if is_silent else "partly", evidence, lacking, details)


def objectives(region: Region) -> Line:
    """The table of the objectives: what is linked to each in the region, and what might be but is untagged."""
    rows, lacking = [], []
    named = region.plan.once(objectives_named)
    unclear = [one.id for one in region.linked if tag_of(region.plan, one, "objectives") is None]
    for number in range(1, region.rules.objectives + 1):
        linked = [one for one in region.linked if number in named[one.id]]
        held = [
            one
            for one in region.sessions
            if one.kind in region.rules.talks and one.status == "held" and number in numbers(one.objectives)
        ]
        practices = [
            region.cite(f"activity/{activity.id}", **_link(one))
            for activity in linked
            for one in activity.evidence
            if one.kind in region.rules.practices
        ]
        may_apply = [one.id for one in region.untagged if number in named[one.id]]
        may_apply += [one for one in unclear if number not in named[one]]
        status: Status = "missing"
        if linked or held:
            status = "met" if practices and linked and held else "partly"
        elif may_apply:
            status = "unknown"
        rows.append(
            {
                "objective": number,
                "status": status,
                "activities": [
                    region.cite(f"activity/{one.id}", status=one.status, age_days=_last_age(one, region))
                    for one in linked
                ],
                "talks": [region.cite(f"session/{one.id}") for one in held],
                "practices": practices,
                "may_also_apply": [f"activity/{one}" for one in may_apply],
            }
        )
        if status in {"missing", "unknown"}:
            lacking.append(lacks("objective", [SECRETARIAT], objective=number))
    statuses = {row["status"] for row in rows}
    covered = statuses & {"met", "partly"}
    status = "unknown"
    if not lacking:
        status = "met"
    elif covered:
        status = "partly"
    elif statuses == {"missing"} and region.linked:
        status = "missing"
    return Line(status, [], lacking, {"rows": rows})


def _last_age(activity: Activity, region: Region) -> int | None:
    return age_of(activity.last_report, region) if activity.last_report else None


def _link(one: Evidence) -> Item:
    return {"kind": one.kind, "url": one.url} | ({"country": one.country} if one.country else {})


def pledges(region: Region) -> Line:
    evidence, lacking = [], []
    for activity in region.linked:
        for one in activity.evidence:
            if one.kind == "pledge":
                evidence.append(region.cite(f"activity/{activity.id}", **_link(one)))
                if one.country is None:
                    lacking.append(lacks("pledge-country", region.leads(activity), f"activity/{activity.id}"))
    if evidence:
        return Line("partly" if lacking else "met", evidence, lacking)
    was_reported = any(one.reports for one in region.linked)
    return Line("missing" if was_reported else "unknown", [], [lacks("pledge", [SECRETARIAT])])


def gaps_and_needs(region: Region) -> Line:
    """What leads say is needed, by the newest report of each linked activity that goes on."""
    evidence, lacking = [], []
    going_on = [one for one in region.linked if one.status not in ENDED and one.reports]
    for activity in going_on:
        said = next((report for report in reversed(activity.reports) if report.needs), None)
        if said is None:
            lacking.append(lacks("needs", region.leads(activity), f"activity/{activity.id}"))
            continue
        evidence.append(
            {
                "subject": f"activity/{activity.id}",
                "position": said.position,
                "quarter": said.quarter,
                "entity": said.entity,
                "needs": to_json(said.needs),
            }
        )
    if not going_on:
        return Line("unknown")
    if not evidence:
        return Line("missing", [], lacking)
    return Line("partly" if lacking else "met", evidence, lacking)


def _untagged(plan: Plan) -> list[Item]:
    """Return what activities lack; it is the same for all regions."""
    found = []
    for activity in plan.all("activity", Activity):
        absent = [name for name in TAGS if tag_of(plan, activity, name) is None]
        if absent and not activity.withdrawn:
            subject = f"activity/{activity.id}"
            found.append(lacks("tags", leads(plan, activity), subject, lacks=absent) | cite(plan, subject))
    return found


def tags(region: Region) -> Line:
    """What carries no region or no objective: it may also apply, so it is listed and never dropped."""
    lacking = [dict(one) for one in region.plan.once(_untagged)]
    whole = sum(1 for one in region.plan.all("activity", Activity) if not one.withdrawn)
    for session in region.open_sessions:
        if session.level != "global" and session.status in {"scheduled", "held"}:
            whole += 1
            subject = f"session/{session.id}"
            lacking.append(lacks("tags", [SECRETARIAT], subject, lacks=["regions"]) | region.cite(subject))
    details = {"items": whole, "untagged": len(lacking)}
    if not whole:
        return Line("unknown", [], [], details)
    status: Status = "met" if not lacking else "missing" if len(lacking) == whole else "partly"
    return Line(status, [], lacking, details)
