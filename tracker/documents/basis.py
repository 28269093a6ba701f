"""What every document is made from: the plan at a moment, the language, and what its reader may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.documents import charts
from tracker.documents.drawings import Drawing
from tracker.documents.names import dates_words, day_of, subject_words, when_words, wording
from tracker.documents.pieces import Cell, Chart, Document, Grid, Paragraph, Piece, Sheet
from tracker.events import tree
from tracker.events.dates import parse_instant
from tracker.events.reading import node_reader, read_texts
from tracker.events.sealing import seals_in
from tracker.events.shapes import to_json
from tracker.phrases import Phrases, phrases_of
from tracker.projections.past import plan_for
from tracker.projections.questions import resolve
from tracker.projections.rounds import figures, once_each, round_rows
from tracker.projections.timeline import trend_of
from tracker.workplan.plan import natural
from tracker.workplan.root import Workplan
from tracker.workplan.round import Round

if TYPE_CHECKING:
    from tracker.runtime import Runtime, View

WORDS = Path(__file__).parent / "translations" / "documents.yaml"


@dataclass(frozen=True, slots=True)
class Basis:
    """``has_details``: the reader may see reasons, assessments, rates, notes, needs and findings."""

    view: View
    say: Phrases
    has_details: bool

    @property
    def seal(self) -> str:
        """The seal of the tree at the position shown."""
        view = self.view
        return tree.seal_of(tree.root_at(view.question.position, node_reader(view.tx, view.end.workplan)))

    def text(self, sealed: Any) -> str | None:
        """Return a free text, given sealed or as its JSON; words instead of one that is withheld or was removed."""
        if sealed is None:
            return None
        if not self.has_details:
            return self.say("withheld")
        ((_at, sha256),) = seals_in(to_json(sealed))
        return read_texts(self.view.tx, self.view.end.workplan, [sha256]).get(sha256) or self.say("removed")

    def name(self, subject: str, longest: int = 150) -> str:
        return subject_words(self.view.plan, subject, self.say, longest)


def words_in(language: str) -> Phrases:
    """Return what documents say in a language."""
    return phrases_of(language, WORDS)


def basis_of(view: View, language: str, *, has_details: bool) -> Basis:
    """Return the ground of a document about a view, which is asked in the document's language from here on."""
    say = words_in(language)
    return Basis(replace(view, question=replace(view.question, language=say.language)), say, has_details)


def moved_to(runtime: Runtime, view: View, as_of: str | None, effective_on: str | None = None) -> View:
    """Return the same snapshot of the database, asked about another moment.

    Raises:
        MomentError: the moment cannot be resolved.
    """
    question = resolve(view.tx, view.end, view.present, runtime.now(), as_of, effective_on)
    plan = plan_for(view.tx, view.end, question, runtime.cache)
    return replace(
        view, question=question, plan=plan, workplan=plan.get("workplan", Workplan) or view.present
    )


def document(
    basis: Basis,
    name: str,
    title: str,
    subtitle: str,
    cover: Sequence[tuple[str, str]],
    pieces: Sequence[Piece],
    sheets: Sequence[Sheet],
    *,
    is_short: bool = False,
) -> Document:
    """Return a document whose cover says besides which plan, question, entry and seal it shows."""
    view, say = basis.view, basis.say
    question, seal = view.question, basis.seal
    lines = [
        (say("cover_plan"), wording(view.workplan.title, say, 300)),
        (say("cover_question"), question.words),
        (
            say("cover_position"),
            say(
                "position",
                position=question.position,
                instant=say.instant(question.recorded_at, question.zone),
            ),
        ),
        (say("cover_seal"), seal),
        *cover,
    ]
    if view.present.simulated:
        lines.append((say("cover_note"), say("simulated")))
    if not basis.has_details:
        lines.append((say("cover_note"), say("without_details")))
    return Document(
        name=name,
        title=title,
        subtitle=subtitle,
        say=say,
        zone=question.zone,
        made=parse_instant(question.recorded_at),
        known=f"{question.words} · {say('seal_line', position=question.position, seal=seal)}",
        seal_line=say("seal_line", position=question.position, seal=seal),
        cover=lines,
        pieces=pieces,
        sheets=sheets,
        is_short=is_short,
    )


# ------------------------------------------------------------------------------------------------------- charts


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


def objectives_chart(
    basis: Basis, counts: dict[int, dict[str, int]], tagged: int, items: int, *, is_bare: bool = False
) -> Piece:
    """Return the chart of statuses by objective, or why there is none: less than half carries what it would show.

    ``is_bare``: its numbers stand elsewhere in the document.
    """
    say = basis.say
    if not items or tagged * 2 < items:
        return Paragraph(say("chart_hidden", tagged=tagged, items=items), "notice")
    rows = [
        [objective, *(statuses.get(one, 0) for one in charts.STACKED), sum(statuses.values())]
        for objective, statuses in counts.items()
        if statuses and not is_bare
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
