"""marshmallow schemas of every event type, made from the catalogue: what comes in is validated by these."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, cast, get_args, get_origin, get_type_hints

import marshmallow as ma

from tracker.events.catalogue import CATALOGUE
from tracker.events.shapes import is_literal, json_name, strip_annotated
from tracker.events.vocabulary import LANGUAGE, Rule, Sealed, Window

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_WORDS = Rule("text of 1 to 8000 characters", r"[\s\S]*\S[\s\S]*", longest=8000)


class PlainText(ma.fields.String):
    """A string that follows a :class:`Rule`; normalised to NFC, without control characters."""

    def __init__(self, rule: Rule, **kwargs: Any) -> None:
        self.rule = rule
        self.matcher = re.compile(rule.pattern) if rule.pattern else None
        described: dict[str, Any] = {"description": rule.words, "maxLength": rule.longest}
        if rule.pattern:
            described["pattern"] = f"^({rule.pattern})$"
        super().__init__(metadata=described, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = unicodedata.normalize("NFC", super()._deserialize(value, attr, data, **kwargs))
        if CONTROL.search(text):
            raise ma.ValidationError("holds a control character; remove it")
        if len(text) > self.rule.longest:
            raise ma.ValidationError(f"is longer than {self.rule.longest} characters; shorten it")
        if (self.matcher and not self.matcher.fullmatch(text)) or (
            self.rule.test and not self.rule.test(text)
        ):
            raise ma.ValidationError(f"is not {self.rule.words}")
        return text


class Whole(ma.fields.Integer):
    """JSON Schema's integer: ``48.0`` is one, ``true`` and ``2.6`` are none."""

    def __init__(self, rule: Rule | None = None, **kwargs: Any) -> None:
        rule = rule or Rule("a whole number", minimum=-(2**53) + 1, maximum=2**53 - 1)
        described = {"description": rule.words}
        super().__init__(
            strict=True, validate=ma.validate.Range(rule.minimum, rule.maximum), metadata=described, **kwargs
        )

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid")
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return super()._validated(value)


class TrueOrFalse(ma.fields.Boolean):
    """JSON's own ``true`` and ``false``; marshmallow also takes 1, "yes" and more."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class WordingField(ma.fields.Dict):
    """Texts by language, with the languages that are not official."""

    def __init__(self, longest: int = 8000, **kwargs: Any) -> None:
        described = {
            "description": "texts by language tag, the workplan's own first; `unofficial` lists our translations",
            "additionalProperties": {
                "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
            },
            "example": {"es": "Texto del plan"},
        }
        self.text = PlainText(Rule("a text", _WORDS.pattern, longest=longest))
        super().__init__(metadata=described, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        raw: dict[str, Any] = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        made: dict[str, Any] = {}
        faults: dict[str, Any] = {}
        for key, text in raw.items():
            try:
                if key == "unofficial":
                    made[key] = _languages(text, raw)
                elif not re.fullmatch(LANGUAGE, str(key)):
                    faults[str(key)] = ["is not a language tag such as `es`"]
                else:
                    made[key] = self.text.deserialize(text)
            except ma.ValidationError as error:
                faults[key] = error.messages
        if not faults and not made.keys() - {"unofficial"}:
            raise ma.ValidationError('needs a text in at least one language, such as {"es": "..."}')
        if faults:
            raise ma.ValidationError(faults)
        return made


def _languages(said: Any, texts: Mapping[str, Any]) -> list[str]:
    known = texts.keys() - {"unofficial"}
    if not isinstance(said, list) or any(not isinstance(one, str) or one not in known for one in said):
        raise ma.ValidationError("must list languages that have a text here")
    return list(dict.fromkeys(said))


def _in_order(window: Mapping[str, str]) -> None:
    if window["from"] > window["to"]:
        raise ma.ValidationError(f"ends in {window['to']}, before it begins in {window['from']}; swap them")


class Free(ma.fields.Dict):
    """An object whose content is checked elsewhere."""


class Either(ma.fields.Field[Any]):
    """One of several shapes, told apart by their JSON type."""

    def __init__(self, text: ma.fields.Field[Any], record: ma.fields.Field[Any], **kwargs: Any) -> None:
        self.text, self.record = text, record
        super().__init__(metadata={"oneOf": [{"type": "string"}, {"type": "object"}]}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return (self.record if isinstance(value, dict) else self.text).deserialize(
            value, attr, data, **kwargs
        )


def field_for(hint: Any, *, required: bool) -> ma.fields.Field[Any]:
    """Return the field that validates a value of a declared type."""
    bare, notes = strip_annotated(hint)
    rule = next((note for note in notes if isinstance(note, Rule)), None)
    options: dict[str, Any] = {"required": required, "allow_none": False}
    if "wording" in notes:
        return WordingField(**options)
    if bare is Sealed:
        return PlainText(_WORDS, **options)
    if bare is bool:
        return TrueOrFalse(**options)
    if bare is int:
        return Whole(rule, **options)
    if bare is str:
        return PlainText(rule or _WORDS, **options)
    if is_literal(bare):
        return ma.fields.String(validate=ma.validate.OneOf(get_args(bare)), **options)
    if get_origin(bare) is tuple:
        return ma.fields.List(
            field_for(get_args(bare)[0], required=True), validate=ma.validate.Length(max=500), **options
        )
    if get_origin(bare) is dict:
        key, value = get_args(bare)
        if value is Any:
            return Free(keys=ma.fields.String(), **options)
        if Sealed in get_args(value):
            return WordingField(**options)
        return ma.fields.Dict(
            keys=field_for(key, required=True),
            values=field_for(value, required=True),
            validate=ma.validate.Length(max=200),
            **options,
        )
    if is_dataclass(bare):
        rules = [_in_order] if bare is Window else []
        return ma.fields.Nested(schema_for(cast("Any", bare)), unknown=ma.RAISE, validate=rules, **options)
    return _either(bare, options)


def _either(bare: Any, options: dict[str, Any]) -> ma.fields.Field[Any]:
    args = get_args(bare)
    if Sealed in args:
        return PlainText(_WORDS, **options)
    made = [field_for(arg, required=True) for arg in args]
    text = next(one for one in made if isinstance(one, PlainText))
    record = next(one for one in made if not isinstance(one, PlainText))
    return Either(text, record, **options)


@cache
def schema_for(cls: Any) -> type[ma.Schema]:
    """Return the schema of a declared dataclass; unknown fields are refused."""
    hints = get_type_hints(cls, include_extras=True)
    made = {json_name(f.name): field_for(hints[f.name], required=f.default is MISSING) for f in fields(cls)}
    meta = type("Meta", (), {"unknown": ma.RAISE})
    return type(cls.__name__, (ma.Schema,), {**made, "Meta": meta, "__doc__": cls.__doc__})


@cache
def data_schema(event_type: str) -> ma.Schema:
    """Return the schema of an event type's data."""
    return schema_for(CATALOGUE[event_type].data)()
