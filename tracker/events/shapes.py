"""Between typed values and JSON: one decoder and one encoder per dataclass, compiled from its declaration."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Decode = Callable[[Any], Any]
T = TypeVar("T")


def json_name(field: str) -> str:
    """Return a field's name in JSON: ``from_`` is ``from``."""
    return field.rstrip("_")


def to_json(value: Any) -> Any:
    """Return a value as plain JSON types; fields that are ``None`` and default to it are left out."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple or kind is list:
        return [item if type(item) in _PLAIN else to_json(item) for item in value]
    if kind is dict or (not is_dataclass(kind) and isinstance(value, Mapping)):  # asking an ABC takes longest
        return {key: item if type(item) in _PLAIN else to_json(item) for key, item in value.items()}
    made = {}
    for name, key, keeps_null in _field_table(cast("Any", kind)):
        item = getattr(value, name)
        if item is not None:
            made[key] = item if type(item) in _PLAIN else to_json(item)
        elif keeps_null:
            made[key] = None
    return made


_PLAIN = frozenset({str, int, bool, types.NoneType})


@cache
def _field_table(cls: type[Any]) -> tuple[tuple[str, str, bool], ...]:
    return tuple((f.name, json_name(f.name), f.default is MISSING) for f in fields(cls))


def from_json(cls: type[T], raw: Any) -> T:
    """Return ``raw``, which is known to fit, as a ``cls``. Stored bytes come this way; requests are validated first."""
    return cast("T", decoder(cast("Any", cls))(raw))


@cache
def decoder(cls: Any) -> Decode:
    """Return the function that turns fitting JSON into ``cls``."""
    origin, args = get_origin(cls), get_args(cls)
    if origin is Annotated:
        return decoder(args[0])
    if origin in {Union, types.UnionType}:
        return _union([arg for arg in args if arg is not type(None)])
    if origin is tuple:
        inner = decoder(args[0])
        return tuple if inner is _same else lambda raw: tuple(inner(item) for item in raw)
    if origin is dict:
        inner = decoder(args[1])
        return dict if inner is _same else lambda raw: {key: inner(item) for key, item in raw.items()}
    if is_dataclass(cls):
        return _record(cast("type[Any]", cls))
    return _same


def _same(raw: Any) -> Any:
    return raw


def _union(args: list[Any]) -> Decode:
    decoders = [decoder(arg) for arg in args]
    if all(decode is _same for decode in decoders):
        return _same
    if len(decoders) == 1:
        only = decoders[0]
        return lambda raw: None if raw is None else only(raw)
    records = next((decode for decode, arg in zip(decoders, args, strict=True) if is_dataclass(arg)), _same)
    mappings = next(
        (decode for decode, arg in zip(decoders, args, strict=True) if _outer(arg) is dict), records
    )
    lists = next((decode for decode, arg in zip(decoders, args, strict=True) if _outer(arg) is tuple), _same)

    def decode(raw: Any) -> Any:
        if isinstance(raw, dict):
            return records(raw) if records is not _same else mappings(raw)
        return lists(raw) if isinstance(raw, list) else raw

    return decode


def _outer(arg: Any) -> Any:
    return _outer(get_args(arg)[0]) if get_origin(arg) is Annotated else get_origin(arg)


def _record(cls: type[Any]) -> Decode:
    hints = get_type_hints(cls, include_extras=True)
    table = [(f.name, json_name(f.name), decoder(hints[f.name])) for f in fields(cls)]

    def decode(raw: Any) -> Any:
        return cls(**{name: inner(raw[key]) for name, key, inner in table if key in raw})

    return decode


def strip_annotated(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return a hint without ``Annotated`` and ``| None``, and its annotations."""
    if get_origin(hint) is Annotated:
        inner, *notes = get_args(hint)
        bare, more = strip_annotated(inner)
        return bare, (*notes, *more)
    if get_origin(hint) in {Union, types.UnionType}:
        rest = [arg for arg in get_args(hint) if arg is not type(None)]
        if len(rest) == 1:
            return strip_annotated(rest[0])
    return hint, ()


def is_literal(hint: Any) -> bool:
    return get_origin(hint) is Literal
