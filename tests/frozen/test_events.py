"""Events as they were once stored: every release reads them, and would store them again byte for byte."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from rfc8785 import dumps

from tests.frozen.freezing import lines, root_of
from tracker.events.catalogue import CATALOGUE
from tracker.events.codec import decode, encode
from tracker.projections.standings import dump_state, load_state
from tracker.projections.views import view_of
from tracker.workplan.folding import KINDS
from tracker.workplan.plan import Plan, Standing

ROOT = "a47248bb0afab7e4f922ecd3cae22b3e6197d478641220491fd8b4376eb7f118"
"""Over the lines of events-v1.jsonl: they may be added to, never changed."""
HOW = "declare what changed as a new schema with an upcaster, then: python -m tests.frozen.freezing"
STORED = lines()
EITHER_OR = {"ReviewPlanned", "ReviewRescheduled", "ProductUsed"}
"""Types of which no entry can say everything."""


@pytest.mark.parametrize(
    "stored", STORED, ids=[f"{one['type']} {one['subject']}" for one in map(json.loads, STORED)]
)
def test_what_was_stored_is_read_and_stored_the_same(stored: bytes) -> None:
    raw = json.loads(stored)
    event = decode(stored)
    assert (event.type, event.position, event.subject) == (raw["type"], raw["position"], raw["subject"])
    assert dumps(raw) == stored, "the bytes are canonical"
    if raw["schema"] == CATALOGUE[event.type].schema:
        assert encode(event) == stored, HOW


def test_every_type_and_schema_has_an_example() -> None:
    frozen = {(raw["type"], raw["schema"]) for raw in map(json.loads, STORED)}
    assert {(kind, declared.schema) for kind, declared in CATALOGUE.items()} <= frozen, HOW
    assert {kind for kind, _ in frozen} <= CATALOGUE.keys(), "a type that was ever stored is read for ever"


def test_no_example_was_changed() -> None:
    assert root_of(STORED) == ROOT, HOW


def test_every_field_of_the_envelope_is_in_an_example() -> None:
    assert {key for stored in STORED for key in json.loads(stored)} == {
        *(
            "workplan",
            "position",
            "subject",
            "version",
            "type",
            "schema",
            "occurred_on",
            "recorded_at",
            "actor",
        ),
        *(
            "entity",
            "on_behalf_of",
            "channel",
            "reason",
            "decided_at",
            "source",
            "correlation_id",
            "causation_id",
        ),
        "data",
    }


def test_every_field_of_every_type_is_in_an_example() -> None:
    for raw in map(json.loads, STORED):
        declared = {one.rstrip("_") for one in CATALOGUE[raw["type"]].data.__dataclass_fields__}
        if raw["type"] not in EITHER_OR:
            assert raw["data"].keys() == declared, raw["type"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_states_that_the_examples_make_are_read_as_they_are_kept(kind: str) -> None:
    """Each event after those before it, whether it fits or not: folding what is stored never fails."""
    states: dict[str, Any] = {}
    for event in map(decode, STORED):
        if event.subject.split("/")[0] != kind or CATALOGUE[event.type].kind == "any":
            continue
        states[event.subject] = KINDS[kind].evolve(states.get(event.subject), event, "2023-07-03")
        kept = dump_state(states[event.subject])
        assert dump_state(load_state(event.subject, kept)) == kept, event.type
    plan = Plan({one: Standing(one, 1, 1, "", state) for one, state in states.items()})
    assert states
    for standing in plan.standings.values() if kind != "workplan" else ():
        assert standing.state is None or view_of(plan, standing, date(2023, 7, 3))["id"]


def test_no_name_of_a_natural_person_stands_in_an_example() -> None:
    persons = [stored for stored in STORED if b"person-1" in stored]
    assert len(persons) == 3
    assert not [stored for stored in STORED if b"Ana" in stored]
