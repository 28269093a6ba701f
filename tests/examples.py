"""One believable event of every type, as the write door takes it: nothing left out that may be said."""

from __future__ import annotations

from typing import Any

SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
LINK = {"kind": "hub_product", "url": "https://hub.example.org/42", "title": "Guía práctica", "country": "KE"}
TARGET = {
    "id": "dialogos",
    "min": 2,
    "max": 4,
    "unit": {"es": "diálogos"},
    "parts": [{"label": {"es": "regionales"}, "count": 1, "entity": "oim"}],
}
TAGS = {
    "objectives": ["8", "20(b)"],
    "principles": ["a", "j"],
    "sdgs": ["10.7"],
    "mptf_areas": [1],
    "paragraphs": ["14"],
    "regions": ["africa"],
    "countries": ["KE", "ET"],
    "entities": ["oim"],
}
SCHEDULED = {
    "kind": "gcm_talks",
    "title": "Conversaciones sobre el Pacto",
    "level": "regional",
    "region": "africa",
    "country": "KE",
    "starts_at": "2023-06-22T15:00",
    "ends_at": "2023-06-22T17:00",
    "zone": "Africa/Nairobi",
    "mode": "hybrid",
    "languages": ["en", "fr"],
    "audience": "Estados Miembros y sociedad civil",
    "rule": "open",
    "workstreams": ["3"],
    "objectives": ["8"],
}
STEPS = [{"step": "opening", "on": "2023-07-03"}, {"step": "before-due", "on": "2023-07-05"}]
WINDOW = {"from": "2024-Q1", "to": "2024-Q2"}

