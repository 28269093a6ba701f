"""The Secretariat's desks: people, their roles, tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.installation import API, Installation
from tracker.directory import people, tokens
from tracker.settings import Provider

ANA: dict[str, Any] = {"name": "Ana Pérez", "email": "ana@example.org", "language": "es", "entities": ["oim"]}


def test_a_person_is_added_and_named_focal_point_where_its_entity_leads(house: Installation) -> None:
    answer = house.post(ANA, path="people")
    assert answer.status_code == 201
    assert answer.json is not None
    person = answer.json
    assert (person["name"], person["language"], person["roles"]) == ("Ana Pérez", "es", ["lead"])
    led = house.read("entities/oim")["leads"]
    assert [point["workstream"] for point in person["focal_points"]] == led
    assert house.read(answer.headers["Location"]) == person
    again = house.post(ANA, path="people")
    assert again.json == person
    stored = house.read("events?type=FocalPointNamed&limit=1000")["items"]
    assert "Ana" not in str(stored)
    assert "ana@" not in str(stored)


@pytest.mark.parametrize(
    "change, field",
    [
        ({"email": "nobody"}, "/email"),
        ({"email": "a@b.org\nBcc: c@d.org"}, "/email"),
        ({"name": ""}, "/name"),
        ({"language": "de"}, "/language"),
        ({"role": "king"}, "/role"),
        ({"role": "reviewer"}, "/region"),
        ({"entities": []}, "/entities"),
        ({"entities": ["nobody"]}, "/entities"),
        ({"workstreams": ["3"], "entities": ["acnudh"]}, "/workstreams"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_wrong_person_is_refused_and_nobody_added(
    shelf: Installation, change: dict[str, Any], field: str
) -> None:
    before = shelf.read("people")
    answer = shelf.post(ANA | change, path="people")
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert answer.json is not None
    assert answer.json["field"] == field
    assert answer.json["way_out"]
    assert shelf.read("people") == before


def test_roles_are_granted_and_withdrawn(house: Installation) -> None:
    person = house.post(ANA | {"role": "viewer", "entities": []}, path="people").json
    assert person is not None
    path = f"people/{person['person']}/roles"
    granted = house.post({"role": "reviewer", "region": "lac"}, path=path).json
    assert granted is not None
    assert granted["roles"] == ["reviewer", "viewer"]
    url = f"{API}/{path}/viewer"
    assert house.client().delete(url, headers=house.headers("secretariat")).status_code == 204
    assert house.client().delete(url, headers=house.headers("secretariat")).status_code == 404
    assert house.read(f"people/{person['person']}")["roles"] == ["reviewer"]
    assert house.post({"role": "viewer"}, path="people/pnobody/roles").status_code == 404


def test_a_token_is_shown_once_and_works_until_it_is_revoked(house: Installation) -> None:
    answer = house.post(
        {"role": "lead", "entities": ["oim"], "workstreams": ["2"], "days": 30}, path="tokens"
    )
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json is not None
    made = answer.json
    headers = {"Authorization": f"Bearer {made['token']}"}
    with house.client().get(
        f"{API}/state", headers=headers
    ) as read:  # its use is written down when it is closed
        assert read.status_code == 200
    listed = house.read("tokens")["items"]
    assert made["id"] in [one["id"] for one in listed]
    assert made["token"] not in str(listed)
    assert next(one for one in listed if one["id"] == made["id"])["last_used_on"] == "2023-07-05"
    revoked = house.client().delete(f"{API}/tokens/{made['id']}", headers=house.headers("secretariat"))
    assert revoked.status_code == 204
    assert house.client().get(f"{API}/state", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "body, field",
    [
        ({"role": "king"}, "/role"),
        ({"role": "lead"}, "/person"),
        ({"role": "viewer", "days": 4000}, "/days"),
        ({"role": "viewer", "person": "pnobody"}, "/person"),
        ({"role": "viewer", "scopes": ["all"]}, "/scopes"),
        ({}, "/role"),
    ],
)
def test_a_wrong_token_is_refused(shelf: Installation, body: dict[str, Any], field: str) -> None:
    answer = shelf.post(body, path="tokens")
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert answer.json is not None
    assert answer.json["field"].startswith(field)


def test_without_the_scope_a_token_reads_the_desks_but_changes_nothing(desk: Installation) -> None:
    with desk.runtime.directory() as tx:
        wanted = tokens.Grant("unnm-2022-2024", "secretariat")
        _, desk.secrets = (
            None,
            {**desk.secrets, "plain": tokens.create_token(tx, desk.runtime.now(), wanted)[1]},
        )
    assert desk.get("people", "plain").status_code == 200
    answer = desk.post(ANA, "plain", path="people")
    assert answer.status_code == 403
    assert answer.json is not None
    assert "--scope erase" in answer.json["way_out"]
    assert desk.post({"role": "viewer"}, "plain", path="tokens").status_code == 403


def test_a_person_is_corrected_but_for_the_address_of_who_also_takes_part_elsewhere(
    desk: Installation,
) -> None:
    whom = next(one["person"] for one in desk.read("people")["items"] if one["email"] == "viewer@example.org")
    changed = desk.post({"name": "Vi Ewer", "email": "vi@example.org"}, path=f"people/{whom}")
    assert changed.status_code == 200, changed.get_data(as_text=True)
    assert changed.json is not None
    assert (changed.json["name"], changed.json["email"]) == ("Vi Ewer", "vi@example.org")
    with desk.runtime.directory() as tx:
        people.grant(tx, desk.runtime.now(), whom, "elsewhere", "secretariat")
    assert desk.post({"name": "Vi"}, path=f"people/{whom}").status_code == 200
    taken = desk.post({"email": "mine@example.org"}, path=f"people/{whom}")
    assert taken.status_code == 403, "with the address one could sign in as them elsewhere"


def test_an_account_at_the_provider_is_linked_and_unlinked(desk: Installation) -> None:
    whom = next(one["person"] for one in desk.read("people")["items"] if one["email"] == "viewer@example.org")
    path = f"people/{whom}/identities"
    assert desk.post({"subject": "s-1"}, path=path).status_code == 422  # no provider is set up
    provider = Provider("https://id.example.org", "c", "s", "id")
    desk.runtime.settings = replace(desk.runtime.settings, provider=provider)
    assert desk.post({"subject": "s-1"}, path=path).status_code == 201
    assert [one["subject"] for one in desk.read(path)["items"]] == ["s-1"]
    other = next(one["person"] for one in desk.read("people")["items"] if one["email"] == "lead@example.org")
    assert desk.post({"subject": "s-1"}, path=f"people/{other}/identities").status_code == 409
    answers = [
        desk.client().delete(f"{API}/{path}", headers=desk.headers("secretariat")).status_code for _ in "12"
    ]
    assert answers == [204, 404]
    with desk.runtime.directory() as tx:
        people.grant(tx, desk.runtime.now(), whom, "elsewhere", "secretariat")
    assert desk.post({"subject": "s-1"}, path=path).status_code == 403
