"""Calendars to subscribe to, behind secret addresses that their owners can take back."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from tracker.api.call import PREFIX, Answer, Asked, Call
from tracker.api.queries import REGIONS, Choice, Said
from tracker.directory import feeds
from tracker.directory.people import principal_of
from tracker.errors import UnknownReaderError
from tracker.events.vocabulary import SUBJECT_ID
from tracker.languages import LANGUAGES
from tracker.notifications.calendars import feed_calendar
from tracker.projections.appointments import SCOPES
from tracker.projections.reading_rights import may
from tracker.workplan.plan import refuse

ICALENDAR = "text/calendar; charset=utf-8"
Body = dict[str, Any]


class NewFeed(ma.Schema):
    """A calendar to be made: of the whole plan, of one workstream or region, or of one's own deadlines."""

    scope = Choice("what it shows", SCOPES, required=True)
    workstream = Said("for the scope `workstream`: its id", SUBJECT_ID, 40)
    region = Choice("for the scope `region`: which", REGIONS)
    language = Choice("in which language", LANGUAGES, load_default="en")


def address_of(base_url: str, secret: str) -> str:
    return f"{base_url}/calendars/{secret}.ics"


def list_calendars(call: Call, asked: Asked) -> Answer:
    """List your own calendar addresses, without the secret in them."""
    person = asked.reader.person or ""
    return Answer({"items": feeds.feeds_of(asked.view.tx, call.workplan, person), "next": None})


def create_calendar(call: Call, asked: Asked) -> Answer:
    """Make a calendar address of your own. It is in this answer and nowhere else."""
    body, person = call.body, _owner(asked)
    value = _value(asked, body)
    made = feeds.new_feed(call.workplan, person, body["scope"], value, body["language"])
    with call.runtime.directory() as tx:
        secret = feeds.create_feed(tx, call.runtime.now(), made)
        shown = next(one for one in feeds.feeds_of(tx, call.workplan, person) if one["id"] == made.id)
    location = f"{PREFIX}/workplans/{call.workplan}/calendars/{made.id}"
    address = address_of(call.runtime.settings.base_url, secret)
    return Answer(shown | {"address": address}, 201, {"Location": location})


def _value(asked: Asked, body: Body) -> str | None:
    scope = body["scope"]
    if scope not in {"workstream", "region"}:
        return None
    value: str | None = body.get(scope)
    if value is None or (scope == "workstream" and not asked.view.plan.has(f"workstream/{value}")):
        raise refuse(
            "say of which {scope}",
            field=f"/{scope}",
            value=value,
            way_out=f"Give the id of a {scope} of this plan.",
            scope=scope,
        )
    return value


def remove_calendar(call: Call, asked: Asked) -> Answer:
    """Take a calendar address back: from now on there is nothing at it."""
    with call.runtime.directory() as tx:
        feeds.remove_feed(tx, call.workplan, asked.reader.person or "", call.path["feed"])
    return Answer(None, 204)


def show_calendar(call: Call) -> Answer:
    """Give a calendar in iCalendar, as its owner may see the plan today; the same bytes while nothing has changed."""
    with call.runtime.database.read() as tx:
        feed = feeds.feed_at(tx, call.path["secret"])
    with call.runtime.ask(feed.workplan) as view:
        if not may(principal_of(view.tx, feed.person, feed.workplan), view.present, "state"):
            raise feeds.nothing_there()
        address = address_of(call.runtime.settings.base_url, call.path["secret"])
        made = feed_calendar(call.runtime, view, feed, address)
    return Answer(made, headers={"Cache-Control": "private, no-cache"}, media_type=ICALENDAR)


def _owner(asked: Asked) -> str:
    """Return who asks, as a person.

    Raises:
        UnknownReaderError: it is a token that belongs to nobody.
    """
    if asked.reader.person is None:
        raise UnknownReaderError(
            "a calendar address belongs to a person, and nobody stands behind these credentials",
            way_out="Sign in, or use a token that was made for a person (`--person`).",
        )
    return asked.reader.person
