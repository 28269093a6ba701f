"""What answers about reporting, readiness, people, tokens and the service look like."""

from __future__ import annotations

from marshmallow import INCLUDE, fields

from tracker.api.answers import (
    About,
    FocalPoint,
    ReportOf,
    Shape,
    SourcedWindow,
    boolean,
    integer,
    integers,
    nested,
    page,
    record,
    string,
    strings,
    table,
    wording,
)
from tracker.api.answers_log import Doer


class Figures(Shape):
    """How many reports were expected and how many there are."""

    expected = integer()
    reported = integer("no change included")
    no_change = integer()
    on_time = integer()
    late = integer()
    awaited = integer()
    excused = integer()


class FiguresOf(Figures):
    """Figures of one workstream (activities) or one lead (rows)."""

    workstream = string(required=False)
    entity = string(required=False)


class RoundRow(Shape):
    """One activity and one of its leads."""

    activity = string()
    workstream = string()
    entity = string()
    asked_first = boolean()
    state = string("`reported`, `no_change`, `not_reported`, `excused`")
    on_time = boolean(null=True)
    days_late = integer(null=True)
    disputed = boolean("its leads' latest reports differ")
    no_change_quarters = integer("reported quarters on end in which nothing changed")
    report = nested(ReportOf, null=True)
    letters = fields.List(fields.Dict(), required=True)
    requested = fields.List(fields.Dict(), required=True)


class Round(Shape):
    """A reporting round."""

    id = string()
    opens = string()
    due = string()
    closes = string()
    closed = boolean()
    extensions = integer()
    steps = fields.List(fields.Dict(), required=True)
    letters = record("how many letters had which outcome")
    figures = nested(Figures)
    version = integer()
    position = integer()


class OneRound(Round, About):
    """A reporting round, row by row."""

    by_workstream = table(FiguresOf)
    by_entity = table(FiguresOf)
    rows = table(RoundRow)


class Rates(Shape):
    """Figures of all rounds together."""

    figures = nested(Figures)
    by_workstream = table(FiguresOf)
    by_entity = table(FiguresOf)


class Rounds(page("RoundList", Round)):  # type: ignore[misc]
    """The rounds there were."""

    rates = nested(Rates)


class Obligation(Shape):
    """A report that is owed."""

    quarter = string()
    due = string(null=True)
    activity = string()
    workstream = string()
    text = wording()
    entity = string()
    asked_first = boolean()
    state = string()
    settled_by = nested(ReportOf, null=True)
    version = integer("send it as `expected_version`")
    status = string()
    assessment = string(null=True, required=False)
    window = nested(SourcedWindow, null=True)
    targets = fields.List(fields.Dict(), required=True, allow_none=True)
    done = record()
    last_report = nested(ReportOf, null=True)
    allowed = fields.List(fields.Dict(), required=True)
    assessments = fields.List(fields.Dict(), required=True)
    body = record("ready to post: that nothing changed", required=False)


class Person(Shape):
    """A person of the directory."""

    person = string()
    name = string(null=True)
    email = string(null=True)
    language = string()
    roles = strings()
    focal_points = table(FocalPoint)
    muted = boolean()
    suspended = boolean()
    bounced = boolean("the address takes no mail: a letter came back")


class NamingText(Shape):
    """A text beside the log that holds a person's name or address, in any case."""

    workplan = string()
    position = integer()
    field = string("its JSON pointer, as TextRedacted takes it")


class Erased(Shape):
    """What erasing a person did, and what it leaves to be decided."""

    person = string()
    released = strings("where it was focal point")
    texts = table(NamingText)


class Identity(Shape):
    """An account at a sign-in provider."""

    issuer = string()
    subject = string()
    linked_at = string()


class Identities(Shape):
    """The accounts of a person."""

    items = table(Identity)
    next = integer(null=True)


class OwnData(Shape):
    """Everything that is held about a person."""

    person = string()
    name = string(null=True)
    email = string(null=True)
    language = string()
    muted = boolean()
    roles = fields.List(fields.Dict(), required=True)
    workplans = strings()
    identities = table(Identity)
    tokens = fields.List(fields.Dict(), required=True)
    calendars = fields.List(fields.Dict(), required=True)
    webhooks = fields.List(fields.Dict(), required=True)
    letters = fields.List(fields.Dict(), required=True)
    drafts = fields.List(fields.Dict(), required=True)
    texts = table(NamingText)


