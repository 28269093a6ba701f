"""Regional reviews on pages: the five side by side, and each with the story of its dates and its countries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tracker.languages import unaccented
from tracker.plans.reference import countries_of, reference, region_labels, regions_of
from tracker.projections.decided import milestones_set_at
from tracker.web import labels
from tracker.web.differences import dates_words
from tracker.web.language import _, country_words, occurred_words
from tracker.web.readiness import may_find
from tracker.web.recordable import done_of, offered
from tracker.web.records import history_of
from tracker.web.rendering import shell
from tracker.web.timelines import slip_of
from tracker.web.visits import Visit, page, visit


@dataclass(frozen=True, slots=True)
class Country:
    """A country of a region, or one that reports to its review. ``also`` are the other regions it belongs to."""

    name: str
    is_expected: bool
    is_received: bool
    url: str | None
    is_member: bool
    also: list[str]


@shell.get("/w/<workplan>/reviews")
def reviews(workplan: str) -> tuple[str, int]:
    with visit(workplan) as here:
        planned = {one["id"]: one for one in here.reveal(here.all("review"))}
        return page(
            "records/review_list.html",
            here,
            items=[(region, planned.get(region)) for region in region_labels()],
            stories={region: story(here, one) for region, one in planned.items()},
            ways=offered(here, "review"),
            labels=labels,
            mark=labels.mark,
            dates=dates_words,
        )


@shell.get("/w/<workplan>/reviews/<id>")
def review(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002 - the place in the address
    with visit(workplan) as here:
        shown = here.one(f"review/{id}")
        found = countries(shown)
        agreed = milestones_set_at(here.answer.tx, here.id, here.answer.plan, f"review/{id}")
        return page(
            "records/review.html",
            here,
            item=shown,
            story=story(here, shown),
            slip=slip_of(here, f"review/{id}"),
            reporting=[one for one in found if one.is_expected or one.is_received],
            others=[one for one in found if not (one.is_expected or one.is_received)],
            listed=reference("countries"),
            follow_ups=[here.one(subject) for subject in agreed],
            may_report=not here.moment.is_past and may_find(here, id),
            may_follow_up=any(one.way == "milestone-set" for one in offered(here, "milestone")),
            ways=offered(here, "review", shown),
            done=done_of(here),
            entries=history_of(here, f"review/{id}"),
            labels=labels,
            mark=labels.mark,
        )


def story(here: Visit, shown: dict[str, Any]) -> list[str]:
    """Return what became of a review's dates, in sentences; reasons only for those who may read them."""
    told = [_("Planned at first: {dates}.", dates=dates_words(shown["planned"]))]
    for move in shown["reschedulings"]:
        day, dates = occurred_words(move["on"]), dates_words(move["new"])
        if why := (move.get("reason") or "").strip().rstrip("."):
            told.append(_("Moved on {day} to: {dates}. Why: {why}.", day=day, dates=dates, why=why))
        else:
            told.append(_("Moved on {day} to: {dates}.", day=day, dates=dates))
    place = shown.get("place")
    if shown["status"] == "held" and (held_on := shown.get("held_on")):
        told.append(_("Held: {day}.", day=occurred_words(held_on)))
    elif shown["status"] == "cancelled":
        told.append(_("It will not take place."))
    if place:
        told.append(_("Place: {place}.", place=place))
    last = here.root.last_day.isoformat()
    if (shown.get("held_on") or shown["current"].get("starts_on") or "") > last:
        told.append(_("That is after the end of the plan, {day}.", day=occurred_words(last)))
    return told


def countries(shown: dict[str, Any]) -> list[Country]:
    """Return the countries of a region by name, with those that report to its review from elsewhere."""
    region, members = shown["id"], countries_of(shown["id"])
    received = {one["country"]: one["url"] for one in shown["reports_received"]}
    made = [
        Country(
            name=country_words(code),
            is_expected=code in shown["reports_expected"],
            is_received=code in received,
            url=received.get(code),
            is_member=code in members,
            also=[_(labels.REGION[one]) for one in regions_of(code) if one != region],
        )
        for code in {*members, *received, *shown["reports_expected"]}
    ]
    return sorted(made, key=lambda one: unaccented(one.name))
