"""What answers look like, for the OpenAPI document and for the tests that hold real answers against it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields


class Shape(ma.Schema):
    """An answer: nothing stands in it that is not documented."""

    class Meta:
        """Fields beyond these would be a fault."""

        unknown = ma.RAISE


def string(words: str = "", *, null: bool = False, required: bool = True) -> fields.String:
    return fields.String(required=required, allow_none=null, metadata=_said(words))


def integer(words: str = "", *, null: bool = False, required: bool = True) -> fields.Integer:
    return fields.Integer(required=required, allow_none=null, metadata=_said(words))


def boolean(words: str = "", *, null: bool = False, required: bool = True) -> fields.Boolean:
    return fields.Boolean(required=required, allow_none=null, metadata=_said(words))


def strings(words: str = "", *, required: bool = True) -> fields.List[Any]:
    return fields.List(fields.String(), required=required, metadata=_said(words))


def integers(words: str = "", *, required: bool = True) -> fields.List[Any]:
    return fields.List(fields.Integer(), required=required, metadata=_said(words))


def table(shape: type[ma.Schema], words: str = "", *, required: bool = True) -> fields.List[Any]:
    return fields.List(fields.Nested(shape), required=required, metadata=_said(words))


def nested(shape: type[ma.Schema], *, null: bool = False, required: bool = True) -> fields.Nested:
    return fields.Nested(shape, required=required, allow_none=null)


def record(words: str = "", *, null: bool = False, required: bool = True) -> fields.Dict:
    return fields.Dict(required=required, allow_none=null, metadata=_said(words))


def anything(words: str = "", *, required: bool = True) -> fields.Raw:
    return fields.Raw(required=required, allow_none=True, metadata=_said(words))


def _said(words: str) -> dict[str, Any]:
    return {"description": words} if words else {}


def wording(
    words: str = "the text by language; `unofficial` lists translations that are ours", **more: Any
) -> fields.Dict:
    return record(words, **more)


# ---------------------------------------------------------------------------------------------------- every answer


class Question(Shape):
    """The question as it was understood."""

    as_of = string(null=True)
    effective_on = string(null=True)
    position = integer("the newest entry that the answer rests on")
    recorded_at = string("when the log learned it")
    zone = string()
    words = string("the question in words")


class About(Shape):
    """What every answer says besides."""

    question = nested(Question)
    simulated = boolean("the workplan is a demonstration", required=False)
    withheld = strings("fields that this reader does not get", required=False)
    redacted = strings("JSON pointers of texts that were removed for ever; they are null", required=False)


class Page(About):
    """A list. ``next`` is null at its end."""

    position = integer()
    recorded_at = string()
    next = integer("go on `after` this", null=True)


def page(name: str, item: type[ma.Schema]) -> type[ma.Schema]:
    """Return the shape of a list of items."""
    return type(name, (Page,), {"items": table(item), "__doc__": f"A list of {item.__name__}."})


class Subject(Shape):
    """What the state of every subject says of itself."""

    id = string()
    version = integer("how many entries there are about it")
    position = integer("its own last entry")


def single(shape: type[ma.Schema]) -> type[ma.Schema]:
    """Return the shape of the answer about one subject: its state, and what every answer says besides."""
    return type(f"One{shape.__name__}", (shape, About), {"__doc__": shape.__doc__})


# ---------------------------------------------------------------------------------------------------- small values


class Quarters(Shape):
    """A window: two quarters, both included."""

    from_ = fields.String(data_key="from", required=True)
    to = string()


class SourcedWindow(Quarters):
    """A window, and where it was read or decided."""

    source = string()


class Evidence(Shape):
    """A link to what shows that something was done."""

    kind = string()
    url = string()
    title = string(required=False)
    country = string(required=False)


class ReportOf(Shape):
    """A report about a quarter."""

    position = integer()
    quarter = string()
    entity = string(null=True)
    occurred_on = string()
    recorded_at = string()
    no_change = boolean(required=False)
    status = string(null=True, required=False)
    assessment = string(null=True, required=False)
    reason = string(null=True, required=False)
    note = string(null=True, required=False)
    needs = string(null=True, required=False)
    evidence = table(Evidence, required=False)
    regions = strings(required=False)
    countries = strings(required=False)
    objectives = strings(required=False)


class LastReport(Shape):
    """The newest report, whatever it said."""

    quarter = string()
    occurred_on = string()
    recorded_at = string()
    entity = string(null=True)


class Subitem(Shape):
    """A part of an activity."""

    key = string("its printed label, else 1, 2, 3")
    label = string(null=True)
    text = wording()
    status = string()
    withdrawn = boolean()


class Lead(Shape):
    """An entity that leads, as printed."""

    entity = string()
    printed = string(null=True, required=False)


class ActivityLead(Shape):
    """An entity that leads one activity."""

    activity = string()
    entity = string()


class Participant(Lead):
    """An entity that takes part, as printed."""

    represented_by = strings(required=False)


class FocalPoint(Shape):
    """Somebody who acts for an entity; names live in the directory."""

    entity = string()
    person = string(required=False)
    workstream = string(required=False)
