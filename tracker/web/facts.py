"""The forms that record one fact each: the page first says in words what will be recorded, then records it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from flask import redirect, request
from werkzeug.wrappers import Response

from tracker.clock import new_id
from tracker.errors import ConflictError, DeniedError, NotFoundError, RuleError, TrackerError
from tracker.events.dates import local_day
from tracker.web import labels
from tracker.web.amending import rehearse
from tracker.web.differences import Line
from tracker.web.fact_fields import ENVELOPE, Ask, FactForm, shown, value_of
from tracker.web.fact_forms import DATA_NAMES, FORMS
from tracker.web.fact_hints import HINTS
from tracker.web.fact_requests import Filled, Said, subject_of
from tracker.web.fact_words import sentences
from tracker.web.field_labels import LANGUAGES
from tracker.web.guarding import check_form
from tracker.web.language import _, occurred_words, wall_words
from tracker.web.readers import runtime
from tracker.web.recordable import may_record, state_of_plan, voices_among
from tracker.web.recurring import like
from tracker.web.refusal_words import faults_by_field, said_plainly
from tracker.web.refusals import status_of
from tracker.web.rendering import shell
from tracker.web.telling import Told, since
from tracker.web.visits import Visit, page, visit

PAGE = "/w/<workplan>/record/<way>"


# ------------------------------------------------------------------------------------------------------- pages


@shell.get(PAGE)
@shell.get(f"{PAGE}/<id>")
def record_form(workplan: str, way: str, id: str | None = None) -> tuple[str, int]:  # noqa: A002 - its place
    with visit(workplan) as here:
        filled = _opened(here, way, id)
        return _page(here, replace(filled, said=_beginning(here, filled)))


@shell.post(PAGE)
@shell.post(f"{PAGE}/<id>")
def record(workplan: str, way: str, id: str | None = None) -> Response | tuple[str, int]:  # noqa: A002
    """Show what the form would record, or record it; whatever is refused comes back as it was filled in."""
    check_form()
    said = request.form.to_dict(flat=False)
    with visit(workplan) as here:
        filled = replace(_opened(here, way, id), said=said)
        if filled.value("action") == "edit":
            return _page(here, filled)
        if faults := _missing(filled):
            return _page(here, replace(filled, faults=faults), 422)
        body = filled.request(here)
        if filled.value("action") != "record":
            return _looked_over(here, filled, body)
        principal = here.principal
    try:
        done = runtime().submit(workplan, body, principal, "web", filled.value("request_key") or new_id())
    except (RuleError, ConflictError, DeniedError) as error:
        with visit(workplan) as here:
            return _refused(here, replace(_opened(here, way, id), said=said), error)
    if not done.count:
        with visit(workplan) as here:
            return _page(here, replace(filled, faults={"form": _("It is so already.")}), 422)
    kind, id_ = filled.form.kind, body["subject"].partition("/")[2]
    if kind == "workplan":
        return redirect(here.to("entry", position=done.first_position), 303)
    return redirect(here.to(kind, id=id_, done=done.first_position), 303)


def _looked_over(here: Visit, filled: Filled, body: dict[str, Any]) -> tuple[str, int]:
    """Say in words what a request would record, judged as if it were recorded now."""
    try:
        effect = rehearse(here, body)
        words = sentences(here, body, filled.state)
    except TrackerError as error:
        return _refused(here, filled, error)
    if effect is None:
        return _page(here, replace(filled, faults={"form": _("It is so already.")}), 422)
    kept = {**filled.said, "id": [body["subject"].partition("/")[2]]}
    return _page(here, replace(filled, said=kept), words=words, effect=effect if filled.state else [])


def _opened(here: Visit, way: str, id_: str | None) -> Filled:
    """Return the form, or refuse whoever may not use it.

    Raises:
        NotFoundError, DeniedError: as said.
    """
    form = FORMS.get(way)
    is_known = id_ is not None or (form is not None and form.kind == "workplan")
    if form is None or (not is_known and not form.founds) or (is_known and form.founds and not form.also):
        raise NotFoundError(_("There is no such form."))
    form = replace(form, asks=tuple(_spoken(here, ask) for ask in form.asks))
    if here.moment.is_past:
        raise DeniedError(_("A past view is read only."), way_out=_("Go back to today to record something."))
    state = (
        state_of_plan(here) if form.kind == "workplan" else here.one(f"{form.kind}/{id_}") if id_ else None
    )
    subject = subject_of(form.kind, id_ if form.kind == "workplan" else id_ or "-")
    if not may_record(here, form, subject):
        raise DeniedError(
            _("This is not yours to record."),
            way_out=_(
                "The Secretariat records everything; the review team sessions and reports of its region; leads propose"
                " sessions and speak of their own products."
            ),
        )
    return Filled(form, state, voices_among(here, form, subject), {})


def _spoken(here: Visit, ask: Ask) -> Ask:
    """Return what is asked in the languages of this plan, its own first."""
    others = (one for one in ask.languages if one not in here.root.languages)
    return replace(ask, languages=(*here.root.languages, *others)) if ask.kind == "wording" else ask


def _beginning(here: Visit, filled: Filled) -> Said:
    """Return what a form begins with: what is known of its subject, or of the one that it is made like."""
    known = dict(filled.state or {})
    asked = request.args.get("like", "")
    if filled.state is None and asked:
        known = like(here, asked, request.args.get("period", ""))
    if filled.form.event == "SessionScheduled" and not known.get("zone"):
        known["zone"] = here.zone
    if filled.state is None and filled.form.kind == "session" and here.principal.region:
        known |= {"level": "regional", "region": here.principal.region}
    made: dict[str, list[str]] = {
        "request_key": [new_id()],
        "version": [str(known["version"])] if filled.state else [""],
    }
    for ask in filled.form.asks:
        outer, _slash, inner = ask.name.partition("/")
        if ask.name in KEPT or outer in KEPT_INSIDE:
            held = known.get(outer)
            made |= shown(
                ask, held.get(inner) if inner and isinstance(held, Mapping) else held, here.languages
            )
        if filled.form.founds and ask.kind == "choice" and request.args.get(ask.name):
            made[ask.name] = [request.args[ask.name]]
    if filled.form.event == "SessionHeld" and known.get("starts_at"):
        made["occurred_on"] = [known["starts_at"][:10]]
    if filled.form.event == "ProductPublished":
        today = local_day(runtime().now(), here.zone)
        made.setdefault("review_on", [(today + timedelta(days=365)).isoformat()])
    return made


LISTS = {
    "session": "sessions",
    "review": "reviews",
    "product": "products",
    "commitment": "commitments",
    "milestone": "milestones",
    "entity": "entities",
    "workstream": "plan",
    "activity": "plan",
    "workplan": "plan",
}
"""The page that lists the subjects of a kind."""
KEPT = frozenset(
    {
        "title",
        "kind",
        "level",
        "region",
        "country",
        "window",
        "starts_at",
        "ends_at",
        "zone",
        "mode",
        "languages",
    }
    | {
        "audience",
        "rule",
        "workstreams",
        "objectives",
        "place",
        "steward",
        "review_on",
        "attendance",
        "counts_for",
    }
    | {"text", "names", "preamble", "number", "workstream", "due", "nature", "category", "component"}
)
KEPT_INSIDE = frozenset({"tags", "settings"})
"""Answers that a form begins with where they are known."""


def _missing(filled: Filled) -> dict[str, str]:
    """Return what has to be answered before anything is judged."""
    answers = {ask.name: value_of(ask, filled.said) for ask in filled.form.asks}
    empty = [ask for ask in filled.form.asks if ask.is_needed and not answers[ask.name]]
    faults = {ask.parts[0]: _("Please fill this in.") for ask in empty}
    needs = filled.form.needs
    if needs and not any(answers[name] for name in needs):
        one = next(ask for ask in filled.form.asks if ask.name in needs)
        names = [_(ask.label) for ask in filled.form.asks if ask.name in needs]
        faults[one.parts[0]] = _("Fill in one of: {names}.", names=", ".join(names))
    if filled.voices and not filled.value("voice"):
        faults["voice"] = _("You act for several entities here: say for which one.")
    return faults


def _refused(here: Visit, filled: Filled, error: TrackerError) -> tuple[str, int]:
    """Show the form again as it was filled in, with what is wrong and what was recorded meanwhile."""
    if isinstance(
        error, DeniedError
    ):  # such as an activity that is not the lead's: another answer may be taken
        return _page(here, replace(filled, faults={"form": said_plainly(error)}), 403)
    if not isinstance(error, RuleError | ConflictError):
        raise error
    if isinstance(error, RuleError):
        faults = faults_by_field(error, partial(_place, filled.form))
        return _page(here, replace(filled, faults=faults), status_of(error))
    subject, known = filled.subject, filled.value("version")
    version = str(filled.state["version"]) if filled.state else ""
    said = {**filled.said, "version": [version], "request_key": [new_id()], "id": [""]}
    newer = since(here, subject, int(known)) if subject and known.isdecimal() else []
    faults = {} if newer else {"form": _taken(here, filled)}
    return _page(here, replace(filled, said=said, faults=faults), 409, newer=newer)


def _taken(here: Visit, filled: Filled) -> str:
    region = filled.value("region")
    if filled.form.way == "review-planned" and here.answer.plan.has(f"review/{region}"):
        return _("This region has its review already. Move that one to other dates instead.")
    return _(
        "Somebody recorded one with this title just now. Check whether it is the same; if it is not, send yours again."
    )


def _place(form: FactForm, pointer: str) -> str:
    """Return the input of the form that a pointer into the request is about."""
    parts = pointer.strip("/").removeprefix("data/").split("/")
    is_data = pointer.startswith("/data/")
    if parts[0] == "evidence":
        parts = [f"evidence_{'kind' if 'kind' in parts else 'url'}"]
    if is_data and form.spread and parts[0] in {"from", "to"}:
        return f"{form.spread}/{parts[0]}"
    inputs = {
        DATA_NAMES.get(ask.name, ask.name): ask for ask in form.asks if (ask.name in ENVELOPE) != is_data
    }
    ask = inputs.get("/".join(parts[:2])) or inputs.get(parts[0])
    if ask is None:
        return "voice" if parts[0] == "entity" and not is_data else "form"
    return next((one for one in ask.parts if one == "/".join(parts[:2])), ask.parts[0])


def _page(
    here: Visit,
    filled: Filled,
    status: int = 200,
    *,
    newer: list[Told] | None = None,
    words: list[str] | None = None,
    effect: list[Line] | None = None,
) -> tuple[str, int]:
    subject = filled.subject
    return page(
        "record.html",
        here,
        status,
        form=filled,
        options={ask.name: ask.options(here) for ask in filled.form.asks if ask.options},
        back=(here.to_subject(subject) if subject else None) or here.to(LISTS[filled.form.kind]),
        list=here.to(LISTS[filled.form.kind]),
        subject_title=here.words_of(subject) if subject else None,
        answers=_answers(here, filled) if words else [],
        words=words,
        effect=effect or [],
        since=newer or [],
        labels=labels,
        hints=HINTS,
        languages=LANGUAGES,
    )


SAID_AS = {"date": occurred_words, "day": occurred_words, "wall": wall_words}
"""How a page says an answer of a kind."""


def _answers(here: Visit, filled: Filled) -> list[tuple[str, str]]:
    """Return ``(label, words)`` of what was filled in."""
    made = []
    for ask in filled.form.asks:
        options = dict(ask.options(here)) if ask.options and ask.kind != "zone" else {}
        values = [
            options.get(one, one) for part in ask.parts for one in filled.said.get(part, ()) if one.strip()
        ]
        if values:
            say = SAID_AS.get(ask.kind)
            values = [say(one) for one in values] if say else values
            made.append((_(ask.label), ", ".join(dict.fromkeys(values))))
    return made
