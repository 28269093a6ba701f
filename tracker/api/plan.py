"""The plan, as it is and as it was: workplans, collections, single subjects, named moments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tracker.api.call import PREFIX, Answer, Asked, Call, file_answer, table_of
from tracker.api.dispatch import nothing_here, unknown_reader
from tracker.api.queries import APPLY, OWN
from tracker.api.rendering import Screen, about, mark, told
from tracker.errors import DeniedError, MomentError, NotFoundError
from tracker.events import tree
from tracker.events.event import kind_of
from tracker.events.reading import node_reader, recorded_at
from tracker.events.shapes import to_json
from tracker.events.signed_heads import head_at
from tracker.projections.bounds import last_position
from tracker.projections.filters import wanted
from tracker.projections.plan_sheet import COLUMNS, subject_rows
from tracker.projections.reading_rights import may
from tracker.projections.speakers import display_name
from tracker.projections.views import view_of
from tracker.runtime import View
from tracker.workplan.activity import Activity
from tracker.workplan.plan import Standing, refuse
from tracker.workplan.root import Moment
from tracker.workplan.workstream import Workstream

Body = dict[str, Any]
Handler = Callable[[Call, Asked], Answer]

KINDS = {
    "entities": "entity",
    "commitments": "commitment",
    "workstreams": "workstream",
    "activities": "activity",
    "milestones": "milestone",
    "products": "product",
    "sessions": "session",
    "reviews": "review",
}
"""Collections and the kind of their subjects, in the order of the plan."""


def workplans(call: Call) -> Answer:
    """List the workplans that the reader may read."""
    items = []
    for workplan in call.runtime.workplan_ids():
        with call.runtime.ask(workplan) as view:
            reader = call.reader_of(view.tx, workplan) if call.reader_of else None
            if reader is not None and may(reader.principal, view.present, "state"):
                items.append(
                    described(view, mark(Asked(view, reader))) | {"href": f"{PREFIX}/workplans/{workplan}"}
                )
    return Answer(
        {"items": items, "next": None}, headers={"Cache-Control": "no-store", "Vary": "Authorization, Cookie"}
    )


def workplan(_call: Call, asked: Asked) -> Answer:
    """Describe one workplan."""
    return Answer(described(asked.view, about(asked)))


def described(view: View, besides: Body) -> Body:
    root = view.workplan
    return {
        "id": root.id,
        "title": to_json(root.title),
        "period": to_json(root.period),
        "zone": root.zone,
        "languages": root.languages,
        "origin": root.origin,
        "public": root.is_public,
        "closed": root.closed,
        "counts": counts(view),
        "position": view.question.position,
        "recorded_at": view.question.recorded_at,
        "tree_head": tree_head_of(view),
        "simulated": view.present.simulated,
    } | besides


def counts(view: View) -> Body:
    """Count what is in the plan; what was withdrawn from its text is not counted."""
    plan = view.plan
    found = dict.fromkeys(KINDS, 0)
    for standing in plan.standings.values():
        name = next((name for name, kind in KINDS.items() if kind == kind_of(standing.subject)), None)
        if name and standing.state is not None and not getattr(standing.state, "withdrawn", False):
            found[name] += 1
    activities = [one for one in plan.all("activity", Activity) if not one.withdrawn]
    workstreams = [one for one in plan.all("workstream", Workstream) if not one.withdrawn]
    leads = [lead.entity for one in workstreams for lead in one.leads]
    statuses: dict[str, int] = {}
    for activity in activities:
        statuses[activity.status] = statuses.get(activity.status, 0) + 1
    return found | {
        "subitems": sum(1 for one in activities for item in one.subitems if not item.withdrawn),
        "lead_entities": len(set(leads)),
        "lead_roles": len(leads),
        "statuses": statuses,
    }


def tree_head_of(view: View) -> Body:
    """Return the tree head at the question's position; ``signed`` is its note, null where nobody signed that size."""
    size = view.question.position
    is_end = size == view.end.position
    root = view.end.root if is_end else tree.root_at(size, node_reader(view.tx, view.end.workplan))
    held = head_at(view.tx, view.end.workplan, size)
    return {
        "size": size,
        "root": root.hex(),
        "signed": held.note if held else None,
        "seal": tree.seal_of(root),
    }


def as_asked(call: Call, asked: Asked, answer: Answer, held: Mapping[str, str], title: str) -> Answer:
    """Return an answer as a file where that is asked for; ``held`` are its lists and the kinds of their subjects."""
    if call.format is None:
        return answer
    view, languages = asked.view, asked.view.workplan.languages

    def name(entity: str) -> str:
        return display_name(view.plan, entity)

    rows = [
        row for field, kind in held.items() for row in subject_rows(kind, answer.body[field], languages, name)
    ]
    return file_answer(table_of(asked, title, COLUMNS, rows), call.format, f"{call.workplan}-{title}")


