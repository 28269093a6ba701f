"""What is asked of documents, and what they look like as JSON; their schemas are published in full."""

from __future__ import annotations

from marshmallow import INCLUDE, fields

from tracker.api.answers import About, integer, record, string
from tracker.api.queries import Choice, Question, Said
from tracker.events.vocabulary import QUARTER
from tracker.languages import LANGUAGES

LANGUAGE = Choice("the language, whatever the browser prefers", LANGUAGES)


class Worded(Question):
    """The moment, and the language of the document."""

    language = LANGUAGE


class OfQuarter(Worded):
    """Which quarter, seen from which moment."""

    quarter = Said("the quarter; default the last one that is over", QUARTER)


class OfYears(Worded):
    """Which years, seen from which moment."""

    from_ = Said("its first day, or the month, quarter or year", r"[0-9Q-]{4,10}", data_key="from")
    to = Said("its last day, or the month, quarter or year", r"[0-9Q-]{4,10}")


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
