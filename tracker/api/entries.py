"""What happened: the history with its speakers, as JSON or as a file, and one entry with its proof."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from tracker.api.call import PREFIX, Answer, Asked, Call, file_answer, table_of
from tracker.api.dispatch import nothing_here
from tracker.api.queries import span_of
from tracker.api.rendering import about, mark
from tracker.events.reading import read_stored
from tracker.projections.bounds import after_position, last_position
from tracker.projections.entry_sheet import COLUMNS, entry_rows
from tracker.projections.history import Filters, differences, entries, history, one_entry

Body = dict[str, Any]

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
    if call.format is not None:
        table = table_of(asked, "entries", COLUMNS, entry_rows(items))
        return file_answer(table, call.format, f"{call.workplan}-entries", headers)
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
    since = span_of(query["occurred_from"], "occurred_from")[0] if "occurred_from" in query else None
    effective = view.question.effective
    until = span_of(query["occurred_to"], "occurred_to")[1] if "occurred_to" in query else None
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


def _known_then(item: Body, position: int) -> Body:
    """Leave out amendments that came after the position asked about; a redaction always shows, for its text is gone."""
    for name in AMENDED:
        if name in item:
            item[name] = [one for one in item[name] if one <= position]
            if not item[name]:
                del item[name]
    return item


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
