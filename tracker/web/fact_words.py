"""What a form about a session, review, product or commitment will record, in sentences, before it is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from tracker.plans.reference import regions_of
from tracker.web import labels, plan_words
from tracker.web.differences import dates_words
from tracker.web.language import (
    _,
    capital,
    country_words,
    instant_words,
    language_words,
    occurred_words,
    wall_words,
    zone_words,
)
from tracker.web.visits import Visit
from tracker.workplan.session import PROMISED, instant_of

Json = Mapping[str, Any]


def sentences(here: Visit, body: Json, state: Json | None) -> list[str]:
    """Return what a request says; ``state`` is its subject as the page shows it, None where it is founded by this."""
    data, kind = body["data"], body["type"]
    if kind in plan_words.SAID:
        return [plan_words.sentence(here, body, state)]
    called = capital(here.text((state or {}).get("title") or data.get("title") or ""))
    said = {
        "title": called,
        "day": occurred_words(body["occurred_on"]) if "occurred_on" in body else _("today"),
        "region": _(labels.REGION[body["subject"].partition("/")[2]]) if kind in OF_REVIEWS else "",
    }
    return [_(SAID[kind], **said | operands) for operands in [_operands(here, kind, data)]] + [
        *_more(here, kind, data, state or {})
    ]


SAID = {
    "SessionProposed": "“{title}” is proposed; nothing is fixed yet.",
    "SessionScheduled": "“{title}” takes place on {start} to {end}, {zone}.",
    "SessionRescheduled": "“{title}” moves to {start} to {end}.",
    "SessionHeld": "“{title}” was held, {day}.",
    "SessionMaterialPublished": "“{title}” has a {material} in {language}.",
    "SessionCancelled": "“{title}” will not take place.",
    "ReviewPlanned": "The regional review, {region}, is planned: {dates}.",
    "ReviewRescheduled": "The regional review, {region}, moves to: {dates}.",
    "ReviewHeld": "The regional review, {region}, was held, {day}.",
    "ReviewOutcomePublished": "The outcome of the regional review, {region}, can be read.",
    "ReviewCancelled": "The regional review, {region}, will not take place.",
    "VoluntaryReportExpected": "{country} is expected to send a voluntary report to the review, {region}.",
    "VoluntaryReportReceived": "The voluntary report of {country} to the review, {region}, arrived, {day}.",
    "ProductPlanned": "“{title}” is planned as a product.",
    "ProductPublished": "“{title}” is published, {day}. {steward} keeps it usable.",
    "ProductUpdated": "“{title}” has a new edition or language, {day}.",
    "ProductUsed": "“{title}” is used: {place}.",
    "ProductReviewed": "“{title}” was looked at, {day}: {outcome}.",
    "CommitmentReported": "What was done about the commitment is reported, {day}.",
}
"""Each event of these forms in a sentence."""
OF_REVIEWS = frozenset(kind for kind, said in SAID.items() if "{region}" in said)


def _operands(here: Visit, kind: str, data: Json) -> dict[str, str]:
    made: dict[str, str] = {}
    if data.get("starts_at"):
        made |= {"start": wall_words(data["starts_at"]), "end": _end(data)}
    if kind in {"ReviewPlanned", "ReviewRescheduled"}:
        made["dates"] = dates_words(dict(data))
    if "country" in data:
        made |= {"country": country_words(data["country"]), "place": country_words(data["country"])}
    if "entity" in data:
        made["place"] = here.name(data["entity"])
    if "steward" in data:
        made["steward"] = here.name(data["steward"])
    if kind == "SessionMaterialPublished":
        made["material"] = _(labels.MATERIAL[data["kind"]])
    if kind == "ProductReviewed":
        made["outcome"] = _(labels.LOOKED[data["outcome"]])
    if "zone" in data:
        made["zone"] = zone_words(data["zone"])
    if "language" in data:
        made["language"] = language_words(data["language"])
    return made


def _end(data: Json) -> str:
    start, end = data["starts_at"], data["ends_at"]
    return f"{datetime.fromisoformat(end):%H:%M}" if start[:10] == end[:10] else wall_words(end)


def _more(here: Visit, kind: str, data: Json, state: Json) -> Iterator[str]:
    """Yield what follows from it elsewhere."""
    zone = data.get("zone") or state.get("zone")
    if data.get("starts_at") and zone and zone != here.zone:
        start = instant_of(data["starts_at"], zone)
        yield _(
            "That is {instant}, {zone}.", instant=instant_words(start, here.zone), zone=zone_words(here.zone)
        )
    match kind:
        case "SessionRescheduled":
            yield _(
                "Until now it was set for {start}; that stays readable.", start=wall_words(state["starts_at"])
            )
        case "SessionHeld":
            yield from _held(data, state)
        case "ReviewRescheduled":
            yield _(
                "Until now: {dates}. That stays readable, with your reason.",
                dates=dates_words(state["current"]),
            )
        case "VoluntaryReportExpected" | "VoluntaryReportReceived":
            if state["id"] not in (found := regions_of(data["country"])):
                regions = ", ".join(_(labels.REGION[one]) for one in found) or _("none")
                yield _(
                    "In the list of countries that we have, {country} belongs to another region: {regions}. "
                    "It is recorded all the same.",
                    country=country_words(data["country"]),
                    regions=regions,
                )
        case _:
            return


def _held(data: Json, state: Json) -> Iterator[str]:
    if counted := data.get("counts_for"):
        yield _("It counts by itself for: {activities}.", activities=", ".join(counted))
    if state.get("rule") == "chatham_house":
        yield _("Under the Chatham House Rule no recording or summary is asked for.")
        return
    there = {one["kind"] for one in state.get("materials") or ()}
    if missing := [_(labels.MATERIAL[one]) for one in PROMISED if one not in there]:
        yield _("Then this is still to come: {missing}.", missing=", ".join(missing))
