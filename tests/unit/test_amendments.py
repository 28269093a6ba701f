"""Corrections, retractions and redactions: what may be amended, what it changes, what it must not break."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories import LINK, Story, activity, correct, event, refused, report, retract, small_plan, status

AT = "activity/3.1"


def told() -> tuple[Story, int]:
    """Return a plan in which 3.1 started on 10 March, and the position of that entry."""
    story = small_plan(now="2023-06-01")
    (made,) = story.say(status("3.1", "in_progress", reason="so it was", occurred_on="2023-03-10"))
    return story.on("2023-07-03"), made.position


def redact(subject: str, position: int, field: str) -> dict[str, Any]:
    return event("TextRedacted", subject, {"position": position, "field": field, "authority": "asked for"})


# ------------------------------------------------------------------------------------------------- corrections


def test_a_corrected_date_moves_the_entry_in_the_timeline():
    story, at = told()
    story.say(correct(AT, at, occurred_on="2023-02"))
    assert [turn.day for turn in story.activity().course] == ["2022-12-15", "2023-02-28"]


def test_two_dates_swapped_by_two_corrections_in_one_request_fit_though_neither_does_alone():
    story = small_plan(now="2023-06-01")
    (first,) = story.say(status("3.1", "discontinued", reason="x", occurred_on="2023-03-10"))
    (second,) = story.say(status("3.1", "in_progress", reason="x", occurred_on="2023-04-10"))
    (third,) = story.say(status("3.1", "completed", reason="x", occurred_on="2023-05-10"))
    moves = (
        correct(AT, first.position, occurred_on="2023-05-10"),
        correct(AT, third.position, occurred_on="2023-03-10"),
    )
    for alone in moves:
        with refused("would no longer fit", field="/data/position"):
            story.say(alone)
    story.say(*moves)
    assert [turn.status for turn in story.activity().course] == [
        *("not_started", "completed", "in_progress", "discontinued")
    ]
    assert second.position in {one.position for one in story.events_of(AT)}


def test_a_correction_stands_at_most_at_the_day_on_which_its_target_was_recorded():
    story, at = told()
    story.say(correct(AT, at, occurred_on="2023-06"))
    assert story.activity().course[-1].day == "2023-06-01"
    with refused("cannot have happened on 2023-06-02", field="/data/occurred_on", way_out="2023-06-01"):
        story.say(correct(AT, at, occurred_on="2023-06-02"))
    with refused("before the plan's period", field="/data/occurred_on"):
        story.say(correct(AT, at, occurred_on="2021"))


def test_each_part_comes_from_the_last_correction_that_names_it():
    story, at = told()
    story.say(correct(AT, at, occurred_on="2023-02-01", data={"status": "on_hold"}))
    story.say(correct(AT, at, occurred_on="2023-04-01"))
    story.say(correct(AT, at, data={"status": "completed", "evidence": [LINK]}))
    (_, turn) = story.activity().course
    assert (turn.day, turn.status) == ("2023-04-01", "completed")


def test_a_correction_replaces_the_data_whole():
    story = small_plan()
    (made,) = story.say(report("3.1", assessment="on_track", note="we met", evidence=[LINK]))
    story.say(correct(AT, made.position, data={"assessment": "on_track"}))
    last = story.activity().last_report
    assert last is not None
    assert (last.note, last.evidence, story.activity().evidence) == (None, None, ())


def test_a_corrected_reason_is_the_reason():
    story = small_plan()
    (made,) = story.say(report("3.1", assessment="at_risk", reason="no venue"))
    story.say(correct(AT, made.position, reason="no money"))
    assert story.text(story.activity().assessment_reason) == "no money"


def test_a_corrected_report_keeps_its_quarter():
    story = small_plan()
    (made,) = story.say(report("3.1", assessment="on_track", quarter="2023-Q1"))
    story.say(correct(AT, made.position, data={"no_change": True}))
    assert [one.quarter for one in story.activity().reports] == ["2023-Q1"]


def test_a_corrected_report_keeps_the_quarter_that_an_earlier_correction_gave_it():
    story = small_plan()
    (made,) = story.say(report("3.1", assessment="on_track", quarter="2023-Q1"))
    story.say(correct(AT, made.position, data={"assessment": "on_track", "quarter": "2023-Q2"}))
    story.say(correct(AT, made.position, data={"no_change": True}))
    assert [one.quarter for one in story.activity().reports] == ["2023-Q2"]


def test_correcting_to_what_it_says_already_is_no_event():
    story, at = told()
    assert story.say(correct(AT, at, occurred_on="2023-03-10")) == []
    assert story.say(correct(AT, at, data={"status": "in_progress"})) == []
    (made,) = story.say(report("3.1", assessment="on_track"))
    assert story.say(correct(AT, made.position, data={"assessment": "on_track"})) == []


def test_a_correction_must_say_something():
    story, at = told()
    with refused("changes nothing", way_out="occurred_on"):
        story.say(correct(AT, at))


def test_a_correction_of_a_correction_is_refused():
    story, at = told()
    (made,) = story.say(correct(AT, at, occurred_on="2023-02"))
    with refused("is itself an amendment (EntryCorrected)", field="/data/position", way_out="original"):
        story.say(correct(AT, made.position, occurred_on="2023-01"))
    with refused("is itself an amendment (EntryCorrected)", field="/data/position"):
        story.say(retract(AT, made.position))


def test_the_original_can_be_corrected_again_and_again():
    story, at = told()
    for day in ("2023-02-01", "2023-01-01", "2023-03-10"):
        story.say(correct(AT, at, occurred_on=day))
        assert story.activity().course[-1].day == day


def test_corrected_data_is_checked_like_data_of_its_type():
    story, at = told()
    with refused("/data/data/status", field="/data/data/status"):
        story.say(correct(AT, at, data={"status": "paused"}))
    with refused("did you mean `evidence`", field="/data/data/evidense"):
        story.say(correct(AT, at, data={"status": "on_hold", "evidense": []}))


def test_corrected_data_is_judged_at_its_place():
    story = small_plan()
    (made,) = story.say(status("3.1", "in_progress"))
    with refused("needs evidence", field="/data/data/evidence"):
        story.say(correct(AT, made.position, data={"status": "completed"}))
    story.say(status("3.1", "on_hold", reason="x"))
    with refused("would no longer fit", field="/data/position"):
        story.say(correct(AT, made.position, data={"status": "completed", "evidence": [LINK]}))


def test_a_correction_names_the_wish_of_the_request_that_is_wrong():
    story = small_plan()
    (made,) = story.say(status("3.1", "in_progress"))
    wrong = correct(AT, made.position, data={"status": "completed"})
    with refused("needs evidence", field="/1/data/data/evidence"):
        story.say(report("3.1", no_change=True), wrong)


def test_a_founding_entry_can_be_corrected_and_is_judged_too():
    story = small_plan()
    (made,) = story.say(activity("3.9", subitems=[{"label": "a", "text": {"es": "x"}}]))
    data = {"workstream": "3", "number": "3.9", "text": {"es": "nuevo"}}
    story.say(correct("activity/3.9", made.position, data=data))
    assert story.activity("3.9").text == {"es": "nuevo"}
    twice = data | {"subitems": [{"label": "a", "text": {"es": "x"}}] * 2}
    with refused("stands twice", field="/data/data/subitems"):
        story.say(correct("activity/3.9", made.position, data=twice))
    with refused("no workstream/77", field="/data/workstream"):
        story.say(correct("activity/3.9", made.position, data=data | {"workstream": "77"}))


def test_a_corrected_round_keeps_the_dates_that_are_not_named():
    story = small_plan()
    (made,) = story.say(event("RoundOpened", "round/2023-Q2"))
    story.say(correct("round/2023-Q2", made.position, data={"due": "2023-07-14"}))
    state = story.state("round/2023-Q2")
    assert (state.opens, state.due, state.closes) == ("2023-07-03", "2023-07-14", "2023-07-31")
    story.say(event("RoundExtended", "round/2023-Q2", {"due": "2023-08-10", "closes": "2023-08-31"}))


# ------------------------------------------------------------------------------------------------- retractions


def test_a_retracted_entry_is_as_if_it_had_never_been():
    story, at = told()
    story.say(retract(AT, at))
    assert [turn.status for turn in story.activity().course] == ["not_started"]
    assert len(story.events_of(AT)) == 3


def test_a_retraction_is_final():
    story, at = told()
    story.say(retract(AT, at))
    assert story.say(retract(AT, at)) == []
    with refused("is retracted, and that is final", way_out="anew"):
        story.say(correct(AT, at, occurred_on="2023-02"))


def test_a_retraction_that_leaves_others_without_ground_is_refused():
    story = small_plan(now="2023-06-01")
    story.say(status("3.1", "completed", reason="x", occurred_on="2023-03-10"))
    (made,) = story.say(status("3.1", "in_progress", reason="x", occurred_on="2023-04-10"))
    (last,) = story.say(status("3.1", "on_hold", reason="x", occurred_on="2023-05-10"))
    with refused(
        f"entry {last.position} (ActivityStatusChanged, 2023-05-10) would no longer fit",
        way_out="in one request",
    ):
        story.say(retract(AT, made.position))
    story.say(retract(AT, made.position), retract(AT, last.position))
    assert story.activity().status == "completed"


def test_a_founding_entry_is_retracted_only_if_nothing_else_lives():
    story, at = told()
    founding = story.events_of(AT)[0].position
    with refused("founding entry of activity/3.1 cannot be retracted while 1 other", field="/data/position"):
        story.say(retract(AT, founding))
    story.say(retract(AT, at))
    story.say(retract(AT, founding))
    assert story.state(AT) is None
    with refused("does not exist"):
        story.say(report("3.1", no_change=True))


def test_a_founding_entry_and_all_others_can_be_retracted_in_one_request():
    story, at = told()
    story.say(retract(AT, story.events_of(AT)[0].position), retract(AT, at))
    assert story.state(AT) is None


def test_an_id_is_never_used_again_even_after_its_founding_was_retracted():
    story = small_plan()
    (made,) = story.say(activity("3.9"))
    story.say(retract("activity/3.9", made.position))
    with refused("the id activity/3.9 is taken", field="/subject"):
        story.say(activity("3.9"))


def test_a_proposal_cannot_be_retracted_while_the_session_is_scheduled():
    story = small_plan()
    (made,) = story.say(event("SessionProposed", "session/a", {"kind": "workshop", "title": "A"}))
    story.say(event("SessionScheduled", "session/a", scheduled()))
    with refused("founding entry of session/a"):
        story.say(retract("session/a", made.position))


def scheduled(**said: Any) -> dict[str, Any]:
    return {
        "kind": "workshop",
        "title": "A",
        "level": "global",
        "starts_at": "2023-06-22T15:00",
        "ends_at": "2023-06-22T17:00",
        "zone": "Europe/Zurich",
        "mode": "online",
        "languages": ["es"],
        "audience": "all",
        "rule": "open",
        "workstreams": [],
        "objectives": [],
    } | said


@pytest.mark.parametrize(
    "subject, position", [("activity/3.2", 10), ("activity/3.1", 11), ("activity/3.1", 999)]
)
def test_an_entry_is_amended_under_its_own_subject(subject, position):
    story = small_plan()
    for wish in (retract(subject, position), correct(subject, position, occurred_on="2023-01")):
        with refused(f"entry {position} is not about {subject}", field="/data/position"):
            story.say(wish)


def test_what_the_system_vouches_for_cannot_be_amended():
    story = small_plan()
    for wish in (retract("workplan", 1), correct("workplan", 1, occurred_on="2022-12-14")):
        with refused("the system's own record", field="/data/position"):
            story.say(wish)


# -------------------------------------------------------------------------------------------------- redactions


def test_a_redaction_changes_no_state_and_is_an_entry():
    story = small_plan()
    (made,) = story.say(report("3.1", assessment="at_risk", reason="names a person", note="so does this"))
    before = story.activity()
    assert len(story.say(redact(AT, made.position, "/data/note"))) == 1
    assert story.activity() == before
    assert story.say(redact(AT, made.position, "/data/note")) == []


def test_a_redaction_names_a_text_that_is_there():
    story = small_plan()
    (made,) = story.say(report("3.1", note="text"))
    with refused("no redactable text at /data/needs", field="/data/field", way_out="/data/note"):
        story.say(redact(AT, made.position, "/data/needs"))
    with refused("no redactable text at /text/es", way_out="none"):
        story.say(redact(AT, 10, "/text/es"))


def test_the_texts_of_an_amendment_can_be_redacted_too():
    story = small_plan()
    (made,) = story.say(report("3.1", note="text"))
    (fixed,) = story.say(
        correct(AT, made.position, data={"note": "names a person"}) | {"reason": "and another"}
    )
    assert story.say(redact(AT, fixed.position, "/data/data/note"))
    assert story.say(redact(AT, fixed.position, "/reason"))


def test_a_retracted_entry_can_still_be_redacted():
    story = small_plan()
    (made,) = story.say(report("3.1", note="text"))
    story.say(retract(AT, made.position))
    assert story.say(redact(AT, made.position, "/data/note"))


def test_the_name_of_a_natural_person_can_be_redacted():
    story = small_plan()
    person = {"names": {"es": "Ana Pérez"}, "printed": ["Ana Pérez"], "kind": "person"}
    (made,) = story.say(event("EntityAdded", "entity/person-1", person))
    assert story.say(redact("entity/person-1", made.position, "/data/names/es"))
    assert story.say(redact("entity/person-1", made.position, "/data/printed/0"))
