"""The table of rights on every route: generated from the route table, so that no route can be left out."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.installation import API, WORKPLAN, Installation, fact
from tracker.api import is_ours, register
from tracker.api.call import Route
from tracker.api.routes import ROUTES

READERS = (None, "viewer", "lead", "other lead", "reviewer", "auditor", "secretariat", "stranger")
INSIDERS = {"lead", "other lead", "reviewer", "auditor", "secretariat"}
MAY: dict[str, set[Any]] = {
    "state": INSIDERS | {"viewer"},
    "proofs": INSIDERS | {"viewer"},
    "details": INSIDERS,
    "history": INSIDERS,
    "rounds": {"auditor", "secretariat"},
    "letters": {"secretariat"},
    "people": {"secretariat"},
    "own data": {"secretariat"},
    "write": INSIDERS | {"viewer"},
    "nothing": set(READERS),
}
"""Who may read what of a workplan that is not public; the reading half of the table of rights, said once more."""

PLACES = {
    "workplan": WORKPLAN,
    "id": "none",
    "position": "1",
    "quarter": "2023-Q1",
    "region": "africa",
    "number": "1",
    "person": "pnone",
    "role": "viewer",
    "token": "none",
    "feed": "none",
    "secret": "none",
    "slug": "rule",
    "letter": "none",
    "webhook": "none",
    "collection": "activities",
}
QUERY = {
    "{number}/changes": "?since=1",
    "changes": "?from=position:1",
    "proofs/inclusion": "?position=1",
    "search": "?q=plan",
    "proofs/consistency": "?first=1",
}


def address(route: Route) -> str:
    said = route.address
    for name, value in PLACES.items():
        said = said.replace(f"{{{name}}}", value)
    return said + next((query for path, query in QUERY.items() if route.path.endswith(path)), "")


@pytest.fixture(scope="module")
def guarded(library: Installation) -> Installation:
    """A library in which somebody holds a token of another workplan."""
    from datetime import timedelta  # noqa: PLC0415

    from tracker.directory import tokens  # noqa: PLC0415

    with library.runtime.directory() as tx:
        wanted = tokens.Grant("elsewhere", "secretariat", scopes=("erase",), life=timedelta(days=300))
        _, secret = tokens.create_token(tx, library.runtime.now(), wanted)
    library.secrets = {**library.secrets, "stranger": secret}
    return library


def call(house: Installation, route: Route, who: str | None) -> TestResponse:
    headers = house.headers(who) | {"Idempotency-Key": "rights"}
    return house.client().open(address(route), method=route.method, headers=headers, json=None)


def expected(route: Route, who: str | None) -> set[int]:
    if route.needs == "nothing":
        return {404} if "{secret}" in route.path else {200}
    if who not in MAY[route.needs]:
        return {401} if who is None else {404}
    if route.method == "POST":
        return (
            {401} if who is None else {415}
        )  # without a body, which is looked at only once its sender may write
    if route.method == "DELETE":
        return {404}
    is_one_of_many = any(
        place in route.path
        for place in ("{id}", "{quarter}", "{number}", "{person}", "{letter}", "{webhook}")
    )
    return {404} if is_one_of_many else {route.status}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_keeps_to_the_table(guarded: Installation, route: Route) -> None:
    for who in READERS:
        with contextlib.closing(call(guarded, route, who)) as answer:  # a live stream gives its place back
            assert {answer.status_code} == expected(route, who), who


@pytest.mark.parametrize("path", ["state", "activities", "events"])
def test_who_may_not_read_a_workplan_is_not_told_that_there_is_one(guarded: Installation, path: str) -> None:
    missing = API.replace(WORKPLAN, "no-such-plan")
    for who, status in ((None, 401), ("stranger", 404)):
        there, nowhere = guarded.get(path, who), guarded.get(f"{missing}/{path}", who)
        assert (there.status_code, nowhere.status_code) == (status, status)
        assert there.json is not None
        assert nowhere.json is not None
        said = {"title", "type", "status", "way_out"}
        assert {name: there.json.get(name) for name in said} == {
            name: nowhere.json.get(name) for name in said
        }


def test_credentials_that_are_no_good_are_said_to_be_so(guarded: Installation) -> None:
    for said in ("Bearer wpt_wrong", "Bearer", "Basic dXNlcjpwYXNz", "wpt_wrong", "Bearer ünï"):
        answer = guarded.client().get(f"{API}/state", headers={"Authorization": said})
        assert answer.status_code == 401, said
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_expired_and_revoked_tokens_open_nothing(house: Installation) -> None:
    assert house.get("state", "viewer").status_code == 200
    (row,) = [one for one in house.read("tokens")["items"] if one["role"] == "viewer"]
    revoked = house.client().delete(f"{API}/tokens/{row['id']}", headers=house.headers("secretariat"))
    assert (revoked.status_code, revoked.get_data()) == (204, b"")
    assert "Content-Type" not in revoked.headers
    assert house.get("state", "viewer").status_code == 401
    house.clock.move(days=400)
    assert house.get("state", "secretariat").status_code == 401


def write(house: Installation, who: str | None, body: dict[str, Any]) -> int:
    return house.post(body, who).status_code


REPORT = {
    "type": "ProgressReported",
    "subject": "activity/3.4",
    "data": {"quarter": "2023-Q2", "no_change": True},
}
ON_BEHALF = {"on_behalf_of": {"entity": "oms", "by": "mail", "received_on": "2023-07-04"}}
WINDOW = fact("ActivityScheduled", "activity/3.4", {"from": "2023-Q1", "to": "2023-Q4", "source": "x"})
FINDING = {
    "type": "ReadinessFindingRecorded",
    "subject": "review/africa",
    "data": {"line": "host", "status": "met", "finding": "x", "source": "y"},
}
WRITES: list[tuple[str, dict[str, Any], dict[str | None, int]]] = [
    (
        "own report",
        REPORT,
        {"lead": 201, "other lead": 403, "reviewer": 403, "auditor": 403, "viewer": 403, None: 401},
    ),
    ("report in its own name", REPORT, {"secretariat": 422}),
    ("report for another", REPORT | ON_BEHALF, {"secretariat": 201, "lead": 403}),
    ("foreign report", REPORT | {"subject": "activity/1.1"}, {"lead": 403}),
    ("finding", FINDING, {"reviewer": 201, "secretariat": 201, "lead": 403, "auditor": 403, "viewer": 403}),
    ("finding elsewhere", FINDING | {"subject": "review/lac"}, {"reviewer": 403}),
    (
        "plan change",
        WINDOW,
        {"secretariat": 201, "lead": 403, "reviewer": 403, "auditor": 403, "viewer": 403, None: 401},
    ),
    (
        "proposal",
        fact("SessionProposed", "session/s1", {"kind": "workshop", "title": "x"}),
        {"lead": 201, "auditor": 403},
    ),
    ("opening a round", fact("RoundOpened", "round/2023-Q2"), {"secretariat": 201, "lead": 403}),
]


@pytest.mark.parametrize("what, body, expected", WRITES, ids=[name for name, *_ in WRITES])
def test_events_are_written_by_whom_the_table_says(
    desk: Installation, what: str, body: dict[str, Any], expected: dict[str | None, int]
) -> None:
    assert {who: write(desk, who, body) for who in expected} == expected, what


def test_a_token_of_another_workplan_writes_nothing_even_where_the_plan_is_public(
    house: Installation,
) -> None:
    """The rights of a token are looked up again inside the append; they must not be those it has elsewhere."""
    from tracker.directory import tokens  # noqa: PLC0415

    house.enter({"type": "WorkplanAmended", "subject": "workplan", "data": {"settings": {"public": True}}})
    with house.runtime.directory() as tx:
        _, secret = tokens.create_token(tx, house.runtime.now(), tokens.Grant("elsewhere", "secretariat"))
    house.secrets = {**house.secrets, "stranger": secret}
    assert house.get("state", "stranger").status_code == 200
    assert house.get("events", "stranger").status_code == 404
    assert write(house, "stranger", WINDOW) == 403
    assert write(house, "secretariat", WINDOW) == 201  # the control


def test_a_cookie_reads_but_never_writes(desk: Installation) -> None:
    from tracker.directory import people, tokens  # noqa: PLC0415

    with desk.runtime.directory() as tx:
        person = people.person_at(tx, "secretariat@example.org")
        assert person
        secret = tokens.sign_in(
            tx, desk.runtime.now(), tokens.make_signin_link(tx, desk.runtime.now(), person)
        )
    client = desk.client()
    client.set_cookie("sid", secret)
    assert client.get(f"{API}/people").status_code == 200
    answer = client.post(f"{API}/events", json=REPORT | ON_BEHALF, headers={"Idempotency-Key": "c"})
    assert answer.status_code == 401
    assert desk.write(REPORT | ON_BEHALF)  # the control: with a token the same is taken


def undeclared(app: Flask) -> set[tuple[str, str]]:
    """Return what an application serves beside the pages that is not in the route table."""
    declared = {(route.method, route.address.replace("{", "<").replace("}", ">")) for route in ROUTES}
    rules = [rule for rule in app.url_map.iter_rules() if is_ours(rule.rule)]
    return (
        {(method, rule.rule) for rule in rules for method in rule.methods or ()}
        - declared
        - {("HEAD", path) for method, path in declared if method == "GET"}
    )


def test_nothing_is_served_that_is_not_declared(desk: Installation) -> None:
    assert undeclared(desk.app) == set()
    spoilt = Flask("spoilt")
    register(spoilt, desk.runtime)
    spoilt.add_url_rule("/api/v1/planted", "planted", lambda: "", methods=["GET"])
    assert ("GET", "/api/v1/planted") in undeclared(spoilt)  # the control
