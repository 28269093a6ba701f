"""The lifecycle of an activity and its self-assessment, as decisions and as reports say them."""

from __future__ import annotations

import pytest

from tests.stories import LINK, Story, event, refused, report, retract, small_plan, status

STATUSES = ("not_started", "in_progress", "on_hold", "completed", "discontinued")
FOLLOW = {
    "not_started": {"in_progress", "on_hold", "completed", "discontinued"},
    "in_progress": {"on_hold", "completed", "discontinued"},
    "on_hold": {"in_progress", "completed", "discontinued"},
    "completed": {"in_progress"},
    "discontinued": {"in_progress"},
}
ALL = [(old, new) for old in STATUSES for new in STATUSES if old != new]


def standing_at(old: str) -> Story:
    """Return a plan whose activity 3.1 has reached a status on 1 June 2023."""
    story = small_plan(now="2023-06-01")
    if old != "not_started":
        story.say(status("3.1", old, reason="so it was"))
    return story.on("2023-07-03")


@pytest.mark.parametrize("old, new", [pair for pair in ALL if pair[1] in FOLLOW[pair[0]]])
def test_a_status_that_may_follow_follows(old, new):
    story = standing_at(old)
    story.say(status("3.1", new, reason="a reason"))
    assert story.activity().status == new


@pytest.mark.parametrize("old, new", [pair for pair in ALL if pair[1] not in FOLLOW[pair[0]]])
def test_a_status_that_may_not_follow_is_refused_with_those_that_may(old, new):
    story = standing_at(old)
    with refused(
        f"is {old}: {new} cannot follow", field="/data/status", way_out=", ".join(sorted(FOLLOW[old]))[:5]
    ):
        story.say(status("3.1", new, reason="a reason"))


@pytest.mark.parametrize("old, new", [pair for pair in ALL if pair[1] not in FOLLOW[pair[0]]])
def test_a_report_may_not_say_what_cannot_follow_either(old, new):
    story = standing_at(old)
    with refused(f"{new} cannot follow", field="/data/status"):
        story.say(report("3.1", status=new, reason="a reason"))


@pytest.mark.parametrize("held", STATUSES)
def test_deciding_what_already_holds_is_no_event(held):
    story = standing_at(held)
    assert story.say(status("3.1", held)) == []


@pytest.mark.parametrize("held", STATUSES)
def test_a_report_that_repeats_the_status_fits_and_is_an_event(held):
    story = standing_at(held)
    assert len(story.say(report("3.1", status=held))) == 1
    assert story.activity().status == held


@pytest.mark.parametrize("said", [status, report])
@pytest.mark.parametrize("new", ["on_hold", "discontinued"])
def test_pausing_and_giving_up_need_a_reason(said, new):
    story = standing_at("in_progress")
    wish = status("3.1", new) if said is status else report("3.1", status=new)
    with refused(f"`{new}` needs a reason", field="/reason", way_out="with a `reason`"):
        story.say(wish)


@pytest.mark.parametrize("ended", ["completed", "discontinued"])
def test_reopening_needs_a_reason(ended):
    story = standing_at(ended)
    for wish in (status("3.1", "in_progress"), report("3.1", status="in_progress")):
        with refused("reopening activity 3.1 needs a reason", field="/reason"):
            story.say(wish)
    story.say(status("3.1", "in_progress", reason="the donor came back"))
    assert story.activity().status == "in_progress"


def test_completing_needs_evidence_or_a_reason_for_none():
    story = standing_at("in_progress")
    for wish in (
        status("3.1", "completed"),
        report("3.1", status="completed"),
        status("3.1", "completed", evidence=[]),
    ):
        with refused("needs evidence", field="/data/evidence"):
            story.say(wish)
    story.say(status("3.1", "completed", evidence=[LINK]))
    assert story.activity().evidence[0].url == LINK["url"]


@pytest.mark.parametrize(
    "wish",
    [
        status("3.1", "completed", no_evidence_reason="the paper was lost"),
        status("3.1", "completed", reason="the paper was lost"),
        report("3.1", status="completed", reason="the paper was lost"),
        report("3.1", status="completed", evidence=[LINK]),
    ],
)
def test_completing_with_evidence_or_a_reason_is_taken(wish):
    story = standing_at("in_progress")
    story.say(wish)
    assert (story.activity().status, story.activity().assessment) == ("completed", None)


def test_an_activity_may_be_completed_that_was_never_started():
    story = small_plan()
    story.say(report("3.1", status="completed", evidence=[LINK]))
    assert story.activity().status == "completed"


