"""The cards of the form behind a letter's link: what one person may report about one quarter, as it stands now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tracker.events.dates import local_day
from tracker.events.reading import read_texts
from tracker.notifications.links import Link
from tracker.notifications.phrases import Phrases, in_language, phrases
from tracker.notifications.reminders import acting
from tracker.projections.speakers import display_name
from tracker.runtime import View
from tracker.workplan.activity import Activity
from tracker.workplan.claims import FOLLOWS
from tracker.workplan.obligations import Duty, duties
from tracker.workplan.plan import Plan
from tracker.workplan.workstream import Workstream

PHRASES = Path(__file__).parent / "translations" / "report.yaml"
ASSESSMENTS = ("on_track", "at_risk", "delayed")
EVIDENCE = (
    "hub_product",
    "hub_practice",
    "pledge",
    "mptf_project",
    "voluntary_report",
    "meeting_record",
    "publication",
    "other",
)


@dataclass(frozen=True, slots=True)
class Card:
    """One activity of the form. ``wordings`` hold ``(text, language)``, ``options`` ``(value, words)``."""

    id: str
    number: str
    wording: tuple[str, str]
    workstream: str
    status: str
    assessment: str | None
    standing: str
    told: str | None
    voices: tuple[tuple[str, str], ...]
    statuses: tuple[tuple[str, str], ...]
    targets: tuple[dict[str, Any], ...]
    subitems: tuple[dict[str, Any], ...]
    last_reason: str | None
    has_reason: bool
    takes_no_requests: bool
    is_owed: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The cards of a workstream."""

    number: str
    title: tuple[str, str]
    owed: tuple[Card, ...]
    others: tuple[Card, ...]


def words_of(language: str) -> Phrases:
    return phrases(language, PHRASES)


def cards_of(view: View, link: Link, say: Phrases) -> list[Card]:
    """Return what the person of a link may report, in plan order; empty once they act for nobody."""
    rows: dict[str, list[Duty]] = {}
    for row in duties(view.plan, link.quarter):
        if link.activities and row.activity.id not in link.activities:
            continue
        if (row.entity, link.person) in acting(view.plan, row.activity.workstream):
            rows.setdefault(row.activity.id, []).append(row)
    reasons = read_texts(
        view.tx,
        link.workplan,
        [
            row.activity.assessment_reason.sha256
            for one in rows.values()
            for row in one[:1]
            if row.activity.assessment_reason
        ],
    )
    return [_card(view, mine, say, reasons) for mine in rows.values()]


def grouped(plan: Plan, cards: list[Card], say: Phrases) -> list[Group]:
    groups = []
    for workstream in plan.all("workstream", Workstream):
        here = [card for card in cards if card.workstream == workstream.id]
        if here:
            groups.append(
                Group(
                    say("workstream", number=workstream.number),
                    in_language(workstream.title, say.language),
                    tuple(card for card in here if card.is_owed),
                    tuple(card for card in here if not card.is_owed),
                )
            )
    return groups


def _card(view: View, mine: list[Duty], say: Phrases, reasons: Mapping[str, str]) -> Card:
    activity = mine[0].activity
    base = activity.base_for(mine[0].quarter) or activity.claim
    reason = activity.assessment_reason
    return Card(
        id=activity.id,
        number=activity.number,
        wording=in_language(activity.text, say.language),
        workstream=activity.workstream,
        status=activity.status,
        assessment=activity.assessment,
        standing=_standing(view, activity, say),
        told=_told(view, mine, say),
        voices=tuple((row.entity, display_name(view.plan, row.entity, say.language)) for row in mine),
        statuses=tuple((one, say(one)) for one in FOLLOWS[base.status]),
        targets=tuple(_target(activity, index, say) for index in range(len(activity.targets or ()))),
        subitems=tuple(_subitem(activity, index, say) for index in range(len(activity.subitems))),
        last_reason=reasons.get(reason.sha256) if reason else None,
        has_reason=reason is not None,
        takes_no_requests=activity.nature == "on_demand",
        is_owed=mine[0].settled_by is None and any(row.is_asked_first for row in mine),
    )


def _standing(view: View, activity: Activity, say: Phrases) -> str:
    state, last = say.status(activity.status, activity.assessment), activity.last_report
    if last is None:
        return say("never_reported", state=state)
    who = display_name(view.plan, last.entity, say.language) if last.entity else say("secretariat")
    return say("state_said", state=state, who=who, day=_day(view, last.recorded_at, say))


def _day(view: View, instant: str, say: Phrases) -> str:
    return say.short_day(local_day(datetime.fromisoformat(instant), view.workplan.zone))


def _told(view: View, mine: list[Duty], say: Phrases) -> str | None:
    """Return why a card is not asked for: somebody reported, or others are asked first."""
    report = mine[0].settled_by
    if report is not None:
        day = _day(view, report.recorded_at, say)
        if report.entity in {row.entity for row in mine}:
            return say("settled_by_you", day=day)
        who = display_name(view.plan, report.entity, say.language) if report.entity else say("secretariat")
        return say("settled_by", who=who, day=day)
    if any(row.is_asked_first for row in mine):
        return None
    first = [
        row.entity
        for row in duties(view.plan, mine[0].quarter)
        if row.activity.id == mine[0].activity.id and row.is_asked_first
    ]
    return say("asked_first", who=say.listed(display_name(view.plan, one, say.language) for one in first))


def _target(activity: Activity, index: int, say: Phrases) -> dict[str, Any]:
    target = (activity.targets or ())[index]
    unit, language = in_language(target.unit, say.language)
    most = f"{target.min}-{target.max}" if target.max not in {None, target.min} else str(target.min)
    done = activity.done.get(target.id, 0)
    return {
        "id": target.id,
        "unit": unit,
        "language": language,
        "hint": say("hint_done", done=done, target=most),
        "done": done,
    }


def _subitem(activity: Activity, index: int, say: Phrases) -> dict[str, Any]:
    item = activity.subitems[index]
    text, language = in_language(item.text, say.language)
    return {
        "key": item.key,
        "text": text,
        "language": language,
        "as_it_is": say("as_it_is", status=say(item.status)),
        "options": [] if item.withdrawn else [(one, say(one)) for one in FOLLOWS[item.status]],
    }
