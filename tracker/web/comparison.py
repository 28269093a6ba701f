"""What changed between two points: one sentence whose phrases lead to the tables below it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response

from tracker.errors import MomentError
from tracker.projections.changes import changes as changes_between
from tracker.projections.changes import split_point
from tracker.projections.questions import DAY
from tracker.projections.reading_rights import WITHHELD
from tracker.projections.speakers import display_name
from tracker.projections.views import view_of
from tracker.runtime import View
from tracker.web import labels
from tracker.web.differences import Line, lines
from tracker.web.language import _, day_words
from tracker.web.moments import Moment
from tracker.web.readers import runtime
from tracker.web.rendering import shell
from tracker.web.subjects import subject_words
from tracker.web.visits import Visit, page, visit

TOLD_ELSEWHERE = {
    "activity": {"overdue", "last_report", "sessions_counted", "reports_by_entity", "leads"},
    "workstream": {"activities"},
    "entity": {"leads", "participates"},
    "milestone": {"overdue"},
}
"""Fields of a view, by kind, that another subject's lines say, or that only the calendar changes."""

WITH_TEXT = ("activity", "commitment")


@dataclass(frozen=True, slots=True)
class Changed:
    """One subject that differs: what it is called, its lines, the entries that did it."""

    kind: str
    id: str
    subject: str
    title: str
    text: str
    lines: list[Line]
    entries: list[int]
    is_marked: bool = False


@shell.get("/w/<workplan>/changes")
def changes(workplan: str) -> tuple[str, int] | Response:
    if "axis" in request.args:
        return _plainly()
    with visit(workplan) as here:
        first, second = request.args.get("from", "").strip(), request.args.get("to", "").strip()
        if not first:
            return page("changes.html", here, asked=None, form=_form("", ""))
        with _two(here, first, second or here.moment.point) as (before, after, notice):
            found = changes_between(
                after.tx, workplan, (before.question, before.plan), (after.question, after.plan)
            )
            names = _At(here, after)
            return page(
                "changes.html",
                here,
                asked=found,
                notice=notice,
                points=[Moment(one.question, {}, here.moment.today).words for one in (before, after)],
                form=_form(first, second),
                added=[_changed(here, names, one) for one in found["added"]],
                removed=[_changed(here, names, one) for one in found["withdrawn"]],
                groups=_groups(here, names, found["changed"]),
                labels=labels,
            )


def _plainly() -> Response:
    """Turn what the form asks into an address whose ends say it plainly."""
    as_known_now = request.args["axis"] == "now"
    query = {}
    for name in ("from", "to"):
        said = request.args.get(f"{name}_moment") and f"moment:{request.args[f'{name}_moment']}"
        said = said or request.args.get(f"{name}_day", "").strip()
        if said:
            query[name] = f"now@{said}" if as_known_now else said
    return redirect(f"{request.path}?{urlencode(query)}" if query else request.path, 303)


def _form(first: str, second: str) -> dict[str, str]:
    made = {"axis": "now" if "@" in first else "then"}
    for name, said in (("from", first), ("to", second)):
        point = said.rpartition("@")[2]
        made[name] = point if DAY.fullmatch(point) else ""
        made[f"{name}_moment"] = point.removeprefix("moment:") if point.startswith("moment:") else ""
    return made


@contextlib.contextmanager
def _two(here: Visit, first: str, second: str) -> Iterator[tuple[View, View, str | None]]:
    """Open both points. A first one before the log is taken as we know it now, and the page says so."""
    run, notice = runtime(), None
    with contextlib.ExitStack() as stack:
        try:
            before = stack.enter_context(run.ask(here.id, *split_point(first)))
        except MomentError as error:
            query = error.details.get("query")
            if not query or "@" in first:
                raise
            before = stack.enter_context(run.ask(here.id, None, query["effective_on"]))
            notice = _(
                "The log began on {began}; the first point is {day} as we know it now.",
                began=day_words(error.details["began"]),
                day=day_words(query["effective_on"]),
            )
        after = stack.enter_context(run.ask(here.id, *split_point(second)))
        yield before, after, notice


@dataclass(frozen=True, slots=True)
class _At:
    """Names as they were at the second point."""

    here: Visit
    answer: View

    @property
    def languages(self) -> tuple[str, ...]:
        return self.here.languages

    def name(self, entity: str) -> str:
        return display_name(self.answer.plan, entity)


def _changed(here: Visit, names: _At, one: dict[str, Any]) -> Changed:
    later = _state(names, one["subject"])
    state = one.get("state") or later or {}
    hidden = TOLD_ELSEWHERE.get(one["kind"], set())
    fields = [field for field in one.get("fields") or () if field["field"] not in hidden]
    if not here.may("details"):
        fields = [field for field in fields if field["field"] not in WITHHELD]
    return Changed(
        kind=one["kind"],
        id=one["id"],
        subject=one["subject"],
        title=subject_words(names.answer.plan, one["subject"], here.languages),
        text=here.text(state.get("text")) if one["kind"] in WITH_TEXT else here.text(state.get("title")),
        lines=lines(here.reveal(fields), names, later),
        entries=one["events"],
        is_marked=bool(one.get("marked")),
    )


def _state(names: _At, subject: str) -> dict[str, Any] | None:
    standing = names.answer.plan.standing(subject)
    if standing is None or standing.state is None:
        return None
    return view_of(names.answer.plan, standing, names.answer.question.day)


def _groups(here: Visit, names: _At, changed: list[dict[str, Any]]) -> list[tuple[str, list[Changed]]]:
    """Return ``(kind, what changed of it)`` in the order of the plan, without what changed in no visible way."""
    made: dict[str, list[Changed]] = {}
    for one in changed:
        told = _changed(here, names, one)
        if told.lines:
            made.setdefault(told.kind, []).append(told)
    return [
        (kind, made[kind]) for kind in ("activity", *[k for k in made if k != "activity"]) if kind in made
    ]
