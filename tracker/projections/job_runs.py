"""How the last run of each of the ticker's jobs went, and when its next is due, as the ticker noted it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tracker.database import Transaction, metadata

runs = sa.Table(
    "ticker_runs",
    metadata,
    sa.Column("job", sa.Text, primary_key=True),
    sa.Column("started_at", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text),
    sa.Column("outcome", sa.Text),
    sa.Column("said", sa.Text),
    sa.Column("next_at", sa.Text),
)


def job_runs(tx: Transaction) -> list[dict[str, Any]]:
    """Return one row a job that ever ran, the latest run first.

    ``{job, started_at, ended_at, outcome, said, next_at}``; ``outcome`` is None while it runs, and after a run that
    ended without a word (a killed ticker).
    """
    rows = tx.core.execute(sa.select(runs).order_by(runs.c.started_at.desc(), runs.c.job))
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - public, named so by SQLAlchemy
