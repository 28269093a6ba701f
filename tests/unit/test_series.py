"""Meetings that a plan asks for again and again: which are there, which is next."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.stories import Story, say, small_plan
from tests.unit.test_meetings import SESSION
from tracker.projections.series import all_series
from tracker.workplan.root import Workplan


def story_with(kind: str, **said: Any) -> Story:
    story = small_plan()
    say(story, "SessionProposed", "session/all", kind=kind, title="Reuniones", **said)
    return story


def turns(story: Story, day: str) -> dict[str, Any]:
    root = story.plan.get("workplan", Workplan)
    assert root
    (found,) = all_series(story.plan, root, date(2022, 12, 15), date.fromisoformat(day))
    return {"turns": {one.period: len(one.sessions) for one in found.turns}, "next": found.next}


def test_a_quarter_has_its_meeting_or_is_the_next_and_a_cancelled_one_is_none():
    story = story_with("quarterly_meeting", window={"from": "2022-Q3", "to": "2023-Q4"})
    meeting = SESSION | {"kind": "quarterly_meeting"}
    say(story, "SessionScheduled", "session/a", **meeting)
    say(story, "SessionProposed", "session/b", kind="quarterly_meeting", title="B", window=window("2023-Q3"))
    say(
        story,
        "SessionScheduled",
        "session/c",
        **meeting | {"starts_at": "2023-10-02T09:00", "ends_at": "2023-10-02T10:00"},
    )
    say(story, "SessionCancelled", "session/c")
    assert turns(story, "2023-07-03") == {
        "turns": {"2022-Q4": 0, "2023-Q1": 0, "2023-Q2": 1, "2023-Q3": 1, "2023-Q4": 0},
        "next": "2023-Q4",
    }


def window(quarter: str) -> dict[str, str]:
    return {"from": quarter, "to": quarter}


def test_a_year_has_its_meeting_and_of_talks_nobody_said_how_often():
    story = story_with("annual_meeting")
    assert turns(story, "2023-07-03")["next"] == "2023"
    say(story, "SessionScheduled", "session/a", **SESSION | {"kind": "annual_meeting"})
    assert turns(story, "2023-07-03")["next"] == "2024"
    assert turns(story_with("gcm_talks"), "2023-07-03") == {"turns": {}, "next": None}


def test_a_meeting_proposed_for_one_quarter_is_no_series():
    story = story_with("quarterly_meeting", window=window("2023-Q3"))
    root = story.plan.get("workplan", Workplan)
    assert root
    assert all_series(story.plan, root, date(2022, 12, 15), date(2023, 7, 3)) == []
