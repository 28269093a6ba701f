"""The ticker's own tables: who leads, and how each job's last run went. Neither decides what is due."""

from __future__ import annotations

import sqlalchemy as sa

from tracker.database import metadata

leases = sa.Table(
    "ticker_leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("until", sa.Text, nullable=False),
)

runs = sa.Table(
    "ticker_runs",
    metadata,
    sa.Column("job", sa.Text, primary_key=True),
    sa.Column("started_at", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text),
    sa.Column("outcome", sa.Text),
    sa.Column("said", sa.Text),
)
