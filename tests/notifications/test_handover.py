"""What changes while a round is open: focal points, leads, activities, settings; each with its own answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from schedules import jobs
from tests.filling import path_in
from tests.mailing import (
    PLAN,
    QUARTER,
    Clock,
    MailServer,
    add_focal_point,
    entries,
    sqlite_only,
    states,
    with_settings,
)
from tests.notifications.test_rounds import report
from tests.reading_mail import mail_of
from tracker.cli import context, main
from tracker.directory import people
from tracker.directory.principals import system
from tracker.errors import ConflictError, RuleError
from tracker.notifications.handover import hand_over
from tracker.notifications.running import remind
from tracker.runtime import Runtime, build_runtime
from tracker.workplan.round import Round

CLI = system("system:cli")


def enter(runtime: Runtime, kind: str, subject: str, data: dict[str, Any], **more: Any) -> None:
    runtime.submit(PLAN, {"type": kind, "subject": subject, "data": data} | more, CLI, "cli")


def tick(runtime: Runtime, clock: Clock, count: int = 2) -> None:
    for _ in range(count):
        clock.pass_(minutes=5)
        jobs.write_letters(runtime)
        jobs.deliver_letters(runtime)


@pytest.fixture
def successor(runtime: Runtime) -> str:
    with runtime.directory(PLAN) as tx:
        return people.add_person(tx, runtime.now(), "Nueva Persona", "nueva@example.org", "es")


def test_a_new_focal_point_gets_one_letter_with_what_is_open_and_the_old_links_end(
    runtime: Runtime,
    browser: FlaskClient,
    path: str,
    clock: Clock,
    mail: MailServer,
    oms: str,
    successor: str,
) -> None:
    report(runtime, oms, "oms", "3.1")
    done = hand_over(runtime, PLAN, oms, successor, CLI, "cli")
    assert [(one.workstream, one.entity) for one in done.seats] == [("3", "oms")]
    assert done.alone == ()
    assert browser.get(path).status_code == 410
    tick(runtime, clock, 3)
    (letter,) = mail_of(mail, successor, runtime)
    assert "Usted es ahora punto focal de OMS." in letter
    assert ("  3.1  " in letter, "  3.2  " in letter) == (False, True)
    assert len(mail_of(mail, oms, runtime)) == 1
    assert browser.get(path_in(mail, 1)).status_code == 200
    clock.set("2023-07-05")
    tick(runtime, clock)
    assert mail.recipients[2:] == ["nueva@example.org"], "the next step goes to the new one alone"
    with runtime.database.read() as tx:
        assert "lead" in people.roles_of(tx, PLAN)[successor]


@sqlite_only
def test_who_had_the_letter_of_the_step_already_gets_one_about_what_is_new_to_them(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    unodc = add_focal_point(runtime, "unodc", "en", ["4"])
    remind(runtime, PLAN, QUARTER)
    hand_over(runtime, PLAN, oms, unodc, CLI, "cli")
    tick(runtime, clock, 3)
    first, second = mail_of(mail, unodc, runtime)
    assert "Workstream 4" in first
    assert "You are now the focal point of OMS." in second
    assert ("Workstream 3" in second, "Workstream 4" in second) == (True, False)


@sqlite_only
def test_a_letter_that_waits_for_the_old_one_is_set_aside_and_drafts_stay_theirs(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str, successor: str
) -> None:
    with_settings(runtime, smtp_url=None)
    remind(runtime, PLAN, QUARTER)
    hand_over(runtime, PLAN, oms, successor, CLI, "cli")
    with_settings(runtime, smtp_url=mail.url)
    tick(runtime, clock)
    assert mail.recipients == ["nueva@example.org"]
    assert states(runtime) == ["accepted", "superseded"]


@sqlite_only
def test_where_nobody_is_left_the_command_warns_and_nonsense_is_refused(
    runtime: Runtime,
    clock: Clock,
    mail: MailServer,
    oms: str,
    successor: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", runtime.settings.database_url)
    monkeypatch.setenv("TRACKER_DATA_DIR", str(runtime.settings.data_dir))
    monkeypatch.setattr(context, "build_runtime", lambda found: build_runtime(found, clock))
    remind(runtime, PLAN, QUARTER)
    assert main(["person", "handover", oms, oms]) == 1
    assert main(["person", "handover", successor, oms]) == 1
    assert main(["person", "handover", oms, "nobody"]) == 1
    capsys.readouterr()
    assert main(["person", "handover", oms, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "seats": [{"workstream": "3", "entity": "oms"}],
        "letters": [],
        "alone": ["oms"],
    }
    with pytest.raises(RuleError, match="focal point of nobody"):
        hand_over(runtime, PLAN, oms, successor, CLI, "cli")
    assert len(entries(runtime, "FocalPointReleased")) == 1


@sqlite_only
def test_a_lead_released_while_its_letter_waits_is_not_written_to(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    with_settings(runtime, smtp_url=None)
    before = remind(runtime, PLAN, QUARTER)["owed"]
    enter(runtime, "LeadReleased", "workstream/3", {"entity": "oms"})
    with_settings(runtime, smtp_url=mail.url)
    after = remind(runtime, PLAN, QUARTER)
    assert (before - after["owed"], after["sent"], mail.received) == (6, 0, [])
    assert states(runtime) == ["superseded"]


@sqlite_only
@pytest.mark.parametrize(
    "kind, data, more, is_owed",
    [
        ("ActivityWithdrawn", {}, {"reason": "Merged."}, False),
        ("ReportExcused", {"quarter": QUARTER}, {"reason": "Agreed."}, False),
        (
            "ActivityStatusChanged",
            {"status": "completed", "no_evidence_reason": "x"},
            {"occurred_on": "2023-06-20"},
            False,
        ),
        ("ActivityStatusChanged", {"status": "completed", "no_evidence_reason": "x"}, {}, True),
    ],
)
def test_an_activity_removed_excused_or_completed_in_its_quarter_is_asked_no_more(
    runtime: Runtime,
    clock: Clock,
    mail: MailServer,
    oms: str,
    kind: str,
    data: dict[str, Any],
    more: dict[str, Any],
    is_owed: bool,
) -> None:
    enter(
        runtime, "ActivityStatusChanged", "activity/3.2", {"status": "in_progress"}, occurred_on="2023-05-02"
    )
    remind(runtime, PLAN, QUARTER)
    enter(runtime, kind, "activity/3.2", data, **more)
    clock.set("2023-07-05")
    assert remind(runtime, PLAN, QUARTER)["sent"] == 1
    assert [("  3.2  " in letter) for letter in mail_of(mail, oms, runtime)] == [True, is_owed]


@sqlite_only
def test_settings_changed_while_a_round_is_open_move_none_of_its_days(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    remind(runtime, PLAN, QUARTER)
    with runtime.ask(PLAN) as view:
        before = view.plan.get(f"round/{QUARTER}", Round)
    settings = {"duty_station": "KE", "holidays": {"added": ["2023-07-05", "2023-07-12"], "removed": []}}
    enter(runtime, "WorkplanAmended", "workplan", {"settings": settings})
    with runtime.ask(PLAN) as view:
        after = view.plan.get(f"round/{QUARTER}", Round)
        assert before
        assert after
        assert (after.due, after.closes, after.steps) == (before.due, before.closes, before.steps)
    clock.set("2023-07-05")
    assert remind(runtime, PLAN, QUARTER)["step"] == "before-due"


@sqlite_only
def test_a_round_that_is_open_is_opened_by_nobody_again(runtime: Runtime, mail: MailServer, oms: str) -> None:
    enter(runtime, "RoundOpened", f"round/{QUARTER}", {})
    with pytest.raises(ConflictError):
        enter(runtime, "RoundOpened", f"round/{QUARTER}", {})
    assert remind(runtime, PLAN, QUARTER)["step"] == "opening"
    assert len(entries(runtime, "RoundOpened")) == 1


@sqlite_only
def test_two_focal_points_of_one_lead_both_hear_and_either_settles_it_for_both(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str, successor: str
) -> None:
    enter(runtime, "FocalPointNamed", "workstream/3", {"person": successor, "entity": "oms"})
    assert remind(runtime, PLAN, QUARTER)["sent"] == 2
    for activity in ("3.1", "3.2", "3.3", "3.4", "3.5", "3.6"):
        report(runtime, successor, "oms", activity)
    clock.set("2023-07-12")
    done = remind(runtime, PLAN, QUARTER)
    assert (done["sent"], len(mail.received)) == (0, 2)


@sqlite_only
def test_somebody_without_an_address_is_held_and_listed_and_one_without_a_language_reads_english(
    runtime: Runtime, clock: Clock, mail: MailServer, leads: dict[str, str]
) -> None:
    with runtime.directory(PLAN) as tx:
        tx.run("UPDATE people SET email = '' WHERE person = ?", leads["oms"])
        tx.run("UPDATE people SET language = '' WHERE person = ?", leads["cglu"])
    done = remind(runtime, PLAN, QUARTER)
    assert (done["sent"], done["held"]) == (20, 1)
    assert "Report now:" in mail_of(mail, leads["cglu"], runtime)[0]
