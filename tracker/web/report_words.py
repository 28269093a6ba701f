"""What a card says, in sentences, and where a refusal belongs on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.errors import TrackerError
from tracker.notifications.phrases import Phrases, catalogue
from tracker.web.report_cards import PHRASES, Card


def sentences(card: Card, event: Mapping[str, Any], say: Phrases, *, is_past: bool = False) -> list[str]:
    """Return what an event says, part by part. Before it is recorded, with what it changes from."""
    data = event["data"]
    words = []
    if data.get("no_change"):
        words.append(say("said_no_change"))
    if data.get("no_requests"):
        words.append(say("said_no_requests"))
    if data.get("status") or data.get("assessment"):
        new = _state(data.get("status") or _started(card), data.get("assessment"), say)
        old = say.status(card.before.status, card.before.assessment)
        words.append(
            say("said_now", new=new) if is_past or new == old else say("said_status", old=old, new=new)
        )
    words += [
        _done(card, target, total, say, is_past=is_past) for target, total in (data.get("done") or {}).items()
    ]
    words += [
        say("said_subitem", key=key, status=say(status) if status in say.texts else status)
        for key, status in (data.get("subitems") or {}).items()
    ]
    for name, phrase in (("note", "said_note"), ("needs", "said_needs")):
        if data.get(name):
            words.append(say(phrase, text=data[name]))
    words += [
        say("said_evidence", text=one.get("title") or one.get("url", ""))
        for one in data.get("evidence") or ()
    ]
    if event.get("reason"):
        words.append(say("said_reason", text=event["reason"]))
    if data.get("same_reason"):
        words.append(say("said_same_reason"))
    if event.get("occurred_on") and not is_past:
        words.append(say("said_occurred", text=event["occurred_on"]))
    return words


def _state(status: str, assessment: str | None, say: Phrases) -> str:
    is_known = all(one in say.texts for one in (status, assessment) if one)
    return say.status(status, assessment) if is_known else f"{status} {assessment or ''}".strip()


def _started(card: Card) -> str:
    return "in_progress" if card.base.status == "not_started" else card.base.status


def _done(card: Card, target: str, total: object, say: Phrases, *, is_past: bool) -> str:
    known = next((one for one in card.targets if one["id"] == target), None)
    if known is None:
        return f"{target}: {total}"
    old = "" if is_past else f"{known['done']} → "
    return say("said_done", unit=known["unit"], old=old, total=total, most=known["most"])


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
