"""What the fields of events are called on pages, and the values that they can be chosen from."""

from __future__ import annotations

from tracker.web import labels

FIELDS = {
    "activities": "activities",
    "activity": "activity",
    "assessment": "how the work is going",
    "at": "at",
    "at_position": "at entry",
    "attendance": "attendance",
    "audience": "for whom",
    "authority": "on whose authority",
    "by": "used by",
    "category": "category",
    "champion": "champion of the Compact",
    "closes": "closes on",
    "commission": "commission",
    "commitment": "commitment",
    "component": "component",
    "count": "number",
    "countries": "countries",
    "country": "country",
    "counts_for": "counts for the activities",
    "data": "what it says",
    "declaration_paragraphs": "paragraphs of the Declaration",
    "done": "done so far, in all",
    "due": "due",
    "edition": "edition",
    "ends_at": "ends",
    "ends_on": "ends on",
    "entities": "entities",
    "entity": "entity",
    "evidence": "link that shows it",
    "field": "field",
    "finding": "finding",
    "from": "from",
    "id": "short name",
    "key": "label",
    "kind": "kind",
    "label": "label",
    "language": "language",
    "languages": "languages",
    "level": "level",
    "line": "line",
    "links": "links",
    "max": "at most",
    "message_id": "number of the letter",
    "min": "at least",
    "mode": "format",
    "mptf_areas": "areas of the Migration MPTF",
    "names": "name",
    "nature": "nature",
    "needs": "what is needed to go on",
    "no_change": "nothing changed",
    "no_evidence_reason": "why there is no link",
    "no_requests": "no requests this quarter",
    "note": "what was done",
    "notes": "notes on the printed text",
    "number": "number",
    "objectives": "objectives of the Compact",
    "occurred_on": "when it happened",
    "on": "on",
    "opens": "opens on",
    "origin": "name of the log",
    "outcome": "outcome",
    "paragraphs": "paragraphs",
    "parts": "of these",
    "period": "period",
    "person": "person",
    "place": "place",
    "position": "entry",
    "preamble": "introduction",
    "previous": "key before",
    "principles": "guiding principles",
    "printed": "as printed in the plan",
    "quarter": "quarter",
    "question": "question",
    "reason": "why",
    "recipient": "recipient",
    "region": "region",
    "regions": "regions",
    "replaced_by": "replaced by",
    "represented_by": "represented by",
    "review_on": "to be looked at again on",
    "root": "root",
    "rule": "rule",
    "rules": "rules",
    "same_reason": "the last reason still holds",
    "schema": "form",
    "sdgs": "Sustainable Development Goals",
    "settings": "settings",
    "sha256": "fingerprint",
    "signed_off_by": "signed off by",
    "simulated": "simulated",
    "size": "size",
    "slug": "short name",
    "source": "source",
    "starts_at": "starts",
    "starts_on": "starts on",
    "status": "status",
    "steward": "steward",
    "step": "step",
    "steps": "letters",
    "subitems": "parts",
    "sustain_note": "how it stays usable",
    "sustainability": "how it stays usable",
    "tags": "tags",
    "targets": "target",
    "text": "text",
    "title": "title",
    "to": "to",
    "to_plan": "to the plan",
    "unit": "unit",
    "url": "web address",
    "window": "window",
    "workstream": "workstream",
    "workstreams": "workstreams",
    "zone": "time zone",
}
"""Every field of every event that can be read or filled in on a page, by its name in JSON."""

CHOICES = (
    labels.ENTITY
    | labels.PRODUCT
    | labels.LOOKED
    | labels.OUTCOME
    | labels.STATUS
    | labels.ASSESSMENT
    | labels.NATURE
    | labels.LINK
    | labels.EVIDENCE
    | labels.REGION
    | labels.SESSION
    | labels.MODE
    | labels.RULE
    | labels.LEVEL
    | labels.MATERIAL
    | labels.CATEGORY
    | labels.COMPONENT
    | {"met": "met", "partly": "partly met", "missing": "missing"}
    | {"unknown": "unknown", "rejected": "rejected", "bounced": "bounced", "lapsed": "lapsed"}
)
"""Every value that is chosen from a list, in words."""

LANGUAGES = {
    "es": "Spanish",
    "en": "English",
    "fr": "French",
    "sw": "Swahili",
    "ar": "Arabic",
    "pt": "Portuguese",
}
"""Languages of a plan's texts; others are named by their code."""
