"""The forms that correct an entry, withdraw it, or remove a text of it; each first says what will be recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import redirect, request
from werkzeug.wrappers import Response

from tracker.clock import new_id
from tracker.errors import ConflictError, DeniedError, RuleError, TrackerError
from tracker.projections.history import one_entry
from tracker.web.amending import Entry, entry_at, field_words, rehearse, ways
from tracker.web.differences import Line, target_words
from tracker.web.genuine import check_position
from tracker.web.guarding import check_form
from tracker.web.labels import STATUS
from tracker.web.language import _
from tracker.web.readers import runtime
from tracker.web.refusal_words import faults_by_field
from tracker.web.refusals import status_of
from tracker.web.rendering import shell
from tracker.web.signin import fresh_signin_needed
from tracker.web.telling import Told, since, tell
from tracker.web.visits import Visit, page, visit
from tracker.workplan.activity import Activity

TYPES = {"correct": "EntryCorrected", "withdraw": "EntryRetracted", "remove": "TextRedacted"}
PAGE = "/w/<workplan>/entries/<int:position>/<any(correct, withdraw, remove):way>"


@dataclass(frozen=True, slots=True)
class Form:
    """A form about one entry as it was filled in, with the messages at its fields; the one under ``form`` at none."""

    way: str
    entry: Entry
    said: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return self.said.get(name, "")

    @property
    def removable(self) -> list[tuple[str, str, str]]:
        """``(pointer, label, text)`` of the texts that can be removed."""
        return [(pointer, field_words(pointer), text) for pointer, text in self.entry.texts.items()]

    def request(self) -> dict[str, Any]:
        """Return the body for the write door that the form means."""
        data: dict[str, Any] = {"position": self.entry.event.position}
        body: dict[str, Any] = {"type": TYPES[self.way], "subject": self.entry.event.subject, "data": data}
        if self.way == "remove":
            data |= {"field": self.value("field"), "authority": self.value("authority").strip()}
        else:
            body["reason"] = self.value("why").strip()
        if self.way == "correct":
            data |= self.entry.wished(self.said)
        if self.value("version").isdecimal():
            body["expected_version"] = int(self.value("version"))
        return body


@shell.get(PAGE)
def amend_form(workplan: str, position: int, way: str) -> tuple[str, int]:
    with visit(workplan, "history") as here:
        entry = _entry(here, position, way)
        if way == "remove" and (needed := fresh_signin_needed()):
            return needed
        said = {"key": new_id(), "version": str(entry.version)} | (entry.values() if way == "correct" else {})
        return _page(here, Form(way, entry, said))


@shell.post(PAGE)
def amend(workplan: str, position: int, way: str) -> Response | tuple[str, int]:
    """Show what the form would record, or record it; whatever is refused comes back as it was filled in."""
    check_form()
    with visit(workplan, "history") as here:
        form = Form(way, _entry(here, position, way), request.form.to_dict())
        if way == "remove" and (needed := fresh_signin_needed()):
            return needed
        if form.value("action") == "edit":
            return _page(here, form)
        faults = _missing(form)
        if faults:
            return _page(here, Form(way, form.entry, form.said, faults), 422)
        try:
            effect = rehearse(here, form.request())
        except TrackerError as error:
            return _refused(here, form, error)
        if effect is None:
            return _page(here, Form(way, form.entry, form.said, {"form": _("It is so already.")}), 422)
        if form.value("action") != "record":
            return _page(here, form, confirm=True, effect=effect)
        principal = here.principal
    try:
        done = runtime().submit(workplan, form.request(), principal, "web", form.value("key") or new_id())
    except (RuleError, ConflictError, DeniedError) as error:
        with visit(workplan, "history") as here:
            return _refused(here, Form(way, _entry(here, position, way), form.said), error)
    return redirect(here.to("entry", position=position, done=done.first_position), 303)


def _entry(here: Visit, position: int, way: str) -> Entry:
    """Return the entry, or refuse whoever may not amend it in this way.

    Raises:
        NotFoundError, DeniedError: as said.
    """
    check_position(here, position)
    entry = entry_at(here, position)
    if way in ways(here, entry):
        return entry
    if here.moment.is_past:
        raise DeniedError(_("A past view is read only."), way_out=_("Go back to today to amend an entry."))
    if entry.now is None and way != "remove":
        raise DeniedError(_("This entry was retracted, and that is final."), way_out=_("Enter it anew."))
    raise DeniedError(
        _("This entry is not yours to amend in this way."),
        way_out=_(
            "Leads can correct and withdraw what their own entity reported until the round closes, the Secretariat"
            " any entry but the system's own records; only the Secretariat removes texts."
        ),
    )


def _missing(form: Form) -> dict[str, str]:
    """Return what has to be filled in before anything is judged."""
    if form.way == "remove":
        wanted = {
            "field": _("Choose the text to remove."),
            "authority": _("Say who decided it, and under which rule."),
        }
    else:
        wanted = {"why": _("Say why: it is shown beside the entry for ever.")}
    faults = {name: words for name, words in wanted.items() if not form.value(name).strip()}
    if form.way == "correct" and not form.entry.wished(form.said):
        faults["form"] = _("Nothing differs yet from how the entry stands. Change what is wrong.")
    return faults


def _refused(here: Visit, form: Form, error: TrackerError) -> tuple[str, int]:
    """Show the form again as it was filled in, with what is wrong and what was recorded meanwhile."""
    if not isinstance(error, RuleError | ConflictError):
        raise error
    said, newer = dict(form.said), []
    if isinstance(error, ConflictError):
        newer = since(here, form.entry.event.subject, int(form.value("version") or 0))
        said |= {"version": str(form.entry.version), "key": new_id()}
        faults: dict[str, str] = {}
    else:
        faults = faults_by_field(error, partial(_place, form))
    return _page(here, Form(form.way, form.entry, said, faults), status_of(error), newer=newer)


def _place(form: Form, pointer: str) -> str:
    """Return the field of the form that a pointer into the request is about."""
    parts = pointer.strip("/").split("/")
    if parts == ["reason"]:
        return "why"
    parts = parts[1:] if parts[0] == "data" else parts
    known = {*form.entry.values(), "authority", "field"}
    while parts:
        if (name := "/".join(parts)) in known:
            return name
        parts.pop()
    return "form"


def _page(
    here: Visit,
    form: Form,
    status: int = 200,
    *,
    newer: list[Told] | None = None,
    confirm: bool = False,
    effect: list[Line] | None = None,
) -> tuple[str, int]:
    answer, event = here.answer, form.entry.event
    return page(
        "amend.html",
        here,
        status,
        form=form,
        entry=tell(here, one_entry(answer.tx, answer.end, answer.plan, event.position)),
        known=_known(here, event.subject) if form.way == "correct" else {},
        fields=form.entry.fields() if form.way == "correct" else [],
        since=newer or [],
        is_confirmed=confirm,
        changed=form.entry.changes(here, form.entry.wished(form.said)) if form.way == "correct" else [],
        effect=effect or [],
        repeated=_repeated(here, form) if confirm and form.way == "remove" else [],
    )


def _known(here: Visit, subject: str) -> dict[str, str]:
    """Return what can be named in a field of an activity's entries: its targets and its parts."""
    activity = here.answer.plan.get(subject, Activity)
    if activity is None:
        return {}
    view = here.one(subject)
    targets = [f"{one['id']} ({target_words(one, here)})" for one in view.get("targets") or ()]
    parts = [f"{one['key']} ({here.text(one['text'])[:40]}…)" for one in view["subitems"]]
    statuses = [f"{name} ({_(words)})" for name, words in STATUS.items()]
    return {"done": ", ".join(targets), "subitems": ", ".join([*parts, *statuses]) if parts else ""}


def _repeated(here: Visit, form: Form) -> list[int]:
    """Return the other entries whose texts hold the very text that is removed here."""
    text = form.entry.texts.get(form.value("field"), "")
    rows = here.answer.tx.all(
        "SELECT DISTINCT position FROM texts WHERE workplan = ? AND text = ? AND position <> ? ORDER BY position",
        here.id,
        text,
        form.entry.event.position,
    )
    return [row[0] for row in rows]
