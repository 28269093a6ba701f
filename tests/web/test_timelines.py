"""The pages about the course of time: each drawing stands beside a table that says the same."""

from __future__ import annotations

import re

import pytest

from tests.web.site import HOME, Site, parsed
from tracker.web import contributions


def test_planned_stands_against_actual(library: Site):
    reader = library.reader("secretariat")
    page = parsed(reader.get(f"{HOME}activities/3.4/timeline"))
    assert re.search(r"Q1 2023 yes yes not started reported entry \d+", page.text)
    assert "WHO's mail first window" in page.text
    assert "Planned against actual, by quarter" in page.text
    assert f"{HOME}activities/3.4/timeline" in parsed(reader.get(f"{HOME}activities/3.4")).links


def test_an_unknown_window_is_said(library: Site):
    page = parsed(library.reader("secretariat").get(f"{HOME}activities/3.2/timeline"))
    assert "No window is in the plan: planned quarters are unknown." in page.text
    assert "Q1 2023 not in the plan not in the plan not started" in page.text


def test_the_dates_of_a_review_and_who_moved_them(library: Site):
    page = parsed(library.reader("secretariat").get(f"{HOME}reviews/africa"))
    assert "9 to 10 October 2024 before: Q1 to Q2 2024 102 days later" in page.text
    assert "Why: The host asked for it." in page.text
    past = parsed(library.reader("secretariat").get(f"{HOME}reviews/africa?as_of=2023-05-01"))
    assert "It was promised once." in past.text
    assert "October 2024" not in past.text


def test_the_plan_over_time_counts_what_was_known_then_and_what_is_known_now(library: Site):
    page = parsed(library.reader("secretariat").get(f"{HOME}timeline"))
    assert "31 December 2022 then nothing was known here: the log had not begun now 63 0 0 0 0 0" in page.text
    assert "30 June 2023 then 59 3 0 0 0 1 now 59 3 0 0 0 1" in page.text
    assert "Regional review: Africa Q1 to Q2 2024 9 to 10 October 2024 102 days later in 1 step" in page.text
    assert len(page.ids) == len(set(page.ids))


def test_who_may_not_read_details_gets_no_assessment_and_no_speaker(library: Site):
    page = parsed(library.reader("viewer").get(f"{HOME}activities/3.4/timeline"))
    assert "in progress" in page.text
    assert "on track" not in page.text
    assert "Secretariat" not in page.text.partition("Every window")[2].partition("Every entry")[0]


def test_contributions_are_found_and_what_nobody_said_is_counted(library: Site):
    reader = library.reader("secretariat")
    page = parsed(reader.get(f"{HOME}contributions"))
    assert page.fields["tagged"] == "now"
    page = parsed(reader.get(f"{HOME}contributions?entity=oms&from=2023"))
    assert "2 reports, 1 link." in page.text
    assert "17 April 2023 Report, Q2 2023: Activity 3.1" in page.text
    assert "the entity: the report says so" in page.text
    page = parsed(reader.get(f"{HOME}contributions?country=KE&tagged=then"))
    assert "Nothing is known to apply. Untagged, may also apply: 3." in page.text
    assert reader.get(f"{HOME}contributions?from=nonsense").status_code == 422


def test_the_countries_that_the_plan_names_stand_first(site: Site):
    reader = site.reader("secretariat")
    page = reader.get(f"{HOME}contributions").get_data(as_text=True)
    assert "Named in this plan" not in page
    site.house.enter(
        {
            "type": "ActivityTagged",
            "subject": "activity/3.4",
            "data": {"tags": {"countries": ["KE"]}},
        }
    )
    page = reader.get(f"{HOME}contributions").get_data(as_text=True)
    named, _, others = page.partition("Named in this plan")[2].partition("Other countries and territories")
    assert re.findall('value="([A-Z]{2})"', named) == ["KE"]
    assert 'value="KE"' not in others


def test_contributions_are_listed_a_part_at_a_time(library: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(contributions, "MOST", 1)
    reader = library.reader("secretariat")
    first = parsed(reader.get(f"{HOME}contributions?entity=oms&from=2023"))
    assert "1 to 1 of 2, by date" in first.text
    assert f"{HOME}contributions?entity=oms&from=2023&after=1" in first.links
    second = parsed(reader.get(f"{HOME}contributions?entity=oms&from=2023&after=1"))
    assert "2 to 2 of 2, by date" in second.text
    assert "Later ones" not in second.text
    assert "Earlier ones" in second.text
    assert "Untagged" not in second.text, "what is untagged stands below the first ones"
    beyond = parsed(reader.get(f"{HOME}contributions?entity=oms&from=2023&after=900"))
    assert f"{HOME}contributions?entity=oms&from=2023&after=1" in beyond.links
