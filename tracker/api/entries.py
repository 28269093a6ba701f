"""What happened: the history with its speakers, as JSON or CSV, one entry with its proof, and what changed between."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import orjson

from tracker.api.call import PREFIX, Answer, Asked, Call
from tracker.api.dispatch import nothing_here
from tracker.api.rendering import Screen, about, mark, told
from tracker.errors import MomentError
from tracker.events.dates import span
from tracker.events.reading import read_stored
from tracker.projections.bounds import after_position, last_position
from tracker.projections.changes import changes, split_point
from tracker.projections.history import Filters, differences, entries, history, one_entry
from tracker.projections.past import plan_for
from tracker.projections.questions import Question, resolve
from tracker.workplan.plan import Plan, refuse

Body = dict[str, Any]

COLUMNS = (
    "position",
    "recorded_at",
    "occurred_on",
    "subject",
    "version",
    "type",
    "speaker",
    "entity",
    "channel",
    "reason",
    "decided_at",
    "corrected_by",
    "retracted_by",
    "data",
)
AMENDED = ("corrected_by", "retracted_by")


def list_events(call: Call, asked: Asked) -> Answer:
    """List entries, oldest first unless asked otherwise; ``next`` is the position to go on ``after``."""
    view = asked.view
    items, goes_on = history(view.tx, view.end, view.plan, _filters(call, asked))
    items = [_known_then(item, view.question.position) for item in items]
    headers = {}
    if goes_on is not None:
        kept = {**call.query, "after": goes_on}
        asked_for = {name.rstrip("_"): said for name, said in kept.items()}
        address = f"{PREFIX}/workplans/{call.workplan}/events?{urlencode(asked_for)}"
        headers["Link"] = f'<{address}>; rel="next"'
    if call.is_csv:
        headers["Content-Disposition"] = f'attachment; filename="{call.workplan}-entries.csv"'
        return Answer(_csv(items), headers=headers, media_type="text/csv; charset=utf-8")
    return Answer(about(asked) | {"items": items, "next": goes_on}, headers=headers)


def _filters(call: Call, asked: Asked) -> Filters:
    view, query, now = asked.view, call.query, call.runtime.now()
    is_descending = query["order"] == "desc"
    low, high = 0, view.question.position
    if (said := query.get("from_")) is not None:
        low = after_position(view.tx, view.end, view.present, now, said)
    if (said := query.get("to")) is not None:
        high = min(high, last_position(view.tx, view.end, view.present, now, said))
    after = query.get("after")
    if is_descending:
        high = high if after is None else min(high, after - 1)
    else:
        low = max(low, after or 0)
    subject = query.get("subject")
    is_kind = subject is not None and "/" not in subject and subject != "workplan"
    since = _day(query["occurred_from"], "occurred_from")[0] if "occurred_from" in query else None
    effective = view.question.effective
    until = _day(query["occurred_to"], "occurred_to")[1] if "occurred_to" in query else None
    if effective is not None:
        until = min(until or effective.isoformat(), effective.isoformat())
    return Filters(
        after=None if is_descending else low,
        upto=high,
        subject=None if is_kind else subject,
        kind=subject if is_kind else None,
        type=query.get("type"),
        actor=query.get("actor"),
        entity=query.get("entity"),
        channel=query.get("channel"),
        occurred_from=since,
        occurred_to=until,
        correlation_id=query.get("correlation_id"),
        is_descending=is_descending,
        limit=query["limit"],
    )


def _day(said: str, name: str) -> tuple[str, str]:
    try:
        first, last = span(said)
    except ValueError:
        raise refuse(
            "`{name}` is not a day, month, quarter or year",
            field=name,
            value=said,
            way_out="Give one such as `2023-05-16`, `2023-05`, `2023-Q2` or `2023`.",
            name=name,
        ) from None
    return first.isoformat(), last.isoformat()


def _known_then(item: Body, position: int) -> Body:
    """Leave out amendments that came after the position asked about; a redaction always shows, for its text is gone."""
    for name in AMENDED:
        if name in item:
            item[name] = [one for one in item[name] if one <= position]
            if not item[name]:
                del item[name]
    return item


def _csv(items: list[Body]) -> bytes:
    """Return the entries as CSV that a spreadsheet reads as text and never as a formula (OWASP, "CSV injection")."""
    file = io.StringIO()
    table = csv.writer(file, quoting=csv.QUOTE_ALL)
    table.writerow(COLUMNS)
    for item in items:
        cells = item | {"speaker": item["speaker"]["display"], "entity": item["speaker"]["entity"]}
        table.writerow([_cell(cells.get(name)) for name in COLUMNS])
    return file.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    said = value if isinstance(value, str) else orjson.dumps(value).decode()
    return f"'{said}" if said.lstrip(" \"'")[:1] in set("=+-@\t\r\0|") else said


def show_event(call: Call, asked: Asked) -> Answer:
    """Show one entry: its subject before and after, what it changed, what amended it, and that it is in the tree."""
    view, said = asked.view, call.path["position"]
    if not (said.isdecimal() and len(said) <= 16 and 1 <= int(said) <= view.question.position):
        raise nothing_here()
    end = replace(view.end, position=view.question.position)
    entry = _known_then(one_entry(view.tx, end, view.plan, int(said)), view.question.position)
    amending = sorted({at for name in (*AMENDED, "redacted_by") for at in entry.get(name, [])})
    stored = [read_stored(view.tx, end.workplan, at) for at in amending if at <= view.question.position]
    body = entry | {
        "changed": differences(entry["before"], entry["after"]),
        "corrections": entries(view.tx, end.workplan, view.plan, stored),
        "question": view.question.as_json(),
    }
    return Answer(body | mark(asked))


def show_changes(call: Call, asked: Asked) -> Answer:
    """Show what changed between two points, with the entries that did it."""
    screen = Screen(asked)
    first = _point(call, asked, call.query["from_"], "from")
    second = _point(call, asked, call.query["to"], "to")
    body = changes(asked.view.tx, call.workplan, first, second)
    for name in ("added", "withdrawn"):
        for entry in body[name]:
            entry["state"] = screen(entry["state"])
    _screen_fields(body, screen)
    to = second[0]
    head = {"position": to.position, "recorded_at": to.recorded_at, "question": to.as_json()}
    return told(asked, head | body | mark(asked), screen)


def _point(call: Call, asked: Asked, said: str, field: str) -> tuple[Question, Plan]:
    view = asked.view
    as_of, effective_on = split_point(said)
    try:
        question = resolve(view.tx, view.end, view.present, call.runtime.now(), as_of, effective_on)
    except MomentError as error:
        query = error.details.get("query")
        if query is not None:
            day = query.get("effective_on")
            instead = f"now@{day}" if day else "now"
            error.details["query"] = {field: instead}
            error.way_out = f"Ask for {field}={instead}."
        error.field, error.value = field, said
        raise
    return question, plan_for(view.tx, view.end, question, call.runtime.cache)


def _screen_fields(body: Body, screen: Screen) -> None:
    """Leave out fields that the reader does not get; a subject of which nothing else changed did not change for it."""
    kept = []
    for entry in body["changed"]:
        entry["fields"] = [one for one in entry["fields"] if not screen.hides(one["field"])]
        if entry["fields"]:
            kept.append(entry)
        else:
            body["unchanged"] += 1
            body["counts"]["changed"] -= entry["kind"] == "activity"
    body["changed"] = kept
