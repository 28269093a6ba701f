"""The due day of a round as a calendar event: the same one in every letter, so that it is entered once."""

from __future__ import annotations

def _attach_date(message: EmailMessage, occasion: Occasion, say: Phrases) -> None:
    """Attach the due day for the reader's calendar: the same event in every letter of the round."""
    due, quarter = date.fromisoformat(occasion.opened.due), occasion.opened.id
    domain = occasion.message_id.rpartition("@")[2].rstrip(">")
    event = icalendar.Event()
    event.add("uid", f"{occasion.workplan.id}-{quarter}-{occasion.person.id}@{domain}")
    event.add("dtstamp", occasion.now.astimezone(ZoneInfo("UTC")))
    event.add("sequence", occasion.opened.extensions)
    event.add("dtstart", due)
    event.add("dtend", due + timedelta(days=1))
    event.add("summary", say("event_title", quarter=say.quarter(quarter)))
    event.add("description", say("event_words", place=say.place(occasion.workplan.zone)))
    event.add("transp", "TRANSPARENT")
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//workplan-tracker//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    message.add_attachment(
        calendar.to_ical().decode(),
        subtype="calendar",
        filename=f"{quarter}.ics",
        params={"method": "PUBLISH"},
    )
