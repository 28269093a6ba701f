"""The forms about sessions, reviews, products and commitments: what each records, and when it is offered.

Those about the plan itself stand in ``plan_forms``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tracker.web import fact_fields as of
from tracker.web.fact_fields import (
    DECIDED_AT,
    DONE_ON,
    SAID_ON,
    WHY,
    Ask,
    FactForm,
    State,
)
from tracker.web.plan_forms import PLAN

TITLE = Ask("title", "text", "Title", is_needed=True)
KIND = Ask("kind", "choice", "Kind", is_needed=True, options=of.SESSION_KINDS)
REGION = Ask("region", "choice", "Region", "regional", options=of.REGIONS)
STARTS = Ask("starts_at", "wall", "Starts", "wall", is_needed=True)
ENDS = Ask("ends_at", "wall", "Ends", "wall", is_needed=True)
AUDIENCE = Ask("audience", "text", "For whom", "audience", is_needed=True)
STREAMS = Ask("workstreams", "several", "Workstreams", options=of.workstreams)
OBJECTIVES = Ask("objectives", "several", "Objectives of the Compact", options=of.objectives)
ADDRESS = Ask("url", "address", "Web address")
WINDOW = Ask("window", "window", "Between these quarters", "window", options=of.quarters)
FIRST = Ask("starts_on", "day", "First day", "first")
LAST = Ask("ends_on", "day", "Last day")
PLACE = Ask("place", "text", "Place")
COUNTRY = Ask("country", "choice", "Country", is_needed=True, options=of.nations)


def _is(*statuses: str) -> Callable[[State], bool]:
    return lambda state: state["status"] in statuses


def _session(way: str, event: str, title: str, *asks: Ask, **more: Any) -> FactForm:
    return FactForm(way, event, "session", title, asks, **more)


def _review(way: str, event: str, title: str, *asks: Ask, **more: Any) -> FactForm:
    return FactForm(way, event, "review", title, asks, **more)


def _product(way: str, event: str, title: str, *asks: Ask, **more: Any) -> FactForm:
    return FactForm(way, event, "product", title, asks, **more)


def _commitment(way: str, event: str, title: str, *asks: Ask, **more: Any) -> FactForm:
    return FactForm(way, event, "commitment", title, asks, **more)


SESSIONS = (
    _session(
        "session-proposed",
        "SessionProposed",
        "Propose a session",
        *(TITLE, KIND),
        Ask("level", "choice", "Level", options=of.LEVELS),
        *(REGION, WINDOW, replace(AUDIENCE, is_needed=False), STREAMS, OBJECTIVES),
        founds=True,
    ),
    _session(
        "session-scheduled",
        "SessionScheduled",
        "Schedule a session",
        *(TITLE, KIND, STARTS, ENDS),
        Ask("zone", "zone", "Time zone", "zone", is_needed=True, options=of.zones),
        Ask("mode", "choice", "Format", is_needed=True, options=of.MODES),
        Ask("level", "choice", "Level", is_needed=True, options=of.LEVELS),
        REGION,
        replace(COUNTRY, hint="national", is_needed=False),
        Ask("languages", "codes", "Languages", "languages", is_needed=True),
        AUDIENCE,
        Ask("rule", "choice", "Rule", is_needed=True, options=of.RULES),
        *(STREAMS, OBJECTIVES, SAID_ON),
        founds=True,
        also=True,
        fits=_is("proposed", "scheduled", "cancelled"),
    ),
    _session(
        "session-moved",
        "SessionRescheduled",
        "Move it to another date",
        *(STARTS, ENDS, WHY, SAID_ON, DECIDED_AT),
        fits=_is("scheduled"),
    ),
    _session(
        "session-held",
        "SessionHeld",
        "Say that it was held",
        replace(DONE_ON, is_needed=True),
        Ask("attendance", "counts", "Who came", "groups"),
        Ask(
            "counts_for",
            "several",
            "Counts for these activities",
            "counts",
            options=of.activities,
        ),
        fits=_is("proposed", "scheduled", "held"),
    ),
    _session(
        "session-material",
        "SessionMaterialPublished",
        "Add material",
        Ask("kind", "choice", "What it is", is_needed=True, options=of.MATERIALS),
        replace(ADDRESS, is_needed=True),
        Ask("language", "text", "Language", "language", is_needed=True),
        DONE_ON,
        fits=_is("scheduled", "held"),
    ),
    _session(
        "session-cancelled",
        "SessionCancelled",
        "Cancel it",
        *(WHY, SAID_ON, DECIDED_AT),
        fits=_is("proposed", "scheduled"),
    ),
)

REVIEWS = (
    _review(
        "review-planned",
        "ReviewPlanned",
        "Plan a regional review",
        Ask("region", "choice", "Region", is_needed=True, options=of.REGIONS),
        Ask("commission", "text", "Commission that holds it", is_needed=True),
        *(WINDOW, FIRST, LAST, PLACE, SAID_ON),
        founds=True,
        needs=frozenset({"window", "starts_on"}),
    ),
    _review(
        "review-moved",
        "ReviewRescheduled",
        "Move it to other dates",
        *(WINDOW, FIRST, LAST, PLACE, WHY, SAID_ON, DECIDED_AT),
        fits=_is("planned", "cancelled"),
        needs=frozenset({"window", "starts_on"}),
    ),
    _review(
        "review-held",
        "ReviewHeld",
        "Say that it was held",
        replace(DONE_ON, is_needed=True),
        fits=_is("planned"),
    ),
    _review(
        "review-outcome",
        "ReviewOutcomePublished",
        "Add its outcome",
        *(replace(ADDRESS, is_needed=True), DONE_ON),
        fits=_is("held"),
    ),
    _review(
        "review-cancelled", "ReviewCancelled", "Cancel it", *(WHY, SAID_ON, DECIDED_AT), fits=_is("planned")
    ),
    _review("report-expected", "VoluntaryReportExpected", "A country will report", COUNTRY, SAID_ON),
    _review(
        "report-received",
        "VoluntaryReportReceived",
        "A country's report arrived",
        *(COUNTRY, ADDRESS, DONE_ON),
    ),
)

PRODUCTS = (
    _product(
        "product-planned",
        "ProductPlanned",
        "Plan a product",
        TITLE,
        Ask("kind", "choice", "Kind", is_needed=True, options=of.PRODUCT_KINDS),
        Ask("activities", "several", "Activities that make it", is_needed=True, options=of.activities),
        SAID_ON,
        founds=True,
    ),
    _product(
        "product-published",
        "ProductPublished",
        "Say that it is published",
        replace(ADDRESS, is_needed=True),
        Ask("languages", "codes", "Languages", "languages", is_needed=True),
        Ask(
            "steward",
            "choice",
            "Steward",
            "steward",
            is_needed=True,
            options=of.entities,
        ),
        Ask("sustain_note", "long", "How it stays usable", "no-names", is_needed=True),
        Ask(
            "review_on",
            "day",
            "To be looked at again on",
            "yearly",
            is_needed=True,
        ),
        DONE_ON,
        fits=_is("planned", "published", "retired"),
    ),
    _product(
        "product-updated",
        "ProductUpdated",
        "Add an edition or a language",
        Ask("edition", "text", "Edition", "edition"),
        Ask("language", "text", "Language", "translation"),
        *(ADDRESS, DONE_ON),
        fits=_is("published", "retired"),
        needs=frozenset({"edition", "language", "url"}),
    ),
    _product(
        "product-used",
        "ProductUsed",
        "Say where it is used",
        replace(COUNTRY, hint="user", is_needed=False),
        Ask("user", "choice", "Entity", options=of.entities),
        Ask("by", "long", "By whom, and for what", "no-names", is_needed=True),
        *(ADDRESS, DONE_ON),
        fits=_is("published", "retired"),
        needs=frozenset({"country", "user"}),
    ),
    _product(
        "product-reviewed",
        "ProductReviewed",
        "Say whether it is still good",
        Ask("outcome", "choice", "It is", is_needed=True, options=of.LOOKED),
        DONE_ON,
        fits=_is("published", "retired"),
    ),
)

COMMITMENTS = (
    _commitment(
        "commitment-reported",
        "CommitmentReported",
        "Report on it",
        Ask("note", "long", "What was done", "no-names", is_needed=True),
        Ask("links", "codes", "Links", "links"),
        DONE_ON,
    ),
)

FORMS = {one.way: one for one in (*SESSIONS, *REVIEWS, *PRODUCTS, *COMMITMENTS, *PLAN)}
DATA_NAMES = {"user": "entity"}
"""Answers whose field of the data has the name of a field beside it: whom an entry is about, and whose voice it is."""
