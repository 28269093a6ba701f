"""What answers about letters look like."""

from __future__ import annotations

from marshmallow import fields

from tracker.api.answers import Shape, integer, nested, string, strings, table


class LinkOf(Shape):
    """A link in a letter; what it opens with is stored nowhere."""

    created_at = string()
    expires_at = string("it lives longer while its round is open")
    revoked_at = string(null=True)


class Letter(Shape):
    """One letter to one person. That the mail server accepted it is known; whether it was read is not."""

    letter = string()
    kind = string("`reminder`, `link`, `asked`, `notice`")
    quarter = string(null=True)
    step = string()
    person = string("an opaque person id")
    state = string()
    why = string("why it did not go, or what the server said", null=True)
    created_at = string()
    not_before = string("the next try", null=True)
    handed_over_at = string(null=True)
    settled_at = string(null=True)
    attempts = integer()
    message_id = string()
    entities = strings()
    activities = strings()
    links = table(LinkOf)
    actions = strings("what can be done with it now")


class Letters(Shape):
    """Letters, oldest first."""

    items = table(Letter)
    next = integer(null=True)


class PlannedLetter(Shape):
    """What one person gets in a run."""

    person = string()
    language = string()
    letter = string("where it is written already", null=True)
    state = string("`due`, or why it will not go: `held`, `muted`")
    why = string(null=True)
    entities = strings()
    activities = strings()
    subject = string()
    text = string()
    html = string()


class PlannedRun(Shape):
    """The run of a round that is next; without a step none is left."""

    quarter = string()
    step = string(null=True)
    on = string("the day", null=True)
    items = table(PlannedLetter)


class RunChanged(Shape):
    """How many letters of a run were held or released."""

    quarter = string()
    step = string(null=True)
    letters = integer()


class BounceTaken(Shape):
    """What followed for one recipient of a report."""

    letter = string()
    person = string()
    said = string()
    outcome = string("`suspended`, `bounced` (this letter only), `noted` (no failure), `known` (told before)")
    asked_instead = strings()


class Bounces(Shape):
    """What followed from a report."""

    reports = fields.List(nested(BounceTaken), required=True)
