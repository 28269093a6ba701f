"""What changed between two points: one sentence whose phrases lead to the tables below it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response

from tracker.errors import MomentError
from tracker.projections.change_sheet import COLUMNS, rows
from tracker.projections.change_words import sentence
from tracker.projections.changes import SPOKEN, compared, explain, split_point
from tracker.projections.questions import DAY
from tracker.projections.sheets import MEDIA_TYPES, Format, Table, file_of, instant_cell
from tracker.runtime import View
from tracker.web.changed import MOST, WHAT, Telling
from tracker.web.language import _, colon, day_words, spoken
from tracker.web.moments import Moment
from tracker.web.readers import runtime
from tracker.web.rendering import shell
from tracker.web.visits import Visit, page, visit

PAGE = 150
"""Subjects on a page; what differs in the real plan mostly stands on one, so that every phrase finds its part."""
FEWEST = 10
READ = 1000
"""Entries that are read for a page, about: where subjects have long histories, fewer of them stand on one."""
UNFOLDED = 25
"""Subjects up to which all stand open; where more differ, each workstream is folded to how many do."""
HEADERS = {
    "workstream": "workstream",
    "subject": "id",
    "title": "what",
    "what": "change",
    "field": "field",
    "old": "old",
    "new": "new",
    "entry": "entry",
    "type": "type of entry",
    "recorded_at": "recorded",
    "occurred_on": "happened",
    "speaker": "who",
    "channel": "through",
    "reason": "why",
    "decided_at": "decided at",
}


@shell.get("/w/<workplan>/changes")
def changes(workplan: str) -> tuple[str, int] | Response:
    if "axis" in request.args:
        return _plainly()
    with visit(workplan) as here:
        first, second = _ends()
        if not first:
            return page("changes.html", here, asked=None, form=_form("", ""))
        with _two(here, first, second or here.moment.point) as (before, after, notice):
            start = _start()
            step = _step(before, after)
            telling = _telling(here, before, after, start, step)
            groups = telling.groups()
            return page(
                "changes.html",
                here,
                asked=telling.found,
                notice=notice,
                points=[Moment(one.question, {}, here.moment.today).words for one in (before, after)],
                form=_form(first, second),
                phrases=telling.phrases(groups),
                groups=groups,
                start=start,
                step=step,
                unfolded=UNFOLDED,
                differing=telling.differing,
                what=WHAT,
                files={"from": first} | ({"to": second} if second else {}),
            )


@shell.get("/w/<workplan>/changes.<any(csv, xlsx):form>")
def changes_file(workplan: str, form: Format) -> Response:
    """Hand out what changed as a file, in the words of the page."""
    with visit(workplan) as here:
        first, second = _ends()
        with _two(here, first or "now", second or here.moment.point) as (before, after, _notice):
            telling = _telling(here, before, after)
            if not here.may("history"):
                _hush(telling.found)
            points = [Moment(one.question, {}, here.moment.today).words for one in (before, after)]
            question = after.question
            table = Table(
                title=f"{here.title}{colon()}{_('What changed')}",
                known=_("From {first} to {second}.", first=points[0], second=points[1]),
                zone=question.zone,
                made=instant_cell(question.recorded_at),
                columns=[_(HEADERS[name]) for name in COLUMNS],
                rows=rows(telling.found, telling.title_of, telling.say),
            )
            answer = Response(file_of(table, form), content_type=MEDIA_TYPES[form])
            answer.headers["Content-Disposition"] = f'attachment; filename="{workplan}-changes.{form}"'
            return answer


def _step(before: View, after: View) -> int:
    """Return how many subjects stand on a page: what did their differences is found by reading all their entries."""
    entries = max(before.question.position, after.question.position)
    return min(PAGE, max(FEWEST, READ * len(after.plan.standings) // entries))


def _start() -> int:
    said = request.args.get("after", "")
    return int(said) if said.isdecimal() and len(said) < 9 else 0


def _ends() -> tuple[str, str]:
    return request.args.get("from", "").strip(), request.args.get("to", "").strip()


def _telling(here: Visit, before: View, after: View, start: int = 0, count: int | None = None) -> Telling:
    """Return what changed, ready to be told, of it all or ``count`` subjects from ``start``, in the order shown.

    What a page does not show is not made: of a part only the last entries of each change are described.
    """
    first, second = (before.question, before.plan), (after.question, after.plan)
    found = compared(first, second)
    said = sentence(found, spoken())
    order = [
        (name, one["subject"])
        for stream in found["workstreams"]
        for name in WHAT
        for one in found[name]
        if one["workstream"] == stream["workstream"]
    ]
    if count is not None:
        kept = set(order[start : start + count])
        for name in WHAT:
            found[name] = [one for one in found[name] if (name, one["subject"]) in kept]
    explain(after.tx, here.id, first, second, found, 0 if count is None else MOST)
    return Telling(here, after, here.reveal(found), said, len(order))


def _hush(found: dict[str, Any]) -> None:
    """Leave out of a file what only those who may read the history are told of an entry."""
    for name in WHAT:
        for one in found[name]:
            one["entries"] = [
                {field: said for field, said in entry.items() if field not in SPOKEN}
                for entry in one["entries"]
            ]


def _plainly() -> Response:
    """Turn what the form asks into an address whose ends say it plainly."""
    axis, query = request.args["axis"], {}
    for name in ("from", "to"):
        said = request.args.get(f"{name}_moment") and f"moment:{request.args[f'{name}_moment']}"
        said = said or request.args.get(f"{name}_day", "").strip()
        if said:
            query[name] = f"now@{said}" if axis == "now" else said
    if axis == "against" and query:
        first = query.get("from") or query["to"]
        query = {"from": first, "to": f"now@{query.get('to') or first}"}
    return redirect(f"{request.path}?{urlencode(query)}" if query else request.path, 303)


def _form(first: str, second: str) -> dict[str, str]:
    made = {"axis": "now" if "@" in first else "against" if "@" in second else "then"}
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
