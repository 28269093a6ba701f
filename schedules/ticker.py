"""The ticker: runs the jobs of the timetable when their time comes, one ticker of an installation at a time."""

from __future__ import annotations

import logging
import threading

import sqlalchemy as sa

from schedules.leadership import lead, resign
from schedules.timetable import JOBS, Job, is_done_today, next_run, scheduler_of
from tracker.clock import instant_text, new_id
from tracker.errors import TrackerError
from tracker.projections.job_runs import runs
from tracker.runtime import Runtime

log = logging.getLogger(__name__)

SAID = 500


def run(runtime: Runtime, stopped: threading.Event) -> None:
    """Tick until ``stopped`` is set. A job that is running then is waited for."""
    holder = new_id()

    def turn(job: Job) -> None:
        if _leads(runtime, holder):
            run_job(runtime, job)

    scheduler = scheduler_of(turn)
    if _leads(runtime, holder):
        tick_once(runtime)  # what fell due while nobody was there
    scheduler.start()
    try:
        stopped.wait()
    finally:
        scheduler.shutdown(wait=True)
        _resign(runtime, holder)


def tick_once(runtime: Runtime) -> dict[str, str]:
    """Run every job once, in order, and return what each said; one that fails does not stop the next."""
    return {job.name: run_job(runtime, job) for job in JOBS}


def run_job(runtime: Runtime, job: Job) -> str:
    """Run a job, note how it went, and return what it said or why it failed. A daily one done today is left alone."""
    if job.is_daily and (said := _said_today(runtime, job)) is not None:
        return said
    _note(runtime, job, None, None)
    try:
        outcome, said = "done", job.do(runtime)
    except Exception as error:  # a failing job never stops the others; its next turn comes
        log.exception("the job %s failed", job.name)
        outcome, said = "failed", f"{type(error).__name__}: {error}"
    _note(runtime, job, outcome, said[:SAID])
    return said


def _said_today(runtime: Runtime, job: Job) -> str | None:
    try:
        with runtime.database.read() as tx:
            last = tx.core.execute(sa.select(runs).where(runs.c.job == job.name)).first()
    except TrackerError:
        return None  # it will be said when the job meets the same fault
    return str(last.said) if last and is_done_today(job, last, runtime.now()) else None


def _leads(runtime: Runtime, holder: str) -> bool:
    try:
        with runtime.database.write() as tx:
            return lead(tx, runtime.now(), holder)
    except TrackerError:
        log.exception("the ticker cannot reach the database")
        return False


def _resign(runtime: Runtime, holder: str) -> None:
    try:
        with runtime.database.write() as tx:
            resign(tx, holder)
    except TrackerError:
        log.exception("the ticker could not give its lease back; the next one waits for its end")


def _note(runtime: Runtime, job: Job, outcome: str | None, said: str | None) -> None:
    """Keep how the last run of a job went; a run that ends without a word has no outcome."""
    now = instant_text(runtime.now())
    try:
        with runtime.database.write() as tx:
            if outcome is None:
                tx.run(
                    "INSERT INTO ticker_runs (job, started_at) VALUES (?, ?) ON CONFLICT (job) DO UPDATE"
                    " SET started_at = excluded.started_at, ended_at = NULL, outcome = NULL, said = NULL,"
                    " next_at = NULL",
                    *(job.name, now),
                )
            else:
                tx.run(
                    "UPDATE ticker_runs SET ended_at = ?, outcome = ?, said = ?, next_at = ? WHERE job = ?",
                    *(now, outcome, said, next_run(job, runtime.now(), outcome), job.name),
                )
    except TrackerError:
        log.exception("the run of %s could not be noted", job.name)
