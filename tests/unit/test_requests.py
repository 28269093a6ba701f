"""A request as a whole: versions, ids, references, atomic batches, a plan that is closed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.stories import (
    LINK,
    Story,
    activity,
    correct,
    entity,
    event,
    refused,
    report,
    retract,
    small_plan,
    status,
    workstream,
)
from tests.strategies import EXAMPLES, posted, spoilt
from tracker.errors import ConflictError, RuleError, TrackerError
from tracker.events.catalogue import CATALOGUE

# ---------------------------------------------------------------------------------------------------- versions


def test_an_expected_version_that_holds_is_taken():
    story = small_plan()
    (made,) = story.say(report("3.1", no_change=True, expected_version=1))
    assert made.version == 2


def test_a_stale_version_is_refused_with_the_current_one():
    story = small_plan()
    story.say(report("3.1", no_change=True))
    with refused("activity/3.1 is at version 2, you expected 1", field="/expected_version"):
        story.say(report("3.1", no_change=True, expected_version=1))
    with pytest.raises(ConflictError) as caught:
        story.say(report("3.1", no_change=True, expected_version=1))
    assert caught.value.details["current_version"] == 2


def test_a_stale_version_is_refused_even_where_the_wish_is_already_true():
    story = small_plan()
    story.say(status("3.1", "in_progress"))
    with refused("is at version 2, you expected 1"):
        story.say(status("3.1", "in_progress", expected_version=1))


def test_version_zero_means_new():
    story = small_plan()
    story.say(activity("3.9") | {"expected_version": 0})
    with refused("is at version 1, you expected 0"):
        story.say(report("3.9", no_change=True, expected_version=0))
    with refused("is at version 0, you expected 1"):
        story.say(activity("3.10") | {"expected_version": 1})


def test_an_expected_version_means_before_the_request():
    story = small_plan()
    made = story.say(
        report("3.1", no_change=True, expected_version=1), report("3.1", note="x", expected_version=1)
    )
    assert [one.version for one in made] == [2, 3]
    with refused("you expected 4", field="/1/expected_version"):
        story.say(report("3.1", no_change=True), report("3.1", note="x", expected_version=4))


# ----------------------------------------------------------------------------------------------------- batches


def test_a_batch_is_taken_or_refused_as_a_whole():
    story = small_plan()
    before = len(story.log)
    with refused("needs a reason", field="/1/reason"):
        story.say(report("3.1", assessment="on_track"), report("3.2", assessment="at_risk"))
    assert (len(story.log), story.activity().status) == (before, "not_started")


def test_positions_and_versions_of_a_batch_have_no_gaps_where_some_were_already_true():
    story = small_plan()
    made = story.say(
        status("3.1", "in_progress"),
        status("3.1", "in_progress"),
        status("3.2", "in_progress"),
        status("3.1", "on_hold", reason="x"),
    )
    assert [one.position for one in made] == [14, 15, 16]
    assert [(one.subject, one.version) for one in made] == [
        ("activity/3.1", 2),
        ("activity/3.2", 2),
        ("activity/3.1", 3),
    ]


def test_what_is_named_may_stand_later_in_the_same_request():
    story = small_plan()
    story.say(
        activity("5.1"),
        event("ActivityLinked", "activity/5.1", {"kind": "feeds", "to": "5.2"}),
        *workstream("5"),
        activity("5.2"),
    )
    assert story.activity("5.1").workstream == "5"


def test_what_is_named_must_be_there_in_the_end():
    story = small_plan()
    with refused("no workstream/5", field="/data/workstream", way_out="3, 4"):
        story.say(activity("5.1"))
    with refused("no activity/9.9", field="/1/data/to"):
        story.say(activity("3.9"), event("ActivityLinked", "activity/3.9", {"kind": "feeds", "to": "9.9"}))
    with refused("no entity/nobody", field="/entity"):
        story.say(report("3.1", "nobody", no_change=True))
    with refused("no session/none", field="/decided_at"):
        story.say(status("3.1", "in_progress", decided_at="session/none"))
    with refused("no activity/9.9", field="/subject", way_out="both may stand in one request"):
        story.say(report("9.9", no_change=True))


def test_a_subject_is_founded_once_even_within_one_request():
    story = small_plan()
    with refused("the id activity/3.9 is taken", field="/1/subject"):
        story.say(activity("3.9"), activity("3.9", text={"es": "otra"}))
    with refused("the id activity/3.1 is taken", field="/subject"):
        story.say(activity("3.1"))
    proposed = event("SessionProposed", "session/a", {"kind": "workshop", "title": "A"})
    with refused("the id session/a is taken"):
        story.say(proposed, proposed)


def test_a_subject_is_founded_before_anything_else_is_said_of_it():
    story = small_plan()
    with refused("activity/3.9", field="/0/subject", way_out="first"):
        story.say(report("3.9", no_change=True), activity("3.9"))


def test_a_fact_may_found_and_report_in_one_request():
    story = small_plan()
    made = story.say(activity("3.9"), report("3.9", assessment="on_track"))
    assert [one.version for one in made] == [1, 2]
    assert story.activity("3.9").status == "in_progress"


def test_an_own_voice_and_anothers_exclude_each_other():
    by = {"entity": "oms", "by": "phone", "received_on": "2023-07-03"}
    with refused("either as your entity's or as another's", field="/entity"):
        small_plan().say(report("3.1", "oim", no_change=True, on_behalf_of=by))


def test_what_was_said_on_behalf_was_received_by_today():
    by = {"entity": "oms", "by": "phone", "received_on": "2023-07-04"}
    with refused("lies in the future", field="/on_behalf_of/received_on", way_out="2023-07-03"):
        small_plan().say(report("3.1", None, no_change=True, on_behalf_of=by))


# ------------------------------------------------------------------------------------------------- a closed plan


def closed() -> Story:
    story = small_plan()
    story.say(report("3.1", assessment="on_track", note="x"))
    story.say(event("SessionProposed", "session/a", {"kind": "workshop", "title": "A"}))
    story.say(
        event(
            "ReviewPlanned",
            "review/africa",
            {"commission": "CEPA", "window": {"from": "2024-Q1", "to": "2024-Q2"}},
        )
    )
    story.say(event("WorkplanClosed", "workplan"))
    return story


@pytest.mark.parametrize(
    "wish",
    [
        report("3.1", no_change=True),
        status("3.1", "completed", reason="x"),
        activity("3.9"),
        entity("unicef"),
        event("WorkplanAmended", "workplan", {"title": {"es": "otro"}}),
        event("RoundOpened", "round/2023-Q2"),
        event("MilestoneSet", "milestone/a", {"title": "A", "due": "2023", "activity": "3.1"}),
        event("ActivityWithdrawn", "activity/3.1"),
    ],
)
def test_a_closed_plan_takes_no_more_facts(wish):
    with refused("the workplan is closed", field="/type", way_out="closing-out"):
        closed().say(wish)


@pytest.mark.parametrize(
    "wish",
    [
        correct("activity/3.1", 14, occurred_on="2023-06"),
        retract("activity/3.1", 14),
        event("TextRedacted", "activity/3.1", {"position": 14, "field": "/data/note", "authority": "x"}),
        event("MomentNamed", "workplan", {"slug": "end", "title": "End", "at": "2023-07-03"}),
        event("SessionHeld", "session/a", {}),
        event("SessionProposed", "session/b", {"kind": "workshop", "title": "B"}),
        event("ReviewCancelled", "review/africa"),
        event(
            "ReadinessFindingRecorded",
            "review/africa",
            {"line": "host", "status": "met", "finding": "x", "source": "y"},
        ),
        event("ActivityClosedOut", "activity/3.1", {"outcome": "completed"}),
        event("SigningKeyChanged", "workplan", {"key": "new"}),
    ],
)
def test_a_closed_plan_takes_what_sets_the_record_straight(wish):
    assert len(closed().say(wish)) == 1


def test_nothing_follows_the_closing_within_one_request():
    with refused("the workplan is closed", field="/1/type"):
        small_plan().say(event("WorkplanClosed", "workplan"), report("3.1", no_change=True))


def test_closing_can_be_retracted():
    story = closed()
    at = story.events_of("workplan")[-1].position
    story.say(retract("workplan", at))
    assert story.say(report("3.1", no_change=True))


# ------------------------------------------------------------------------------------------- whatever is posted


@pytest.mark.parametrize("kind", CATALOGUE)
def test_whatever_is_posted_is_recorded_or_refused_with_a_way_out(kind):
    full = small_plan()
    full.say(event("SessionProposed", "session/gcm-talks-1", {"kind": "workshop", "title": "A"}))
    full.say(event("ReviewPlanned", "review/africa", {"commission": "CEPA", "starts_on": "2024-01-01"}))
    full.say(event("MilestoneSet", "milestone/first-draft", {"title": "A", "due": "2023", "activity": "3.1"}))
    full.say(event("RoundOpened", "round/2023-Q2"))
    full.say(event("CommitmentAdded", "commitment/4", {"text": {"es": "x"}}))
    full.say(report("3.2", note="x", evidence=[LINK]))

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(raw=posted(kind) | spoilt(kind))
    def check(raw: Any) -> None:
        story = full.copy()
        refusal = refusal_of(story, raw)
        if refusal is not None:
            assert refusal.way_out
            assert refusal.field is not None
            assert len(story.log) == len(full.log)

    check()


def refusal_of(story: Story, raw: Any) -> TrackerError | None:
    try:
        story.say(raw)
    except (RuleError, ConflictError) as refusal:
        return refusal
    return None
