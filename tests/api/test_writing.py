"""The one write door: what it answers, what a repetition gets, who wins, and what the loser is told."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.installation import API, Installation, fact

REPORT = {
    "type": "ProgressReported",
    "subject": "activity/3.4",
    "reason": "the venue is late",
    "data": {"assessment": "at_risk"},
}
DECISION = {
    "type": "ActivityStatusChanged",
    "subject": "activity/3.1",
    "data": {"status": "completed", "no_evidence_reason": "printed only"},
}


def json(answer: TestResponse) -> Any:
    assert answer.json is not None
    return answer.json


def size(house: Installation) -> int:
    return int(house.read("tree-head")["size"])


def test_a_report_is_recorded_and_answered_with_its_entry_and_the_state(house: Installation) -> None:
    before = size(house)
    answer = house.post(REPORT, "lead")
    assert answer.status_code == 201
    told = json(answer)
    (entry,) = told["events"]
    assert set(entry) == {"position", "version", "subject", "type", "recorded_at", "leaf_hash"}
    assert (entry["position"], entry["version"], entry["type"]) == (before + 1, 2, "ProgressReported")
    assert answer.headers["Location"] == f"{API}/events/{before + 1}"
    state = told["state"]["activity/3.4"]
    assert (state["status"], state["assessment"]) == ("in_progress", "at_risk")
    assert state["assessment_reason"] == "the venue is late"
    shown = house.read(answer.headers["Location"])
    assert shown["leaf_hash"] == entry["leaf_hash"] == shown["proof"]["leaf_hash"]
    assert shown["data"]["status"] == "in_progress"
    assert shown["speaker"] == {"entity": "oms", "role": "lead", "display": "OMS"}


def test_the_same_key_twice_is_one_entry_and_the_same_answer(house: Installation) -> None:
    first = house.post(REPORT, "lead", key="k1")
    house.write(REPORT | {"data": {"assessment": "on_track"}, "reason": "found another"}, "lead")
    house.clock.move(days=150)
    again = house.post(REPORT, "lead", key="k1")
    assert (first.status_code, first.get_data()) == (again.status_code, again.get_data())
    assert first.status_code == 201
    entries = house.read("events?subject=activity/3.4")["items"]
    assert [entry["version"] for entry in entries] == [1, 2, 3]


def test_a_wish_that_is_already_true_is_answered_with_no_entry_and_again_so(house: Installation) -> None:
    house.write(DECISION)
    before = size(house)
    first = house.post(DECISION, key="same")
    assert (first.status_code, json(first)["events"]) == (200, [])
    assert json(first)["state"]["activity/3.1"]["status"] == "completed"
    house.write(REPORT, "lead")
    house.clock.move(days=100)
    again = house.post(DECISION, key="same")
    assert (again.status_code, again.get_data()) == (200, first.get_data())
    assert size(house) == before + 1


def test_a_key_with_another_body_is_refused(house: Installation) -> None:
    house.post(REPORT, "lead", key="k1")
    before = size(house)
    answer = house.post(REPORT | {"reason": "another"}, "lead", key="k1")
    assert answer.status_code == 422
    assert json(answer)["field"] == "Idempotency-Key"
    assert json(answer)["value"] == "k1"
    assert "new key" in json(answer)["way_out"]
    assert size(house) == before


def test_keys_belong_to_who_sends_them(house: Installation) -> None:
    assert house.post(REPORT, "lead", key="k1").status_code == 201
    assert house.post(DECISION, "secretariat", key="k1").status_code == 201


def test_a_repetition_is_refused_once_a_text_of_it_was_redacted(house: Installation) -> None:
    (entry,) = json(house.post(REPORT, "lead", key="k1"))["events"]
    redaction = {
        "type": "TextRedacted",
        "subject": "activity/3.4",
        "data": {"position": entry["position"], "field": "/reason", "authority": "asked for"},
    }
    assert house.post(redaction).status_code == 201
    answer = house.post(REPORT, "lead", key="k1")
    assert answer.status_code == 422
    assert "redacted" in json(answer)["detail"]
    shown = house.read("activities/3.4")
    assert shown["assessment_reason"] is None
    assert "/assessment_reason" in shown["redacted"]


def test_a_stale_version_is_told_what_happened_since(house: Installation) -> None:
    house.write(REPORT, "lead")
    answer = house.post(REPORT | {"expected_version": 1, "data": {"assessment": "delayed"}}, "lead")
    assert answer.status_code == 409
    problem = json(answer)
    assert (problem["field"], problem["value"], problem["current_version"]) == ("/expected_version", 1, 2)
    (since,) = problem["since"]
    assert (since["version"], since["reason"], since["speaker"]["display"]) == (2, "the venue is late", "OMS")
    fresh = house.post(REPORT | {"expected_version": 2, "data": {"assessment": "delayed"}}, "lead")
    assert fresh.status_code == 201


def test_an_id_that_is_taken_is_a_conflict_with_its_history(house: Installation) -> None:
    added = {
        "type": "EntityAdded",
        "subject": "entity/oms",
        "data": {"names": {"es": "X"}, "printed": [], "kind": "other"},
    }
    answer = house.post(added)
    assert answer.status_code == 409
    assert json(answer)["field"] == "/subject"
    assert json(answer)["since"][0]["version"] == 1


def race(house: Installation, requests: list[tuple[Any, str]]) -> list[TestResponse]:
    """Send requests at once, each from its own thread, and return the answers."""
    app, barrier = house.app, threading.Barrier(len(requests))
    answers: list[TestResponse | None] = [None] * len(requests)

    def send(index: int) -> None:
        body, key = requests[index]
        headers = house.headers("secretariat") | {"Idempotency-Key": key}
        barrier.wait()
        answers[index] = app.test_client().post(f"{API}/events", json=body, headers=headers)

    threads = [threading.Thread(target=send, args=(index,)) for index in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answer for answer in answers if answer is not None]


def test_of_writers_with_one_expected_version_one_wins_and_the_others_see_what_changed(
    house: Installation,
) -> None:
    bodies = [
        {
            "type": "ActivityScheduled",
            "subject": "activity/3.4",
            "expected_version": 1,
            "data": {"from": "2023-Q1", "to": f"2024-Q{number}", "source": "letter"},
        }
        for number in (1, 2, 3, 4)
    ]
    answers = race(house, [(body, f"race-{index}") for index, body in enumerate(bodies)])
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    won = next(json(answer) for answer in answers if answer.status_code == 201)
    for problem in (json(answer) for answer in answers if answer.status_code == 409):
        assert problem["current_version"] == 2
        assert [one["position"] for one in problem["since"]] == [won["events"][0]["position"]]


def test_without_an_expected_version_all_writers_are_taken(house: Installation) -> None:
    bodies = [
        {
            "type": "ActivityScheduled",
            "subject": "activity/3.4",
            "data": {"from": "2023-Q1", "to": f"2024-Q{n}", "source": "x"},
        }
        for n in (1, 2, 3, 4)
    ]
    answers = race(house, [(body, f"race-{index}") for index, body in enumerate(bodies)])
    assert [answer.status_code for answer in answers] == [201] * 4


def test_one_key_sent_many_times_at_once_takes_effect_once(house: Installation) -> None:
    before = size(house)
    answers = race(house, [(DECISION, "one-key")] * 4)
    assert {(answer.status_code, answer.get_data()) for answer in answers} == {(201, answers[0].get_data())}
    assert size(house) == before + 1


def test_an_array_is_taken_whole_or_not_at_all(house: Installation) -> None:
    before = size(house)
    answer = house.post([DECISION, REPORT | {"subject": "activity/99.9", "on_behalf_of": None}])
    assert answer.status_code == 422
    answer = house.post([DECISION, DECISION | {"subject": "activity/99.9"}])
    assert (answer.status_code, json(answer)["field"]) == (422, "/1/subject")
    assert size(house) == before
    both = house.post([DECISION, DECISION | {"subject": "activity/3.2"}])
    assert both.status_code == 201
    assert list(json(both)["state"]) == ["activity/3.1", "activity/3.2"]
    assert size(house) == before + 2


@pytest.mark.parametrize(
    "bodies, field",
    [
        ([DECISION | {"expected_version": 7}], "/0/expected_version"),
        ([REPORT, DECISION | {"expected_version": 7}], "/1/expected_version"),
        ([REPORT, REPORT | {"subject": "activity/1.1"}], "/1/type"),
        (
            [REPORT, {"type": "EntryRetracted", "subject": "activity/3.4", "data": {"position": 9999}}],
            "/1/data/position",
        ),
        (
            [{"type": "EntryRetracted", "subject": "activity/3.4", "data": {"position": 9999}}],
            "/0/data/position",
        ),
    ],
)
def test_a_refusal_points_into_the_array(desk: Installation, bodies: list[Any], field: str) -> None:
    answer = desk.post(bodies, "lead")
    assert answer.status_code in {403, 409, 422}
    assert json(answer)["field"] == field


def test_late_facts_and_two_dates_swapped_in_one_request_are_taken(house: Installation) -> None:
    def status(said: str, day: str, **more: str) -> dict[str, Any]:
        return fact("ActivityStatusChanged", "activity/3.1", {"status": said}) | {"occurred_on": day, **more}

    started = house.write([status("in_progress", "2023-03"), status("on_hold", "2023-02-01", reason="x")])
    first, second = (entry["position"] for entry in started["events"])
    corrections = [
        {
            "type": "EntryCorrected",
            "subject": "activity/3.1",
            "data": {"position": first, "occurred_on": "2023-02-01"},
        },
        {
            "type": "EntryCorrected",
            "subject": "activity/3.1",
            "data": {"position": second, "occurred_on": "2023-03"},
        },
    ]
    told = house.write(corrections)
    assert told["state"]["activity/3.1"]["status"] == "on_hold"
    assert house.read("activities/3.1?effective_on=2023-02-15")["status"] == "in_progress"


def test_the_workplan_itself_is_a_subject_too(house: Installation) -> None:
    named = {
        "type": "MomentNamed",
        "subject": "workplan",
        "data": {"slug": "june", "title": "June", "at": "2023-06-15"},
    }
    told = house.write(named)
    assert told["state"]["workplan"]["moments"][0]["slug"] == "june"
