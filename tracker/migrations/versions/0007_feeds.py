"""Calendar feeds: secret addresses, each somebody's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feeds",
        sa.Column("feed", sa.Text, primary_key=True),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
        sa.Column("workplan", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("value", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
    )
    op.create_index("feeds_by_person", "feeds", ["person", "workplan"])
