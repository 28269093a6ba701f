"""Which of the forms that record a fact a reader may use, and in whose voice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, cast

from flask import request

from tracker.directory.principals import Role
from tracker.errors import DeniedError, NotFoundError, RuleError
from tracker.events.catalogue import CATALOGUE
from tracker.events.event import Wish
from tracker.web.fact_fields import FactForm
from tracker.web.fact_forms import FORMS
from tracker.web.visits import Visit
from tracker.workplan.activity import Activity
from tracker.workplan.plan import Plan
from tracker.workplan.rights import entities_for, permitted
from tracker.workplan.workstream import Workstream


def offered(here: Visit, kind: str, state: Mapping[str, Any] | None = None) -> list[FactForm]:
    """Return the forms that this reader may use about a subject, or to make one of a kind; none on a past view."""
    if here.moment.is_past:
        return []
    return [
        one
        for one in FORMS.values()
        if one.kind == kind
        and ((one.also or not one.founds) and one.fits(state) if state else one.founds)
        and (not one.role or here.principal.has(cast("Role", one.role)))
        and may_record(here, one, _subject(kind, state))
    ]


def state_of_plan(here: Visit) -> dict[str, Any]:
    """Return the plan itself as forms about it know it."""
    root, standing = here.root, here.answer.plan.standing("workplan")
    version = standing.version if standing else 0
    return {
        "id": "",
        "title": root.title,
        "settings": root.settings,
        "closed": root.closed,
        "version": version,
    }


def _subject(kind: str, state: Mapping[str, Any] | None) -> str:
    if kind == "workplan":
        return kind
    return f"{kind}/{state['id']}" if state else f"{kind}/-"


def may_record(here: Visit, form: FactForm, subject: str, voice: str | None = None) -> bool:
    """Return whether this reader may write what a form records, as the rights inside the append will say."""
    declared = CATALOGUE[form.event].data
    empty: dict[str, Any] = {one.name: "" for one in fields(declared)}
    everything = {"region": here.principal.region, "activities": _activities(here.answer.plan)}
    data = declared(**empty | {name: value for name, value in everything.items() if name in empty})
    try:
        permitted(here.principal, Wish(subject, data, entity=voice), here.answer.plan, _no_target)
    except DeniedError:
        return False
    except RuleError:
        return True  # of whose voices one has to be chosen
    return True


def _activities(plan: Plan) -> tuple[str, ...]:
    return tuple(one.id for one in plan.all("activity", Activity))


def _no_target(position: int) -> Any:
    raise NotFoundError("no entry {position} is amended by this", position=position)


def voices_among(here: Visit, form: FactForm, subject: str) -> list[tuple[str, str]]:
    """Return ``(entity, name)`` of those among whom a lead has to choose."""
    if not here.principal.has("lead"):
        return []
    plan = here.answer.plan
    streams = [entities_for(here.principal, plan, one.id) for one in plan.all("workstream", Workstream)]
    found = dict.fromkeys(entity for entities in streams for entity in entities)
    kept = [one for one in found if may_record(here, form, subject, one)]
    return [(one, here.name(one)) for one in kept] if len(kept) > 1 else []


def done_of(here: Visit) -> int | None:
    """Return the entry that the reader recorded just now, as the address says."""
    return here.entry_numbered(request.args.get("done", ""))