def collection(name: str) -> Handler:
    """Return the handler that lists a collection."""
    kind = KINDS[name]

    def handler(call: Call, asked: Asked) -> Answer:
        view, screen = asked.view, Screen(asked)
        known = {*APPLY[name], *OWN.get(name, ()), "status"}
        filters = {key: said for key, said in call.query.items() if key in known}
        check_filters(call, asked, filters)
        is_wanted = wanted(view.plan, filters, _since(call, view), view.question.day)
        standings = [one for one in view.plan.living(kind) if is_wanted(one)]
        items = [screen(view_of(view.plan, one, view.question.day)) for one in standings]
        answer = told(asked, about(asked) | {"items": items, "next": None}, screen)
        return as_asked(call, asked, answer, {"items": kind}, name)

    handler.__name__, handler.__doc__ = f"list_{name}", f"List the {name}, in the order of the plan."
    return handler


def check_filters(call: Call, asked: Asked, filters: Body) -> None:
    """Refuse filters that name what the workplan never had, or what the asker may not read.

    Raises:
        RuleError, DeniedError, UnknownReaderError: as said.
    """
    if "assessment" in filters and not asked.may("details"):
        if not asked.reader.has_credentials:
            raise unknown_reader()
        raise DeniedError(
            "assessments are not for you to read, so they are not for you to filter by",
            field="assessment",
            value=filters["assessment"],
            way_out="Leave it out; the status can be filtered by.",
        )
    view = asked.view
    present = call.runtime.cache.plan(view.tx, view.end.workplan, view.end.generation, view.end.position)
    for name in ("entity", "workstream"):
        if name in filters and not present.has(f"{name}/{filters[name]}"):
            plural = next(plural for plural, kind in KINDS.items() if kind == name)
            raise refuse(
                "there is no {name}/{said} in this workplan",
                field=name,
                value=filters[name],
                way_out=f"The ids are listed at {PREFIX}/workplans/{call.workplan}/{plural}.",
                name=name,
                said=filters[name],
            )


def _since(call: Call, view: View) -> int | None:
    said = call.query.get("changed_since")
    if said is None:
        return None
    return last_position(view.tx, view.end, view.present, call.runtime.now(), said, "changed_since")


def subject(name: str) -> Handler:
    """Return the handler that shows one subject of a collection."""
    kind = KINDS[name]

    def handler(call: Call, asked: Asked) -> Answer:
        view, screen = asked.view, Screen(asked)
        body = screen(view_of(view.plan, found(call, asked, name), view.question.day))
        return told(asked, body | {"question": view.question.as_json()} | mark(asked), screen)

    handler.__name__, handler.__doc__ = f"show_{kind}", f"Show one of the {name}, by its id without the kind."
    return handler


def found(call: Call, asked: Asked, name: str) -> Standing:
    """Return the subject that a path names in a collection.

    Raises:
        NotFoundError: it is not in the plan at the moment asked about.
    """
    subject = f"{KINDS[name]}/{call.path['id']}"
    standing = asked.view.plan.standing(subject)
    if standing is None or standing.state is None:
        raise NotFoundError(
            "there is no {subject} in this workplan, {when}",
            subject=subject,
            when=asked.view.question.words,
            value=call.path["id"],
            way_out=f"The ids are listed at {PREFIX}/workplans/{call.workplan}/{name}.",
        )
    return standing


def moments(call: Call, asked: Asked) -> Answer:
    """List the named moments, in the order in which they were named."""
    items = [_moment(call, asked.view, one) for one in asked.view.workplan.moments]
    return Answer(about(asked) | {"items": items, "next": None})


def moment(call: Call, asked: Asked) -> Answer:
    """Show one named moment and the entry that it resolves to."""
    found = next((one for one in asked.view.workplan.moments if one.slug == call.path["id"]), None)
    if found is None:
        raise nothing_here()
    return Answer(
        _moment(call, asked.view, found) | {"question": asked.view.question.as_json()} | mark(asked)
    )


def _moment(call: Call, view: View, one: Moment) -> Body:
    """``position`` and ``recorded_at`` are null where the moment is still to come, or lies before the log."""
    now: datetime = call.runtime.now()
    try:
        position = last_position(view.tx, view.end, view.present, now, one.at) or None
    except MomentError:
        position = None
    recorded = recorded_at(view.tx, view.end.workplan, position) if position else None
    made = {"id": one.slug, "title": one.title, "at": one.at}
    return made | {"position": position, "recorded_at": recorded, "as_of": f"moment:{one.slug}"}
