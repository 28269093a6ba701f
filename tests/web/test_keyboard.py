"""Journeys without a mouse: an audit, a walk to the past, a snapshot frozen; the focus is seen wherever it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.web.keyboard import Keyboard
from tests.web.site import HOME, Site
from tests.web.test_journeys import base, check
from tests.web.watching import Watched, watching

__all__ = ["base"]

WAYS = [(1280, True), (320, False)]


def signed_in(watched: Watched, site: Site, who: str) -> Keyboard:
    watched.open(site.link_for(who))
    keyboard = Keyboard(watched.page)
    keyboard.follow(watched.page.get_by_role("button", name="Sign in"))
    expect(watched.page.get_by_role("button", name="Sign out")).to_be_visible()
    return keyboard


@pytest.mark.parametrize("width,scripts", WAYS)
def test_an_audit_by_keyboard_alone(site: Site, base: str, browser: Browser, width: int, scripts: bool):
    with watching(browser, base, width=width, scripts=scripts) as watched:
        page, keyboard = watched.page, signed_in(watched, site, "secretariat")
        watched.open(f"{HOME}activities/3.1")
        keyboard.follow(page.get_by_role("link", name="changes of status"))
        expect(page.locator(".history")).to_contain_text("not started → in progress")
        keyboard.walk("History", "All entries")
        keyboard.choose(page.get_by_label("What happened"), "Entry corrected")
        keyboard.follow(page.get_by_role("button", name="Show"))
        expect(page.locator(".history > li")).to_have_count(1)
        keyboard.reach(page.get_by_role("link", name="a workbook"))
        keyboard.follow(page.get_by_role("link", name="Is all of it genuine?"))
        expect(page.get_by_role("heading", name="Is all of it genuine?")).to_be_visible()
        keyboard.follow(page.get_by_role("button", name="Check all"))
        expect(page.get_by_role("heading", name="Yes. All of it is as it was recorded.")).to_be_visible()
        check(watched, width)


@pytest.mark.parametrize("width,scripts", WAYS)
def test_a_walk_to_the_past_by_keyboard_alone(
    site: Site, base: str, browser: Browser, width: int, scripts: bool
):
    with watching(browser, base, width=width, scripts=scripts) as watched:
        page, keyboard = watched.page, signed_in(watched, site, "lead")
        banner, moment = page.locator(".banner"), page.locator(".moment summary")
        watched.open(HOME)
        keyboard.unfold(moment)
        keyboard.choose(page.get_by_label("or at a named moment"), "Principals")
        keyboard.reach(page.get_by_label("on this day"), "Shift+Tab")
        keyboard.follow(page.get_by_role("button", name="Show it"))
        expect(banner).to_contain_text("Principals of May")
        keyboard.walk("Plan", "Workstreams")
        expect(page.locator("main")).to_contain_text("63 activities")
        keyboard.follow(page.get_by_role("link", name="Quarters", exact=True))
        expect(page.get_by_role("columnheader", name="Q1").first).to_be_visible()
        keyboard.unfold(moment)
        keyboard.follow(page.get_by_role("link", name="The same day as we know it now"))
        expect(banner).to_contain_text("18 May 2023, as we know it now")
        keyboard.follow(page.get_by_role("link", name="What has changed since"))
        expect(page.locator(".sentence")).to_contain_text("activities then")
        keyboard.walk("Plan", "Workstreams")
        expect(banner).to_have_count(0)
        check(watched, width)


def test_a_snapshot_is_frozen_by_keyboard_alone(site: Site, base: str, browser: Browser):
    with watching(browser, base, width=320) as watched:
        page, keyboard = watched.page, signed_in(watched, site, "secretariat")
        watched.open(f"{HOME}reviews/africa/readiness")
        keyboard.follow(page.get_by_role("link", name="Freeze a snapshot"))
        expect(page.get_by_role("heading", name="Freeze a snapshot: Africa")).to_be_visible()
        keyboard.reach(page.get_by_label("I have looked at it and sign it off"))
        keyboard.press("Space")
        keyboard.follow(page.get_by_role("button", name="Look it over"))
        expect(page.get_by_role("heading", name="This will be recorded")).to_be_visible()
        keyboard.follow(page.get_by_role("button", name="Freeze it"))
        expect(page.get_by_text("It is frozen.")).to_be_visible()
        keyboard.follow(page.get_by_role("link", name="Verify"))
        expect(page.get_by_text("Computed again: the same, byte for byte")).to_be_visible()
        check(watched, 320)
