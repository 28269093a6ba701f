"""Erasing a person, and what is held about one, over HTTP: who may, what goes, what stays, what is told."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.installation import API, WORKPLAN, Installation, fact
from tracker.directory import people, tokens

NAME, EMAIL = "Amina Okonkwo", "amina@example.org"


def person(house: Installation, who: str) -> str:
    with house.runtime.database.read() as tx:
        found = people.person_at(tx, f"{who.replace(' ', '.')}@example.org")
    assert found
    return found


def delete(house: Installation, whom: str, who: str = "secretariat") -> TestResponse:
    return house.client().delete(f"{API}/people/{whom}", headers=house.headers(who))


def amina(house: Installation) -> str:
    """Add a focal point of the IOM and let a report name her; return her id."""
    added = house.post(
        {"name": NAME, "email": EMAIL, "entities": ["oim"], "workstreams": ["2"]}, path="people"
    )
    assert added.json is not None
    house.enter(
        {
            "type": "ProgressReported",
            "subject": "activity/2.1",
            "entity": "oim",
            "data": {"quarter": "2023-Q2", "note": f"As {NAME.upper()} told us"},
        }
    )
    return str(added.json["person"])


def test_erasing_takes_name_and_roles_and_lists_what_still_names_the_person(house: Installation) -> None:
    whom = amina(house)
    with house.runtime.directory() as tx:
        grant = tokens.Grant(WORKPLAN, "lead", whom)
        house.secrets = {**house.secrets, "amina": tokens.create_token(tx, house.runtime.now(), grant)[1]}
    assert house.get("activities", "amina").status_code == 200
    answer = delete(house, whom)
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["released"] == [f"{WORKPLAN}: workstream/2 (oim)"]
    (text,) = answer.json["texts"]
    assert (text["workplan"], text["field"]) == (WORKPLAN, "/data/note")
    assert house.get("activities", "amina").status_code == 401
    assert house.get(f"people/{whom}").status_code == 404
    assert EMAIL not in house.get("people").get_data(as_text=True)
    assert delete(house, whom).status_code == 404
    last = house.read("events?order=desc&limit=1")["items"][0]
    assert (last["type"], last["channel"]) == ("FocalPointReleased", "api")
    redact = fact(
        "TextRedacted",
        "activity/2.1",
        {"position": text["position"], "field": text["field"], "authority": "DPO"},
    )
    assert house.post(redact).status_code == 201
    assert NAME.upper() not in house.get("events?limit=1000").get_data(as_text=True)


@pytest.mark.parametrize("who, status", [("lead", 404), ("auditor", 404), ("plain", 403), (None, 401)])
def test_only_the_secretariat_erases_and_a_token_only_with_the_scope(
    shelf: Installation, who: Any, status: int
) -> None:
    with shelf.runtime.directory() as tx:
        wanted = tokens.Grant(WORKPLAN, "secretariat")
        shelf.secrets = {
            **shelf.secrets,
            "plain": tokens.create_token(tx, shelf.runtime.now(), wanted)[1],
        }
    answer = delete(shelf, person(shelf, "viewer"), who)
    assert answer.status_code == status
    assert person(shelf, "viewer")
    redact = fact("TextRedacted", "activity/3.4", {"position": 1, "field": "/reason", "authority": "x"})
    assert shelf.post(redact, "plain").status_code == 403


def test_nobody_is_erased_who_takes_part_where_the_asker_decides_nothing(house: Installation) -> None:
    whom = person(house, "viewer")
    with house.runtime.directory() as tx:
        people.grant(tx, house.runtime.now(), whom, "elsewhere", "viewer")
    answer = delete(house, whom)
    assert answer.status_code == 403
    assert answer.json is not None
    assert "another workplan" in answer.json["title"] + answer.json.get("detail", "")
    assert "elsewhere" not in answer.get_data(as_text=True), "where, is not told"
    with house.runtime.directory() as tx:
        people.withdraw(tx, house.runtime.now(), whom, "elsewhere", "viewer")
    assert delete(house, whom).status_code == 200


def test_nobody_erases_oneself(house: Installation) -> None:
    answer = delete(house, person(house, "secretariat"))
    assert answer.status_code == 403
    assert house.get("people").status_code == 200


def test_everybody_sees_what_is_held_about_oneself_and_the_secretariat_as_far_as_its_workplan(
    house: Installation,
) -> None:
    whom = person(house, "lead")
    with house.runtime.directory() as tx:
        people.grant(tx, house.runtime.now(), whom, "elsewhere", "viewer")
    own = house.read(f"people/{whom}/data", "lead")
    assert (own["person"], own["email"]) == (whom, "lead@example.org")
    assert {one["workplan"] for one in own["roles"]} == {WORKPLAN, "elsewhere"}
    seen = house.read(f"people/{whom}/data", "secretariat")
    assert {one["workplan"] for one in seen["roles"]} == {WORKPLAN} == set(seen["workplans"])
    assert house.get(f"people/{whom}/data", "other lead").status_code == 404
    assert house.get(f"people/{whom}/data", None).status_code == 401
