"""From the JSON of a request to a wish: every fault is named with its place, its value and the way out."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

import marshmallow as ma

from tracker.errors import Fault, RuleError
from tracker.events.catalogue import AMENDING, CATALOGUE, EntryCorrected, EventData
from tracker.events.event import Event, Wish
from tracker.events.schemas import Either, PlainText, Whole, data_schema, schema_for
from tracker.events.sealing import Sealer, seal_data
from tracker.events.shapes import from_json, to_json
from tracker.events.vocabulary import OnBehalfOf, Rule, Sealed, Source, field_rules

_RULES = field_rules()


class EnvelopeSchema(ma.Schema):
    """What stands beside the data of one event in a request."""

    class Meta:
        """Unknown fields are refused."""

        unknown = ma.RAISE

    type = ma.fields.String(required=True, metadata={"description": "an event type of the catalogue"})
    subject = PlainText(_RULES["subject"], required=True)
    occurred_on = PlainText(_RULES["occurred_on"])
    reason = PlainText(_RULES["reason"])
    entity = PlainText(_RULES["entity"])
    on_behalf_of = ma.fields.Nested(schema_for(OnBehalfOf), unknown=ma.RAISE)
    decided_at = PlainText(_RULES["decided_at"])
    expected_version = Whole(Rule("the subject's version before this request; 0 means new", minimum=0))
    data = ma.fields.Dict(keys=ma.fields.String(), metadata={"description": "the data of the type"})


_ENVELOPE = EnvelopeSchema()


def read_wishes(raw: Any, sealer: Sealer, source: Source | None = None) -> tuple[list[Wish], bool]:
    """Return the wishes of a request body and whether it was an array.

    Raises:
        RuleError: with one fault per thing wrong, each with its JSON pointer.
    """
    items = raw if isinstance(raw, list) else [raw]
    if not items:
        raise RuleError(
            "the list of events is empty",
            value=[],
            way_out="Send at least one event.",
            faults=(Fault("", "is empty", []),),
        )
    if len(items) > MOST_AT_ONCE:
        raise RuleError(
            "{count} events in one request are more than {most}",
            count=len(items),
            most=MOST_AT_ONCE,
            way_out="Send them in several requests.",
        )
    wishes: list[Wish] = []
    faults: list[Fault] = []
    for index, item in enumerate(items):
        pointer = f"/{index}" if isinstance(raw, list) else ""
        try:
            wishes.append(read_wish(item, sealer, pointer, source))
        except RuleError as error:
            faults.extend(error.faults)
    if faults:
        raise refusal(faults)
    return wishes, isinstance(raw, list)


MOST_AT_ONCE = 1000


def read_wish(raw: Any, sealer: Sealer, pointer: str = "", source: Source | None = None) -> Wish:
    """Return one wish from plain JSON, its redactable texts sealed."""
    if not isinstance(raw, dict):
        raise refusal([Fault(pointer, "is not an object with `type`, `subject` and `data`", raw)])
    faults: list[Fault] = []
    envelope: dict[str, Any] = {}
    try:
        envelope = cast("dict[str, Any]", _ENVELOPE.load(raw))
    except ma.ValidationError as error:
        faults.extend(_faults(error.messages, raw, pointer, _ENVELOPE.fields))
    declared = CATALOGUE.get(str(raw.get("type")))
    if declared is None and isinstance(raw.get("type"), str):
        faults.append(
            Fault(f"{pointer}/type", "is no event type" + _guess(raw["type"], CATALOGUE), raw["type"])
        )
    kind = str(raw.get("subject", "")).partition("/")[0]
    if declared and isinstance(raw.get("subject"), str) and declared.kind not in {"any", kind}:
        words = f"{declared.type} is said of {_article(declared.kind)}, such as `{EXAMPLES[declared.kind]}`"
        faults.append(Fault(f"{pointer}/subject", words, raw["subject"]))
    data: EventData | None = None
    said = raw.get("data", {})
    if declared and isinstance(said, dict):
        try:
            data = read_data(declared.type, said, sealer, str(raw.get("subject")), f"{pointer}/data")
        except RuleError as error:
            faults.extend(error.faults)
    if faults or data is None:
        raise refusal(faults)
    reason = envelope.get("reason")
    behalf = envelope.get("on_behalf_of")
    return Wish(
        subject=envelope["subject"],
        data=data,
        occurred_on=envelope.get("occurred_on"),
        entity=envelope.get("entity"),
        on_behalf_of=OnBehalfOf(**behalf) if behalf else None,
        reason=Sealed(**sealer.seal(reason)) if reason else None,
        decided_at=envelope.get("decided_at"),
        expected_version=envelope.get("expected_version"),
        source=source,
    )


def read_data(
    event_type: str, raw: Mapping[str, Any], sealer: Sealer, subject: str, pointer: str = "/data"
) -> EventData:
    """Return the typed data of an event about ``subject`` from plain JSON, its redactable texts sealed."""
    declared = CATALOGUE[event_type]
    schema = data_schema(event_type)
    try:
        loaded = cast("dict[str, Any]", schema.load(dict(raw)))
    except ma.ValidationError as error:
        raise refusal(list(_faults(error.messages, raw, pointer, schema.fields))) from error
    if declared.data in AMENDING:
        reason = loaded.get("reason")
        sealed = loaded | ({"reason": sealer.seal(reason)} if reason else {})
        if "authority" in loaded:
            sealed["authority"] = sealer.seal(loaded["authority"])
        return cast("EventData", from_json(declared.data, sealed))
    return cast("EventData", from_json(declared.data, seal_data(declared.data, loaded, sealer, subject)))


def shape_correction(wish: Wish, target: Event, sealer: Sealer) -> Wish:
    """Return a correction with its data validated and sealed as its target's type asks for.

    Raises:
        RuleError: the data does not fit that type.
    """
    correction = wish.data
    if (
        not isinstance(correction, EntryCorrected)
        or correction.data is None
        or isinstance(target.data, AMENDING)
    ):
        return wish
    typed = read_data(target.type, correction.data, sealer, target.subject, "/data/data")
    return replace(wish, data=replace(correction, data=to_json(typed)))


EXAMPLES = {
    "workplan": "workplan",
    "entity": "entity/oim",
    "commitment": "commitment/4",
    "workstream": "workstream/3",
    "activity": "activity/3.2",
    "milestone": "milestone/first-draft",
    "product": "product/practical-guide",
    "session": "session/gcm-talks-1",
    "review": "review/africa",
    "round": "round/2023-Q2",
}


def refusal(faults: list[Fault]) -> RuleError:
    first = faults[0]
    return RuleError(
        "{where}: {what}" if first.pointer else "{what}",
        where=first.pointer,
        what=first.message,
        field=first.pointer,
        value=first.value,
        way_out="See docs/events.md, or /api/docs on a running system, for the fields of each type.",
        faults=tuple(faults),
    )


Fields = Mapping[str, ma.fields.Field[Any]]


def _faults(messages: Any, raw: Any, pointer: str, known: Fields) -> Iterator[Fault]:
    """Yield what marshmallow found; ``known`` are the fields of the object at ``pointer``."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            if key == "_schema" or (
                key in {"value", "key"} and not (isinstance(raw, Mapping) and key in raw)
            ):
                yield from _faults(inner, raw, pointer, known)
                continue
            within = known if inner == ["Unknown field."] or isinstance(key, int) else _fields(known.get(key))
            yield from _faults(inner, _inside(raw, key), f"{pointer}/{_escaped(key)}", within)
        return
    for message in messages if isinstance(messages, list) else [messages]:
        said = str(message)
        if said == "Unknown field.":
            said = "is not a field of this type" + _guess(pointer.rpartition("/")[2], known)
        elif said == "Missing data for required field.":
            said = "is missing"
        yield Fault(pointer, said, raw)


def _fields(field: Any) -> Fields:
    """Return the fields of the objects that a field, or a list of them, may hold."""
    match field:
        case ma.fields.List():
            return _fields(field.inner)
        case Either():
            return _fields(field.record)
        case ma.fields.Nested():
            return cast("Fields", field.schema.fields)
        case _:
            return {}


def _escaped(key: Any) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


def _inside(raw: Any, key: Any) -> Any:
    if isinstance(raw, Mapping):
        return raw.get(key)
    if isinstance(raw, list) and isinstance(key, int) and key < len(raw):
        return raw[key]
    return None


def _guess(said: str, known: Any) -> str:
    close = difflib.get_close_matches(said, list(known), n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _article(kind: str) -> str:
    return "the workplan" if kind == "workplan" else f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
