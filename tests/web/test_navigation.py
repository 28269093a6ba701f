"""The navigation: every page stands in it or behind a page that does, and nobody is led to what they may not read."""

from __future__ import annotations

from tests.web.site import HOME, Site, parsed
from tracker.web.navigation import PLACES

ELSEWHERE = {"changes_file", "entries_file", "plan_file", "rounds_file", "search"}
"""Files, and what stands in the header of every page."""
NAMED = [one for place in PLACES for page in place.pages for one in (page.endpoint, *page.also)]


def test_every_page_of_a_plan_has_its_place_in_the_navigation_once(site: Site):
    rules = [one for one in site.house.app.url_map.iter_rules() if one.endpoint.startswith("web.")]
    assert set(NAMED) <= {one.endpoint.removeprefix("web.") for one in rules}
    assert len(NAMED) == len(set(NAMED))
    lists = {
        one.endpoint.removeprefix("web.")
        for one in rules
        if one.arguments == {"workplan"} and "GET" in (one.methods or ())
    }
    assert lists - ELSEWHERE <= set(NAMED)


def test_the_navigation_offers_only_what_the_reader_may_open(library: Site):
    offered = {
        who: {link.removeprefix(HOME) for link in parsed(library.reader(who).get(HOME)).links}
        for who in ("lead", "secretariat")
    }
    assert {"plan", "entries", "calendar"} <= offered["lead"]
    assert {"rounds", "letters", "people"} & offered["lead"] == set()
    assert {"rounds", "letters", "people"} <= offered["secretariat"]


def test_the_place_and_the_page_one_is_at_are_marked(library: Site):
    html = library.reader("secretariat").get(f"{HOME}milestones").get_data(as_text=True)
    assert '/plan" aria-current="true">Plan</a>' in html
    assert '/milestones" aria-current="page">Milestones</a>' in html
