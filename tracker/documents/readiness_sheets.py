"""The tables of a readiness picture as sheets: ids beside titles, real dates, every link."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tracker.documents.basis import Basis
from tracker.documents.chart_pieces import sheet_of_trends
from tracker.documents.names import day_of, who_words
from tracker.documents.pieces import Cell, Mark, Sheet
from tracker.events.event import id_of
from tracker.phrases import Phrases
from tracker.plans.reference import objective_labels
from tracker.projections.readiness import Picture
from tracker.projections.readiness_labels import LINE_LABELS, MISSING_WORDS
from tracker.projections.speakers import display_name
from tracker.workplan.review import Review

Line = Mapping[str, Any]


def mark_of(status: str, say: Phrases) -> Mark:
    return Mark(status, say(f"line_{status}"))


def line_words(line: str, say: Phrases) -> str:
    return LINE_LABELS.get(line, {}).get(say.language, line)


def missing_words(what: str, say: Phrases) -> str:
    return MISSING_WORDS.get(what, {}).get(say.language, what)


def count_of(line: Line) -> int:
    rows = line["details"].get("rows")
    if rows is not None:
        return sum(1 for row in rows if row["activities"] or row["talks"])
    return len(line["evidence"])


EVIDENCE = frozenset(
    "hub_product hub_practice pledge mptf_project voluntary_report meeting_record publication other outcome".split()  # noqa: SIM905
)


def links_in(picture: Picture) -> list[tuple[str, str, str, str | None]]:
    """Return ``(subject, kind, url, country)`` of every link in a picture, in its order."""
    found: list[tuple[str, str, str, str | None]] = []
    for line in picture["lines"]:
        rows = line["details"].get("rows", ())
        for one in [*line["evidence"], *(practice for row in rows for practice in row["practices"])]:
            found += [(one["subject"], item["kind"], item["url"], None) for item in one.get("materials", ())]
            found += [(one["subject"], "outcome", url, None) for url in one.get("outcomes", ())]
            if one.get("url"):
                found.append(
                    (one["subject"], one.get("kind", "voluntary_report"), one["url"], one.get("country"))
                )
    return found


def sheets_of(basis: Basis, picture: Picture) -> list[Sheet]:
    say, region = basis.say, picture["region"]
    lines = picture["lines"]
    overview = [
        [
            one["line"],
            line_words(one["line"], say),
            one["status"],
            one["by"],
            one.get("computed"),
            count_of(one),
            len(one["missing"]),
        ]
        for one in lines
    ]
    missing = [
        [
            line["line"],
            one["what"],
            missing_words(one["what"], say),
            one.get("subject"),
            basis.name(one["subject"]) if "subject" in one else None,
            one.get("objective"),
            one.get("country"),
            who_words(basis.view.plan, one["who"], say),
        ]
        for line in lines
        for one in line["missing"]
    ]
    made = [
        Sheet(
            say("sheet_lines"), ("line", "title", "status", "by", "computed", "evidence", "missing"), overview
        ),
        Sheet(
            say("sheet_evidence"),
            (
                "line",
                "subject",
                "title",
                "entry",
                "status",
                "date",
                "quarter",
                "entity",
                "kind",
                "country",
                "url",
            ),
            [row for line in lines for row in _evidence_rows(basis, picture, line)],
        ),
        Sheet(
            say("sheet_missing"),
            ("line", "what", "words", "subject", "title", "objective", "country", "who"),
            missing,
        ),
        Sheet(say("sheet_objectives"), OBJECTIVE_COLUMNS, _objective_rows(say, lines)),
    ]
    if basis.view.plan.get(f"review/{region}", Review) is not None:
        made.append(sheet_of_trends(basis, [f"review/{region}"]))
    return made


OBJECTIVE_COLUMNS = ("objective", "title", "status", "activities", "talks", "practices", "may_also_apply")


def _objective_rows(say: Phrases, lines: list[Line]) -> list[list[Cell]]:
    rows = next((line["details"]["rows"] for line in lines if line["line"] == "objectives"), ())
    return [
        [
            row["objective"],
            objective_labels()[row["objective"]][say.language],
            row["status"],
            ", ".join(id_of(one["subject"]) for one in row["activities"]) or None,
            ", ".join(id_of(one["subject"]) for one in row["talks"]) or None,
            len(row["practices"]),
            ", ".join(id_of(one) for one in row["may_also_apply"]) or None,
        ]
        for row in rows
    ]


def _evidence_rows(basis: Basis, picture: Picture, line: Line) -> list[list[Cell]]:
    made: list[list[Cell]] = []
    for one in line["evidence"]:
        last = one.get("last_report") or {}
        entity = last.get("entity") or one.get("entity")
        day: Cell = day_of(
            one.get("starts_at") or one.get("held_on") or (one.get("current") or {}).get("starts_on")
        )
        if "age_days" in last:
            day = date.fromisoformat(picture["day"]) - timedelta(days=last["age_days"])
        base: list[Cell] = [
            line["line"],
            one["subject"],
            basis.name(one["subject"]),
            one["position"],
            one.get("status"),
            day,
            last.get("quarter") or one.get("quarter"),
            display_name(basis.view.plan, entity, basis.say.language) if entity else None,
        ]
        links = [(item["kind"], None, item["url"]) for item in one.get("materials", ())]
        if "url" in one:
            links.append((one.get("kind", "voluntary_report"), one.get("country"), one["url"]))
        made += [[*base, *link] for link in links or [(None, one.get("country"), None)]]
    return made
