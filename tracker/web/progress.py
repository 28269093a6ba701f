"""The form to report progress: what it offers, and what it sends to the write door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.clock import new_id
from tracker.errors import TrackerError
from tracker.events.catalogue import ProgressReported
from tracker.events.dates import local_day, quarter_of, quarters_between
from tracker.web import labels
from tracker.web.differences import target_words
from tracker.web.event_fields import fields_of
from tracker.web.labels import Mark, mark
from tracker.web.language import _, occurred_words
from tracker.web.readers import runtime
from tracker.web.refusal_words import faults_by_field
from tracker.web.visits import Visit
from tracker.workplan.activity import Activity
from tracker.workplan.claims import ENDED, FOLLOWS
from tracker.workplan.obligations import leads_of, oldest_open_quarter
from tracker.workplan.rights import entities_about


@dataclass(frozen=True, slots=True)
class Option:
    """One value that a field offers, with what choosing it will ask for."""

    value: str
    mark: Mark
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ReportForm:
    """A form about one activity.

    ``said`` are the values filled in, ``faults`` the messages at their fields; the one under ``form`` belongs to none.
    """

    activity: str
    version: int
    voices: list[tuple[str, str]]
    is_on_behalf: bool
    quarters: list[tuple[str, str]]
    status: Mark
    statuses: list[Option]
    assessments: list[Option]
    targets: list[dict[str, Any]]
    subitems: list[dict[str, Any]]
    has_reason: bool
    today: str
    said: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return self.said.get(name, "")


def form_for(
    here: Visit, id_: str, view: Mapping[str, Any], said: Mapping[str, str] | None = None
) -> ReportForm | None:
    """Return the form, or None where this reader cannot report about the activity here and now."""
    state = here.answer.plan.get(f"activity/{id_}", Activity)
    voices = voices_of(here, id_)
    if state is None or not voices:
        return None
    today = local_day(runtime().now(), here.zone)
    quarter = oldest_open_quarter(here.answer.plan, state) or quarter_of(today)
    defaults = {"key": new_id(), "quarter": quarter, "behalf_on": today.isoformat(), "behalf_by": "mail"}
    return ReportForm(
        activity=id_,
        version=view["version"],
        voices=voices,
        is_on_behalf=here.principal.has("secretariat"),
        quarters=[
            (one, occurred_words(one))
            for one in reversed(quarters_between(quarter_of(here.root.first_day), quarter_of(today)))
        ],
        status=mark(state.status),
        statuses=[Option(one, mark(one), _hint(state, one)) for one in FOLLOWS[state.status]],
        assessments=[Option(one, mark(one), _(HINTS.get(one, ""))) for one in labels.ASSESSMENT],
        targets=[_target(here, one, view) for one in view.get("targets") or ()],
        subitems=[one for one in view["subitems"] if not one.get("withdrawn")],
        has_reason=bool(state.assessment_reason),
        today=today.isoformat(),
        said=defaults if said is None else dict(said),
    )


HINTS = {
    "on_hold": "say why, below",
    "discontinued": "say why, below",
    "completed": "give a link as evidence, or say below why there is none",
    "at_risk": "say why, below",
    "delayed": "say why, below",
}


def _hint(state: Activity, status: str) -> str:
    return _("reopening: say why, below") if state.status in ENDED else _(HINTS.get(status, ""))


def _target(here: Visit, target: Mapping[str, Any], view: Mapping[str, Any]) -> dict[str, Any]:
    counted = view["sessions_counted"] if len(view["targets"]) == 1 else 0
    return {
        "id": target["id"],
        "words": target_words(dict(target), here),
        "done": view["done"].get(target["id"], 0),
        "counted": counted,
    }


def voices_of(here: Visit, id_: str) -> list[tuple[str, str]]:
    """Return ``(entity, name)`` of those for whom this reader may report; empty on a past view and a closed plan."""
    activity = here.answer.plan.get(f"activity/{id_}", Activity)
    if activity is None or activity.withdrawn or here.moment.is_past or here.root.closed:
        return []
    if here.principal.has("secretariat"):
        found = [entity for entity, _first in leads_of(here.answer.plan, activity)]
    elif here.principal.has("lead"):
        found = entities_about(here.principal, here.answer.plan, f"activity/{id_}")
    else:
        found = []
    return [(entity, here.name(entity)) for entity in found]


def request_of(form: Mapping[str, str], id_: str, *, is_on_behalf: bool) -> dict[str, Any]:
    """Return the body for the write door that a filled form means. Nonsense is passed on, to be refused there."""
    data: dict[str, Any] = {"quarter": form["quarter"]} if form.get("quarter") else {}
    if form.get("what") == "no_change":
        data["no_change"] = True
    data.update(
        {name: form[name] for name in ("status", "assessment", "note", "needs") if _given(form, name)}
    )
    if form.get("same_reason"):
        data["same_reason"] = True
    if done := {name: _number(value) for name, value in _prefixed(form, "done-")}:
        data["done"] = done
    if subitems := dict(_prefixed(form, "part-")):
        data["subitems"] = subitems
    if _given(form, "evidence_url"):
        link = {"kind": form.get("evidence_kind") or "other", "url": form["evidence_url"].strip()}
        data["evidence"] = [
            link | ({"title": form["evidence_title"].strip()} if _given(form, "evidence_title") else {})
        ]
    body: dict[str, Any] = {"type": "ProgressReported", "subject": f"activity/{id_}", "data": data}
    if (form.get("version") or "").isdecimal():
        body["expected_version"] = int(form["version"])
    body.update({name: form[name].strip() for name in ("occurred_on", "reason") if _given(form, name)})
    if is_on_behalf:
        body["on_behalf_of"] = {
            "entity": form.get("voice", ""),
            "by": form.get("behalf_by", ""),
            "received_on": form.get("behalf_on", "").strip(),
        }
    elif _given(form, "voice"):
        body["entity"] = form["voice"]
    return body


def told_of(here: Visit, form: ReportForm, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a report says, for its reader to look over: whose it is, and every field in words."""
    voice = body.get("entity") or body.get("on_behalf_of", {}).get("entity") or form.voices[0][0]
    found = fields_of(ProgressReported, body["data"])
    facts = [(one.label, one.words(here.name), one.lang) for one in found if one.name != "quarter"]
    return {
        "voice": here.name(voice),
        "quarter": body["data"].get("quarter"),
        "occurred_on": body.get("occurred_on"),
        "reason": body.get("reason"),
        "facts": facts,
    }


