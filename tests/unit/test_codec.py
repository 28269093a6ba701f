"""Stored bytes: canonical, within the profile, and the same after any number of round trips."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import orjson
import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.strategies import EXAMPLES, posted, profile
from tracker.errors import LogError, RuleError
from tracker.events import codec
from tracker.events.catalogue import CATALOGUE
from tracker.events.codec import canonical, decode, encode, leaf_hash
from tracker.events.event import Event
from tracker.events.intake import read_wish
from tracker.events.sealing import Sealer
from tracker.events.shapes import to_json

quick = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@settings(max_examples=10 * EXAMPLES, deadline=None)
@given(value=profile())
def test_canonical_bytes_are_those_of_rfc_8785(value):
    assert canonical(value) == rfc8785.dumps(value)
    assert json.loads(canonical(value)) == value


def test_keys_are_sorted_and_nothing_is_padded():
    assert (
        canonical({"b": [1, True, None], "a": "é\n\u007f"}) == '{"a":"é\\n\u007f","b":[1,true,null]}'.encode()
    )


@pytest.mark.parametrize(
    "value, words",
    [
        ("cafe\u0301", "normal form"),
        (["a", {"b": "A\u030a"}], "normal form"),
        (1.0, "float"),
        ({"a": 0.1}, "float"),
        (2**53, "2^53"),
        (-(2**53), "2^53"),
        ({"é": 1}, "ASCII"),
        ({1: 1}, "ASCII"),
        ("\ud800", "surrogate"),
        ((1, 2), "tuple"),
        (b"raw", "bytes"),
        ({"a": {1, 2}}, "set"),
    ],
)
def test_what_lies_outside_the_profile_is_refused(value, words):
    with pytest.raises(RuleError) as caught:
        canonical(value)
    assert words.casefold() in str(caught.value).casefold()


@pytest.mark.parametrize("value", [2**53 - 1, -(2**53) + 1, "\u1e69", "", {"": ""}, "\U0001f600"])
def test_the_edges_of_the_profile_are_inside(value):
    assert json.loads(canonical(value)) == value


def event_of(said: dict[str, Any], sealer: Sealer | None = None) -> Event:
    """Return the event that a posted one would become."""
    wish = read_wish(said, sealer or Sealer())
    declared = CATALOGUE[wish.type]
    return Event(
        workplan="w",
        position=7,
        subject=wish.subject,
        version=3,
        type=wish.type,
        schema=declared.schema,
        occurred_on=wish.occurred_on or "2023-07-03",
        recorded_at="2023-07-03T10:00:00.000000Z",
        actor="p1",
        channel="api",
        data=wish.data,
        entity=wish.entity,
        reason=wish.reason,
    )


@pytest.mark.parametrize("kind", CATALOGUE)
def test_every_event_comes_back_as_it_was_posted_and_stored(kind):
    @quick
    @given(said=posted(kind))
    def check(said: dict[str, Any]) -> None:
        sealer = Sealer()
        event = event_of(said, sealer)
        stored = encode(event)
        assert decode(stored) == event
        assert encode(decode(stored)) == stored == rfc8785.dumps(to_json(event))
        texts = {sha256: text for sha256, (_, text) in sealer.texts.items()}
        assert _unsealed(orjson.loads(stored)["data"], texts) == said["data"]

    check()


def _unsealed(value: Any, texts: dict[str, str]) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"sha256"}:
            return texts.get(value["sha256"], value)
        return {key: _unsealed(item, texts) for key, item in value.items()}
    return [_unsealed(item, texts) for item in value] if isinstance(value, list) else value


def test_absent_fields_are_left_out_and_never_null():
    stored = encode(event_of({"type": "WorkplanClosed", "subject": "workplan"}))
    assert b"null" not in stored
    assert orjson.loads(stored).keys() == {
        *("workplan", "position", "subject", "version", "type", "schema", "occurred_on", "recorded_at"),
        *("actor", "channel", "data"),
    }


def test_a_type_this_release_does_not_know_stops_the_reader():
    stored = encode(event_of({"type": "WorkplanClosed", "subject": "workplan"}))
    unknown = stored.replace(b"WorkplanClosed", b"WorkplanSold00")
    with pytest.raises(LogError, match="WorkplanSold00"):
        decode(unknown)


def test_a_schema_newer_than_this_release_stops_the_reader():
    stored = encode(event_of({"type": "WorkplanClosed", "subject": "workplan"}))
    with pytest.raises(LogError, match="schema 2"):
        decode(stored.replace(b'"schema":1', b'"schema":2'))


def test_an_old_schema_goes_up_one_step_at_a_time(monkeypatch):
    stored = encode(
        event_of(
            {
                "type": "MomentNamed",
                "subject": "workplan",
                "data": {"slug": "a", "title": "A", "at": "2023-06-15"},
            }
        )
    )
    monkeypatch.setitem(CATALOGUE, "MomentNamed", replace(CATALOGUE["MomentNamed"], schema=3))
    steps: list[int] = []

    def step(schema: int):
        def up(data: dict[str, Any]) -> dict[str, Any]:
            steps.append(schema)
            return data | {"title": data["title"] + str(schema)}

        return up

    monkeypatch.setitem(codec.UPCASTERS, ("MomentNamed", 1), step(1))
    monkeypatch.setitem(codec.UPCASTERS, ("MomentNamed", 2), step(2))
    event: Any = decode(stored)
    assert (event.data.title, event.schema, steps) == ("A12", 3, [1, 2])


@given(st.binary())
def test_a_leaf_is_hashed_with_its_prefix(stored):
    assert leaf_hash(stored) == hashlib.sha256(b"\0" + stored).digest()
