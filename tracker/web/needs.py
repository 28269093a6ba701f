"""What needs a reader today: a few lines, by role, each leading to the very thing or to the list that it counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tracker.clock import instant_text
from tracker.notifications import outbox
from tracker.notifications.notices import without_anybody
from tracker.projections.history import Filters, count_of
from tracker.projections.job_runs import job_runs
from tracker.projections.rounds import open_quarters
from tracker.projections.series import is_series
from tracker.web.language import _, day_words, n_, occurred_words, weekday_words
from tracker.web.readers import runtime
from tracker.web.visits import Visit
from tracker.webhooks.subscriptions import webhooks_of
from tracker.workplan.activity import Activity
from tracker.workplan.obligations import Duty, duties
from tracker.workplan.round import Round
from tracker.workplan.session import Session, instant_of
from tracker.workplan.workstream import Workstream

MOST = 7
AHEAD = timedelta(days=60)
"""A review within this many days is worth a line."""
BACK = timedelta(days=30)
"""What was corrected in these last days is worth an auditor's look."""

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Need:
    """One line: ``shape`` is that of a status, ``aside`` what else helps to decide."""

    shape: str
    words: str
    href: str
    aside: str = ""


def needs_of(here: Visit) -> list[Need] | None:
    """Return at most :data:`MOST` lines, most pressing first; None for who has nothing to do here, or looks back."""
    who = here.principal
    if here.moment.is_past or not who.has("lead", "reviewer", "auditor", "secretariat"):
        return None
    found: list[Need] = []
    if who.has("lead"):
        found += _of_lead(here)
    if who.has("secretariat"):
        found += _of_secretariat(here)
    if who.has("reviewer") and who.region:
        found += _reviews(here, who.region)
    if who.has("auditor"):
        found += _of_auditor(here)
    return found[:MOST]


# ------------------------------------------------------------------------------------------------------ a lead


def _of_lead(here: Visit) -> Iterator[Need]:
    plan, person = here.answer.plan, here.principal.person
    mine = {
        one.id: {point.entity for point in one.focal_points if point.person == person}
        for one in plan.all("workstream", Workstream)
    }
    yield from _asked(here, mine)
    for quarter in open_quarters(plan):
        owed: dict[str, Duty] = {}
        for duty in duties(plan, quarter):
            if duty.settled_by is None and duty.entity in mine.get(duty.activity.workstream, ()):
                owed.setdefault(duty.activity.id, duty)
        yield from _owed(here, quarter, list(owed.values()))
    for one in plan.all("activity", Activity):
        if one.disputed and mine.get(one.workstream):
            yield _activity(here, one, "disputed", _("The leads differ about {number}", number=one.number))


def _owed(here: Visit, quarter: str, owed: list[Duty]) -> Iterator[Need]:
    """Yield what somebody still has to report: each activity, or where there are many, the first and a way to all."""
    due = _due(here, quarter)
    shown = owed if len(owed) < MOST else owed[: MOST - 2]
    for duty in shown:
        words = _(
            "Report on {number} for {quarter}", number=duty.activity.number, quarter=occurred_words(quarter)
        )
        yield _activity(here, duty.activity, "awaiting", words, due)
    if left := len(owed) - len(shown):
        words = n_("and {count} more activity", "and {count} more activities", left)
        entities = {duty.entity for duty in owed}
        href = here.to("plan", status="awaiting", entity=entities.pop() if len(entities) == 1 else None)
        yield Need("awaiting", words, href, due)


def _asked(here: Visit, mine: dict[str, set[str]]) -> Iterator[Need]:
    """Yield the activities that the Secretariat asked about and that nobody has reported on since."""
    plan = here.answer.plan
    for quarter in open_quarters(plan):
        opened = plan.get(f"round/{quarter}", Round)
        for asked in opened.requested if opened else ():
            one = plan.get(f"activity/{asked.activity}", Activity)
            if one is None or asked.entity not in mine.get(one.workstream, ()):
                continue
            if not any(report.position > asked.position for report in one.reports):
                yield _activity(
                    here, one, "disputed", _("The Secretariat asks about {number}", number=one.number)
                )


