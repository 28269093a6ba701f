"""Reporting: how each round stands, and what is owed, with a body ready to post."""

from __future__ import annotations

from typing import Any

from tracker.api.call import Answer, Asked, Call, file_answer, table_of
from tracker.api.dispatch import nothing_here
from tracker.api.plan import check_filters
from tracker.api.rendering import Screen, about, mark, told
from tracker.events.dates import first_day, quarter_of
from tracker.projections.plan_sheet import ROUND_COLUMNS, ROUNDS_COLUMNS, rounds_rows
from tracker.projections.plan_sheet import round_rows as file_rows
from tracker.projections.rounds import (
    figures,
    obligations,
    open_quarters,
    rates,
    round_head,
    round_rows,
    round_view,
)
from tracker.projections.speakers import display_name
from tracker.workplan.activity import Activity
from tracker.workplan.plan import natural, refuse
from tracker.workplan.rights import entities_about
from tracker.workplan.round import Round

Body = dict[str, Any]


def list_rounds(call: Call, asked: Asked) -> Answer:
    """List the rounds there were, oldest first, with the figures of the plan; and the rates of all together."""
    view = asked.view
    items = []
    for opened in sorted(view.plan.all("round", Round), key=lambda one: natural(f"round/{one.id}")):
        once = {row["activity"]: row for row in round_rows(view.plan, opened, view.workplan.zone)}
        standing = view.plan.standing(f"round/{opened.id}")
        version = {"version": standing.version, "position": standing.position} if standing else {}
        items.append(round_head(opened) | {"figures": figures(once.values())} | version)
    together = {"rates": rates(view.plan, view.workplan.zone)}
    answer = told(asked, about(asked) | together | {"items": items, "next": None})
    if call.format is None:
        return answer
    table = table_of(asked, "rounds", ROUNDS_COLUMNS, rounds_rows(answer.body["items"]))
    return file_answer(table, call.format, f"{call.workplan}-rounds")


def show_round(call: Call, asked: Asked) -> Answer:
    """Show one round: its dates, its figures, and one row per activity and lead, or only the rows of one `entity`."""
    view, quarter = asked.view, call.path["quarter"]
    opened = view.plan.get(f"round/{quarter}", Round)
    standing = view.plan.standing(f"round/{quarter}")
    if opened is None or standing is None:
        raise nothing_here()
    check_filters(call, asked, {name: call.query[name] for name in ("entity",) if name in call.query})
    body = round_view(view.plan, opened, view.workplan.zone)
    if (entity := call.query.get("entity")) is not None:
        body["rows"] = [row for row in body["rows"] if row["entity"] == entity]
    body |= {"version": standing.version, "position": standing.position}
    answer = told(asked, body | {"question": view.question.as_json()} | mark(asked))
    if call.format is None:
        return answer
    rows = file_rows(answer.body, lambda one: display_name(view.plan, one))
    table = table_of(asked, f"round {quarter}", ROUND_COLUMNS, rows)
    return file_answer(table, call.format, f"{call.workplan}-{quarter}")


def list_obligations(call: Call, asked: Asked) -> Answer:
    """List what is owed about a quarter: versions, what may be said next, the last report, and a body ready to post.

    Leads get what they act for, others everything; the body is there for those who may post it.
    """
    view, screen = asked.view, Screen(asked)
    plan, principal = view.plan, asked.reader.principal
    entity = call.query.get("entity")
    if entity is not None and not plan.has(f"entity/{entity}"):
        raise refuse(
            "there is no entity/{entity} in this workplan",
            field="entity",
            value=entity,
            way_out="Give the id of a lead, such as `oim`.",
            entity=entity,
        )
    is_lead_only = principal.has("lead") and not principal.has("secretariat", "auditor", "system")

    def is_wanted(activity: Activity, lead: str) -> bool:
        if entity is not None:
            return bool(lead == entity)
        return not is_lead_only or lead in entities_about(principal, plan, f"activity/{activity.id}")

    items = obligations(plan, _quarters(call, asked), is_wanted, settled=call.query["settled"] == "true")
    for item in items:
        if (body := _ready(asked, item)) is not None:
            item["body"] = body
    return told(asked, about(asked) | {"items": [screen(item) for item in items], "next": None}, screen)


def _quarters(call: Call, asked: Asked) -> list[str]:
    """Return the quarter asked for; else those of open rounds; else the last one that ended."""
    view, said = asked.view, call.query.get("quarter")
    present = quarter_of(view.question.day)
    if said is None:
        return open_quarters(view.plan) or [_before(present)]
    if first_day(said) > view.question.day:
        raise refuse(
            "the quarter {said} has not begun",
            field="quarter",
            value=said,
            way_out=f"Ask about {present} or an earlier one.",
            said=said,
        )
    return [said]


def _before(quarter: str) -> str:
    year, number = int(quarter[:4]), int(quarter[-1])
    return f"{year}-Q{number - 1}" if number > 1 else f"{year - 1}-Q4"


def _ready(asked: Asked, item: Body) -> Body | None:
    """Return the smallest report about an obligation that the reader may post as it is: that nothing changed."""
    principal, subject = asked.reader.principal, f"activity/{item['activity']}"
    question = asked.view.question
    if item["settled_by"] is not None or not question.is_now or question.effective is not None:
        return None
    body: Body = {"type": "ProgressReported", "subject": subject, "expected_version": item["version"]}
    if principal.has("secretariat"):
        day = asked.view.question.day.isoformat()
        body["on_behalf_of"] = {"entity": item["entity"], "by": "mail", "received_on": day}
    elif principal.has("lead") and item["entity"] in entities_about(principal, asked.view.plan, subject):
        body["entity"] = item["entity"]
    else:
        return None
    return body | {"data": {"quarter": item["quarter"], "no_change": True}}
