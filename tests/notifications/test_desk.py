"""The Secretariat's desk for letters, by API and by command: preview, hold, release, send again, end a link."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from schedules import jobs
from tests.applications import application
from tests.filling import path_in
from tests.mailing import PLAN, QUARTER, Clock, MailServer, entries, sqlite_only, states
from tests.notifications.test_bounces import returned
from tracker.cli import context, main
from tracker.directory import people, tokens
from tracker.notifications import desk, outbox
from tracker.notifications.running import remind
from tracker.runtime import Runtime, build_runtime

API = f"/api/v1/workplans/{PLAN}"


@pytest.fixture
def client(runtime: Runtime) -> FlaskClient:
    return application(runtime).test_client()


Ask = Callable[..., Any]


@pytest.fixture
def ask(runtime: Runtime, client: FlaskClient) -> Ask:
    """Return ``f(path, body)``: what the API answers the Secretariat; a body is posted."""
    with runtime.directory(PLAN) as tx:
        _, secret = tokens.create_token(
            tx, runtime.now(), tokens.Grant(PLAN, "secretariat", life=timedelta(days=300))
        )
    headers = {"Authorization": f"Bearer {secret}"}

    def asked(path: str, body: Any = None, status: int = 200) -> Any:
        address = f"{API}/{path}"
        answer = (
            client.get(address, headers=headers)
            if body is None
            else client.post(address, headers=headers, json=body)
        )
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.json

    return asked


def tick(runtime: Runtime, clock: Clock) -> None:
    clock.pass_(minutes=5)
    jobs.write_letters(runtime)
    jobs.deliver_letters(runtime)


@sqlite_only
def test_a_preview_shows_who_gets_what_in_their_language_and_sends_and_opens_nothing(
    runtime: Runtime, clock: Clock, mail: MailServer, leads: dict[str, str], ask: Ask
) -> None:
    assert ask(f"rounds/{QUARTER}/run", status=404)["way_out"]
    remind(runtime, PLAN, QUARTER)
    before = len(entries(runtime))
    run = ask(f"rounds/{QUARTER}/run")
    assert (run["step"], run["on"], len(run["items"])) == ("before-due", "2023-07-05", 21)
    by_person = {one["person"]: one for one in run["items"]}
    oms = by_person[leads["oms"]]
    assert oms["activities"] == ["3.1", "3.2", "3.3", "3.4", "3.5", "3.6"]
    assert {one["language"] for one in run["items"]} == {"es", "en", "fr"}
    assert "/r/" not in oms["text"] + oms["html"]
    assert (len(entries(runtime)), len(mail.received)) == (before, 21)
    clock.set("2023-07-05")
    tick(runtime, clock)
    sent = {one["To"].addresses[0].addr_spec: one for one in mail.received[21:]}
    assert sorted(str(one["Subject"]) for one in sent.values()) == sorted(
        one["subject"] for one in run["items"]
    )


@sqlite_only
def test_a_run_held_beforehand_lies_until_it_is_released_and_the_next_one_goes(
    runtime: Runtime, clock: Clock, mail: MailServer, leads: dict[str, str], ask: Ask
) -> None:
    remind(runtime, PLAN, QUARTER)
    held = ask(f"rounds/{QUARTER}/run/hold", {})
    assert held == {"quarter": QUARTER, "step": "before-due", "letters": 21}
    assert ask(f"rounds/{QUARTER}/run/hold", {})["letters"] == 0
    assert ask(f"rounds/{QUARTER}/run/release", {"people": [leads["oms"]]})["letters"] == 1
    for day in ("2023-07-03", "2023-07-05", "2023-07-06"):
        clock.set(day)
        tick(runtime, clock)
    assert mail.recipients[21:] == ["oms@example.org"]
    assert states(runtime).count("held") == 20
    (cglu,) = [one for one in ask("letters?state=held")["items"] if one["person"] == leads["cglu"]]
    assert (cglu["why"], cglu["actions"]) == ("held by the Secretariat", ["release"])
    assert ask(f"letters/{cglu['letter']}", {"action": "release"})["state"] == "due"
    tick(runtime, clock)
    assert mail.recipients[22:] == ["cglu@example.org"]
    clock.set("2023-07-12")
    tick(runtime, clock)
    assert len(mail.received) == 21 + 2 + 21
    assert states(runtime).count("superseded") == 19


@sqlite_only
def test_what_is_past_is_refused_with_what_can_be_done(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str, ask: Ask
) -> None:
    remind(runtime, PLAN, QUARTER)
    (letter,) = ask(f"letters?quarter={QUARTER}&person={oms}")["items"]
    refused = ask(f"letters/{letter['letter']}", {"action": "hold"}, 409)
    assert "resend, revoke" in refused["way_out"]
    assert ask("letters/none", {"action": "hold"}, 404)
    assert ask(f"letters/{letter['letter']}", {"action": "burn"}, 422)
    assert states(runtime) == ["accepted"]


@sqlite_only
def test_who_got_none_gets_another_with_a_new_link_and_a_link_can_be_ended(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str, ask: Ask, client: FlaskClient
) -> None:
    remind(runtime, PLAN, QUARTER)
    (letter,) = ask("letters")["items"]
    again = ask(f"letters/{letter['letter']}", {"action": "resend"})
    assert ask(f"letters/{letter['letter']}", {"action": "resend"})["letter"] == again["letter"]
    tick(runtime, clock)
    assert mail.recipients == ["oms@example.org"] * 2
    first, second = path_in(mail, 0), path_in(mail, 1)
    assert client.get(first).status_code == client.get(second).status_code == 200
    ended = ask(f"letters/{letter['letter']}", {"action": "revoke"})
    assert ended["links"][0]["revoked_at"]
    assert (client.get(first).status_code, client.get(second).status_code) == (410, 200)


@sqlite_only
def test_a_report_of_a_mail_server_is_taken_by_the_api(
    runtime: Runtime, mail: MailServer, oms: str, ask: Ask
) -> None:
    remind(runtime, PLAN, QUARTER)
    (done,) = ask("bounces", {"message": returned(mail).decode()})["reports"]
    assert (done["person"], done["outcome"]) == (oms, "suspended")
    assert ask("bounces", {"message": "hello"}, 422)["field"] == "/message"


@sqlite_only
def test_the_commands_do_the_same(
    runtime: Runtime,
    clock: Clock,
    mail: MailServer,
    oms: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", runtime.settings.database_url)
    monkeypatch.setenv("TRACKER_DATA_DIR", str(runtime.settings.data_dir))
    monkeypatch.setenv("TRACKER_SMTP_URL", mail.url)
    monkeypatch.setattr(context, "build_runtime", lambda found: build_runtime(found, clock))

    def said(*command: str, code: int = 0) -> Any:
        assert main(["letters", *command, "--json"]) == code
        return json.loads(capsys.readouterr().out)

    remind(runtime, PLAN, QUARTER)
    with runtime.database.write() as tx:
        tx.run("UPDATE letters SET state = 'unknown'")
    (letter,) = said("list", "--state", "unknown")["letters"]
    assert said("send", letter["letter"]) == {"letter": letter["letter"], "state": "accepted"}
    assert [one["Message-ID"] for one in mail.received] == [letter["message_id"]] * 2
    assert said("revoke", letter["letter"])["state"] == "accepted"
    assert main(["letters", "hold", letter["letter"]]) == 1
    assert "resend, revoke" in capsys.readouterr().err
    assert main(["letters", "hold"]) == 2
    assert main(["letters", "list"]) == 0
    assert (
        f"{letter['letter']}  2023-07-03 09:00  {QUARTER} opening  {oms}  accepted" in capsys.readouterr().out
    )


def test_a_letter_that_is_being_sent_cannot_be_held_and_one_that_waits_can(
    runtime: Runtime, mail: MailServer, oms: str
) -> None:
    from tracker.errors import ConflictError  # noqa: PLC0415

    with runtime.database.write() as tx:
        key = {"workplan": PLAN, "kind": "reminder", "quarter": QUARTER, "recipient": oms}
        made = [
            outbox.create(tx, runtime.now(), step=step, state="due", domain="example.org", **key)  # type: ignore[arg-type]
            for step in ("opening", "overdue")
        ]
        taken, waiting = (one.letter for one in made if one)
        assert outbox.claim(tx, runtime.now(), taken, "somebody")
    with pytest.raises(ConflictError, match="claimed"):
        desk.act(runtime, PLAN, taken, "hold")
    assert desk.act(runtime, PLAN, waiting, "hold").state == "held"
    with runtime.database.read() as tx:
        assert people.person_of(tx, oms).email
