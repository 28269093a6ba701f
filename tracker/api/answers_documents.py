"""What the documents look like as JSON; their schemas are published in full at ``/api/v1/schemas``."""

from __future__ import annotations

from marshmallow import INCLUDE, fields

from tracker.api.answers import About, integer, record, string


class Briefing(About):
    """What the quarterly briefing says."""

    class Meta:
        """The whole is described by its own schema."""

        unknown = INCLUDE

    format = string("the name of its schema")
    position = integer()
    recorded_at = string()
    quarter = string()
    statuses = record("activities by status, before and after the quarter")
    attention = fields.List(fields.Dict(), required=True)
    readiness = fields.List(fields.Dict(), required=True)


class BiennialReport(About):
    """What the input for the biennial report rests on."""

    class Meta:
        """The whole is described by its own schema."""

        unknown = INCLUDE

    format = string("the name of its schema")
    position = integer()
    recorded_at = string()
    from_ = fields.String(data_key="from", required=True)
    to = string()
    objectives = fields.List(fields.Dict(), required=True)
