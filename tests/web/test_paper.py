"""Pages on paper, and what of a long page is folded away on the screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.web.site import HOME, Site
from tests.web.test_browser import sign_in
from tests.web.watching import serving, watching

PAPER = 680
"""Pixels between the margins of a sheet of A4."""
ON_PAPER = (
    "plan?look=table",
    "plan?look=quarters",
    "milestones",
    "calendar?month=2023-06",
    "people",
    "readiness",
    "changes?from=2023-02-01",
)


@pytest.fixture
def base(site: Site, free_port: int) -> Iterator[str]:
    with serving(site.house.app, free_port) as address:
        yield address


def test_paper_keeps_its_tables_shows_no_buttons_and_says_of_which_day_it_is(
    site: Site, base: str, browser: Browser
):
    with watching(browser, base, width=PAPER) as watched:
        page = watched.page
        sign_in(watched, site, "secretariat")
        page.emulate_media(media="print")
        for path in ON_PAPER:
            watched.open(f"{HOME}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= PAPER, path
            assert page.locator("button:visible, .button:visible, nav.navigation:visible").count() == 0, path
            assert page.locator("thead").first.evaluate("one => one.offsetHeight") > 10, path
            expect(page.locator(".moment strong")).to_be_visible()
            expect(page.locator(".plan-name")).to_be_visible()


def test_a_link_to_a_folded_change_unfolds_it(site: Site, base: str, browser: Browser):
    with watching(browser, base) as watched:
        page = watched.page
        sign_in(watched, site, "secretariat")
        watched.open(f"{HOME}changes?from=2023-02-01")
        assert page.locator("details.fold[open]").count() > 0  # few things differ
        page.evaluate("document.querySelectorAll('.fold').forEach(one => one.open = false)")
        page.locator(".sentence a").first.click()
        expect(page.locator("details.fold[open]")).to_have_count(1)
        assert watched.complaints == []
