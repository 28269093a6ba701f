"""What public pages say of a plan that its own text does not: windows and tags, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.events.shapes import to_json
from tracker.plans.reference import reference, timeline_tags, timelines_of
from tracker.workplan.activity import Activity
from tracker.workplan.plan import Plan
from tracker.workplan.workstream import Workstream


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing that a page says, with the request that would enter it. ``held`` is how it stands; None is unknown."""

    subject: str
    printed: str
    source: str
    request: Mapping[str, Any]
    held: str | None


def suggestions(plan: Plan, workplan: str) -> list[Suggestion]:
    """Return what the plan does not say yet, or says otherwise."""
    if workplan != timelines_of():
        return []
    found = []
    for item in reference("timelines").items:
        activity = plan.get(f"activity/{item['activity']}", Activity)
        if activity is None or activity.withdrawn:
            continue
        window, held = item["window"], activity.window
        if held and (held.from_, held.to) == (window["from"], window["to"]):
            continue
        subject = f"activity/{activity.id}"
        data = {**window, "source": item["source"]}
        request = {"type": "ActivityScheduled", "subject": subject, "data": data}
        said = f"{held.from_} to {held.to}" if held else None
        found.append(Suggestion(subject, item["printed"], item["source"], request, said))
    return [*found, *_tags(plan)]


def _tags(plan: Plan) -> list[Suggestion]:
    found = []
    for item in timeline_tags():
        workstream = plan.get(f"workstream/{item['workstream']}", Workstream)
        if workstream is None or workstream.withdrawn:
            continue
        tags = {name: item[name] for name in ("objectives", "paragraphs") if name in item}
        held = to_json(workstream.tags)
        if all(held.get(name) == said for name, said in tags.items()):
            continue
        subject = f"workstream/{workstream.id}"
        printed = "; ".join(f"{name}: {', '.join(said)}" for name, said in tags.items())
        known = "; ".join(f"{name}: {', '.join(held[name])}" for name in tags if held.get(name)) or None
        request = {
            "type": "WorkstreamTagged",
            "subject": subject,
            "data": {"tags": tags},
            "reason": f"Shown at {item['source']}",
        }
        found.append(Suggestion(subject, printed, item["source"], request, known))
    return found
