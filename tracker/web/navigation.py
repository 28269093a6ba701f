"""Where one can go in a plan: a few places, and the pages of each. A new page is one line here."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.projections.reading_rights import Reading
from tracker.web.language import _
from tracker.web.visits import Visit


@dataclass(frozen=True, slots=True)
class Page:
    """A page that the navigation leads to, for readers with its right. ``also`` are the endpoints found behind it."""

    endpoint: str
    label: str
    right: Reading = "state"
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One of the few places in the first row; its link leads to the first of its pages that the reader may open."""

    label: str
    pages: tuple[Page, ...]


PLACES = (
    Place("Today", (Page("today", "Today"),)),
    Place(
        "Plan",
        (
            Page("plan", "Workstreams", also=("workstream", "activity", "report_progress")),
            Page("milestones", "Milestones", also=("milestone",)),
            Page("products", "Products", also=("product",)),
            Page("commitments", "Commitments", also=("commitment",)),
            Page("entities", "Entities", also=("entity",)),
            Page("contributions_page", "By country and objective"),
        ),
    ),
    Place(
        "Calendar",
        (
            Page("calendar", "Month by month"),
            Page("sessions", "Sessions", also=("session",)),
            Page("follow_up", "To follow up"),
        ),
    ),
    Place(
        "Reviews",
        (
            Page("reviews", "Regional reviews", also=("review", "snapshot_list", "snapshot_page")),
            Page(
                "readiness_of_all",
                "Readiness",
                "details",
                also=("region_readiness", "finding_form", "ask_form", "freeze_form"),
            ),
            Page("documents_page", "Documents"),
        ),
    ),
    Place(
        "Reporting",
        (
            Page("rounds", "Rounds", "rounds", also=("round_page", "run")),
            Page("letters", "Letters", "rounds"),
            Page("jobs", "What runs by itself", "rounds"),
        ),
    ),
    Place(
        "History",
        (
            Page("changes", "What changed"),
            Page("entries", "All entries", "history", also=("entry", "amend_form", "amend")),
            Page("timeline", "Over time", also=("activity_over_time",)),
            Page("proof", "Is it genuine?", also=("genuine", "prove")),
            Page("named_moments", "Named moments", also=("name_moment",)),
        ),
    ),
    Place(
        "Secretariat",
        (
            Page("shaping", "Change the plan", "letters"),
            Page(
                "people",
                "People",
                "people",
                also=("add_form", "add", "person", "change", "erase_form", "erase"),
            ),
            Page("tokens", "Tokens", "people", also=("create_token",)),
            Page("grid", "Dates and tags", "people", also=("fill_grid",)),
            Page("sheets", "Sheets", "people", also=("hand_in", "handed_in", "confirm", "undo_import")),
            Page("webhooks", "Webhooks", "people", also=("add_webhook", "webhook", "act_on_webhook")),
        ),
    ),
)
"""In the order in which they stand. Labels are translated where they are shown."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link; ``current`` is its aria-current: ``page`` for the page itself, ``true`` where it lies behind, or None."""

    label: str
    href: str
    current: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A place as one reader sees it; ``pages`` is empty where there is but one."""

    link: Link
    pages: tuple[Link, ...]


def places(here: Visit, endpoint: str | None) -> list[Shown]:
    """Return what this reader may open, with the page of ``endpoint`` marked."""
    name = (endpoint or "").removeprefix("web.")
    found = []
    for place in PLACES:
        pages = tuple(_link(here, one, name) for one in place.pages if here.may(one.right))
        if pages:
            current = next((one.current for one in pages if one.current), None)
            first = Link(_(place.label), pages[0].href, "true" if current and len(pages) > 1 else current)
            found.append(Shown(first, pages if len(pages) > 1 else ()))
    return found


def _link(here: Visit, one: Page, name: str) -> Link:
    current = "page" if one.endpoint == name else "true" if name in one.also else None
    return Link(_(one.label), here.to(one.endpoint), current)
