"""The first page of a plan: what needs each reader, the sentence of changes, and the moment bar's slider."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.web.site import HARBOUR, HOME, Site, parsed
from tracker.web.needs import MOST


def needs(site: Site, who: str | None, path: str = HOME) -> list[str]:
    html = site.reader(who).get(path).get_data(as_text=True)
    _before, _found, rest = html.partition('id="needs"')
    items = re.findall(r"<li>(.*?)</li>", rest.partition("</section>")[0], re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub("<[^>]+>", "", one)).strip() for one in items]


def test_a_lead_sees_what_it_still_owes_and_by_when(library: Site):
    found = needs(library, "lead")
    assert 1 <= len(found) <= MOST
    assert all(one.startswith(("Report on 3.", "and ")) for one in found), found
    assert "due Monday 10 July 2023" in found[0]


def test_the_secretariat_sees_what_the_plan_asks_of_it(library: Site):
    found = needs(library, "secretariat")
    assert 1 <= len(found) <= MOST
    assert any(re.match(r"\d+ activities await a report for Q2 2023", one) for one in found), found
    assert any(one.startswith("1 activity is past its window") for one in found), found


def test_nothing_is_asked_of_the_public_nor_in_a_past_view(library: Site):
    assert "What needs you today" not in parsed(library.reader().get(f"/w/{HARBOUR}/")).text
    assert needs(library, "secretariat", f"{HOME}?as_of=2023-05-15") == []


def test_the_counts_of_what_needs_somebody_equal_the_lists_behind_them(library: Site):
    reader = library.reader("secretariat")
    awaiting = next(one for one in needs(library, "secretariat") if "await a report" in one)
    listed = reader.get(f"{HOME}plan?status=awaiting").get_data(as_text=True)
    assert awaiting.startswith(f"{len(re.findall('class=.number.>[0-9]+[.]', listed))} ")


def test_what_changed_since_the_last_moment_is_one_sentence_that_leads_to_its_parts(library: Site):
    page = parsed(library.reader("secretariat").get(HOME))
    assert "Since: Principals of May" in page.text
    assert "63 activities then, 62 now: 0 added, 1 removed from the plan" in page.text
    leads = [one for one in page.links if one.startswith(f"{HOME}changes?from=moment:may-principals#")]
    assert leads
    target = parsed(library.reader("secretariat").get(leads[0].partition("#")[0]))
    assert {one.partition("#")[2] for one in leads} <= set(target.ids)


@pytest.mark.parametrize(
    "asked,leads_to",
    [
        ("view=then&day=&step=10&began=2022-12-15&go=slide", "?as_of=2022-12-25"),
        ("view=now&day=&step=10&began=2022-12-15&go=slide", "?effective_on=2022-12-25"),
        ("view=then&day=2023-01-01&step=x&began=2022-12-15&go=slide", "?as_of=2023-01-01"),
        ("view=then&day=&step=999999&began=9999-12-31&go=slide", ""),
        ("view=then&day=2023-05-01&step=3&began=2022-12-15", "?as_of=2023-05-01"),
        ("view=then&day=2023-05-01&go=compare", "changes?from=2023-05-01"),
        (
            "view=now&day=2023-05-01&go=compare&shown=2023-06-01",
            "changes?from=now%402023-05-01&to=2023-06-01",
        ),
    ],
)
def test_what_the_moment_bar_asks_becomes_an_address(library: Site, asked: str, leads_to: str):
    answer = library.reader("secretariat").get(f"{HOME}?{asked}")
    assert (answer.status_code, answer.headers["Location"]) == (303, HOME + leads_to)


def test_the_slider_spans_the_life_of_the_plan_and_names_its_busy_months(library: Site):
    html = library.reader("secretariat").get(f"{HOME}?as_of=2023-05-15").get_data(as_text=True)
    slider = re.search(r'<input type="range"[^>]*>', html)
    assert slider
    said = dict(re.findall(r'([\w-]+)="([^"]*)"', slider[0]))
    assert int(said["max"]) == (date(2023, 7, 5) - date.fromisoformat(said["data-from"])).days
    assert int(said["value"]) == (date(2023, 5, 15) - date.fromisoformat(said["data-from"])).days
    links = parsed(library.reader("secretariat").get(HOME)).links
    assert any(re.fullmatch(rf"{HOME}\?as_of=2023-\d\d-(28|30|31)", one) for one in links)


def test_a_past_view_leads_to_the_same_day_on_the_other_axis_and_to_what_differs(library: Site):
    page = parsed(library.reader("secretariat").get(f"{HOME}activities/3.1?as_of=2023-05-15"))
    assert f"{HOME}activities/3.1?effective_on=2023-05-15" in page.links
    assert f"{HOME}changes?from=2023-05-15&to=now%402023-05-15" in page.links
