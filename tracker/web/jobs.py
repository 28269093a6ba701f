"""What the system does by itself: each job's last run, how it went, and when it runs again."""

from __future__ import annotations

from tracker.projections.job_runs import job_runs
from tracker.web import labels
from tracker.web.rendering import shell
from tracker.web.visits import page, visit


@shell.get("/w/<workplan>/jobs")
def jobs(workplan: str) -> tuple[str, int]:
    with visit(workplan, "rounds") as here:
        return page("jobs.html", here, items=job_runs(here.answer.tx), labels=labels)
