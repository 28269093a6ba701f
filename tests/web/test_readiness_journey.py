"""The Secretariat prepares the review of Africa in a real browser: asks, finds, freezes, moves it, follows it up."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from urllib.parse import urljoin

import openpyxl
import pytest
from docx import Document
from playwright.sync_api import Browser, Locator, Page, expect

from schedules.upkeep import draft_readiness
from tests.web.conftest import event, report
from tests.web.site import HOME, Site
from tests.web.test_browser import sign_in
from tests.web.test_journeys import WAYS, base, check, go
from tests.web.test_readiness import give_focal_points
from tests.web.watching import watching

__all__ = ["base"]

TITLES = {
    "en": "Voluntary reports received",
    "es": "Informes voluntarios recibidos",
    "fr": "Rapports volontaires reçus",
}


def days_before(site: Site) -> None:
    """Let it be ninety days before the review, with a round open and its draft written."""
    house = site.house
    house.clock.now = datetime(2024, 7, 11, 9, tzinfo=UTC)
    give_focal_points(site, "cglu")
    house.enter(event("RoundOpened", "round/2024-Q2"))
    assert draft_readiness(house.runtime).endswith("2"), "of this review, and of all for the quarter"


def confirm(page: Page, button: str = "Record it", *said: str) -> None:
    """Look over what was filled in, in sentences that say so much, and record it."""
    page.get_by_role("button", name="Look it over").click()
    expect(page.get_by_role("heading", name="This will be recorded")).to_be_visible()
    for words in said:
        expect(page.locator("main")).to_contain_text(words)
    page.get_by_role("button", name=button).click()


def part(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


def prepare(page: Page) -> None:
    """From the letter that waits to the picture: tag, ask the leads about a gap, find, mark the reports."""
    go(page, "Reporting", "Letters")
    page.get_by_role("link", name="Readiness: Africa", exact=True).click()
    untagged = part(page, "Untagged")
    expect(untagged).to_contain_text("62 of 62 items carry no region or no objectives")
    untagged.locator("summary").click()
    untagged.get_by_role("link", name=re.compile(r"tag now.*Activity 3\.4$")).click()
    page.get_by_label("Africa").check()
    page.get_by_label("15 Access to basic services").check()
    confirm(page, "Record the tags", "Regions: Africa.")
    expect(page.get_by_text("Activity 3.4 is tagged.")).to_be_visible()
    expect(part(page, "Untagged")).to_contain_text("61 of 62")
    expect(page.get_by_role("row", name="15 Access to basic services")).to_contain_text("3.4")
    activities = part(page, "Linked activities")
    expect(activities).to_contain_text("Q1 2023, OMS, 463 days ago")
    activities.get_by_role("link", name="ask").click()
    page.get_by_label("Your question").fill("Which countries took part?")
    confirm(page, "Ask 2 leads", "OMS is asked about activity 3.4.")
    expect(page.get_by_text("2 leads are asked.")).to_be_visible()
    part(page, "Agenda").get_by_role("link", name="Record a finding").click()
    page.get_by_label("How the line stands", exact=True).select_option("partly")
    page.get_by_label("What was found").fill("A draft is with the host.")
    page.get_by_label("Where it is known from").fill("The mail of the commission of 9 July")
    confirm(page, "Record the finding", "By the rules alone it is: missing.")
    expect(part(page, "Agenda")).to_contain_text("finding: A draft is with the host.")
    reports = part(page, "Voluntary reports received")
    reports.get_by_role("link", name="Record the reports of many countries").click()
    page.get_by_label("What is known", exact=True).select_option("received")
    for country in ("Kenya", "Ghana", "Senegal"):
        page.get_by_label(country).check()
    page.get_by_label("When it happened").fill("2024-06")
    confirm(page, "Record it for 3 countries", "Ghana, Kenya, Senegal")
    expect(page.get_by_role("row", name="Kenya")).to_contain_text("received")
    page.get_by_role("link", name="Readiness", exact=True).last.click()
    expect(reports).to_contain_text("Received: 3. Announced: 0. Countries of the region: 54.")


def freeze(page: Page, number: int) -> None:
    page.get_by_role("link", name="Freeze a snapshot").click()
    page.get_by_label("I have looked at it and sign it off").check()
    confirm(page, "Freeze it", f"It becomes snapshot {number}")
    expect(page.get_by_role("heading", name=f"Africa, snapshot {number}")).to_be_visible()
    expect(page.get_by_text("It is frozen.")).to_be_visible()
    expect(page.locator(".lead")).to_contain_text("signed off by Secretariat")


def hand_out(page: Page) -> None:
    """Download the snapshot as Word and as a workbook, in each language."""
    for language, words in TITLES.items():
        files = {
            kind: page.locator(f'a[href*="/africa/snapshots/1.{kind}?language={language}"]')
            for kind in ("docx", "xlsx")
        }
        answers = {
            kind: page.request.get(urljoin(page.url, link.get_attribute("href") or ""))
            for kind, link in files.items()
        }
        told = "\n".join(one.text for one in Document(io.BytesIO(answers["docx"].body())).paragraphs)
        assert words in told, told[:300]
        sheet = openpyxl.load_workbook(io.BytesIO(answers["xlsx"].body())).worksheets[0]
        assert words in " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)


def move(page: Page) -> None:
    go(page, "Reviews", "Regional reviews")
    page.get_by_role("link", name="Africa", exact=True).first.click()
    page.get_by_role("link", name="Move it to other dates").click()
    page.get_by_label("First day").fill("2024-10-16")
    page.get_by_label("Last day").fill("2024-10-17")
    page.get_by_label("Why", exact=True).fill("The hall is taken in the week before.")
    confirm(page)
    expect(page.locator("main")).to_contain_text("Why: The hall is taken in the week before.")


def follow_up(page: Page) -> None:
    """Say that it was held, where its outcome and the chairs' summary are, and what is made of a recommendation."""
    page.get_by_role("link", name="Say that it was held").click()
    page.get_by_label("When it happened").fill("2024-10-17")
    confirm(page)
    for address in ("https://example.org/outcome", "https://example.org/chairs-summary"):
        page.get_by_role("link", name="Add its outcome").click()
        page.get_by_label("Web address", exact=True).fill(address)
        confirm(page)
    expect(page.get_by_role("link", name="example.org/chairs-summary").first).to_be_visible()
    page.get_by_role("link", name="Follow a recommendation up").click()
    page.get_by_label("English", exact=True).fill("A regional pool of trainers stands")
    page.get_by_label("Spanish", exact=True).fill("Existe un grupo regional de formadores")
    page.get_by_label("Due", exact=True).fill("2025-06")
    page.locator("#workstream").select_option("3")
    confirm(page, "Record it", "Regional review: Africa")
    page.get_by_role("link", name="Regional review: Africa").first.click()
    expect(page.get_by_role("row", name="regional")).to_contain_text("June 2025")


