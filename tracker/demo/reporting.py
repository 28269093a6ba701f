"""The rounds of the simulated history: opened and closed on their days, letters, and reports by the leads, seeded."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from tracker.demo.cast import ACTORS, focal_on
from tracker.demo.courses import COURSES, DONE, FROM, PARTS, PLACES, TROUBLES, UNTIL
from tracker.demo.phrases import (
    AT_RISK,
    COLLEAGUE,
    CONCLUDED,
    DELAYED,
    EVIDENCE_TITLES,
    GOING_ON,
    LASTING,
    NEEDS,
    NO_DATE,
    RECOVERED,
    STARTED,
    Bank,
)
from tracker.demo.steps import Request, Scene, Script, fact
from tracker.events.dates import last_day, quarters_between
from tracker.events.vocabulary import Channel
from tracker.workplan.calendar import IsWorkingDay, RoundDates, regular_dates
from tracker.workplan.document import Document, id_of
from tracker.workplan.obligations import duties
from tracker.workplan.plan import natural
from tracker.workplan.workstream import Workstream

SEED = 20221215
QUARTERS = quarters_between("2022-Q4", "2024-Q4")
LINKS = "https://example.invalid/demo"
LETTERS_FROM = "2023-Q2"
"""The first round with letters; until then reports were asked for by hand."""
GONE = {("cglu", quarter) for quarter in QUARTERS if quarter >= "2023-Q4"}
"""Leads that were released, by the quarters that they no longer report about."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What an activity's reports have said so far."""

    status: str = "not_started"
    assessment: str | None = None


def write_rounds(
    script: Script, document: Document, is_working_day: IsWorkingDay, told: set[tuple[str, str]]
) -> None:
    """Write every round. ``told`` are the ``(activity, quarter)`` whose reports stand elsewhere, word for word."""
    chance = Random(SEED)  # noqa: S311 - the same history every time is what is wanted
    leads = leads_by_activity(document)
    memory = dict.fromkeys(COURSES, Memory())
    for quarter in QUARTERS:
        dates = regular_dates(quarter, is_working_day)
        _frame(script, quarter, dates)
        thorough = _thorough(chance, leads, quarter)
        said: dict[str, list[Request]] = defaultdict(list)
        for activity in sorted(COURSES, key=lambda one: natural(f"activity/{one}")):
            if not FROM.get(activity, "") <= quarter <= UNTIL.get(activity, "9"):
                continue
            present = [one for one in leads[activity] if (one, quarter) not in GONE]
            entity = _speaker(chance, present, quarter)
            report = _report(chance, activity, quarter, entity, memory, is_thorough=entity in thorough)
            if report is not None and (activity, quarter) not in told:
                said[entity].append(report)
                if len(present) > 1 and chance.random() < 0.06:
                    other = chance.choice([one for one in present if one != entity])
                    said[other].append(_second(chance, activity, quarter, other))
        for entity in sorted(said):
            _hand_in(script, chance, quarter, dates, entity, said[entity])


def leads_by_activity(document: Document) -> dict[str, list[str]]:
    """Return ``{activity: lead entities}`` by the document, and of the activities added later."""
    found = {}
    for workstream in document.workstreams:
        entities = [lead["entity"] for lead in workstream["leads"] if "activity" not in lead]
        for activity in workstream["activities"]:
            found[id_of(activity)] = entities
        for added in FROM:
            if added.partition(".")[0] == id_of(workstream):
                found[added] = entities
    found["9.5"] = ["oim"]  # it moves to another workstream, and this one leads both
    return found


def _frame(script: Script, quarter: str, dates: RoundDates) -> None:
    """Write a round's opening and closing, and the letters of its steps."""
    subject = f"round/{quarter}"
    script.add(f"{dates.opens} 08:00", "system:ticker", fact("RoundOpened", subject), channel="system")
    closes = dates.closes
    if quarter == "2023-Q3":
        closes = dates.closes + timedelta(days=7)
        extended = fact("RoundExtended", subject, due="2023-10-17", closes=closes.isoformat())
        extended["reason"] = "Extended by a week: the annual meeting fell in the reporting days."
        script.add("2023-10-05 16:00", "desk", extended)
    for step in dates.steps:
        if quarter >= LETTERS_FROM:
            script.write(f"{step.on} 09:00", "system:ticker", _letters(quarter, step.step))
    script.add(
        f"{closes + timedelta(days=1)} 07:00", "system:ticker", fact("RoundClosed", subject), channel="system"
    )


