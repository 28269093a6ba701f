"""Sessions and regional reviews: announced, moved, held, and what becomes known late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories import refused, say, small_plan
from tracker.errors import ConflictError
from tracker.workplan.session import instant_of

# ---------------------------------------------------------------------------------------------------- sessions

TIMES = {"starts_at": "2023-06-22T15:00", "ends_at": "2023-06-22T17:00", "zone": "Africa/Nairobi"}
SESSION = TIMES | {
    "kind": "gcm_talks",
    "title": "A",
    "level": "regional",
    "region": "africa",
    "mode": "online",
    "languages": ["en"],
    "audience": "all",
    "rule": "open",
    "workstreams": ["3"],
    "objectives": ["8"],
}


def test_a_session_is_proposed_scheduled_moved_and_held():
    story = small_plan()
    say(story, "SessionProposed", "session/a", kind="gcm_talks", title="A")
    say(story, "SessionScheduled", "session/a", occurred_on="2023-06-01", **SESSION)
    later = {"starts_at": "2023-06-29T15:00", "ends_at": "2023-06-29T17:00"}
    say(story, "SessionRescheduled", "session/a", occurred_on="2023-06-20", **later)
    say(
        story,
        "SessionHeld",
        "session/a",
        attendance={"member-states": 40},
        counts_for=["3.3"],
        occurred_on="2023-06-29",
    )
    state = story.state("session/a")
    assert (state.status, state.original_start, state.starts_at) == (
        "held",
        "2023-06-22T15:00",
        "2023-06-29T15:00",
    )
    assert state.missing_materials == ("recording", "summary")


def test_the_dates_of_a_session_held_may_be_entered_after_it():
    story = small_plan()
    say(story, "SessionProposed", "session/a", kind="gcm_talks", title="A")
    say(story, "SessionHeld", "session/a", attendance={"member-states": 40}, occurred_on="2023-06-22")
    say(story, "SessionScheduled", "session/a", **SESSION)
    state = story.state("session/a")
    assert (state.status, state.held_on, state.attendance) == ("held", "2023-06-22", {"member-states": 40})
    later = {"starts_at": "2023-06-29T15:00", "ends_at": "2023-06-29T17:00"}
    with refused("held before"):
        say(story, "SessionScheduled", "session/a", **SESSION | later)
    with refused("held before"):
        say(story, "SessionRescheduled", "session/a", **later)


def test_a_session_needs_no_proposal():
    story = small_plan()
    say(story, "SessionScheduled", "session/a", **SESSION)
    assert story.state("session/a").status == "scheduled"


def test_nothing_is_chased_under_the_chatham_house_rule():
    story = small_plan()
    say(story, "SessionScheduled", "session/a", **SESSION | {"rule": "chatham_house"})
    say(story, "SessionHeld", "session/a", occurred_on="2023-06-22")
    assert story.state("session/a").missing_materials == ()


def test_a_session_still_to_come_was_not_held():
    story = small_plan(now="2023-06-22T11:59:00+00:00")
    say(story, "SessionScheduled", "session/a", **SESSION)
    with refused("still to come", field="/subject"):
        say(story, "SessionHeld", "session/a")
    story.on("2023-06-22T12:00:00+00:00")
    assert say(story, "SessionHeld", "session/a")


@pytest.mark.parametrize(
    "times, words",
    [
        ({"ends_at": "2023-06-22T14:00"}, "before it starts"),
        ({"ends_at": "2023-06-22T15:00"}, "before it starts"),
        ({"starts_at": "2023-06-22T15:00+03:00", "ends_at": "2023-06-22T12:00Z"}, "before it starts"),
        ({"zone": "Africa/Nairobbi"}, "zone"),
        ({"starts_at": "2023-06-31T15:00"}, "local time"),
        ({"starts_at": "0001-01-01T00:00+14:00"}, "local time"),
        ({"starts_at": "9999-12-31T23:59-12:00"}, "local time"),
    ],
)
def test_the_times_of_a_session_are_checked(times, words):
    with refused(words):
        say(small_plan(), "SessionScheduled", "session/a", **SESSION | times)


ZURICH = SESSION | {"zone": "Europe/Zurich"}


@pytest.mark.parametrize(
    "start, words, way_out",
    [
        ("2024-03-31T02:30", "put forward", "before or after"),
        ("2023-10-29T02:30", "comes twice", "2023-10-29T02:30:00+02:00` or `2023-10-29T02:30:00+01:00"),
    ],
)
def test_a_time_that_the_clock_skips_or_has_twice_is_asked_about(start: str, words: str, way_out: str):
    with refused(words, field="/data/starts_at", way_out=way_out):
        say(small_plan(), "SessionScheduled", "session/a", **ZURICH | {"starts_at": start, "ends_at": start})


def test_with_its_offset_a_time_that_comes_twice_is_plain():
    story = small_plan()
    hour = {"starts_at": "2023-10-29T02:30+02:00", "ends_at": "2023-10-29T02:30+01:00"}
    say(story, "SessionScheduled", "session/a", **ZURICH | hour)
    state = story.state("session/a")
    assert instant_of(state.ends_at, state.zone) - instant_of(state.starts_at, state.zone) == timedelta(
        hours=1
    )


def test_a_session_is_not_held_before_its_day_wherever_it_is():
    story = small_plan()
    auckland = {"zone": "Pacific/Auckland", "starts_at": "2023-06-22T08:00", "ends_at": "2023-06-22T09:00"}
    say(story, "SessionScheduled", "session/a", **SESSION | auckland)
    with refused("planned for 2023-06-21", field="/occurred_on", way_out="reschedule it first"):
        say(story, "SessionHeld", "session/a", occurred_on="2023-06-20")
    assert say(story, "SessionHeld", "session/a", occurred_on="2023-06-21"), "it was the 21st in Geneva"


def test_a_session_moves_to_a_day_to_come():
    story = small_plan()
    say(story, "SessionScheduled", "session/a", **SESSION)
    later = {"starts_at": "2023-06-29T15:00", "ends_at": "2023-06-29T17:00"}
    with refused("before the day of the move", field="/data/starts_at", way_out="occurred_on"):
        say(story, "SessionRescheduled", "session/a", **later)
    assert say(story, "SessionRescheduled", "session/a", occurred_on="2023-06", **later)


LATER = {"starts_at": "2023-09-29T15:00", "ends_at": "2023-09-29T17:00"}


@pytest.mark.parametrize(
    "after, then, data, words",
    [
        ("SessionHeld", "SessionRescheduled", LATER, "held"),
        ("SessionHeld", "SessionCancelled", {}, "held before"),
        ("SessionHeld", "SessionScheduled", SESSION | LATER, "held before"),
        ("SessionCancelled", "SessionHeld", {}, "cancelled then"),
    ],
)
def test_a_session_does_not_go_back(after, then, data, words):
    story = small_plan()
    say(story, "SessionScheduled", "session/a", **SESSION)
    say(story, after, "session/a")
    with refused(words):
        say(story, then, "session/a", **data)


def test_a_session_names_what_exists():
    story = small_plan()
    with refused("no workstream/9", field="/data/workstreams"):
        say(story, "SessionProposed", "session/a", kind="workshop", title="A", workstreams=["9"])
    say(story, "SessionProposed", "session/a", kind="workshop", title="A")
    with refused("no activity/9.9", field="/data/counts_for"):
        say(story, "SessionHeld", "session/a", counts_for=["9.9"])


# ----------------------------------------------------------------------------------------------------- reviews


def test_a_review_moves_with_a_reason_and_keeps_every_date():
    story = small_plan()
    say(
        story,
        "ReviewPlanned",
        "review/africa",
        commission="CEPA",
        window={"from": "2024-Q1", "to": "2024-Q2"},
    )
    with refused("moving a review needs a reason", field="/reason"):
        say(story, "ReviewRescheduled", "review/africa", starts_on="2024-10-01", ends_on="2024-10-02")
    say(
        story,
        "ReviewRescheduled",
        "review/africa",
        starts_on="2024-10-01",
        ends_on="2024-10-02",
        reason="host withdrew",
    )
    state = story.state("review/africa")
    assert state.planned.window is not None
    assert (state.current.starts_on, len(state.reschedulings)) == ("2024-10-01", 1)


@pytest.mark.parametrize(
    "dates, field",
    [
        ({}, "/data/window"),
        ({"window": {"from": "2024-Q1", "to": "2024-Q2"}, "starts_on": "2024-01-01"}, "/data/window"),
        ({"starts_on": "2024-01-02", "ends_on": "2024-01-01"}, "/data/ends_on"),
    ],
)
def test_a_review_is_planned_in_a_window_or_on_days(dates, field):
    with refused(field=field):
        say(small_plan(), "ReviewPlanned", "review/africa", commission="CEPA", **dates)


def test_the_move_of_a_review_may_be_entered_after_it_was_held():
    story = small_plan()
    say(
        story,
        "ReviewPlanned",
        "review/africa",
        commission="CEPA",
        starts_on="2023-03-01",
        ends_on="2023-03-02",
    )
    say(story, "ReviewHeld", "review/africa", occurred_on="2023-06-02")
    say(
        story,
        "ReviewRescheduled",
        "review/africa",
        starts_on="2023-06-01",
        ends_on="2023-06-02",
        reason="host",
    )
    state = story.state("review/africa")
    assert (state.status, state.held_on, state.current.starts_on) == ("held", "2023-06-02", "2023-06-01")


def test_a_held_review_moves_no_more():
    story = small_plan()
    say(
        story,
        "ReviewPlanned",
        "review/africa",
        commission="CEPA",
        starts_on="2023-06-01",
        ends_on="2023-06-02",
    )
    say(story, "ReviewHeld", "review/africa", occurred_on="2023-06-02")
    with refused("was held before"):
        say(story, "ReviewRescheduled", "review/africa", starts_on="2024-06-01", reason="x")
    say(story, "VoluntaryReportReceived", "review/africa", country="KE")
    assert [one.country for one in story.state("review/africa").reports_received] == ["KE"]


@pytest.mark.parametrize(
    "kind, said, field",
    [
        ("ReviewHeld", {"occurred_on": "2023-06-30"}, "/occurred_on"),
        ("ReviewRescheduled", {"starts_on": "2023-06-30", "reason": "x"}, "/data/starts_on"),
        (
            "ReviewRescheduled",
            {"window": {"from": "2023-Q1", "to": "2023-Q2"}, "reason": "x"},
            "/data/window/to",
        ),
    ],
)
def test_a_review_is_neither_held_before_it_is_planned_nor_moved_into_the_past(kind, said, field):
    story = small_plan()
    planned = {"commission": "CEPA", "window": {"from": "2023-Q3", "to": "2023-Q4"}}
    say(story, "ReviewPlanned", "review/africa", **planned)
    with refused(field=field):
        say(story, kind, "review/africa", **said)


def test_a_region_has_one_review_and_a_country_is_one():
    story = small_plan()
    planned = {"commission": "CEPA", "window": {"from": "2023-Q3", "to": "2023-Q4"}}
    say(story, "ReviewPlanned", "review/africa", **planned)
    with pytest.raises(ConflictError, match="review/africa is taken"):
        say(story, "ReviewPlanned", "review/africa", **planned)
    with refused("country"):
        say(story, "VoluntaryReportReceived", "review/africa", country="XX")
