"""What is wrong with a workplan document beyond its shape: what stands twice, points nowhere, contradicts itself."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from tracker.events import dates
from tracker.events.vocabulary import ZONES

ACTIVITIES = "workstreams[].activities[]"
REFERENCES = {
    "workstreams[].leads[].entity": "entities",
    "workstreams[].leads[].activity": "activities",
    "workstreams[].participants[].entity": "entities",
    "workstreams[].participants[].represented_by[]": "entities",
    "workstreams[].tags.entities[]": "entities",
    f"{ACTIVITIES}.tags.entities[]": "entities",
    f"{ACTIVITIES}.targets[].parts[].entity": "entities",
    f"{ACTIVITIES}.links[].to": "activities",
    "milestones[].activity": "activities",
    "milestones[].workstream": "workstreams",
    "milestones[].commitment": "commitments",
    "sessions[].workstreams[]": "workstreams",
}
"""Where an id stands that must be found in a section."""
NAMED = {
    "entities[]": "entities",
    "commitments[]": "commitments",
    "workstreams[]": "workstreams",
    ACTIVITIES: "activities",
    "milestones[]": "milestones",
    "sessions[]": "sessions",
    "reviews[]": "reviews",
}
"""Where a thing stands that has an id of its own."""
WORDINGS = frozenset({"title", "names", "preamble", "text", "unit", "label"})
DATES = frozenset({"adopted_on", "occurred_on", "starts_on", "ends_on", "due"})
PERSON = "person-"
"""What ids of natural persons begin with; an id must not tell the name, for it cannot be redacted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a document. ``message`` continues a sentence that begins with the value."""

    path: str
    message: str
    value: object = None

    def __str__(self) -> str:
        found = "" if self.value is None else json.dumps(self.value, ensure_ascii=False, default=str)
        found = f"{found[:77]}..." if len(found) > 80 else found
        return f"{self.path or 'the document'}: {found} {self.message}".replace("  ", " ")


@dataclass(frozen=True, slots=True)
class _Place:
    """A value with its path, and the path's pattern: the path without its numbers."""

    path: str
    pattern: str
    value: Any


def faults_of(raw: object) -> list[Fault]:
    """Return what stands twice, points nowhere or contradicts itself, at most one fault a path.

    Bears any shape, so that it can be asked together with the schema; what does not fit is passed over.
    """
    places = list(_places(raw))
    found: dict[str, Fault] = {}
    for fault in (*_repetitions(places), *_strangers(places), *_contradictions(places)):
        found.setdefault(fault.path, fault)
    return list(found.values())


def _places(value: object, path: str = "", pattern: str = "") -> Iterator[_Place]:
    yield _Place(path, pattern, value)
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _places(item, f"{path}.{name}".lstrip("."), f"{pattern}.{name}".lstrip("."))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _places(item, f"{path}[{number}]", f"{pattern}[]")


def _repetitions(places: list[_Place]) -> Iterator[Fault]:
    first: dict[Hashable, str] = {}
    for path, scope, key in _keys(places):
        shown = key[0] if isinstance(key, tuple) else key
        if isinstance(shown, str) and first.setdefault((scope, key), path) != path:
            other = first[scope, key]
            yield Fault(path, f"stands twice, first at {other}: drop one, or give it its own", shown)


def _keys(places: list[_Place]) -> Iterator[tuple[str, str, Any]]:
    """Yield path, scope and key of everything that may stand only once in its scope."""
    for place in places:
        path, item = place.path, place.value
        if not isinstance(item, Mapping):
            continue
        siblings, _, number = path.rstrip("]").rpartition("[")
        if place.pattern in NAMED:
            yield f"{path}.number", f"{place.pattern}.number", item.get("number")
            at, name = _id_at(place)
            yield at, f"{place.pattern}.id", name
        elif place.pattern == "workstreams[].leads[]":
            yield f"{path}.entity", siblings, (item.get("entity"), str(item.get("activity")))
        elif place.pattern == "workstreams[].participants[]":
            yield f"{path}.entity", siblings, item.get("entity")
        elif place.pattern == f"{ACTIVITIES}.subitems[]":
            yield f"{path}.label", siblings, item.get("label", str(int(number) + 1))
        elif place.pattern == f"{ACTIVITIES}.targets[]":
            yield f"{path}.id", siblings, item.get("id")


