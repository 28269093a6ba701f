"""A question to one lead about one gap: in the letter that is about to go, else as one mail of its own."""

from __future__ import annotations

from schedules import jobs
from tests.mailing import PLAN, QUARTER, Clock, MailServer, entries, sqlite_only, with_settings
from tests.notifications.test_rounds import report
from tests.reading_mail import mail_of, page_of
from tracker.directory.principals import system
from tracker.notifications.running import remind
from tracker.runtime import Runtime

QUESTION = "¿Hay fecha para el <b>taller</b>?"


def ask(runtime: Runtime, activity: str = "3.4", entity: str = "oms") -> None:
    data = {"activity": activity, "entity": entity, "question": QUESTION}
    wish = {"type": "ReportRequested", "subject": f"round/{QUARTER}", "data": data}
    runtime.submit(PLAN, wish, system("system:cli"), "cli")


def tick(runtime: Runtime, clock: Clock) -> None:
    for _ in range(3):
        clock.pass_(minutes=5)
        jobs.write_letters(runtime)
        jobs.deliver_letters(runtime)


@sqlite_only
def test_a_question_goes_as_one_mail_of_its_own_and_stands_in_the_next_digest(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    remind(runtime, PLAN, QUARTER)
    ask(runtime)
    tick(runtime, clock)
    _, asked = mail_of(mail, oms, runtime)
    assert f"La Secretaría pregunta: {QUESTION}" in asked
    assert ("  3.4  " in asked, "  3.1  " in asked) == (True, False)
    assert "una pregunta de la Secretaría sobre la actividad 3.4" in mail.received[1]["Subject"]
    assert QUESTION in page_of(mail.received[1]).text
    clock.set("2023-07-12")
    tick(runtime, clock)
    assert len(mail.received) == 3
    assert QUESTION in mail_of(mail, oms, runtime)[2]
    assert [event.data.step for event in entries(runtime, "ReminderSent")][1].startswith("asked-")


@sqlite_only
def test_a_question_joins_a_letter_that_waits(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    with_settings(runtime, smtp_url=None)
    remind(runtime, PLAN, QUARTER)
    ask(runtime)
    jobs.write_letters(runtime)
    with_settings(runtime, smtp_url=mail.url)
    tick(runtime, clock)
    (only,) = mail_of(mail, oms, runtime)
    assert QUESTION in only


@sqlite_only
def test_a_question_about_what_is_reported_is_asked_and_one_after_closing_is_not(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    remind(runtime, PLAN, QUARTER)
    report(runtime, oms, "oms", "3.4")
    ask(runtime)
    tick(runtime, clock)
    assert QUESTION in mail_of(mail, oms, runtime)[1]
    clock.set("2023-08-02")
    ask(runtime, "3.1")
    tick(runtime, clock)
    assert len(mail.received) == 2
