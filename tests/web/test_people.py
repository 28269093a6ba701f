"""The people of a plan, what is held about somebody, and erasing a person through the pages."""

from __future__ import annotations

import pytest

from tests.installation import WORKPLAN
from tests.web.site import HOME, Site, parsed
from tests.web.test_reporting import fields_of
from tracker.directory import people


def person(site: Site, who: str) -> str:
    with site.house.runtime.database.read() as tx:
        found = people.person_at(tx, f"{who.replace(' ', '.')}@example.org")
    assert found
    return found


def erase_page(site: Site, who: str) -> str:
    return f"{HOME}people/{person(site, who)}/erase"


def name_in_a_text(site: Site) -> int:
    """Let a report name the lead and return its entry."""
    note = {"quarter": "2023-Q2", "note": "The lead, LEAD@example.org, told us."}
    site.house.enter({"type": "ProgressReported", "subject": "activity/3.3", "entity": "oms", "data": note})
    return site.entries()


def test_the_secretariat_sees_who_has_which_role(library: Site):
    page = parsed(library.reader("secretariat").get(f"{HOME}people"))
    assert "lead@example.org" in page.text
    assert "OMS (3)" in page.text
    assert f"{HOME}people/{person(library, 'lead')}" in page.links


@pytest.mark.parametrize("who", ["lead", "auditor", "viewer", "reviewer", None])
def test_nobody_else_sees_people_or_erases_them(library: Site, who: str | None):
    reader = library.reader(who)
    refused = {401} if who is None else {403}
    token = parsed(reader.get(HOME)).fields.get("form_token", "")
    for path in (
        "people",
        f"people/{person(library, 'secretariat')}",
        f"people/{person(library, 'other lead')}/erase",
    ):
        assert {reader.get(HOME + path).status_code} == refused, path
    answer = reader.post(erase_page(library, "other lead"), data={"form_token": token, "action": "erase"})
    assert answer.status_code in {401, 403}
    assert person(library, "other lead")
    home = parsed(reader.get(HOME)).links if who else []
    assert f"{HOME}people" not in home


def test_everybody_sees_what_is_held_about_oneself(library: Site):
    reader = library.reader("lead")
    address = f"{HOME}people/{person(library, 'lead')}"
    assert address in parsed(reader.get(HOME)).links
    page = parsed(reader.get(address))
    for words in ("What is held about you", "lead@example.org", "OMS, workstream 3", person(library, "lead")):
        assert words in page.text, words
    assert not [link for link in page.links if link.endswith("/erase")]


def test_a_person_is_erased_after_what_goes_and_what_stays_was_said(site: Site):
    named, before = name_in_a_text(site), site.entries()
    reader, whom, address = site.reader("secretariat"), person(site, "lead"), erase_page(site, "lead")
    page = parsed(reader.get(address))
    for words in (
        "the name and the address, lead@example.org",
        "every entry, with its entity",
        "Lead is erased for ever, and one entry records that a focal point was released: OMS, workstream 3.",
        "Nobody can undo it.",
    ):
        assert words in page.text, words
    assert f"{HOME}entries/{named}/remove" in page.links
    assert site.entries() == before, "looking erases nothing"
    done = parsed(reader.post(address, data={"form_token": page.fields["form_token"], "action": "erase"}))
    assert "Lead is erased" in done.text
    assert f"{HOME}entries/{named}/remove" in done.links
    assert site.entries() == before + 1
    for path in ("people", f"entries/{before + 1}", "workstreams/3"):
        assert ">lead@example.org" not in reader.get(HOME + path).get_data(as_text=True)
    assert reader.get(f"{HOME}people/{whom}").status_code == 404
    with site.house.runtime.database.read() as tx:
        assert people.person_of(tx, whom).is_erased


def test_without_the_button_nothing_is_erased(site: Site):
    reader, address = site.reader("secretariat"), erase_page(site, "lead")
    token = parsed(reader.get(address)).fields["form_token"]
    assert "Nobody can undo it." in parsed(reader.post(address, data={"form_token": token})).text
    assert reader.post(address, data={"form_token": "forged", "action": "erase"}).status_code == 403
    assert person(site, "lead")


def test_erasing_needs_a_signin_of_the_last_minutes(site: Site):
    reader, address = site.reader("secretariat"), erase_page(site, "lead")
    token = parsed(reader.get(address)).fields["form_token"]
    site.house.clock.move(minutes=16)
    for answer in (reader.get(address), reader.post(address, data={"form_token": token, "action": "erase"})):
        assert answer.status_code == 403
        assert "Sign in once more" in parsed(answer).text
    assert person(site, "lead")
    reader.post(site.link_for("secretariat"))
    fresh = fields_of(reader, address)
    assert reader.post(address, data=fresh | {"action": "erase"}).status_code == 200  # the control
    with site.house.runtime.database.read() as tx:
        assert people.person_at(tx, "lead@example.org") is None


def test_oneself_and_who_takes_part_elsewhere_are_not_erased(site: Site):
    reader = site.reader("secretariat")
    with site.house.runtime.directory() as tx:
        people.grant(tx, site.house.runtime.now(), person(site, "viewer"), "elsewhere", "viewer")
    for who, words in (
        ("secretariat", "You cannot erase yourself"),
        ("viewer", "takes part in another plan"),
    ):
        answer = reader.get(erase_page(site, who))
        assert answer.status_code == 403
        assert words in parsed(answer).text
    assert reader.get(f"{HOME}people/pnobody/erase").status_code == 404
    with site.house.runtime.database.read() as tx:
        assert WORKPLAN in people.grants_of(tx, person(site, "viewer"))
