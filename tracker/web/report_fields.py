"""The fields of one card: as they are shown, as they come back, and the event that they ask for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from tracker.notifications.drafts import Draft
from tracker.phrases import Phrases
from tracker.web.report_cards import Card
from tracker.web.report_options import claim_of

Fields = Mapping[str, str]
"""The values of one card by name; empty ones are left out."""

LATER = "later"
QUIET = ("no_change", "no_requests")
"""Answers that need no looking at."""
NAMES = frozenset(
    {
        "what",
        "entity",
        "state",
        "reason",
        "same_reason",
        "note",
        "needs",
        "evidence_url",
        "evidence_title",
        "evidence_kind",
        "occurred_on",
        "seen",
        "moved",
    }
)


def by_card(form: Iterable[tuple[str, str]]) -> dict[str, dict[str, str]]:
    """Return ``{activity: {name: value}}`` of a sent form, in which names are ``3.2:status``."""
    found: dict[str, dict[str, str]] = {}
    for name, value in form:
        card, _, field = name.partition(":")
        if field and (text := value.replace("\r\n", "\n").strip()):
            found.setdefault(card, {})[field] = text
    return found


def fields_in(card: Card, said: Fields) -> dict[str, str]:
    """Return what is a field of this card, and nothing else that somebody may have sent."""
    known = (
        NAMES
        | {f"done:{one['id']}" for one in card.targets}
        | {f"part:{one['key']}" for one in card.subitems}
    )
    return {name: value for name, value in said.items() if name in known}


def shown(card: Card, draft: Draft | None) -> dict[str, str]:
    """Return what the card's fields show: what is typed already, else how it stands."""
    if draft is not None:
        return draft.fields
    fields = {"what": LATER, "entity": card.voices[0][0], "state": card.current, "seen": str(card.seen)}
    fields |= {f"done:{one['id']}": str(one["done"]) for one in card.targets}
    return fields | card.given


def nothing_new(card: Card, draft: Draft | None) -> dict[str, str]:
    """Return the fields of a card that the button for all the others answers; what was typed before is kept."""
    return shown(card, draft) | {"what": "no_change", "seen": str(card.seen), "rest": "1"}


def moved(source: Card, target: Card) -> dict[str, str]:
    """Return the fields of the right card for what was reported on the wrong one; counts are not carried over."""
    fields = shown(target, None) | source.given
    if source.current in {option.value for option in target.options}:
        fields["state"] = source.current
    what = "no_change" if source.own_is_quiet else "news"
    return fields | {"what": what, "moved": str(source.own)}


def mark_of(fields: Fields) -> str:
    """What tells a card that was changed from one that came back as it was shown."""
    said = {name: value for name, value in fields.items() if name != "rest"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def is_answered(fields: Fields) -> bool:
    return fields.get("what", LATER) != LATER


def is_quiet(fields: Fields) -> bool:
    return fields.get("what") in QUIET


def request_of(card: Card, fields: Fields, quarter: str, say: Phrases) -> dict[str, Any]:
    """Return the event that a card asks for. Nonsense is passed on, to be refused where everything is refused."""
    data: dict[str, Any] = {"quarter": quarter}
    about: dict[str, Any] = {"entity": fields.get("entity") or card.voices[0][0]}
    reason = {"reason": fields["reason"]} if "reason" in fields else {}
    match fields.get("what"):
        case "no_change" | "no_requests" as answer:
            data[answer] = True
        case "still":
            data |= {"no_change": True, "note": say("still_planned")}
        case "hold":
            data["status"] = "on_hold"
            about |= reason
        case "end":
            data |= {"no_change": True, "needs": say("proposed_end")}
            about |= reason
        case _:
            needs = _say_state(card, fields, data)
            about |= reason if needs else {}
            _say_more(card, fields, data)
            if "occurred_on" in fields:
                about["occurred_on"] = fields["occurred_on"]
    return {"type": "ProgressReported", "subject": f"activity/{card.id}", **about, "data": data}


def _say_state(card: Card, fields: Fields, data: dict[str, Any]) -> bool:
    """Put the state that was chosen into the data; return whether it needs something beside it."""
    value = fields.get("state", card.current)
    status, assessment = claim_of(value)
    starts = card.base.status == "not_started" and status == "in_progress" and assessment
    if not starts and (status != card.base.status or (value != card.current and not assessment)):
        data["status"] = status
    if assessment:
        data["assessment"] = assessment
    if fields.get("same_reason") and assessment in {"at_risk", "delayed"}:
        data["same_reason"] = True
    return any(option.needs for option in card.options if option.value == value)


def _say_more(card: Card, fields: Fields, data: dict[str, Any]) -> None:
    data |= {name: fields[name] for name in ("note", "needs") if name in fields}
    said = {one["id"]: fields.get(f"done:{one['id']}", "") for one in card.targets}
    known = {one["id"]: str(one["done"]) for one in card.targets}
    if done := {one: _number(value) for one, value in said.items() if value and value != known[one]}:
        data["done"] = done
    parts = {one["key"]: fields.get(f"part:{one['key']}") for one in card.subitems}
    if subitems := {key: status for key, status in parts.items() if status}:
        data["subitems"] = subitems
    if "evidence_url" in fields or "evidence_title" in fields:
        evidence = {
            "kind": fields.get("evidence_kind", "other"),
            "url": fields.get("evidence_url", ""),
            "title": fields.get("evidence_title", ""),
        }
        data["evidence"] = [{name: value for name, value in evidence.items() if value}]


def _number(said: str) -> Any:
    return int(said) if said.isdecimal() and len(said) < 12 else said
