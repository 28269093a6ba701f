"""Two journeys in a real browser, wide and on a phone, with scripts and without: an audit, and a walk to the past."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.site import HOME, Site
from tests.web.test_browser import sign_in
from tests.web.watching import Watched, serving, watching

WAYS = [(1280, True), (320, False)]


@pytest.fixture
def base(site: Site, free_port: int) -> Iterator[str]:
    with serving(site.house.app, free_port) as address:
        yield address


def go(page: Page, place: str, name: str | None = None) -> None:
    """Walk by the navigation, which is a menu on a phone."""
    menu = page.locator(".menu > summary")
    if menu.is_visible():
        menu.click()
        page.locator(".menu").get_by_role("link", name=name or place, exact=True).click()
        return
    page.locator(".tabs").first.get_by_role("link", name=place, exact=True).click()
    if name:
        page.locator(".tabs.under").get_by_role("link", name=name, exact=True).click()


def check(watched: Watched, width: int) -> None:
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
    assert watched.complaints == []


@pytest.mark.parametrize("width,scripts", WAYS)
def test_the_secretariat_finds_who_changed_what_and_whether_it_is_genuine(
    site: Site, base: str, browser: Browser, width: int, scripts: bool
):
    with watching(browser, base, width=width, scripts=scripts) as watched:
        page = watched.page
        sign_in(watched, site, "secretariat")
        watched.open(f"{HOME}activities/3.1")
        history = page.locator(".history").first
        expect(history).to_contain_text("corrected later")
        expect(history).to_contain_text("It was the 17th.")
        expect(history).to_contain_text("happened 17 April 2023")
        page.get_by_role("link", name="changes of status").click()
        expect(page.locator(".history > li")).to_have_count(1)
        expect(page.locator(".history")).to_contain_text("not started → in progress")
        go(page, "History", "All entries")
        page.get_by_label("What happened").select_option("EntryCorrected")
        page.get_by_role("button", name="Show").click()
        expect(page.locator(".history > li")).to_have_count(1)
        assert "type=EntryCorrected" in page.url
        file = page.get_by_role("link", name="a workbook").get_attribute("href")
        assert "type=EntryCorrected" in (file or "")
        page.get_by_role("link", name="Is all of it genuine?").click()
        page.get_by_role("button", name="Check all").click()
        expect(page.get_by_role("heading", name="Yes. All of it is as it was recorded.")).to_be_visible()
        check(watched, width)


@pytest.mark.parametrize("width,scripts", WAYS)
def test_anybody_sees_the_plan_as_it_was_and_what_changed_since(
    site: Site, base: str, browser: Browser, width: int, scripts: bool
):
    with watching(browser, base, width=width, scripts=scripts) as watched:
        page = watched.page
        sign_in(watched, site, "lead")
        watched.open(HOME)
        page.locator(".moment summary").click()
        page.get_by_label("or at a named moment").select_option("may-principals")
        page.get_by_role("button", name="Show it").click()
        banner = page.locator(".banner")
        expect(banner).to_contain_text("Principals of May")
        expect(banner).to_contain_text("Read only.")
        go(page, "Plan", "Workstreams")
        expect(page.locator("main")).to_contain_text("63 activities")
        expect(banner).to_contain_text("Principals of May")
        page.get_by_role("link", name="Quarters", exact=True).click()
        expect(page.get_by_role("columnheader", name="Q1").first).to_be_visible()
        go(page, "Reviews", "Regional reviews")
        expect(banner).to_contain_text("Principals of May")
        page.locator(".moment summary").click()
        page.get_by_role("link", name="The same day as we know it now").click()
        expect(banner).to_contain_text("18 May 2023, as we know it now")
        page.locator(".moment summary").click()
        page.get_by_role("link", name="How the two differ").click()
        expect(page.locator("main")).to_contain_text("3.1")
        watched.open(f"{HOME}?as_of=moment:may-principals")
        page.get_by_role("link", name="What has changed since").click()
        expect(page.locator(".sentence")).to_contain_text("63 activities then, 62 now")
        expect(page.locator("main")).to_contain_text("Merged into 9.1.")
        go(page, "Today")
        expect(banner).to_have_count(0)
        check(watched, width)


def test_the_slider_is_moved_by_keyboard_and_says_its_day(site: Site, base: str, browser: Browser):
    with watching(browser, base) as watched:
        page = watched.page
        sign_in(watched, site, "lead")
        watched.open(HOME)
        page.locator(".moment summary").focus()
        page.keyboard.press("Enter")
        slider = page.get_by_label("or slide through the life of the plan")
        slider.focus()
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        expect(page.locator("output[data-day]")).not_to_be_empty()
        day = page.get_by_label("on this day").input_value()
        page.get_by_role("button", name="Show the day of the slider").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".banner")).to_be_visible()
        assert f"as_of={day}" in page.url
        assert watched.complaints == []
