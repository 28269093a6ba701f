"""Files that were handed in on a page and wait for their confirmation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sheet_uploads",
        sa.Column("upload", sa.Text, primary_key=True),
        sa.Column("workplan", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("shared", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
    )
