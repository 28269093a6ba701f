"""What can be asked in an address: one schema per set of parameters, for reading them and for documenting them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast, get_args

import marshmallow as ma
from werkzeug.datastructures import MultiDict

from tracker.errors import Fault, RuleError
from tracker.events.catalogue import CATALOGUE
from tracker.events.dates import span
from tracker.events.schemas import PlainText
from tracker.events.vocabulary import (
    QUARTER,
    SLUG,
    SUBJECT_ID,
    SUBJECT_PATTERN,
    Assessment,
    Channel,
    Level,
    ProductKind,
    Rule,
    SessionKind,
    Status,
)
from tracker.projections.questions import SPELLINGS
from tracker.workplan.session import PROMISED

LARGEST = 2**53 - 1


class Said(PlainText):
    """A text in an address."""

    def __init__(self, words: str, pattern: str | None = None, longest: int = 100, **kwargs: Any) -> None:
        super().__init__(Rule(words, pattern, longest=longest), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if value == "":
            raise ma.ValidationError("is empty; leave it out, or say it")
        return super()._deserialize(value, attr, data, **kwargs)


class Time(Said):
    """A point in time; where the ``+`` of an offset was read as a space, it is put back."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, str) and "T" in value:
            value = value.strip().replace(" ", "+")
        return super()._deserialize(value, attr, data, **kwargs)


class Number(ma.fields.Integer):
    """A whole number in an address."""

    def __init__(self, words: str, least: int = 1, most: int = LARGEST, **kwargs: Any) -> None:
        self.words = f"{words}, from {least} to {most}" if most < LARGEST else f"{words}, at least {least}"
        described = {"description": self.words}
        super().__init__(validate=ma.validate.Range(least, most), metadata=described, **kwargs)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,16}", str(value)) or not self.least <= int(value) <= self.most:
            raise ma.ValidationError(f"is not {self.words}")
        return int(value)


