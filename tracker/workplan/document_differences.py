"""A plan document against the plan it describes: what would have to be entered for the plan to say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracker.events.catalogue import CATALOGUE
from tracker.events.event import kind_of
from tracker.events.shapes import to_json
from tracker.workplan.plan import Plan

REWORDS = {
    "ActivityAdded": ("ActivityReworded", ("text",)),
    "WorkstreamAdded": ("WorkstreamReworded", ("title", "preamble")),
}
"""What says that a founded subject reads otherwise now, and by which fields."""


def differences(plan: Plan, requests: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the requests that bring the plan to what a document says; empty where they agree.

    Wishes that hold already are left in only where the plan alone cannot tell; the append drops those.
    """
    found: list[dict[str, Any]] = []
    for request in requests:
        subject, kind = request["subject"], kind_of(request["subject"])
        if kind == "workplan":
            continue
        if not CATALOGUE[request["type"]].founding:
            if not _holds(plan, request):
                found.append(request)
        elif not plan.has(subject):
            found.append(request)
        elif reworded := _reworded(plan, request):
            found.append(reworded)
    return found


def _reworded(plan: Plan, request: dict[str, Any]) -> dict[str, Any] | None:
    if request["type"] not in REWORDS:
        return None
    event_type, fields = REWORDS[request["type"]]
    standing = plan.standing(request["subject"])
    held = to_json(standing.state) if standing else {}
    data = {
        name: request["data"][name]
        for name in fields
        if request["data"].get(name) not in (None, held.get(name))
    }
    return {"type": event_type, "subject": request["subject"], "data": data} if data else None


def _holds(plan: Plan, request: dict[str, Any]) -> bool:
    standing = plan.standing(request["subject"])
    if standing is None or standing.state is None:
        return False
    held, data = to_json(standing.state), request["data"]
    match request["type"]:
        case "LeadAssigned":
            return any(lead["entity"] == data["entity"] for lead in held["leads"])
        case "ParticipantJoined":
            return any(one["entity"] == data["entity"] for one in held["participants"])
        case "ActivityScheduled":
            window = held["window"]
            return bool(window) and (window["from"], window["to"]) == (data["from"], data["to"])
        case "ActivityTagged" | "WorkstreamTagged":
            return all(held["tags"].get(name) == value for name, value in data.get("tags", {}).items())
        case "ActivityLinked":
            return {"kind": data["kind"], "to": data["to"]} in held["links"]
        case _:
            return False
