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


# -------------------------------------------------------------------------------------------------------- subjects


class Entity(Subject):
    """An organisation, or a natural person printed in the plan."""

    names = record("names by language; those redacted are null")
    kind = string()
    category = string(null=True)
    printed = fields.List(fields.String(allow_none=True), required=True)
    retired = boolean()
    country = string(required=False)
    region = string(required=False)
    champion = record(required=False)
    leads = strings("workstreams")
    participates = strings("workstreams")


class CommitmentReport(Shape):
    """What was done about it."""

    position = integer()
    occurred_on = string()
    note = string(null=True)
    links = strings()


class Commitment(Subject):
    """What the Network as a whole undertook."""

    text = wording()
    reports = table(CommitmentReport, required=False)


class Workstream(Subject):
    """A workstream with who leads it and who takes part."""

    number = string()
    title = wording()
    category = string("`new` or `ongoing`")
    component = string(null=True)
    preamble = wording(null=True)
    leads = table(Lead)
    participants = table(Participant)
    focal_points = table(FocalPoint, required=False)
    activity_leads = table(ActivityLead)
    declaration_paragraphs = integers()
    tags = record("what is absent is unknown, `[]` means none")
    notes = strings()
    activities = strings()
    withdrawn = boolean()


class Activity(Subject):
    """An activity on its three axes: lifecycle, self-assessment, reporting."""

    workstream = string()
    number = string()
    text = wording()
    subitems = table(Subitem)
    status = string("the lifecycle")
    assessment = string("the self-assessment while in progress", null=True, required=False)
    assessment_reason = string(null=True, required=False)
    disputed = boolean("the leads' latest reports differ; the more cautious counts", required=False)
    reports_by_entity = record("the latest report of each lead", required=False)
    window = nested(SourcedWindow, null=True)
    targets = fields.List(fields.Dict(), required=True, allow_none=True)
    done = record("the total per target")
    sessions_counted = integer("held sessions that count by themselves")
    nature = string(null=True)
    tags = record("what is absent is unknown, `[]` means none")
    links = fields.List(fields.Dict(), required=True)
    leads = strings()
    last_report = nested(LastReport, null=True)
    evidence = table(Evidence)
    excused = strings("quarters for which no report is expected")
    closed_out = record(null=True)
    overdue = boolean("past its window")
    withdrawn = boolean("removed from the plan's text")
    replaced_by = string(null=True)


class Milestone(Subject):
    """Something due."""

    title = anything("a text, or texts by language")
    due = anything("as precisely as it is planned, or a window")
    original_due = anything("the first promise")
    status = string()
    overdue = boolean()
    activity = string(null=True)
    workstream = string(null=True)
    commitment = string(null=True)
    evidence = table(Evidence)
    reached_on = string(null=True)


class Session(Subject):
    """A meeting, talk or training."""

    kind = string()
    title = anything("a text, or texts by language")
    status = string()
    level = string(null=True)
    region = string(null=True)
    country = string(null=True)
    window = nested(Quarters, null=True)
    starts_at = string("local to `zone` unless it carries an offset", null=True)
    ends_at = string(null=True)
    zone = string(null=True)
    mode = string(null=True)
    languages = strings()
    audience = string(null=True)
    rule = string(null=True)
    workstreams = strings()
    objectives = strings()
    original_start = string(null=True)
    attendance = record("how many of each group", null=True)
    counts_for = strings("activities")
    materials = fields.List(fields.Dict(), required=True)
    missing_materials = strings("what was promised by holding it and is not there")
    held_on = string(required=False)


class ReviewDates(Shape):
    """When a review is to take place: a window, or days."""

    window = nested(Quarters, null=True)
    starts_on = string(null=True)
    ends_on = string(null=True)


class Rescheduling(Shape):
    """One move of a review."""

    position = integer()
    on = string()
    old = nested(ReviewDates)
    new = nested(ReviewDates)
    reason = string(null=True, required=False)


class Review(Subject):
    """A regional review; its id is the region."""

    planned = nested(ReviewDates)
    current = nested(ReviewDates)
    status = string()
    place = string(null=True)
    commission = string()
    reschedulings = table(Rescheduling)
    reports_expected = strings("countries")
    reports_received = fields.List(fields.Dict(), required=True)
    findings = fields.List(fields.Dict(), required=False)
    snapshots = fields.List(fields.Dict(), required=True)
    outcomes = strings()
    held_on = string(required=False)


class Moment(Shape):
    """A named instant. Ask for it with ``as_of=moment:<id>``."""

    id = string()
    title = string()
    at = string("a day means its end in the workplan's zone")
    position = integer("the entry that it resolves to", null=True)
    recorded_at = string(null=True)
    as_of = string("how to ask for it")


class OneMoment(Moment, About):
    """A named instant."""


class TreeHead(Shape):
    """Size and root of the log's tree; ``signed`` is the signed note where that size was signed."""

    size = integer()
    root = string("lower-case hex")
    signed = string(null=True)
    seal = string("the short form printed in letters")


class TreeHeadAnswer(TreeHead, About):
    """The tree head at a moment."""

    origin = string("the name of this log, for ever")
    position = integer()
    recorded_at = string()


class Counts(Shape):
    """How much is in the plan; what was withdrawn is not counted."""

    entities = integer()
    commitments = integer()
    workstreams = integer()
    activities = integer()
    milestones = integer()
    sessions = integer()
    reviews = integer()
    subitems = integer()
    lead_entities = integer()
    lead_roles = integer()
    statuses = record("activities by status")


class Workplan(Shape):
    """A workplan."""

    id = string()
    title = wording()
    period = nested(Quarters)
    zone = string()
    languages = strings()
    origin = string()
    public = boolean()
    closed = boolean()
    counts = nested(Counts)
    position = integer()
    recorded_at = string()
    tree_head = nested(TreeHead)
    simulated = boolean()
    href = string(required=False)


class OneWorkplan(Workplan, About):
    """A workplan."""

    simulated = boolean()


class Workplans(Shape):
    """The workplans that the reader may read."""

    items = table(Workplan)
    next = integer(null=True)


class State(About):
    """The whole plan."""

    position = integer()
    recorded_at = string()
    entities = table(Entity)
    commitments = table(Commitment)
    workstreams = table(Workstream)
    activities = table(Activity)
    milestones = table(Milestone)
    products = fields.List(fields.Dict(), required=True)
    sessions = table(Session)
    reviews = table(Review)
