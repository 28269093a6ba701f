"""The quarterly briefing for principals in words, on two pages."""

from __future__ import annotations

from collections import Counter

from tracker.documents.basis import Basis, document
from tracker.documents.briefing import ORDER, Found, Quarter, briefing, dated
from tracker.documents.chart_pieces import (
    objectives_chart,
    rates_chart,
    sheet_of_trends,
    trend_chart,
)
from tracker.documents.charts import STACKED, quarter_words
from tracker.documents.names import dates_words, day_of, region_words, when_words
from tracker.documents.pieces import Bullets, Cell, Document, Grid, Heading, Mark, Paragraph, Piece, Sheet
from tracker.phrases import shortened
from tracker.projections.readiness import STATUSES
from tracker.projections.speakers import display_name

MOST = {"finished": 5, "moved": 5, "attention": 6, "ahead": 5, "trend": 6, "rounds": 6}
"""How much of each list two pages hold; the whole lists are in the workbook and the JSON."""


def briefing_document(quarter: Quarter) -> Document:
    basis, found = quarter.basis, briefing(quarter)
    say = basis.say
    words = quarter_words(quarter.id, say)
    cover = [(say("cover_quarter"), words)]
    title = say("briefing_title", quarter=words)
    return document(
        basis,
        f"briefing-{quarter.id}",
        title,
        say("briefing_subtitle"),
        cover,
        _pieces(quarter, found),
        _sheets(quarter, found),
        is_short=True,
    )


def _pieces(quarter: Quarter, found: Found) -> list[Piece]:
    basis, say = quarter.basis, quarter.basis.say
    counts = {one["objective"]: one["statuses"] for one in found["objectives"]}
    return [
        Heading(say("head_stands")),
        Bullets(_headline(quarter, found)),
        _statuses(basis, found),
        Heading(say("head_finished")),
        *_listed(basis, [_turn_words(basis, one) for one in found["finished"]], "finished"),
        Heading(say("head_moved")),
        *_listed(basis, [_move_words(basis, one) for one in found["moved"]], "moved"),
        Heading(say("head_attention")),
        *_attention_table(basis, found["attention"]),
        Heading(say("head_reviews")),
        _reviews(basis, found["readiness"]),
        Heading(say("head_ahead")),
        *_listed(basis, [_ahead_words(basis, one) for one in found["ahead"]], "ahead"),
        Heading(say("head_charts")),
        objectives_chart(basis, counts, found["tagged"], found["activities"], is_short=True),
        trend_chart(basis, _trending(basis, found), 66),
        rates_chart(basis, found["rates"][-MOST["rounds"] :], 46),
    ]


def _headline(quarter: Quarter, found: Found) -> list[str]:
    say, reporting = quarter.basis.say, found["reporting"]
    after = found["statuses"]["after"]
    said = [
        say(
            "briefing_counts",
            count=found["activities"],
            counts=", ".join(
                say(f"counted_{name}", count=after[name])
                for name in ("completed", "in_progress", "not_started", "on_hold", "discontinued")
            ),
        )
    ]
    if not quarter.basis.has_details:
        said.append(say("chart_rates_withheld"))
    elif reporting is None or not reporting["expected"]:
        said.append(say("briefing_no_round", quarter=quarter_words(quarter.id, say)))
    else:
        said.append(
            say(
                "briefing_reports",
                **{name: reporting[name] for name in ("expected", "reported", "on_time", "awaited")},
            )
        )
    signs = Counter(sign for one in found["attention"] for sign in one["signs"])
    said.append(say("briefing_signs", **{name: signs.get(name, 0) for name in ORDER}))
    said.append(say("briefing_done", held=len(found["held"]), published=len(found["published"])))
    return said


def briefing_words(quarter: Quarter) -> str:
    """Return the briefing's first sentences as text for a terminal."""
    title = quarter.basis.say("briefing_title", quarter=quarter_words(quarter.id, quarter.basis.say))
    return "\n".join([title, *(f"  {one}" for one in _headline(quarter, briefing(quarter)))])


def _statuses(basis: Basis, found: Found) -> Grid:
    say = basis.say
    before, after = found["statuses"]["before"], found["statuses"]["after"]
    rows: list[list[Cell]] = [
        [Mark(one, say(f"status_{one}")), before[one], after[one], f"{after[one] - before[one]:+d}"]
        for one in STACKED
    ]
    columns = [say("status"), say("at_its_beginning"), say("at_its_end"), say("difference")]
    return Grid(columns, rows, (6, 3, 3, 3))


def _listed(basis: Basis, said: list[str], name: str) -> list[Piece]:
    if not said:
        return [Paragraph(basis.say("nothing"))]
    most = MOST[name]
    more = [basis.say("and_more", count=len(said) - most)] if len(said) > most else []
    return [Bullets([*said[:most], *more])]


