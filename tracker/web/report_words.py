"""Where a refusal belongs on a card, and how it is said there."""

from __future__ import annotations

from typing import Any

from tracker.errors import TrackerError
from tracker.phrases import Phrases, catalogue
from tracker.web.report_cards import PHRASES


def faults_of(error: TrackerError, say: Phrases) -> dict[str, str]:
    """Return ``{field of the card: message}`` of a refusal; what belongs to no field stands under ``card``."""
    found: dict[str, str] = {}
    for fault in error.faults:
        place = _field(fault.pointer)
        found.setdefault(place, _said_of_field(place, fault.message, fault.value, say))
    if not error.faults:
        found[_field(error.field or "")] = said_of(error, say)
    return found


def _field(pointer: str) -> str:
    """Return the name of the card's field that a pointer into the event leads to."""
    match pointer.strip("/").split("/"):
        case ["data", "done", target, *_]:
            return f"done:{target}"
        case ["data", "subitems", key, *_]:
            return f"part:{key}"
        case ["data", "evidence", *rest]:
            return "evidence_title" if rest[-1:] == ["title"] else "evidence_url"
        case ["data", "status" | "assessment", *_]:
            return "state"
        case ["data", ("note" | "needs") as name, *_]:
            return name
        case [("reason" | "occurred_on" | "entity") as name]:
            return name
        case _:
            return "card"


def _said_of_field(place: str, message: str, value: Any, say: Phrases) -> str:
    if "is longer than" in message:
        return say("too_long")
    if place == "occurred_on":
        return say("bad_date")
    if place == "evidence_url":
        return say("bad_url" if value else "url_missing")
    if place.startswith("done:"):
        return say("bad_number")
    return message


def said_of(error: TrackerError, say: Phrases) -> str:
    """Return a refusal in the reader's language where it is one that a card can meet."""
    known: Any = catalogue(PHRASES)["refusals"]
    if error.template not in known:
        return f"{error}. {error.way_out or ''}".strip()
    operands = {name: _word(value, say) for name, value in error.operands.items()}
    return str(known[error.template][say.language]).format(**operands)


def _word(value: object, say: Phrases) -> object:
    return say(value) if isinstance(value, str) and value in say.texts else value
