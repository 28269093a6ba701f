"""Idempotency keys: one key, one effect, one answer, and nothing kept that would prove a redacted text."""

from __future__ import annotations

import pytest

from tests.databases import (
    FOUNDED,
    Hands,
    W,
    adopt,
    contents,
    founded,
    positions,
    post,
)
from tests.stories import event, report, status
from tracker.directory.principals import system
from tracker.errors import RuleError
from tracker.projections.soundness import check_log


@pytest.fixture
def runtime(database_url):
    with founded(database_url, Hands()) as made:
        yield made


def test_one_key_has_one_effect_and_one_answer(runtime):
    first = post(runtime, report("3.1", no_change=True), report("3.2", no_change=True), key="k")
    post(runtime, report("3.3", no_change=True), key="other")
    again = post(runtime, report("3.1", no_change=True), report("3.2", no_change=True), key="k")
    assert (first.first_position, first.count, first.is_repeat) == (FOUNDED + 1, 2, False)
    assert (again.first_position, again.count, again.is_repeat) == (FOUNDED + 1, 2, True)
    assert len(positions(runtime)) == FOUNDED + 3


def test_a_key_with_another_body_is_refused(runtime):
    post(runtime, report("3.1", no_change=True), key="k")
    before = contents(runtime.database)
    with pytest.raises(RuleError, match="used with another body") as caught:
        post(runtime, report("3.2", no_change=True), key="k")
    assert caught.value.field == "Idempotency-Key"
    assert contents(runtime.database) == before


@pytest.mark.parametrize(
    "body",
    [report("3.3", done={"talks": 48.0}), report("3.3", note="cafe\u0301"), report("3.3", note="\U0001f600")],
)
def test_a_body_that_is_normalised_on_the_way_in_can_have_a_key_too(body, runtime):
    assert post(runtime, body, key="k").count == 1
    assert post(runtime, body, key="k").is_repeat


def test_the_order_of_fields_makes_no_other_body(runtime):
    post(
        runtime,
        {"type": "WorkplanAmended", "subject": "workplan", "data": {"title": {"es": "x", "en": "y"}}},
        key="k",
    )
    turned = {"data": {"title": {"en": "y", "es": "x"}}, "subject": "workplan", "type": "WorkplanAmended"}
    assert post(runtime, turned, key="k").is_repeat


def test_a_wish_already_true_keeps_its_key(runtime):
    done = post(runtime, status("3.1", "not_started"), key="k")
    assert (done.first_position, done.count) == (FOUNDED, 0)
    post(runtime, status("3.1", "in_progress"))
    again = post(runtime, status("3.1", "not_started"), key="k")
    assert (again.first_position, again.count, again.is_repeat) == (FOUNDED, 0, True)


def test_two_actors_may_use_the_same_key(runtime):
    post(runtime, report("3.1", no_change=True), key="k")
    other = post(runtime, report("3.2", no_change=True), key="k", principal=system("system:import"))
    assert (other.first_position, other.is_repeat) == (FOUNDED + 2, False)


def test_two_workplans_may_use_the_same_key(runtime):
    adopt(runtime, "other")
    post(runtime, report("3.1", no_change=True), key="k")
    assert post(runtime, report("3.1", no_change=True), key="k", workplan="other").is_repeat is False


def test_a_refusal_is_not_stored_under_its_key(runtime):
    with pytest.raises(RuleError):
        post(runtime, report("3.1", assessment="at_risk"), key="k")
    assert post(runtime, report("3.2", no_change=True), key="k").count == 1


def test_a_redaction_takes_the_text_and_what_would_prove_it(runtime):
    made = post(runtime, report("3.1", note="names a person", reason="x"), key="k")
    at = made.first_position
    redaction = {"position": at, "field": "/data/note", "authority": "asked for"}
    post(runtime, event("TextRedacted", "activity/3.1", redaction))
    held = contents(runtime.database)
    assert "names a person" not in str(held)
    assert {(row[1], row[2]) for row in held["texts"]} == {(at, "/reason"), (at + 1, "/data/authority")}
    with pytest.raises(RuleError, match="a text of it was redacted since"):
        post(runtime, report("3.1", note="names a person", reason="x"), key="k")
    with runtime.database.read() as tx:
        check_log(tx, W)