def _id_at(place: _Place) -> tuple[str, Any]:
    """Return the path and value of a thing's id, which may be its number or region."""
    field = next((field for field in ("id", "number", "region") if field in place.value), "id")
    return f"{place.path}.{field}", place.value.get(field)


def _strangers(places: list[_Place]) -> Iterator[Fault]:
    known: dict[str, list[str]] = {section: [] for section in NAMED.values()}
    for place in places:
        if (
            place.pattern in NAMED
            and isinstance(place.value, Mapping)
            and isinstance(name := _id_at(place)[1], str)
        ):
            known[NAMED[place.pattern]].append(name)
    for place in places:
        section = REFERENCES.get(place.pattern, "")
        if section and isinstance(place.value, str) and place.value not in known[section]:
            near = "".join(f" (perhaps {one})" for one in get_close_matches(place.value, known[section], 1))
            words = f"is not among the {section} of this document: add it there, or name one of them{near}"
            yield Fault(place.path, words, place.value)


def _contradictions(places: list[_Place]) -> Iterator[Fault]:
    own = next((place.value for place in places if place.path == "settings.languages[0]"), None)
    for place in places:
        field = place.pattern.rpartition(".")[2]
        if isinstance(place.value, str):
            yield from _string_faults(place, field)
        elif isinstance(place.value, Mapping):
            yield from _order_faults(place)
            if field in WORDINGS:
                yield from _wording_faults(place, own)
            if place.pattern == "entities[]":
                yield from _person_faults(place)


def _string_faults(place: _Place, field: str) -> Iterator[Fault]:
    said = place.value
    if said != said.strip():
        yield Fault(place.path, "has white space at an end: trim it (in YAML, write >- where > stands)", said)
    elif field in DATES and not _is_date(said):
        yield Fault(place.path, "is not in the calendar: write a day, month, quarter or year that is", said)
    elif place.path == "zone" and said not in ZONES:
        yield Fault(place.path, "is no time zone: write one such as Europe/Zurich", said)


def _is_date(said: str) -> bool:
    try:
        dates.span(said)
    except ValueError:
        return False
    return True


def _order_faults(place: _Place) -> Iterator[Fault]:
    for lower, upper in (("from", "to"), ("starts_on", "ends_on"), ("min", "max")):
        low, high = place.value.get(lower), place.value.get(upper)
        numbers = isinstance(low, int) and isinstance(high, int)
        texts = (
            isinstance(low, str) and isinstance(high, str) and len(low) == len(high)
        )  # 2023-05 lies in 2023
        if (numbers or texts) and low > high:
            words = f"comes before {lower}, {low}: exchange them, or correct one"
            yield Fault(f"{place.path}.{upper}", words, high)


def _wording_faults(place: _Place, own: object) -> Iterator[Fault]:
    if isinstance(own, str) and own not in place.value:
        words = f"is missing: give the text in {own}, the plan's own (first) language"
        yield Fault(f"{place.path}.{own}", words)
    marked = place.value.get("unofficial")
    for number, language in enumerate(marked if isinstance(marked, list) else ()):
        if isinstance(language, str) and language not in place.value:
            words = "is marked as unofficial, but there is no text in it: add one, or drop the mark"
            yield Fault(f"{place.path}.unofficial[{number}]", words, language)


def _person_faults(place: _Place) -> Iterator[Fault]:
    if (place.value.get("kind") == "person") != str(place.value.get("id")).startswith(PERSON):
        words = (
            f"is an id of a person exactly if the kind is person: write {PERSON}1, or correct one of the two"
        )
        yield Fault(f"{place.path}.id", words, place.value.get("id"))