def _turn_words(basis: Basis, one: Found) -> str:
    say = basis.say
    return say(
        "turned",
        what=basis.name(one["subject"], 95),
        status=say(f"status_{one['is']}"),
        on=when_words(one["on"], say),
    )


def _move_words(basis: Basis, one: Found) -> str:
    say = basis.say
    said = say(
        "moved_from_to",
        what=basis.name(one["subject"], 60),
        old=dates_words(one["old"], say),
        new=dates_words(one["new"], say),
    )
    reason = basis.text(one["reason"])
    return f"{said} {say('story_why', reason=_short(reason))}" if reason else said


def _short(text: str, most: int = 140) -> str:
    return shortened(" ".join(text.split()), most)


def _attention_table(basis: Basis, found: list[Found]) -> list[Piece]:
    say = basis.say
    if not found:
        return [Paragraph(say("nothing"))]
    rows: list[list[Cell]] = []
    for one in found[: MOST["attention"]]:
        reason = basis.text(one["reason"])
        rows.append(
            [
                basis.name(one["subject"], 75),
                ", ".join(display_name(basis.view.plan, entity, say.language) for entity in one["leads"][:3]),
                Mark(one["signs"][0], ", ".join(say(f"status_{sign}") for sign in one["signs"])),
                _short(reason, 90) if reason else None,
            ]
        )
    more = len(found) - len(rows)
    made: list[Piece] = [Grid([say("what"), say("lead"), say("status"), say("reason")], rows, (7, 4, 4, 6))]
    return [*made, Paragraph(say("and_more", count=more), "small")] if more else made


def _reviews(basis: Basis, found: list[Found]) -> Grid:
    say = basis.say
    rows: list[list[Cell]] = [
        [
            region_words(one["region"], say),
            dates_words(one["dates"], say) if one["dates"] else None,
            say(f"review_{one['status']}") if one["status"] else None,
            *(one["counts"][status] for status in STATUSES),
        ]
        for one in found
    ]
    columns = [say("region"), say("review_date"), say("status"), *(say(f"line_{one}") for one in STATUSES)]
    return Grid(columns, rows, (6, 6, 3, 2, 2, 2, 2), say("reviews_words"))


def _ahead_words(basis: Basis, one: Found) -> str:
    due = (
        when_words(one["due"], basis.say)
        if isinstance(one["due"], str)
        else dates_words(one["due"], basis.say)
    )
    return f"{due}{basis.say.colon}{basis.name(one['subject'], 95)}"


def _trending(basis: Basis, found: Found) -> list[str]:
    """Return what the chart of dates shows: what moved in the quarter, then the reviews."""
    moved = list(dict.fromkeys(one["subject"] for one in found["moved"]))
    return list(dict.fromkeys([*moved, *dated(basis)]))[: MOST["trend"]]


def _sheets(quarter: Quarter, found: Found) -> list[Sheet]:
    basis, say = quarter.basis, quarter.basis.say
    turned = [
        [one["subject"], basis.name(one["subject"]), one["was"], one["is"], day_of(one["on"])]
        for one in (*found["finished"], *found["begun"])
    ]
    attention = [
        [
            one["subject"],
            basis.name(one["subject"]),
            ", ".join(one["signs"]),
            one["status"],
            ", ".join(one["leads"]),
            basis.text(one["reason"]),
        ]
        for one in found["attention"]
    ]
    statuses = [[one, found["statuses"]["before"][one], found["statuses"]["after"][one]] for one in STACKED]
    names = ("expected", "reported", "on_time", "late", "awaited", "excused")
    made = [
        Sheet(say("sheet_statuses"), ("status", "before", "after"), statuses),
        Sheet(say("sheet_changes"), ("subject", "title", "was", "is", "on"), turned),
        Sheet(say("sheet_attention"), ("subject", "title", "signs", "status", "leads", "reason"), attention),
        Sheet(
            say("sheet_ahead"),
            ("subject", "title", "due", "day"),
            [
                [one["subject"], basis.name(one["subject"]), dates_words(one["due"], say), day_of(one["day"])]
                for one in found["ahead"]
            ],
        ),
        Sheet(
            say("sheet_reviews"),
            ("region", "status", "missing_lines", *STATUSES),
            [
                [
                    one["region"],
                    one["status"],
                    ", ".join(one["missing"]) or None,
                    *(one["counts"][name] for name in STATUSES),
                ]
                for one in found["readiness"]
            ],
        ),
        sheet_of_trends(basis, dated(basis)),
    ]
    if basis.has_details:
        rows = [[one["quarter"], *(one[name] for name in names)] for one in found["rates"]]
        made.append(Sheet(say("sheet_rates"), ("quarter", *names), rows))
    return made
