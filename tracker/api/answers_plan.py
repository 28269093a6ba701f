"""What answers about the plan look like: workplans, subjects, moments, the whole state."""

from __future__ import annotations

from marshmallow import fields

from tracker.api.answers import (
    About,
    ActivityLead,
    Evidence,
    FocalPoint,
    LastReport,
    Lead,
    Participant,
    Quarters,
    Shape,
    SourcedWindow,
    Subitem,
    Subject,
    anything,
    boolean,
    integer,
    integers,
    nested,
    record,
    string,
    strings,
    table,
    wording,
)


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


class Edition(Shape):
    """One appearance of a product."""

    position = integer()
    on = string("the day")
    languages = strings()
    edition = string(null=True)
    url = string(null=True)


class Use(Shape):
    """Where a product was used: in a country, or by an entity."""

    position = integer()
    on = string("the day")
    country = string(null=True)
    entity = string(null=True)
    by = string("who used it", null=True)
    url = string(null=True)


class ProductReview(Shape):
    """One time its steward looked at a product."""

    position = integer()
    on = string("the day")
    outcome = string("`current`, `needs_update` or `retired`")


class Product(Subject):
    """Something that stays after the activities that made it."""

    title = anything("a text, or texts by language")
    kind = string()
    activities = strings()
    status = string("`planned`, `published` or `retired`")
    languages = strings()
    url = string("of the newest edition", null=True)
    steward = string("the entity that keeps it usable", null=True)
    sustain_note = string("how it stays usable", null=True, required=False)
    review_on = string("when its steward looks at it again", null=True)
    review_due = boolean("that day, or a year since the last look, is over")
    published_on = string(null=True)
    editions = table(Edition)
    uses = table(Use)
    reviews = table(ProductReview)


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
    keys = strings("verifier keys, in the order in which they took over")
    last_signed = record("the largest head that was signed", null=True)
    position = integer()
    recorded_at = string()


class Counts(Shape):
    """How much is in the plan; what was withdrawn is not counted."""

    entities = integer()
    commitments = integer()
    workstreams = integer()
    activities = integer()
    milestones = integer()
    products = integer()
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
    products = table(Product)
    sessions = table(Session)
    reviews = table(Review)
