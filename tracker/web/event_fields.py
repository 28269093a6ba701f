"""What an event says, field by field, made from its declaration: to be read on a page, and to be filled in again.

A field is called as its JSON pointer in the data, without the first slash; so a fault finds the field that it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from tracker.events.shapes import is_literal, json_name, strip_annotated
from tracker.events.vocabulary import Day, EntityId, Occurred, Quarter, Rule, Sealed
from tracker.web.differences import Line, Names
from tracker.web.field_labels import CHOICES, FIELDS, LANGUAGES
from tracker.web.language import (
    _,
    colon,
    country_words,
    language_words,
    occurred_words,
    wall_words,
    zone_words,
)

Kind = Literal["text", "long", "number", "choice", "tick", "list", "map"]
LONG = 8000
RULES = {
    name: get_args(hint)[1] for name, hint in (("entity", EntityId), ("day", Day), ("occurred", Occurred))
}
DATES = (RULES["day"], RULES["occurred"], get_args(Quarter)[1])
"""Rules that say more of a plain value than that it is text."""
SAID: dict[str, Callable[[str], str]] = {
    "zone": zone_words,
    "starts_at": wall_words,
    "ends_at": wall_words,
    "language": language_words,
    "languages": language_words,
    "country": country_words,
    "countries": country_words,
}
"""How a page says the codes of some fields."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``label`` names the record that it is part of, too; ``lang`` is that of a text of the plan."""

    name: str
    label: str
    kind: Kind
    value: str
    options: tuple[tuple[str, str], ...] = ()
    lang: str | None = None
    rule: Rule | None = None

    def words(self, name_of: Mapping[str, str] | Any) -> str:
        """Return the value as a page says it; ``name_of`` gives the name of an entity."""
        if self.kind == "choice":
            return dict(self.options).get(self.value, self.value)
        if self.kind == "tick":
            return _("yes") if self.value else ""
        lines = (
            [self._said(one, name_of) for one in self.value.split("\n")]
            if self.kind != "long"
            else [self.value]
        )
        return ", ".join(one for one in lines if one)

    def _said(self, value: str, name_of: Any) -> str:
        if self.rule == RULES["entity"] and value:
            return str(name_of(value))
        if value and (said := SAID.get(self.name.rpartition("/")[2])):
            return said(value)
        if self.rule in DATES and value:
            try:
                return occurred_words(value)
            except (ValueError, IndexError):
                return value
        return _(CHOICES.get(value, value)) if self.options else value


def fields_of(declared: Any, data: Mapping[str, Any], *, is_form: bool = False) -> list[Field]:
    """Return the fields of an event's data, plain JSON with its texts revealed; a form also has those left out."""
    found = _record(declared, data, "", "", is_form=is_form)
    return [one for one in found if is_form or one.value]


def _record(cls: Any, value: Mapping[str, Any], at: str, label: str, *, is_form: bool) -> Iterator[Field]:
    hints = get_type_hints(cls, include_extras=True)
    for one in fields(cls):
        name = json_name(one.name)
        words = _(FIELDS[name])
        said = f"{label}{colon()}{words}" if label else words
        yield from _fields(hints[one.name], value.get(name), f"{at}{name}", said, is_form=is_form)


def _fields(hint: Any, value: Any, at: str, label: str, *, is_form: bool) -> Iterator[Field]:
    bare, rule = _shape(hint, value)
    if bare == "wording":
        for language in _languages(value):
            said = (value or {}).get(language) or ""
            called = f"{label} ({_(LANGUAGES.get(language, language))})"
            yield Field(f"{at}/{language}", called, "long", said, lang=language)
    elif bare == "kept":
        return
    elif is_dataclass(bare):
        yield from _record(bare, value or {}, f"{at}/", label, is_form=is_form)
    elif get_origin(bare) is tuple and is_dataclass(strip_annotated(get_args(bare)[0])[0]):
        inner, items = strip_annotated(get_args(bare)[0])[0], list(value or [])
        for index, item in enumerate([*items, {}] if is_form else items):
            called = f"{label} {index + 1}"
            yield from _record(inner, item, f"{at}/{index}/", called, is_form=is_form)
    else:
        yield _plain(bare, rule, value, at, label)


def _plain(bare: Any, rule: Rule | None, value: Any, at: str, label: str) -> Field:
    if bare is bool:
        return Field(at, label, "tick", "1" if value else "")
    if bare is int:
        return Field(at, label, "number", "" if value is None else str(value))
    if is_literal(bare):
        options = tuple((one, _(CHOICES.get(one, one))) for one in get_args(bare))
        return Field(at, label, "choice", value or "", options)
    if get_origin(bare) is tuple:
        inner, notes = strip_annotated(get_args(bare)[0])
        options = (
            tuple((one, _(CHOICES.get(one, one))) for one in get_args(inner)) if is_literal(inner) else ()
        )
        return Field(
            at, label, "list", "\n".join(str(one or "") for one in value or ()), options, rule=_rule(notes)
        )
    if get_origin(bare) is dict:
        return Field(at, label, "map", "\n".join(f"{key}: {one}" for key, one in (value or {}).items()))
    kind: Kind = "long" if rule is None or rule.longest >= LONG else "text"
    return Field(at, label, kind, value or "", rule=rule)