def _given(form: Mapping[str, str], name: str) -> bool:
    return bool(form.get(name, "").strip())


def _prefixed(form: Mapping[str, str], prefix: str) -> list[tuple[str, str]]:
    return [
        (name.removeprefix(prefix), value.strip())
        for name, value in form.items()
        if name.startswith(prefix) and value.strip()
    ]


def _number(said: str) -> Any:
    return int(said) if said.isdecimal() and len(said) < 12 else said


def faults_of(error: TrackerError) -> dict[str, str]:
    """Return ``{field of the form: message}`` of a refusal, in plain words."""
    return faults_by_field(error, _field)


def _field(pointer: str) -> str:
    parts = pointer.strip("/").split("/")
    match parts:
        case ["data", "done", target, *_rest]:
            return f"done-{target}"
        case ["data", "subitems", key, *_rest]:
            return f"part-{key}"
        case ["data", "evidence", *rest]:
            return "evidence_title" if rest[-1:] == ["title"] else "evidence_url"
        case ["data", "no_change", *_rest]:
            return "what"
        case [
            "data",
            ("status" | "assessment" | "note" | "needs" | "quarter" | "title" | "at") as name,
            *_rest,
        ]:
            return name
        case ["data"]:
            return "what"
        case ["on_behalf_of", "received_on", *_rest]:
            return "behalf_on"
        case ["on_behalf_of", "by", *_rest]:
            return "behalf_by"
        case ["on_behalf_of" | "entity", *_rest]:
            return "voice"
        case [("reason" | "occurred_on") as name]:
            return name
        case _:
            return "form"