def _letters(quarter: str, step: str) -> Any:
    """Return what writes the letters of a step: to everybody who then still owes something, once."""

    def write(scene: Scene) -> list[Request]:
        owed: dict[str, tuple[set[str], set[str]]] = {}
        for duty in duties(scene.plan, quarter):
            if duty.settled_by or (not duty.is_asked_first and step in {"opening", "before-due"}):
                continue
            workstream = scene.plan.get(f"workstream/{duty.activity.workstream}", Workstream)
            for point in workstream.focal_points if workstream else ():
                if point.entity == duty.entity:
                    entities, activities = owed.setdefault(point.person, (set(), set()))
                    entities.add(duty.entity)
                    activities.add(duty.activity.id)
        if step == "final" and owed:
            everything = {activity for _, activities in owed.values() for activity in activities}
            owed = {scene.cast["desk"]: (set(), everything)}
        return [
            fact(
                "ReminderSent",
                f"round/{quarter}",
                step=step,
                recipient=person,
                entities=sorted(entities),
                activities=sorted(activities, key=lambda one: natural(f"activity/{one}")),
                message_id=f"<{quarter}.{step}.{number}@demo.invalid>",
                size=scene.size,
                root=scene.root,
            )
            for number, (person, (entities, activities)) in enumerate(
                sorted(owed.items(), key=lambda item: sorted(item[1][0])), 1
            )
        ]

    return write


# ----------------------------------------------------------------------------------------------------- reports


def _thorough(chance: Random, leads: dict[str, list[str]], quarter: str) -> set[str]:
    """Return the entities that leave no activity out in a quarter."""
    entities = sorted({entity for held in leads.values() for entity in held})
    care = {entity: ACTORS[focal_on(entity, last_day(quarter).isoformat())].care for entity in entities}
    return {entity for entity in entities if chance.random() < 0.07 * care[entity]}


def _speaker(chance: Random, leads: list[str], quarter: str) -> str:
    weights = [2 * ACTORS[focal_on(one, last_day(quarter).isoformat())].care for one in leads]
    weights[0] += 8
    return chance.choices(leads, weights)[0]


def _words(chance: Random, bank: Bank, language: str) -> str:
    return chance.choice(bank.get(language) or bank["en"])


