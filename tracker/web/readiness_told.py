"""A picture of readiness as pages tell it: lines with evidence, gaps and who could fill them, objectives, charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from tracker.documents.basis import Basis, basis_of
from tracker.documents.chart_pieces import objectives_chart, rates, rates_chart, trend_chart
from tracker.documents.pieces import Chart, Piece
from tracker.documents.story import story
from tracker.events.event import id_of, kind_of
from tracker.plans.reference import countries_of, objective_labels, region_labels
from tracker.projections.readiness import STATUSES, Picture
from tracker.projections.readiness_labels import LINE_LABELS, MISSING_WORDS
from tracker.web import labels
from tracker.web.labels import Mark
from tracker.web.language import _, colon, commission_words, country_words, spoken
from tracker.web.subjects import number_of
from tracker.web.visits import Visit
from tracker.workplan.activity import Activity

View = dict[str, Any]
MOST = 100
"""Things of one kind that are listed; the files have them all."""
LINE_STATUS = {"met": "met", "partly": "partly", "missing": "missing", "unknown": "unknown"}
LOOKS = {
    "met": ("completed", "good"),
    "partly": ("in_progress", "care"),
    "missing": ("discontinued", "bad"),
    "unknown": ("withdrawn", "calm"),
}
"""The shape and the tone of a line's status."""


def line_mark(status: str) -> Mark:
    shape, tone = LOOKS[status]
    return Mark(shape, _(LINE_STATUS[status]), tone)


def line_words(line: str) -> str:
    return LINE_LABELS.get(line, {}).get(spoken(), line)


def missing_words(what: str) -> str:
    return MISSING_WORDS.get(what, {}).get(spoken(), what)


def region_words(region: str) -> str:
    return region_labels()[region][spoken()]


def basis(here: Visit) -> Basis:
    return basis_of(here.answer, spoken(), has_details=here.may("details"))


def shown(here: Visit, picture: Picture) -> View:
    """Return what the page of a picture shows: lines with evidence and gaps, objectives, what is untagged, charts."""
    by_name = {line["line"]: line for line in picture["lines"]}
    rows = by_name["objectives"]["details"]["rows"] if "objectives" in by_name else []
    tags = by_name.get("tags")
    in_lines = [line for line in picture["lines"] if line["line"] != "tags"]
    return {
        "picture": picture,
        "met": picture["counts"]["met"],
        "all_lines": len(picture["lines"]),
        "lacking": sum(len(line["missing"]) for line in in_lines),
        "countries": len(countries_of(picture["region"])),
        "region_name": region_words(picture["region"]),
        "lines": [_line(here, line) for line in in_lines],
        "objectives": [_objective(here, row) for row in rows],
        "untagged": [
            _untagged(here, one, picture["region"]) for one in (tags["missing"][:MOST] if tags else ())
        ],
        "tags": tags["details"] if tags else None,
        "story": story(basis(here), picture["region"]),
        "other_findings": [_finding(here, one) for one in picture["findings"]],
        "statuses": STATUSES,
        "mark": line_mark,
        "labels": labels,
        "charts": charts_of(here, by_name, picture["region"]),
    }


def charts_of(here: Visit, lines: Mapping[str, View], region: str) -> list[tuple[Piece, bool]]:
    """Return each chart, and whether it is one or says why there is none."""
    found = basis(here)
    rows = lines["objectives"]["details"]["rows"] if "objectives" in lines else []
    tags = lines["tags"]["details"] if "tags" in lines else {"items": 0, "untagged": 0}
    counts = {row["objective"]: dict(Counter(one["status"] for one in row["activities"])) for row in rows}
    linked = (
        {id_of(one["subject"]) for one in lines["activities"]["evidence"]} if "activities" in lines else set()
    )
    review = f"review/{region}"
    made = [
        objectives_chart(found, counts, tags["items"] - tags["untagged"], tags["items"]),
        trend_chart(found, [review] if here.answer.plan.has(review) else []),
        rates_chart(found, rates(found, linked)),
    ]
    return [(one, isinstance(one, Chart)) for one in made]


def _line(here: Visit, line: View) -> View:
    return {
        "id": line["line"],
        "words": line_words(line["line"]),
        "mark": line_mark(line["status"]),
        "computed": line_mark(line["computed"]) if "computed" in line else None,
        "findings": [_finding(here, one) for one in line.get("findings", ())],
        "evidence": [_evidence(here, line["line"], one) for one in line["evidence"][:MOST]],
        "missing": [_missing(here, one) for one in line["missing"][:MOST]],
        "counts": {name: len(line[name]) for name in ("evidence", "missing")},
        "details": line["details"],
        "may_apply": len(line["details"].get("may_also_apply", ())),
    }


