"""What activities say of themselves in an answer, stored as it is said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Rows of before have none: what they say is computed from the standing until the next `tracker rebuild`.
    op.create_table(
        "plan_fragments",
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("workplan", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("workstream", sa.Text, nullable=False),
        sa.Column("overdue_after", sa.Text, nullable=False),
        sa.Column("open", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
    )
