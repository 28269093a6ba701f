"""Reads a request's JSON so that it can mean one thing only: what is ambiguous or cannot be kept is refused by name."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from tracker.errors import MalformedError

LARGEST = 2**53 - 1
DEEPEST = 16


class _Repeated(dict[str, Any]):
    """An object that names a key twice."""

    key = ""


class _NoNumber(str):
    """A number that is none in JSON, or that not every reader could read again."""

    __slots__ = ()


def read(body: bytes) -> Any:
    """Return the value in a body.

    Whole numbers written as ``48.0`` are whole; others with a fraction have no place in an entry.

    Raises:
        MalformedError: naming the place as JSON pointer, or as line and column where it is no JSON at all.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise MalformedError(
            "the body is not UTF-8 (byte {place})", place=error.start, way_out="Send JSON in UTF-8."
        ) from error
    if not text.strip():
        raise MalformedError(
            "the body is empty", way_out="Send one event as a JSON object, or an array of them."
        )
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_decimal,
            parse_constant=_NoNumber,
        )
    except json.JSONDecodeError as error:
        raise MalformedError(
            "the body is no JSON: {what} at line {line}, column {column}",
            what=error.msg,
            line=error.lineno,
            column=error.colno,
            value=text[max(0, error.pos - 20) : error.pos + 20],
            way_out="Correct it there and send it again.",
        ) from error
    except RecursionError as error:
        raise _too_deep("") from error
    return _settled(value, "", 1)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    repeated, seen = _Repeated(made), set()
    for key, _ in pairs:
        if key in seen:
            repeated.key = key
        seen.add(key)
    return repeated


def _whole(said: str) -> int | _NoNumber:
    number = int(said) if len(said) < 20 else LARGEST + 1
    return number if -LARGEST <= number <= LARGEST else _NoNumber(said)


def _decimal(said: str) -> int | _NoNumber:
    number = float(said)
    return int(number) if number.is_integer() and abs(number) <= LARGEST else _NoNumber(said)


def _settled(value: Any, pointer: str, depth: int) -> Any:
    """Return a value with its texts in Unicode normal form C, or refuse what cannot be kept."""
    if isinstance(value, dict | list) and depth > DEEPEST:
        raise _too_deep(pointer)
    if isinstance(value, dict):
        if any(_is_broken(key) for key in value):
            raise _refusal(pointer, "a key at {place} holds half of a surrogate pair", None, WHOLE)
        if isinstance(value, _Repeated):
            words = "the object at {place} has the key `{said}` twice"
            raise _refusal(pointer, words, value.key, "Leave one of the two out.")
        return {
            key: _settled(item, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}", depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_settled(item, f"{pointer}/{index}", depth + 1) for index, item in enumerate(value)]
    if isinstance(value, _NoNumber):
        raise _refusal(pointer, "{said} at {place} is no number that can be kept", str(value)[:40], NUMBERS)
    if isinstance(value, str) and not value.isascii():
        if _is_broken(value):
            words = "the text at {place} holds half of a surrogate pair"
            raise _refusal(pointer, words, ascii(value[:40]), WHOLE)
        return unicodedata.normalize("NFC", value)
    return value


WHOLE = "Send whole characters."
NUMBERS = "Send whole numbers between -(2^53 - 1) and 2^53 - 1; larger ones as a string."


def _is_broken(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)


def _refusal(pointer: str, template: str, value: str | None, way_out: str) -> MalformedError:
    place = pointer[:200] or "the top"
    return MalformedError(
        template, place=place, said=value, field=pointer[:200], value=value, way_out=way_out
    )


def _too_deep(pointer: str) -> MalformedError:
    return MalformedError(
        "the JSON is nested deeper than {deepest} levels",
        deepest=DEEPEST,
        field=pointer[:200],
        way_out="Nothing that can be said here needs more than ten.",
    )
