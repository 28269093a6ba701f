"""The description of the interface is valid, complete and true: real answers are held against it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.api.freezing_openapi import FROZEN, contract
from tests.installation import Installation, fact
from tracker.api.examples import example
from tracker.api.openapi import document
from tracker.api.routes import ROUTES
from tracker.events.catalogue import CATALOGUE


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return document("http://127.0.0.1:8000")


def validator(spec: dict[str, Any], pointer: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**pointer, "components": spec["components"]})


def test_the_document_is_valid(spec: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(spec).validate()
    with pytest.raises(Exception, match=r"paths|validating|valid"):
        OpenAPIV31SpecValidator(spec | {"paths": {"no-slash": {}}}).validate()  # the control


def test_the_contract_is_the_frozen_one_and_the_served_one(
    lively: Installation, spec: dict[str, Any]
) -> None:
    """After a change that is meant: ``.venv/bin/python -m tests.api.freezing_openapi``, and look at the difference."""
    frozen = json.loads(FROZEN.read_text())
    assert contract() == frozen, test_the_contract_is_the_frozen_one_and_the_served_one.__doc__
    served = lively.get("/api/v1/openapi.json", None).json
    assert served == json.loads(json.dumps(spec))


def test_every_route_is_in_it_and_nothing_else(spec: dict[str, Any]) -> None:
    described = {
        (method.upper(), path)
        for path, item in spec["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert described == {(route.method, route.address) for route in ROUTES}


def test_every_operation_stands_on_the_page_for_people(spec: dict[str, Any], lively: Installation) -> None:
    page = lively.get("/api/docs", None).get_data(as_text=True)
    operations = [
        one for item in spec["paths"].values() for name, one in item.items() if name != "parameters"
    ]
    assert [one["operationId"] for one in operations if f'id="{one["operationId"]}"' not in page] == []
    assert {tag for one in operations for tag in one["tags"]} == {tag["name"] for tag in spec["tags"]}


def test_every_operation_has_a_name_of_its_own_and_says_how_it_refuses(spec: dict[str, Any]) -> None:
    operations = [
        one for item in spec["paths"].values() for name, one in item.items() if name != "parameters"
    ]
    names = [one["operationId"] for one in operations]
    assert len(names) == len(set(names))
    for operation in operations:
        for status, said in operation["responses"].items():
            if status >= "400":
                assert list(said["content"]) == ["application/problem+json"]


def test_every_type_of_event_is_described_and_told_apart_by_its_type(spec: dict[str, Any]) -> None:
    schemas = spec["components"]["schemas"]
    assert set(schemas["NewEvent"]["discriminator"]["mapping"]) == set(CATALOGUE)
    taken = validator(spec, {"$ref": "#/components/schemas/NewEvent"})
    report = {
        "type": "ProgressReported",
        "subject": "activity/3.4",
        "data": {"assessment": "at_risk"},
        "reason": "x",
    }
    assert taken.is_valid(report)
    for wrong in (
        report | {"type": "Nope"},
        report | {"colour": 1},
        report | {"subject": "workstream/3"},
        report | {"data": {"assessment": "fine"}},
        {"type": "ProgressReported", "data": {}},
    ):
        assert not taken.is_valid(wrong), wrong


AFTER_OTHERS = {"MilestoneCancelled"}
"""Whose subject was reached by an earlier example."""
TOO_EARLY = {"SessionHeld", "ReviewHeld"}
"""Whose subject was moved to a day to come by an earlier example."""
AMENDING = {"EntryCorrected", "EntryRetracted", "TextRedacted"}
"""Which name an entry that is not there."""


def test_every_example_is_described_and_can_be_posted(house: Installation, spec: dict[str, Any]) -> None:
    taken = validator(spec, {"$ref": "#/components/schemas/NewEvent"})
    for name in sorted(CATALOGUE, key=lambda one: one == "WorkplanClosed"):
        body = example(name)
        assert [fault.message for fault in taken.iter_errors(body)] == [], name
        if name == "ProgressReported":
            body |= {"on_behalf_of": {"entity": "oms", "by": "mail", "received_on": "2023-07-04"}}
        status = house.post(body).status_code
        if CATALOGUE[name].right == "system":
            assert status == 403, name
        elif name == "ReviewPlanned":
            assert status == 409, name  # the plan came with its reviews
        elif name in AFTER_OTHERS | TOO_EARLY | AMENDING:
            assert status == 422, name
        else:
            assert status in {200, 201}, name


def operation(spec: dict[str, Any], template: str, method: str = "get") -> Any:
    return spec["paths"][f"/api/v1/workplans/{{workplan}}{template}"][method]


def check(spec: dict[str, Any], described: dict[str, Any], status: str, body: Any) -> None:
    shape = described["responses"][status]["content"]
    (schema,) = [content["schema"] for kind, content in shape.items() if kind.endswith("json")]
    faults = [
        f"{fault.json_path}: {fault.message[:200]}" for fault in validator(spec, schema).iter_errors(body)
    ]
    assert faults == []


@pytest.fixture(scope="module")
def lively(library: Installation) -> Installation:
    """A library with something of everything in it."""
    library.write({"type": "RoundOpened", "subject": "round/2023-Q2", "data": {}})
    library.write(
        {
            "type": "ProgressReported",
            "subject": "activity/3.4",
            "reason": "late",
            "data": {
                "assessment": "at_risk",
                "note": "n",
                "needs": "m",
                "evidence": [{"kind": "other", "url": "https://example.org/x"}],
                "countries": ["KE"],
            },
        },
        "lead",
    )
    quarters = {"from": "2024-Q3", "to": "2024-Q4"}
    finding = {"line": "host", "status": "met", "finding": "x", "source": "y"}
    talk = {
        "kind": "gcm_talks",
        "title": "T",
        "level": "regional",
        "region": "africa",
        "starts_at": "2023-06-22T15:00",
        "ends_at": "2023-06-22T16:00",
        "zone": "Europe/Zurich",
        "mode": "online",
        "languages": ["en"],
        "audience": "open",
        "rule": "open",
        "workstreams": ["3"],
        "objectives": ["8"],
    }
    held = {"attendance": {"states": 3}, "counts_for": ["3.4"]}
    enter = [
        fact("MomentNamed", "workplan", {"slug": "june", "title": "June", "at": "2023-06-15"}),
        fact("ActivityScheduled", "activity/3.4", {"from": "2023-Q1", "to": "2023-Q2", "source": "x"}),
        fact("CommitmentReported", "commitment/4", {"note": "done"}),
        fact("VoluntaryReportReceived", "review/africa", {"country": "KE"}),
        fact("ReviewRescheduled", "review/africa", {"window": quarters}) | {"reason": "x"},
        fact("ReadinessFindingRecorded", "review/africa", finding),
        fact("SessionScheduled", "session/talk-1", talk),
        fact("SessionHeld", "session/talk-1", held),
        fact("ReadinessSnapshotTaken", "review/africa", {"signed_off_by": "p1"}),
    ]
    library.write(enter)
    library.write(fact("VoluntaryReportReceived", "review/africa", {"country": "UG"}))
    library.write(fact("ReadinessSnapshotTaken", "review/africa", {"signed_off_by": "p1"}))
    return library


READS = {
    "": "",
    "/state": "state",
    **{
        f"/{name}": name
        for name in (
            "entities",
            "commitments",
            "workstreams",
            "activities",
            "milestones",
            "products",
            "sessions",
            "reviews",
            "moments",
        )
    },
    "/entities/{id}": "entities/oim",
    "/commitments/{id}": "commitments/4",
    "/workstreams/{id}": "workstreams/3",
    "/activities/{id}": "activities/3.4",
    "/sessions/{id}": "sessions/talk-1",
    "/reviews/{id}": "reviews/africa",
    "/moments/{id}": "moments/june",
    "/activities/{id}/timeline": "activities/3.4/timeline",
    "/reviews/{id}/timeline": "reviews/africa/timeline",
    "/sessions/{id}/timeline": "sessions/talk-1/timeline",
    "/workstreams/{id}/timeline": "workstreams/3/timeline",
    "/timeline": "timeline",
    "/reviews/trend": "reviews/trend",
    "/contributions": "contributions?from=2023",
    "/events": "events?limit=1000",
    "/events/{position}": "events/1",
    "/changes": "changes?from=position:1",
    "/obligations": "obligations?settled=true",
    "/rounds": "rounds",
    "/rounds/{quarter}": "rounds/2023-Q2",
    "/tree-head": "tree-head",
    "/proofs/inclusion": "proofs/inclusion?position=2",
    "/proofs/consistency": "proofs/consistency?first=2",
    "/letters": "letters",
    "/letters/{letter}": "letters/none",
    "/rounds/{quarter}/run": "rounds/2023-Q2/run",
    "/people": "people",
    "/tokens": "tokens",
    "/reviews/{region}/readiness": "reviews/africa/readiness",
    "/reviews/{region}/snapshots": "reviews/africa/snapshots",
    "/reviews/{region}/snapshots/{number}/changes": "reviews/africa/snapshots/2/changes",
    "/reviews/{region}/snapshots/{number}": "reviews/africa/snapshots/1",
}


@pytest.mark.parametrize("template, path", READS.items(), ids=list(READS))
def test_what_is_answered_is_what_is_described(
    lively: Installation, spec: dict[str, Any], template: str, path: str
) -> None:
    described = operation(spec, template)
    address = f"/api/v1/workplans/unnm-2022-2024/{path}".rstrip("/")
    for who in ("secretariat", "viewer"):
        answer = lively.get(address, who)
        check(spec, described, str(answer.status_code), answer.json)
    check(spec, described, "401", lively.get(address, None).json)


def test_refusals_and_writes_are_what_is_described(lively: Installation, spec: dict[str, Any]) -> None:
    described = operation(spec, "/events", "post")
    report = {"type": "ProgressReported", "subject": "activity/3.4", "data": {"no_change": True}}
    for body, who in (
        (report, "lead"),
        (report | {"expected_version": 1}, "lead"),
        (report, "auditor"),
        ([], "lead"),
        ({}, "lead"),
    ):
        answer = lively.post(body, who)
        check(spec, described, str(answer.status_code), answer.json)


def test_what_is_held_about_a_person_and_erasing_one_are_what_is_described(
    lively: Installation, spec: dict[str, Any]
) -> None:
    whom = lively.read("people")["items"][0]["person"]
    told = lively.get(f"people/{whom}/data")
    check(spec, operation(spec, "/people/{person}/data"), str(told.status_code), told.json)
    added = lively.post({"name": "Ana", "email": "ana@example.org", "role": "viewer"}, path="people").json
    assert added is not None
    address = f"/api/v1/workplans/unnm-2022-2024/people/{added['person']}"
    for status in ("200", "404"):
        answer = lively.client().delete(address, headers=lively.headers("secretariat"))
        assert str(answer.status_code) == status
        check(spec, operation(spec, "/people/{person}", "delete"), status, answer.json)


def test_a_shape_that_is_wrong_would_be_found(lively: Installation, spec: dict[str, Any]) -> None:
    told = lively.read("activities/3.4")
    with pytest.raises(AssertionError):
        check(spec, operation(spec, "/activities/{id}"), "200", told | {"surprise": 1})


def test_snapshots_are_served_as_the_bytes_that_were_hashed(lively: Installation) -> None:
    import hashlib  # noqa: PLC0415

    snapshot, _later = lively.read("reviews/africa/snapshots")["items"]
    frozen = lively.get("reviews/africa/snapshots/1.json", "viewer").get_data()
    assert hashlib.sha256(frozen).hexdigest() == snapshot["sha256"]
    assert lively.get("reviews/africa/snapshots/3").status_code == 404
    assert lively.get("reviews/mars/snapshots").status_code == 404