_DATA: dict[str, tuple[str, dict[str, Any]]] = {
    "WorkplanAdopted": (
        "workplan",
        {
            "title": {"es": "Plan de trabajo", "en": "Workplan", "unofficial": ["en"]},
            "period": {"from": "2022-Q1", "to": "2024-Q4"},
            "zone": "Europe/Zurich",
            "origin": "workplan-tracker/example/0123456789abcdef",
            "settings": {"languages": ["es"], "duty_station": "CH-GE", "public": False},
            "simulated": True,
        },
    ),
    "WorkplanAmended": (
        "workplan",
        {"title": {"es": "Plan de trabajo revisado"}, "settings": {"public": True}},
    ),
    "WorkplanClosed": ("workplan", {}),
    "MomentNamed": (
        "workplan",
        {"slug": "principals-2023", "title": "Principals", "at": "2023-06-15T16:00:00+02:00"},
    ),
    "SigningKeyChanged": (
        "workplan",
        {"key": "example+1a2b3c4d+AQ", "previous": "example+0a0b0c0d+AQ", "size": 431},
    ),
    "EntityAdded": (
        "entity/oim",
        {
            "names": {"es": "OIM", "en": "IOM"},
            "printed": ["OIM", "Organización Internacional"],
            "kind": "un_entity",
        },
    ),
    "EntityRenamed": ("entity/oim", {"names": {"es": "OIM", "en": "IOM", "fr": "OIM", "unofficial": ["fr"]}}),
    "EntityTagged": (
        "entity/oim",
        {
            "category": "core-member",
            "country": "CH",
            "region": "unece",
            "champion": {"from": "2022", "to": "2024-Q2"},
        },
    ),
    "EntityRetired": ("entity/oim", {}),
    "CommitmentAdded": ("commitment/4", {"text": {"es": "prestar apoyo a los exámenes regionales"}}),
    "CommitmentReported": (
        "commitment/4",
        {"note": "Se celebraron dos.", "links": ["https://hub.example.org/43"]},
    ),
    "WorkstreamAdded": (
        "workstream/3",
        {
            "number": "3",
            "title": {"es": "Lineamiento 3"},
            "category": "ongoing",
            "component": "thematic",
            "preamble": {"es": "Preámbulo."},
            "declaration_paragraphs": [14, 60],
            "notes": ["El número está impreso dos veces."],
        },
    ),
    "WorkstreamReworded": (
        "workstream/3",
        {"title": {"es": "Lineamiento tres"}, "preamble": {"es": "Otro."}},
    ),
    "WorkstreamTagged": ("workstream/3", {"tags": TAGS}),
    "LeadAssigned": ("workstream/3", {"entity": "oim", "printed": "OIM", "activity": "3.1"}),
    "LeadReleased": ("workstream/3", {"entity": "oim", "activity": "3.1"}),
    "ParticipantJoined": ("workstream/3", {"entity": "oms", "printed": "OMS", "represented_by": ["oim"]}),
    "ParticipantLeft": ("workstream/3", {"entity": "oms"}),
    "FocalPointNamed": ("workstream/3", {"person": "p1", "entity": "oim"}),
    "FocalPointReleased": ("workstream/3", {"person": "p1", "entity": "oim"}),
    "WorkstreamWithdrawn": ("workstream/3", {}),
    "WorkstreamReinstated": ("workstream/3", {}),
    "ActivityAdded": (
        "activity/3.1",
        {
            "workstream": "3",
            "number": "3.1",
            "text": {"es": "Organizar diálogos."},
            "subitems": [{"label": "a", "text": {"es": "uno"}}, {"text": {"es": "dos"}}],
            "targets": [TARGET],
            "nature": "deliverable",
        },
    ),
    "ActivityReworded": ("activity/3.1", {"text": {"es": "Organizar más diálogos."}}),
    "ActivityMoved": ("activity/3.1", {"workstream": "4", "number": "4.7"}),
    "ActivityScheduled": (
        "activity/3.1",
        {"from": "2023-Q1", "to": "2023-Q4", "source": "Decisión de junio"},
    ),
    "ActivityTagged": ("activity/3.1", {"tags": TAGS, "nature": "continuing", "targets": [TARGET]}),
    "ActivityLinked": ("activity/3.1", {"kind": "same_as", "to": "4.1"}),
    "ActivityUnlinked": ("activity/3.1", {"kind": "same_as", "to": "4.1"}),
    "ProgressReported": (
        "activity/3.1",
        {
            "quarter": "2023-Q2",
            "status": "in_progress",
            "assessment": "at_risk",
            "done": {"dialogos": 1},
            "subitems": {"a": "completed"},
            "note": "El segundo diálogo se aplazó.",
            "needs": "Una sede.",
            "evidence": [LINK],
            "sustainability": "La guía queda en el Hub.",
            "same_reason": True,
            "no_requests": False,
            "no_change": False,
            "regions": ["africa"],
            "countries": ["KE"],
            "objectives": ["8"],
        },
    ),
    "ActivityStatusChanged": (
        "activity/3.1",
        {
            "status": "in_progress",
            "assessment": "delayed",
            "evidence": [LINK],
            "no_evidence_reason": "Sin acta.",
            "sustainability": "Ninguna.",
        },
    ),
    "ReportExcused": ("activity/3.1", {"quarter": "2023-Q2"}),
    "SubitemAdded": ("activity/3.1", {"text": {"es": "tres"}, "label": "c"}),
    "SubitemReworded": ("activity/3.1", {"key": "a", "text": {"es": "primero"}}),
    "SubitemWithdrawn": ("activity/3.1", {"key": "a"}),
    "ActivityClosedOut": ("activity/3.1", {"outcome": "carried_over", "to_plan": "unnm-2025-2028"}),
    "ActivityWithdrawn": ("activity/3.1", {"replaced_by": "4.1"}),
    "ActivityReinstated": ("activity/3.1", {}),
    "MilestoneSet": (
        "milestone/first-draft",
        {
            "title": {"es": "Primer borrador"},
            "due": WINDOW,
            "activity": "3.1",
            "workstream": "3",
            "commitment": "4",
        },
    ),
    "MilestoneRescheduled": ("milestone/first-draft", {"due": "2024-05-16"}),
    "MilestoneReached": ("milestone/first-draft", {"evidence": [LINK]}),
    "MilestoneCancelled": ("milestone/first-draft", {}),
    "ProductPlanned": (
        "product/practical-guide",
        {"title": "Guía práctica", "kind": "guidance", "activities": ["3.1"]},
    ),
    "ProductPublished": (
        "product/practical-guide",
        {
            "languages": ["es", "en"],
            "url": "https://example.org/guia",
            "steward": "oim",
            "sustain_note": "La biblioteca de la organización la conserva.",
            "review_on": "2025-06-30",
        },
    ),
    "ProductUpdated": (
        "product/practical-guide",
        {"edition": "Segunda edición", "language": "fr", "url": "https://example.org/guide"},
    ),
    "ProductUsed": (
        "product/practical-guide",
        {"by": "La inspección de trabajo", "country": "KE", "url": "https://example.org/uso"},
    ),
    "ProductReviewed": ("product/practical-guide", {"outcome": "current"}),
    "SessionProposed": (
        "session/gcm-talks-1",
        {
            "kind": "gcm_talks",
            "title": {"es": "Conversaciones", "en": "Talks", "unofficial": ["en"]},
            "level": "global",
            "region": "africa",
            "window": WINDOW,
            "audience": "Todos",
            "workstreams": ["3"],
            "objectives": ["8"],
        },
    ),
    "SessionScheduled": ("session/gcm-talks-1", SCHEDULED),
    "SessionRescheduled": (
        "session/gcm-talks-1",
        {"starts_at": "2023-06-29T15:00:00+03:00", "ends_at": "2023-06-29T17:00:00+03:00"},
    ),
    "SessionHeld": ("session/gcm-talks-1", {"attendance": {"member-states": 40}, "counts_for": ["3.1"]}),
    "SessionMaterialPublished": (
        "session/gcm-talks-1",
        {"kind": "summary", "url": "https://hub.example.org/44", "language": "en"},
    ),
    "SessionCancelled": ("session/gcm-talks-1", {}),
    "ReviewPlanned": ("review/africa", {"commission": "CEPA", "window": WINDOW, "place": "Addis Abeba"}),
    "ReviewRescheduled": (
        "review/africa",
        {"starts_on": "2024-10-01", "ends_on": "2024-10-02", "place": "Nairobi"},
    ),
    "ReviewHeld": ("review/africa", {}),
    "ReviewOutcomePublished": ("review/africa", {"url": "https://hub.example.org/45"}),
    "ReviewCancelled": ("review/africa", {}),
    "VoluntaryReportExpected": ("review/africa", {"country": "KE"}),
    "VoluntaryReportReceived": ("review/africa", {"country": "KE", "url": "https://hub.example.org/46"}),
    "ReadinessFindingRecorded": (
        "review/africa",
        {"line": "host", "status": "partly", "finding": "Sin carta.", "source": "Llamada del 3 de mayo"},
    ),
    "ReadinessSnapshotTaken": (
        "review/africa",
        {
            "signed_off_by": "p1",
            "number": 2,
            "at_position": 431,
            "size": 431,
            "root": SHA,
            "rules": "2026-1",
            "sha256": SHA,
        },
    ),
    "RoundOpened": (
        "round/2023-Q2",
        {"opens": "2023-07-03", "due": "2023-07-10", "closes": "2023-07-31", "steps": STEPS},
    ),
    "RoundExtended": ("round/2023-Q2", {"due": "2023-08-10", "closes": "2023-08-31", "steps": STEPS}),
    "ReportRequested": ("round/2023-Q2", {"activity": "3.1", "entity": "oim", "question": "¿Y la sede?"}),
    "ReminderSent": (
        "round/2023-Q2",
        {
            "step": "opening",
            "recipient": "p1",
            "entities": ["oim"],
            "activities": ["3.1"],
            "message_id": "<1@example.org>",
            "size": 431,
            "root": SHA,
        },
    ),
    "ReminderFailed": (
        "round/2023-Q2",
        {"step": "overdue", "recipient": "p1", "outcome": "rejected", "message_id": "<2@example.org>"},
    ),
    "RoundClosed": ("round/2023-Q2", {}),
    "EntryCorrected": (
        "activity/3.1",
        {
            "position": 355,
            "occurred_on": "2023-Q1",
            "reason": "Otra fecha.",
            "data": {"quarter": "2023-Q1", "no_change": True},
            "schema": 1,
        },
    ),
    "EntryRetracted": ("activity/3.1", {"position": 355}),
    "TextRedacted": (
        "activity/3.1",
        {"position": 355, "field": "/data/note", "authority": "A petición propia."},
    ),
}

EXAMPLES: dict[str, dict[str, Any]] = {
    kind: {"type": kind, "subject": subject, "data": data} for kind, (subject, data) in _DATA.items()
}

PERSON = "entity/person-1"
PERSONS: list[dict[str, Any]] = [
    {
        "type": "EntityAdded",
        "subject": PERSON,
        "data": {"names": {"es": "Ana Pérez"}, "printed": ["Ana Pérez, experta"], "kind": "person"},
    },
    {
        "type": "EntityRenamed",
        "subject": PERSON,
        "data": {"names": {"es": "Ana Pérez Gil", "en": "Ana Pérez Gil"}},
    },
    {
        "type": "ParticipantJoined",
        "subject": "workstream/4",
        "data": {"entity": "oms", "printed": "OMS (Ana Pérez)", "represented_by": ["person-1"]},
    },
]
"""What is stored otherwise where a natural person is named."""
