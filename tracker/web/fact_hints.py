"""What helps to answer the questions of the forms that record a fact, by the name that a question gives."""

from __future__ import annotations

HINTS = {
    "date": "A day, month, quarter or year: 2023-05-16, 2023-05, 2023-Q2 or 2023. Empty means today.",
    "languages": "As codes with commas between them: en, fr, es, ar.",
    "language": "As a code: en, fr, es, ar.",
    "translation": "Of a translation, as a code: fr.",
    "wall": "The local time in that zone.",
    "zone": "Such as Europe/Zurich.",
    "groups": (
        "One group per line, colon, number. Usual groups: member-states, un-entities, civil-society, stakeholders. "
        "Please name no private persons."
    ),
    "no-names": "Please name no private persons.",
    "why": "It stays readable beside the old date.",
    "regional": "For a regional one.",
    "national": "For a national one.",
    "audience": "Such as: Member States; open to all.",
    "window": "Where the days are not known yet.",
    "first": "Where they are known; then leave the quarters empty.",
    "counts": "It then counts by itself in their targets, and is not counted again by hand.",
    "steward": "Who keeps it usable, also after the activity and the plan are over.",
    "yearly": "Its steward is asked then, and once a year after.",
    "edition": "Such as: 2nd edition, June 2024.",
    "user": "Either a country or an entity.",
    "links": "Web addresses, one per line.",
    "translated": "In the plan's own language; a translation is marked as not official.",
    "number": "As it is to be printed, such as 3.7.",
    "stream-number": "As it is to be printed, such as 15.",
    "due": "A day, month, quarter or year: 2023-05-16, 2023-05, 2023-Q2 or 2023.",
    "beside": "It stays readable beside the entry.",
    "closing": (
        "From then on only corrections, moments, sessions, reviews, products and closing-out are recorded."
    ),
    "deciding": "Needed for on hold, discontinued, reopening, and where leads differ.",
    "label": "As it is printed; without a printed label 1, 2, 3.",
    "objectives": "Numbers from 1 to 23: 8, 20(b).",
    "principles": "Letters from a to j.",
    "goals": "Such as 10.7, 17.18.",
    "nations": "Two letters each: KE, ZA.",
    "in-progress": "For work in progress only.",
    "completed": "For completed work without one.",
    "carried": "If it is carried over: the short name of the next plan.",
    "whole-stream": "Empty means the whole workstream.",
    "acronyms": "As printed, with commas between them. The first gives it its short name.",
    "open-plan": "Reasons, assessments and rates stay with those who take part.",
    "until": "The last quarter for which a round opens by itself.",
}
"""In the order in which the forms use them first."""
