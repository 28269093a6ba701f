"""States of activities, sessions and reviews made by hand, as few fields as a test cares about."""

from __future__ import annotations

from datetime import date
from typing import Any

from tracker.events.shapes import from_json
from tracker.workplan.activity import Activity
from tracker.workplan.plan import Plan, Standing
from tracker.workplan.review import Review
from tracker.workplan.root import Workplan
from tracker.workplan.session import Session
from tracker.workplan.workstream import Workstream

DAY = date(2024, 6, 1)
SEAL = {"sha256": "0" * 64}
FAR = {"window": {"from": "2025-Q1", "to": "2025-Q2"}, "starts_on": None, "ends_on": None}
NEAR = {"window": None, "starts_on": "2024-07-03", "ends_on": "2024-07-04"}
PAST = {"window": {"from": "2024-Q1", "to": "2024-Q1"}, "starts_on": None, "ends_on": None}

ROOT = {
    "id": "w",
    "title": {"en": "A plan"},
    "period": {"from": "2022-Q1", "to": "2024-Q4"},
    "zone": "Europe/Zurich",
    "origin": "workplan-tracker/w/1",
    "settings": {},
    "simulated": False,
    "closed": False,
    "moments": [],
}
WORKSTREAM = {
    "id": "1",
    "number": "1",
    "title": {"en": "One"},
    "category": "new",
    "component": None,
    "preamble": None,
    "leads": [{"entity": "oim", "printed": "OIM"}],
    "participants": [],
    "focal_points": [],
    "declaration_paragraphs": [],
    "tags": {},
    "notes": [],
    "withdrawn": False,
}


def activity(id_: str, **more: Any) -> Activity:
    usual: dict[str, Any] = {
        "id": id_,
        "workstream": "1",
        "number": id_,
        "text": {"en": "Do it"},
        "subitems": [],
        "status": "in_progress",
        "assessment": None,
        "disputed": False,
        "window": None,
        "targets": None,
        "done": {},
        "nature": None,
        "tags": {"regions": ["africa"], "objectives": ["8"]},
        "links": [],
        "closed_out": None,
        "withdrawn": False,
        "course": [{"day": "2022-12-15", "status": "not_started", "assessment": None}],
    }
    return from_json(Activity, usual | more)


def report(position: int = 50, on: str = "2024-05-01", **more: Any) -> dict[str, Any]:
    usual = {
        "position": position,
        "quarter": "2024-Q1",
        "entity": "oim",
        "occurred_on": on,
        "no_change": False,
    }
    return usual | {"recorded_at": f"{on}T10:00:00.000000Z"} | more


def session(id_: str, **more: Any) -> Session:
    usual: dict[str, Any] = dict.fromkeys(
        ("country", "window", "mode", "audience", "rule", "original_start", "attendance")
    )
    usual |= {
        "id": id_,
        "kind": "gcm_talks",
        "title": "Talk",
        "status": "held",
        "level": "regional",
        "region": "africa",
    }
    usual |= {"starts_at": "2024-05-02T15:00", "ends_at": "2024-05-02T16:00", "zone": "Europe/Zurich"}
    usual |= {"languages": ["en"], "workstreams": [], "objectives": ["8"], "counts_for": [], "materials": []}
    return from_json(Session, usual | more)


def material(kind: str) -> dict[str, str]:
    return {"kind": kind, "url": f"https://example.invalid/{kind}", "language": "en"}


def review(**more: Any) -> Review:
    usual: dict[str, Any] = {
        "id": "africa",
        "planned": FAR,
        "current": FAR,
        "status": "planned",
        "place": None,
    }
    usual |= {"commission": "ECA", "reschedulings": [], "reports_expected": [], "reports_received": []}
    return from_json(Review, usual | {"findings": [], "snapshots": [], "outcomes": []} | more)


def plan(*states: Any) -> Plan:
    found = {"workplan": from_json(Workplan, ROOT), "workstream/1": from_json(Workstream, WORKSTREAM)}
    for state in states:
        found[f"{type(state).__name__.lower()}/{state.id}"] = state
    return Plan(
        {
            subject: Standing(subject, 1, number, "", state)
            for number, (subject, state) in enumerate(found.items(), 1)
        }
    )
