"""The ticker's quieter jobs: readiness drafts, the daily check, pruning; and what --list says of them all."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from schedules import jobs, upkeep
from schedules.ticker import run_job, tick_once
from schedules.timetable import JOBS, Job, listing
from tests.mailing import PLAN, Clock, MailServer, sqlite_only, states, with_settings
from tests.reading_mail import text_of
from tracker.cli import main
from tracker.directory import people, signins, tokens
from tracker.directory.principals import system
from tracker.notifications import outbox
from tracker.projections.job_runs import job_runs
from tracker.runtime import Runtime
from tracker.web.labels import JOB


@pytest.fixture
def boss(runtime: Runtime) -> str:
    with runtime.directory(PLAN) as tx:
        made = people.add_person(tx, runtime.now(), "Secretary", "secretary@example.org", "en")
        people.grant(tx, runtime.now(), made, PLAN, "secretariat")
    return made


def enter(runtime: Runtime, kind: str, subject: str, /, **data: Any) -> None:
    wish = {"type": kind, "subject": subject, "data": data, "reason": "As decided."}
    runtime.submit(PLAN, wish, system("system:cli"), "cli")


def drafted(runtime: Runtime) -> list[str]:
    with runtime.database.read() as tx:
        return [one.step for one in outbox.letters_of(tx, PLAN, outbox.NO_ROUND)]


@sqlite_only
def test_readiness_is_drafted_90_60_and_30_days_before_a_review_and_each_quarter_once(
    runtime: Runtime, clock: Clock, mail: MailServer, boss: str
) -> None:
    starts = date(2024, 10, 9)
    enter(runtime, "ReviewRescheduled", "review/africa", starts_on=starts.isoformat(), ends_on="2024-10-10")
    found: dict[str, str] = {}
    for days in (100, 90, 89, 61, 60, 30, 29, 1, 0, -1):
        clock.set((starts - timedelta(days=days)).isoformat())
        for _ in range(2):
            upkeep.draft_readiness(runtime)
        found |= {step: f"{days}" for step in drafted(runtime) if step not in found}
    assert found == {
        "readiness-2024-Q3": "100",
        "readiness-africa-2024-10-09-90": "90",
        "readiness-africa-2024-10-09-60": "60",
        "readiness-africa-2024-10-09-30": "30",
        "readiness-2024-Q4": "1",
    }
    clock.set((starts - timedelta(days=20)).isoformat())
    jobs.deliver_letters(runtime)
    (africa,) = [one for one in mail.received if one["Subject"] == "Readiness for the review: Africa"]
    assert "Consultations: missing" in text_of(africa)
    assert "https://plan.example.org/w/unnm-2022-2024/reviews/africa/readiness" in text_of(africa)


@sqlite_only
def test_a_review_that_moved_is_drafted_again_and_what_was_missed_comes_once(
    runtime: Runtime, clock: Clock, boss: str
) -> None:
    enter(runtime, "ReviewRescheduled", "review/africa", starts_on="2023-08-01", ends_on="2023-08-02")
    upkeep.draft_readiness(runtime)  # on 3 July: 29 days before; 90 and 60 went by
    about = [one for one in drafted(runtime) if "africa" in one]
    assert about == ["readiness-africa-2023-08-01-30"]
    enter(runtime, "ReviewRescheduled", "review/africa", starts_on="2023-08-20", ends_on="2023-08-21")
    upkeep.draft_readiness(runtime)
    assert [one for one in drafted(runtime) if "africa" in one][1:] == ["readiness-africa-2023-08-20-60"]
    enter(runtime, "ReviewCancelled", "review/africa")
    clock.set("2023-07-25")
    upkeep.draft_readiness(runtime)
    assert len([one for one in drafted(runtime) if "africa" in one]) == 2


@sqlite_only
def test_a_first_mail_server_after_two_years_floods_nobody(
    runtime: Runtime, clock: Clock, mail: MailServer, leads: dict[str, str], boss: str
) -> None:
    with_settings(runtime, smtp_url=None)
    for day in (
        "2023-07-03",
        "2023-07-12",
        "2023-08-01",
        "2023-10-02",
        "2023-11-02",
        "2024-01-03",
        "2024-03-01",
    ):
        clock.set(day)
        jobs.open_rounds(runtime)
        jobs.write_letters(runtime)
        jobs.close_rounds(runtime)
        upkeep.draft_readiness(runtime)
    with_settings(runtime, smtp_url=mail.url)
    clock.set("2025-07-07")
    for _ in range(2):
        for job in (jobs.open_rounds, jobs.write_letters, jobs.close_rounds, upkeep.draft_readiness):
            job(runtime)
        jobs.deliver_letters(runtime)
    assert mail.received == []
    assert set(states(runtime)) <= {"lapsed", "superseded"}


@sqlite_only
def test_a_daily_job_runs_once_a_day_and_again_at_once_where_it_failed(
    runtime: Runtime, clock: Clock
) -> None:
    runs: list[str] = []

    def check(_runtime: Runtime) -> str:
        runs.append("run")
        if len(runs) == 1:
            raise RuntimeError("not yet")
        return "fine"

    job = Job("verify", timedelta(hours=1), check, is_daily=True)
    said = []
    for _ in range(4):
        said.append(run_job(runtime, job))
        clock.pass_(hours=1)
    assert (said, len(runs)) == (["RuntimeError: not yet", "fine", "fine", "fine"], 2)
    clock.pass_(days=1)
    run_job(runtime, job)
    assert len(runs) == 3


@sqlite_only
def test_a_log_that_was_changed_fails_the_daily_check_and_says_what_to_run(runtime: Runtime) -> None:
    assert "entries are as they were written" in upkeep.verify_logs(runtime)
    with runtime.database.write() as tx:
        tx.run("DROP TRIGGER events_no_update")
        tx.run("UPDATE events SET stored = replace(stored, 'oms', 'xyz') WHERE position = 40")
    with pytest.raises(jobs.JobError, match="tracker verify"):
        upkeep.verify_logs(runtime)


@sqlite_only
def test_ended_signins_go_after_a_month_and_the_first_link_is_not_offered_again(
    runtime: Runtime, clock: Clock, boss: str
) -> None:
    with runtime.database.write() as tx:
        for _ in range(3):
            tokens.sign_in(tx, runtime.now(), tokens.make_signin_link(tx, runtime.now(), boss))
            clock.pass_(minutes=1)
        assert tokens.prune_signins(tx, runtime.now()) == 0
    clock.pass_(days=200)
    upkeep.prune(runtime)
    with runtime.database.read() as tx:
        assert tx.one("SELECT count(*) FROM signins") == (1,)
        assert tx.one("SELECT count(*) FROM signin_links") == (0,)
        assert signins.was_ever_signed_in(tx)


@sqlite_only
def test_the_list_says_when_each_job_ran_how_that_went_and_when_it_runs_next(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tick_once(runtime)
    rows = {row["job"]: row for row in listing(runtime)}
    assert list(rows) == [job.name for job in JOBS]
    assert {row["outcome"] for row in rows.values()} == {"done"}
    assert rows["verify"]["next"] == "2023-07-04T00:00:00.000000Z"
    monkeypatch.setenv("TRACKER_DATABASE_URL", runtime.settings.database_url)
    monkeypatch.setenv("TRACKER_DATA_DIR", str(runtime.settings.data_dir))
    assert main(["scheduler", "--list"]) == 0
    said = capsys.readouterr().out
    assert "verify           once a day       last 2023-07-03 09:00 UTC: done, next 2023-07-04 00:00;" in said
    assert main(["scheduler", "--list", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["jobs"]) == len(JOBS)


def test_every_job_has_words_on_the_page() -> None:
    assert set(JOB) == {job.name for job in JOBS}


def test_a_job_that_failed_is_tried_at_its_next_turn_also_a_daily_one(runtime: Runtime) -> None:
    job = Job("verify", timedelta(hours=1), _fail, is_daily=True)
    run_job(runtime, job)
    with runtime.database.read() as tx:
        (row,) = job_runs(tx)
    assert (row["outcome"], row["next_at"]) == ("failed", "2023-07-03T10:00:00.000000Z")


def _fail(_runtime: Runtime) -> str:
    raise ValueError("broken")


GUIDE = {
    "languages": ["es"],
    "url": "https://example.org/guia",
    "steward": "oms",
    "sustain_note": "La biblioteca la conserva.",
    "review_on": "2024-06-30",
}


@sqlite_only
def test_a_steward_is_asked_once_a_year_also_when_the_plan_is_closed(
    runtime: Runtime, clock: Clock, mail: MailServer, boss: str
) -> None:
    with runtime.directory(PLAN) as tx:
        ana = people.add_person(tx, runtime.now(), "Ana", "ana@example.org", "es")
        people.grant(tx, runtime.now(), ana, PLAN, "lead")
    enter(runtime, "FocalPointNamed", "workstream/3", entity="oms", person=ana)
    enter(runtime, "ProductPlanned", "product/guide", title="Guía", kind="guidance", activities=["3.1"])
    enter(runtime, "ProductPublished", "product/guide", **GUIDE)

    def asked(day: str) -> list[str]:
        clock.set(day)
        for _ in range(2):
            upkeep.ask_stewards(runtime)
        jobs.deliver_letters(runtime)
        with runtime.database.read() as tx:
            found = [one for one in outbox.letters_of(tx, PLAN) if one.kind == "steward"]
        return [f"{one.step} {'ana' if one.recipient == ana else 'boss'} {one.state}" for one in found]

    assert asked("2024-06-29") == []
    first = "guide-2024-06-30 ana accepted"
    assert asked("2024-06-30") == asked("2025-06-29") == [first]
    enter(runtime, "WorkplanClosed", "workplan")
    second = "guide-2025-06-30 ana accepted"
    assert asked("2025-07-02") == [first, second], "nobody answered, and products outlive their plan"
    letter = next(one for one in mail.received if one["To"] == "Ana <ana@example.org>")
    assert letter["Subject"] == "¿Sigue siendo válido? Guía"
    assert "https://plan.example.org/w/unnm-2022-2024/record/product-reviewed/guide" in text_of(letter)
    enter(runtime, "ProductReviewed", "product/guide", outcome="current")
    assert asked("2026-07-01") == [first, second], "a year after the answer, not before"
    with runtime.directory(PLAN) as tx:
        people.set_bounced(tx, ana, "2026-07-02T08:00:00.000000Z")
    assert asked("2026-07-03")[2:] == ["guide-2026-07-02 boss accepted"], "nobody else acts for the steward"
