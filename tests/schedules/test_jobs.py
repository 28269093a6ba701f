"""The ticker's jobs for letters: what is due is asked of the database, so late, twice or in pairs is the same."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schedules import jobs, ticker, timetable
from schedules.leadership import LEASE, lead, resign
from schedules.ticker import run, run_job, tick_once
from schedules.timetable import JOBS, Job, listing, scheduler_of
from tests.mailing import (
    PLAN,
    QUARTER,
    Clock,
    MailServer,
    entries,
    nobody_listens,
    shipped_requests,
    sqlite_only,
    states,
    with_settings,
)
from tracker.directory.principals import system
from tracker.notifications.running import remind
from tracker.runtime import Runtime
from tracker.workplan.round import Round

LETTERS = {"open-rounds", "write-letters", "deliver-letters", "close-rounds"}


@pytest.fixture(autouse=True)
def only_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave signing and backing up to their own tests; a year of days would take long with them."""
    some = tuple(job for job in JOBS if job.name in LETTERS)
    assert len(some) == len(LETTERS)
    monkeypatch.setattr(ticker, "JOBS", some)


def opened(runtime: Runtime) -> list[str]:
    return [event.subject.partition("/")[2] for event in entries(runtime, "RoundOpened")]


def closed(runtime: Runtime) -> list[str]:
    return [event.subject.partition("/")[2] for event in entries(runtime, "RoundClosed")]


