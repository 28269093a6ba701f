"""Events as fields of a page: every declaration can be shown and filled in, and comes back as it was."""

from __future__ import annotations

import pytest

from tracker.api.examples import example
from tracker.events.catalogue import CATALOGUE
from tracker.events.schemas import data_schema
from tracker.web.event_fields import data_of, fields_of
from tracker.web.field_labels import CHOICES

TYPES = [name for name, declared in CATALOGUE.items() if declared.kind != "any"]


@pytest.mark.parametrize("event_type", TYPES)
def test_what_a_form_is_made_of_comes_back_from_it(event_type: str):
    declared = CATALOGUE[event_type].data
    data = example(event_type).get("data", {})
    form = {one.name: one.value for one in fields_of(declared, data, is_form=True)}
    assert data_of(declared, form, data) == data
    data_schema(event_type).load(data_of(declared, form, data))


@pytest.mark.parametrize("event_type", TYPES)
def test_every_field_has_a_label_and_every_choice_its_words(event_type: str):
    for one in fields_of(CATALOGUE[event_type].data, {}, is_form=True):
        assert "_" not in one.label
        assert all(value in CHOICES for value, _words in one.options), one


def test_what_was_changed_in_the_form_is_in_the_data_and_what_was_emptied_is_not():
    declared = CATALOGUE["ProgressReported"].data
    held = {
        "quarter": "2023-Q1",
        "note": "Two venues",
        "done": {"talks": 2},
        "evidence": [{"kind": "other", "url": "https://example.org/a"}],
        "regions": [],
    }
    form = {one.name: one.value for one in fields_of(declared, held, is_form=True)}
    form |= {
        "note": "",
        "status": "on_hold",
        "done": "talks: 3\nshows: many",
        "evidence/0/url": "",
        "evidence/0/kind": "",
        "evidence/1/url": "https://example.org/b",
        "subitems": "a: completed",
    }
    assert data_of(declared, form, held) == {
        "quarter": "2023-Q1",
        "status": "on_hold",
        "done": {"talks": 3, "shows": "many"},
        "subitems": {"a": "completed"},
        "evidence": [{"url": "https://example.org/b"}],
        "regions": [],
    }


def test_values_are_said_in_words():
    declared = CATALOGUE["ProgressReported"].data
    data = {"quarter": "2023-Q1", "assessment": "at_risk", "no_change": True, "regions": ["lac", "africa"]}
    said = {one.name: one.words({}.get) for one in fields_of(declared, data)}
    assert said == {
        "quarter": "Q1 2023",
        "assessment": "needs attention",
        "no_change": "yes",
        "regions": "Latin America and the Caribbean, Africa",
    }
    lead = fields_of(CATALOGUE["LeadAssigned"].data, {"entity": "oim"})
    assert [one.words({"oim": "IOM"}.get) for one in lead] == ["IOM"]
