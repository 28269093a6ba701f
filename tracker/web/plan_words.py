"""What a form about the plan itself will record, in a sentence, before it is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tracker.web import labels
from tracker.web.language import _, due_words, window_words
from tracker.web.visits import Visit

Json = Mapping[str, Any]

SAID = {
    "ActivityAdded": "Activity {number} is added to workstream {workstream}.",
    "ActivityStatusChanged": "{subject} is {status}, by decision.",
    "ActivityScheduled": "{subject} has the window {window}.",
    "ActivityTagged": "{subject} is tagged: what is filled in replaces what it held, the rest stays.",
    "ActivityReworded": "{subject} is worded anew. Earlier views keep the earlier text.",
    "ActivityMoved": "{subject} stands in workstream {workstream} as {number}. Its address stays.",
    "ActivityLinked": "{subject} is linked: {link} activity {other}.",
    "ActivityUnlinked": "{subject} is no longer linked: {link} activity {other}.",
    "SubitemAdded": "{subject} has a further part.",
    "SubitemReworded": "The part {key} of {subject} is worded anew.",
    "SubitemWithdrawn": "The part {key} of {subject} is removed from the plan. Earlier views keep it.",
    "ActivityClosedOut": "{subject} is closed out: {outcome}. Its status stays.",
    "ActivityWithdrawn": "{subject} is removed from the plan. It stays readable, marked, and in every earlier view.",
    "ActivityReinstated": "{subject} is part of the plan again.",
    "WorkstreamAdded": "Workstream {number} is added to the plan.",
    "WorkstreamReworded": "{subject} is worded anew. Earlier views keep the earlier text.",
    "WorkstreamTagged": "{subject} is tagged: what is filled in replaces what it held, the rest stays.",
    "LeadAssigned": "{entity} leads {place} from now on.",
    "LeadReleased": "{entity} leads {place} no longer, and is asked for no more reports about it.",
    "ParticipantJoined": "{entity} takes part in {subject}.",
    "ParticipantLeft": "{entity} takes part in {subject} no longer.",
    "WorkstreamWithdrawn": "{subject} is removed from the plan. It stays readable, marked, and in every earlier view.",
    "WorkstreamReinstated": "{subject} is part of the plan again.",
    "MilestoneSet": "“{title}” is due {due}.",
    "MilestoneRescheduled": "“{title}” moves to {due}. The dates before stay readable.",
    "MilestoneReached": "“{title}” was reached.",
    "MilestoneCancelled": "“{title}” will not be reached any more; it is cancelled.",
    "EntityAdded": "{title} is added to the entities of this plan.",
    "EntityRenamed": "{subject} is called {title} from now on. Earlier views keep the earlier name.",
    "EntityTagged": "Where {subject} works is recorded.",
    "EntityRetired": "{subject} takes no part any more.",
    "CommitmentAdded": "A commitment of the Network is added.",
    "WorkplanAmended": "The plan's title or settings change; what is left empty stays.",
    "WorkplanClosed": "The plan is closed. Nobody is reminded any more.",
}
"""Each event of these forms in a sentence."""


def sentence(here: Visit, body: Json, state: Json | None) -> str:
    """Return what a request says; ``state`` is its subject as the page shows it, None where it is founded by this."""
    data, subject = body["data"], here.words_of(body["subject"]) if state else ""
    said = {
        "subject": subject,
        "title": here.text(data.get("names") or data.get("title") or (state or {}).get("title")),
    }
    return _(SAID[body["type"]], **said | dict(_operands(here, data, subject)))


def _operands(here: Visit, data: Json, subject: str) -> Iterator[tuple[str, str]]:
    for name in ("number", "workstream", "key"):
        if name in data:
            yield name, str(data[name])
    if "status" in data:
        yield "status", _(labels.STATUS[data["status"]])
    if {"from", "to"} <= data.keys():
        yield "window", window_words(data)
    if "due" in data:
        yield "due", due_words(data["due"])
    if "outcome" in data:
        yield "outcome", _(labels.OUTCOME[data["outcome"]])
    if {"kind", "to"} <= data.keys():
        yield "link", _(labels.LINK[data["kind"]])
        yield "other", str(data["to"])
    if "entity" in data:
        yield "entity", here.name(data["entity"])
        yield "place", here.words_of(f"activity/{data['activity']}") if data.get("activity") else subject