def test_an_assessment_starts_an_activity_and_the_event_says_so():
    story = small_plan()
    (made,) = story.say(report("3.1", assessment="on_track"))
    assert made.data.status == "in_progress"  # type: ignore[union-attr]
    assert (story.activity().status, story.activity().assessment) == ("in_progress", "on_track")


def test_an_assessment_of_what_is_in_progress_adds_no_status_to_the_event():
    story = standing_at("in_progress")
    (made,) = story.say(report("3.1", assessment="on_track"))
    assert made.data.status is None  # type: ignore[union-attr]


@pytest.mark.parametrize("held", ["on_hold", "completed", "discontinued"])
def test_only_what_is_in_progress_can_be_assessed(held):
    story = standing_at(held)
    with refused(f"is {held}", field="/data/assessment", way_out="in_progress"):
        story.say(report("3.1", assessment="on_track"))
    with refused("not of what is on_hold", field="/data/assessment"):
        story.say(status("3.1", "on_hold", assessment="on_track", reason="x"))


@pytest.mark.parametrize("assessment", ["at_risk", "delayed"])
def test_a_warning_needs_a_reason(assessment):
    story = standing_at("in_progress")
    for wish in (report("3.1", assessment=assessment), status("3.1", "in_progress", assessment=assessment)):
        with refused(f"`{assessment}` needs a reason", field="/reason"):
            story.say(wish)


def test_the_last_reason_may_still_hold():
    story = standing_at("in_progress")
    story.say(report("3.1", assessment="at_risk", reason="no venue"))
    story.on("2023-10-02").say(report("3.1", assessment="at_risk", same_reason=True))
    sealed = story.activity().assessment_reason
    assert story.text(sealed) == "no venue"


def test_the_last_reason_may_hold_again_in_the_same_quarter_and_for_a_worse_outlook():
    story = standing_at("in_progress")
    story.say(report("3.1", assessment="at_risk", reason="no venue"))
    story.say(report("3.1", assessment="at_risk", same_reason=True))
    story.say(report("3.1", assessment="delayed", same_reason=True))
    assert story.activity().assessment == "delayed"
    assert story.text(story.activity().assessment_reason) == "no venue"


def test_there_must_be_a_last_reason_for_it_to_hold():
    story = standing_at("in_progress")
    with refused("`at_risk` needs a reason", field="/reason"):
        story.say(report("3.1", assessment="at_risk", same_reason=True))
    story.say(report("3.1", assessment="at_risk", reason="no venue"))
    story.say(report("3.1", assessment="on_track"))
    with refused("`at_risk` needs a reason", field="/reason"):
        story.say(report("3.1", assessment="at_risk", same_reason=True))


def test_leaving_progress_clears_the_assessment_and_coming_back_does_not_bring_it_back():
    story = standing_at("in_progress")
    story.say(report("3.1", assessment="at_risk", reason="no venue"))
    story.say(status("3.1", "on_hold", reason="strike"))
    assert (story.activity().assessment, story.activity().assessment_reason) == (None, None)
    story.say(status("3.1", "in_progress"))
    assert story.activity().assessment is None


def test_a_report_without_assessment_keeps_the_one_there_is():
    story = standing_at("in_progress")
    story.say(report("3.1", assessment="at_risk", reason="no venue"))
    story.on("2023-10-02").say(report("3.1", status="in_progress"))
    assert story.activity().assessment == "at_risk"


def test_a_removed_activity_takes_neither_reports_nor_decisions_until_it_is_reinstated():
    story = standing_at("in_progress")
    story.say(event("ActivityWithdrawn", "activity/3.1"))
    for wish in (
        report("3.1", assessment="on_track"),
        status("3.1", "on_hold", reason="x"),
        report("3.1", no_change=True),
    ):
        with refused("removed from the plan", way_out="reinstated"):
            story.say(wish)
    story.say(event("ActivityReinstated", "activity/3.1"))
    story.say(report("3.1", assessment="on_track"))
    assert story.activity().assessment == "on_track"


def test_what_is_part_of_the_plan_cannot_be_reinstated():
    story = small_plan()
    with refused("part of the plan"):
        story.say(event("ActivityReinstated", "activity/3.1"))


def test_closing_out_does_not_change_the_status():
    story = standing_at("in_progress")
    story.say(
        event("ActivityClosedOut", "activity/3.1", {"outcome": "carried_over", "to_plan": "unnm-2025-2028"})
    )
    assert story.activity().status == "in_progress"
    assert story.activity().closed_out is not None


def test_a_retracted_report_gives_back_the_status_before_it():
    story = standing_at("in_progress")
    (made,) = story.say(report("3.1", status="completed", evidence=[LINK]))
    story.say(retract("activity/3.1", made.position))
    assert story.activity().status == "in_progress"
    assert story.activity().evidence == ()