class Choice(ma.fields.String):
    """One of a few words, in any case."""

    def __init__(self, words: str, choices: tuple[str, ...], **kwargs: Any) -> None:
        self.choices = {choice.casefold(): choice for choice in choices}
        described = {"description": words}
        super().__init__(validate=ma.validate.OneOf(choices), metadata=described, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if str(value).casefold() not in self.choices:
            raise ma.ValidationError(f"is none of: {', '.join(self.choices.values())}")
        return self.choices[str(value).casefold()]


class Nothing(ma.Schema):
    """No parameters."""


class Question(ma.Schema):
    """The moment asked about, on either or both axes."""

    as_of = Time(f"as we knew it then: {SPELLINGS}")
    effective_on = Time(
        "as we know it now, on that day: a date, `moment:<slug>` or a duration such as `-P3M`"
    )
    min_position = Number("wait up to 2 seconds until the log has this entry")


STATUSES = get_args(Status)
REGIONS = ("africa", "arab-states", "asia-pacific", "unece", "lac")
FILTERS: dict[str, ma.fields.Field[Any]] = {
    "entity": Said("the id of an entity that leads it or takes part", SLUG, 80),
    "workstream": Said("the id of a workstream", SUBJECT_ID, 40),
    "objective": Said(
        "an objective of the Compact, `8` or `20(b)`; a number finds its letters too", r"\d{1,2}(\([a-z]\))?"
    ),
    "country": Said("a country as ISO 3166-1 alpha-2, such as `KE`", r"[A-Za-z]{2}"),
    "region": Choice("a region", REGIONS),
    "quarter": Said("a quarter that its plan touches (window, due date, date)", QUARTER),
    "assessment": Choice("the self-assessment", get_args(Assessment)),
    "changed_since": Time("changed by entries after then, in any spelling of `as_of`"),
    "quiet_quarters": Number("without a report for so many finished quarters, or more", 1, 40),
}
STATUS: dict[str, tuple[str, ...]] = {
    "activities": STATUSES,
    "milestones": ("set", "reached", "cancelled"),
    "products": ("planned", "published", "retired"),
    "sessions": ("proposed", "scheduled", "held", "cancelled"),
    "reviews": ("planned", "held", "cancelled"),
}
APPLY: dict[str, tuple[str, ...]] = {
    "entities": ("workstream", "country", "region", "changed_since"),
    "commitments": ("changed_since",),
    "workstreams": ("entity", "objective", "country", "region", "changed_since"),
    "activities": tuple(FILTERS),
    "milestones": ("entity", "workstream", "quarter", "changed_since"),
    "products": ("entity", "workstream", "country", "changed_since"),
    "sessions": ("workstream", "objective", "country", "region", "quarter", "changed_since"),
    "reviews": ("country", "region", "quarter", "changed_since"),
    "moments": (),
}
"""Which filters each collection knows; ``status`` besides where STATUS lists some, and its OWN."""
OWN: dict[str, dict[str, ma.fields.Field[Any]]] = {
    "products": {"kind": Choice("the kind of product", get_args(ProductKind))},
    "sessions": {
        "kind": Choice("the kind of session", get_args(SessionKind)),
        "level": Choice("its level", get_args(Level)),
        "missing": Choice(
            "held, and without the material that is promised by holding it; `any`: of either kind",
            ("any", *PROMISED),
        ),
    },
}
"""Filters that only one collection knows."""


def filters_of(collection: str) -> type[ma.Schema]:
    """Return the parameters of a collection."""
    made: dict[str, Any] = {name: FILTERS[name] for name in APPLY[collection]}
    made |= OWN.get(collection, {})
    if collection in STATUS:
        made["status"] = Choice("the status", STATUS[collection])
    made["__doc__"] = f"Filters of {collection}."
    return type(f"{collection.title()}Filters", (Question,), made)


class History(Question):
    """Which entries of the history."""

    after = Number("go on after this position, in the order chosen", 0)
    limit = Number("at most so many entries", 1, 1000, load_default=100)
    subject = Said(
        "a subject such as `activity/3.2`, or a kind such as `activity`", rf"{SUBJECT_PATTERN}|[a-z]+", 90
    )
    type = Choice("an event type", tuple(CATALOGUE))
    actor = Said("who sent it: an opaque person id, `token:<id>` or `system:<part>`", r"[A-Za-z0-9:.-]+")
    entity = Said("the entity in whose voice it counts", SLUG, 80)
    channel = Choice("how it came in", get_args(Channel))
    correlation_id = Said("entries of one request", r"[A-Za-z0-9-]+")
    order = Choice("`asc` (default): oldest first; `desc`: newest first", ("asc", "desc"), load_default="asc")
    occurred_from = Said("happened on or after: a day, month, quarter or year", r"[0-9Q-]{4,10}")
    occurred_to = Said("happened on or before: a day, month, quarter or year", r"[0-9Q-]{4,10}")

    from_ = Time("recorded then or later, in any spelling of `as_of`", data_key="from")
    to = Time("recorded then or earlier, in any spelling of `as_of`")


class Live(ma.Schema):
    """Where the stream goes on."""

    after = Number(
        "go on after this position; the header `Last-Event-ID` comes before it; default the newest", 0
    )


class TimeMap(ma.Schema):
    """Which part of a TimeMap."""

    after = Number("go on after this position", 0, load_default=0)
    limit = Number("at most so many mementos", 1, 1000, load_default=1000)
    min_position = Number("wait up to 2 seconds until the log has this entry")


class Ends(ma.Schema):
    """The two points compared."""

    from_ = Time("the first point, `<as_of>[@<effective_on>]`", data_key="from", required=True)
    to = Time("the second point; default now", load_default="now")
    min_position = Number("wait up to 2 seconds until the log has this entry")


class Contributions(Question):
    """What was done on what, when; whose tags count."""

    country, objective, entity = (FILTERS[name] for name in ("country", "objective", "entity"))
    from_ = Said("done on or after: a day, month, quarter or year", r"[0-9Q-]{4,10}", data_key="from")
    to = Said("done on or before: a day, month, quarter or year", r"[0-9Q-]{4,10}")
    tagged = Choice(
        "`now` (default): by the tags at the moment asked about; `then`: by those of its day",
        ("now", "then"),
        load_default="now",
    )


class OneRound(Question):
    """Whose rows."""

    entity = Said("the id of a lead; default all", SLUG, 80)


class Since(Question):
    """Compared with which snapshot."""

    since = Number("the number of the snapshot to compare with", 1, 999_999)


class Inclusion(Question):
    """Which entry, in the tree of which size."""

    position = Number("the entry", required=True)
    size = Number("the size of the tree; default all entries")


class Consistency(Question):
    """Which two sizes of the tree."""

    first = Number("the smaller tree", required=True)
    second = Number("the larger tree; default all entries")


class Obligations(Question):
    """Whose reports about which quarter."""

    entity = Said("the id of a lead; default all that you act for, or all", SLUG, 80)
    quarter = Said("the quarter; default every open round, else the last quarter that ended", QUARTER)
    settled = Choice("`true`: also those that are reported already", ("true", "false"), load_default="false")


def span_of(said: str, name: str) -> tuple[str, str]:
    """Return the first and last day (ISO) of a day, month, quarter or year given as the parameter ``name``.

    Raises:
        RuleError: it is none of these.
    """
    try:
        first, last = span(said)
    except ValueError:
        raise RuleError(
            "`{name}` is not a day, month, quarter or year",
            name=name,
            field=name,
            value=said,
            way_out="Give one such as `2023-05-16`, `2023-05`, `2023-Q2` or `2023`.",
        ) from None
    return first.isoformat(), last.isoformat()


def read(schema: type[ma.Schema] | None, given: MultiDict[str, str]) -> dict[str, Any]:
    """Return the parameters of an address.

    Raises:
        RuleError: one is unknown, given twice, or not what it must be; says every fault at once.
    """
    if not given:
        return dict(_nothing_given(schema or Nothing))
    reader, known = _reader(schema or Nothing)
    twice = [name for name in given if len(given.getlist(name)) > 1]
    faults = [Fault(name, "is given twice; give it once", given.getlist(name)) for name in twice]
    try:
        loaded = cast("dict[str, Any]", reader.load(given.to_dict()))
    except ma.ValidationError as error:
        loaded = {}
        faults.extend(faults_in(error.messages, given, known))
    if faults:
        raise refusal(faults, known)
    return loaded


@cache
def _nothing_given(schema: type[ma.Schema]) -> dict[str, Any]:
    reader, known = _reader(schema)
    try:
        return cast("dict[str, Any]", reader.load({}))
    except ma.ValidationError as error:
        raise refusal(list(faults_in(error.messages, {}, known)), known) from error


@cache
def _reader(schema: type[ma.Schema]) -> tuple[ma.Schema, tuple[str, ...]]:
    """Return a schema made once, for making one takes 0.3 ms, and the names of its parameters."""
    made = schema(unknown=ma.RAISE)
    return made, tuple(field.data_key or name for name, field in made.fields.items())


def refusal(faults: list[Fault], known: tuple[str, ...]) -> RuleError:
    first = faults[0]
    return RuleError(
        "`{name}` {what}",
        name=first.pointer,
        what=first.message,
        field=first.pointer,
        value=first.value,
        faults=tuple(faults),
        way_out=f"It takes: {', '.join(sorted(known)) or 'no parameters'}. See /api/docs.",
    )


def faults_in(
    messages: Any, given: Mapping[str, Any], known: tuple[str, ...], lead: str = ""
) -> Iterator[Fault]:
    """Yield what marshmallow found wrong with flat parameters; ``lead`` stands before each name."""
    for name, said in messages.items():
        for message in said if isinstance(said, list) else [str(said)]:
            what = str(message)
            if what == "Unknown field.":
                close = difflib.get_close_matches(str(name), known, n=1)
                what = "is no parameter here" + (f"; did you mean `{close[0]}`?" if close else "")
            elif what == "Missing data for required field.":
                what = "is missing"
            yield Fault(f"{lead}{name}", what, given.get(name))
