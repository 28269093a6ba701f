"""Texts that can be redacted: in stored bytes only their salted hash; the text and its salt lie beside the log."""

from __future__ import annotations

import hashlib
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from tracker.clock import random_bytes
from tracker.events.event import id_of
from tracker.events.shapes import json_name
from tracker.events.vocabulary import Sealed

PERSON = "person-"
"""Ids of entities that are natural persons begin with this; their printed names are sealed."""


def seal_hash(salt: bytes, text: str) -> str:
    """Return the lower-case hex SHA-256 of a 32-byte salt followed by the UTF-8 of an NFC text."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


@dataclass(slots=True)
class Sealer:
    """Seals the texts of one request and remembers them: ``{sha256: (salt, text)}``."""

    texts: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    salts: Callable[[int], bytes] = random_bytes

    def seal(self, text: str) -> dict[str, str]:
        salt = self.salts(32)
        sha256 = seal_hash(salt, text)
        self.texts[sha256] = (salt, text)
        return {"sha256": sha256}


def seal_data(cls: type[Any], data: Mapping[str, Any], sealer: Sealer, subject: str) -> dict[str, Any]:
    """Return validated ``data`` of an event about ``subject`` with every redactable text replaced by its hash.

    Names are sealed where they are a person's: of an entity of kind ``person``, and printed where one is named.
    """
    people = {id_of(subject), data.get("entity"), *(data.get("represented_by") or ())}
    names_person = data.get("kind") == "person" or any(str(one).startswith(PERSON) for one in people)
    sealed: dict[str, Any] = _seal(cls, data, sealer, names_person=names_person)
    return sealed


def _seal(hint: Any, value: Any, sealer: Sealer, *, names_person: bool) -> Any:
    shape, inner = _shape(hint)
    if value is None or shape == "plain":
        return value
    if shape == "sealed" or (shape == "name" and isinstance(value, str) and names_person):
        return sealer.seal(value) if isinstance(value, str) else value
    if shape == "list":
        return [_seal(inner, item, sealer, names_person=names_person) for item in value]
    if shape == "map":
        return {
            key: item if key == "unofficial" else _seal(inner, item, sealer, names_person=names_person)
            for key, item in value.items()
        }
    if shape == "record":
        return {
            key: _seal(inner.get(key), item, sealer, names_person=names_person) for key, item in value.items()
        }
    return value


@cache
def _shape(hint: Any) -> tuple[str, Any]:
    if get_origin(hint) is Annotated:
        return _shape(get_args(hint)[0])
    if get_origin(hint) in {Union, types.UnionType}:
        args = [arg for arg in get_args(hint) if arg is not type(None)]
        if len(args) == 1:
            return _shape(args[0])
        return ("name", None) if Sealed in args else ("plain", None)
    if hint is Sealed:
        return "sealed", None
    if get_origin(hint) is tuple:
        return "list", get_args(hint)[0]
    if get_origin(hint) is dict:
        return "map", get_args(hint)[1]
    if is_dataclass(hint):
        hints = get_type_hints(hint, include_extras=True)
        return "record", {json_name(f.name): hints[f.name] for f in fields(hint)}
    return "plain", None


def is_seal(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"sha256"} and isinstance(value["sha256"], str)


def seals_in(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Yield ``(JSON pointer, sha256)`` of every sealed text in plain JSON."""
    if isinstance(value, dict):
        if is_seal(value):
            yield pointer, value["sha256"]
            return
        for key, item in value.items():
            yield from seals_in(item, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from seals_in(item, f"{pointer}/{index}")


def seals_at(value: Any) -> list[tuple[Any, Any, str]]:
    """Return ``(object or array, key or index, sha256)`` of every sealed text in plain JSON, for putting texts there.

    Pointers would cost more than everything else that finding and revealing does.
    """
    found: list[tuple[Any, Any, str]] = []
    open_: list[Any] = [value]
    while open_:
        holder = open_.pop()
        for key, item in holder.items() if type(holder) is dict else enumerate(holder):
            if type(item) is dict and is_seal(item):
                found.append((holder, key, item["sha256"]))
            elif item and type(item) in _CONTAINERS:
                open_.append(item)
    return found


_CONTAINERS = frozenset({dict, list})


def reveal(value: Any, texts: Mapping[str, str], redacted: list[str], pointer: str = "") -> Any:
    """Return plain JSON with seals replaced by texts; one that is gone is null, its pointer in ``redacted``."""
    if isinstance(value, dict):
        if is_seal(value):
            text = texts.get(value["sha256"])
            if text is None:
                redacted.append(pointer)
            return text
        return {key: reveal(item, texts, redacted, f"{pointer}/{key}") for key, item in value.items()}
    if isinstance(value, list):
        return [reveal(item, texts, redacted, f"{pointer}/{index}") for index, item in enumerate(value)]
    return value
