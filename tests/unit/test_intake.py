"""The write door's first gate: every fault is named with its place, its value and what would do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.stories import event, report
from tests.strategies import EXAMPLES as EXAMPLES_OF_EACH
from tests.strategies import posted, spoilt
from tracker.errors import Fault, RuleError
from tracker.events.catalogue import CATALOGUE
from tracker.events.intake import EXAMPLES, MOST_AT_ONCE, read_wish, read_wishes
from tracker.events.sealing import Sealer

many = settings(max_examples=EXAMPLES_OF_EACH, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def faults_of(raw: Any) -> tuple[Fault, ...]:
    with pytest.raises(RuleError) as caught:
        read_wishes(raw, Sealer())
    assert caught.value.way_out
    return caught.value.faults


def fault_of(raw: Any) -> Fault:
    faults = faults_of(raw)
    assert len(faults) == 1, faults
    return faults[0]


@pytest.mark.parametrize(
    "data, pointer, words, value",
    [
        ({"assesment": "on_track"}, "/data/assesment", "did you mean `assessment`?", "on_track"),
        ({"assessment": "fine"}, "/data/assessment", "on_track", "fine"),
        ({"assessment": None}, "/data/assessment", "null", None),
        ({"note": ""}, "/data/note", "text of 1 to", ""),
        ({"note": 5}, "/data/note", "string", 5),
        ({"note": "a\x00b"}, "/data/note", "control character", "a\x00b"),
        ({"note": "a\x1bb"}, "/data/note", "control character", "a\x1bb"),
        ({"note": "\ud800"}, "/data/note", "control character", "\ud800"),
        ({"note": "x" * 8001}, "/data/note", "longer than 8000", "x" * 8001),
        ({"done": {"talks": 1.5}}, "/data/done/talks", "integer", 1.5),
        ({"done": {"talks": True}}, "/data/done/talks", "integer", True),
        ({"done": {"talks": -1}}, "/data/done/talks", "0", -1),
        ({"done": {"Talks": 1}}, "/data/done/Talks", "slug", 1),
        ({"quarter": "2023-Q5"}, "/data/quarter", "a quarter such as", "2023-Q5"),
        ({"quarter": "0000-Q1"}, "/data/quarter", "a quarter such as", "0000-Q1"),
        (
            {"quarter": "\uff12\uff10\uff12\uff13-Q2"},
            "/data/quarter",
            "a quarter",
            "\uff12\uff10\uff12\uff13-Q2",
        ),
        ({"no_change": "yes"}, "/data/no_change", "boolean", "yes"),
        ({"no_change": 1}, "/data/no_change", "boolean", 1),
        ({"regions": ["africa", "mars"]}, "/data/regions/1", "africa", "mars"),
        ({"countries": ["ke"]}, "/data/countries/0", "ISO 3166", "ke"),
        ({"objectives": ["24"]}, "/data/objectives/0", "1 to 23", "24"),
        ({"evidence": [{"kind": "other"}]}, "/data/evidence/0/url", "missing", None),
        (
            {"evidence": [{"kind": "other", "url": "javascript:alert(1)"}]},
            "/data/evidence/0/url",
            "http",
            "javascript:alert(1)",
        ),
        (
            {"evidence": [{"kind": "other", "url": "https://x.org", "titel": "t"}]},
            "/data/evidence/0/titel",
            "did you mean `title`?",
            "t",
        ),
    ],
)
def test_a_fault_in_the_data_names_place_rule_and_value(data, pointer, words, value):
    fault = fault_of(event("ProgressReported", "activity/3.1", data))
    assert (fault.pointer, fault.value) == (pointer, value)
    assert words in fault.message


@pytest.mark.parametrize(
    "raw, pointer, words",
    [
        ({}, "/type", "missing"),
        ({"type": "ProgresReported", "subject": "activity/1.1"}, "/type", "did you mean `ProgressReported`?"),
        ({"type": ["x"], "subject": "activity/1.1"}, "/type", "string"),
        (report("3.1", None) | {"subject": "activity/"}, "/subject", "a subject such as"),
        (report("3.1", None) | {"subject": "activity/3.1\n"}, "/subject", "a subject such as"),
        (report("3.1", None) | {"subject": "review/africa"}, "/subject", "is said of an activity"),
        (report("3.1", None) | {"subject": "round/0000-Q1"}, "/subject", "a subject such as"),
        (report("3.1", None) | {"subjet": "x"}, "/subjet", "did you mean `subject`?"),
        (report("3.1", None) | {"occurred_on": "yesterday"}, "/occurred_on", "a day, month, quarter or year"),
        (report("3.1", None) | {"expected_version": -1}, "/expected_version", "0"),
        (report("3.1", None) | {"expected_version": "3"}, "/expected_version", "integer"),
        (report("3.1", None) | {"on_behalf_of": {"entity": "oim"}}, "/on_behalf_of/by", "missing"),
        (report("3.1", None) | {"decided_at": "activity/3.1"}, "/decided_at", "session"),
        (report("3.1", None) | {"data": []}, "/data", "mapping"),
        (report("3.1", None) | {"data": None}, "/data", "null"),
        (report("3.1", None) | {"reason": " \u00a0 "}, "/reason", "text of 1 to 8000"),
        ("text", "", "is not an object"),
        (None, "", "is not an object"),
        (3, "", "is not an object"),
    ],
)
def test_a_fault_in_the_envelope_names_its_place(raw, pointer, words):
    faults = faults_of(raw)
    assert (pointer, True) in [(fault.pointer, words in fault.message) for fault in faults]


def test_every_fault_of_a_request_is_named_at_once_with_the_index():
    good = report("3.1", None, no_change=True)
    faults = faults_of([good, report("3.1", None, note=1, needs=2), good | {"x": 1}, "no"])
    assert [fault.pointer for fault in faults] == ["/1/data/note", "/1/data/needs", "/2/x", "/3"]


def test_an_empty_list_is_refused():
    assert "empty" in fault_of([]).message


def test_a_request_has_a_largest_size():
    with pytest.raises(RuleError, match="1001 events"):
        read_wishes([report("3.1", None)] * (MOST_AT_ONCE + 1), Sealer())


@pytest.mark.parametrize(
    "wording, pointer",
    [
        ({}, "/data/text"),
        ({"unofficial": []}, "/data/text"),
        ({"es": ""}, "/data/text/es"),
        ({"es": "x", "Spanish": "y"}, "/data/text/Spanish"),
        ({"es": "x", "unofficial": ["en"]}, "/data/text/unofficial"),
        ({"es": "x", "unofficial": [{}]}, "/data/text/unofficial"),
        ({"es": "x", "unofficial": ["unofficial"]}, "/data/text/unofficial"),
        ({"es": "x", "unofficial": "es"}, "/data/text/unofficial"),
        ({"es": ["x"]}, "/data/text/es"),
        ({"sha256": "0" * 64}, "/data/text/sha256"),
        ("x", "/data/text"),
    ],
)
def test_a_wording_is_texts_by_language(wording, pointer):
    assert fault_of(event("CommitmentAdded", "commitment/1", {"text": wording})).pointer == pointer


def test_a_wording_keeps_the_languages_it_was_given():
    said = {"es": "uno", "en": "one", "pt-BR": "um", "unofficial": ["en", "pt-BR"]}
    wish: Any = read_wish(event("CommitmentAdded", "commitment/1", {"text": said}), Sealer())
    assert wish.data.text == said | {"unofficial": ("en", "pt-BR")}


@pytest.mark.parametrize("due", ["2023-Q2", "2023-05-16", "2023", {"from": "2023-Q1", "to": "2023-Q2"}])
def test_a_milestone_is_due_on_a_date_or_within_a_window(due):
    wish: Any = read_wish(
        event("MilestoneSet", "milestone/a", {"title": "A", "due": due, "activity": "3.1"}), Sealer()
    )
    assert wish.data.due is not None


@pytest.mark.parametrize(
    "due, pointer",
    [
        ({"from": "2023-Q2", "to": "2023-Q1"}, "/data/due"),
        ({"from": "2023-Q2"}, "/data/due/to"),
        ({"form": "2023-Q2", "to": "2023-Q3", "from": "2023-Q1"}, "/data/due/form"),
        ("soon", "/data/due"),
        (5, "/data/due"),
    ],
)
def test_a_window_that_ends_before_it_begins_is_refused(due, pointer):
    assert fault_of(event("MilestoneSet", "milestone/a", {"title": "A", "due": due})).pointer == pointer


@pytest.mark.parametrize(
    "at",
    [
        "2023-13-01",
        "2023-06-15T",
        "2023-06-15Tsoon Z",
        "2023-06-15T10:00:00",
        "0001-01-01T00:00:00Z",
        "2023-06",
    ],
)
def test_a_moment_that_is_none_is_refused_before_it_is_kept_for_ever(at):
    assert (
        fault_of(event("MomentNamed", "workplan", {"slug": "a", "title": "A", "at": at})).pointer
        == "/data/at"
    )


def test_whole_numbers_written_with_a_point_are_whole():
    wish: Any = read_wish(report("3.3", None, done={"talks": 48.0}), Sealer())
    assert wish.data.done == {"talks": 48}
    assert type(wish.data.done["talks"]) is int


def test_texts_are_composed():
    wish: Any = read_wish(
        event("WorkplanAmended", "workplan", {"title": {"es": "Plan de Accio\u0301n"}}), Sealer()
    )
    assert wish.data.title == {"es": "Plan de Acción"}


def test_events_without_data_may_leave_it_out():
    assert read_wish({"type": "WorkplanClosed", "subject": "workplan"}, Sealer()).type == "WorkplanClosed"


def test_the_examples_of_subjects_are_subjects():
    for kind, subject in EXAMPLES.items():
        found = next(name for name, declared in CATALOGUE.items() if declared.kind == kind)
        faults: tuple[Fault, ...] = ()
        try:
            read_wish({"type": found, "subject": subject, "data": {}}, Sealer())
        except RuleError as error:
            faults = error.faults
        assert all("subject" not in fault.pointer for fault in faults)


@pytest.mark.parametrize("kind", CATALOGUE)
def test_whatever_is_posted_is_read_or_refused_with_a_pointer(kind):
    @many
    @given(raw=spoilt(kind))
    def check(raw: Any) -> None:
        refusal = refusal_of(raw)
        if refusal is not None:
            assert refusal.faults
            assert all(fault.pointer.startswith("/") for fault in refusal.faults), refusal.faults
            assert refusal.field == refusal.faults[0].pointer

    check()


def refusal_of(raw: Any) -> RuleError | None:
    try:
        read_wish(raw, Sealer())
    except RuleError as error:
        return error
    return None


@pytest.mark.parametrize("kind", CATALOGUE)
def test_every_type_has_valid_data(kind):
    @settings(max_examples=3, deadline=None)
    @given(raw=posted(kind))
    def check(raw: Any) -> None:
        assert read_wish(raw, Sealer()).type == kind

    check()
