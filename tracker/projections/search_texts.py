"""Which texts of a subject and of an entry can be searched, and who may read each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tracker.events.event import kind_of
from tracker.events.sealing import is_seal, seals_in
from tracker.languages import unaccented
from tracker.plans.reference import region_labels
from tracker.projections.reading_rights import WITHHELD

Reader = Literal["state", "details", "history"]
ENTRY = "entry"
"""The kind of what entries themselves say, beside the kinds of subjects."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "workplan": ("title",),
    "workstream": ("title", "preamble", "notes"),
    "activity": ("number", "text", "subitems", "evidence", "assessment_reason", "sustainability"),
    "commitment": ("text",),
    "milestone": ("title", "evidence"),
    "product": ("title", "sustain_note"),
    "session": ("title", "audience"),
    "review": ("place", "commission", "findings"),
    "entity": ("names", "printed"),
}
"""The fields of each kind of subject that hold words."""
INNER = frozenset({"text", "title", "finding"})
"""What is a text inside the records of such a field."""
NO_FREE_TEXT = frozenset({"names", "printed", "represented_by"})
"""Names of people: they are found at the entity that carries them, not at the entries that did."""


WORD = re.compile(r"\w+")


def folded(text: str) -> list[str]:
    """Return the words of a text as they are looked for: in lower case, without accents."""
    return WORD.findall(unaccented(text))


@dataclass(frozen=True, slots=True)
class Searched:
    """One text. ``said`` is the text itself, or the hash of a sealed one; ``language`` is empty where it is unknown."""

    field: str
    language: str
    reader: Reader
    said: str
    is_sealed: bool = False


def texts_of_state(subject: str, state: Any) -> frozenset[Searched]:
    """Return the texts of a subject's state, plain JSON; none of a subject that is not there."""
    if state is None:
        return frozenset()
    found = set[Searched]()
    for name in FIELDS.get(kind_of(subject), ()):
        reader: Reader = "details" if name in WITHHELD else "state"
        found.update(
            Searched(name, language, reader, said, is_sealed)
            for language, said, is_sealed in _texts(state.get(name), "")
        )
    if kind_of(subject) == "review":  # a review has no title of its own: it is called by its region
        names = region_labels().get(state["id"], {})
        found.update(Searched("region", language, "state", said) for language, said in names.items())
    return frozenset(found)


def texts_of_entry(event: Mapping[str, Any]) -> frozenset[Searched]:
    """Return the free texts of an entry as it is stored: all that can be redacted, but names."""
    found = ((pointer.strip("/").split("/"), sha256) for pointer, sha256 in seals_in(event))
    return frozenset(
        Searched(next(part for part in reversed(path) if not part.isdecimal()), "", "history", sha256, True)
        for path, sha256 in found
        if not NO_FREE_TEXT & set(path)
    )


def _texts(value: Any, language: str) -> Iterator[tuple[str, str, bool]]:
    """Yield ``(language, text or hash, whether it is sealed)`` of a field: a text, texts by language, or records."""
    if isinstance(value, str):
        if value.strip():
            yield language, value, False
    elif is_seal(value):
        yield language, value["sha256"], True
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, language)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name in INNER:
                yield from _texts(one, language)
            elif len(name) == 2 and not isinstance(one, list):
                yield from _texts(one, name)
