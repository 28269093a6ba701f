"""Workstreams, milestones, sessions, reviews, rounds, entities, and the workplan itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories import Story, activity, adopted, event, refused, small_plan


def say(story: Story, kind: str, subject: str, /, **data: Any) -> list[Any]:
    envelope = {name: data.pop(name) for name in ("occurred_on", "reason") if name in data}
    return story.say(
        event(kind, subject, {name.rstrip("_"): value for name, value in data.items()}, **envelope)
    )


# ------------------------------------------------------------------------------------------------- workstreams


def test_leads_and_participants_come_and_go():
    story = small_plan()
    say(story, "LeadReleased", "workstream/3", entity="oms")
    say(story, "ParticipantJoined", "workstream/3", entity="oms", printed="OMS")
    state = story.state("workstream/3")
    assert [lead.entity for lead in state.leads] == ["oim"]
    assert [one.entity for one in state.participants] == ["oms"]
    say(story, "ParticipantLeft", "workstream/3", entity="oms")
    assert story.state("workstream/3").participants == ()


@pytest.mark.parametrize(
    "kind, data",
    [
        ("LeadAssigned", {"entity": "oim"}),
        ("LeadReleased", {"entity": "acnur"}),
        ("ParticipantLeft", {"entity": "acnur"}),
        ("FocalPointReleased", {"entity": "oim", "person": "p9"}),
        ("WorkstreamReworded", {"title": {"es": "Lineamiento 3"}}),
        ("WorkstreamReworded", {}),
        ("WorkstreamTagged", {"tags": {}}),
    ],
)
def test_what_is_already_so_is_no_event(kind, data):
    assert say(small_plan(), kind, "workstream/3", **data) == []


def test_a_workstream_leaves_the_plan_after_its_activities():
    story = small_plan()
    with refused("still has the activities 4.1", field="/subject", way_out="one request"):
        say(story, "WorkstreamWithdrawn", "workstream/4")
    story.say(event("ActivityWithdrawn", "activity/4.1"), event("WorkstreamWithdrawn", "workstream/4"))
    assert story.state("workstream/4").withdrawn


def test_no_activity_comes_into_a_workstream_that_left_the_plan():
    story = small_plan()
    story.say(event("ActivityWithdrawn", "activity/4.1"), event("WorkstreamWithdrawn", "workstream/4"))
    for wish in (
        activity("4.2"),
        event("ActivityMoved", "activity/3.1", {"workstream": "4", "number": "4.2"}),
        event("ActivityReinstated", "activity/4.1"),
    ):
        with refused(
            "workstream/4 is removed from the plan", field="/data/workstream", way_out="Reinstate it first"
        ):
            story.say(wish)
    story.say(event("WorkstreamReinstated", "workstream/4"), event("ActivityReinstated", "activity/4.1"))
    assert not story.activity("4.1").withdrawn


def test_the_lead_of_an_activity_is_assigned_where_the_activity_stands():
    story = small_plan()
    with refused("activity 4.1 stands in workstream 4", field="/data/activity", way_out="workstream/4"):
        say(story, "LeadAssigned", "workstream/3", entity="oms", activity="4.1")
    assert say(story, "LeadAssigned", "workstream/4", entity="oms", activity="4.1")


def test_tags_named_replace_and_the_others_stay():
    story = small_plan()
    say(story, "ActivityTagged", "activity/3.1", tags={"objectives": ["8"], "regions": []})
    say(story, "ActivityTagged", "activity/3.1", tags={"objectives": ["20(b)"]}, nature="yearly")
    tags = story.activity().tags
    assert (tags.objectives, tags.regions, tags.countries) == (("20(b)",), (), None)


def test_an_activity_cannot_be_linked_to_itself():
    with refused("linked to itself", field="/data/to"):
        say(small_plan(), "ActivityLinked", "activity/3.1", kind="feeds", to="3.1")


def test_a_window_that_ends_before_it_begins_is_refused():
    with refused("ends (2023-Q1) before it begins", field="/data/to"):
        say(small_plan(), "ActivityScheduled", "activity/3.1", from_="2023-Q2", to="2023-Q1", source="x")


# -------------------------------------------------------------------------------------------------- milestones


def test_a_milestone_keeps_its_first_due_date():
    story = small_plan()
    say(story, "MilestoneSet", "milestone/a", title="A", due="2023-Q2", activity="3.1")
    say(story, "MilestoneRescheduled", "milestone/a", due="2023-Q4")
    assert say(story, "MilestoneRescheduled", "milestone/a", due="2023-Q4") == []
    say(story, "MilestoneReached", "milestone/a", occurred_on="2023-06-30")
    state = story.state("milestone/a")
    assert (state.original_due, state.due, state.status, state.reached_on) == (
        "2023-Q2",
        "2023-Q4",
        "reached",
        "2023-06-30",
    )


def test_what_was_reached_stays_reached_whatever_was_announced_since():
    for kind, data in (("MilestoneRescheduled", {"due": "2023-Q4"}), ("MilestoneCancelled", {})):
        story = small_plan()
        say(story, "MilestoneSet", "milestone/a", title="A", due="2023-Q2", activity="3.1")
        say(story, kind, "milestone/a", **data)
        say(story, "MilestoneReached", "milestone/a", occurred_on="2023-06-30")
        assert story.state("milestone/a").status == "reached"
        with refused("was reached on 2023-06-30", way_out="retract"):
            say(story, kind, "milestone/a", **data)


@pytest.mark.parametrize("owners", [{}, {"activity": "3.1", "workstream": "3"}])
def test_a_milestone_belongs_to_exactly_one_thing(owners):
    with refused("belongs to one activity, one workstream or one commitment", field="/data/activity"):
        say(small_plan(), "MilestoneSet", "milestone/a", title="A", due="2023", **owners)


def test_a_cancelled_milestone_is_not_reached():
    story = small_plan()
    say(story, "MilestoneSet", "milestone/a", title="A", due="2023", workstream="3")
    say(story, "MilestoneCancelled", "milestone/a")
    with refused("cancelled then"):
        say(story, "MilestoneReached", "milestone/a")


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
    say(story, "SessionScheduled", "session/a", **SESSION)
    say(story, "SessionRescheduled", "session/a", starts_at="2023-06-29T15:00", ends_at="2023-06-29T17:00")
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


# ------------------------------------------------------------------------------------------------------ rounds


def test_a_round_stores_every_date():
    story = small_plan()
    (made,) = say(story, "RoundOpened", "round/2023-Q2")
    assert (made.data.opens, made.data.due, made.data.closes) == ("2023-07-03", "2023-07-10", "2023-07-31")
    assert [step.on for step in made.data.steps] == ["2023-07-03", "2023-07-05", "2023-07-12", "2023-07-24"]


def test_a_round_opened_after_its_time_gets_ten_working_days_and_thirty_days():
    story = small_plan()
    (made,) = say(story, "RoundOpened", "round/2022-Q4")
    assert (made.data.opens, made.data.due, made.data.closes) == ("2023-07-03", "2023-07-17", "2023-08-02")


@pytest.mark.parametrize(
    "quarter, words", [("2023-Q3", "is not over"), ("2030-Q1", "is not over"), ("2021-Q4", "before the plan")]
)
def test_a_round_is_opened_after_its_quarter_and_within_the_plan(quarter, words):
    with refused(words, field="/subject"):
        say(small_plan(), "RoundOpened", f"round/{quarter}")


def test_an_extended_round_has_new_dates_for_its_letters():
    story = small_plan()
    say(story, "RoundOpened", "round/2023-Q2")
    say(story, "RoundClosed", "round/2023-Q2")
    say(story, "RoundExtended", "round/2023-Q2", due="2023-08-10", closes="2023-08-31")
    state = story.state("round/2023-Q2")
    assert (state.closed, state.extensions, [step.on for step in state.steps][1:]) == (
        False,
        1,
        ["2023-08-07", "2023-08-14", "2023-08-24"],
    )
    assert say(story, "RoundExtended", "round/2023-Q2", due="2023-08-10", closes="2023-08-31") == []
    with refused("closes (2023-08-01) before it is due", field="/data/closes"):
        say(story, "RoundExtended", "round/2023-Q2", due="2023-08-10", closes="2023-08-01")


@pytest.mark.parametrize("due", ["0001-01-01", "9999-12-31", "0000-01-01"])
def test_the_ends_of_the_calendar_are_no_days(due):
    story = small_plan()
    say(story, "RoundOpened", "round/2023-Q2")
    with refused("a day such as", field="/data/due"):
        say(story, "RoundExtended", "round/2023-Q2", due=due, closes="9998-12-31")


# ---------------------------------------------------------------------------------------------------- entities


@pytest.mark.parametrize("of, kind", [("person-1", "un_entity"), ("oit", "person")])
def test_ids_of_natural_persons_and_no_others_begin_with_person(of, kind):
    with refused("begin with `person-`", field="/subject"):
        say(small_plan(), "EntityAdded", f"entity/{of}", names={"es": "x"}, printed=[], kind=kind)


def test_an_entity_is_retired_once():
    story = small_plan()
    assert say(story, "EntityRetired", "entity/oms")
    assert say(story, "EntityRetired", "entity/oms") == []


# ---------------------------------------------------------------------------------------------------- workplan


@pytest.mark.parametrize(
    "name, value",
    [
        ("public", "yes"),
        ("public", 1),
        ("published", [1]),
        ("published", ["everything"]),
        ("languages", []),
        ("languages", ["Spanish!"]),
        ("languages", [{}]),
        ("duty_station", "Geneva"),
        ("duty_station", "XX"),
        ("duty_station", "CH-ZZ"),
        ("holidays", []),
        ("holidays", {"added": 5}),
        ("holidays", {"added": "2023-01-01"}),
        ("holidays", {"added": ["2023-13-01"]}),
        ("holidays", {"extra": []}),
        ("holidays", {"sha256": "0" * 64}),
        ("reporting_until", "2025"),
        ("reporting_until", ["2025-Q2"]),
        ("colour", "blue"),
        ("public", None),
        ("public", 0.5),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_before_it_breaks_the_plan(name, value):
    story = small_plan()
    with refused(name, field=f"/data/settings/{name}"):
        say(story, "WorkplanAmended", "workplan", settings={name: value})
    with refused(name, field=f"/data/settings/{name}"):
        adopted(**{name: value})


@pytest.mark.parametrize(
    "settings",
    [
        {"public": True, "published": ["details"], "languages": ["es", "pt-BR"], "duty_station": "KE"},
        {"holidays": {"added": ["2023-12-27"], "removed": []}, "reporting_until": "2025-Q2"},
    ],
)
def test_settings_that_make_sense_are_taken(settings):
    story = small_plan()
    assert say(story, "WorkplanAmended", "workplan", settings=settings)
    assert say(story, "WorkplanAmended", "workplan", settings=settings) == []
    assert story.state("workplan").settings["duty_station"] in {"KE", "CH-GE"}


def test_a_moment_can_be_named_again():
    story = small_plan()
    say(story, "MomentNamed", "workplan", slug="principals", title="Principals", at="2023-06-15")
    say(story, "MomentNamed", "workplan", slug="principals", title="Principals", at="2023-06-16")
    assert [one.at for one in story.state("workplan").moments] == ["2023-06-16"]