def _finding(here: Visit, finding: View) -> View:
    if not here.may("details"):
        return {"finding": None, "source": None, "status": line_mark(finding["status"]), "position": None}
    told: View = here.reveal(finding)
    return told | {"status": line_mark(finding["status"]), "words": line_words(finding["line"])}


def _evidence(here: Visit, line: str, one: View) -> View:
    subject, activity = one["subject"], here.answer.plan.get(one["subject"], Activity)
    made: View = {
        "words": country_words(one["country"])
        if "country" in one and "kind" not in one
        else here.words_of(subject),
        "href": here.to_subject(subject),
        "text": here.one(subject)["text"] if activity else None,
        "position": one["position"],
        "links": [(_(labels.MATERIAL[item["kind"]]), item["url"]) for item in one.get("materials", ())],
        "mark": None,
        "when": None,
        "aside": [],
    }
    if one.get("url"):
        made["links"].append(
            (_(labels.EVIDENCE[one["kind"]]) if "kind" in one else _("voluntary report"), one["url"])
        )
    made["links"] += [(_("outcome"), url) for url in one.get("outcomes", ())]
    if "status" in one:
        made["mark"] = labels.mark(one["status"])
    if "needs" in one and here.may("details"):
        made["quote"] = here.reveal(one)["needs"]
    if "snapshot" in one:
        made["words"] = _("Snapshot {number}", number=one["snapshot"])
        made["href"] = here.to("snapshot_page", region=id_of(subject), number=one["snapshot"])
    last = one.get("last_report")
    made["last"] = last and {**last, "name": here.name(last["entity"]) if last["entity"] else None}
    made["starts_at"], made["place"] = one.get("starts_at"), one.get("place")
    made["is_silent"] = line == "activities" and last is None
    return made


def gathered(here: Visit, missing: list[View]) -> list[str]:
    """Return what is missing, each thing once with all that it is missing from."""
    found: dict[str, list[str]] = {}
    for one in missing:
        found.setdefault(missing_words(one["what"]), []).append(_about(here, one) or "")
    return [_gap(words, [one for one in about if one]) for words, about in found.items()]


def _gap(words: str, about: list[str]) -> str:
    """Return ``The summary is missing: 3.2, 4.1``."""
    return f"{words.rstrip('.')}{colon()}{', '.join(about)}" if about else words


def _about(here: Visit, one: View) -> str | None:
    if "country" in one:
        return country_words(one["country"])
    if "objective" in one:
        return _("objective {number}", number=one["objective"])
    return here.words_of(one["subject"]) if "subject" in one else None


def _missing(here: Visit, one: View) -> View:
    subject = one.get("subject")
    is_activity = subject is not None and kind_of(subject) == "activity"
    leads = [who["entity"] for who in one["who"] if who["role"] == "lead"]
    return {
        "what": one["what"],
        "words": missing_words(one["what"]),
        "about": _about(here, one),
        "href": here.to_subject(subject) if subject else None,
        "who": ", ".join(_who(here, who) for who in one["who"]),
        "activity": id_of(subject) if subject and is_activity and leads else None,
    }


def _who(here: Visit, who: View) -> str:
    match who["role"]:
        case "lead":
            return here.name(who["entity"])
        case "country":
            return country_words(who["country"])
        case "host":
            return _("the host commission, {commission}", commission=commission_words(who["commission"]))
        case _:
            return _("the Secretariat")


def _objective(here: Visit, row: View) -> View:
    plan = here.answer.plan
    ages = [one["age_days"] for one in row["activities"] if one.get("age_days") is not None]
    return {
        "number": row["objective"],
        "words": objective_labels()[row["objective"]][spoken()],
        "mark": line_mark(row["status"]),
        "activities": [
            (number_of(plan, one["subject"]), here.to_subject(one["subject"]), labels.mark(one["status"]))
            for one in row["activities"][:MOST]
        ],
        "age": min(ages) if ages else None,
        "talks": [(here.words_of(one["subject"]), here.to_subject(one["subject"])) for one in row["talks"]],
        "practices": [(number_of(plan, one["subject"]), one["url"]) for one in row["practices"]],
        "may_apply": [(number_of(plan, one), here.to_subject(one)) for one in row["may_also_apply"][:MOST]],
        "more": {name: max(0, len(row[name]) - MOST) for name in ("activities", "may_also_apply")},
    }


def _untagged(here: Visit, one: View, region: str) -> View:
    subject = one["subject"]
    is_activity = kind_of(subject) == "activity"
    return {
        "words": here.words_of(subject),
        "text": here.one(subject)["text"] if is_activity else None,
        "href": here.to_subject(subject),
        "lacks": [_("region") if name == "regions" else _("objectives") for name in one["lacks"]],
        "tag": here.to("tag_form", id=id_of(subject), region=region)
        if is_activity
        else here.to_subject(subject),
    }
