"""What changed between two points: as JSON, as CSV, as a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tracker.api.call import Answer, Asked, Call, file_answer
from tracker.api.rendering import Screen, mark, screen_told, told
from tracker.errors import MomentError
from tracker.projections.change_sheet import COLUMNS, rows
from tracker.projections.change_words import in_words
from tracker.projections.changes import changes, split_point
from tracker.projections.past import plan_for
from tracker.projections.questions import Question, resolve
from tracker.projections.sheets import Table, instant_cell
from tracker.workplan.plan import Plan

Body = dict[str, Any]


def show_changes(call: Call, asked: Asked) -> Answer:
    """Show what changed between two points, field by field, with the entries that did it.

    A first point that lies after the second is answered in the order asked, and `is_backwards` says so.
    """
    screen = Screen(asked)
    first = _point(call, asked, call.query["from_"], "from")
    second = _point(call, asked, call.query["to"], "to")
    body = changes(asked.view.tx, call.workplan, first, second)
    for name in ("added", "withdrawn"):
        for entry in body[name]:
            entry["state"] = screen(entry["state"])
    _screen_fields(body, screen)
    for name in ("added", "withdrawn", "changed"):
        screen_told(asked, screen, (entry for one in body[name] for entry in one["entries"]))
    body["words"] = in_words(body, call.language)
    to = second[0]
    head = {"position": to.position, "recorded_at": to.recorded_at, "question": to.as_json()}
    answer = told(asked, head | body | mark(asked), screen)
    if call.format is not None:
        return file_answer(_table(call, answer.body, to), call.format, f"{call.workplan}-changes")
    return answer


def _table(call: Call, body: Body, to: Question) -> Table:
    known = f"{body['from']['words']} → {body['to']['words']}. {body['words']}"
    made = rows(body, lambda one: one["subject"], _said)
    return Table(
        f"{call.workplan}: what changed", known, to.zone, instant_cell(to.recorded_at), COLUMNS, made
    )


def _said(_one: Body, field: Body) -> Iterator[tuple[str, Any, Any]]:
    yield field["field"], field["old"], field["new"]


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
    question = replace(question, language=call.language)
    return question, plan_for(view.tx, view.end, question, call.runtime.cache)


def _screen_fields(body: Body, screen: Screen) -> None:
    """Leave out fields that the reader does not get; a subject of which nothing else changed did not change for it."""
    kept = []
    for entry in body["changed"]:
        entry["fields"] = [one for one in entry["fields"] if not screen.hides(one["field"])]
        if entry["fields"]:
            shown = {position for one in entry["fields"] for position in one["events"]}
            entry["events"] = sorted(shown)
            entry["entries"] = [one for one in entry["entries"] if one["position"] in shown]
            kept.append(entry)
        else:
            body["unchanged"] += 1
            body["counts"]["changed"] -= entry["kind"] == "activity"
            next(one for one in body["workstreams"] if one["workstream"] == entry["workstream"])[
                "changed"
            ] -= 1
    body["changed"] = kept
