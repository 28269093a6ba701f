"""The steps of a round: which letter is due on which day, and what becomes of those that were not sent."""

from __future__ import annotations

from tests.mailing import (
    PLAN,
    QUARTER,
    Clock,
    MailServer,
    sqlite_only,
    states,
    with_settings,
)
from tests.reading_mail import mail_of
from tracker.directory import people
from tracker.directory.principals import system
from tracker.notifications.reminders import digests, due_step, phase_of
from tracker.notifications.running import remind
from tracker.runtime import Runtime
from tracker.workplan.round import Round


@sqlite_only
def test_each_step_sends_one_letter_in_the_thread_of_the_first_and_stops_when_reported(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    steps = []
    for day in (
        "2023-07-03",
        "2023-07-04",
        "2023-07-05",
        "2023-07-07",
        "2023-07-12",
        "2023-07-24",
        "2023-07-31",
    ):
        clock.set(day)
        done = remind(runtime, PLAN, QUARTER)
        steps.append((day[5:], done["step"], done["sent"]))
    assert steps == [
        ("07-03", "opening", 1),
        ("07-04", "opening", 0),
        ("07-05", "before-due", 1),
        ("07-07", "before-due", 0),
        ("07-12", "overdue", 1),
        ("07-24", "final", 1),
        ("07-31", "final", 0),
    ]
    first, *others = mail.received
    assert first["In-Reply-To"] is None
    assert {one["In-Reply-To"] for one in others} == {first["Message-ID"]}
    assert {one["References"] for one in others} == {first["Message-ID"]}
    assert len({one["Message-ID"] for one in mail.received}) == 4
    assert [bool(list(one.iter_attachments())) for one in mail.received] == [True, True, False, False]


@sqlite_only
def test_a_run_after_missed_steps_sends_the_latest_one_only(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    with_settings(runtime, smtp_url=None)
    assert remind(runtime, PLAN, QUARTER)["letters"] == [{"person": oms, "state": "due"}]
    clock.set("2023-07-05")
    remind(runtime, PLAN, QUARTER)
    clock.set("2023-07-12")
    with_settings(runtime, smtp_url=mail.url)
    done = remind(runtime, PLAN, QUARTER)
    assert (done["step"], done["sent"], len(mail.received)) == ("overdue", 1, 1)
    assert states(runtime) == ["accepted", "superseded", "superseded"]


@sqlite_only
def test_the_secretariat_hears_at_the_last_step_who_is_missing(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    with runtime.directory(PLAN) as tx:
        boss = people.add_person(tx, runtime.now(), "Secretaría", "secretaria@example.org", "es")
        people.grant(tx, runtime.now(), boss, PLAN, "secretariat")
    assert remind(runtime, PLAN, QUARTER)["sent"] == 1
    clock.set("2023-07-24")
    assert remind(runtime, PLAN, QUARTER)["sent"] == 2
    (letter,) = mail_of(mail, boss, runtime)
    assert "OMS: 6 actividades (3.1, 3.2, 3.3, 3.4, 3.5, 3.6)\n" in letter
    assert "CGLU: 6 actividades (3.1, 3.2, 3.3, 3.4, 3.5, 3.6) — sin punto focal" in letter
    assert "Informar ahora" not in letter


@sqlite_only
def test_a_round_opened_by_hand_long_after_is_due_later_and_a_closed_one_opens_again_with_other_steps(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    clock.set("2024-02-05")
    assert remind(runtime, PLAN, QUARTER)["step"] == "opening"
    with runtime.ask(PLAN) as view:
        opened = view.plan.get(f"round/{QUARTER}", Round)
        assert opened is not None
        assert (opened.opens, opened.due, opened.closes) == ("2024-02-05", "2024-02-19", "2024-03-06")
    clock.set("2024-04-08")
    foreseen = remind(runtime, PLAN, QUARTER, dry_run=True)
    again = remind(runtime, PLAN, QUARTER)
    assert again["step"] == foreseen["step"] == "again-1"
    assert (again["sent"], remind(runtime, PLAN, QUARTER)["sent"]) == (1, 0)
    with runtime.ask(PLAN) as view:
        extended = view.plan.get(f"round/{QUARTER}", Round)
        assert extended is not None
        assert [step.step for step in extended.steps] == ["again-1", "again-2", "again-3", "again-4"]
        assert [phase_of(extended, step.step) for step in extended.steps] == [
            "asking",
            "asking",
            "overdue",
            "final",
        ]
    clock.set("2024-07-01")
    assert remind(runtime, PLAN, QUARTER)["step"] == "again-5"


@sqlite_only
def test_steps_come_in_the_order_of_their_days(
    runtime: Runtime, clock: Clock, oms: str, mail: MailServer
) -> None:
    remind(runtime, PLAN, QUARTER)
    with runtime.ask(PLAN) as view:
        opened = view.plan.get(f"round/{QUARTER}", Round)
        assert opened is not None
        assert [(step.step, step.on) for step in opened.steps] == [
            ("opening", "2023-07-03"),
            ("before-due", "2023-07-05"),
            ("overdue", "2023-07-12"),
            ("final", "2023-07-24"),
        ]
        assert due_step(opened, view.question.day.replace(month=6)) is None
        assert [len(one.owed) for one in digests(view.plan, QUARTER, "asking")] == [6]


@sqlite_only
def test_more_time_asks_again_before_the_new_due_day_under_a_new_name(
    runtime: Runtime, clock: Clock, oms: str, mail: MailServer
) -> None:
    for day in ("2023-07-03", "2023-07-05"):
        clock.set(day)
        remind(runtime, PLAN, QUARTER)
    data = {"due": "2023-07-20", "closes": "2023-08-11"}
    longer = {"type": "RoundExtended", "subject": f"round/{QUARTER}", "data": data}
    runtime.submit(PLAN, longer, system("system:cli"), "cli")
    with runtime.ask(PLAN) as view:
        opened = view.plan.get(f"round/{QUARTER}", Round)
        assert opened is not None
        assert [(step.step, step.on) for step in opened.steps] == [
            ("opening", "2023-07-03"),
            ("before-due", "2023-07-05"),
            ("again-1", "2023-07-17"),
            ("overdue", "2023-07-24"),
            ("final", "2023-08-04"),
        ]
        phases = [phase_of(opened, step.step) for step in opened.steps]
        assert phases == ["asking", "asking", "asking", "overdue", "final"]
    sent = []
    for day in ("2023-07-12", "2023-07-17", "2023-07-24", "2023-08-04"):
        clock.set(day)
        sent.append(remind(runtime, PLAN, QUARTER)["sent"])
    assert sent == [0, 1, 1, 1]
