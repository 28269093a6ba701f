"""The agency with eight workstreams settles a quarter behind its letter in a real browser; its clicks are counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.applications import application
from tests.filling import path_in, reports
from tests.mailing import PLAN, QUARTER, MailServer, add_focal_point, lead_entities, sqlite_only
from tests.web.watching import serving, watching
from tracker.directory.principals import Principal
from tracker.notifications.running import remind
from tracker.runtime import Runtime
from tracker.workplan.activity import Activity

pytestmark = sqlite_only
FEWER_THAN = 30


@dataclass
class Hand:
    """The one hand of a busy person: every click is counted, into a field too; typing is not clicking."""

    page: Page
    clicks: list[str] = field(default_factory=list)

    def click(self, what: Locator) -> None:
        self.clicks.append((what.text_content() or what.get_attribute("name") or "").strip()[:40])
        what.click()

    def type(self, what: Locator, words: str) -> None:
        self.click(what)
        what.fill(words)


@pytest.fixture
def link(runtime: Runtime, mail: MailServer, free_port: int) -> Iterator[str]:
    """Return the address in the one letter of the focal point of IOM, as it is served."""
    workstreams = lead_entities(runtime)["oim"]
    assert len(workstreams) == 8
    add_focal_point(runtime, "oim", "en", workstreams)
    remind(runtime, PLAN, QUARTER)
    with serving(application(runtime), another_port(free_port)) as base:
        yield base + path_in(mail)


def another_port(port: int) -> int:
    """The mail server of the test has the free port; the pages take one above it."""
    return port + 1 if port < 65000 else port - 1


def report_of_unhcr(runtime: Runtime, activity: str) -> None:
    unhcr = add_focal_point(runtime, "acnur", "es", ["2"])
    link = Principal(unhcr, frozenset({"link"}), unhcr, quarter=QUARTER)
    data = {"quarter": QUARTER, "assessment": "delayed"}
    wish = {"type": "ProgressReported", "subject": f"activity/{activity}", "reason": "Funds came late."}
    runtime.submit(PLAN, wish | {"data": data}, link, "link")


def accessible(page: Page) -> None:
    """Ask axe about the page as it stands."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"


def tell(hand: Hand, number: str, state: str, reason: str = "", count: str = "") -> None:
    """Open an activity from the overview, say what is new, and go back."""
    page = hand.page
    hand.click(
        page.get_by_role("listitem").filter(has=page.get_by_text(number, exact=True)).locator("a.title")
    )
    card = page.locator("fieldset.answering").filter(has=page.locator(f'input[name="{number}:what"]'))
    hand.click(card.get_by_text("Something new"))
    hand.click(card.get_by_text(state))
    why = card.get_by_role("textbox", name="Reason")
    if reason:
        hand.type(why, reason)
    else:
        expect(why).to_be_hidden()
    if count:
        hand.type(card.get_by_role("spinbutton").first, count)
    hand.click(page.get_by_role("button", name="All my activities"))


@pytest.mark.parametrize(
    "width, scripts",
    [(1280, True), (320, False)],
    ids=["with JavaScript", "on a phone without JavaScript"],
)
def test_eight_workstreams_are_settled_in_under_thirty_clicks(
    runtime: Runtime, browser: Browser, link: str, width: int, scripts: bool
):
    with watching(browser, "", width=width, scripts=scripts) as watched:
        page = watched.page
        hand = Hand(page, ["the link in the letter"])
        look = accessible if scripts else (lambda _page: None)
        page.goto(link)
        look(page)
        tell(hand, "1.1", "in progress, on track")
        tell(hand, "2.1", "in progress, needs attention", reason="The host withdrew.")
        tell(hand, "4.1", "in progress, on track", count="1")
        report_of_unhcr(runtime, "2.1")
        hand.click(page.get_by_role("button", name="Nothing new in the other 34"))
        for words in (
            "not started → in progress, needs attention",
            "0 → 1 of 2",
            "ACNUR reported meanwhile",
            "Funds came late.",
            "Nothing new: 34 activities",
        ):
            expect(page.locator("main")).to_contain_text(words)
        look(page)
        hand.click(page.get_by_text("Send mine as well"))
        hand.click(page.get_by_role("button", name="Send 37 reports"))
        expect(page.get_by_role("heading", name="Received. Thank you.")).to_be_visible()
        expect(page.locator("main")).to_contain_text("Nothing else is awaited for this quarter.")
        look(page)
    print(f"\n{len(hand.clicks)} clicks: {' · '.join(hand.clicks)}")
    assert len(hand.clicks) < FEWER_THAN
    told = [event for event in reports(runtime) if event.entity == "oim"]
    assert (len(told), len([one for one in told if one.data.no_change])) == (37, 34)
    with runtime.ask(PLAN) as view:
        state = view.plan.get("activity/2.1", Activity)
        assert state is not None
        assert (state.disputed, state.assessment) == (True, "delayed")
    assert watched.complaints == []


def test_a_card_is_kept_while_it_is_written_by_keyboard_alone_and_fits_a_phone(
    runtime: Runtime, browser: Browser, link: str
):
    with watching(browser, "", width=320) as watched:
        page = watched.page
        page.goto(f"{link}/w/4")
        page.locator('input[name="4.1:what"]').first.focus()
        for _ in range(2):
            page.keyboard.press("ArrowRight")
        expect(page.locator('input[name="4.1:what"][value="news"]')).to_be_checked()
        page.keyboard.press("Tab")
        for _ in range(2):
            page.keyboard.press("ArrowDown")
        expect(page.locator('input[name="4.1:state"][value="in_progress/at_risk"]')).to_be_checked()
        page.keyboard.press("Tab")
        with page.expect_response("**/card/4.1"):
            page.keyboard.type("No venue yet.")
        accessible(page)
        for path in ("", "/w/4", "/review"):
            page.goto(link + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        expect(page.locator("main")).to_contain_text("reason: No venue yet.")
        assert reports(runtime) == []
        assert watched.complaints == []
        page.goto(f"{link}/w/4")
        note = page.locator('[id="4.1:note"]')
        page.route("**/card/*", lambda route: route.abort())
        note.fill("Typed while the line was down.")
        expect(page.get_by_text("Not kept: check the connection")).to_be_visible()
        page.unroute("**/card/*")
        note.press("End")
        note.type(" Still here.")
        page.get_by_role("link", name="All my activities").first.click()
        page.goto(f"{link}/w/4")
        expect(note).to_have_value("Typed while the line was down. Still here.")
