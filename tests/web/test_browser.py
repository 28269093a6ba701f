"""The journeys in a real browser, with and without JavaScript, wide and on a phone, in light and dark."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.web.site import HOME, Site
from tests.web.test_amending import page_of, report
from tests.web.test_people import person
from tests.web.watching import Watched, serving, watching

PATHS = (
    "/",
    "/signin",
    HOME,
    f"{HOME}plan?status=discontinued",
    f"{HOME}plan?look=table&see=oms",
    f"{HOME}plan?look=quarters&as_of=2023-05-15",
    f"{HOME}proof",
    f"{HOME}plan?status=overdue",
    f"{HOME}workstreams/3",
    f"{HOME}activities/3.4",
    f"{HOME}activities/3.4?as_of=2023-05-15",
    f"{HOME}reviews",
    f"{HOME}reviews/africa",
    f"{HOME}sessions",
    f"{HOME}sessions/gcm-talks",
    f"{HOME}follow-up",
    f"{HOME}record/session-scheduled/gcm-talks",
    f"{HOME}record/session-held/gcm-talks",
    f"{HOME}milestones",
    f"{HOME}calendar",
    f"{HOME}calendar?month=2023-06",
    f"{HOME}products",
    f"{HOME}commitments/4",
    f"{HOME}entities",
    f"{HOME}entities/oim",
    f"{HOME}entries",
    f"{HOME}entries/1",
    f"{HOME}entries/20/genuine?size=50&seal=0000-0000",
    f"{HOME}changes?from=2023-02-01",
    f"{HOME}timeline",
    f"{HOME}activities/3.4/timeline",
    f"{HOME}readiness",
    f"{HOME}documents",
    f"{HOME}search?q=migra&as_of=2023-05-15",
    f"{HOME}reviews/africa/readiness",
    f"{HOME}reviews/africa/snapshots",
    f"{HOME}reviews/africa/finding",
    f"{HOME}reviews/africa/freeze",
    f"{HOME}reviews/africa/voluntary-reports",
    f"{HOME}reviews/africa/ask/3.4",
    f"{HOME}activities/3.4/tags",
    "/signins",
    f"{HOME}changes",
    f"{HOME}commitments",
    f"{HOME}contributions?country=KE",
    f"{HOME}letters",
    f"{HOME}moments",
    f"{HOME}plan?as_of=2022-01-01",
    f"{HOME}rounds",
    f"{HOME}tokens",
)
REFUSED = ("/nowhere", f"{HOME}search?q=a", f"{HOME}entries/20/genuine?size=x&seal=y&as_of=position:40")
PARTS = 3
"""Of the pages, so that they spread over the workers of a run; each part is read in another language."""
LANGUAGES = ("English", "Español", "Français")
SHIFT = int(os.environ.get("TEST_PAGES_SHIFT", "0"))
"""0, 1 and 2 together look at every page in every language."""
IN_THE_DARK = (
    f"{HOME}plan?status=overdue",
    f"{HOME}activities/3.4",
    f"{HOME}activities/3.4?as_of=2023-05-15",
    f"{HOME}timeline",
    f"{HOME}changes?from=2023-02-01",
)


def amending(site: Site) -> list[str]:
    """Return the forms that amend the report about activity 3.4, and the pages of people."""
    forms = [page_of(report(site), way) for way in ("correct", "withdraw", "remove")]
    someone = f"{HOME}people/{person(site, 'lead')}"
    return [
        *forms,
        f"{HOME}people",
        f"{HOME}people/add",
        someone,
        f"{someone}/erase",
        f"{HOME}jobs",
        f"{HOME}shaping",
        f"{HOME}grid?workstream=3",
        *(f"{HOME}record/{way}" for way in ("activity-added", "workstream-reworded/3")),
        f"{HOME}sheets",
        f"{HOME}webhooks",
    ]


@pytest.fixture
def base(site: Site, free_port: int) -> Iterator[str]:
    with serving(site.house.app, free_port) as address:
        yield address


def sign_in(watched: Watched, site: Site, who: str) -> None:
    watched.open(site.link_for(who))
    watched.page.get_by_role("button", name="Sign in").click()
    expect(watched.page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.parametrize("width", [1280, 320])
def test_a_lead_reports_sees_it_in_the_history_and_walks_to_the_past(
    site: Site, base: str, browser: Browser, width: int, scripts: bool
):
    with watching(browser, base, width=width, scripts=scripts) as watched:
        page = watched.page
        sign_in(watched, site, "lead")
        page.get_by_role("link", name="Open the plan").first.click()
        page.get_by_role("link", name="Open the plan").click()
        page.get_by_role("link", name="Organizar dos actividades").click()
        page.get_by_text("Report progress").click()
        page.get_by_label("needs attention").check()
        page.get_by_role("textbox", name="Why").fill("The host of the second workshop withdrew.")
        page.get_by_label("When it happened").fill("2023-05-16")
        page.get_by_role("button", name="Look it over").click()
        page.get_by_role("button", name="Record this report").click()
        expect(page.get_by_role("heading", name="Recorded as entry")).to_be_visible()
        newest = page.locator(".history > li").first
        expect(newest).to_contain_text("needs attention")
        expect(newest).to_contain_text("happened 16 May 2023")
        page.locator(".moment summary").click()
        page.get_by_label("on this day").fill("2023-06-15")
        page.get_by_role("button", name="Show it").click()
        expect(page.locator(".banner")).to_contain_text("as we knew it on 15 June 2023")
        expect(page.locator("main")).not_to_contain_text("The host of the second workshop withdrew.")
        expect(page.get_by_text("Report progress")).to_have_count(0)
        page.locator("main").get_by_role("link", name="Plan", exact=True).click()
        expect(page.locator(".banner")).to_contain_text("15 June 2023")
        page.get_by_role("link", name="What has changed since").click()
        expect(page.locator("main")).to_contain_text("on track → needs attention")
        if width == 320:
            page.get_by_text("Menu").click()
        page.get_by_role("link", name="Workstreams" if width == 320 else "Plan", exact=True).click()
        expect(page.locator(".banner")).to_have_count(0)
        assert watched.complaints == []


def test_a_refused_report_keeps_its_words_and_shows_the_fault(site: Site, base: str, browser: Browser):
    with watching(browser, base, width=320) as watched:
        page = watched.page
        sign_in(watched, site, "lead")
        watched.open(f"{HOME}activities/3.4")
        page.get_by_text("Report progress").click()
        page.get_by_label("delayed, says the lead").check()
        page.get_by_label("What was done").fill("Typed with care.")
        page.get_by_role("button", name="Look it over").click()
        expect(page.locator("#reason-fault")).to_be_visible()
        expect(page.get_by_label("What was done")).to_have_value("Typed with care.")


def test_an_entry_is_corrected_by_keyboard_on_a_phone_without_javascript(
    site: Site, base: str, browser: Browser
):
    position = report(site)
    with watching(browser, base, width=320, scripts=False) as watched:
        page = watched.page
        sign_in(watched, site, "lead")
        watched.open(f"{HOME}entries/{position}")
        page.get_by_role("link", name="Correct this entry").focus()
        page.keyboard.press("Enter")
        page.get_by_label("When it happened").focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("2023-03-30")
        page.get_by_label("Why you correct it").focus()
        page.keyboard.type("The list was old.")
        page.get_by_role("button", name="Look it over").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="This will be recorded")).to_be_visible()
        expect(page.locator("main")).to_contain_text("5 April 2023 → 30 March 2023")
        page.get_by_role("button", name="Record the correction").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Recorded as entry")).to_be_visible()
        expect(page.locator("main")).to_contain_text("The list was old.")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert watched.complaints == []


def test_filters_work_in_place_and_stay_in_the_address(site: Site, base: str, browser: Browser):
    with watching(browser, base) as watched:
        page = watched.page
        sign_in(watched, site, "secretariat")
        watched.open(f"{HOME}plan")
        page.get_by_label("Status").select_option("in_progress")
        expect(page.get_by_role("heading", name="3 activities fit")).to_be_visible()
        assert "status=in_progress" in page.url
        page.go_back()
        expect(page.get_by_role("heading", name="Workstreams and their activities")).to_be_visible()
        assert watched.complaints == []


@pytest.fixture(scope="module")
def axe() -> Any:
    return pytest.importorskip("axe_playwright_python.sync_playwright").Axe()


def look(axe: Any, watched: Watched, path: str, *rules: str) -> None:
    """Let axe look at the page that is open, with all that can be unfolded unfolded."""
    watched.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = axe.run(watched.page, options={"runOnly": list(rules)} if rules else {})
    assert found.violations_count == 0, f"{path}: {found.generate_report()}"


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_scrolls_sideways_or_complains_or_breaks_a_rule_of_axe(
    site: Site, base: str, browser: Browser, axe: Any, part: int
):
    with watching(browser, base) as watched:
        sign_in(watched, site, "secretariat")
        watched.open(HOME)
        watched.page.get_by_text(LANGUAGES[(part + SHIFT) % len(LANGUAGES)], exact=True).click()
        for path in (*PATHS, *amending(site))[part::PARTS]:
            watched.open(path)
            for width in (320, 800, 1280):
                watched.page.set_viewport_size({"width": width, "height": 800})
                wide = watched.page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{path} is {wide} wide"
            look(axe, watched, path)
        assert watched.complaints == []
        watched.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
        watched.page.wait_for_timeout(100)
        assert "Content Security Policy" in "".join(
            watched.complaints
        )  # the control: a breach would be heard
        for path in REFUSED[part::PARTS]:
            watched.open(path)
            look(axe, watched, path)


def test_the_dark_has_contrast_enough(site: Site, base: str, browser: Browser, axe: Any):
    with watching(browser, base, scheme="dark") as watched:
        sign_in(watched, site, "secretariat")
        for path in IN_THE_DARK:
            watched.open(path)
            look(axe, watched, path, "color-contrast")


def test_the_keyboard_alone_reaches_the_content_and_the_moment(site: Site, base: str, browser: Browser):
    with watching(browser, base) as watched:
        page = watched.page
        sign_in(watched, site, "secretariat")
        watched.open(HOME)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        summary = page.locator(".moment summary")
        for _ in range(20):
            page.keyboard.press("Tab")
            if summary.evaluate("element => element === document.activeElement"):
                break
        expect(summary).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_label("on this day")).to_be_visible()


def test_what_is_typed_outlives_an_ended_signin_until_it_is_recorded(site: Site, base: str, browser: Browser):
    with watching(browser, base) as watched:
        page, note = watched.page, "Two workshops took place in May."
        sign_in(watched, site, "lead")
        watched.open(f"{HOME}activities/3.4")
        page.get_by_text("Report progress").click()
        page.get_by_label("What was done").fill(note)
        page.context.clear_cookies()
        page.get_by_role("button", name="Look it over").click()
        expect(page.get_by_text(note)).to_be_visible()
        sign_in(watched, site, "lead")
        watched.open(f"{HOME}activities/3.4")
        expect(page.get_by_text("is back. It is not recorded yet")).to_be_visible()
        expect(page.get_by_label("What was done")).to_have_value(note)
        page.get_by_role("button", name="Look it over").click()
        page.get_by_role("button", name="Record this report").click()
        expect(page.get_by_role("heading", name="Recorded as entry")).to_be_visible()
        watched.open(f"{HOME}activities/3.4")
        page.get_by_text("Report progress").click()
        expect(page.get_by_label("What was done")).to_have_value("")
        page.get_by_label("What was done").fill(note)
        page.get_by_role("button", name="Sign out").click()
        assert page.evaluate("sessionStorage.length") == 0


def test_a_session_is_scheduled_on_a_phone_after_it_was_said_in_words(
    site: Site, base: str, browser: Browser, axe: Any
):
    with watching(browser, base, width=320) as watched:
        page = watched.page
        sign_in(watched, site, "secretariat")
        watched.open(f"{HOME}sessions")
        page.get_by_role("link", name="schedule it").last.click()
        typed = {"starts_at": "2023-10-29T02:30", "ends_at": "2023-10-29T05:00", "languages": "es, en"}
        for name, said in (typed | {"audience": "members of the Network"}).items():
            page.locator(f"#{name}").fill(said)
        for name, said in {"mode": "online", "level": "global", "rule": "open"}.items():
            page.locator(f"#{name}").select_option(said)
        page.get_by_role("button", name="Look it over").click()
        expect(page.get_by_text("comes twice in Geneva")).to_be_visible()
        look(axe, watched, "the form with a fault")
        page.locator("#starts_at").fill("2023-10-29T02:30+01:00")
        page.get_by_role("button", name="Look it over").click()
        expect(page.get_by_role("heading", name="This will be recorded")).to_be_visible()
        look(axe, watched, "what will be recorded")
        page.get_by_role("button", name="Record it").click()
        expect(page.get_by_role("status").get_by_text("Recorded as entry")).to_be_visible()
        expect(page.get_by_text("29 October 2023, 02:30 to 05:00")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert [one for one in watched.complaints if "422" not in one] == []
