"""Co-leads who differ: the more cautious counts, until one agrees or the Secretariat decides."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from tests.stories import LINK, Story, refused, report, small_plan, status
from tracker.workplan.claims import CAUTIOUS


def differing(first: dict[str, Any], second: dict[str, Any], start: str = "in_progress") -> Story:
    story = small_plan(now="2023-06-01")
    if start != "not_started":
        story.say(status("3.1", start, reason="so it was"))
    story.on("2023-07-03")
    story.say(report("3.1", "oim", quarter="2023-Q2", **first))
    story.say(report("3.1", "oms", quarter="2023-Q2", **second))
    return story


CLAIMS: list[dict[str, Any]] = [
    {"status": "discontinued", "reason": "x"},
    {"status": "on_hold", "reason": "x"},
    {"assessment": "delayed", "reason": "x"},
    {"assessment": "at_risk", "reason": "x"},
    {"status": "in_progress"},
    {"assessment": "on_track"},
    {"status": "completed", "evidence": [LINK]},
]
"""What can be said of something in progress, most cautious first."""


@pytest.mark.parametrize("cautious, bold", list(combinations(CLAIMS, 2)))
def test_the_more_cautious_of_two_differing_reports_counts(cautious, bold):
    for pair in ((cautious, bold), (bold, cautious)):
        state = differing(*pair).activity()
        expected = (cautious.get("status", "in_progress"), cautious.get("assessment"))
        assert (state.status, state.assessment, state.disputed) == (*expected, True)
        assert set(state.claims) == {"oim", "oms"}


def test_not_started_is_more_cautious_than_on_track_and_less_than_at_risk():
    state = differing({"no_change": True}, {"assessment": "on_track"}, "not_started").activity()
    assert (state.status, state.disputed) == ("not_started", True)
    state = differing({"no_change": True}, {"assessment": "at_risk", "reason": "x"}, "not_started").activity()
    assert (state.status, state.assessment) == ("in_progress", "at_risk")


def test_the_cautious_order_is_that_of_the_rules():
    assert [one or status for status, one in CAUTIOUS] == [
        *(
            "discontinued",
            "on_hold",
            "delayed",
            "at_risk",
            "not_started",
            "in_progress",
            "on_track",
            "completed",
        )
    ]


@pytest.mark.parametrize("said", CLAIMS)
def test_two_that_say_the_same_are_in_no_dispute(said):
    assert not differing(said, said).activity().disputed


def test_each_report_of_a_quarter_is_judged_from_the_status_before_that_quarter():
    story = differing({"status": "completed", "evidence": [LINK]}, {"status": "on_hold", "reason": "strike"})
    assert (story.activity().status, story.activity().disputed) == ("on_hold", True)


def test_a_dispute_ends_when_one_agrees():
    story = differing({"assessment": "on_track"}, {"assessment": "at_risk", "reason": "no venue"})
    story.say(report("3.1", "oms", assessment="on_track", quarter="2023-Q2"))
    state = story.activity()
    assert (state.assessment, state.disputed) == ("on_track", False)
    assert state.assessment_reason is None


def test_the_reason_that_is_shown_is_that_of_the_claim_that_counts():
    story = differing(
        {"assessment": "delayed", "reason": "of oim"}, {"assessment": "at_risk", "reason": "of oms"}
    )
    assert story.text(story.activity().assessment_reason) == "of oim"
    story.say(report("3.1", "oim", assessment="on_track", quarter="2023-Q2"))
    assert story.activity().assessment == "at_risk"
    assert story.text(story.activity().assessment_reason) == "of oms"


def test_a_note_neither_makes_nor_ends_a_dispute():
    story = differing({"assessment": "on_track"}, {"note": "we met"})
    assert not story.activity().disputed
    story = differing({"assessment": "on_track"}, {"assessment": "at_risk", "reason": "x"})
    story.on("2023-10-02").say(report("3.1", "oim", note="we met", quarter="2023-Q3"))
    assert (story.activity().disputed, story.activity().assessment) == (True, "at_risk")


def test_the_secretariat_decides_a_dispute_with_a_reason():
    story = differing({"assessment": "on_track"}, {"assessment": "at_risk", "reason": "x"})
    with refused("deciding between differing reports needs a reason", field="/reason"):
        story.say(status("3.1", "in_progress", assessment="on_track"))
    story.say(status("3.1", "in_progress", assessment="on_track", reason="oms agreed by phone"))
    assert (story.activity().assessment, story.activity().disputed) == ("on_track", False)


def test_deciding_for_what_counts_already_is_an_event_while_there_is_a_dispute():
    story = differing({"assessment": "on_track"}, {"assessment": "at_risk", "reason": "x"})
    made = story.say(
        status("3.1", "in_progress", assessment="at_risk", reason="the Secretariat agrees with oms")
    )
    assert len(made) == 1
    assert (story.activity().assessment, story.activity().disputed) == ("at_risk", False)


def test_a_decision_is_what_later_reports_of_the_quarter_are_judged_from():
    story = differing({"status": "completed", "evidence": [LINK]}, {"assessment": "at_risk", "reason": "x"})
    story.say(status("3.1", "on_hold", reason="decided"))
    story.say(report("3.1", "oim", no_change=True, quarter="2023-Q2"))
    assert (story.activity().status, story.activity().disputed) == ("on_hold", False)


def test_nothing_new_after_ones_own_report_keeps_what_it_said():
    story = small_plan()
    story.say(report("3.1", assessment="at_risk", reason="no venue", quarter="2023-Q2"))
    story.say(report("3.1", no_change=True, quarter="2023-Q2"))
    assert (story.activity().assessment, story.activity().disputed) == ("at_risk", False)


def test_on_behalf_of_counts_as_that_entitys_report():
    story = differing({"assessment": "on_track"}, {"assessment": "at_risk", "reason": "x"})
    by = {"entity": "oms", "by": "phone", "received_on": "2023-07-03"}
    story.say(report("3.1", None, assessment="on_track", quarter="2023-Q2", on_behalf_of=by))
    assert not story.activity().disputed
