"""What answers about the log look like: entries, changes, proofs, what was written, refusals."""

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


class FieldDone(FieldChange):
    """One field that differs, and the entries that changed it; none where only a day passed."""

    events = integers()


class Doer(Shape):
    """An entry that changed something: who, when recorded, when it happened, why, decided where."""

    position = integer()
    type = string()
    recorded_at = string()
    occurred_on = string()
    speaker = nested(Speaker, required=False)
    channel = string(required=False)
    reason = string(null=True, required=False)
    decided_at = string(required=False)


class Changed(Shape):
    """A subject that is new, withdrawn, or different."""

    subject = string()
    kind = string()
    id = string()
    workstream = string("null where it belongs to none, or to several", null=True)
    events = integers("the entries that did it")
    entries = table(Doer, "the same entries, told")
    state = record(required=False)
    marked = boolean(required=False)
    fields_ = fields.List(fields.Nested(FieldDone), data_key="fields", required=False)


class StreamCounts(Shape):
    """How much of a workstream is different."""

    workstream = string(null=True)
    added = integer()
    withdrawn = integer()
    changed = integer()


class Changes(About):
    """What changed between two points."""

    position = integer()
    recorded_at = string()
    from_ = fields.Dict(data_key="from", required=True)
    to = record()
    is_backwards = boolean("the first point lies after the second; answered in the order asked")
    counts = record("of activities")
    workstreams = table(StreamCounts)
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
