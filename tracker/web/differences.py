"""Two states of a subject told apart in words: one line for each thing that changed, old beside new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from tracker.web import labels
from tracker.web.language import (
    _,
    commission_words,
    country_words,
    day_words,
    due_words,
    language_words,
    occurred_words,
    spoken,
    text_of,
    wall_words,
    window_words,
    zone_words,
)


class Names(Protocol):
    """Knows how entities were called."""

    @property
    def languages(self) -> tuple[str, ...]: ...

    def name(self, entity: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One change. A side that is None was not there; ``lang`` is that of a text of the plan."""

    label: str
    old: str | None
    new: str | None
    lang: str | None = None

    @property
    def is_long(self) -> bool:
        return bool(self.old and self.new) and max(len(self.old or ""), len(self.new or "")) > 90


Words = Callable[[Any, Names], str | None]


def lines(fields: Iterable[dict[str, Any]], names: Names, state: dict[str, Any] | None = None) -> list[Line]:
    """Return the lines of ``{field, old, new}`` differences; what only repeats another field has none.

    ``state`` is the later state, from which targets get their units.
    """
    return [
        line for one in fields for line in _lines(one["field"], one["old"], one["new"], names, state or {})
    ]


def _lines(field: str, old: Any, new: Any, names: Names, state: dict[str, Any]) -> Iterator[Line]:
    if field in TEXTS:
        yield from _text_lines(_(TEXTS[field]), old, new, names)
    elif field in SINGLES:
        label, words = SINGLES[field]
        was, now = (None if one is None else words(one, names) for one in (old, new))
        if was != now:
            yield Line(_(label), was, now)
    elif field in LISTS:
        label, words = LISTS[field]
        yield from _list_lines(_(label), old or [], new or [], words, names)
    elif field == "done":
        yield from _count_lines(old or {}, new or {}, state.get("targets") or [], names)
    elif field == "subitems":
        yield from _subitem_lines(old or [], new or [], names)
    elif field == "tags":
        for tag in dict.fromkeys((*(old or {}), *(new or {}))):
            was, now = (tag_words(tag, (one or {}).get(tag), names) for one in (old, new))
            if was != now:
                yield Line(_(labels.TAGS[tag]), was, now)


def _text_lines(label: str, old: Any, new: Any, names: Names) -> Iterator[Line]:
    was, _lang, _official = text_of(old, list(names.languages))
    now, lang, _official = text_of(new, list(names.languages))
    if was != now:
        yield Line(label, was or None, now or None, lang)


def _count_lines(
    old: dict[str, int], new: dict[str, int], targets: list[dict[str, Any]], names: Names
) -> Iterator[Line]:
    units = {one["id"]: text_of(one["unit"], list(names.languages)) for one in targets}
    for target in dict.fromkeys((*old, *new)):
        unit, lang, _official = units.get(target, (target, None, True))
        was, now = old.get(target, 0), new.get(target, 0)
        if was != now:
            yield Line(unit, str(was), str(now), lang)


def _list_lines(label: str, old: list[Any], new: list[Any], words: Words, names: Names) -> Iterator[Line]:
    gone = [words(one, names) or "" for one in old if one not in new]
    added = [words(one, names) or "" for one in new if one not in old]
    if same := [
        one for one in added if one in gone
    ]:  # a focal point followed another: persons are not named here
        yield Line(label, None, _("another person {which}", which=", ".join(same)))
    gone, added = ([one for one in side if one not in same] for side in (gone, added))
    if gone:
        yield Line(label, ", ".join(gone), None)
    if added:
        yield Line(label, None, ", ".join(added))


def _subitem_lines(old: list[Any], new: list[Any], names: Names) -> Iterator[Line]:
    before, after = ({item["key"]: item for item in items} for items in (old, new))
    for key in dict.fromkeys((*before, *after)):
        was, now = before.get(key), after.get(key)
        label = _("part ({key})", key=key)
        if was is None or now is None or was["text"] != now["text"]:
            yield from _text_lines(label, was and was["text"], now and now["text"], names)
        if was and now and was["status"] != now["status"]:
            yield Line(label, _(labels.STATUS[was["status"]]), _(labels.STATUS[now["status"]]))
        if was and now and was.get("withdrawn") != now.get("withdrawn"):
            yield Line(
                label, _is_in_plan(was.get("withdrawn"), names), _is_in_plan(now.get("withdrawn"), names)
            )


def tag_words(tag: str, values: list[Any] | None, names: Names) -> str | None:
    """Return the values of a tag in words; None where they are unknown."""
    if values is None:
        return None
    match tag:
        case "regions":
            values = [_(labels.REGION[one]) for one in values]
        case "countries":
            values = [country_words(one) for one in values]
        case "entities":
            values = [names.name(one) for one in values]
        case _:
            pass
    return ", ".join(str(one) for one in values) or _("none")


def _is_in_plan(withdrawn: Any, _names: Names) -> str:
    return _("removed from the plan") if withdrawn else _("part of the plan")


def _from(table: dict[str, str]) -> Words:
    return lambda value, _names: _(table[value]) if value in table else str(value)


def _plain(value: Any, _names: Names) -> str:
    return str(value)


def _country(value: Any, _names: Names) -> str:
    return country_words(str(value))


def _day(value: Any, _names: Names) -> str:
    return occurred_words(str(value))


def _wall(value: Any, _names: Names) -> str:
    return wall_words(value)


