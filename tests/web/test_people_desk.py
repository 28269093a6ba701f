"""The Secretariat lets people join, and changes what is held about them, through the pages."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient

from tests.installation import WORKPLAN
from tests.web.site import HOME, Site, parsed
from tests.web.test_people import person
from tracker.directory import people

ADD = f"{HOME}people/add"


def fill(site: Site, **more: object) -> dict[str, object]:
    said = {"name": "Ana Torres", "email": "ana@example.org", "language": "es", "role": "lead"}
    return said | {"entities": ["oit"], "action": "review"} | more


def sent(reader: FlaskClient, address: str, said: Mapping[str, object]):
    return reader.post(address, data={**said, "form_token": parsed(reader.get(ADD)).fields["form_token"]})


def held(site: Site, email: str = "ana@example.org") -> str | None:
    with site.house.runtime.database.read() as tx:
        return people.person_at(tx, email)


def test_a_lead_joins_after_it_was_said_what_will_be(site: Site):
    reader, before = site.reader("secretariat"), site.entries()
    page = parsed(sent(reader, ADD, fill(site)))
    for words in (
        "Ana Torres is entered in the directory",
        "the role “focal point”",
        "entries record that they are",
    ):
        assert words in page.text, words
    assert (held(site), site.entries()) == (None, before), "looking it over records nothing"
    answer = sent(reader, ADD, fill(site, action="record"))
    assert answer.status_code == 303
    assert site.entries() > before
    shown = parsed(reader.get(answer.location))
    assert "They can act from now on" in shown.text
    assert "OIT, workstream" in shown.text


@pytest.mark.parametrize(
    "said, words",
    [
        ({"email": "ana"}, "mail address"),
        ({"name": " "}, "Give the full name"),
        ({"language": "xx"}, "Choose a language"),
        ({"role": "king"}, "Choose a role"),
        ({"role": "reviewer"}, "works on one region"),
        ({"entities": []}, "choose at least one"),
        ({"entities": ["oit"], "workstreams": ["3"]}, "does not lead workstream 3"),
    ],
)
def test_what_cannot_be_comes_back_as_it_was_filled_in(library: Site, said: dict[str, object], words: str):
    answer = sent(library.reader("secretariat"), ADD, fill(library, **said))
    page = parsed(answer)
    assert answer.status_code == 422
    assert words in page.text
    assert page.fields["name"] == fill(library, **said)["name"]
    assert held(library) is None


def test_a_known_address_keeps_its_person(site: Site):
    reader = site.reader("secretariat")
    said = fill(site, email="VIEWER@example.org", role="auditor", entities=[])
    assert "belongs to Viewer already" in parsed(sent(reader, ADD, said)).text
    assert sent(reader, ADD, said | {"action": "record"}).status_code == 303
    with site.house.runtime.database.read() as tx:
        assert people.roles_of(tx, WORKPLAN)[person(site, "viewer")] == ["auditor", "viewer"]


def test_a_focal_point_is_named_and_released_after_a_sentence(site: Site):
    reader, before = site.reader("secretariat"), site.entries()
    address = f"{HOME}people/{person(site, 'viewer')}"
    for action, words, done in (
        ("appoint", "Viewer becomes focal point of OIT in workstream 10.", "next letter"),
        ("release", "Viewer is no longer focal point of OIT in workstream 10.", "no longer work"),
    ):
        said: dict[str, object] = {"action": action, "seat": "10/oit"}
        assert words in parsed(sent(reader, address, said)).text
        assert site.entries() == before
        answer = sent(reader, address, said | {"confirmed": "yes"})
        before += 1
        assert site.entries() == before
        assert done in parsed(reader.get(answer.location)).text


def test_all_of_it_is_handed_over(site: Site):
    reader, address = site.reader("secretariat"), f"{HOME}people/{person(site, 'lead')}"
    said: dict[str, object] = {"action": "handover", "to": person(site, "viewer")}
    assert (
        "Viewer is focal point in place of Lead, for: OMS, workstream 3"
        in parsed(sent(reader, address, said)).text
    )
    assert sent(reader, address, said | {"confirmed": "yes"}).status_code == 303
    assert "OMS (3)" in parsed(reader.get(f"{HOME}people")).text
    assert "nothing" in parsed(reader.get(address)).text


def test_details_and_roles_change_at_once_and_faults_stand_at_their_fields(site: Site):
    reader, address = site.reader("secretariat"), f"{HOME}people/{person(site, 'viewer')}"
    values = {"name": "Vera Viewer", "email": "vera@example.org", "language": "fr"}
    assert sent(reader, address, {"action": "change"} | values).status_code == 303
    assert held(site, "vera@example.org")
    answer = sent(reader, address, {"action": "change"} | values | {"email": "lead@example.org"})
    assert answer.status_code == 422
    assert "Somebody else has the address" in parsed(answer).text
    assert sent(reader, address, {"action": "grant", "role": "reviewer", "region": "lac"}).status_code == 303
    assert sent(reader, address, {"action": "withdraw", "role": "viewer"}).status_code == 303
    with site.house.runtime.database.read() as tx:
        assert people.roles_of(tx, WORKPLAN)[held(site, "vera@example.org") or ""] == ["reviewer"]


def test_the_last_of_the_secretariat_cannot_leave_it(site: Site):
    reader, address = site.reader("secretariat"), f"{HOME}people/{person(site, 'secretariat')}"
    said: dict[str, object] = {"action": "withdraw", "role": "secretariat"}
    answer = sent(reader, address, said)
    assert answer.status_code == 422
    assert "Nobody else is in the Secretariat" in parsed(answer).text
    grant: dict[str, object] = {"action": "grant", "role": "secretariat"}
    assert sent(reader, f"{HOME}people/{person(site, 'viewer')}", grant).status_code == 303
    assert sent(reader, address, said).status_code == 303, "the control: somebody else is there"


@pytest.mark.parametrize("who", ["lead", "auditor", "viewer", "reviewer", None])
def test_nobody_else_changes_people(library: Site, who: str | None):
    reader = library.reader(who)
    token = parsed(reader.get(HOME)).fields.get("form_token", "")
    said = fill(library, action="record") | {"form_token": token}
    assert reader.post(ADD, data=said).status_code in {401, 403}
    grant = {"form_token": token, "action": "grant", "role": "secretariat"}
    assert reader.post(f"{HOME}people/{person(library, 'lead')}", data=grant).status_code in {401, 403}
    assert held(library) is None


def test_a_button_that_the_page_does_not_have_and_a_person_that_is_not(library: Site):
    reader = library.reader("secretariat")
    assert sent(reader, f"{HOME}people/{person(library, 'lead')}", {"action": "crown"}).status_code == 403
    assert sent(reader, f"{HOME}people/pnobody", {"action": "link"}).status_code == 404
    seat: dict[str, object] = {"action": "appoint", "seat": "99/nobody"}
    assert sent(reader, f"{HOME}people/{person(library, 'lead')}", seat).status_code == 404
