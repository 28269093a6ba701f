"""What answers about the log, reporting and the desks look like; the rest is in ``answers``."""

from __future__ import annotations

from marshmallow import INCLUDE, fields

from tracker.api.answers import (
    About,
    FocalPoint,
    ReportOf,
    Shape,
    SourcedWindow,
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
    wording,
)


class Speaker(Shape):
    """In whose voice an entry counts; never a person."""

    entity = string(null=True)
    role = string()
    display = string()


class Entry(Shape):
    """An entry of the log as readers see it."""

    workplan = string()
    position = integer()
    subject = string()
    version = integer()
    type = string()
    schema = integer()
    occurred_on = string()
    recorded_at = string()
    actor = string("an opaque person id, `token:<id>` or `system:<part>`")
    channel = string()
    data = record()
    entity = string(required=False)
    on_behalf_of = record(required=False)
    reason = string(null=True, required=False)
    decided_at = string(required=False)
    source = record(required=False)
    correlation_id = string(required=False)
    causation_id = string(required=False)
    speaker = nested(Speaker)
    leaf_hash = string()
    corrected_by = integers(required=False)
    retracted_by = integers(required=False)
    redacted_by = integers(required=False)
    redacted = strings(required=False)


Entries = page("Entries", Entry)


class FieldChange(Shape):
    """One field, before and after."""

    field = string()
    old = anything()
    new = anything()


class InclusionPath(Shape):
    """That an entry is in the tree (RFC 9162 section 2.1.3)."""

    position = integer()
    size = integer()
    root = string()
    leaf_hash = string()
    path = strings()


class ConsistencyPath(Shape):
    """That a tree is a prefix of a larger one (RFC 9162 section 2.1.4)."""

    first = integer()
    second = integer()
    first_root = string()
    second_root = string()
    path = strings()


class OneEntry(Entry, About):
    """An entry, its subject before and after, and the proof that it is in the tree."""

    before = record(null=True)
    after = record(null=True)
    changed = table(FieldChange)
    corrections = table(Entry)
    proof = nested(InclusionPath)
    redacted = strings(required=False)


class InclusionAnswer(About):
    """An inclusion proof."""

    position = integer()
    recorded_at = string()
    proof = nested(InclusionPath)


class ConsistencyAnswer(About):
    """A consistency proof."""

    position = integer()
    recorded_at = string()
    proof = nested(ConsistencyPath)


class Changed(Shape):
    """A subject that is new, withdrawn, or different."""

    subject = string()
    kind = string()
    id = string()
    events = integers("the entries that did it")
    state = record(required=False)
    marked = boolean(required=False)
    fields_ = fields.List(fields.Nested(FieldChange), data_key="fields", required=False)


class Changes(About):
    """What changed between two points."""

    position = integer()
    recorded_at = string()
    from_ = fields.Dict(data_key="from", required=True)
    to = record()
    counts = record("of activities")
    words = string()
    added = table(Changed)
    withdrawn = table(Changed)
    changed = table(Changed)
    unchanged = integer()


class Written(Shape):
    """What a write recorded, and how its subjects stand then. ``events`` is empty where all of it was true already."""

    events = fields.List(fields.Dict(), required=True)
    state = record("`{subject: state}`")
    simulated = boolean(required=False)
    redacted = strings(required=False)


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


class Problem(Shape):
    """A refusal (RFC 9457). The page at ``type`` explains the kind."""

    type = string()
    title = string()
    status = integer()
    detail = string()
    field = string("JSON pointer into the body, or the name of a parameter or header", required=False)
    value = anything(required=False)
    way_out = string("what to do", required=False)
    errors = fields.List(fields.Dict(), required=False)
    instead = string("an address that answers", required=False)
    subject = string(required=False)
    current_version = integer(required=False)
    since = table(Entry, "what happened since the version expected", required=False)
    began = string("the day the log began", required=False)
    checks = record("what is ready and what is not", required=False)
    request_id = string()


Rounds = page("Rounds", Round)
Snapshots = page("Snapshots", Snapshot)
Obligations = page("Obligations", Obligation)