def _report(
    chance: Random,
    activity: str,
    quarter: str,
    entity: str,
    memory: dict[str, Memory],
    *,
    is_thorough: bool,
) -> Request | None:
    """Return an activity's report about a quarter, None where nobody reports; ``memory`` is brought up to date."""
    actor = ACTORS[focal_on(entity, last_day(quarter).isoformat())]
    begins, ends = COURSES[activity]
    trouble = TROUBLES.get((activity, quarter))
    known = memory[activity]
    must = quarter in {begins, ends} or trouble or (activity, quarter) in DONE or (activity, quarter) in PARTS
    if known.status == "completed" or (not must and not is_thorough and chance.random() < 0.55):
        return None
    report = fact("ProgressReported", f"activity/{activity}", quarter=quarter)
    data, language = report["data"], actor.language
    if quarter < begins:
        data["note"] = _words(chance, NO_DATE, language)
        return report
    if quarter == ends:
        data |= {"status": "completed", "note": _words(chance, CONCLUDED, language)}
        data |= {"evidence": [_evidence(chance, activity, quarter, ("hub_product", "publication"))]}
        data["sustainability"] = _words(chance, LASTING, language)
        memory[activity] = Memory("completed")
    elif trouble:
        report["reason"] = _words(chance, AT_RISK if trouble == "at_risk" else DELAYED, language)
        data |= {"assessment": trouble, "needs": _words(chance, NEEDS, language)}
        memory[activity] = Memory("in_progress", trouble)
    elif known.status == "not_started" or known.assessment != "on_track":
        bank = STARTED if known.status == "not_started" else RECOVERED
        data |= {"assessment": "on_track", "note": _words(chance, bank, language)}
        memory[activity] = Memory("in_progress", "on_track")
    elif activity == "4.3" and chance.random() < 0.6:
        data["no_requests"] = True
    elif chance.random() < 0.45 and (activity, quarter) not in DONE and (activity, quarter) not in PARTS:
        data["no_change"] = True
        return report
    else:
        data |= {"assessment": "on_track", "note": _words(chance, GOING_ON, language)}
        if chance.random() < 0.3:
            kinds = (
                "hub_practice",
                "meeting_record",
                "hub_practice",
                "pledge",
                "mptf_project",
                "publication",
            )
            data["evidence"] = [_evidence(chance, activity, quarter, kinds)]
        if chance.random() < 0.15:
            data["needs"] = _words(chance, NEEDS, language)
    data |= {"done": DONE[activity, quarter]} if (activity, quarter) in DONE else {}
    data |= {"subitems": PARTS[activity, quarter]} if (activity, quarter) in PARTS else {}
    if activity in PLACES and chance.random() < 0.4:
        regions, countries = PLACES[activity]
        data |= {"regions": list(regions), "countries": list(countries)}
    if chance.random() < 0.25:
        report["occurred_on"] = (last_day(quarter) - timedelta(days=chance.randrange(1, 24))).isoformat()
    return report


def _second(chance: Random, activity: str, quarter: str, entity: str) -> Request:
    language = ACTORS[focal_on(entity, last_day(quarter).isoformat())].language
    note = _words(chance, COLLEAGUE, language)
    return fact("ProgressReported", f"activity/{activity}", quarter=quarter, note=note)


def _evidence(chance: Random, activity: str, quarter: str, kinds: tuple[str, ...]) -> dict[str, str]:
    kind = chance.choice(kinds)
    found = {
        "kind": kind,
        "url": f"{LINKS}/{kind}/{activity}-{quarter.lower()}",
        "title": EVIDENCE_TITLES[kind],
    }
    if kind in {"pledge", "hub_practice"} and activity in PLACES:
        found["country"] = chance.choice(PLACES[activity][1])
    return found


def _hand_in(
    script: Script, chance: Random, quarter: str, dates: RoundDates, entity: str, reports: list[Request]
) -> None:
    """Write down when and how an entity hands in its reports: in time, late, or after the round has closed."""
    care = ACTORS[focal_on(entity, dates.opens.isoformat())].care
    draw = chance.random()
    if draw < 0.35 + 0.06 * care:
        day = _between(chance, dates.opens, dates.due)
    elif draw < 0.93:
        day = _between(chance, dates.due + timedelta(days=1), dates.closes)
    else:
        day = _between(chance, dates.closes + timedelta(days=9), dates.closes + timedelta(days=24))
    when = f"{day} {chance.randrange(9, 18):02}:{chance.randrange(0, 60):02}"
    who = focal_on(entity, day.isoformat())
    if chance.random() < 0.06:
        behalf = {"entity": entity, "by": chance.choice(["mail", "meeting"]), "received_on": day.isoformat()}
        script.add(when, "desk", *(report | {"on_behalf_of": behalf} for report in reports))
        return
    channel: Channel = "web"
    if entity in {"unodc", "acnur"}:
        channel = "api"
    elif day <= dates.closes and chance.random() < 0.75:
        channel = "link"
    voiced = [report | {"entity": entity} for report in reports]
    script.add(when, who, *voiced, channel=channel, quarter=quarter if channel == "link" else None)


def _between(chance: Random, first: date, last: date) -> date:
    """Return a working day from ``first`` to ``last``."""
    days = [first + timedelta(days=n) for n in range(max((last - first).days, 0) + 1)]
    weekdays = [day for day in days if day.weekday() < 5]
    return chance.choice(weekdays or days)
