"""The due day of a round as a calendar event: the same one in every letter, so that a calendar holds it once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import icalendar

from tracker.phrases import Phrases
from tracker.workplan.root import Workplan
from tracker.workplan.round import Round


def attach_due_date(
    message: EmailMessage, say: Phrases, workplan: Workplan, opened: Round, recipient: str, now: datetime
) -> None:
    """Attach the event. Its id is the recipient's own for this round; an extension of the round moves it."""
    due = date.fromisoformat(opened.due)
    event = icalendar.Event()
    event.add("uid", f"{workplan.id}-{opened.id}-{recipient}@workplan-tracker")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("sequence", opened.extensions)
    event.add("dtstart", due)
    event.add("dtend", due + timedelta(days=1))
    event.add("summary", say("event_title", quarter=say.quarter(opened.id)))
    event.add("description", say("event_words", place=say.place(workplan.zone)))
    event.add("transp", "TRANSPARENT")
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//workplan-tracker//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    message.add_attachment(
        calendar.to_ical().decode(),
        subtype="calendar",
        cte="base64",  # the library would choose 8bit, which not every server takes
        filename=f"{opened.id}.ics",
        params={"method": "PUBLISH"},
    )
