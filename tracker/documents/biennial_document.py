"""The input for the biennial report in words: objective by objective, with its links."""

from __future__ import annotations

from tracker.documents.basis import Basis, document
from tracker.documents.biennial import KINDS, Found, Period, biennial
from tracker.documents.briefing import dated
from tracker.documents.chart_pieces import (
    objectives_chart,
    rates,
    rates_chart,
    sheet_of_trends,
    trend_chart,
)
from tracker.documents.names import country_words, day_of, region_words, when_words, wording
from tracker.documents.pieces import Bullets, Cell, Document, Grid, Heading, Link, Paragraph, Piece, Sheet
from tracker.documents.story import story
from tracker.plans.reference import objective_labels, region_labels
from tracker.projections.speakers import display_name

MOST = 8
"""Lines printed of one objective; the whole list is in the workbook and the JSON."""


def biennial_document(basis: Basis, period: Period) -> Document:
    found, say = biennial(basis, period), basis.say
    words = say("days_from_to", first=say.short_day(period.first), last=say.short_day(period.last))
    return document(
        basis,
        f"biennial-report-{period.first}-{period.last}",
        say("biennial_title"),
        say("biennial_subtitle"),
        [(say("cover_period"), words)],
        _pieces(basis, found),
        _sheets(basis, found),
    )


def _pieces(basis: Basis, found: Found) -> list[Piece]:
    say = basis.say
    counts = {one["objective"]: one["statuses"] for one in found["objectives"]}
    made: list[Piece] = [
        Heading(say("head_overview")),
        _overview(basis, found),
        Heading(say("head_charts")),
        objectives_chart(basis, counts, found["tagged"], found["activities"]),
        trend_chart(basis, dated(basis)),
        rates_chart(basis, rates(basis)),
        Heading(say("head_stories")),
    ]
    for region in region_labels():
        made += [Heading(region_words(region, say), 2), Bullets(story(basis, region))]
    made.append(Heading(say("head_objectives")))
    for one in found["objectives"]:
        made += _objective(basis, one)
    made += [Heading(say("head_commitments")), *_commitment_pieces(basis, found["commitments"])]
    made += [Heading(say("head_needs")), *_need_pieces(basis, found["needs"])]
    return made


def _overview(basis: Basis, found: Found) -> Grid:
    say = basis.say
    rows: list[list[Cell]] = [
        [
            one["objective"],
            objective_labels()[one["objective"]][say.language],
            sum(one["statuses"].values()),
            *(one["counts"][kind] for kind in KINDS),
            one["counts"]["links"],
            one["may_also_apply"],
        ]
        for one in found["objectives"]
    ]
    columns = [
        say("objective"),
        say("title_column"),
        say("activities"),
        *(say(f"many_{kind}") for kind in KINDS),
        say("many_links"),
        say("maybe"),
    ]
    return Grid(columns, rows, (2, 7, 3, 3, 3, 3, 2, 3, 2, 2), say("biennial_words"))


def _objective(basis: Basis, one: Found) -> list[Piece]:
    say, number = basis.say, one["objective"]
    made: list[Piece] = [Heading(f"{number} {objective_labels()[number][say.language]}", 2)]
    statuses = ", ".join(
        say(f"counted_{name}", count=count) for name, count in one["statuses"].items() if count
    )
    made.append(
        Paragraph(say("activities_of", statuses=statuses) if statuses else say("no_activities_of"), "small")
    )
    items = one["items"]
    if not items:
        said = (
            say("nothing_done_maybe", count=one["may_also_apply"])
            if one["may_also_apply"]
            else say("nothing_done")
        )
        return [*made, Paragraph(said)]
    newest = sorted(items, key=lambda item: (item["on"], item["position"]), reverse=True)[:MOST]
    rows = [_item(basis, item) for item in newest]
    made.append(Grid([say("when"), say("kind"), say("what"), say("who"), say("link")], rows, (3, 3, 7, 4, 5)))
    if len(items) > MOST:
        made.append(Paragraph(say("and_more", count=len(items) - MOST), "small"))
    return made


