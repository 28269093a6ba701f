"""What the Network did on a country, an objective, or through an entity: reports, sessions, products, with their links.

Each thing done is asked about each filter: it applies, it does not, or nobody said. What is more precise speaks first:
a report's own countries before its links', these before its activity's tags, these before its workstream's. What
applies under every filter is listed; what could apply, because nobody said, is counted and listed apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tracker.database import Transaction
from tracker.events.catalogue import (
    ActivityTagged,
    ProductPublished,
    ProductUpdated,
    ProductUsed,
    ProgressReported,
    SessionHeld,
    VoluntaryReportReceived,
    WorkstreamTagged,
)
from tracker.events.codec import decode
from tracker.events.event import Event, id_of
from tracker.events.shapes import to_json
from tracker.events.vocabulary import Evidence, Tags
from tracker.projections.questions import Question
from tracker.projections.steps import Point
from tracker.workplan.activity import Activity
from tracker.workplan.folding import Entry, living
from tracker.workplan.obligations import leads_of
from tracker.workplan.plan import Plan, refuse
from tracker.workplan.product import Product
from tracker.workplan.session import Session
from tracker.workplan.tags import merged_tags
from tracker.workplan.workstream import Workstream

View = dict[str, Any]
Sources = list[tuple[str, Iterable[str] | None]]
"""What is said of a thing done, the most precise first: ``(who says it, values)``; None where that one says nothing."""

KINDS = {
    "ProgressReported": "report",
    "SessionHeld": "session",
    "ProductPublished": "product",
    "ProductUpdated": "product",
    "ProductUsed": "use",
    "VoluntaryReportReceived": "voluntary_report",
}
FILTERS = ("country", "objective", "entity")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked about. Days are ISO and inclusive; ``tagged`` says whose tags count: those now, or of its day."""

    country: str | None = None
    objective: str | None = None
    entity: str | None = None
    since: str | None = None
    until: str | None = None
    tagged: Literal["now", "then"] = "now"

    @property
    def filters(self) -> dict[str, str]:
        return {name: said for name in FILTERS if (said := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True)
class _Done:
    """One thing done, with what is said about it under each filter."""

    view: View
    said: Mapping[str, Sources] = field(default_factory=dict)


def contributions(tx: Transaction, workplan: str, plan: Plan, question: Question, wanted: Wanted) -> View:
    """Return ``{items, counts, may_also_apply, untagged}`` by date: what applies, and what might as nobody said.

    Raises:
        RuleError: the days asked about end before they begin.
    """
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise refuse(
            "`to` ({until}) lies before `from` ({since})",
            field="to",
            value=wanted.until,
            way_out="Swap them, or leave one out.",
            since=wanted.since,
            until=wanted.until,
        )
    point = Point.of(question)
    entries = _entries(tx, workplan, point, question.zone)
    tags_of = _tags(plan, entries) if wanted.tagged == "then" else _tags_now(plan)
    items, untagged = [], []
    for entry in entries:
        if not _is_wanted(entry, plan, wanted):
            continue
        done = _done(plan, entry, tags_of)
        because = {name: _applies(name, said, done.said[name]) for name, said in wanted.filters.items()}
        if any(found is False for found in because.values()):
            continue
        missing = [name for name, found in because.items() if found is None]
        if missing:
            untagged.append(done.view | {"missing": missing})
        else:
            items.append(done.view | {"because": because})
    counts = {kind: sum(1 for one in items if one["kind"] == kind) for kind in dict.fromkeys(KINDS.values())}
    counts["links"] = len({link["url"] for one in items for link in one["links"]})
    return {"items": items, "counts": counts, "may_also_apply": len(untagged), "untagged": untagged}


def _entries(tx: Transaction, workplan: str, point: Point, zone: str) -> list[Entry]:
    """Return the living entries that say what was done, and those that tag, by the day at which they stand."""
    by_subject: dict[str, list[Event]] = {}
    for (stored,) in tx.all(_SAID, workplan, point.position):
        event = decode(bytes(stored))
        by_subject.setdefault(event.subject, []).append(event)
    found = [
        one for events in by_subject.values() for one in living(events, zone) if one.placed_on <= point.day
    ]
    return sorted(found, key=lambda one: (one.placed_on, one.event.position))


def _is_wanted(entry: Entry, plan: Plan, wanted: Wanted) -> bool:
    event = entry.event
    if event.type not in KINDS or not plan.has(event.subject):
        return False
    if isinstance(event.data, ProgressReported) and event.data.no_change:
        return False
    return (wanted.since or "") <= entry.placed_on <= (wanted.until or "9999")


def _applies(name: str, wanted: str, sources: Sources) -> str | Literal[False] | None:
    """Return who says that it applies, False where somebody says that it does not, None where nobody says anything."""
    for who, values in sources:
        if values is None:
            continue
        known = set(values)
        if name == "objective":  # a number finds its letters too
            known |= {said.partition("(")[0] for said in known}
        return who if wanted in known else False
    return None


# ------------------------------------------------------------------------------------------------------- tags

TagsOf = Callable[[str, str], Tags]
"""Returns the tags of a subject that count for what happened on a day."""


def _tags_now(plan: Plan) -> TagsOf:
    def tags_of(subject: str, _day: str) -> Tags:
        standing = plan.standing(subject)
        found = getattr(standing.state, "tags", None) if standing else None
        return found or Tags()

    return tags_of


def _tags(plan: Plan, entries: Iterable[Entry]) -> TagsOf:
    """Return the tags as they were on a day; ``entries`` come in the order of their days."""
    told: dict[str, list[tuple[str, Tags]]] = {}
    for entry in entries:
        data, subject = entry.event.data, entry.event.subject
        if isinstance(data, ActivityTagged | WorkstreamTagged) and plan.has(subject):
            known = told.setdefault(subject, [])
            known.append((entry.placed_on, merged_tags(known[-1][1] if known else Tags(), data.tags)))

    def tags_of(subject: str, day: str) -> Tags:
        return next((tags for since, tags in reversed(told.get(subject, [])) if since <= day), Tags())

    return tags_of


# --------------------------------------------------------------------------------------------- what was done


def _done(plan: Plan, entry: Entry, tags_of: TagsOf) -> _Done:
    event = entry.event
    view: View = {
        "kind": KINDS[event.type],
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
            return _report(plan, entry, data, view, tags_of)
        case SessionHeld():
            return _session(plan, event, view)
        case ProductPublished() | ProductUpdated() | ProductUsed():
            return _product(plan, entry, view, tags_of)
        case VoluntaryReportReceived(country=country, url=url):
            view |= {"country": country, "links": [_link(url)] if url else []}
            return _Done(
                view, {"country": [("report", [country])], "objective": [], "entity": [("report", [])]}
            )
        case _:
            return _Done(view)


def _report(plan: Plan, entry: Entry, data: ProgressReported, view: View, tags_of: TagsOf) -> _Done:
    linked = [one.country for one in data.evidence or () if one.country]
    view |= {
        "quarter": data.quarter,
        "status": data.status,
        "note": to_json(data.note),
        "countries": data.countries,
        "objectives": data.objectives,
        "links": [_link(one.url, one) for one in data.evidence or ()],
    }
    activity, speaker = [view["id"]], entry.event.speaker
    speaks: Sources = [("report", [speaker])] if speaker else [("activity", _leads(plan, activity))]
    return _Done(
        view,
        {
            "country": [
                ("report", data.countries),
                ("link", linked or None),
                *_tagged(plan, activity, "countries", entry, tags_of),
            ],
            "objective": [
                ("report", data.objectives),
                *_tagged(plan, activity, "objectives", entry, tags_of),
            ],
            "entity": speaks,
        },
    )


def _session(plan: Plan, event: Event, view: View) -> _Done:
    session = plan.get(event.subject, Session)
    if session is None:
        return _Done(view)
    view |= {
        "countries": [session.country] if session.country else None,
        "objectives": session.objectives,
        "links": [_link(one.url) | {"kind": one.kind} for one in session.materials],
    }
    leads = [one for stream in session.workstreams for one in _lead_of_stream(plan, stream)]
    return _Done(
        view,
        {
            "country": [("session", [session.country] if session.country else None)],
            "objective": [("session", session.objectives)],
            "entity": [("workstream", leads or None)],
        },
    )


def _product(plan: Plan, entry: Entry, view: View, tags_of: TagsOf) -> _Done:
    product = plan.get(entry.event.subject, Product)
    if product is None:
        return _Done(view)
    data = entry.event.data
    url = getattr(data, "url", None)
    view |= {"links": [_link(url)] if url else []}
    own: Sources = []
    users: Sources = []
    if isinstance(data, ProductUsed):
        view |= {"countries": [data.country] if data.country else None, "user": data.entity}
        own = [("use", [data.country] if data.country else None)]
        users = [("use", [data.entity] if data.entity else None)]
    steward = [product.steward] if product.steward else []
    return _Done(
        view,
        {
            "country": own or _tagged(plan, product.activities, "countries", entry, tags_of),
            "objective": _tagged(plan, product.activities, "objectives", entry, tags_of),
            "entity": [*users, ("product", [*steward, *_leads(plan, product.activities)] or None)],
        },
    )


def _tagged(plan: Plan, activities: Iterable[str], name: str, entry: Entry, tags_of: TagsOf) -> Sources:
    """Return what the tags of activities say, and where they say nothing, those of their workstreams."""
    found: Sources = []
    streams: list[str] = []
    for kind, ids in (("activity", list(activities)), ("workstream", streams)):
        said = [getattr(tags_of(f"{kind}/{one}", entry.placed_on), name) for one in ids]
        known = [values for values in said if values is not None]
        found.append((kind, [one for values in known for one in values] if known else None))
        if kind == "activity":
            streams += [state.workstream for one in ids if (state := plan.get(f"activity/{one}", Activity))]
    return found


def _leads(plan: Plan, activities: Iterable[str]) -> list[str]:
    states = (plan.get(f"activity/{one}", Activity) for one in activities)
    return [entity for state in states if state for entity, _first in leads_of(plan, state)]


def _lead_of_stream(plan: Plan, stream: str) -> list[str]:
    state = plan.get(f"workstream/{stream}", Workstream)
    return [lead.entity for lead in state.leads] if state else []


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


_TYPES = ", ".join(f"'{name}'" for name in (*KINDS, "ActivityTagged", "WorkstreamTagged"))
_SAID = (
    "SELECT stored FROM events WHERE workplan = ? AND position <= ?"  # noqa: S608 - names of our own types
    f" AND (amends IS NOT NULL OR type IN ({_TYPES})) ORDER BY position"
)
