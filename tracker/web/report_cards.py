"""The cards of the form behind a letter's link: what one person may report about one quarter, as it stands now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tracker.events.dates import local_day
from tracker.events.reading import read_texts
from tracker.events.vocabulary import Sealed, Target
from tracker.notifications.links import Link
from tracker.notifications.occasions import unreachable_of
from tracker.notifications.phrases import phrases
from tracker.notifications.reminders import Phase, acting, digest_of
from tracker.notifications.sentences import SENTENCES, Goal, Known, goals_of
from tracker.phrases import Phrases, in_language
from tracker.projections.speakers import display_name
from tracker.projections.views import counted_sessions
from tracker.runtime import View
from tracker.web.report_options import Option, options_of, quiet_quarters, state_value
from tracker.workplan.activity import Activity
from tracker.workplan.activity_parts import Report
from tracker.workplan.claims import FOLLOWS, Claim
from tracker.workplan.obligations import Duty, duties
from tracker.workplan.plan import Plan
from tracker.workplan.round import Round
from tracker.workplan.workstream import Workstream

PHRASES = Path(__file__).parent / "translations" / "report.yaml"
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
class Theirs:
    """What another lead reported about the card's activity and quarter: ``(phrase, text)`` of what it says."""

    position: int
    who: str
    day: str
    status: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One activity of the form. ``wording`` is ``(text, language)``, ``voices`` are ``(entity, name)``.

    ``base`` is what held before the quarter's reports, ``before`` what these voices said so far, else the same.
    ``own`` is the position of the newest report in one of the voices about the quarter, ``given`` what it said, as the
    form's fields. ``quiet`` counts the quarters before this one without news; ``asks_on`` says that the form asks now
    whether the activity is still planned.
    """

    id: str
    number: str
    wording: tuple[str, str]
    workstream: str
    version: int
    before: Claim
    base: Claim
    standing: str
    told: str | None
    voices: tuple[tuple[str, str], ...]
    options: tuple[Option, ...]
    current: str
    goals: Mapping[str, Goal]
    targets: tuple[dict[str, Any], ...]
    subitems: tuple[dict[str, Any], ...]
    last_reason: str | None
    has_reason: bool
    takes_no_requests: bool
    is_owed: bool
    own: int | None
    own_is_quiet: bool
    given: dict[str, str]
    theirs: tuple[Theirs, ...]
    quiet: int
    asks_on: bool

    @property
    def known(self) -> Known:
        return Known(self.goals, self.before)

    @property
    def seen(self) -> int:
        """The newest report of somebody else about it that this card shows."""
        return max((one.position for one in self.theirs), default=0)


@dataclass(frozen=True, slots=True)
class Group:
    """The cards of a workstream."""

    id: str
    number: str
    title: tuple[str, str]
    owed: tuple[Card, ...]
    others: tuple[Card, ...]

    @property
    def cards(self) -> tuple[Card, ...]:
        return (*self.owed, *self.others)


def words_of(language: str) -> Phrases:
    return phrases(language, SENTENCES, PHRASES)


def cards_of(view: View, link: Link, say: Phrases, today: date) -> list[Card]:
    """Return what the person of a link may report, in plan order; empty once they act for nobody."""
    rows: dict[str, list[Duty]] = {}
    for row in duties(view.plan, link.quarter):
        if link.activities and row.activity.id not in link.activities:
            continue
        if (row.entity, link.person) in acting(view.plan, row.activity.workstream):
            rows.setdefault(row.activity.id, []).append(row)
    opened = view.plan.get(f"round/{link.quarter}", Round)
    is_late = opened is not None and today.isoformat() > opened.due
    phase: Phase = "overdue" if is_late else "asking"
    digest = digest_of(view.plan, link.quarter, phase, link.person, (), unreachable_of(view))
    owed = {*(digest.activities if digest else ()), *(link.activities if link.invitation else ())}
    sealed = [one.sha256 for mine in rows.values() for one in _sealed(mine[0])]
    texts = read_texts(view.tx, link.workplan, sealed)
    return [_card(view, mine, say, texts, is_owed=mine[0].activity.id in owed) for mine in rows.values()]


def _sealed(row: Duty) -> Iterator[Sealed]:
    activity = row.activity
    if activity.assessment_reason:
        yield activity.assessment_reason
    for report in activity.reports:
        if report.quarter == row.quarter:
            yield from (one for one in (report.note, report.needs, report.reason) if one)


def grouped(plan: Plan, cards: list[Card], say: Phrases) -> list[Group]:
    groups = []
    for workstream in plan.all("workstream", Workstream):
        here = [card for card in cards if card.workstream == workstream.id]
        if here:
            groups.append(
                Group(
                    workstream.id,
                    say("workstream", number=workstream.number),
                    in_language(workstream.title, say.language),
                    tuple(card for card in here if card.is_owed),
                    tuple(card for card in here if not card.is_owed),
                )
            )
    return groups


def _card(view: View, mine: list[Duty], say: Phrases, texts: Mapping[str, str], *, is_owed: bool) -> Card:
    activity, quarter = mine[0].activity, mine[0].quarter
    voices = {row.entity: display_name(view.plan, row.entity, say.language) for row in mine}
    base = activity.base_for(quarter) or activity.claim
    said = activity.claims if activity.quarter == quarter else {}
    claim = next((said[one] for one in voices if one in said), activity.claim)
    reports = [one for one in activity.reports if one.quarter == quarter]
    own = next((one for one in reversed(reports) if one.entity in voices), None)
    standing = view.plan.standing(f"activity/{activity.id}")
    reason = activity.assessment_reason
    goals = goals_of(activity, say)
    quiet = quiet_quarters(activity, quarter)
    return Card(
        id=activity.id,
        number=activity.number,
        wording=in_language(activity.text, say.language),
        workstream=activity.workstream,
        version=standing.version if standing else 0,
        before=next((said[one] for one in voices if one in said), base),
        base=base,
        standing=_standing(view, activity, say),
        told=None if is_owed and not mine[0].settled_by else _told(view, mine, say),
        voices=tuple(voices.items()),
        options=options_of(base, claim, say),
        current=state_value(claim),
        goals=goals,
        targets=tuple(
            _target(view, activity, target, goals[target.id], say) for target in activity.targets or ()
        ),
        subitems=tuple(_subitem(activity, index, say) for index in range(len(activity.subitems))),
        last_reason=texts.get(reason.sha256) if reason else None,
        has_reason=reason is not None,
        takes_no_requests=activity.nature == "on_demand",
        is_owed=is_owed and mine[0].settled_by is None,
        own=own.position if own else None,
        own_is_quiet=bool(own and own.no_change),
        given=_given(own, texts) if own else {},
        theirs=tuple(_theirs(view, one, say, texts) for one in reports if one.entity not in voices),
        quiet=quiet,
        asks_on=own is None and quiet >= ASKED_AFTER and quiet % ASKED_AFTER == 0,
    )


ASKED_AFTER = 4
"""Quarters without news, after which the form asks once; unanswered, it asks again after as many."""


def _given(own: Report, texts: Mapping[str, str]) -> dict[str, str]:
    """Return what one's own report said, as the fields of its card."""
    sealed = {"note": own.note, "needs": own.needs, "reason": own.reason}
    given = {name: texts.get(one.sha256, "") for name, one in sealed.items() if one}
    first = (own.evidence or (None,))[0]
    if first:
        given |= {"evidence_url": first.url, "evidence_title": first.title or "", "evidence_kind": first.kind}
    return {name: value for name, value in given.items() if value}