def _item(basis: Basis, item: Found) -> list[Cell]:
    say = basis.say
    link = item["links"][0] if item["links"] else None
    return [
        when_words(item["occurred_on"], say),
        say(f"one_{item['kind']}"),
        basis.name(item["subject"], 90),
        _who(basis, item),
        Link(_link_words(basis, link), link["url"]) if link else None,
    ]


def _link_words(basis: Basis, link: Found) -> str:
    if link.get("title"):
        return str(link["title"])
    kind = link.get("kind")
    for said in (f"evidence_{kind}", f"material_{kind}"):
        if said in basis.say.texts:
            return basis.say(said)
    return basis.say("link")


def _who(basis: Basis, item: Found) -> str:
    if item.get("country"):
        return country_words(item["country"], basis.say)
    if item.get("entity"):
        return display_name(basis.view.plan, item["entity"], basis.say.language)
    return basis.say("secretariat_short")


def _commitment_pieces(basis: Basis, found: list[Found]) -> list[Piece]:
    say, made = basis.say, list[Piece]()
    for one in found:
        made.append(Heading(say("commitment", number=one["commitment"]), 2))
        made.append(Paragraph(wording(one["text"], say, 1000), "small"))
        told = [
            f"{when_words(said['occurred_on'], say)}{say.colon}{basis.text(said['note'])}"
            for said in one["reported"]
        ]
        made.append(Bullets(told) if told else Paragraph(say("not_reported_on")))
    return made or [Paragraph(say("nothing"))]


def _need_pieces(basis: Basis, found: list[Found]) -> list[Piece]:
    say = basis.say
    if not basis.has_details:
        return [Paragraph(say("withheld"))]
    if not found:
        return [Paragraph(say("nothing"))]
    rows: list[list[Cell]] = [
        [
            basis.name(one["subject"], 90),
            display_name(basis.view.plan, one["entity"], say.language) if one["entity"] else None,
            when_words(one["quarter"], say),
            basis.text(one["needs"]),
        ]
        for one in found
    ]
    return [Grid([say("what"), say("who"), say("when"), say("needed")], rows, (6, 3, 2, 7))]


def _sheets(basis: Basis, found: Found) -> list[Sheet]:
    say = basis.say
    overview = [
        [
            one["objective"],
            objective_labels()[one["objective"]][say.language],
            sum(one["statuses"].values()),
            *(one["counts"][kind] for kind in KINDS),
            one["counts"]["links"],
            one["may_also_apply"],
        ]
        for one in found["objectives"]
    ]
    done = [
        [
            one["objective"],
            item["kind"],
            item["subject"],
            basis.name(item["subject"]),
            item["position"],
            day_of(item["on"]),
            item.get("quarter"),
            item.get("entity"),
            item.get("country"),
            ", ".join(dict.fromkeys(item["because"].values())),
            url,
        ]
        for one in found["objectives"]
        for item in one["items"]
        for url in [link["url"] for link in item["links"]] or [None]
    ]
    columns = (
        "objective",
        "kind",
        "subject",
        "title",
        "entry",
        "date",
        "quarter",
        "entity",
        "country",
        "because",
        "url",
    )
    made = [
        Sheet(
            say("sheet_objectives"),
            ("objective", "title", "activities", *KINDS, "links", "may_also_apply"),
            overview,
        ),
        Sheet(say("sheet_done"), columns, done),
        sheet_of_trends(basis, dated(basis)),
    ]
    if basis.has_details:
        needs = [
            [
                one["subject"],
                basis.name(one["subject"]),
                one["entity"],
                one["quarter"],
                basis.text(one["needs"]),
            ]
            for one in found["needs"]
        ]
        made.append(Sheet(say("sheet_needs"), ("subject", "title", "entity", "quarter", "needs"), needs))
    return made
