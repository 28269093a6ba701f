"""The ticker's own table: who leads. It does not decide what is due."""

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