def _theirs(view: View, report: Report, say: Phrases, texts: Mapping[str, str]) -> Theirs:
    state = say.status(report.status or "", report.assessment) if report.status or report.assessment else ""
    sealed = (one for one in (report.reason, report.note, report.needs) if one)
    return Theirs(
        report.position,
        _reporter(view, report, say),
        _day(view, report.recorded_at, say),
        say("said_no_change") if report.no_change else state,
        tuple(texts[one.sha256] for one in sealed if one.sha256 in texts),
    )


def _standing(view: View, activity: Activity, say: Phrases) -> str:
    state, last = say.status(activity.status, activity.assessment), activity.last_report
    if last is None:
        return say("never_reported", state=state)
    return say(
        "state_said", state=state, who=_reporter(view, last, say), day=_day(view, last.recorded_at, say)
    )


def _reporter(view: View, report: Report, say: Phrases) -> str:
    return display_name(view.plan, report.entity, say.language) if report.entity else say("secretariat")


def _day(view: View, instant: str, say: Phrases) -> str:
    return say.short_day(local_day(datetime.fromisoformat(instant), view.workplan.zone))


def _told(view: View, mine: list[Duty], say: Phrases) -> str | None:
    """Return why a card is not asked for: somebody reported, or others are asked first."""
    report = mine[0].settled_by
    if report is not None:
        day = _day(view, report.recorded_at, say)
        if report.entity in {row.entity for row in mine}:
            return say("settled_by_you", day=day)
        return say("settled_by", who=_reporter(view, report, say), day=day)
    if any(row.is_asked_first for row in mine):
        return None
    first = [
        row.entity
        for row in duties(view.plan, mine[0].quarter)
        if row.activity.id == mine[0].activity.id and row.is_asked_first
    ]
    return say("asked_first", who=say.listed(display_name(view.plan, one, say.language) for one in first))


def _target(view: View, activity: Activity, target: Target, goal: Goal, say: Phrases) -> dict[str, Any]:
    counted = counted_sessions(view.plan, activity.id) if len(activity.targets or ()) == 1 else 0
    hint = say("hint_done", done=goal.done + counted, target=goal.most)
    return {
        "id": target.id,
        "unit": goal.unit,
        "language": in_language(target.unit, say.language)[1],
        "hint": f"{hint} {say('hint_counted', count=counted)}" if counted else hint,
        "done": goal.done,
    }


def _subitem(activity: Activity, index: int, say: Phrases) -> dict[str, Any]:
    item = activity.subitems[index]
    text, language = in_language(item.text, say.language)
    return {
        "key": item.key,
        "text": text,
        "language": language,
        "status": item.status,
        "as_it_is": say("as_it_is", status=say(item.status)),
        "options": [] if item.withdrawn else [(one, say(one)) for one in FOLLOWS[item.status]],
    }
