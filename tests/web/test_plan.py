"""The plan as cards, as a table, quarter by quarter, filtered, and as one entity sees it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.web.conftest import event
from tests.web.site import HOME, Site, parsed

NUMBER = re.compile(r'<span class="number">\d+\.\d+</span>')


def html_of(site: Site, query: str, who: str = "secretariat") -> str:
    answer = site.reader(who).get(f"{HOME}plan?{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "query,count",
    [
        ("", 62),
        ("status=withdrawn", 1),
        ("entity=oms", 6),
        ("workstream=3", 6),
        ("region=unknown", 62),
        ("objective=unknown", 57),
        ("region=africa", 0),
        ("objective=nonsense", 0),
        ("report=reported&entity=oms", 1),
        ("report=not_reported&workstream=3", 5),
        ("report=nonsense", 0),
        ("quiet=2", 0),
        ("quiet=x", 0),
    ],
)
def test_the_count_equals_the_list_in_every_look(library: Site, query: str, count: int):
    for look in ("cards", "table", "quarters"):
        html = html_of(library, f"{query}&look={look}")
        assert len(NUMBER.findall(html.partition('id="activities"')[2])) == count, look
        assert f"{count} activit" in html


def test_the_figures_count_within_the_filters_and_keep_them(library: Site):
    html = html_of(library, "entity=oms&look=table")
    address, count = re.findall(r'<a href="([^"]*status=in_progress[^"]*)"[^>]*>\s*<strong>(\d+)', html)[0]
    assert "entity=oms" in address
    assert "look=table" in address
    listed = library.reader("secretariat").get(address.replace("&amp;", "&")).get_data(as_text=True)
    assert len(NUMBER.findall(listed)) == int(count) == 2


def test_a_window_is_said_in_the_cells_of_its_quarters(library: Site):
    html = html_of(library, "look=quarters&workstream=3")
    row = next(one for one in html.split("<tr>") if ">3.4</span>" in one)
    assert row.count("planned") == 1
    assert row.count("<td") == 1 + 12
    unknown = next(one for one in html.split("<tr>") if ">3.2</span>" in one)
    assert "not in the plan" in unknown
    assert 'colspan="12"' in unknown


def test_a_milestone_is_named_in_the_quarter_in_which_it_is_due(site: Site):
    site.house.clock.now = datetime(2023, 7, 4, tzinfo=UTC)
    data = {"title": "The tool is tried", "due": "2023-11", "activity": "3.4"}
    site.house.enter(event("MilestoneSet", "milestone/trial", data))
    row = next(one for one in html_of(site, "look=quarters").split("<tr>") if ">3.4</span>" in one)
    cells = row.split("<td")[2:]
    assert "The tool is tried" in cells[7].replace("the tool", "The tool")


def test_the_plan_is_seen_as_an_entity_without_its_rights(library: Site):
    text = parsed(library.reader("secretariat").get(f"{HOME}plan?see=oms")).text
    assert "As OMS sees it." in text
    assert re.search(r"\d+ reports are awaited of it", text)
    assert 'href="/w/unnm-2022-2024/plan"' in html_of(library, "see=oms")
    assert "sees it" not in html_of(library, "see=nobody")


def test_the_public_is_not_told_what_is_awaited(library: Site):
    text = parsed(library.reader().get("/w/harbour-2025/plan?see=port")).text
    assert "sees it." in text
    assert "awaited" not in text
    assert "Report for" not in text
