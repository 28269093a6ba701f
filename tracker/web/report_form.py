"""A filled form: what it asks to be recorded, what that says in words, and where a refusal belongs in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.errors import TrackerError
from tracker.notifications.phrases import Phrases, catalogue
from tracker.web.report_cards import PHRASES, Card

PLAIN = ("status", "assessment", "note", "needs")
TICKS = ("no_change", "no_requests", "same_reason")
BUTTONS = ("action", "nonce")


@dataclass(frozen=True, slots=True)
class Filled:
    """The values of a form by name, ``3.2:status`` and so on; empty ones are left out."""

    values: Mapping[str, str]

    def of(self, card: str, name: str) -> str:
        return self.values.get(f"{card}:{name}", "")

    def under(self, card: str, prefix: str) -> dict[str, str]:
        """Return ``{rest of the name: value}`` of the fields of a card that begin with a prefix."""
        start = f"{card}:{prefix}:"
        return {
            name.removeprefix(start): value for name, value in self.values.items() if name.startswith(start)
        }

    def is_touched(self, card: str) -> bool:
        """Return whether anything is said of a card; whose voice it is, is not yet saying anything."""
        quiet = (f"{card}:entity", f"{card}:evidence_kind")
        return any(name.startswith(f"{card}:") and name not in quiet for name in self.values)

    @property
    def digest(self) -> str:
        """What tells the same form sent twice from a changed one."""
        said = {name: value for name, value in self.values.items() if name != "nonce"}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def filled(form: Iterable[tuple[str, str]]) -> Filled:
    return Filled({name: value.strip() for name, value in form if value.strip()})


def request_of(card: Card, form: Filled, quarter: str) -> dict[str, Any]:
    """Return the event that a card asks for. Nonsense is passed on, to be refused where everything is refused."""
    data: dict[str, Any] = {"quarter": quarter}
    data |= {name: form.of(card.id, name) for name in PLAIN if form.of(card.id, name)}
    data |= {name: True for name in TICKS if form.of(card.id, name)}
    if done := {target: _number(said) for target, said in form.under(card.id, "done").items()}:
        data["done"] = done
    if subitems := form.under(card.id, "part"):
        data["subitems"] = subitems
    if form.of(card.id, "evidence_url") or form.of(card.id, "evidence_title"):
        evidence = {
            "kind": form.of(card.id, "evidence_kind") or "other",
            "url": form.of(card.id, "evidence_url"),
            "title": form.of(card.id, "evidence_title"),
        }
        data["evidence"] = [{name: value for name, value in evidence.items() if value}]
    said = {name: form.of(card.id, name) for name in ("reason", "occurred_on") if form.of(card.id, name)}
    entity = form.of(card.id, "entity") or (card.voices[0][0] if len(card.voices) == 1 else "")
    voice = {"entity": entity} if entity else {}
    return {"type": "ProgressReported", "subject": f"activity/{card.id}", **voice, **said, "data": data}


def nothing_new(card: Card, form: Filled, quarter: str) -> dict[str, Any]:
    """Return the event by which a card is settled without news."""
    bare = Filled(
        {f"{card.id}:no_change": "1", f"{card.id}:entity": form.of(card.id, "entity") or card.voices[0][0]}
    )
    return request_of(card, bare, quarter)


def _number(said: str) -> Any:
    return int(said) if said.isdecimal() and len(said) < 12 else said


# ---------------------------------------------------------------------------------------------------- in words


def sentences(card: Card, event: Mapping[str, Any], say: Phrases, *, is_past: bool = False) -> list[str]:
    """Return what an event says, part by part. Before it is recorded, with what it changes from."""
    data = event["data"]
    words = []
    if data.get("no_change"):
        words.append(say("said_no_change"))
    if data.get("no_requests"):
        words.append(say("said_no_requests"))
    if data.get("status") or data.get("assessment"):
        new = say.status(data.get("status") or _started(card), data.get("assessment"))
        old = say.status(card.status, card.assessment)
        words.append(say("said_now", new=new) if is_past else say("said_status", old=old, new=new))
    units = {target["id"]: target["unit"] for target in card.targets}
    words += [
        say("said_done", unit=units.get(target, target), total=total)
        for target, total in (data.get("done") or {}).items()
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


def _started(card: Card) -> str:
    return "in_progress" if card.status == "not_started" else card.status


# -------------------------------------------------------------------------------------------------- refusals


def faults_of(error: TrackerError, cards: list[Card], say: Phrases) -> dict[str, str]:
    """Return ``{field of the form: message}`` of a refusal; what belongs to no field stands under ``form``."""
    found: dict[str, str] = {}
    for fault in error.faults:
        place = _field(fault.pointer, cards)
        found.setdefault(place, _said_of_field(place, fault.message, fault.value, say))
    if not error.faults:
        found[_field(error.field or "", cards)] = _said(error, say)
    return found


def _field(pointer: str, cards: list[Card]) -> str:
    """Return the form's name of the field a pointer leads to; pointers of a lone event carry no index."""
    parts = pointer.strip("/").split("/")
    if parts[0].isdecimal():
        index, parts = int(parts[0]), parts[1:]
    else:
        index = 0
        if len(cards) != 1:
            return "form"
    if index >= len(cards):
        return "form"
    card = cards[index].id
    match parts:
        case ["data", "done", target, *_]:
            return f"{card}:done:{target}"
        case ["data", "subitems", key, *_]:
            return f"{card}:part:{key}"
        case ["data", "evidence", *rest]:
            return f"{card}:evidence_title" if rest[-1:] == ["title"] else f"{card}:evidence_url"
        case ["data", ("status" | "assessment" | "note" | "needs" | "no_change") as name, *_]:
            return f"{card}:{name}"
        case [("reason" | "occurred_on" | "entity") as name]:
            return f"{card}:{name}"
        case _:
            return f"{card}:card"


def _said_of_field(place: str, message: str, value: Any, say: Phrases) -> str:
    name = place.partition(":")[2]
    if "is longer than" in message:
        return say("too_long")
    if name == "occurred_on":
        return say("bad_date")
    if name == "evidence_url":
        return say("bad_url" if value else "url_missing")
    if name.startswith("done:"):
        return say("bad_number")
    return message


def _said(error: TrackerError, say: Phrases) -> str:
    known: Any = catalogue(PHRASES)["refusals"]
    if error.template not in known:
        return f"{error}. {error.way_out or ''}".strip()
    operands = {name: _word(value, say) for name, value in error.operands.items()}
    return str(known[error.template][say.language]).format(**operands)


def _word(value: object, say: Phrases) -> object:
    return say(value) if isinstance(value, str) and value in say.texts else value
