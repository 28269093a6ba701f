"""The charts of documents with their numbers, or the words that say why there is none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from tracker.documents import charts
from tracker.documents.basis import Basis
from tracker.documents.drawings import Drawing
from tracker.documents.names import dates_words, day_of, when_words
from tracker.documents.pieces import Cell, Chart, Grid, Paragraph, Piece, Sheet
from tracker.phrases import Phrases
from tracker.plans.reference import objective_labels
from tracker.projections.readiness_region import objectives_named, tag_of
from tracker.projections.rounds import figures, once_each, round_rows
from tracker.projections.timeline import trend_of
from tracker.workplan.activity import Activity
from tracker.workplan.plan import Plan, natural
from tracker.workplan.round import Round


def rates(basis: Basis, activities: Collection[str] | None = None) -> list[dict[str, Any]]:
    """Return ``{quarter, expected, reported, on_time, ...}`` of each round, each activity once; of some, if said."""
    plan, made = basis.view.plan, []
    for opened in sorted(plan.all("round", Round), key=lambda one: natural(f"round/{one.id}")):
        rows = [
            row
            for row in round_rows(plan, opened, basis.view.question.zone)
            if activities is None or row["activity"] in activities
        ]
        made.append({"quarter": opened.id} | figures(once_each(rows)))
    return made


def rates_chart(basis: Basis, found: list[dict[str, Any]], wide: int = 75) -> Piece:
    say = basis.say
    if not basis.has_details:
        return Paragraph(say("chart_rates_withheld"), "small")
    if not any(one["expected"] for one in found):
        return Paragraph(say("chart_rates_none"), "small")
    names = ("expected", "reported", "on_time", "late", "awaited", "excused")
    rows = [[charts.quarter_words(one["quarter"], say), *(one[name] for name in names)] for one in found]
    columns = [say("quarter_column"), *(say(f"rate_{name}") for name in names)]
    return Chart(charts.by_round(found, say), Grid(columns, rows, (3, 2, 2, 2, 2, 2, 2)), wide)


def tagged_by_objective(plan: Plan, activities: Sequence[Activity]) -> tuple[dict[int, dict[str, int]], int]:
    """Return ``{objective: {status: activities}}`` by their tags and reports, and how many carry objectives at all."""
    counts: dict[int, dict[str, int]] = {number: {} for number in objective_labels()}
    tagged = 0
    for one in activities:
        objectives = plan.once(objectives_named)[one.id]
        tagged += bool(objectives) or tag_of(plan, one, "objectives") is not None
        for number in objectives:
            counts[number][one.status] = counts[number].get(one.status, 0) + 1
    return counts, tagged


def objectives_chart(
    basis: Basis, counts: dict[int, dict[str, int]], tagged: int, items: int, *, is_short: bool = False
) -> Piece:
    """Return the chart of statuses by objective, or why there is none: less than half carries what it would show.

    ``is_short``: its numbers lie in few lines, a column for each objective.
    """
    say = basis.say
    if not items or tagged * 2 < items:
        return Paragraph(say("chart_hidden", tagged=tagged, items=items), "notice")
    if is_short:
        lying: list[list[Cell]] = [
            [say(f"status_{status}"), *(counts[one].get(status, 0) for one in counts)]
            for status in charts.STACKED
            if any(status in found for found in counts.values())
        ]
        names = ["", *(str(one) for one in counts)]
        return Chart(charts.by_objective(counts, say), Grid(names, lying, (8, *(2 for _ in counts))), 80)
    rows: list[list[Cell]] = [
        [objective, *(statuses.get(one, 0) for one in charts.STACKED), sum(statuses.values())]
        for objective, statuses in counts.items()
        if statuses
    ]
    columns = [say("objective"), *(say(f"status_{one}") for one in charts.STACKED), say("in_all")]
    return Chart(charts.by_objective(counts, say), Grid(columns, rows, (3, 2, 2, 2, 2, 2, 2)))


def trend_chart(basis: Basis, subjects: Sequence[str], wide: int = 100) -> Piece:
    """Return the chart of dates that moved; in it each is a number, which the table beneath it explains."""
    say, view = basis.say, basis.view
    found = [trend_of(view.tx, view.end.workplan, view.plan, view.question, one) for one in subjects]
    found = [one for one in found if one["points"]]
    if not found:
        return Paragraph(say("chart_trend_none"), "small")
    rows: list[list[Cell]] = [
        [
            number,
            basis.name(one["subject"], 70),
            dates_words(one["first"], say),
            dates_words(one["now"], say),
            moved_words(one["slipped_days"], say),
            when_words(one["ended_on"], say) if one["ended_on"] else say("not_yet"),
        ]
        for number, one in enumerate(found, start=1)
    ]
    columns = [say(one) for one in ("number", "what", "first_promise", "promise_now", "moved", "came_on")]
    drawing: Drawing = charts.slips(
        [(str(number), one) for number, one in enumerate(found, start=1)],
        view.question.day.isoformat(),
        (say("chart_trend"), say("chart_trend_words"), say("no_date")),
        lambda quarter: charts.quarter_words(quarter, say),
        side=24,
    )
    return Chart(drawing, Grid(columns, rows, (1, 6, 4, 4, 3, 3)), wide)


def moved_words(days: int | None, say: Phrases) -> str:
    """Return by how much a date moved."""
    if days is None:
        return ""
    if days == 0:
        return say("moved_not")
    return say("moved_later" if days > 0 else "moved_earlier", count=abs(days))


def sheet_of_trends(basis: Basis, subjects: Sequence[str]) -> Sheet:
    view, say = basis.view, basis.say
    rows = []
    for subject in subjects:
        one = trend_of(view.tx, view.end.workplan, view.plan, view.question, subject)
        rows += [
            [
                subject,
                basis.name(subject),
                point["position"],
                day_of(point["stands_on"]),
                dates_words(point["new"], say),
                day_of(point["new_day"]),
                point["moved_days"],
                basis.text(point.get("reason")),
            ]
            for point in one["points"]
        ]
    columns = ("subject", "title", "entry", "said_on", "promised", "promised_day", "moved_days", "reason")
    return Sheet(say("sheet_dates"), columns, rows)
