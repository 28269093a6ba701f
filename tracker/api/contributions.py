"""What the Network did on a country, an objective, or through an entity, by date: as JSON, as CSV, as a workbook."""

from __future__ import annotations

from typing import Any

from tracker.api.call import Answer, Asked, Call, file_answer
from tracker.api.plan import check_filters
from tracker.api.queries import span_of
from tracker.api.rendering import Screen, about, told
from tracker.projections.contributions import Wanted, contributions
from tracker.projections.facts import facts_of
from tracker.projections.sheets import Table, day_cell, instant_cell

Body = dict[str, Any]
COLUMNS = (
    *("on", "kind", "subject", "title", "workstreams", "entity", "quarter", "because", "links"),
    *("entry", "recorded_at"),
)


def show_contributions(call: Call, asked: Asked) -> Answer:
    """Show reports, sessions and products on a country, an objective, or through an entity, by date, with their links.

    `because` says whose word it is that it applies; `untagged` lists what may also apply, for nobody said.
    """
    view, query, screen = asked.view, call.query, Screen(asked)
    check_filters(call, asked, {name: query[name] for name in ("entity",) if name in query})
    country = query.get("country")
    wanted = Wanted(
        country=country.upper() if country else None,
        objective=query.get("objective"),
        entity=query.get("entity"),
        since=span_of(query["from_"], "from")[0] if "from_" in query else None,
        until=span_of(query["to"], "to")[1] if "to" in query else None,
        tagged=query["tagged"],
    )
    facts = facts_of(view.tx, view.end, view.question)
    found = contributions(facts, view.plan, wanted)
    for name in ("items", "untagged"):
        found[name] = [screen(one) for one in found[name]]
    asked_for = wanted.filters | {"from": wanted.since, "to": wanted.until, "tagged": wanted.tagged}
    answer = told(asked, about(asked) | {"asked": asked_for} | found, screen)
    if call.format is not None:
        return file_answer(_table(call, asked, answer.body), call.format, f"{call.workplan}-contributions")
    return answer


def _table(call: Call, asked: Asked, body: Body) -> Table:
    question = asked.view.question
    said = ", ".join(f"{name} {value}" for name, value in body["asked"].items() if value)
    rows = []
    for one in body["items"]:
        links = " ".join(link["url"] for link in one["links"])
        title = one["title"]
        if isinstance(title, dict):
            title = next((text for text in title.values() if isinstance(text, str)), None)
        cells = one | {
            "on": day_cell(one["on"]),
            "title": title,
            "workstreams": ", ".join(one["workstreams"]),
            "because": ", ".join(f"{name}: {who}" for name, who in one["because"].items()),
            "links": links,
            "entry": one["position"],
            "recorded_at": instant_cell(one["recorded_at"]),
        }
        rows.append([cells.get(name) for name in COLUMNS])
    return Table(
        title=f"{call.workplan}: contributions, {said}",
        known=f"{question.words}; untagged, may also apply: {body['may_also_apply']}",
        zone=question.zone,
        made=instant_cell(question.recorded_at),
        columns=COLUMNS,
        rows=rows,
    )
