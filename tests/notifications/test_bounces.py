"""Letters that come back: the address gets no more, co-leads are asked, the Secretariat is told; once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from schedules import jobs
from tests.mailing import (
    PLAN,
    QUARTER,
    Clock,
    MailServer,
    add_focal_point,
    entries,
    sqlite_only,
    states,
)
from tests.reading_mail import mail_of
from tracker.cli import main
from tracker.directory import people
from tracker.directory.principals import system
from tracker.errors import NotFoundError, RuleError
from tracker.notifications import outbox
from tracker.notifications.bounces import take_reports
from tracker.notifications.running import remind
from tracker.runtime import Runtime

CLI = system("system:cli")


def returned(
    mail: MailServer,
    *,
    to: str = "oms@example.org",
    action: str = "failed",
    status: str = "5.1.1",
    number: int = 0,
) -> bytes:
    """Return the mail in which a server reports what became of a letter that it had accepted."""
    letter = mail.received[number]
    return f"""From: MAILER-DAEMON@mx.example.org
To: tracker@plan.example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to inform you.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Mon, 03 Jul 2023 09:00:02 +0000

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: no such user here

--b
Content-Type: text/rfc822-headers

Subject: {letter["Subject"]}
Message-ID: {letter["Message-ID"]}

--b--
""".replace("\n", "\r\n").encode()


@pytest.fixture
def boss(runtime: Runtime) -> str:
    with runtime.directory(PLAN) as tx:
        made = people.add_person(tx, runtime.now(), "Secretaría", "secretaria@example.org", "es")
        people.grant(tx, runtime.now(), made, PLAN, "secretariat")
    return made


def tick(runtime: Runtime) -> None:
    jobs.write_letters(runtime)
    jobs.deliver_letters(runtime)


def test_an_address_that_takes_no_mail_gets_no_more_letters_and_the_secretariat_is_told_once(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str, boss: str
) -> None:
    remind(runtime, PLAN, QUARTER)
    (done,) = take_reports(runtime, returned(mail))
    assert (done["person"], done["outcome"]) == (oms, "suspended")
    (again,) = take_reports(runtime, returned(mail))
    assert again["outcome"] == "known"
    (event,) = entries(runtime, "ReminderFailed")
    assert (event.data.recipient, event.data.outcome) == (oms, "bounced")
    tick(runtime)
    tick(runtime)
    told = [letter for letter in mail_of(mail, boss, runtime) if "volvió" in letter or "entregarse" in letter]
    assert len(told) == 1
    assert "Focal oms" in told[0]
    assert "no such user here" in told[0]
    clock.set("2023-07-05")
    assert remind(runtime, PLAN, QUARTER)["letters"] == [{"person": oms, "state": "held"}]
    with runtime.directory(PLAN) as tx:
        people.change_person(tx, oms, email="oms-new@example.org")
    clock.set("2023-07-12")
    assert remind(runtime, PLAN, QUARTER)["sent"] == 1
    assert mail.recipients[-1] == "oms-new@example.org"


@sqlite_only
def test_coleads_are_asked_instead_of_a_lead_of_its_own_that_cannot_be_reached(
    runtime: Runtime, clock: Clock, mail: MailServer
) -> None:
    oms, cglu = add_focal_point(runtime, "oms", "es", ["3"]), add_focal_point(runtime, "cglu", "fr", ["3"])
    own = {"type": "LeadAssigned", "subject": "workstream/3", "data": {"entity": "oms", "activity": "3.2"}}
    runtime.submit(PLAN, own, CLI, "cli")
    remind(runtime, PLAN, QUARTER)
    assert "  3.2  " not in mail_of(mail, cglu, runtime)[0]
    number = next(i for i, one in enumerate(mail.recipients) if one == "oms@example.org")
    (done,) = take_reports(runtime, returned(mail, number=number))
    assert done["asked_instead"] == [cglu]
    tick(runtime)
    tick(runtime)
    _, instead = mail_of(mail, cglu, runtime)
    assert "  3.2  " in instead
    assert "  3.1  " not in instead
    assert "point focal de OMS" in instead
    clock.set("2023-10-02")  # in the next round they are asked from the start
    jobs.close_rounds(runtime)
    jobs.open_rounds(runtime)
    tick(runtime)
    assert "  3.2  " in mail_of(mail, cglu, runtime)[-1]
    assert len(mail_of(mail, oms, runtime)) == 1


@sqlite_only
@pytest.mark.parametrize(
    "changed, outcome, state, is_bounced",
    [
        ({"action": "delayed", "status": "4.4.1"}, "noted", "accepted", False),
        ({"action": "delivered", "status": "2.0.0"}, "noted", "accepted", False),
        ({"status": "4.2.2"}, "bounced", "bounced", False),
        ({"to": "somebody@elsewhere.org"}, "bounced", "bounced", False),
        ({"to": "OMS@Example.org"}, "suspended", "bounced", True),
    ],
)
def test_only_a_lasting_failure_of_the_very_address_suspends_it(
    runtime: Runtime,
    mail: MailServer,
    oms: str,
    changed: dict[str, str],
    outcome: str,
    state: str,
    is_bounced: bool,
) -> None:
    remind(runtime, PLAN, QUARTER)
    (done,) = take_reports(runtime, returned(mail, **changed))  # type: ignore[arg-type]
    assert (done["outcome"], states(runtime)) == (outcome, [state])
    with runtime.database.read() as tx:
        assert people.person_of(tx, oms).bounced == is_bounced
        assert people.principal_of(tx, oms, PLAN).has("lead"), "only letters end"


@sqlite_only
@pytest.mark.parametrize(
    "broken", [b"", b"hello", b"\xff\x00" * 50, b"Content-Type: multipart/report\r\n\r\n"]
)
def test_what_is_no_report_is_refused(runtime: Runtime, broken: bytes) -> None:
    with pytest.raises(RuleError, match="no delivery report"):
        take_reports(runtime, broken)


@sqlite_only
def test_a_report_about_no_letter_of_ours_suspends_nobody(
    runtime: Runtime, mail: MailServer, oms: str
) -> None:
    remind(runtime, PLAN, QUARTER)
    forged = returned(mail).replace(mail.received[0]["Message-ID"].encode(), b"<guessed@plan.example.org>")
    with pytest.raises(NotFoundError, match="no letter of ours"):
        take_reports(runtime, forged)
    assert states(runtime) == ["accepted"]


@sqlite_only
def test_a_report_is_handed_in_by_command(
    runtime: Runtime,
    mail: MailServer,
    oms: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    remind(runtime, PLAN, QUARTER)
    monkeypatch.setenv("TRACKER_DATABASE_URL", runtime.settings.database_url)
    monkeypatch.setenv("TRACKER_DATA_DIR", str(runtime.settings.data_dir))
    (tmp_path / "mail.eml").write_bytes(returned(mail))
    assert main(["bounce", str(tmp_path / "mail.eml"), "--json"]) == 0
    (done,) = json.loads(capsys.readouterr().out)["reports"]
    assert (done["person"], done["outcome"]) == (oms, "suspended")
    (tmp_path / "other.eml").write_bytes(b"no report")
    assert main(["bounce", str(tmp_path / "other.eml")]) == 1


@sqlite_only
def test_the_secretariat_hears_once_who_wants_no_letters_and_which_lead_has_nobody(
    runtime: Runtime, clock: Clock, mail: MailServer, leads: dict[str, str], boss: str
) -> None:
    jobs.open_rounds(runtime)
    tick(runtime)
    assert mail_of(mail, boss, runtime) == []
    with runtime.directory(PLAN) as tx:
        people.set_muted(tx, leads["oit"], "2023-07-03T10:00:00.000000Z")
    released: list[dict[str, Any]] = [
        {
            "type": "FocalPointReleased",
            "subject": "workstream/3",
            "data": {"person": leads[one], "entity": one},
        }
        for one in ("oms", "cglu")
    ]
    for release in released:
        runtime.submit(PLAN, release, CLI, "cli")
        for _ in range(2):
            clock.pass_(minutes=5)
            tick(runtime)
    texts = mail_of(mail, boss, runtime)
    assert len(texts) == 3
    assert sum("Focal oit" in text for text in texts) == 1
    assert [
        ("OMS" in text, "CGLU" in text) for text in texts if "2 entidades" in text or "1 entidad" in text
    ] == []
    alone = [text for text in texts if "nadie en su nombre" in text]
    assert [("OMS" in text, "CGLU" in text) for text in alone] == [(True, False), (True, True)]
    with runtime.database.read() as tx:
        notices = outbox.letters_of(tx, PLAN, outbox.NO_ROUND)
    assert [one.state for one in notices] == ["accepted"] * 3
    assert len(entries(runtime, "ReminderSent")) == 21, "a notice is no entry"