def _span(value: Any, _names: Names) -> str:
    return window_words(value)


def _due(value: Any, _names: Names) -> str:
    return due_words(value)


def _entity(value: Any, names: Names) -> str:
    return names.name(value if isinstance(value, str) else value["entity"])


def _yes(value: Any, _names: Names) -> str | None:
    return _("yes") if value else None


def dates_words(dates: dict[str, Any]) -> str:
    """Return the dates of a review: days, or a window."""
    if dates.get("window"):
        return window_words(dates["window"])
    first, last = dates.get("starts_on"), dates.get("ends_on")
    if first and last and first != last:
        if first[:7] == last[:7]:
            day = str(int(first[8:]))
            begins = "1er" if day == "1" and spoken() == "fr" else day
            return _("{begins} to {ends}", begins=begins, ends=day_words(last))
        return _("{begins} to {ends}", begins=day_words(first), ends=day_words(last))
    return day_words(first) if first else _("no date")


TEXTS = {
    "text": "text",
    "title": "title",
    "preamble": "introduction",
    "assessment_reason": "reason",
    "sustainability": "how it stays usable",
    "sustain_note": "how it stays usable",
}
SINGLES: dict[str, tuple[str, Words]] = {
    "status": ("status", _from(labels.STATUS | labels.OTHER)),
    "assessment": ("assessment", _from(labels.ASSESSMENT)),
    "disputed": ("leads differ", _yes),
    "window": ("window", _span),
    "workstream": ("workstream", _plain),
    "number": ("number", _plain),
    "nature": ("nature", _from(labels.NATURE)),
    "closed_out": ("closed out", lambda value, _names: _(labels.OUTCOME[value["outcome"]])),
    "withdrawn": ("in the plan", _is_in_plan),
    "replaced_by": ("replaced by", _plain),
    "due": ("due", _due),
    "reached_on": ("reached on", _day),
    "held_on": ("held on", _day),
    "starts_at": ("starts", _wall),
    "ends_at": ("ends", _wall),
    "zone": ("time zone", lambda value, _names: zone_words(str(value))),
    "mode": ("format", _from(labels.MODE)),
    "rule": ("rule", _from(labels.RULE)),
    "level": ("level", _from(labels.LEVEL)),
    "region": ("region", _from(labels.REGION)),
    "country": ("country", _country),
    "audience": ("for whom", _plain),
    "kind": ("kind", _from(labels.SESSION | labels.ENTITY | labels.PRODUCT)),
    "current": ("dates", lambda value, _names: dates_words(value)),
    "place": ("place", _plain),
    "commission": ("commission", lambda value, _names: commission_words(str(value))),
    "category": ("category", _from(labels.CATEGORY)),
    "retired": ("no longer takes part", _yes),
    "closed": ("closed", _yes),
    "opens": ("opens", _day),
    "steward": ("steward", _entity),
    "published_on": ("published on", _day),
    "review_on": ("to be looked at again on", _day),
    "url": ("address", _plain),
    "closes": ("closes", _day),
}
LISTS: dict[str, tuple[str, Words]] = {
    "leads": ("lead", _entity),
    "participants": ("participant", _entity),
    "focal_points": ("focal point", lambda value, names: _("of {entity}", entity=_entity(value, names))),
    "activity_leads": (
        "lead of one activity",
        lambda value, names: _(
            "{entity} of {activity}", entity=_entity(value, names), activity=value["activity"]
        ),
    ),
    "activities": ("activity", _plain),
    "links": ("link", lambda value, _names: f"{_(labels.LINK[value['kind']])} {value['to']}"),
    "evidence": ("evidence", lambda value, _names: value.get("title") or value["url"]),
    "targets": ("target", lambda value, names: target_words(value, names)),  # noqa: PLW0108 - defined below
    "excused": ("report excused", _day),
    "materials": (
        "material",
        lambda value, _names: f"{_(labels.MATERIAL[value['kind']])} ({language_words(value['language'])})",
    ),
    "counts_for": ("counts for", _plain),
    "workstreams": ("workstream", _plain),
    "objectives": ("objective", _plain),
    "languages": ("language", lambda value, _names: language_words(str(value))),
    "reports_expected": ("voluntary report expected from", _country),
    "reports_received": (
        "voluntary report received from",
        lambda value, _names: country_words(value["country"]),
    ),
    "outcomes": ("outcome published", _plain),
    "snapshots": ("readiness snapshot", lambda value, _names: _("number {number}", number=value["number"])),
    "moments": ("named moment", lambda value, _names: str(value["title"])),
    "notes": ("note", _plain),
    "editions": ("edition", lambda value, _names: value["edition"] or value["url"]),
    "uses": ("used", lambda value, names: use_place(value, names)),  # noqa: PLW0108 - defined below
    "reviews": ("looked at", lambda value, _names: _(labels.LOOKED[value["outcome"]])),
}


def use_place(use: dict[str, Any], names: Names) -> str:
    """Return where a product was used: the country, or the entity."""
    return country_words(use["country"]) if use.get("country") else names.name(use["entity"])


def target_words(target: dict[str, Any], names: Names) -> str:
    """Return what a target promises: ``2 diálogos``, ``1 to 2 contextos``."""
    unit = text_of(target["unit"], list(names.languages))[0]
    if target.get("max") and target["max"] != target["min"]:
        return _("{min} to {max} {unit}", min=target["min"], max=target["max"], unit=unit)
    return f"{target['min']} {unit}"
