"""Workstreams, milestones, rounds, entities, and the workplan itself."""

from __future__ import annotations

import pytest

from tests.stories import activity, adopted, event, refused, say, small_plan

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
