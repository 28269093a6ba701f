"""What every answer carries, whatever it is; and what no log holds."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from tests.api.test_rights import address
from tests.installation import API, Installation
from tracker.api.routes import ROUTES

PAGES = ("/", "/signin", "/signin/nothing", "/w/unnm-2022-2024/", "/nothing", "/assets/style.css", "/assets/")


def test_every_answer_is_guarded_whatever_its_status(shelf: Installation) -> None:
    shelf.runtime.settings = replace(shelf.runtime.settings, base_url="https://plan.example.org")
    shelf.__dict__.pop("app", None)
    paths = [address(route) for route in ROUTES if route.method == "GET" and not route.path.endswith("/live")]
    statuses = set()
    for path in (*paths, *PAGES, f"{API}/nothing"):
        for who in (None, "secretariat"):
            answer = shelf.client().get(path, headers=shelf.headers(who))
            statuses.add(answer.status_code)
            answer.close()
            said = answer.headers
            assert said["X-Content-Type-Options"] == "nosniff", path
            assert said["Strict-Transport-Security"].startswith("max-age=31536000"), path
            assert "default-src 'none'" in said["Content-Security-Policy"], path
            assert "unsafe" not in said["Content-Security-Policy"], path
            assert "frame-ancestors 'none'" in said["Content-Security-Policy"], path
            assert said["Referrer-Policy"] in {"no-referrer", "same-origin"}, path
            assert not [name for name, _ in said.items() if name.lower().startswith("access-control-")], path
            if who and path.startswith(API) and answer.status_code == 200:
                assert "no-store" in said["Cache-Control"], path
            if answer.status_code >= 400:
                assert "no-store" in said["Cache-Control"], path
    assert {200, 401, 404} <= statuses
    shelf.__dict__.pop("app", None)


@pytest.mark.parametrize("path", ["/", f"{API}/state", "/livez"])
def test_nothing_is_traced(shelf: Installation, path: str) -> None:
    assert shelf.client().open(path, method="TRACE").status_code == 405


def test_a_fault_tells_nothing_and_no_log_holds_a_secret(
    desk: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise RuntimeError("inside")

    monkeypatch.setattr("tracker.runtime.Runtime.ask", broken)
    with caplog.at_level(logging.DEBUG):
        answer = desk.get("state?as_of=now", "lead")
        desk.client().post("/signin/SECRET-OF-A-LINK", data={"form_token": "SECRET-OF-A-FORM"})
    assert answer.status_code == 500
    assert answer.json is not None
    assert "inside" not in answer.get_data(as_text=True)
    assert answer.json["request_id"] in caplog.text
    for secret in (*desk.secrets.values(), "SECRET-OF-A-LINK", "SECRET-OF-A-FORM"):
        assert secret not in caplog.text


def test_settings_show_no_secret() -> None:
    from tracker.settings import Provider, Settings  # noqa: PLC0415

    said = {
        "TRACKER_SECRET_KEY": "SECRET" * 8,
        "TRACKER_SMTP_URL": "smtp://me:SECRET@mail.example.org",
        "TRACKER_DATABASE_URL": "postgresql://me:SECRET@db.example.org/x",
        "TRACKER_OIDC_ISSUER": "https://id.example.org",
        "TRACKER_OIDC_CLIENT_ID": "c",
        "TRACKER_OIDC_CLIENT_SECRET": "SECRET",
    }
    assert "SECRET" not in repr(Settings.from_env(said))
    assert "SECRET" not in repr(Provider("https://id.example.org", "c", "SECRET", "n"))
