"""What answers about the course of time look like: timelines, trends."""

from __future__ import annotations

from marshmallow import fields

from tracker.api.answers import (
    About,
    Shape,
    anything,
    boolean,
    integer,
    integers,
    nested,
    page,
    record,
    string,
    strings,
    table,
)
from tracker.api.answers_log import Doer, FieldChange


class Told(Doer):
    """An entry as it counts: its date and reason are those of its corrections."""

    entity = string("in whose voice it counts", null=True, required=False)
    stands_on = string("the day at which it stands in the timeline")


class Row(Told):
    """An entry and what it changed."""

    changes = table(FieldChange)


class Promise(Told):
    """A date that something was promised for: the one before, this one, and the days between their ends."""

    old = anything()
    new = anything()
    old_day = string("the last day promised", null=True)
    new_day = string("the last day promised", null=True)
    moved_days = integer("later is positive", null=True)


class Trend(Shape):
    """How the date of one subject moved."""

    subject = string()
    id = string()
    title = anything("null where it has none of its own")
    status = string(null=True)
    ended_on = string("the day it was reached or held", null=True)
    first = anything("the first date promised")
    now = anything("the date promised last")
    slipped_days = integer("from the first to the last; later is positive", null=True)
    points = table(Promise)


Trends = page("Trends", Trend)


class Timeline(About):
    """What every timeline says."""

    position = integer()
    recorded_at = string()


class SubjectTimeline(Timeline):
    """A subject's entries in the order of its timeline; the trend of its date where it has one."""

    subject = string()
    rows = table(Row)
    trend = nested(Trend, required=False)


class Quarter(Shape):
    """One quarter of an activity, planned against actual."""

    quarter = string()
    planned = boolean("by the window last known; null where there is none", null=True)
    planned_first = boolean("by the first window", null=True)
    status = string(
        "at its end, or on the day asked about; null before the activity and for what is to come", null=True
    )
    assessment = string(null=True, required=False)
    withdrawn = boolean(null=True)
    is_over = boolean()
    reporting = string(
        "reported, no_change, not_reported, excused, not_expected; null while it lasts", null=True
    )
    reports = integers("the entries that reported about it", required=False)


class ActivityTimeline(SubjectTimeline):
    """An activity over time: every window it ever had, each quarter, its entries."""

    windows = table(Promise)
    quarters = table(Quarter)


class DayCounts(Shape):
    """How many activities stood how on a day, as known at the moment asked about and as known on that day."""

    on = string()
    quarter = string()
    position = integer("the last entry recorded by then; null before the log began", null=True)
    as_known_now = record("`{status: count}`; `withdrawn` ones are removed from the plan")
    as_known_then = record("null before the log began", null=True)


class QuarterLag(Shape):
    """How many days the log learned later of what happened in a quarter."""

    quarter = string()
    count = integer()
    median = integer(null=True)
    p90 = integer(null=True)


class Lag(Shape):
    """How many days lay between happening and recording, of what people recorded."""

    count = integer()
    median = integer(null=True)
    p90 = integer(null=True)
    by_quarter = table(QuarterLag)


class PlanTimeline(Timeline):
    """A plan over time."""

    statuses = table(DayCounts)
    lag = nested(Lag)


class DoneLink(Shape):
    """A link to what was done."""

    url = string()
    kind = string(required=False)
    title = string(required=False)


class Contribution(Shape):
    """Something done: a report, a session held, a product published or used, a voluntary report received."""

    kind = string("report, session, product, use, voluntary_report")
    on = string("the day at which it stands")
    occurred_on = string("as it was said")
    position = integer()
    recorded_at = string()
    subject = string()
    id = string()
    title = anything()
    workstreams = strings()
    entity = string("in whose voice it is told", null=True)
    links = table(DoneLink)
    quarter = string(null=True, required=False)
    status = string(null=True, required=False)
    note = string(null=True, required=False)
    country = string(required=False)
    countries = fields.List(fields.String(), allow_none=True)
    objectives = fields.List(fields.String(), allow_none=True)
    user = string("the entity that used it", null=True, required=False)


class Applying(Contribution):
    """A contribution that applies, and whose word that is, by filter: report, link, activity, workstream and so on."""

    because = record()


class Untagged(Contribution):
    """A contribution of which nobody said whether it applies."""

    missing = strings("the filters that nobody said anything about")


class Contributions(Timeline):
    """What was done, by date; how much of what kind; and what may also apply."""

    asked = record()
    items = table(Applying)
    counts = record("by kind, and of different links")
    may_also_apply = integer("how many are untagged and may apply")
    untagged = table(Untagged)


class Piece(Shape):
    """A piece of a snippet."""

    text = string()
    is_match = boolean("this is what was looked for")


class Hit(Shape):
    """A subject, or an entry about it, and the best of its texts that fit."""

    subject = string()
    id = string()
    title = anything("what the subject is called; null where it has no title")
    position = integer("the entry since which the text stands, or that says it")
    field = string("where the text stands")
    language = string("the language of the text where it is known", null=True)
    snippet = table(Piece)


class FoundGroup(Shape):
    """What was found of one kind."""

    kind = string("a kind of subject, or `entry`")
    count = integer("how many of them fit, among the best 2,000 texts")
    items = table(Hit)


class Found(About):
    """What was found, by kind."""

    position = integer()
    recorded_at = string()
    q = string()
    searched_to = integer("the newest entry that could be found")
    groups = table(FoundGroup)
