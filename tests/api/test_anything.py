"""Whatever is sent: no answer is a fault of ours, every refusal is a problem, and nothing unintended is recorded."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.installation import API, WORKPLAN, Installation
from tracker.api.examples import DATA, SUBJECTS
from tracker.api.examples import example as body_of
from tracker.api.queries import FILTERS
from tracker.api.routes import ROUTES
from tracker.events.catalogue import CATALOGUE

QUIETLY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SAID = (
    "",
    "x",
    "3.4",
    "oms",
    "0",
    "-1",
    "\x00",
    "é",
    "٣",
    "²",
    "99999999999999999999",
    "../..",
    "%",
    "a" * 300,
)
TIMES = ("2023-Q2", "2023-06-15", "position:5", "moment:x", "-P3M", "PT", "now", "2023-02-30", "9999-12-31")
WORDS = st.sampled_from([*SAID, *TIMES, "0001-01-01", "-P9999Y", "2023-06-15T16:00:00+02:00"])
WHEN = ("as_of", "effective_on", "min_position", "from", "to", "occurred_from", "occurred_to")
WHICH = (
    "after",
    "limit",
    "order",
    "position",
    "size",
    "first",
    "second",
    "subject",
    "type",
    "actor",
    "channel",
)
NAMES = st.sampled_from([*WHEN, *WHICH, *FILTERS, "status", "settled", "colour"])
QUERIES = st.dictionaries(NAMES, WORDS, max_size=3)
PATHS = st.sampled_from(
    [route.address for route in ROUTES if route.method == "GET" and "workplan" in route.path]
)


def is_refused_well(answer: Any) -> bool:
    if answer.status_code < 400:
        return True
    return (
        answer.status_code < 500
        and answer.content_type == "application/problem+json"
        and bool(answer.json["title"])
    )


@QUIETLY
@given(path=PATHS, place=WORDS, query=QUERIES, who=st.sampled_from([None, "viewer", "lead", "secretariat"]))
@example(path=f"{API}/events", place="", query={"order": "desc", "after": "0"}, who="lead")
def test_any_read_is_answered_or_refused_well(
    library: Installation, path: str, place: str, query: dict[str, str], who: str | None
) -> None:
    for name in ("collection", "id", "position", "quarter", "region", "number", "person"):
        path = path.replace(f"{{{name}}}", place.replace("/", "%2F") or "x")
    path = path.replace("{workplan}", WORKPLAN)
    answer = library.get(path.replace("\x00", "%00").replace("%%", "%25"), who, query_string=query)
    assert is_refused_well(answer), (answer.status_code, answer.get_data(as_text=True)[:500])


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 2**60) | st.floats(allow_nan=True) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=5,
)


@st.composite
def bodies(draw: st.DrawFn) -> Any:
    """Return the body of an event, one or two things in it replaced by junk."""
    body = json.loads(json.dumps(body_of(draw(st.sampled_from(sorted(CATALOGUE))))))
    for _ in range(draw(st.integers(0, 2))):
        fields = [
            "type",
            "subject",
            "reason",
            "entity",
            "occurred_on",
            "decided_at",
            "expected_version",
            "on_behalf_of",
            "data",
        ]
        where = (
            body["data"]
            if draw(st.booleans()) and isinstance(body.get("data"), dict) and body["data"]
            else body
        )
        name = draw(st.sampled_from(sorted(where) if where is not body else fields))
        where[name] = deepcopy(draw(JUNK | st.sampled_from([*SUBJECTS.values(), *DATA.values()])))
    return draw(st.sampled_from([body, [body], [body, body], {"data": body}]))


@QUIETLY
@given(body=bodies(), who=st.sampled_from(["lead", "reviewer", "secretariat"]))
def test_any_write_is_taken_or_refused_well(house: Installation, body: Any, who: str) -> None:
    before = house.read("tree-head")["size"]
    answer = house.post(None, who, data=json.dumps(body), headers={"Content-Type": "application/json"})
    assert is_refused_well(answer), (answer.status_code, answer.get_data(as_text=True)[:500])
    written = len(answer.json["events"]) if answer.json and answer.status_code < 400 else 0
    assert house.read("tree-head")["size"] == before + written


@QUIETLY
@given(body=st.binary(max_size=40))
def test_any_bytes_are_refused_well(shelf: Installation, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert is_refused_well(shelf.post(None, "lead", data=body, headers=headers))
