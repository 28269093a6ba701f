"""What the ticker does by itself."""

from __future__ import annotations

from tracker.api.call import Answer, Asked, Call
from tracker.projections.job_runs import job_runs


def list_jobs(_call: Call, asked: Asked) -> Answer:
    """List the jobs of this installation, the latest run first: when, how it went, what it did, when it runs again."""
    return Answer({"items": job_runs(asked.view.tx), "next": None})