def _activity(here: Visit, one: Activity, shape: str, words: str, aside: str = "") -> Need:
    return Need(shape, words, here.to("activity", id=one.id), aside)


def _due(here: Visit, quarter: str) -> str:
    opened = here.answer.plan.get(f"round/{quarter}", Round)
    if opened is None:
        return ""
    day = date.fromisoformat(opened.due)
    said = f"{weekday_words(day)} {day_words(day)}"
    return _("was due {day}", day=said) if day < here.answer.question.day else _("due {day}", day=said)


# ------------------------------------------------------------------------------------------------- Secretariat


def _of_secretariat(here: Visit) -> Iterator[Need]:
    quarters, activities = open_quarters(here.answer.plan), here.all("activity")
    disputed = [one for one in activities if one["disputed"] and not one["withdrawn"]]
    if disputed:
        words = n_(
            "The leads differ about {count} activity",
            "The leads differ about {count} activities",
            len(disputed),
        )
        yield Need(
            "disputed", words, here.to("plan", status="disputed"), _("decide, or wait until they agree")
        )
    yield from _letters(here, quarters)
    yield from _machinery(here)
    for quarter in quarters:
        yield from _round(here, quarter)
    yield from _reviews(here, None)
    yield from _sessions(here)
    yield from _records(here)
    overdue = [one for one in activities if one["overdue"] and not one["withdrawn"]]
    if overdue:
        words = n_(
            "{count} activity is past its window", "{count} activities are past their windows", len(overdue)
        )
        yield Need("overdue", words, here.to("plan", status="overdue"))


TROUBLE = {
    "unknown": ("{count} letter may not have arrived", "{count} letters may not have arrived"),
    "rejected": ("{count} letter was refused", "{count} letters were refused"),
    "bounced": ("{count} letter came back", "{count} letters came back"),
}


def _letters(here: Visit, quarters: list[str]) -> Iterator[Need]:
    found = [one for one in outbox.letters_of(here.answer.tx, here.id) if one.quarter in quarters]
    for state, (one, many) in TROUBLE.items():
        for quarter in quarters:
            count = sum(1 for letter in found if (letter.state, letter.quarter) == (state, quarter))
            if count:
                href = here.to("letters", state=state, quarter=quarter)
                yield Need("at_risk", n_(one, many, count), href, occurred_words(quarter))


def _machinery(here: Visit) -> Iterator[Need]:
    """Yield what should run by itself and does not."""
    ended = [one for one in webhooks_of(here.answer.tx, here.id) if one.state in ENDED]
    if ended:
        words = n_(
            "{count} webhook accepts nothing any more", "{count} webhooks accept nothing any more", len(ended)
        )
        yield Need("at_risk", words, here.to("webhooks"))
    failed = [one for one in job_runs(here.answer.tx) if one["outcome"] == "failed"]
    if failed:
        words = n_("{count} job of the system failed", "{count} jobs of the system failed", len(failed))
        yield Need("at_risk", words, here.to("jobs"), _("each is tried again"))


ENDED = frozenset({"dead", "gone", "stopped"})
"""States of a webhook that nobody chose."""


def _round(here: Visit, quarter: str) -> Iterator[Need]:
    plan, href = here.answer.plan, here.to("round_page", quarter=quarter)
    owed = {duty.activity.id for duty in duties(plan, quarter) if duty.settled_by is None}
    if owed:
        words = n_(
            "{count} activity awaits a report for {quarter}",
            "{count} activities await a report for {quarter}",
            len(owed),
            quarter=occurred_words(quarter),
        )
        yield Need("awaiting", words, href, _due(here, quarter))
    if alone := without_anybody(here.answer, quarter):
        words = n_("{count} lead has nobody to write to", "{count} leads have nobody to write to", len(alone))
        yield Need("at_risk", words, href, here.names(alone[:3]))