class HandedOver(Shape):
    """What moved to another focal point."""

    seats = table(FocalPoint)
    letters = strings("letters to the new focal point")
    alone = strings("leads that have nobody left who can be written to")


class People(Shape):
    """People with a role here."""

    items = table(Person)
    next = integer(null=True)


class Token(Shape):
    """A token; ``token`` is the secret, shown once."""

    id = string()
    prefix = string()
    role = string()
    person = string(null=True)
    entities = strings()
    workstreams = strings()
    scopes = strings()
    created_at = string()
    expires_at = string()
    last_used_on = string(null=True)
    revoked_at = string(null=True)
    token = string(required=False)


class Tokens(Shape):
    """The tokens of a workplan."""

    items = table(Token)
    next = integer(null=True)


class Job(Shape):
    """The last run of a job of this installation."""

    job = string()
    started_at = string()
    ended_at = string(null=True)
    outcome = string("`done` or `failed`; null while it runs, and after one that was killed", null=True)
    said = string("what it did, or why it failed", null=True)
    next_at = string("when it is due again", null=True)


class Jobs(Shape):
    """What runs by itself."""

    items = table(Job)
    next = integer(null=True)


class Calendar(Shape):
    """A calendar address of one's own; ``address`` is the secret, shown once."""

    id = string()
    scope = string("`all`, `workstream`, `region` or `deadlines`")
    value = string("of which workstream or region", null=True)
    created_at = string()
    address = string(required=False)


class Calendars(Shape):
    """One's own calendar addresses."""

    items = table(Calendar)
    next = integer(null=True)


class Readiness(About):
    """The live readiness of a region: the picture with labels."""

    class Meta:
        """The picture's own form is described in docs/readiness.md."""

        unknown = INCLUDE

    position = integer()
    recorded_at = string()
    region = string()
    rules = string()
    counts = record("lines by status")
    lines = fields.List(fields.Dict(), required=True)


class LineChange(Shape):
    """A line of readiness, before and after; changed without an entry where only days passed."""

    line = string()
    label = record()
    was = string(null=True)
    is_ = fields.String(data_key="is", required=True, allow_none=True)
    is_changed = boolean()
    gained = fields.List(fields.Dict(), required=True, metadata={"description": "new evidence"})
    lost = fields.List(fields.Dict(), required=True, metadata={"description": "evidence that is gone"})
    found = fields.List(fields.Dict(), required=True, metadata={"description": "no longer missing"})
    newly_missing = fields.List(fields.Dict(), required=True)
    objectives = fields.List(
        fields.Dict(), required=True, metadata={"description": "those with another status"}
    )
    events = integers("the entries that did it")


class SnapshotChanges(About):
    """What changed in a snapshot since another."""

    position = integer()
    recorded_at = string()
    region = string()
    number = integer()
    since = integer("the number of the other")
    is_backwards = boolean("the other is the later one")
    at_position = integer("of the other")
    day = string("of the other")
    changed = integer("how many lines changed")
    rules_changed = boolean()
    lines = table(LineChange)
    entries = table(Doer, "the entries that did it, told")


class Snapshot(Shape):
    """A frozen snapshot, without its picture."""

    number = integer()
    position = integer()
    at_position = integer("the entry that it shows the plan at")
    size = integer()
    root = string()
    rules = string()
    sha256 = string("of the frozen bytes")
    signed_off_by = string("an opaque person id", required=False)
    taken_at = string()


class OneSnapshot(About):
    """A frozen snapshot with its picture."""

    snapshot = nested(Snapshot)
    picture = record("as frozen: ids and hashes, no names and no texts")
    corrections = fields.List(fields.Dict(), required=True)


class Health(Shape):
    """Whether the system is alive or ready."""

    status = string()
    checks = record(required=False)


Snapshots = page("Snapshots", Snapshot)
Obligations = page("Obligations", Obligation)
