"""Calendars as others subscribe to them: iCalendar, the same bytes for as long as nothing has changed.

Source: RFC 5545; RFC 7986 for the calendar's own name, source and how often to look.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import icalendar

from tracker.directory.feeds import Feed
from tracker.notifications.phrases import phrases
from tracker.phrases import Phrases, capital, in_language
from tracker.projections.appointments import Appointment, Wanted, appointments, recorded
from tracker.runtime import Runtime, View

CALENDARS = Path(__file__).parent / "translations" / "calendars.yaml"
REFRESH = timedelta(hours=6)
PAGES = {
    "session": "sessions/{id}",
    "review": "reviews/{id}",
    "milestone": "milestones/{id}",
    "product": "products/{id}",
    "round": "",
}


def phrases_of(language: str) -> Phrases:
    return phrases(language, CALENDARS)


def words_of(one: Appointment, say: Phrases) -> str:
    """Return what an appointment is called in a calendar."""
    kind, _, found = one.subject.partition("/")
    title = one.name if isinstance(one.name, str) else in_language(one.name, say.language)[0]
    match kind:
        case "review":
            return say("on_review", region=say(found))
        case "round":
            return say("on_round", quarter=say.quarter(found))
        case "session":
            return capital(title)
        case _:
            return say(f"on_{kind}", title=capital(title))


def feed_calendar(runtime: Runtime, view: View, feed: Feed, address: str) -> bytes:
    """Return a feed's calendar. Cancelled appointments stay in it, so that subscribers learn of it."""
    say = phrases_of(feed.language)
    found = appointments(view.plan, view.workplan, Wanted(feed.scope, feed.value, feed.person))  # type: ignore[arg-type]
    stamps = recorded(view.tx, feed.workplan, [one.position for one in found])
    plan = capital(in_language(view.workplan.title, say.language)[0])
    region = say(feed.value) if feed.scope == "region" and feed.value else ""
    name = say(f"calendar_{feed.scope}", plan=plan, value=feed.value, region=region)
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//workplan-tracker//calendar//EN")
    calendar.add("method", "PUBLISH")
    calendar.add("uid", f"{feed.id}@{view.workplan.origin}")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("source", address, parameters={"VALUE": "URI"})
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    if stamps:
        calendar.add("last-modified", datetime.fromisoformat(max(stamps.values())).replace(microsecond=0))
    home = f"{runtime.settings.base_url}/w/{feed.workplan}/"
    for one in found:
        calendar.add_component(_event(one, say, view.workplan.origin, stamps, home))
    return bytes(calendar.to_ical())


def _event(
    one: Appointment, say: Phrases, origin: str, stamps: Mapping[int, str], home: str
) -> icalendar.Event:
    kind, _, found = one.subject.partition("/")
    stamp = datetime.fromisoformat(stamps[one.position]).replace(microsecond=0)
    event = icalendar.Event()
    event.add("uid", f"{one.subject.replace('/', '-')}@{origin}")
    event.add("sequence", one.version)
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("dtstart", one.start)
    event.add("dtend", one.end)
    event.add("summary", words_of(one, say))
    event.add("status", "CANCELLED" if one.is_cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE" if isinstance(one.start, datetime) else "TRANSPARENT")
    event.add("url", home + PAGES[kind].format(id=found))
    if one.place:
        event.add("location", one.place)
    if one.about:
        event.add("description", one.about)
    return event
