"""An entry told to a reader: what happened, from what to what, who said so, when, why and how it came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tracker.events.catalogue import CATALOGUE
from tracker.events.dates import local_day, parse_instant
from tracker.projections.history import Filters, differences, history, states_around
from tracker.projections.reading_rights import WITHHELD
from tracker.web import labels
from tracker.web.differences import Line, lines
from tracker.web.language import _, instant_words, occurred_words
from tracker.web.visits import Visit

TOLD_APART = frozenset({"evidence", "assessment_reason", "sustainability", "quarter"})
"""Fields of a state that an entry tells in its own words, not as a difference."""


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as a page shows it. Without the right to history nobody is named and nothing is quoted."""

    position: int
    title: str
    subject: str
    subject_title: str
    recorded: str
    occurred: str
    is_late: bool
    speaker: str | None
    channel: str | None
    source: str | None
    reason: str | None
    decided_at: str | None
    lines: list[Line]
    quotes: list[tuple[str, str]]
    evidence: list[dict[str, Any]]
    amends: int | None
    corrected_by: list[int]
    retracted_by: list[int]
    redacted_by: list[int]
    redacted: list[str]

    @property
    def is_retracted(self) -> bool:
        return bool(self.retracted_by)


def told(here: Visit, wanted: Filters) -> tuple[list[Told], int | None]:
    """Return entries as this reader may see them and the position to go on after, None at the end."""
    answer = here.answer
    items, after = history(answer.tx, answer.end, answer.plan, wanted)
    return [tell(here, one) for one in items], after


def tell(here: Visit, view: dict[str, Any]) -> Told:
    """Return one entry view of the log's history in words."""
    may_know, data = here.may("history"), view["data"]
    known_at = here.answer.question.position
    return Told(
        position=view["position"],
        title=_titled(view),
        subject=view["subject"],
        subject_title=here.words_of(view["subject"]),
        recorded=instant_words(view["recorded_at"], here.zone),
        occurred=occurred_words(view["occurred_on"]),
        is_late=view["occurred_on"] != local_day(parse_instant(view["recorded_at"]), here.zone).isoformat(),
        speaker=view["speaker"]["display"] if may_know else None,
        channel=_(labels.CHANNEL[view["channel"]]) if may_know else None,
        source=_sourced(view) if may_know else None,
        reason=view.get("reason") if may_know else None,
        decided_at=view.get("decided_at"),
        lines=_lines(here, view, may_know=may_know),
        quotes=_quotes(data) if may_know else [],
        evidence=data.get("evidence") or [],
        amends=data.get("position") if view["type"].startswith(("Entry", "Text")) else None,
        corrected_by=_known(view.get("corrected_by"), known_at),
        retracted_by=_known(view.get("retracted_by"), known_at),
        redacted_by=view.get("redacted_by", []),
        redacted=view.get("redacted", []),
    )


def _known(positions: list[int] | None, upto: int) -> list[int]:
    """Return the amendments that were known at the moment shown: a past view does not tell what came later."""
    return [position for position in positions or [] if position <= upto]


def _titled(view: dict[str, Any]) -> str:
    data, label = view["data"], _(CATALOGUE[view["type"]].labels["en"])
    match view["type"]:
        case "ProgressReported":
            quarter = occurred_words(data["quarter"])
            if data.get("no_change"):
                return _("No change reported, {quarter}", quarter=quarter)
            return _("{label}, {quarter}", label=label, quarter=quarter)
        case "ReportExcused":
            return _("{label}, {quarter}", label=label, quarter=occurred_words(data["quarter"]))
        case _:
            return label


def _lines(here: Visit, view: dict[str, Any], *, may_know: bool) -> list[Line]:
    answer = here.answer
    before, after = states_around(answer.tx, answer.end, view["subject"], view["position"])
    if before is None:
        return []
    fields = [one for one in differences(before, after) if one["field"] not in TOLD_APART]
    if not (may_know or here.may("details")):
        fields = [one for one in fields if one["field"] not in WITHHELD]
    return lines(fields, here, after)


def _quotes(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Return ``(label, text)`` of the free texts of an entry."""
    names = {
        "note": "Note",
        "needs": "What is needed",
        "sustainability": "How it stays usable",
        "no_evidence_reason": "Why there is no link",
        "finding": "Finding",
        "question": "Question",
        "authority": "On whose authority",
    }
    return [(_(label), data[name]) for name, label in names.items() if isinstance(data.get(name), str)]


def _sourced(view: dict[str, Any]) -> str | None:
    source = view.get("source")
    return _("row {row} of {file}", row=source["row"], file=source["name"]) if source else None
