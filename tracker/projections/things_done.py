"""What is shown of a thing done: when, what, by whom, with its links."""

from __future__ import annotations

from typing import Any

from tracker.events.catalogue import ProductUsed, ProgressReported, SessionHeld, VoluntaryReportReceived
from tracker.events.event import id_of
from tracker.events.shapes import to_json
from tracker.events.vocabulary import Evidence
from tracker.projections.fact_index import Fact
from tracker.workplan.activity import Activity
from tracker.workplan.folding import Entry
from tracker.workplan.plan import Plan
from tracker.workplan.product import Product
from tracker.workplan.session import Session

View = dict[str, Any]


def done(plan: Plan, fact: Fact, entry: Entry) -> View:
    """Return what is shown of a thing done; its texts are still sealed."""
    event = entry.event
    view: View = {
        "kind": fact.kind,
        "on": entry.placed_on,
        "occurred_on": event.occurred_on,
        "position": event.position,
        "recorded_at": event.recorded_at,
        "subject": event.subject,
        "id": id_of(event.subject),
        "title": _title(plan, event.subject),
        "workstreams": _workstreams(plan, event.subject),
        "entity": event.speaker,
        "links": [],
    }
    match event.data:
        case ProgressReported() as data:
            return view | {
                "quarter": data.quarter,
                "status": data.status,
                "note": to_json(data.note),
                "countries": data.countries,
                "objectives": data.objectives,
                "links": [_link(one.url, one) for one in data.evidence or ()],
            }
        case SessionHeld():
            session = plan.get(event.subject, Session)
            return (
                view
                if session is None
                else view
                | {
                    "countries": [session.country] if session.country else None,
                    "objectives": session.objectives,
                    "links": [_link(one.url) | {"kind": one.kind} for one in session.materials],
                }
            )
        case ProductUsed(country=country, entity=user, url=url):
            countries = [country] if country else None
            return view | {"links": [_link(url)] if url else [], "countries": countries, "user": user}
        case VoluntaryReportReceived(country=country, url=url):
            return view | {"country": country, "links": [_link(url)] if url else []}
        case data:
            url = getattr(data, "url", None)
            return view | {"links": [_link(url)] if url else []}


def _title(plan: Plan, subject: str) -> Any:
    standing = plan.standing(subject)
    state = standing.state if standing else None
    return to_json(getattr(state, "text", None) or getattr(state, "title", None))


def _workstreams(plan: Plan, subject: str) -> list[str]:
    standing = plan.standing(subject)
    match standing.state if standing else None:
        case Activity(workstream=only):
            return [only]
        case Session(workstreams=several):
            return list(several)
        case Product(activities=several):
            found = (plan.get(f"activity/{one}", Activity) for one in several)
            return list(dict.fromkeys(one.workstream for one in found if one))
        case _:
            return []


def _link(url: str, evidence: Evidence | None = None) -> View:
    made: View = {"url": url}
    if evidence is not None:
        made |= {"kind": evidence.kind} | ({"title": evidence.title} if evidence.title else {})
    return made
