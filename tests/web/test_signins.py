"""Where one is signed in, and the tokens of other systems: seen, ended, made, by those whose they are."""

from __future__ import annotations

import re

import pytest

from tests.installation import API
from tests.web.site import HOME, Site, parsed
from tracker.directory import people, tokens

PAGE = f"{HOME}tokens"


def form(reader, page=PAGE, **said):
    return {"form_token": parsed(reader.get(page)).fields["form_token"], "days": "30"} | said


def test_every_browser_is_listed_and_any_can_be_ended(site: Site):
    here, there, other = site.reader("lead"), site.reader("lead"), site.reader("viewer")
    page = here.get("/signins")
    assert parsed(page).text.count("another one") == 1
    (address,) = set(re.findall(r'action="(/signins/\w+)"', page.get_data(as_text=True)))
    foreign = other.post(address, data=form(other, "/signins"))
    assert foreign.status_code == 404
    assert here.post(address, data={"form_token": "x"}).status_code == 403
    assert here.post(address, data=form(here, "/signins")).status_code == 303
    assert there.get(HOME).status_code == 401
    assert here.get(HOME).status_code == 200


def test_signing_out_everywhere_ends_every_browser_and_every_link(site: Site):
    here, there, link = site.reader("lead"), site.reader("lead"), site.link_for("lead")
    other = site.reader("viewer")
    assert here.post("/signins", data=form(here, "/signins")).status_code == 303
    assert {here.get(HOME).status_code, there.get(HOME).status_code} == {401}
    assert site.reader().post(link).status_code == 410
    assert other.get(HOME).status_code == 200  # the control
    assert site.reader().get("/signins").status_code == 401


def test_signing_in_again_ends_what_the_browser_had(site: Site):
    reader = site.reader("lead")
    before = reader.get_cookie("sid")
    assert before
    assert reader.post(site.link_for("lead")).status_code == 303
    old = site.reader()
    old.set_cookie("sid", before.value)
    assert old.get(HOME).status_code == 401
    assert reader.get(HOME).status_code == 200


def test_the_secretariat_makes_a_token_that_is_shown_once_and_ends_it(site: Site):
    reader = site.reader("secretariat")
    made = reader.post(PAGE, data=form(reader, role="lead", entity="oms", workstream="3"))
    assert made.status_code == 201
    (secret,) = set(re.findall(r"wpt_[\w-]{40,}", made.get_data(as_text=True)))
    assert secret not in reader.get(PAGE).get_data(as_text=True)
    bearer = {"Authorization": f"Bearer {secret}"}
    assert site.house.client().get(f"{API}/obligations", headers=bearer).status_code == 200
    with site.house.runtime.database.read() as tx:
        newest = tokens.list_tokens(tx, "unnm-2022-2024")
    (token,) = [one["id"] for one in newest if secret.startswith(one["prefix"]) and one["person"] is None]
    assert reader.post(f"{PAGE}/{token}/revoke", data=form(reader)).status_code == 303
    assert site.house.client().get(f"{API}/obligations", headers=bearer).status_code == 401


@pytest.mark.parametrize("said", [{"role": "lead"}, {"role": "king"}, {"role": "viewer", "days": "9999"}, {}])
def test_a_token_that_cannot_be_is_refused_on_its_page(site: Site, said):
    reader = site.reader("secretariat")
    answer = reader.post(PAGE, data=form(reader, **said))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.get_data(as_text=True)


def test_anybody_has_tokens_of_their_own_and_of_nobody_else(site: Site):
    reader = site.reader("lead")
    page = parsed(reader.get(PAGE))
    assert "none" not in page.fields.get("person", "")
    made = reader.post(PAGE, data=form(reader, role="lead"))
    assert made.status_code == 201
    (secret,) = set(re.findall(r"wpt_[\w-]{40,}", made.get_data(as_text=True)))
    bearer = {"Authorization": f"Bearer {secret}"}
    assert site.house.client().get(f"{API}/obligations", headers=bearer).status_code == 200
    assert reader.post(PAGE, data=form(reader, role="secretariat")).status_code == 403
    assert reader.post(PAGE, data=form(reader, role="public")).status_code == 403
    with site.house.runtime.database.read() as tx:
        others = [one for one in tokens.list_tokens(tx, "unnm-2022-2024") if one["role"] == "auditor"]
    assert reader.post(f"{PAGE}/{others[0]['id']}/revoke", data=form(reader)).status_code == 404
    assert site.reader().get(PAGE).status_code == 401


def test_a_token_takes_a_fresh_signin(site: Site):
    reader = site.reader("lead")
    said = form(reader, role="lead")
    site.house.clock.move(minutes=16)
    answer = reader.post(PAGE, data=said)
    assert answer.status_code == 403
    assert "Sign in once more" in parsed(answer).text


def test_a_role_that_is_withdrawn_takes_its_tokens_along(site: Site):
    runtime, reader = site.house.runtime, site.reader("viewer")
    made = reader.post(PAGE, data=form(reader, role="viewer"))
    (secret,) = set(re.findall(r"wpt_[\w-]{40,}", made.get_data(as_text=True)))
    bearer = {"Authorization": f"Bearer {secret}"}
    assert site.house.client().get(f"{API}/state", headers=bearer).status_code == 200
    with runtime.directory() as tx:
        person = people.person_at(tx, "viewer@example.org")
        assert person
        people.withdraw(tx, runtime.now(), person, "unnm-2022-2024", "viewer")
    assert site.house.client().get(f"{API}/state", headers=bearer).status_code == 401