def test_a_whole_round_runs_by_itself_each_letter_once(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    sent = []
    days = "06-30 07-01 07-03 07-04 07-05 07-06 07-10 07-11 07-12 07-13 07-23 07-24 07-31 08-01 08-02"
    for day in days.split():
        for hour in ("05:30", "23:30"):
            clock.set(f"2023-{day}", hour)
            before = len(mail.received)
            tick_once(runtime)
            sent += [f"{day} {hour}"] * (len(mail.received) - before)
    assert sent == ["07-03 05:30", "07-05 05:30", "07-12 05:30", "07-24 05:30"]  # 07:30 in Zurich
    assert (opened(runtime), closed(runtime)) == ([QUARTER], [QUARTER])
    (event,) = entries(runtime, "RoundOpened")
    assert (event.actor, event.channel) == ("system:ticker", "system")
    assert states(runtime) == ["accepted"] * 4


@sqlite_only
def test_nobody_is_written_to_at_night(runtime: Runtime, clock: Clock, mail: MailServer, oms: str) -> None:
    clock.set("2023-07-03", "04:59")  # 06:59 in Zurich
    tick_once(runtime)
    assert (opened(runtime), mail.received) == ([QUARTER], [])
    clock.set("2023-07-03", "05:00")
    tick_once(runtime)
    assert len(mail.received) == 1


@sqlite_only
def test_only_quarters_of_the_plan_that_ended_after_the_log_began_are_opened(
    runtime: Runtime, clock: Clock, mail: MailServer
) -> None:
    days = [date(2022, 12, 16) + timedelta(days=7 * week) for week in range(125)]
    for day in days:
        clock.set(day.isoformat())
        jobs.open_rounds(runtime)
        jobs.close_rounds(runtime)
    assert opened(runtime) == [f"{year}-Q{one}" for year in (2022, 2023, 2024) for one in (1, 2, 3, 4)][3:]
    assert closed(runtime) == opened(runtime)


@sqlite_only
def test_a_setting_lets_rounds_open_beyond_the_plans_period(runtime: Runtime, clock: Clock) -> None:
    amended = {"settings": {"reporting_until": "2025-Q1"}}
    runtime.submit(
        PLAN, {"type": "WorkplanAmended", "subject": "workplan", "data": amended}, system("system:cli"), "cli"
    )
    for day in ("2025-01-03", "2025-04-02", "2025-07-02"):
        clock.set(day)
        jobs.open_rounds(runtime)
    assert opened(runtime) == ["2024-Q4", "2025-Q1"]


@sqlite_only
def test_a_round_missed_altogether_stays_missed_and_one_still_running_is_caught_up_with_one_letter(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    clock.set("2023-10-13")  # down since June: 2023-Q2 is over, 2023-Q3 is past its due day
    tick_once(runtime)
    tick_once(runtime)
    assert opened(runtime) == ["2023-Q3"]
    assert len(mail.received) == 1
    assert [event.data.step for event in entries(runtime, "ReminderSent")] == ["overdue"]


@sqlite_only
def test_letters_that_wait_for_a_server_lapse_when_their_round_closes(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    with_settings(runtime, smtp_url=None)
    for day in ("2023-07-03", "2023-07-12", "2023-08-01"):
        clock.set(day)
        tick_once(runtime)
    assert states(runtime) == ["lapsed", "superseded"]
    assert [event.data.outcome for event in entries(runtime, "ReminderFailed")] == ["lapsed"]
    with_settings(runtime, smtp_url=mail.url)
    clock.set("2025-01-01")
    jobs.deliver_letters(runtime)
    assert mail.received == []


@sqlite_only
def test_a_first_mail_server_after_two_years_brings_one_letter_and_no_flood(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    with_settings(runtime, smtp_url=None)
    for year, month in ((2023, 4), (2023, 7), (2023, 10), (2024, 1), (2024, 4), (2024, 7), (2024, 10)):
        for day in (4, 12, 24):
            clock.set(f"{year}-{month:02}-{day:02}")
            tick_once(runtime)
    clock.set("2025-01-08")
    tick_once(runtime)
    assert len(opened(runtime)) == 8
    with_settings(runtime, smtp_url=mail.url)
    clock.pass_(minutes=1)
    tick_once(runtime)
    assert len(mail.received) == 1
    assert [event.subject for event in entries(runtime, "ReminderSent")] == ["round/2024-Q4"]
    assert set(states(runtime)) == {"lapsed", "superseded", "accepted"}


@sqlite_only
def test_a_server_that_was_away_gets_the_letters_when_it_is_back(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    with_settings(runtime, smtp_url=f"smtp://127.0.0.1:{nobody_listens()}")
    said = tick_once(runtime)["deliver-letters"]
    assert "cannot be reached" in said
    with_settings(runtime, smtp_url=mail.url)
    clock.pass_(minutes=1)
    assert tick_once(runtime)["deliver-letters"] == "accepted: 1"
    assert len(mail.received) == 1


@sqlite_only
def test_a_simulated_and_a_closed_plan_are_never_touched(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    runtime.submit(
        PLAN, {"type": "WorkplanClosed", "subject": "workplan", "data": {}}, system("system:cli"), "cli"
    )
    runtime.adopt("demo", shipped_requests(), simulated=True)
    tick_once(runtime)
    assert jobs.real_workplans(runtime) == []
    assert (opened(runtime), mail.received) == ([], [])
    with runtime.ask("demo") as view:
        assert view.plan.all("round", Round) == []


def failing(_runtime: Runtime) -> str:
    raise RuntimeError("broken")


@sqlite_only
def test_a_job_that_fails_is_noted_and_stops_no_other(
    runtime: Runtime,
    mail: MailServer,
    oms: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = (Job("broken", timedelta(minutes=1), failing), *JOBS)
    monkeypatch.setattr(ticker, "JOBS", broken)
    monkeypatch.setattr(timetable, "JOBS", broken)
    said = tick_once(runtime)
    assert said["broken"] == "RuntimeError: broken"
    assert len(mail.received) == 1
    rows = {row["job"]: row for row in listing(runtime)}
    assert rows["broken"]["outcome"] == "failed"
    assert rows["deliver-letters"] == {
        "job": "deliver-letters",
        "when": "every minute",
        "last": "2023-07-03T09:00:00.000000Z",
        "outcome": "done",
        "said": "accepted: 1",
        "next": "2023-07-03T09:01:00.000000Z",
    }
    assert "the job broken failed" in caplog.text


@sqlite_only
def test_one_plan_that_fails_does_not_keep_the_next_from_its_round(
    runtime: Runtime, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.adopt("second", [{**one} for one in shipped_requests()])
    submit = Runtime.submit

    def refuse(self: Runtime, workplan: str, *args: Any, **more: Any) -> Any:
        if workplan == PLAN:
            raise RuntimeError("broken")
        return submit(self, workplan, *args, **more)

    monkeypatch.setattr(Runtime, "submit", refuse)
    said = run_job(runtime, next(job for job in JOBS if job.name == "open-rounds"))
    assert said == f"JobError: failed: {PLAN} {QUARTER}"
    with runtime.ask("second") as view:
        assert [one.id for one in view.plan.all("round", Round)] == []  # adopted after the quarter's end


def test_four_tickers_at_once_send_each_letter_once(
    runtime: Runtime, clock: Clock, mail: MailServer, leads: dict[str, str]
) -> None:
    start = threading.Barrier(4)

    def turn() -> None:
        start.wait(10)
        tick_once(runtime)

    threads = [threading.Thread(target=turn) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    tick_once(runtime)
    assert len(mail.received) == len(set(mail.recipients)) == 21
    assert opened(runtime) == [QUARTER]
    assert states(runtime) == ["accepted"] * 21


@sqlite_only
def test_by_hand_and_by_the_ticker_are_the_same_letters(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str
) -> None:
    remind(runtime, PLAN, QUARTER)
    tick_once(runtime)
    assert len(mail.received) == 1


@sqlite_only
@pytest.mark.parametrize("hours", [-24, -1, 1, 24])
def test_a_clock_that_steps_sends_no_letter_twice_and_misses_none(
    runtime: Runtime, clock: Clock, mail: MailServer, oms: str, hours: int
) -> None:
    clock.set("2023-07-05")
    tick_once(runtime)
    clock.pass_(hours=hours)
    tick_once(runtime)
    clock.set("2023-07-12")
    tick_once(runtime)
    assert [event.data.step for event in entries(runtime, "ReminderSent")] == ["before-due", "overdue"]


def test_one_ticker_of_several_leads_until_its_lease_ends(runtime: Runtime) -> None:
    now = datetime(2023, 7, 3, 9, tzinfo=UTC)

    def takes(holder: str, at: datetime) -> bool:
        with runtime.database.write() as tx:
            return lead(tx, at, holder)

    assert takes("a", now)
    assert not takes("b", now)
    assert takes("a", now + timedelta(minutes=1))
    assert not takes("b", now + LEASE)
    assert takes("b", now + LEASE + timedelta(minutes=2))
    assert not takes("a", now + LEASE + timedelta(minutes=2))
    with runtime.database.write() as tx:
        resign(tx, "b")
    assert takes("a", now + LEASE + timedelta(minutes=2))


@sqlite_only
def test_the_ticker_does_what_is_due_at_its_start_and_ends_when_told(
    runtime: Runtime, mail: MailServer, oms: str
) -> None:
    stopped = threading.Event()
    thread = threading.Thread(target=run, args=(runtime, stopped))
    thread.start()
    for _ in range(200):
        if mail.received:
            break
        stopped.wait(0.05)
    stopped.set()
    thread.join(20)
    assert not thread.is_alive()
    assert len(mail.received) == 1
    with runtime.database.read() as tx:
        assert tx.all("SELECT * FROM ticker_leases") == []


def test_the_timetable_keeps_nothing_misses_nothing_and_runs_no_job_beside_itself() -> None:
    scheduler = scheduler_of(lambda _job: None)
    scheduler.start(paused=True)
    try:
        made = scheduler.get_jobs()
        assert {job.id for job in made} == {job.name for job in JOBS}
        assert str(scheduler.timezone) == "UTC"
        for job in made:
            assert (job.coalesce, job.misfire_grace_time, job.max_instances) == (True, None, 1)
        assert [type(store).__name__ for store in scheduler._jobstores.values()] == ["MemoryJobStore"]
    finally:
        scheduler.shutdown()
