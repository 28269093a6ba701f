"""The plan and its rounds as rows of a table: one for each subject, one for each report that is expected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tracker.projections.sheets import day_cell, instant_cell

View = dict[str, Any]

COLUMNS = (
    "kind",
    "id",
    "number",
    "workstream",
    "title",
    "status",
    "assessment",
    "assessment_reason",
    "disputed",
    "overdue",
    "from",
    "to",
    "source",
    "due",
    "starts_at",
    "place",
    "leads",
    "nature",
    "targets",
    "done",
    "objectives",
    "regions",
    "countries",
    "last_report_about",
    "last_report_on",
    "last_report_by",
    "withdrawn",
    "version",
    "position",
)
ROUND_COLUMNS = (
    "quarter",
    "workstream",
    "activity",
    "entity",
    "state",
    "on_time",
    "days_late",
    "disputed",
    "no_change_quarters",
    "reported_on",
    "recorded_at",
    "status",
    "assessment",
    "reason",
    "note",
    "needs",
    "entry",
)
ROUNDS_COLUMNS = (
    "quarter",
    "opens",
    "due",
    "closes",
    "closed",
    "expected",
    "reported",
    "no_change",
    "on_time",
    "late",
    "awaited",
    "excused",
)


def subject_rows(
    kind: str, views: Iterable[View], languages: Sequence[str], name: Callable[[str], str]
) -> list[list[Any]]:
    """Return rows under COLUMNS; ``views`` are revealed and without what their reader may not see."""
    rows = []
    for view in views:
        window, report, tags = _part(view, "window"), _part(view, "last_report"), _part(view, "tags")
        due = view.get("due")
        span = due if isinstance(due, dict) else window
        cells = view | {
            "kind": kind,
            "title": _title(view, languages),
            **_leads(kind, view, name),
            "from": span.get("from") or day_cell(view.get("starts_on")),
            "to": span.get("to") or day_cell(view.get("ends_on")),
            "source": window.get("source"),
            "due": day_cell(due) if isinstance(due, str) else None,
            "targets": _targets(view.get("targets"), languages),
            "done": _pairs(view.get("done")),
            "last_report_about": report.get("quarter"),
            "last_report_on": day_cell(report.get("occurred_on")),
            "last_report_by": name(report["entity"]) if report.get("entity") else None,
            **{tag: _list(tags.get(tag)) for tag in ("objectives", "regions", "countries")},
        }
        rows.append([_cell(cells.get(column)) for column in COLUMNS])
    return rows


def _leads(kind: str, view: View, name: Callable[[str], str]) -> View:
    """Return who leads it; of an entity, which workstreams it leads."""
    if kind == "entity":
        return {"leads": None, "workstream": ", ".join(view["leads"])}
    leads = view.get("leads", [])
    return {"leads": ", ".join(name(one["entity"] if isinstance(one, dict) else one) for one in leads)}


def round_rows(body: View, name: Callable[[str], str]) -> list[list[Any]]:
    """Return rows under ROUND_COLUMNS of one round as it is told."""
    rows = []
    for one in body["rows"]:
        report = one.get("report") or {}
        cells = (
            report
            | one
            | {
                "quarter": body["id"],
                "entity": name(one["entity"]),
                "reported_on": day_cell(report.get("occurred_on")),
                "recorded_at": instant_cell(report["recorded_at"]) if "recorded_at" in report else None,
                "entry": report.get("position"),
            }
        )
        rows.append([_cell(cells.get(column)) for column in ROUND_COLUMNS])
    return rows


def rounds_rows(items: Iterable[View]) -> list[list[Any]]:
    """Return rows under ROUNDS_COLUMNS of all rounds as they are told."""
    made = []
    for one in items:
        days = {column: day_cell(one[column]) for column in ("opens", "due", "closes")}
        cells = one["figures"] | one | days | {"quarter": one["id"]}
        made.append([_cell(cells.get(column)) for column in ROUNDS_COLUMNS])
    return made


def _part(view: View, field: str) -> View:
    found = view.get(field)
    return found if isinstance(found, dict) else {}


def _title(view: View, languages: Sequence[str]) -> str | None:
    return next(
        (_said(view[field], languages) for field in ("title", "text", "names") if field in view), None
    )


def _said(text: Any, languages: Sequence[str]) -> str | None:
    """Return a wording in the plan's own language, else in whichever there is."""
    if not isinstance(text, dict):
        return text if isinstance(text, str) else None
    found = (text.get(one) for one in (*languages, *text))
    return next((one for one in found if isinstance(one, str)), None)


def _targets(targets: Any, languages: Sequence[str]) -> str | None:
    if not targets:
        return "none" if targets == [] else None
    spans = (f"{one['min']}-{one['max']}" if one.get("max") else f"{one['min']}+" for one in targets)
    return "; ".join(
        f"{span} {_said(one['unit'], languages)}" for span, one in zip(spans, targets, strict=True)
    )


def _pairs(said: Any) -> str | None:
    return (
        "; ".join(f"{key}={value}" for key, value in said.items())
        if isinstance(said, dict) and said
        else None
    )


def _list(said: Any) -> str | None:
    """Return a list in one cell; none applies is said, unknown is empty."""
    return None if said is None else ", ".join(said) or "none"


def _cell(value: Any) -> Any:
    return ("yes" if value else "no") if isinstance(value, bool) else value
