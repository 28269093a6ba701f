"""Signing in: by a link that works once, that scanners may look at as often as they like."""

from __future__ import annotations

import re
import threading

import pytest

from tests.mailing import mail_server
from tests.reading_mail import text_of
from tests.web.site import HOME, Site, parsed


def rows(site: Site, table: str) -> int:
    with site.house.runtime.database.read() as tx:
        found = tx.one(f"SELECT count(*) FROM {table}")
    assert found
    return int(found[0])


def test_looking_at_a_link_changes_nothing(site: Site):
    link, scanner = site.link_for("lead"), site.reader()
    before = (site.entries(), rows(site, "signins"))
    for method in (scanner.get, scanner.head, scanner.get, scanner.options):
        answer = method(link)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert (site.entries(), rows(site, "signins")) == before
    assert site.reader().post(link).status_code == 303  # the control: it still works after all that


def test_a_link_signs_in_once(site: Site):
    link, reader = site.link_for("lead"), site.reader()
    assert "Sign in" in parsed(reader.get(link)).text
    answer = reader.post(link)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"
    assert reader.get(HOME).status_code == 200
    again = site.reader()
    assert again.post(link).status_code == 410
    assert again.get(link).status_code == 410
    assert "This link no longer works" in parsed(again.get(link)).text
    assert again.get(HOME).status_code == 401


def test_a_link_ends_after_an_hour_and_a_signin_when_idle(site: Site):
    late, reader = site.link_for("lead"), site.reader("secretariat")
    site.house.clock.move(minutes=61)
    assert site.reader().post(late).status_code == 410
    assert reader.get(HOME).status_code == 200  # was in use an hour ago
    site.house.clock.move(minutes=119)
    assert reader.get(HOME).status_code == 200
    site.house.clock.move(minutes=121)
    assert reader.get(HOME).status_code == 401


def test_the_cookie_is_kept_from_scripts_and_other_sites(site: Site):
    cookie = site.reader().post(site.link_for("lead")).headers["Set-Cookie"]
    assert cookie.startswith("sid=")
    assert re.search(r"HttpOnly", cookie)
    assert "SameSite=Lax" in cookie


def test_behind_https_the_cookie_is_bound_to_the_host(secure_site: Site):
    reader = secure_site.house.app.test_client()
    answer = reader.post(secure_site.link_for("lead"), base_url="https://plan.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-sid=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert reader.get(HOME, base_url="https://plan.example.org").status_code == 200
    assert "Strict-Transport-Security" in answer.headers or answer.status_code == 303


def test_signing_out_ends_the_signin_on_the_server(site: Site):
    reader = site.reader("lead")
    token = parsed(reader.get("/")).fields["form_token"]
    cookie = reader.get_cookie("sid")
    assert cookie
    assert reader.post("/signout", data={"form_token": "wrong"}).status_code == 403
    assert reader.post("/signout", data={"form_token": token}).status_code == 303
    thief = site.reader()
    thief.set_cookie("sid", cookie.value)
    assert thief.get(HOME).status_code == 401


def test_nobody_learns_whether_an_address_is_known(site: Site, free_port: int):
    object.__setattr__(site.house.runtime.settings, "smtp_url", f"smtp://127.0.0.1:{free_port}")
    reader = site.reader()
    before = rows(site, "signin_links")
    answers = [
        reader.post("/signin", data={"email": email}) for email in ("lead@example.org", "nobody@example.org")
    ]
    for thread in threading.enumerate():
        if thread.name == "signin-letter":
            thread.join(20)
    assert {answer.status_code for answer in answers} == {200}
    pages = {re.sub(r"\w+@example\.org", "", parsed(answer).text) for answer in answers}
    assert len(pages) == 1
    assert rows(site, "signin_links") == before + 1


def test_a_strangers_mailbox_cannot_be_filled(site: Site, free_port: int):
    object.__setattr__(site.house.runtime.settings, "smtp_url", f"smtp://127.0.0.1:{free_port}")
    reader, before = site.reader(), rows(site, "signin_links")
    for _ in range(6):
        reader.post("/signin", data={"email": "lead@example.org"})
        for thread in threading.enumerate():
            if thread.name == "signin-letter":
                thread.join(20)
    assert rows(site, "signin_links") == before + 3


def test_signing_in_once_more_comes_by_mail_and_leads_back_to_where_one_was(site: Site, free_port: int):
    object.__setattr__(site.house.runtime.settings, "smtp_url", f"smtp://127.0.0.1:{free_port}")
    reader, page = site.reader("secretariat"), f"{HOME}entries/360/remove"
    token = parsed(reader.get(HOME)).fields["form_token"]
    with mail_server(free_port) as mail:
        asked = reader.post("/signin/again", data={"form_token": token, "to": page})
        for thread in threading.enumerate():
            if thread.name == "signin-letter":
                thread.join(20)
    assert "secretariat@example.org" in parsed(asked).text
    (letter,) = mail.received
    (link,) = re.findall(r"http://\S+(/signin/\S+)\n", text_of(letter))
    assert reader.get(link).status_code == 200
    assert reader.post(link).headers["Location"] == page
    assert reader.post("/signin/again", data={"form_token": "forged", "to": page}).status_code == 403


def test_without_a_mail_server_the_page_says_so(site: Site):
    assert "cannot send letters yet" in parsed(site.reader().get("/signin")).text


@pytest.mark.parametrize("email", ["", "nonsense", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_said_at_the_field(site: Site, email: str):
    answer = site.reader().post("/signin", data={"email": email})
    assert answer.status_code == 422


def test_another_site_cannot_sign_somebody_in(site: Site):
    link = site.link_for("lead")
    assert site.reader().post(link, headers={"Origin": "https://evil.example"}).status_code == 403
    assert site.reader().post(link).status_code == 303
