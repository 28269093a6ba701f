"""The timetable: which job runs how often. The only module that knows APScheduler, and of that only the ticker.

Times are UTC, nothing is stored, missed runs are made up for once: a job asks the database what is due, so that it does
not matter when it runs. (Stored jobs, misfire limits and cron times in local zones lose or double runs when the clock
steps or a process is away.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from schedules import jobs, upkeep
from tracker.backup import backup_daily
from tracker.clock import instant_text
from tracker.projections.job_runs import runs
from tracker.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Job:
    """A job and how often it runs. ``do`` returns what it did, in words.

    One that is daily is tried until it is done, once in a day of UTC.
    """

    name: str
    every: timedelta
    do: Callable[[Runtime], str]
    is_daily: bool = False

    @property
    def when(self) -> str:
        if self.is_daily:
            return "once a day"
        seconds = int(self.every.total_seconds())
        if seconds < 60:
            return f"every {seconds} seconds"
        minutes = seconds // 60
        return f"every {minutes} minutes" if minutes > 1 else "every minute"


JOBS = (
    Job("sign-heads", timedelta(minutes=5), jobs.sign_heads),
    Job("open-rounds", timedelta(minutes=5), jobs.open_rounds),
    Job("write-letters", timedelta(minutes=5), jobs.write_letters),
    Job("deliver-letters", timedelta(minutes=1), jobs.deliver_letters),
    Job("deliver-webhooks", timedelta(seconds=15), jobs.deliver_webhooks),
    Job("close-rounds", timedelta(minutes=5), jobs.close_rounds),
    Job("index-search", timedelta(minutes=1), upkeep.index_search),
    Job("draft-readiness", timedelta(hours=1), upkeep.draft_readiness),
    Job("ask-stewards", timedelta(hours=1), upkeep.ask_stewards),
    Job("verify", timedelta(hours=1), upkeep.verify_logs, is_daily=True),
    Job("back-up", timedelta(hours=1), backup_daily),
    Job("prune", timedelta(hours=1), upkeep.prune, is_daily=True),
)
"""In the order in which one run of all of them makes sense."""


def scheduler_of(run: Callable[[Job], None]) -> Any:
    """Return a scheduler that calls ``run`` for every job when its time has come; it is not started yet."""
    made = BackgroundScheduler(
        timezone=UTC,
        # one that waits for a mail server stops no other
        executors={"default": ThreadPoolExecutor(len(JOBS))},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    for job in JOBS:
        made.add_job(run, IntervalTrigger(seconds=job.every.total_seconds()), args=[job], id=job.name)
    return made


def listing(runtime: Runtime) -> list[dict[str, Any]]:
    """Return every job: how often it runs, when it ran last and how that went, when it is to run next."""
    with runtime.database.read() as tx:
        last = {row.job: row for row in tx.core.execute(sa.select(runs))}
    return [_row(job, last.get(job.name)) for job in JOBS]


def _row(job: Job, last: Any) -> dict[str, Any]:
    return {
        "job": job.name,
        "when": job.when,
        "last": last.started_at if last else None,
        "outcome": last.outcome if last else None,
        "said": last.said if last else None,
        "next": last.next_at if last else None,
    }


def is_done_today(job: Job, last: Any, now: datetime) -> bool:
    """Return whether a daily job need not run again before tomorrow, by the note of its last run."""
    return job.is_daily and last.outcome == "done" and last.started_at[:10] == instant_text(now)[:10]


def next_run(job: Job, ended: datetime, outcome: str) -> str:
    """Return when a job that just ended is due again."""
    if job.is_daily and outcome == "done":
        return instant_text(datetime.combine(ended.astimezone(UTC).date() + timedelta(days=1), time(), UTC))
    return instant_text(ended + job.every)
