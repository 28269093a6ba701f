"""What is around every answer: headers, health, the documentation, and what happens when something breaks here."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from tests.installation import API, Installation, open_installation


@pytest.mark.parametrize(
    "path",
    [
        f"{API}/state",
        f"{API}/nothing",
        "/api/v1/openapi.json",
        "/api/docs",
        "/livez",
        "/problems/rule",
        "/api/v2/x",
    ],
)
def test_every_answer_is_guarded(library: Installation, path: str) -> None:
    answer = library.get(path)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] in {"no-referrer", "same-origin"}
    assert answer.headers["X-Request-Id"]


def test_what_is_for_one_reader_is_kept_nowhere(library: Installation) -> None:
    assert library.get("state").headers["Cache-Control"] == "no-store"
    assert "Authorization" in library.get("state").headers["Vary"]
    assert library.get("state", None).headers["Cache-Control"] == "no-store"


def test_a_request_keeps_its_id_if_it_brings_a_plain_one(library: Installation) -> None:
    assert library.get("state", headers={"X-Request-Id": "abc-12345"}).headers["X-Request-Id"] == "abc-12345"
    assert library.get("state", headers={"X-Request-Id": "<script>"}).headers["X-Request-Id"] != "<script>"


def test_health_is_told_apart_from_readiness(house: Installation) -> None:
    assert house.client().get("/livez").json == {"status": "alive"}
    answer = house.client().get("/readyz")
    assert answer.json == {"status": "ready", "checks": {"database": "ok", "schema": "ok", "plan": "ok"}}


def test_an_installation_without_the_plan_is_alive_but_not_ready(database_url: str, tmp_path: Path) -> None:
    bare = open_installation(database_url, tmp_path, {})
    assert bare.client().get("/livez").status_code == 200
    answer = bare.client().get("/readyz")
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert "tracker init" in answer.json["checks"]["plan"]
    assert bare.get("/api/v1/workplans", None).json == {"items": [], "next": None}
    assert bare.get("state", None).status_code == 401
    bare.runtime.close()


def test_an_installation_without_a_schema_is_not_ready(blank_database_url: str, tmp_path: Path) -> None:
    blank = open_installation(blank_database_url, tmp_path, {})
    answer = blank.client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert "tracker init" in answer.json["checks"]["schema"]
    blank.runtime.close()


def test_what_breaks_here_is_logged_and_told_to_nobody(
    desk: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    with desk.runtime.database.write() as tx:
        tx.run("DROP TABLE tree_nodes")
    with caplog.at_level(logging.ERROR):
        answer = desk.get("proofs/inclusion?position=1&size=2")
    assert answer.status_code in {500, 503}
    assert answer.content_type == "application/problem+json"
    assert "Traceback" not in answer.get_data(as_text=True)


def test_a_bug_is_a_problem_with_the_id_under_which_it_was_logged(
    desk: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        raise ZeroDivisionError("a secret")

    desk.app.add_url_rule("/api/v1/broken", "broken", broken)
    answer = desk.get("/api/v1/broken")
    assert answer.status_code == 500
    assert answer.json is not None
    assert "secret" not in str(answer.json)
    assert answer.json["request_id"] in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_the_documentation_is_one_page_without_scripts_or_remote_parts(library: Installation) -> None:
    page = library.client().get("/api/docs").get_data(as_text=True)
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="(?!#|/)', page) == []
    for said in (
        f"{API.replace('unnm-2022-2024', '{workplan}')}/events",
        "ProgressReported",
        "Idempotency-Key",
        "not-reached",
    ):
        assert said in page, said


def test_the_style_of_the_documentation_is_the_one_its_policy_names(library: Installation) -> None:
    import base64  # noqa: PLC0415
    import hashlib  # noqa: PLC0415

    answer = library.client().get("/api/docs")
    (style,) = re.findall(r"<style>(.*?)</style>", answer.get_data(as_text=True), re.DOTALL)
    named = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{named}'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "slug", ["rule", "conflict", "denied", "malformed", "moment", "unavailable", "not-found"]
)
def test_the_type_of_a_problem_leads_to_its_explanation(library: Installation, slug: str) -> None:
    assert library.client().get(f"/problems/{slug}").status_code == 200


def test_head_answers_as_get_without_a_body(library: Installation) -> None:
    answer = library.client().head(f"{API}/state", headers=library.headers("lead"))
    assert (answer.status_code, answer.get_data()) == (200, b"")
    assert answer.headers["ETag"] == library.get("state", "lead").headers["ETag"]
