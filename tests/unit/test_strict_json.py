"""The strict reader takes what other readers take, but only where it can mean one thing."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.api.strict_json import DEEPEST, LARGEST, read
from tracker.errors import MalformedError

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
plain = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | texts
values = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def normal(value: object) -> object:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [normal(item) for item in value]
    if isinstance(value, dict):
        return {key: normal(item) for key, item in value.items()}
    return value


@given(values, st.booleans())
def test_clear_json_is_read_as_it_is(value: object, is_ascii: bool) -> None:
    assert read(json.dumps(value, ensure_ascii=is_ascii).encode()) == normal(value)


@given(st.binary(max_size=60) | st.text('[]{}",:0123456789.eE+-tfn\\u ', max_size=60).map(str.encode))
def test_whatever_comes_is_read_or_refused_with_a_way_out(body: bytes) -> None:
    refused: list[MalformedError] = []
    try:
        read(body)
    except MalformedError as error:
        refused.append(error)
    assert all(error.way_out for error in refused)


@pytest.mark.parametrize("depth, is_taken", [(DEEPEST, True), (DEEPEST + 1, False)])
def test_depth_has_an_exact_limit(depth: int, is_taken: bool) -> None:
    body = b"[" * depth + b"]" * depth
    if is_taken:
        read(body)
    else:
        with pytest.raises(MalformedError, match="nested deeper"):
            read(body)


@pytest.mark.parametrize(
    "number, is_taken", [(LARGEST, True), (-LARGEST, True), (LARGEST + 1, False), (-LARGEST - 1, False)]
)
def test_numbers_have_an_exact_limit(number: int, is_taken: bool) -> None:
    if is_taken:
        assert read(str(number).encode()) == number
    else:
        with pytest.raises(MalformedError, match="no number that can be kept"):
            read(str(number).encode())


def test_the_standard_reader_would_take_what_is_refused_here() -> None:
    for body in (b'{"a": 1, "a": 2}', b"NaN", b'"\\ud800"', b"1e400"):
        json.loads(body)  # the control: without the strict reader these pass
        with pytest.raises(MalformedError):
            read(body)
