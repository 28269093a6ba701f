"""The readiness of a region as a document: live at any moment, or frozen; and the five regions side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker.documents.basis import Basis, basis_of, document, moved_to
from tracker.documents.chart_pieces import objectives_chart, rates, rates_chart, trend_chart
from tracker.documents.names import country_words, dates_words, region_words, when_words, who_words
from tracker.documents.pieces import (
    Bullets,
    Cell,
    Document,
    Grid,
    Heading,
    Link,
    Mark,
    Paragraph,
    Piece,
)
from tracker.documents.readiness_sheets import (
    EVIDENCE,
    Line,
    count_of,
    line_words,
    links_in,
    mark_of,
    missing_words,
    sheets_of,
)
from tracker.documents.story import story
from tracker.events.event import id_of
from tracker.phrases import Phrases
from tracker.plans.reference import objective_labels
from tracker.projections.readiness import STATUSES, Picture
from tracker.projections.snapshots import snapshot
from tracker.workplan.review import Review

if TYPE_CHECKING:
    from tracker.runtime import Runtime, View


@dataclass(frozen=True, slots=True)
class Frozen:
    """Which snapshot a document shows."""

    number: int
    position: int
    taken_at: str
    sha256: str


def readiness_document(basis: Basis, picture: Picture, frozen: Frozen | None = None) -> Document:
    """Return the readiness of a region. ``basis`` stands at the position of the picture."""
    say, region = basis.say, picture["region"]
    cover = [(say("cover_rules"), picture["rules"])]
    name, title = f"readiness-{region}", say("readiness_title", region=region_words(region, say))
    if frozen:
        name = f"{name}-{frozen.number}"
        title = say("snapshot_title", region=region_words(region, say), number=frozen.number)
        taken = say.instant(frozen.taken_at, basis.view.question.zone)
        cover += [
            (
                say("cover_snapshot"),
                say("snapshot_of", number=frozen.number, instant=taken, position=frozen.position),
            ),
            (say("cover_sha256"), frozen.sha256),
        ]
    return document(
        basis,
        name,
        title,
        counts_words(picture, say),
        cover,
        _pieces(basis, picture, frozen),
        sheets_of(basis, picture),
    )


def counts_words(picture: Picture, say: Phrases) -> str:
    """Return ``4 met, 6 partly, 1 missing, 0 unknown``."""
    return ", ".join(say(f"counted_{one}", count=picture["counts"][one]) for one in STATUSES)


# ------------------------------------------------------------------------------------------------------- pieces


def _pieces(basis: Basis, picture: Picture, frozen: Frozen | None) -> list[Piece]:
    say, region = basis.say, picture["region"]
    lines = {line["line"]: line for line in picture["lines"]}
    made: list[Piece] = []
    if not picture["has_data"]:
        made.append(Paragraph(say("no_data"), "notice"))
    made += [Heading(say("head_overview")), _overview(basis, picture)]
    made += [Heading(say("head_story")), Bullets(story(basis, region))]
    made += [Heading(say("head_untagged")), *_untagged(basis, lines.get("tags"))]
    made += [Heading(say("head_charts")), *_charts(basis, lines, region)]
    made.append(Heading(say("head_lines")))
    for line in picture["lines"]:
        if line["line"] not in {"objectives", "tags"}:
            made += _line(basis, line)
    if "objectives" in lines:
        made += [Heading(say("head_objectives")), *_objectives(basis, lines["objectives"])]
    if picture["findings"]:
        made += [Heading(say("head_other_findings")), *(_finding(basis, one) for one in picture["findings"])]
    made += [Heading(say("head_evidence")), _evidence_table(basis, picture)]
    made += [Heading(say("head_verify")), Paragraph(_verify_words(basis, picture, frozen))]
    return made


def _verify_words(basis: Basis, picture: Picture, frozen: Frozen | None) -> str:
    if frozen is None:
        return basis.say("verify_live", position=picture["position"])
    return basis.say("verify_frozen", region=picture["region"], number=frozen.number)


def _overview(basis: Basis, picture: Picture) -> Grid:
    say = basis.say
    rows: list[list[Cell]] = []
    for line in picture["lines"]:
        missing = dict.fromkeys(missing_words(one["what"], say) for one in line["missing"])
        rows.append(
            [
                line_words(line["line"], say),
                mark_of(line["status"], say),
                count_of(line),
                " ".join(missing) or say("nothing_missing"),
            ]
        )
    return Grid([say("line"), say("status"), say("evidence"), say("is_missing")], rows, (5, 3, 2, 8))


def _line(basis: Basis, line: Line) -> list[Piece]:
    say = basis.say
    status = say(f"line_{line['status']}")
    made: list[Piece] = [Heading(say("line_heading", line=line_words(line["line"], say), status=status), 2)]
    for finding in line.get("findings", ()):
        made.append(_finding(basis, finding))
        made.append(Paragraph(say("rules_make", status=say(f"line_{line['computed']}")), "small"))
    if "expected" in line["details"]:
        made.append(
            Paragraph(
                say("reports_of", received=line["details"]["received"], expected=line["details"]["expected"])
            )
        )
    if line["evidence"]:
        made.append(
            Grid(
                [say("what"), say("status"), say("when"), say("link")],
                [_evidence(basis, one, line["line"]) for one in line["evidence"]],
                (8, 4, 3, 4),
            )
        )
    else:
        made.append(Paragraph(say("no_evidence")))
    if line["missing"]:
        rows = [
            [missing_words(one["what"], say), _about(basis, one), who_words(basis.view.plan, one["who"], say)]
            for one in line["missing"]
        ]
        made.append(Grid([say("is_missing"), say("about"), say("who_could")], rows, (6, 6, 5)))
    may_apply = line["details"].get("may_also_apply", ())
    if may_apply:
        made.append(Paragraph(say("may_apply", count=len(may_apply)), "small"))
    return made


def _finding(basis: Basis, finding: Mapping[str, Any]) -> Paragraph:
    say = basis.say
    said = say(
        "finding",
        line=line_words(finding["line"], say),
        status=say(f"line_{finding['status']}"),
        finding=basis.text(finding["finding"]),
        source=basis.text(finding["source"]),
    )
    return Paragraph(said, "notice")


def _about(basis: Basis, missing: Mapping[str, Any]) -> str:
    say = basis.say
    if "country" in missing:
        return country_words(missing["country"], say)
    if "objective" in missing:
        return say("objective_number", number=missing["objective"])
    return basis.name(missing["subject"], 90) if "subject" in missing else say("the_region")


def _evidence(basis: Basis, one: Mapping[str, Any], line: str) -> list[Cell]:
    """Return ``what, status, when, link`` of a piece of evidence, whatever it is."""
    say = basis.say
    what: Cell = basis.name(one["subject"], 110)
    status: Cell = None
    when: Cell = None
    link: Cell = None
    if "country" in one:
        what = country_words(one["country"], say)
    if "url" in one:
        link = Link(say(f"evidence_{one['kind']}") if "kind" in one else say("link"), one["url"])
    if "needs" in one:
        status = basis.text(one["needs"])
        when = when_words(one["quarter"], say)
    elif "snapshot" in one:
        what, when = say("snapshot_number", number=one["snapshot"]), say("days_ago", count=one["age_days"])
    elif "starts_at" in one or line in {"consultations", "talks", "agenda"}:
        status = say(f"session_{one['status']}")
        when = when_words(one["starts_at"], say) if "starts_at" in one else None
        if one.get("materials"):
            link = Link(say(f"material_{one['materials'][-1]['kind']}"), one["materials"][-1]["url"])
    elif "current" in one:
        status = say(f"review_{one['status']}")
        when = ", ".join(part for part in (dates_words(one["current"], say), one.get("place")) if part)
    elif line == "activities":
        status = Mark(one["status"], say(f"status_{one['status']}"))
        when = _reported(basis, one.get("last_report"))
    return [what, status, when, link]


def _reported(basis: Basis, last: Mapping[str, Any] | None) -> str:
    say = basis.say
    if last is None:
        return say("never_reported")
    return say("reported_for", quarter=when_words(last["quarter"], say), count=last["age_days"])


def _objectives(basis: Basis, line: Line) -> list[Piece]:
    say = basis.say
    rows: list[list[Cell]] = []
    for row in line["details"]["rows"]:
        statuses = Counter(one["status"] for one in row["activities"])
        said = ", ".join(say(f"counted_{name}", count=count) for name, count in statuses.items())
        ages = [one["age_days"] for one in row["activities"] if one.get("age_days") is not None]
        rows.append(
            [
                row["objective"],
                objective_labels()[row["objective"]][say.language],
                mark_of(row["status"], say),
                f"{len(row['activities'])}{say.colon}{said}" if said else "0",
                say("days_ago", count=min(ages)) if ages else None,
                len(row["talks"]),
                len(row["practices"]),
                len(row["may_also_apply"]),
            ]
        )
    columns = (
        "objective",
        "title_column",
        "status",
        "activities",
        "last_report",
        "talks",
        "practices",
        "maybe",
    )
    return [
        Paragraph(say("objectives_words"), "small"),
        Grid([say(one) for one in columns], rows, (2, 7, 3, 6, 3, 2, 2, 2)),
    ]


def _untagged(basis: Basis, line: Line | None) -> list[Piece]:
    say = basis.say
    if line is None or not line["missing"]:
        return [Paragraph(say("all_tagged"))]
    details = line["details"]
    rows: list[list[Cell]] = [
        [
            basis.name(one["subject"], 90),
            ", ".join(say(f"lacks_{name}") for name in one["lacks"]),
            who_words(basis.view.plan, one["who"], say),
        ]
        for one in line["missing"]
    ]
    return [
        Paragraph(say("untagged_words", count=details["untagged"], items=details["items"])),
        Grid([say("what"), say("lacks"), say("who_could")], rows, (8, 4, 5)),
    ]


def _charts(basis: Basis, lines: Mapping[str, Line], region: str) -> list[Piece]:
    tags = lines["tags"]["details"] if "tags" in lines else {"items": 0, "untagged": 0}
    rows = lines["objectives"]["details"].get("rows", ()) if "objectives" in lines else ()
    counts = {row["objective"]: dict(Counter(one["status"] for one in row["activities"])) for row in rows}
    linked = (
        {id_of(one["subject"]) for one in lines["activities"]["evidence"]} if "activities" in lines else set()
    )
    review = f"review/{region}"
    has_review = basis.view.plan.get(review, Review) is not None
    return [
        objectives_chart(basis, counts, tags["items"] - tags["untagged"], tags["items"]),
        trend_chart(basis, [review] if has_review else []),
        rates_chart(basis, rates(basis, linked)),
    ]


def _evidence_table(basis: Basis, picture: Picture) -> Piece:
    """Return every link on which the picture rests, each once."""
    say = basis.say
    rows: dict[tuple[str, str], list[Cell]] = {}
    for subject, kind, url, country in links_in(picture):
        words = say(f"evidence_{kind}") if kind in EVIDENCE else say(f"material_{kind}")
        named = country_words(country, say) if country else None
        rows.setdefault((subject, url), [basis.name(subject, 90), words, named, Link(url, url)])
    if not rows:
        return Paragraph(say("no_links"))
    return Grid([say("what"), say("kind"), say("country"), say("link")], list(rows.values()), (7, 4, 3, 7))


def snapshot_document(
    runtime: Runtime, view: View, region: str, number: int, language: str, *, has_details: bool
) -> Document:
    """Return a frozen snapshot as a document: its picture computed again, at its position, with the words of then.

    Raises:
        NotFoundError: there is no such region or snapshot.
    """
    held = snapshot(view.tx, view.end.workplan, region, number)
    taken, picture = held["snapshot"], held["picture"]
    basis = basis_of(
        moved_to(runtime, view, f"position:{taken['at_position']}"), language, has_details=has_details
    )
    frozen = Frozen(number, taken["position"], taken["taken_at"], taken["sha256"])
    return readiness_document(basis, picture, frozen)
