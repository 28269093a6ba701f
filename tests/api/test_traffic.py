"""What surrounds every request: how many there may be, for which host it is, what is written down, how it is packed."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.installation import Installation
from tracker.errors import SettingsError
from tracker.settings import LIMITS, Settings

UNLIMITED = dict.fromkeys(LIMITS)


def set_up(house: Installation, **settings: Any) -> Installation:
    """Change settings of an installation that has not answered yet."""
    house.runtime.settings = replace(house.runtime.settings, **settings)
    return house


def statuses(house: Installation, count: int, who: str | None = "viewer", **more: Any) -> list[int]:
    return [house.get("moments", who, **more).status_code for _ in range(count)]


def test_one_token_beyond_its_limit_waits_and_its_neighbours_do_not(desk: Installation) -> None:
    set_up(desk, limits=UNLIMITED | {"requests": "5/minute"})
    assert statuses(desk, 8) == [200] * 6 + [429] * 2  # the first one found out that the token is good
    refused = desk.get("moments", "viewer")
    assert refused.json is not None
    assert refused.json["type"] == "/problems/too-many"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit"].startswith('"requests";r=0;t=')
    assert statuses(desk, 3, "lead") == [200] * 3  # from the same address: an office is many
    assert desk.client().get("/livez").status_code == 200


def test_every_answer_says_how_many_requests_are_left(desk: Installation) -> None:
    set_up(desk, limits=UNLIMITED | {"requests": "100/minute"})
    answers = [desk.get("moments", "viewer") for _ in range(3)]
    assert answers[1].headers["RateLimit-Policy"] == '"requests";q=100;w=60'
    assert [one.headers.get("RateLimit", "").split(";t=")[0] for one in answers[1:]] == [
        '"requests";r=99',
        '"requests";r=98',
    ]


def test_who_guesses_is_slowed_and_good_credentials_beside_it_are_not(desk: Installation) -> None:
    set_up(desk, limits=UNLIMITED | {"guesses": "4/minute"})
    guesses = [
        desk.get("moments", None, headers={"Authorization": f"Bearer wpt_{number}"}).status_code
        for number in range(7)
    ]
    assert guesses == [401] * 4 + [429] * 3
    assert statuses(desk, 3) == [200] * 3


def test_strangers_share_the_count_of_their_address(desk: Installation) -> None:
    set_up(desk, limits=UNLIMITED | {"address": "4/minute"})
    assert statuses(desk, 6, None) == [401] * 4 + [429] * 2
    elsewhere = desk.client().get("/", environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 200
    assert desk.client().get("/").status_code == 429  # a page says so too


def test_sign_in_letters_are_limited_by_address(desk: Installation) -> None:
    set_up(desk, limits=UNLIMITED | {"signins": "2/hour"})
    answers = [desk.client().post("/signin", data={"email": "nobody@example.org"}) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]


def test_only_trusted_names_are_served(desk: Installation) -> None:
    set_up(desk, trusted_hosts=("plan.example.org", "localhost"))
    for name, status in (
        ("plan.example.org", 200),
        ("plan.example.org:8443", 200),
        ("localhost", 200),
        ("evil.example", 400),
        ("plan.example.org.evil.example", 400),
    ):
        for path in ("/", "/livez", "/api/v1/workplans"):
            assert desk.client().get(path, headers={"Host": name}).status_code == status, (name, path)


@pytest.mark.parametrize("hops, counted", [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.1")])
def test_only_proxies_of_ones_own_say_where_a_request_came_from(
    desk: Installation, hops: int, counted: str
) -> None:
    set_up(desk, proxy_hops=hops)
    seen: list[str | None] = []

    @desk.app.before_request
    def _look() -> None:
        from flask import request  # noqa: PLC0415

        seen.append(request.remote_addr)

    desk.client().get("/livez", headers={"X-Forwarded-For": "10.9.9.9, 198.51.100.1, 203.0.113.9"})
    assert seen == [counted]


def test_settings_say_what_is_trusted() -> None:
    def read(**said: str) -> Settings:
        return Settings.from_env({f"TRACKER_{name}": value for name, value in said.items()})

    assert "plan.example.org" in read(BASE_URL="https://plan.example.org").trusted_hosts
    assert read(HOST="192.0.2.1", SECRET_KEY="x" * 32).trusted_hosts == ()
    assert "a.example" in read(TRUSTED_HOSTS="a.example, b.example").trusted_hosts
    assert read(LIMIT_REQUESTS="off").limits["requests"] is None
    for wrong in (
        {"LIMIT_REQUESTS": "many"},
        {"PROXY_HOPS": "-1"},
        {"OIDC_ISSUER": "https://id.example.org"},
        {"OIDC_ISSUER": "http://id.example.org", "OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "y"},
    ):
        with pytest.raises(SettingsError, match=f"TRACKER_{next(iter(wrong))}|OIDC"):
            read(**wrong)


@pytest.fixture
def logged(desk: Installation, tmp_path: Path) -> tuple[Installation, Path]:
    return set_up(desk, access_log=tmp_path / "log"), tmp_path / "log"


def test_the_access_log_names_routes_and_neither_people_nor_secrets(
    logged: tuple[Installation, Path],
) -> None:
    house, folder = logged
    secret = house.secrets["lead"]
    house.get("activities/3.4?as_of=now", "lead")
    house.client().get("/calendars/SECRET-OF-A-CALENDAR.ics")
    house.client().get("/signin/SECRET-OF-A-LINK?next=x", headers={"User-Agent": "someone's browser"})
    house.client().post("/signin", data={"email": "lead@example.org"})
    (file,) = folder.iterdir()
    assert file.name == "access-2023-07-05.jsonl"
    assert file.stat().st_mode & 0o077 == 0
    said = file.read_text()
    for hidden in (secret, "SECRET", "127.0.0.1", "example.org", "browser", "as_of"):
        assert hidden not in said
    lines = [json.loads(line) for line in said.splitlines()]
    assert [line["status"] for line in lines] == [200, 404, 410, 200]
    assert lines[0]["route"] == "/api/v1/workplans/<workplan>/activities/<id>"
    assert (lines[0]["by"], lines[1]["by"]) == ("token", "nothing")
    with house.runtime.ask("unnm-2022-2024") as view:
        assert view.end.position == house.read("tree-head")["size"]  # it is no part of the log of events


def test_the_access_log_is_kept_for_three_months_and_a_full_disk_stops_no_answer(
    logged: tuple[Installation, Path],
) -> None:
    house, folder = logged
    house.get("moments", "lead")
    house.clock.move(days=91)
    house.get("moments", "lead")
    assert [one.name for one in folder.iterdir()] == ["access-2023-10-04.jsonl"]
    house.clock.move(days=1)
    folder.rename(folder.with_name("gone"))
    folder.write_text("in the way")
    assert house.get("moments", "lead").status_code == 200


def test_answers_are_packed_where_it_pays_and_pages_never(desk: Installation) -> None:
    packed = desk.get("activities", headers={"Accept-Encoding": "gzip"})
    plain = desk.get("activities")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    assert len(packed.get_data()) < len(plain.get_data()) / 3
    again = desk.get(
        "activities", headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    )
    assert again.status_code == 304
    for path in ("/", "/signin", "/api/docs"):
        page = desk.client().get(path, headers={"Accept-Encoding": "gzip"})
        assert page.mimetype == "text/html"
        assert "Content-Encoding" not in page.headers
    style = desk.client().get("/assets/style.css", headers={"Accept-Encoding": "gzip"})
    assert style.headers["Content-Encoding"] == "gzip"
    refused = desk.get("activities", None, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in refused.headers
    assert (
        "Content-Encoding" not in desk.get("moments", headers={"Accept-Encoding": "gzip"}).headers
    )  # too short
