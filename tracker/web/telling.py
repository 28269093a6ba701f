"""An entry told to a reader: what happened, from what to what, who said so, when, why and how it came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tracker.events.catalogue import CATALOGUE, EntryCorrected
from tracker.events.dates import local_day, parse_instant
from tracker.events.reading import read_event, read_subject
from tracker.events.shapes import to_json
from tracker.projections.history import Filters, differences, history, states_around
from tracker.projections.reading_rights import WITHHELD
from tracker.web import labels
from tracker.web.differences import Line, lines
from tracker.web.event_fields import data_lines, fields_of
from tracker.web.language import _, instant_words, occurred_words, spoken
from tracker.web.visits import Visit
from tracker.workplan.folding import living

MOST_SINCE = 20
TOLD_APART = frozenset({"evidence", "assessment_reason", "sustainability", "sustain_note", "quarter"})
"""Fields of a state that an entry tells in its own words, not as a difference."""
QUOTED = {
    "note": "Note",
    "needs": "What is needed",
    "sustainability": "How it stays usable",
    "no_evidence_reason": "Why there is no link",
    "finding": "Finding",
    "question": "Question",
    "authority": "On whose authority",
    "sustain_note": "How it stays usable",
    "by": "Used by",
}
"""What the free texts of an entry are called."""


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as a page shows it. Without the right to history nobody is named and nothing is quoted."""

    position: int
    title: str
    subject: str
    subject_title: str
    recorded: str
    occurred: str
    occurred_then: str | None
    is_late: bool
    is_imported: bool
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
    redacted: list[str]

    @property
    def is_retracted(self) -> bool:
        return bool(self.retracted_by)


def told(here: Visit, wanted: Filters) -> tuple[list[Told], int | None]:
    """Return entries as this reader may see them and the position to go on after, None at the end."""
    answer = here.answer
    items, after = history(answer.tx, answer.end, answer.plan, wanted)
    return [tell(here, one) for one in items], after


def since(here: Visit, subject: str, known: int) -> list[Told]:
    """Return what was recorded about a subject after the version that a form was made for, newest first."""
    standing = here.answer.plan.standing(subject)
    newer = (standing.version if standing else 0) - known
    if newer <= 0:
        return []
    return told(here, Filters(subject=subject, is_descending=True, limit=min(newer, MOST_SINCE)))[0]


def tell(here: Visit, view: dict[str, Any]) -> Told:
    """Return one entry view of the log's history in words."""
    may_know, data = here.may("history"), view["data"]
    corrected_by = _known(view.get("corrected_by"), here)
    now_said = _occurred(here, corrected_by) or view["occurred_on"]
    return Told(
        position=view["position"],
        title=_titled(view),
        subject=view["subject"],
        subject_title=here.words_of(view["subject"]),
        recorded=instant_words(view["recorded_at"], here.zone),
        occurred=occurred_words(now_said),
        occurred_then=occurred_words(view["occurred_on"]) if now_said != view["occurred_on"] else None,
        is_late=now_said != local_day(parse_instant(view["recorded_at"]), here.zone).isoformat(),
        is_imported=view["channel"] == "import",
        speaker=speaker_words(here, view) if may_know else None,
        channel=_(labels.CHANNEL[view["channel"]]) if may_know else None,
        source=_sourced(view) if may_know else None,
        reason=view.get("reason") if may_know else None,
        decided_at=view.get("decided_at"),
        lines=_lines(here, view, may_know=may_know),
        quotes=_quotes(data) if may_know else [],
        evidence=data.get("evidence") or [],
        amends=data.get("position") if view["type"].startswith(("Entry", "Text")) else None,
        corrected_by=corrected_by,
        retracted_by=_known(view.get("retracted_by"), here),
        redacted=view.get("redacted", []),
    )


def facts(here: Visit, view: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Return ``(label, words, language)`` of everything that an entry says, as it was recorded."""
    if not here.may("history") or CATALOGUE[view["type"]].kind == "any":
        return []
    found = fields_of(CATALOGUE[view["type"]].data, view["data"])
    return [(one.label, one.words(here.name), one.lang) for one in found]


def folded(entries: list[Told]) -> list[list[Told]]:
    """Return the entries with those that an import made one after another in one group, all others alone."""
    groups: list[list[Told]] = []
    for one in entries:
        if one.is_imported and groups and groups[-1][-1].is_imported:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def speaker_words(here: Visit, view: dict[str, Any]) -> str | None:
    """Return in whose voice an entry speaks; None of the system's own."""
    entity, role = view["speaker"]["entity"], view["speaker"]["role"]
    if role == "system":
        return None
    if role == "lead":
        return here.name(entity)
    behalf = view.get("on_behalf_of")
    if entity is None:
        return _("Secretariat")
    if behalf is None:
        return _("Secretariat, for {name}", name=here.name(entity))
    way = _(labels.RECEIVED_BY[behalf["by"]])
    return _("Secretariat, for {name} ({way})", name=here.name(entity), way=way)


def _known(positions: list[int] | None, here: Visit) -> list[int]:
    """Return the amendments that were known at the moment shown: a past view does not tell what came later."""
    return [position for position in positions or [] if position <= here.answer.question.position]


def _occurred(here: Visit, corrected_by: list[int]) -> str | None:
    """Return the date that the last correction to name one gave, None where none did."""
    for position in reversed(corrected_by):
        data = read_event(here.answer.tx, here.id, position).data
        if isinstance(data, EntryCorrected) and data.occurred_on:
            return data.occurred_on
    return None


def _titled(view: dict[str, Any]) -> str:
    data, label = view["data"], CATALOGUE[view["type"]].labels[spoken()]
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
    corrections = _correction_lines(here, view) if view["type"] == "EntryCorrected" else []
    fields = [one for one in differences(before, after) if one["field"] not in TOLD_APART]
    if not (may_know or here.may("details")):
        fields = [one for one in fields if one["field"] not in WITHHELD]
    return [*corrections, *lines(fields, here, after)]


def _correction_lines(here: Visit, view: dict[str, Any]) -> list[Line]:
    """Return what a correction changed of the entry itself; what it changed of the subject is told beside it."""
    position, data, tx = view["data"]["position"], view["data"], here.answer.tx
    earlier = living(read_subject(tx, here.id, view["subject"], view["position"] - 1), here.zone)
    target = next((one.event for one in earlier if one.event.position == position), None)
    if target is None:
        return []
    made = []
    if said := data.get("occurred_on"):
        made.append(Line(_("happened"), occurred_words(target.occurred_on), occurred_words(said)))
    if not here.may("history"):
        return made
    if isinstance(data.get("reason"), str):
        made.append(Line(_("its reason"), None, data["reason"]))
    if said := data.get("data"):
        made += data_lines(CATALOGUE[target.type].data, here, here.reveal(to_json(target.data)), said)
    return made


def _quotes(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Return ``(label, text)`` of the free texts of an entry."""
    return [(_(label), data[name]) for name, label in QUOTED.items() if isinstance(data.get(name), str)]


def _sourced(view: dict[str, Any]) -> str | None:
    source = view.get("source")
    return _("row {row} of {file}", row=source["row"], file=source["name"]) if source else None