def _reviews(here: Visit, region: str | None) -> Iterator[Need]:
    """Yield the reviews that are near, or whose days are over without a word of how they went."""
    today = here.answer.question.day
    for one in here.all("review"):
        dates = one["current"]
        starts = dates and dates.get("starts_on")
        if not starts or one["status"] in {"held", "cancelled"} or region not in {None, one["id"]}:
            continue
        left, href = date.fromisoformat(starts) - today, here.to("review", id=one["id"])
        words = here.words_of(f"review/{one['id']}")
        if left < timedelta():
            yield Need("overdue", _("{review}: was it held?", review=words), href, day_words(starts))
        elif left <= AHEAD or region:
            yield Need("planned", _("{review}: {day}", review=words, day=day_words(starts)), href)


def _sessions(here: Visit) -> Iterator[Need]:
    now, found = runtime().now(), here.all("session")
    over = [
        one
        for one in found
        if one["status"] == "scheduled"
        and one.get("ends_at")
        and instant_of(one["ends_at"], one["zone"]) < now
    ]
    if over:
        words = n_("Was {count} session held?", "Were {count} sessions held?", len(over))
        yield _some(here, "session", over, "scheduled", words)
    lacking = [one for one in found if one["missing_materials"]]
    if lacking:
        words = n_(
            "{count} session lacks what was promised of it",
            "{count} sessions lack what was promised of them",
            len(lacking),
        )
        yield _some(here, "session", lacking, "at_risk", words)

    plan = here.answer.plan
    series = {one.id for one in plan.all("session", Session) if is_series(one)}
    proposed = [one for one in found if one["status"] == "proposed" and one["id"] not in series]
    if proposed:
        words = n_("{count} session is proposed", "{count} sessions are proposed", len(proposed))
        one = _some(here, "session", proposed, "proposed", words)
        yield replace(one, href=here.to("sessions", status="proposed")) if len(proposed) > 1 else one


def _records(here: Visit) -> Iterator[Need]:
    late = [one for one in here.all("milestone") if one["overdue"]]
    if late:
        words = n_("{count} milestone is past its day", "{count} milestones are past their day", len(late))
        yield _some(here, "milestone", late, "overdue", words)
    old = [one for one in here.all("product") if one["review_due"]]
    if old:
        words = n_("{count} product is due for a look", "{count} products are due for a look", len(old))
        yield _some(here, "product", old, "review_due", words)


def _some(here: Visit, kind: str, found: list[View], shape: str, words: str) -> Need:
    """Return a line about things of one kind; one alone is led to, and named."""
    if len(found) > 1:
        return Need(shape, words, here.to(LISTS[kind]))
    return Need(shape, words, here.to(kind, id=found[0]["id"]), here.words_of(f"{kind}/{found[0]['id']}"))


LISTS = {"session": "follow_up", "milestone": "milestones", "product": "products"}


# ----------------------------------------------------------------------------------------------------- auditor


def _of_auditor(here: Visit) -> Iterator[Need]:
    """Yield how often the record was amended of late; an auditor looks at those first."""
    since = here.answer.question.day - BACK
    for kind, (one, many) in AMENDED.items():
        wanted = Filters(
            type=kind, recorded_from=instant_text(datetime.combine(since, time(), UTC)), limit=MOST_COUNTED
        )
        if count := count_of(here.answer.tx, here.id, wanted):
            href = here.to("entries", type=kind, **{"from": since.isoformat()})
            yield Need("partly", n_(one, many, count), href, _("since {day}", day=day_words(since)))


MOST_COUNTED = 1000
AMENDED = {
    "EntryCorrected": ("{count} entry was corrected", "{count} entries were corrected"),
    "EntryRetracted": ("{count} entry was withdrawn", "{count} entries were withdrawn"),
    "TextRedacted": ("A text was removed from {count} entry", "Texts were removed from {count} entries"),
}
