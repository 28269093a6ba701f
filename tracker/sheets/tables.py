"""The table of files that were handed in on a page and wait for their confirmation."""

from __future__ import annotations

import sqlalchemy as sa

from tracker.database import metadata

uploads = sa.Table(
    "sheet_uploads",
    metadata,
    sa.Column("upload", sa.Text, primary_key=True),
    sa.Column("workplan", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("shared", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
)