def _shape(hint: Any, value: Any) -> tuple[Any, Rule | None]:
    """Return the type of a value without what it might have been instead, and its rule."""
    bare, notes = strip_annotated(hint)
    args = [one for one in get_args(bare) if one is not type(None)]
    if get_origin(bare) is dict and (Sealed in get_args(args[1]) or "wording" in notes):
        return "wording", None
    if get_origin(bare) is dict and args[1] is Any:
        return "kept", None
    if Sealed in (bare, *args):
        return str, None if bare is Sealed else Rule("")
    if args and get_origin(bare) not in {tuple, dict, Literal}:  # one of several shapes
        fitting = [one for one in args if _is_record(one) == isinstance(value, dict)]
        return _shape(fitting[0], value)
    return bare, _rule(notes)


def _is_record(hint: Any) -> bool:
    bare, notes = strip_annotated(hint)
    return is_dataclass(bare) or "wording" in notes


def _rule(notes: tuple[Any, ...]) -> Rule | None:
    return next((one for one in notes if isinstance(one, Rule)), None)


def _languages(value: Any) -> list[str]:
    return [one for one in value or {} if one != "unofficial"] or ["es"]


def data_lines(declared: Any, names: Names, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Line]:
    """Return the fields in which the data of two events of a type differ."""
    before, after = ({one.name: one for one in fields_of(declared, data)} for data in (old, new))
    made = []
    for name in dict.fromkeys((*before, *after)):
        was, now = (side[name].words(names.name) if name in side else None for side in (before, after))
        if was != now:
            one = after.get(name) or before[name]
            made.append(Line(one.label, was, now, one.lang))
    return made


# ------------------------------------------------------------------------------------------------ and back again


def data_of(declared: Any, form: Mapping[str, str], held: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data that a filled form means. Nonsense is passed on, to be refused at the write door.

    ``held`` is what the form was made of: it says in which of several shapes a value is given, and which lists were
    there and empty.
    """
    return _record_of(declared, form, held, "")


def _record_of(cls: Any, form: Mapping[str, str], held: Mapping[str, Any], at: str) -> dict[str, Any]:
    hints = get_type_hints(cls, include_extras=True)
    made = {}
    for one in fields(cls):
        name = json_name(one.name)
        value = _value_of(hints[one.name], form, held.get(name), f"{at}{name}")
        if value is None and (one.default is MISSING or held.get(name) == []) and _is_list(hints[one.name]):
            value = []
        if value is not None:
            made[name] = value
    return made


def _is_list(hint: Any) -> bool:
    return get_origin(strip_annotated(hint)[0]) is tuple


def _value_of(hint: Any, form: Mapping[str, str], held: Any, at: str) -> Any:
    bare, _ = _shape(hint, held)
    said = form.get(at, "").replace("\r\n", "\n").strip()
    if bare == "wording":
        texts = {one: form.get(f"{at}/{one}", "").replace("\r\n", "\n").strip() for one in _languages(held)}
        kept = {one: text for one, text in texts.items() if text}
        unofficial = [one for one in (held or {}).get("unofficial", ()) if one in kept]
        return (kept | ({"unofficial": unofficial} if unofficial else {})) or None
    if bare == "kept":
        return held
    if is_dataclass(bare):
        return _record_of(bare, form, held or {}, f"{at}/") or None
    if get_origin(bare) is tuple:
        inner = strip_annotated(get_args(bare)[0])[0]
        if is_dataclass(inner):
            items = list(held or [])
            made = [
                _record_of(inner, form, item, f"{at}/{index}/") for index, item in enumerate([*items, {}])
            ]
            return [one for one in made if one] or None
        lines = [line.strip() for line in said.split("\n") if line.strip()]
        return [_number(line) if inner is int else line for line in lines] or None
    if get_origin(bare) is dict:
        pairs = (line.partition(":") for line in said.split("\n") if line.strip())
        is_count = get_args(strip_annotated(get_args(bare)[1])[0]) == () and not is_literal(
            strip_annotated(get_args(bare)[1])[0]
        )
        return {
            key.strip(): _number(one.strip()) if is_count else one.strip() for key, _colon, one in pairs
        } or None
    if bare is bool:
        return True if said else None
    return (_number(said) if bare is int else said) if said else None


def _number(said: str) -> Any:
    return int(said) if said.isdecimal() and len(said) < 12 else said