@pytest.mark.parametrize("width,scripts", WAYS)
def test_a_review_is_prepared_frozen_moved_held_and_followed_up(
    site: Site, base: str, browser: Browser, width: int, scripts: bool
):
    days_before(site)
    with watching(browser, base, width=width, scripts=scripts) as watched:
        page, snapshot = watched.page, f"{HOME}reviews/africa/snapshots/"
        sign_in(watched, site, "secretariat")
        watched.open(HOME)
        prepare(page)
        freeze(page, 1)
        check(watched, width)
        frozen = page.locator("main").inner_text()
        hand_out(page)
        site.house.enter(report("3.4", "oms", {"quarter": "2024-Q2", "needs": "A venue."}))
        move(page)
        watched.open(f"{snapshot}1?done=frozen")
        assert page.locator("main").inner_text() == frozen, "later entries do not change it"
        expect(page.locator("main")).to_contain_text("10 October 2024")
        page.get_by_role("link", name="Verify").click()
        expect(page.get_by_text("Computed again: the same, byte for byte")).to_be_visible()
        watched.open(f"{HOME}reviews/africa/readiness?since=1")
        expect(page.locator("#since")).to_contain_text("Linked activities")
        freeze(page, 2)
        expect(page.locator("main")).to_contain_text("17 October 2024. Why: The hall is taken")
        expect(part(page, "Compared with snapshot 1")).to_contain_text("Date and host")
        page.get_by_label("Region", exact=True).select_option("lac")
        page.get_by_role("button", name="Compare").click()
        expect(part(page, "Beside another region")).to_contain_text("Latin America and the Caribbean")
        site.house.clock.now = datetime(2024, 10, 18, 9, tzinfo=UTC)
        sign_in(watched, site, "secretariat")
        watched.open(f"{HOME}reviews/africa")
        follow_up(page)
        check(watched, width)
