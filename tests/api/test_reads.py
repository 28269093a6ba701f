"""The plan read through the interface: the whole of it, its collections, one subject, and what is left out for whom."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.installation import API, WORKPLAN, Installation, fact

SEED = Path(__file__).parents[1] / "fixtures" / "workplan-2022-2024.es.txt"
QUESTION = {"as_of", "effective_on", "position", "recorded_at", "zone", "words"}


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def test_the_state_holds_the_whole_plan(library: Installation) -> None:
    state = library.read("state")
    assert {name: len(state[name]) for name in ("workstreams", "activities")} == {
        "workstreams": 14,
        "activities": 63,
    }
    assert sum(len(activity["subitems"]) for activity in state["activities"]) == 15
    leads = [lead["entity"] for workstream in state["workstreams"] for lead in workstream["leads"]]
    assert (len(set(leads)), len(leads)) == (21, 37)
    assert len(state["commitments"]) >= 14
    assert set(state["question"]) == QUESTION
    numbers = [one["id"] for one in state["activities"]]
    assert numbers == sorted(numbers, key=lambda one: [int(part) for part in one.split(".")])


def test_every_text_of_the_state_is_in_the_printed_plan(library: Installation) -> None:
    seed, state = plain(SEED.read_text()), library.read("state")
    for activity in state["activities"]:
        for part in (activity, *activity["subitems"]):
            assert plain(part["text"]["es"]).rstrip(".;") in seed, activity["id"]


def test_a_workplan_is_described(library: Installation) -> None:
    found = library.read(API)
    assert found["id"] == WORKPLAN
    assert found["counts"]["lead_entities"] == 21
    assert found["counts"]["subitems"] == 15
    assert found["tree_head"]["size"] == found["position"]
    assert library.read("/api/v1/workplans")["items"][0]["href"] == API


def test_one_subject_answers_its_fields_at_the_top_with_its_own_position(library: Installation) -> None:
    found = library.read("activities/3.4")
    assert (found["id"], found["workstream"], found["version"]) == ("3.4", "3", 1)
    assert found["position"] < found["question"]["position"]
    assert "oms" in found["leads"]


@pytest.mark.parametrize(
    "path",
    [
        "activities/99.9",
        "entities/nobody",
        "activities/..",
        "activities/%00",
        "sessions/a%2Fb",
        "nothing-such",
    ],
)
def test_what_is_not_there_is_a_problem_with_a_way_out(library: Installation, path: str) -> None:
    answer = library.get(path)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["type"] == "/problems/not-found"


@pytest.mark.parametrize(
    "query, expected",
    [
        ("activities?workstream=3", 6),
        ("activities?entity=oms&workstream=3", 6),
        ("activities?status=completed", 0),
        ("activities?status=NOT_STARTED", 63),
        ("activities?quarter=2023-Q1", 1),
        ("activities?quarter=2021-Q4", 0),
        ("activities?assessment=at_risk", 0),
        ("activities?quiet_quarters=2", 63),
        ("activities?quiet_quarters=12", 0),
        ("activities?changed_since=position:1", 63),
        ("activities?changed_since=now", 0),
        ("workstreams?entity=oms", None),
        ("entities?workstream=3", None),
        ("reviews?region=AFRICA", 1),
        ("sessions?status=proposed", None),
    ],
)
def test_collections_can_be_filtered(library: Installation, query: str, expected: int | None) -> None:
    items = library.read(query)["items"]
    assert items if expected is None else len(items) == expected


def test_an_objective_finds_its_letters(library: Installation) -> None:
    tagged = [one for one in library.read("activities")["items"] if one["tags"].get("objectives")]
    assert tagged
    wanted = tagged[0]["tags"]["objectives"][0]
    found = library.read(f"activities?objective={wanted.partition('(')[0]}")["items"]
    assert tagged[0]["id"] in [one["id"] for one in found]


@pytest.mark.parametrize(
    "query, field",
    [
        ("activities?colour=red", "colour"),
        ("activities?status=done", "status"),
        ("activities?entity=nobody", "entity"),
        ("activities?workstream=3&workstream=4", "workstream"),
        ("activities?quarter=2023-Q5", "quarter"),
        ("activities?quiet_quarters=-1", "quiet_quarters"),
        ("sessions?assessment=at_risk", "assessment"),
        ("events?limit=5000", "limit"),
        ("events?type=ProgresReported", "type"),
        ("events?after=99999999999999999999", "after"),
        ("events?occurred_from=2023-13", "occurred_from"),
        ("proofs/inclusion", "position"),
        ("proofs/inclusion?position=999999", "position"),
        ("proofs/consistency?first=9&second=3", "first"),
        ("obligations?quarter=2050-Q1", "quarter"),
        ("state?min_position=0", "min_position"),
        ("state?as_of=%00", "as_of"),
    ],
)
def test_a_wrong_parameter_is_named_with_a_way_out(library: Installation, query: str, field: str) -> None:
    answer = library.get(query)
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert answer.json is not None
    assert answer.json["field"] == field
    assert answer.json["way_out"]


def test_a_misspelt_parameter_gets_a_guess(library: Installation) -> None:
    problem = library.get("activities?workstrem=3").json
    assert problem is not None
    assert "did you mean `workstream`?" in problem["detail"]


@pytest.fixture
def published(house: Installation) -> Installation:
    house.enter({"type": "WorkplanAmended", "subject": "workplan", "data": {"settings": {"public": True}}})
    house.write(
        {
            "type": "ProgressReported",
            "subject": "activity/3.4",
            "entity": "oms",
            "reason": "the venue is late",
            "data": {"assessment": "at_risk", "note": "half the money"},
        },
        "lead",
    )
    return house


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("path", ["state", "activities", "activities/3.4", "changes?from=position:1"])
def test_the_public_reads_the_plan_without_details_which_are_named(
    published: Installation, path: str
) -> None:
    told = published.read(path, None)
    said = set(strings({name: item for name, item in told.items() if name != "withheld"}))
    assert said.isdisjoint({"at_risk", "the venue is late", "half the money", "assessment"})
    assert "assessment" in told["withheld"]
    full = published.read(path, "auditor")
    assert {"at_risk", "the venue is late", "assessment"} <= set(strings(full))
    assert "withheld" not in full


def test_what_is_withheld_cannot_be_filtered_by(published: Installation) -> None:
    assert published.get("activities?assessment=at_risk", None).status_code == 401
    assert published.get("activities?assessment=at_risk", "viewer").status_code == 403
    assert len(published.read("activities?assessment=at_risk", "lead")["items"]) == 1


def test_a_viewer_gets_the_details_once_they_are_published(published: Installation) -> None:
    assert "assessment" in published.read("activities/3.4", "viewer")["withheld"]
    published.enter(
        {"type": "WorkplanAmended", "subject": "workplan", "data": {"settings": {"published": ["details"]}}}
    )
    assert published.read("activities/3.4", "viewer")["assessment"] == "at_risk"
    assert "assessment" in published.read("activities/3.4", None)["withheld"]


def test_ids_of_people_are_for_those_who_may_read_who_said_what(published: Installation) -> None:
    assert "focal_points" in published.read("workstreams/3", None)["withheld"]
    assert published.read("workstreams/3", "lead")["focal_points"][0]["entity"] == "oms"


def test_regions_say_their_countries_and_that_the_list_is_not_official(library: Installation) -> None:
    found = library.read("/api/v1/regions", None)
    by_id = {one["id"]: {country["code"]: country for country in one["countries"]} for one in found["items"]}
    counts = {region: len(countries) for region, countries in by_id.items()}
    assert counts == {"africa": 54, "arab-states": 21, "asia-pacific": 62, "unece": 56, "lac": 60}
    assert by_id["africa"]["MA"]["also"] == ["arab-states"]
    assert by_id["lac"]["ES"]["also"] == ["unece"]
    assert by_id["asia-pacific"]["CK"]["membership"] == "associate"
    assert by_id["lac"]["BR"]["names"] == {"en": "Brazil", "es": "Brasil", "fr": "Brésil"}
    assert (found["regions"]["verified"], found["countries"]["verified"]) == (True, False)


def test_sessions_are_found_by_kind_level_and_what_is_missing(house: Installation) -> None:
    talk = {
        "kind": "gcm_talks",
        "title": "A",
        "level": "regional",
        "region": "africa",
        "starts_at": "2023-06-22T15:00",
        "ends_at": "2023-06-22T16:00",
        "zone": "Africa/Nairobi",
        "mode": "online",
        "languages": ["en"],
        "audience": "all",
        "rule": "open",
        "workstreams": [],
        "objectives": [],
    }
    for slug, rule in (("open", "open"), ("closed", "chatham_house")):
        house.write(fact("SessionScheduled", f"session/{slug}", talk | {"rule": rule}))
        house.write(fact("SessionHeld", f"session/{slug}") | {"occurred_on": "2023-06-22"})
    recording = {"kind": "recording", "url": "https://example.org/r", "language": "en"}
    house.write(fact("SessionMaterialPublished", "session/open", recording))

    def found(query: str) -> list[str]:
        return [one["id"] for one in house.read(f"sessions?{query}")["items"]]

    assert found("kind=annual_meeting") == ["reunion-anual"]
    assert found("kind=gcm_talks&level=regional") == ["closed", "open"]
    assert found("missing=any") == found("missing=summary") == ["open"], "none is chased under Chatham House"
    assert found("missing=recording") == []
    for query in ("kind=party", "level=local", "missing=agenda"):
        assert house.get(f"sessions?{query}").status_code == 422, query
