"""Every refusal in plain words with the field, the value and the way out; nothing half done, ever."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from tests.installation import API, Installation
from tracker.database import open_database

REPORT: dict[str, Any] = {
    "type": "ProgressReported",
    "subject": "activity/3.4",
    "data": {"quarter": "2023-Q2", "no_change": True},
}
DECISION: dict[str, Any] = {
    "type": "ActivityStatusChanged",
    "subject": "activity/3.4",
    "data": {"status": "in_progress"},
}


def send(house: Installation, data: bytes | str, who: str = "lead", **headers: str) -> TestResponse:
    """Send raw bytes as the body of an event."""
    said = {"Idempotency-Key": "raw", "Content-Type": "application/json", **house.headers(who), **headers}
    return house.client().post(f"{API}/events", data=data, headers=said)


@contextlib.contextmanager
def nothing_recorded(house: Installation) -> Iterator[None]:
    before = house.read("tree-head")["root"]
    yield
    assert house.read("tree-head")["root"] == before


def problem(answer: TestResponse, status: int) -> Any:
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    found = answer.json
    assert found["status"] == status
    assert found["type"].startswith("/problems/")
    assert found["title"]
    assert found["detail"]
    assert found["request_id"] == answer.headers["X-Request-Id"]
    return found


@pytest.mark.parametrize(
    "body, field, said",
    [
        (b"", None, "empty"),
        (b"  ", None, "empty"),
        (b"{", None, "line 1, column 2"),
        (b'{"type": "X",\n "data": }', None, "line 2"),
        (b"\xff\xfe", None, "UTF-8"),
        (b'\xef\xbb\xbf{"type": "X"}', None, "no JSON"),
        (b'{"type": "A", "type": "B"}', "", "`type` twice"),
        (b'{"data": {"note": "a", "note": "b"}}', "/data", "`note` twice"),
        (b'[{"data": {"a": [{"b": 1, "b": 1}]}}]', "/0/data/a/0", "`b` twice"),
        (b'{"data": {"done": NaN}}', "/data/done", "NaN"),
        (b'{"data": {"done": -Infinity}}', "/data/done", "-Infinity"),
        (b'{"expected_version": 9007199254740992}', "/expected_version", "9007199254740992"),
        (b'{"expected_version": 1e400}', "/expected_version", "1e400"),
        (b'{"expected_version": 1.5}', "/expected_version", "1.5"),
        (b'{"expected_version": ' + b"9" * 5000 + b"}", "/expected_version", "999"),
        (b'{"reason": "\\ud800"}', "/reason", "surrogate"),
        (b'{"\\udfff": 1}', "", "surrogate"),
        (b"[" * 17 + b"]" * 17, "/0" * 16, "16 levels"),
        (b"[" * 100_000 + b"]" * 100_000, "", "16 levels"),
    ],
)
def test_what_is_no_clear_json_is_refused(
    shelf: Installation, body: bytes, field: str | None, said: str
) -> None:
    with nothing_recorded(shelf):
        found = problem(send(shelf, body), 400)
    assert found["type"] == "/problems/malformed"
    assert found.get("field") == field
    assert said in found["detail"]
    assert found["way_out"]


def test_whole_numbers_and_texts_are_understood_however_they_are_spelt(desk: Installation) -> None:
    envelope = b'"type": "ProgressReported", "subject": "activity/3.4", "expected_version": 1.0'
    body = b"{" + envelope + b', "data": {"note": "cafe\\u0301"}}'
    assert send(desk, body).status_code == 201
    assert send(desk, body.replace(b"1.0", b"1")).status_code == 201  # the same request, spelt otherwise
    assert desk.read("activities/3.4")["reports_by_entity"]["oms"]["note"] == "café"


@pytest.mark.parametrize("key", [None, "", "a b", "é", "x" * 201])
def test_a_request_needs_a_key(shelf: Installation, key: str | None) -> None:
    headers = shelf.headers("lead") | ({} if key is None else {"Idempotency-Key": key})
    with nothing_recorded(shelf):
        found = problem(shelf.client().post(f"{API}/events", json=REPORT, headers=headers), 400)
    assert found["field"] == "Idempotency-Key"
    assert "UUID" in found["way_out"]


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_only_json_is_taken(shelf: Installation, media_type: str) -> None:
    found = problem(send(shelf, b"{}", **{"Content-Type": media_type}), 415)
    assert found["type"] == "/problems/unsupported-media-type"
    assert problem(send(shelf, b"{}", **{"Content-Encoding": "gzip"}), 415)


def test_too_much_is_refused_with_and_without_a_length(shelf: Installation) -> None:
    body = b'{"reason": "' + b"x" * 1024 * 1024 + b'"}'
    assert problem(send(shelf, body), 413)["type"] == "/problems/too-large"
    chunked = shelf.client().post(
        f"{API}/events",
        input_stream=io.BytesIO(body),
        headers=shelf.headers("lead") | {"Content-Type": "application/json", "Idempotency-Key": "c"},
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    problem(chunked, 413)


@pytest.mark.parametrize(
    "body, field, said",
    [
        ([], None, "empty"),
        ("text", "", "not an object"),
        ({}, "/type", "missing"),
        (REPORT | {"type": "ProgresReported"}, "/type", "did you mean `ProgressReported`"),
        (REPORT | {"type": 5}, "/type", ""),
        (REPORT | {"colour": "red"}, "/colour", "not a field"),
        (REPORT | {"data": {"asessment": "at_risk"}}, "/data/asessment", "did you mean `assessment`"),
        (REPORT | {"data": {"assessment": "fine"}}, "/data/assessment", "on_track"),
        (REPORT | {"data": {"done": {"x": 1}}}, "/data/done/x", "no target"),
        (REPORT | {"data": []}, "/data", ""),
        (REPORT | {"subject": "activity/99.9"}, "/subject", "no activity/99.9"),
        (REPORT | {"subject": "workstream/3"}, "/subject", "said of an activity"),
        (REPORT | {"subject": "planet/mars"}, "/subject", ""),
        (REPORT | {"occurred_on": "2031-01-01"}, "/occurred_on", "future"),
        (REPORT | {"occurred_on": "2023-02-30"}, "/occurred_on", ""),
        (REPORT | {"occurred_on": "2021-05"}, "/occurred_on", "before the plan's period"),
        (REPORT | {"data": {"assessment": "at_risk"}}, "/reason", "needs a reason"),
        (REPORT | {"data": {"quarter": "2023-Q4", "no_change": True}}, "/data/quarter", "not begun"),
        (REPORT | {"data": {"status": "completed"}}, "/data/evidence", "evidence"),
        (DECISION | {"data": {"status": "not_started"}}, None, ""),
        (REPORT | {"expected_version": -1}, "/expected_version", ""),
        (REPORT | {"entity": "nobody"}, None, ""),
        (REPORT | {"decided_at": "session/never"}, "/decided_at", "no session/never"),
        (REPORT | {"reason": "bell \x07"}, "/reason", "control character"),
        (REPORT | {"reason": "x" * 9000}, "/reason", "longer"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_its_field_and_the_way_out(
    shelf: Installation, body: Any, field: str | None, said: str
) -> None:
    with nothing_recorded(shelf):
        answer = shelf.post(body, "lead")
        if answer.status_code == 200:  # already true is no refusal
            return
        found = problem(answer, 403 if body == REPORT | {"entity": "nobody"} else 422)
    if field is not None:
        assert found["field"] == field
    assert said in str(found)
    assert found["way_out"]


def test_every_fault_of_a_request_is_said_at_once(shelf: Installation) -> None:
    found = problem(shelf.post([REPORT | {"colour": 1}, {"type": "Nope", "subject": "x"}], "lead"), 422)
    assert {"/0/colour", "/1/type", "/1/subject"} <= {fault["pointer"] for fault in found["errors"]}
    assert all(fault["detail"] for fault in found["errors"])


def test_an_illegal_transition_says_what_may_follow(desk: Installation) -> None:
    desk.write(DECISION | {"data": {"status": "completed", "no_evidence_reason": "printed"}})
    found = problem(desk.post(DECISION | {"data": {"status": "on_hold"}, "reason": "x"}), 422)
    assert (found["field"], found["value"]) == ("/data/status", "on_hold")
    assert "in_progress" in found["way_out"]


def test_a_late_fact_that_does_not_fit_is_told_the_nearest_date_that_would(desk: Installation) -> None:
    desk.write(DECISION | {"data": {"status": "in_progress"}, "occurred_on": "2023-03-01"})
    desk.write(DECISION | {"data": {"status": "on_hold"}, "reason": "x", "occurred_on": "2023-05-01"})
    with nothing_recorded(desk):
        late = DECISION | {
            "data": {"status": "completed", "no_evidence_reason": "x"},
            "occurred_on": "2023-04-01",
        }
        found = problem(desk.post(late), 422)
    assert (found["field"], found["value"]) == ("/occurred_on", "2023-04-01")
    assert "would no longer fit" in found["detail"]
    assert "2023-05-01" in found["way_out"]


def test_a_foreign_workstream_is_not_a_leads_to_write(shelf: Installation) -> None:
    with nothing_recorded(shelf):
        found = problem(shelf.post(REPORT | {"subject": "activity/1.1"}, "lead"), 403)
    assert (found["type"], found["field"]) == ("/problems/denied", "/type")
    assert "Secretariat" in found["way_out"]


@pytest.mark.parametrize(
    "event_type, data",
    [
        (
            "WorkplanAdopted",
            {
                "title": {"es": "x"},
                "period": {"from": "2022-Q1", "to": "2024-Q4"},
                "zone": "UTC",
                "origin": "x",
                "settings": {},
            },
        ),
        ("SigningKeyChanged", {"key": "x"}),
    ],
)
def test_what_only_the_system_writes_is_denied(shelf: Installation, event_type: str, data: Any) -> None:
    body = {"type": event_type, "subject": "workplan", "data": data}
    assert shelf.post(body).status_code in {403, 409}


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused_with_those_allowed(shelf: Installation, method: str) -> None:
    answer = getattr(shelf.client(), method)(f"{API}/events", headers=shelf.headers("lead"))
    found = problem(answer, 405)
    assert found["type"] == "/problems/method-not-allowed"
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_locked_database_is_said_to_be_one_and_reads_go_on(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.database.BUSY_SECONDS", 0.2)
    database = house.runtime.database
    with database.write():
        answer = house.post(REPORT, "lead", key="locked")
        found = problem(answer, 503)
        assert answer.headers["Retry-After"]
        assert "same Idempotency-Key" in found["way_out"]
        assert house.get("activities/3.4").status_code == 200
    assert house.post(REPORT, "lead", key="locked").status_code == 201


@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_a_lost_database_is_unavailable_and_nothing_is_told_of_it(house: Installation) -> None:
    assert house.get("activities/3.4").status_code == 200
    house.runtime.database.close()
    there = house.runtime.settings.database_url
    house.runtime.database = open_database(there.replace("/test_", "/gone_"))
    for answer in (house.post(REPORT, "lead"), house.get("activities/3.4")):
        assert "Traceback" not in str(problem(answer, 503))
        assert answer.headers["Retry-After"]


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_an_unwritable_database_takes_nothing_and_still_answers_reads(house: Installation) -> None:
    @sa.event.listens_for(house.runtime.database.engine, "checkout")
    def _read_only(connection: Any, _record: object, _proxy: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    with nothing_recorded(house):
        problem(house.post(REPORT, "lead"), 503)
