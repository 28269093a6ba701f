"""How documents call the subjects of a plan, entities, countries and dates, in their language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from babel.dates import format_skeleton

from tracker.country_names import commission_in, country_in
from tracker.documents.charts import quarter_words
from tracker.events.event import id_of, kind_of
from tracker.events.shapes import to_json
from tracker.phrases import Phrases, capital, in_language, shortened
from tracker.plans.reference import region_labels
from tracker.projections.questions import DAY
from tracker.projections.speakers import display_name
from tracker.workplan.activity import Activity
from tracker.workplan.milestone import Milestone
from tracker.workplan.plan import Plan
from tracker.workplan.product import Product
from tracker.workplan.session import Session

LONGEST = 150


def subject_words(plan: Plan, subject: str, say: Phrases, longest: int = LONGEST) -> str:
    """Return what a subject is called: ``3.2 Promote …``, the title of a session, ``Regional review: Africa``."""
    kind, found = kind_of(subject), id_of(subject)
    match kind:
        case "review":
            return say("review_of", region=region_words(found, say))
        case "entity":
            return display_name(plan, found, say.language)
        case "activity":
            activity = plan.get(subject, Activity)
            return (
                f"{activity.number} {wording(to_json(activity.text), say, longest)}"
                if activity
                else say("activity", id=found)
            )
        case "session" | "milestone" | "product":
            state = plan.get(subject, Session) or plan.get(subject, Milestone) or plan.get(subject, Product)
            return wording(to_json(state.title), say, longest) if state else found
        case _:
            return f"{say(f'kind_{kind}')} {found}"


def wording(text: str | Mapping[str, Any], say: Phrases, longest: int = LONGEST) -> str:
    """Return a text of the plan in the document's language, else its own, cut at a word."""
    said = text if isinstance(text, str) else in_language(text, say.language)[0]
    return capital(shortened(" ".join(said.split()), longest))


def region_words(region: str, say: Phrases) -> str:
    return region_labels()[region][say.language]


def country_words(code: str, say: Phrases) -> str:
    return country_in(say.language, code)


def who_words(plan: Plan, who: Iterable[Mapping[str, Any]], say: Phrases) -> str:
    """Return who could supply something: leads by name, the Secretariat, the host commission, a country."""
    said = []
    for one in who:
        match one["role"]:
            case "lead":
                said.append(display_name(plan, one["entity"], say.language))
            case "country":
                said.append(country_words(one["country"], say))
            case "host":
                said.append(say("who_host", commission=commission_in(say.language, one["commission"])))
            case _:
                said.append(capital(say("who_secretariat")))
    return ", ".join(said)


def when_words(said: str, say: Phrases) -> str:
    """Return a date in the precision in which it was said."""
    if "-Q" in said:
        return quarter_words(said, say)
    if DAY.fullmatch(said[:10]):
        return say.short_day(said[:10])
    year, _, month = said.partition("-")
    return format_skeleton("yMMMM", date(int(year), int(month), 1), locale=say.locale) if month else year


def dates_words(dates: Any, say: Phrases) -> str:
    """Return what something is promised for in words: a date, a window of quarters, the days of a review."""
    match dates:
        case None:
            return say("no_date")
        case str():
            return when_words(dates, say)
        case {"from": first, "to": last}:
            return _quarters_words(first, last, say)
        case {"starts_on": str(first), "ends_on": str(last)} if first < last:
            begins = say.short_day(first)
            if first[:7] == last[:7]:  # one month, said once
                begins = begins.split()[0]
            return say("days_from_to", first=begins, last=say.short_day(last))
        case {"starts_on": str(first)}:
            return when_words(first, say)
        case {"window": window}:
            return dates_words(window, say)
        case _:
            return say("no_date")


def _quarters_words(first: str, last: str, say: Phrases) -> str:
    """Return a span of quarters; a year that both share is said once."""
    begins, ends = when_words(first, say), when_words(last, say)
    if first == last:
        return ends
    if first[:4] == last[:4]:
        begins = begins.removesuffix(f" {first[:4]}")
    return say("from_to", first=begins, last=ends)


def day_of(said: str | None) -> date | str | None:
    """Return a day as a date, for the cells of sheets; one less precise as it was said."""
    return date.fromisoformat(said[:10]) if said and DAY.fullmatch(said[:10]) else said
