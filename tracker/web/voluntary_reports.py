"""The form that says of many countries at once that they will report to a review, or that their report arrived."""

from __future__ import annotations

from functools import partial
from typing import Any

from werkzeug.wrappers import Response

from tracker.errors import DeniedError, NotFoundError
from tracker.languages import unaccented
from tracker.plans.reference import countries_of
from tracker.web.fact_hints import HINTS
from tracker.web.language import _, country_words, n_
from tracker.web.readiness import may_find, region_in
from tracker.web.readiness_told import region_words
from tracker.web.rendering import shell
from tracker.web.stating import Ask, Said, Statement, form, take
from tracker.web.visits import Visit
from tracker.workplan.review import Review

REPORTS = "/w/<workplan>/reviews/<region>/voluntary-reports"
KNOWN = ("received", "expected")


@shell.get(REPORTS)
def reports_form(workplan: str, region: str) -> tuple[str, int]:
    return form(workplan, partial(_reports, region))


@shell.post(REPORTS)
def record_reports(workplan: str, region: str) -> Response | tuple[str, int]:
    return take(workplan, partial(_reports, region))


def _reports(region: str, here: Visit, said: Said) -> Statement:
    region = region_in(region)
    if not may_find(here, region):
        raise DeniedError(
            _("Reports are recorded by the Secretariat and by the review team of the region."),
            way_out=_("The Secretariat can grant you the role."),
        )
    review = here.answer.plan.get(f"review/{region}", Review)
    if review is None:
        raise NotFoundError(_("No review is planned for this region."), way_out=_("Plan it first."))
    awaited = _still_awaited(review)
    what, day = said.get("what", ""), said.get("occurred_on", "").strip()
    chosen = [code for code, _name in awaited if code in said.getlist("country")]
    lacking = {}
    if said and what not in KNOWN:
        lacking["what"] = _("Choose what is known of them.")
    if said and not chosen:
        lacking["country"] = _("Tick at least one country.")
    names = ", ".join(country_words(code) for code in chosen)
    if what == "received":
        told = n_(
            "The report of {count} country arrived: {names}.",
            "The reports of {count} countries arrived: {names}.",
            len(chosen),
            names=names,
        )
    else:
        told = n_(
            "{count} country will report: {names}.",
            "{count} countries will report: {names}.",
            len(chosen),
            names=names,
        )
    return Statement(
        heading=_("Voluntary reports: {region}", region=region_words(region)),
        trail=[(here.to("reviews"), _("Reviews")), (here.to("review", id=region), region_words(region))],
        words=[
            _("For many countries at once. The web address of a report is added on the page of the review.")
        ],
        asks=[
            Ask(
                "what",
                "choice",
                _("What is known"),
                options=[("received", _("their reports arrived")), ("expected", _("they will report"))],
            ),
            Ask("country", "ticks", _("Countries whose report has not arrived"), options=awaited),
            Ask("occurred_on", "line", _("When it happened"), _(HINTS["date"]), longest=10),
        ],
        lacking=lacking,
        sentences=[told],
        requests=[_request(region, code, what, day) for code in chosen if what in KNOWN],
        button=n_("Record it for one country", "Record it for {count} countries", len(chosen)),
        after=here.to("review", id=region) + "#voluntary-reports",
    )


def _still_awaited(review: Review) -> list[tuple[str, str]]:
    """Return ``(code, name)`` of the region's countries, and of others that will report, without those that did."""
    codes = {*countries_of(review.id), *review.reports_expected} - {
        one.country for one in review.reports_received
    }
    return sorted(((code, country_words(code)) for code in codes), key=lambda pair: unaccented(pair[1]))


def _request(region: str, code: str, what: str, day: str) -> dict[str, Any]:
    event = "VoluntaryReportReceived" if what == "received" else "VoluntaryReportExpected"
    body = {"type": event, "subject": f"review/{region}", "data": {"country": code}}
    return body | ({"occurred_on": day} if day else {})
