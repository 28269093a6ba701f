"""Signing in through a provider: the real way through a real one, and attacks on it that lead nowhere."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.impostor import CLIENT, Impostor, impostor
from tests.web.site import HOME, Site, parsed
from tracker.directory import identities, people
from tracker.directory.provider import DOCUMENTS
from tracker.settings import Provider

BACK = "/signin/provider/return"


def set_up(site: Site, issuer: str) -> Site:
    site.house.clock.now = datetime.now(UTC)  # the provider's clock is the real one
    found = Provider(issuer, CLIENT, "secret", "the organisation")
    site.house.runtime.settings = replace(site.house.runtime.settings, provider=found)
    DOCUMENTS._kept.clear()
    return site


@pytest.fixture
def false(site: Site, free_port: int) -> Iterator[tuple[Site, Impostor]]:
    with impostor(free_port) as provider:
        yield set_up(site, provider.issuer), provider


def leave(reader: FlaskClient, to: str = "") -> dict[str, str]:
    """Go to the provider and return what the browser carries there."""
    answer = reader.get(f"/signin/provider{to}")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return {name: value[0] for name, value in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def return_with(reader: FlaskClient, **said: str) -> TestResponse:
    return reader.get(BACK, query_string=said)


def through(site: Site, provider: Impostor, to: str = "") -> tuple[FlaskClient, TestResponse]:
    """Go the whole way as a browser does."""
    reader = site.reader()
    carried = leave(reader, to)
    provider.grant("c1", carried["nonce"], carried["code_challenge"])
    return reader, return_with(reader, code="c1", state=carried["state"])


def is_in(reader: FlaskClient) -> bool:
    return reader.get(HOME).status_code == 200


def test_somebody_signs_in_through_a_real_provider(site: Site) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the mock's own: it uses what Authlib gave up
        from oidc_provider_mock import run_server_in_thread  # noqa: PLC0415

        with run_server_in_thread() as server:
            there = f"http://localhost:{server.server_port}"
            set_up(site, there)
            claims = {"email": "lead@example.org", "email_verified": True}
            requests.put(f"{there}/users/subject-1", json=claims, timeout=10).raise_for_status()
            reader = site.reader()
            assert "Sign in with the organisation" in parsed(reader.get("/signin")).text
            away = reader.get(f"/signin/provider?to={HOME}activities/3.4").headers["Location"]
            assert "code_challenge_method=S256" in away
            assert "nonce=" in away
            back = requests.post(away, data={"sub": "subject-1"}, timeout=10, allow_redirects=False)
            returned = urlsplit(back.headers["Location"])
            answer = reader.get(f"{returned.path}?{returned.query}")
            assert answer.status_code == 303, answer.get_data(as_text=True)
            assert answer.headers["Location"] == f"{HOME}activities/3.4"
            assert is_in(reader)
    with site.house.runtime.database.read() as tx:
        person = people.person_at(tx, "lead@example.org")
        assert person
        (linked,) = identities.identities_of(tx, person)
    assert (linked["issuer"], linked["subject"]) == (there, "subject-1")


def test_the_identity_and_not_the_address_is_what_counts_from_then_on(false: tuple[Site, Impostor]) -> None:
    site, provider = false
    assert is_in(through(site, provider)[0])
    provider.claims = {"email": "secretariat@example.org"}  # the same account, now with another's address
    reader, answer = through(site, provider)
    assert answer.status_code == 303
    assert "Lead" in parsed(reader.get("/signins")).text
    assert reader.get(f"{HOME}people").status_code == 403


LIES: dict[str, dict[str, Any]] = {
    "foreign nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"claims": {"nonce": None}},
    "wrong issuer": {"claims": {"iss": "http://evil.example"}},
    "wrong audience": {"claims": {"aud": "another-client"}},
    "several audiences, made for another": {"claims": {"aud": [CLIENT, "other"], "azp": "other"}},
    "expired": {"claims": {"iat": 1, "exp": 2}},
    "no expiry": {"claims": {"exp": None}},
    "not signed at all": {"algorithm": "none"},
    "signed with the public key": {"algorithm": "HS256"},
    "signed by a stranger": {"is_stranger": True},
    "no subject": {"claims": {"sub": None}},
    "no identity token": {"failure": ('{"access_token": "a", "token_type": "Bearer"}', 200)},
    "an access token of another answer": {"claims": {"at_hash": "AAAA"}},
    "two people in two answers": {"claims": {"email": None}, "userinfo": {"sub": "u2"}},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=list(LIES))
def test_a_provider_that_lies_signs_nobody_in(false: tuple[Site, Impostor], lie: dict[str, Any]) -> None:
    site, provider = false
    for name, value in lie.items():
        setattr(provider, name, value)
    reader, answer = through(site, provider)
    assert answer.status_code == 400, answer.get_data(as_text=True)
    assert "Nobody was signed in" in parsed(answer).text
    assert not is_in(reader)


UNKNOWN: dict[str, dict[str, Any]] = {
    "an address that it does not vouch for": {"email_verified": False},
    "vouched for in words only": {"email_verified": "true"},
    "an address that nobody here has": {"email": "nobody@example.org"},
    "no address": {"email": None, "email_verified": None},
}


@pytest.mark.parametrize("claims", UNKNOWN.values(), ids=list(UNKNOWN))
def test_who_is_not_known_is_told_to_ask(false: tuple[Site, Impostor], claims: dict[str, Any]) -> None:
    site, provider = false
    provider.claims, provider.userinfo = claims, {"sub": "u1"}
    reader, answer = through(site, provider)
    assert answer.status_code == 403
    assert "Secretariat" in parsed(answer).text
    assert not is_in(reader)


def test_an_address_that_went_to_somebody_else_opens_nothing(false: tuple[Site, Impostor]) -> None:
    site, provider = false
    assert is_in(through(site, provider)[0])
    provider.claims = {"sub": "a-later-colleague"}
    assert through(site, provider)[1].status_code == 403


def test_a_way_back_works_once_in_the_browser_that_left_and_not_for_long(
    false: tuple[Site, Impostor],
) -> None:
    site, provider = false
    reader, thief = site.reader(), site.reader()
    carried = leave(reader)
    for number in range(4):
        provider.grant(f"c{number}", carried["nonce"], carried["code_challenge"])
    assert return_with(thief, code="c0", state=carried["state"]).status_code == 400  # no cookie of the visit
    leave(thief)
    assert return_with(thief, code="c0", state=carried["state"]).status_code == 400  # that of another visit
    assert return_with(reader, code="c0", state="made-up").status_code == 400
    assert return_with(reader, code="c0", state=carried["state"]).status_code == 303  # the control
    cookie = reader.get_cookie("sid")
    assert cookie
    replayed = return_with(reader, code="c1", state=carried["state"])
    assert replayed.status_code == 400
    late = site.reader()
    carried = leave(late)
    provider.grant("c9", carried["nonce"], carried["code_challenge"])
    site.house.clock.move(minutes=11)
    assert return_with(late, code="c9", state=carried["state"]).status_code == 400


def test_a_code_works_once_and_only_with_the_verifier_of_its_browser(false: tuple[Site, Impostor]) -> None:
    site, provider = false
    first = leave(site.reader())
    second_reader = site.reader()
    second = leave(second_reader)
    provider.grant("stolen", second["nonce"], first["code_challenge"])  # injected from another browser
    assert return_with(second_reader, code="stolen", state=second["state"]).status_code == 400
    assert {first["code_challenge_method"], second["code_challenge_method"]} == {"S256"}
    assert first["code_challenge"] != second["code_challenge"]
    reader, answer = through(site, provider)
    assert answer.status_code == 303
    carried = leave(reader)
    assert return_with(reader, code="c1", state=carried["state"]).status_code == 400  # used already


def test_the_answer_of_another_provider_is_refused(false: tuple[Site, Impostor]) -> None:
    site, provider = false
    reader = site.reader()
    carried = leave(reader)
    provider.grant("c1", carried["nonce"], carried["code_challenge"])
    mixed = return_with(reader, code="c1", state=carried["state"], iss="https://evil.example")
    assert mixed.status_code == 400
    assert "c1" in provider.nonces  # the code was not even shown to anybody


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "/\\evil.example", "/w/..//evil.example", "javascript:1"]
)
def test_nobody_is_led_elsewhere(false: tuple[Site, Impostor], to: str) -> None:
    site, provider = false
    reader = site.reader()
    away = reader.get("/signin/provider", query_string={"to": to}).headers["Location"]
    carried = {name: value[0] for name, value in parse_qs(urlsplit(away).query).items()}
    provider.grant("c1", carried["nonce"], carried["code_challenge"])
    assert return_with(reader, code="c1", state=carried["state"]).headers["Location"] == "/"


def test_what_goes_wrong_at_the_provider_is_a_page_and_never_a_fault_of_ours(
    false: tuple[Site, Impostor],
) -> None:
    site, provider = false
    for failure, status in (
        (('{"error": "invalid_client"}', 401), 400),
        (("<html>down</html>", 502), 503),
        (("[]", 200), 503),
        (("", 302), 503),
    ):
        provider.failure = failure
        answer = through(site, provider)[1]
        assert answer.status_code in {400, 503}, (failure, status, answer.get_data(as_text=True))
        assert "Nobody was signed in" in parsed(answer).text
    reader = site.reader()
    refused = return_with(reader, error="access_denied", state=leave(reader)["state"])
    assert refused.status_code == 400
    for metadata in (
        {"issuer": "http://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
    ):
        provider.metadata = metadata
        DOCUMENTS._kept.clear()
        assert site.reader().get("/signin/provider").status_code == 503
    set_up(site, "http://localhost:9")
    gone = site.reader().get("/signin/provider")
    assert gone.status_code == 503
    assert "does not answer" in parsed(gone).text


def test_looking_at_the_address_sends_nobody(false: tuple[Site, Impostor]) -> None:
    site, _ = false
    assert site.reader().head("/signin/provider").status_code == 200
    with site.house.runtime.database.read() as tx:
        assert tx.one("SELECT count(*) FROM provider_visits") == (0,)


def test_proving_once_more_takes_a_provider_that_says_when(false: tuple[Site, Impostor]) -> None:
    site, provider = false
    provider.claims = {"sub": "s1", "email": "secretariat@example.org", "auth_time": None}
    reader, _ = through(site, provider)
    page = f"{HOME}tokens"
    form = {"form_token": parsed(reader.get(page)).fields["form_token"], "role": "viewer", "days": "30"}
    asked = reader.post(page, data=form)
    assert asked.status_code == 403, "a signin of the provider's memory is no proof"
    assert any(link.startswith("/signin/provider?") for link in parsed(asked).links)
    carried = leave(reader, "?again=yes")
    assert (carried["prompt"], carried["max_age"]) == ("login", "0")
    provider.grant("c2", carried["nonce"], carried["code_challenge"])
    assert return_with(reader, code="c2", state=carried["state"]).status_code == 400  # it does not say when
    provider.claims.pop("auth_time")
    carried = leave(reader, "?again=yes")
    provider.grant("c3", carried["nonce"], carried["code_challenge"])
    assert return_with(reader, code="c3", state=carried["state"]).status_code == 303
    form["form_token"] = parsed(reader.get(page)).fields["form_token"]
    assert reader.post(page, data=form).status_code == 201
