"""A workplan document of any plan: what it asks of the write door, and how its faults are named."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tracker.events.catalogue import CATALOGUE
from tracker.events.shapes import from_json, to_json
from tracker.plans import reader
from tracker.workplan.document import DocumentError, read_document, requests_of
from tracker.workplan.document_faults import faults_of

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.fixture
def small() -> dict[str, Any]:
    """A plan of somebody else, in another language, that uses every part of the format."""
    made: dict[str, Any] = json.loads((FIXTURES / "harbour-2025.json").read_text(encoding="utf-8"))
    return made


def test_any_workplan_becomes_requests_in_an_order_that_can_be_followed(small) -> None:
    requests = requests_of(reader.read_text(json.dumps(small), "json"))

    assert [(request["type"], request["subject"], request["occurred_on"]) for request in requests] == [
        ("WorkplanAdopted", "workplan", "2025-01-31"),
        ("EntityAdded", "entity/port", "2025-01-31"),
        ("EntityTagged", "entity/port", "2025-01-31"),
        ("EntityAdded", "entity/crew", "2025-02"),
        ("CommitmentAdded", "commitment/1", "2025-01-31"),
        ("WorkstreamAdded", "workstream/1", "2025-Q2"),
        ("WorkstreamTagged", "workstream/1", "2025-Q2"),
        ("LeadAssigned", "workstream/1", "2025-Q2"),
        ("ParticipantJoined", "workstream/1", "2025-Q2"),
        ("ActivityAdded", "activity/1.1", "2025-Q2"),
        ("ActivityScheduled", "activity/1.1", "2025-03"),
        ("ActivityAdded", "activity/q-2", "2025-Q2"),
        ("ActivityTagged", "activity/q-2", "2025-Q2"),
        ("LeadAssigned", "workstream/1", "2025-Q2"),
        ("ActivityLinked", "activity/1.1", "2025-Q2"),
        ("MilestoneSet", "milestone/opening", "2025-01-31"),
        ("SessionProposed", "session/talks", "2025-01-31"),
        ("ReviewPlanned", "review/africa", "2025-01-31"),
    ]
    said = {(request["type"], request["subject"]): request["data"] for request in requests}
    adopted = {key: small[key] for key in ("title", "period", "zone", "settings")}
    assert said["WorkplanAdopted", "workplan"] == adopted
    assert said["WorkstreamAdded", "workstream/1"]["declaration_paragraphs"] == []
    assert said["ActivityAdded", "activity/q-2"]["workstream"] == "1"
    assert said["ActivityAdded", "activity/q-2"]["number"] == "1.2"
    assert said["ActivityScheduled", "activity/1.1"] == {
        "from": "2025-Q1",
        "to": "2025-Q4",
        "source": "page 4",
    }


def test_the_data_of_every_request_is_what_the_catalogue_declares(small) -> None:
    for request in requests_of(read_document(small)):
        data = request["data"] | ({"origin": "log"} if request["type"] == "WorkplanAdopted" else {})

        assert to_json(from_json(CATALOGUE[request["type"]].data, data)) == data


def test_the_same_document_gives_the_same_requests(small) -> None:
    again = copy.deepcopy(small)

    assert json.dumps(requests_of(read_document(small))) == json.dumps(requests_of(read_document(again)))


def test_requests_share_nothing_with_the_document(small) -> None:
    document = read_document(small)
    requests_of(document)[0]["data"]["settings"]["languages"].append("fr")
    small["settings"]["languages"].append("ar")

    assert document.settings["languages"] == ["en", "sw"]


def faults(text: str, syntax: reader.Syntax = "json") -> dict[str, str]:
    with pytest.raises(DocumentError) as caught:
        reader.read_text(text, syntax)
    assert str(caught.value).count("\n") == len(caught.value.faults) - 1
    return {fault.path: fault.message for fault in caught.value.faults}


def put(document: dict[str, Any], path: str, value: Any) -> str:
    """Return the document as JSON with one place changed; ``...`` takes it away."""
    *steps, last = [int(step) if step.isdigit() else step for step in re.findall(r"\w+", path)]
    holder: Any = document
    for step in steps:
        holder = holder[step]
    if value is ...:
        del holder[last]
    elif isinstance(holder, list) and last == len(holder):
        holder.append(value)
    else:
        holder[last] = value
    return json.dumps(document)


FIRST = "workstreams[0].activities[0]"
SECOND = "workstreams[0].activities[1]"


@pytest.mark.parametrize(
    "path, value, fault",
    [
        (f"{SECOND}.number", "1.1", "stands twice, first at workstreams[0].activities[0].number"),
        (f"{SECOND}.id", "1.1", "stands twice"),
        ("entities[1].id", "port", "stands twice, first at entities[0].id"),
        ("workstreams[0].leads[1]", {"entity": "port"}, "stands twice"),
        (f"{SECOND}.subitems[1].label", "1", "stands twice"),
        ("workstreams[0].leads[0].entity", "prt", "is not among the entities of this document: add it there"),
        ("workstreams[0].leads[0].entity", "prt", "(perhaps port)"),
        ("workstreams[0].leads[1].activity", "9.9", "is not among the activities"),
        ("workstreams[0].participants[0].entity", "un", "is not among the entities"),
        ("workstreams[0].participants[0].represented_by[0]", "un", "is not among the entities"),
        ("workstreams[0].tags.entities[0]", "un", "is not among the entities"),
        (f"{FIRST}.targets[0].parts[0].entity", "un", "is not among the entities"),
        (f"{FIRST}.links[0].to", "9.9", "is not among the activities of this document"),
        ("milestones[0].activity", "9.9", "is not among the activities"),
        ("sessions[0].workstreams[0]", "9", "is not among the workstreams"),
        ("period.from", "2025-T1", "is not a quarter such as 2023-Q2"),
        (f"{FIRST}.window.to", "2025-q4", "is not a quarter"),
        (f"{FIRST}.window.from", "2026-Q1", "comes before from, 2026-Q1"),
        (f"{FIRST}.targets[0].max", 1, "comes before min, 2"),
        ("reviews[0].ends_on", "2026-10-08", "comes before starts_on"),
        (f"{FIRST}.owner", "me", "is in no field of the format: use one of id, number"),
        ("colour", "blue", "is in no field of the format"),
        (
            "title.english",
            "Plan",
            "is in no field of the format: use one of unofficial, languages such as es",
        ),
        ("workstreams[0].title", ..., "is missing: give wording by language"),
        ("workstreams[0].title", "Quays", "is not wording by language"),
        ("workstreams[0].title", {"sw": "Gati"}, "is missing: give the text in en"),
        ("workstreams[0].title.unofficial[0]", "fr", "there is no text in it"),
        ("workstreams[0].category", "old", "is none of new, ongoing"),
        (f"{FIRST}.number", 1, "is not a number as printed, in quotes"),
        (f"{FIRST}.text.en", "", "is not a text that is not empty"),
        (f"{FIRST}.text.en", "Build.\n", "has white space at an end"),
        (f"{SECOND}.tags.objectives[0]", "24", "is not an objective from 1 to 23"),
        (f"{SECOND}.tags.objectives[2]", "8", "names something twice"),
        ("entities[0].kind", "ngo", "is none of un_entity"),
        ("entities[0].id", "person-9", "is an id of a person exactly if the kind is person"),
        ("entities[1].kind", "person", "is an id of a person exactly if the kind is person"),
        ("adopted_on", "2025-02-30", "is not in the calendar"),
        ("adopted_on", "2025-01", "is not a day"),
        ("entities[1].occurred_on", 2025, "is not a day, month, quarter or year"),
        ("milestones[0].due", "spring", "is not a date"),
        ("milestones[0].commitment", "1", "is not a milestone of exactly one"),
        (
            "reviews[0].window",
            {"from": "2026-Q1", "to": "2026-Q2"},
            "is not a review either in a window or on days",
        ),
        ("zone", "Africa/Atlantis", "is no time zone"),
        ("format", "workplan/2", "is not the name of this format, workplan/1"),
        ("settings.languages", [], "is not a list of languages"),
        ("settings.public", "yes", "is not true or false"),
        ("settings.theme", "blue", "is in no field of the format: use one of public, published"),
    ],
)
def test_a_fault_is_named_with_its_path_and_the_way_out(small, path, value, fault) -> None:
    found = faults(put(small, path, value))

    places = [place for place in found if place.startswith(path.rpartition(".")[0].rpartition("[")[0])]
    assert [place for place in places if fault in found[place]], found


@pytest.mark.parametrize(
    "path, value, places",
    [
        (f"{SECOND}.number", "1.1", [f"{SECOND}.number"]),
        ("workstreams[0].leads[0].entity", "prt", ["workstreams[0].leads[0].entity"]),
        (f"{FIRST}.links[0].to", "9.9", [f"{FIRST}.links[0].to"]),
        (f"{FIRST}.owner", "me", [f"{FIRST}.owner"]),
        ("period.from", "2025-T1", ["period.from"]),
        ("milestones[0].commitment", "1", ["milestones[0]"]),
        ("workstreams[0].number", "one two", ["workstreams[0].number", "sessions[0].workstreams[0]"]),
    ],
)
def test_a_fault_is_told_once_and_at_its_own_place(small, path, value, places) -> None:
    assert sorted(faults(put(small, path, value))) == sorted(places)


def test_all_faults_are_told_at_once(small) -> None:
    put(small, "zone", "Mars")
    put(small, f"{SECOND}.number", "1.1")
    found = faults(put(small, f"{FIRST}.owner", "me"))

    assert list(found) == [f"{FIRST}.owner", f"{SECOND}.number", "zone"]


def test_a_fault_carries_the_value(small) -> None:
    with pytest.raises(DocumentError, match=r'entity: "prt" is not among the entities') as caught:
        reader.read_text(put(small, "workstreams[0].leads[0].entity", "prt"), "json")

    assert caught.value.faults[0].value == "prt"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(None, id="nothing"),
        pytest.param([], id="a list"),
        pytest.param("plan", id="a word"),
        pytest.param({"workstreams": {"activities": 3}}, id="a mapping for a list"),
        pytest.param({"workstreams": [None, 7, {"activities": [None, {"number": []}]}]}, id="odd items"),
        pytest.param({"settings": [], "entities": [{"id": {}}, {"id": {}}]}, id="odd ids"),
        pytest.param({"workstreams": [{"leads": [{"entity": ["a"], "activity": {}}] * 2}]}, id="odd leads"),
        pytest.param(
            {"title": {"unofficial": 3}, "period": {"from": 3, "to": "x"}, "zone": []}, id="odd values"
        ),
    ],
)
def test_any_shape_is_refused_and_none_breaks_the_reader(raw) -> None:
    assert faults(json.dumps(raw))
    assert isinstance(faults_of(raw), list)
