"""One example of each type of event, as it is posted; the tests post them."""

from __future__ import annotations

from typing import Any

from tracker.events.catalogue import CATALOGUE
from tracker.events.intake import EXAMPLES

Json = dict[str, Any]

TEXT = {"es": "Texto del plan"}
WINDOW = {"from": "2023-Q1", "to": "2023-Q2"}
LINK = {"kind": "publication", "url": "https://example.org/guide"}
TALK = {
    "kind": "gcm_talks",
    "title": "Regional talk",
    "level": "regional",
    "region": "africa",
    "starts_at": "2023-06-22T15:00",
    "ends_at": "2023-06-22T16:30",
    "zone": "Europe/Zurich",
    "mode": "online",
    "languages": ["en", "fr"],
    "audience": "open",
    "rule": "open",
    "workstreams": ["3"],
    "objectives": ["8"],
}
SHA256 = "0" * 64

DATA: dict[str, Json] = {
    "WorkplanAdopted": {
        "title": TEXT,
        "period": {"from": "2022-Q1", "to": "2024-Q4"},
        "zone": "Europe/Zurich",
        "origin": "x",
        "settings": {},
    },
    "WorkplanAmended": {"settings": {"public": True}},
    "MomentNamed": {"slug": "principals-june", "title": "Principals, 15 June 2023", "at": "2023-06-15"},
    "SigningKeyChanged": {"key": "x"},
    "EntityAdded": {"names": {"en": "An organisation"}, "printed": ["AO"], "kind": "civil_society"},
    "EntityRenamed": {"names": {"en": "Another name"}},
    "EntityTagged": {"category": "un-entity", "country": "CH"},
    "CommitmentAdded": {"text": TEXT},
    "CommitmentReported": {"note": "The report was sent to the Member States."},
    "WorkstreamAdded": {
        "number": "15",
        "title": TEXT,
        "category": "new",
        "declaration_paragraphs": [],
        "notes": [],
    },
    "WorkstreamReworded": {"title": TEXT},
    "WorkstreamTagged": {"tags": {"objectives": ["8"]}},
    "LeadAssigned": {"entity": "oim"},
    "LeadReleased": {"entity": "oim"},
    "ParticipantJoined": {"entity": "acnudh", "printed": "ACNUDH"},
    "ParticipantLeft": {"entity": "acnudh"},
    "FocalPointNamed": {"person": "p1", "entity": "oms"},
    "FocalPointReleased": {"person": "p1", "entity": "oms"},
    "ActivityAdded": {"workstream": "3", "number": "3.99", "text": TEXT},
    "ActivityReworded": {"text": TEXT},
    "ActivityMoved": {"workstream": "4", "number": "4.99"},
    "ActivityScheduled": WINDOW | {"source": "Minutes of 15 June 2023"},
    "ActivityTagged": {"tags": {"objectives": ["8"], "regions": ["africa"]}, "nature": "deliverable"},
    "ActivityLinked": {"kind": "feeds", "to": "3.4"},
    "ActivityUnlinked": {"kind": "feeds", "to": "3.4"},
    "ProgressReported": {
        "quarter": "2023-Q2",
        "assessment": "on_track",
        "note": "The first draft is out.",
        "evidence": [LINK],
    },
    "ActivityStatusChanged": {"status": "completed", "evidence": [LINK]},
    "ReportExcused": {"quarter": "2023-Q2"},
    "SubitemAdded": {"text": TEXT, "label": "z"},
    "SubitemReworded": {"key": "z", "text": TEXT},
    "SubitemWithdrawn": {"key": "z"},
    "ActivityClosedOut": {"outcome": "carried_over", "to_plan": "unnm-2025-2028"},
    "ActivityWithdrawn": {"replaced_by": "3.4"},
    "MilestoneSet": {"title": "First draft", "due": "2023-Q4", "activity": "3.2"},
    "MilestoneRescheduled": {"due": "2024-03-31"},
    "MilestoneReached": {"evidence": [LINK]},
    "ProductPlanned": {"title": "Practical guide", "kind": "guidance", "activities": ["3.4"]},
    "ProductPublished": {
        "languages": ["en", "fr"],
        "url": "https://example.org/guide",
        "steward": "oim",
        "sustain_note": "The agency's library keeps it and its address.",
        "review_on": "2024-06-30",
    },
    "ProductUpdated": {"language": "es", "url": "https://example.org/guia"},
    "ProductUsed": {"country": "KE", "by": "The labour inspectorate", "url": "https://example.org/use"},
    "ProductReviewed": {"outcome": "current"},
    "SessionProposed": {"kind": "gcm_talks", "title": "Regional talk", "region": "africa", "window": WINDOW},
    "SessionScheduled": TALK,
    "SessionRescheduled": {"starts_at": "2023-07-27T15:00", "ends_at": "2023-07-27T16:30"},
    "SessionHeld": {"attendance": {"member-states": 41}, "counts_for": ["3.4"]},
    "SessionMaterialPublished": {"kind": "summary", "url": "https://example.org/summary", "language": "en"},
    "ReviewPlanned": {"window": {"from": "2024-Q1", "to": "2024-Q2"}, "commission": "ECA"},
    "ReviewRescheduled": {"starts_on": "2024-10-09", "ends_on": "2024-10-10"},
    "ReviewOutcomePublished": {"url": "https://example.org/outcome"},
    "VoluntaryReportExpected": {"country": "KE"},
    "VoluntaryReportReceived": {"country": "KE", "url": "https://example.org/report"},
    "ReadinessFindingRecorded": {
        "line": "date-and-host",
        "status": "met",
        "finding": "Agreed with the host.",
        "source": "Letter of 3 May",
    },
    "ReadinessSnapshotTaken": {"signed_off_by": "p1"},
    "RoundExtended": {"due": "2023-07-21", "closes": "2023-08-31"},
    "ReportRequested": {"activity": "3.4", "entity": "oms", "question": "Which countries took part?"},
    "ReminderSent": {
        "step": "opening",
        "recipient": "p1",
        "entities": ["oms"],
        "activities": ["3.4"],
        "message_id": "x",
        "size": 1,
        "root": SHA256,
    },
    "ReminderFailed": {"step": "opening", "recipient": "p1", "outcome": "rejected"},
    "EntryCorrected": {"position": 2977, "occurred_on": "2023-05-16"},
    "EntryRetracted": {"position": 2977},
    "TextRedacted": {"position": 2977, "field": "/data/note", "authority": "Request of 4 July 2023"},
}
"""What is not named here needs no data."""

SUBJECTS = {
    "EntityAdded": "entity/ao",
    "CommitmentAdded": "commitment/99",
    "WorkstreamAdded": "workstream/15",
    "WorkstreamWithdrawn": "workstream/15",
    "WorkstreamReinstated": "workstream/15",
    "ActivityAdded": "activity/3.99",
}
REASONS = {
    "ActivityStatusChanged": "Decided by the principals.",
    "ReviewRescheduled": "The host asked for it.",
    "MilestoneRescheduled": "The draft needs another round.",
}


def example(event_type: str) -> Json:
    """Return the body of one event of a type."""
    kind = CATALOGUE[event_type].kind
    made: Json = {"type": event_type, "subject": SUBJECTS.get(event_type, EXAMPLES.get(kind, "activity/3.2"))}
    if event_type in REASONS:
        made["reason"] = REASONS[event_type]
    return made | {"data": DATA.get(event_type, {})}
