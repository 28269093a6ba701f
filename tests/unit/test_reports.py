"""What a report must say, and which quarter it is about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.stories import LINK, Story, activity, event, refused, report, retract, small_plan
from tracker.events import dates
from tracker.projections.standings import dump_state
from tracker.workplan.obligations import duties

SAYINGS: list[dict[str, Any]] = [
    {"status": "in_progress"},
    {"assessment": "on_track"},
    {"note": "we met"},
    {"needs": "a room"},
    {"no_change": True},
    {"no_requests": True},
    {"evidence": [LINK]},
    {"regions": ["africa"]},
]


@pytest.mark.parametrize("said", SAYINGS)
def test_a_report_that_says_one_thing_is_taken(said):
    assert len(small_plan().say(report("3.1", **said))) == 1


@pytest.mark.parametrize(
    "said",
    [{}, {"quarter": "2023-Q2"}, {"no_change": False}, {"evidence": []}, {"done": {}}, {"subitems": {}}],
)
def test_a_report_that_says_nothing_is_refused(said):
    with refused("says nothing", way_out="`no_change: true`"):
        small_plan().say(report("3.1", **said))


@pytest.mark.parametrize(
    "said",
    [
        {"status": "in_progress"},
        {"assessment": "on_track"},
        {"done": {"talks": 1}},
        {"subitems": {"a": "completed"}},
    ],
)
def test_nothing_changed_and_this_changed_contradict_each_other(said):
    of = {"done": "3.3", "subitems": "3.2"}.get(next(iter(said)), "3.1")
    with refused("both that nothing changed and what changed", field="/data/no_change"):
        small_plan().say(report(of, no_change=True, **said))


def test_nothing_changed_may_come_with_a_note():
    story = small_plan()
    story.say(report("3.1", no_change=True, note="still waiting"))
    last = story.activity().last_report
    assert last is not None
    assert last.no_change
    assert story.activity().status == "not_started"


# ---------------------------------------------------------------------------------------------------- quarters


def opened(*quarters: str, now: str = "2023-07-03") -> Story:
    """Return a plan in which the rounds of these quarters were opened, each in its time, and nothing reported."""
    story = small_plan()
    days = {"2022-Q4": "2023-01-02", "2023-Q1": "2023-04-03", "2023-Q2": "2023-07-03"}
    for quarter in quarters:
        story.on(days[quarter]).say(event("RoundOpened", f"round/{quarter}"))
    return story.on(now)


def quarter_of(made: list[Any]) -> str:
    return str(made[0].data.quarter)


def test_without_an_open_round_a_report_is_about_the_quarter_in_which_it_happened():
    assert quarter_of(small_plan().say(report("3.1", no_change=True))) == "2023-Q3"
    assert quarter_of(small_plan().say(report("3.1", no_change=True, occurred_on="2023-02"))) == "2023-Q1"
    assert quarter_of(small_plan().say(report("3.1", no_change=True, occurred_on="2022"))) == "2022-Q4"


def test_an_open_round_in_which_it_is_owed_takes_the_report():
    assert quarter_of(opened("2023-Q2").say(report("3.1", no_change=True))) == "2023-Q2"


def test_of_several_open_rounds_the_oldest_in_which_it_is_owed_takes_the_report():
    story = opened("2023-Q1", "2023-Q2")
    assert [quarter_of(story.say(report("3.1", no_change=True))) for _ in range(3)] == [
        "2023-Q1",
        "2023-Q2",
        "2023-Q3",
    ]


def test_two_reports_in_one_request_settle_two_rounds():
    story = opened("2023-Q1", "2023-Q2")
    made = story.say(report("3.1", no_change=True), report("3.1", assessment="on_track"))
    assert [one.data.quarter for one in made] == ["2023-Q1", "2023-Q2"]  # type: ignore[union-attr]


def test_a_quarter_that_is_named_is_taken_before_any_round():
    assert (
        quarter_of(opened("2023-Q1", "2023-Q2").say(report("3.1", no_change=True, quarter="2023-Q2")))
        == "2023-Q2"
    )


def test_a_late_report_does_not_go_to_a_round_that_is_settled_by_now():
    story = opened("2023-Q2")
    story.say(report("3.1", assessment="on_track"))
    assert quarter_of(story.say(report("3.1", note="and in May we met", occurred_on="2023-05"))) == "2023-Q2"
    story = opened("2023-Q1", "2023-Q2")
    story.say(report("3.1", assessment="on_track", quarter="2023-Q1"))
    assert (
        quarter_of(story.say(report("3.1", note="and in May we met", occurred_on="2023-02-15"))) == "2023-Q2"
    )


def test_a_report_retracted_in_the_same_request_leaves_its_round_owed():
    story = opened("2023-Q2")
    (made,) = story.say(report("3.1", assessment="on_track"))
    again = story.say(retract("activity/3.1", made.position), report("3.1", no_change=True))
    assert again[1].data.quarter == "2023-Q2"  # type: ignore[union-attr]


def test_a_closed_round_is_no_more_asked_for_but_still_takes_a_report_that_names_it():
    story = opened("2023-Q1")
    story.say(event("RoundClosed", "round/2023-Q1"))
    assert quarter_of(story.say(report("3.1", no_change=True))) == "2023-Q3"
    assert quarter_of(story.say(report("3.1", "oms", no_change=True, quarter="2023-Q1"))) == "2023-Q1"


@pytest.mark.parametrize(
    "quarter, words", [("2023-Q4", "has not begun"), ("2021-Q4", "before the plan's period")]
)
def test_a_quarter_outside_plan_and_past_is_refused(quarter, words):
    with refused(words, field="/data/quarter"):
        small_plan().say(report("3.1", no_change=True, quarter=quarter))


def test_a_report_about_an_older_quarter_is_kept_and_changes_no_status():
    story = small_plan()
    story.say(report("3.1", assessment="on_track", quarter="2023-Q2"))
    story.say(report("3.1", "oms", status="on_hold", reason="strike", quarter="2023-Q1"))
    assert (story.activity().status, story.activity().assessment) == ("in_progress", "on_track")
    assert [one.quarter for one in story.activity().reports] == ["2023-Q2", "2023-Q1"]


@pytest.mark.parametrize(
    "said, words",
    [
        ({"assessment": "at_risk"}, "needs a reason"),
        ({"status": "on_hold"}, "needs a reason"),
        ({"status": "completed"}, "needs evidence"),
        ({"status": "on_hold", "assessment": "on_track", "reason": "x"}, "not of what is on_hold"),
    ],
)
def test_a_report_about_an_older_quarter_must_say_its_reasons_too(said, words):
    story = small_plan()
    story.say(report("3.1", assessment="on_track", quarter="2023-Q2"))
    with refused(words):
        story.say(report("3.1", "oms", quarter="2023-Q1", **said))


# ------------------------------------------------------------------------------------------ numbers and parts


def test_numbers_are_totals_by_target():
    story = small_plan()
    story.say(report("3.3", done={"talks": 1}))
    story.on("2023-10-02").say(report("3.3", done={"talks": 2}))
    assert story.activity("3.3").done == {"talks": 2}


def test_a_target_that_the_plan_does_not_have_is_refused():
    with refused("has no target papers", field="/data/done/papers", way_out="talks"):
        small_plan().say(report("3.3", done={"papers": 1}))
    with refused("has no target talks", way_out="none; say it in a note"):
        small_plan().say(report("3.1", done={"talks": 1}))


def test_a_sub_item_has_a_status_of_its_own():
    story = small_plan()
    story.say(report("3.2", subitems={"a": "completed"}))
    state = story.activity("3.2")
    assert [(item.key, item.status) for item in state.subitems] == [("a", "completed"), ("b", "not_started")]
    assert state.status == "not_started"


def test_a_sub_item_follows_the_lifecycle():
    story = small_plan()
    story.say(report("3.2", subitems={"a": "completed"}))
    with refused("3.2(a) is completed: on_hold cannot follow", field="/data/subitems/a"):
        story.say(report("3.2", subitems={"a": "on_hold"}))


def test_a_sub_item_that_is_not_there_is_refused():
    with refused("no sub-item c", field="/data/subitems/c", way_out="a, b"):
        small_plan().say(report("3.2", subitems={"c": "completed"}))
    story = small_plan()
    story.say(event("SubitemWithdrawn", "activity/3.2", {"key": "b"}))
    with refused("no sub-item b", field="/data/subitems/b"):
        story.say(report("3.2", subitems={"b": "completed"}))


def test_a_late_word_about_a_sub_item_must_fit_what_was_said_later():
    story = small_plan()
    story.say(report("3.2", subitems={"a": "on_hold"}, occurred_on="2023-06-01"))
    with refused("would no longer fit: the sub-item a is completed then", field="/occurred_on"):
        story.say(report("3.2", subitems={"a": "completed"}, occurred_on="2023-05-01"))


def test_sub_items_are_known_by_their_label_else_by_their_number():
    story = small_plan()
    parts = [{"text": {"es": "uno"}}, {"text": {"es": "dos"}}]
    story.say(activity("3.9", subitems=parts))
    story.say(event("SubitemAdded", "activity/3.9", {"text": {"es": "tres"}}))
    assert [(item.key, item.label) for item in story.activity("3.9").subitems] == [
        ("1", None),
        ("2", None),
        ("3", None),
    ]
    with refused("has a sub-item 2 already", field="/data/label"):
        story.say(event("SubitemAdded", "activity/3.9", {"label": "2", "text": {"es": "x"}}))
    with refused("no sub-item 9", field="/data/key", way_out="1, 2, 3"):
        story.say(event("SubitemReworded", "activity/3.9", {"key": "9", "text": {"es": "x"}}))


def test_two_sub_items_cannot_have_one_key():
    with refused("`a` stands twice", field="/data/subitems"):
        small_plan().say(activity("3.9", subitems=[{"label": "a", "text": {"es": "x"}}] * 2))


def test_one_report_settles_both_of_two_activities_that_are_the_same():
    story = opened("2023-Q2")
    story.say(event("ActivityLinked", "activity/4.1", {"kind": "same_as", "to": "3.1"}))
    story.say(report("3.1", assessment="on_track"))
    states = {(duty.activity.id, duty.entity): duty.state for duty in duties(story.plan, "2023-Q2")}
    assert states["4.1", "acnur"] == states["3.1", "oim"] == states["3.1", "oms"] == "reported"
    assert states["3.2", "oim"] == "not_reported"


def test_the_state_of_a_much_reported_activity_does_not_grow_with_its_history():
    story = small_plan(now="2023-01-02")
    days, sizes = [date(2023, 1, 2) + timedelta(days=number) for number in range(1, 540, 3)], []
    stood: dict[str, str | None] = {}
    for number, day in enumerate(days):
        story.on(day.isoformat())
        assessment = ("on_track", "at_risk", "delayed")[number % 3]
        story.say(report("3.1", ("oim", "oms")[number % 2], assessment=assessment, reason="no venue"))
        sizes.append(len(dump_state(story.activity())))
        stood[dates.quarter_of(day)] = story.activity().assessment
    assert max(sizes) < 3 * sizes[20], "after 20 reports, and after 180"
    for quarter, said in stood.items():
        turn = story.activity().turn_on(dates.last_day(quarter))
        assert turn is not None
        assert turn.assessment == said, quarter
    assert story.activity().founded == "2022-12-15"


def test_of_older_quarters_what_settles_them_and_what_was_asked_for_is_kept():
    story = small_plan(now="2023-01-20")
    (first,) = story.say(report("3.1", assessment="at_risk", reason="no venue", quarter="2022-Q4"))
    (asked,) = story.say(report("3.1", "oms", quarter="2022-Q4", needs="a room"))
    story.say(report("3.1", "oms", quarter="2022-Q4", note="nothing else", countries=["KE"]))
    story.say(report("3.1", quarter="2022-Q4", note="once more"))
    story.on("2023-04-20").say(report("3.1", assessment="on_track", quarter="2023-Q1"))
    story.say(report("3.1", "oms", assessment="on_track", quarter="2023-Q1"))
    kept = story.activity().reports
    assert [(one.quarter, one.entity) for one in kept] == [
        ("2022-Q4", "oim"), ("2022-Q4", "oms"), ("2023-Q1", "oim"), ("2023-Q1", "oms")
    ]  # fmt: skip
    assert kept[0].position == first.position
    assert kept[1].countries == ("KE",), "places count though another report came after"
    assert asked.position not in {one.position for one in kept}, "the same entity spoke of that quarter again"
