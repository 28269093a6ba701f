"""Between an event and its stored bytes. The bytes are canonical JSON and are hashed as stored."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from typing import Any

import orjson

from tracker.errors import LogError, RuleError
from tracker.events.catalogue import CATALOGUE
from tracker.events.event import Event
from tracker.events.shapes import from_json, to_json

LARGEST = 2**53 - 1

UPCASTERS: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""``(type, schema) -> data of schema + 1``; one step at a time, applied on every path that reads an event."""


def canonical(value: Any) -> bytes:
    """Return the canonical JSON of ``value``: RFC 8785, restricted to NFC strings, ASCII keys and safe integers.

    Raises:
        RuleError: the value holds something outside this profile.
    """
    _check(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _check(value: Any) -> None:
    kind = type(value)
    if kind is str:
        if not value.isascii():
            _check_text(value)
    elif kind is dict:
        for key, item in value.items():
            if not (type(key) is str and key.isascii()):
                raise RuleError("the key {key!r} is not plain ASCII", key=key, value=key)
            _check(item)
    elif kind is list:
        for item in value:
            _check(item)
    elif kind is int:
        if not -LARGEST <= value <= LARGEST:
            raise RuleError("the number {number} is larger than 2^53 - 1", number=value, value=str(value))
    elif value is not None and kind is not bool:
        raise RuleError("{kind} has no place in an entry", kind=kind.__name__)


def _check_text(value: str) -> None:
    if not unicodedata.is_normalized("NFC", value):
        raise RuleError("a text is not in Unicode normal form C", value=value[:80])
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise RuleError("a text holds half of a surrogate pair", value=ascii(value[:80]))


def encode(event: Event) -> bytes:
    """Return the bytes of an event, as they are stored, hashed and exported."""
    return canonical(to_json(event))


def leaf_hash(stored: bytes) -> bytes:
    """Return the leaf hash of stored bytes (RFC 9162 section 2.1.1)."""
    return hashlib.sha256(b"\x00" + stored).digest()


def decode(stored: bytes) -> Event:
    """Return the event in stored bytes, its data brought to the newest schema.

    Raises:
        LogError: the type or its schema is unknown to this release.
    """
    return decode_raw(orjson.loads(stored))


def decode_raw(raw: dict[str, Any]) -> Event:
    """Return the event in parsed JSON; ``raw`` is used up."""
    declared = CATALOGUE.get(raw["type"])
    if declared is None or raw["schema"] > declared.schema:
        raise LogError(
            "entry {position} is of type {type} schema {schema}, which this release does not know",
            position=raw["position"],
            type=raw["type"],
            schema=raw["schema"],
            way_out="Run the release that wrote it, or a newer one.",
        )
    while raw["schema"] < declared.schema:
        raw["data"] = UPCASTERS[raw["type"], raw["schema"]](raw["data"])
        raw["schema"] += 1
    data: Any = from_json(declared.data, raw["data"])
    return from_json(Event, raw | {"data": data})
