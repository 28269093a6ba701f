"""What a row would change, in words: for the dry run, at a terminal and on the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tracker.sheets.rows import Wanted

LONGEST = 80


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One row: what it is about, and ``(field, how it is, how it would be)``; how it is may be unknown: empty."""

    about: tuple[str, ...]
    changes: tuple[tuple[str, str, str], ...]


def foreseen(one: Wanted) -> Foreseen:
    request, data = one.request, one.request["data"]
    voice = request.get("entity") or request.get("on_behalf_of", {}).get("entity")
    day = request.get("occurred_on")
    about = (one.subject, voice, data.get("quarter"), f"as of {day}" if day else None)
    was, said = _flat(one.was), _flat(data)
    changes = [
        (name, in_words(was.get(name)), in_words(new)) for name, new in said.items() if name != "quarter"
    ]
    if "reason" in request:
        changes.append(("reason", "", in_words(request["reason"])))
    return Foreseen(tuple(said for said in about if said), tuple(changes))


def _flat(data: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a request, its tags each for itself."""
    return {name: said for name, said in data.items() if name != "tags"} | (data.get("tags") or {})


def in_words(value: Any) -> str:
    if value is None:
        return ""
    if value == []:
        return "none"
    said = ", ".join(in_words(one) for one in value) if isinstance(value, list) else str(value)
    if isinstance(value, dict):
        said = (
            value.get("url") or value.get("id") or ", ".join(f"{name}={one}" for name, one in value.items())
        )
    said = " ".join(said.split())
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"
