"""The letters that wait and went out, the links in them, and the ticker's lease and runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letters",
        sa.Column("letter", sa.Text, primary_key=True),
        sa.Column("workplan", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("quarter", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False, unique=True),
        sa.Column("claimed_by", sa.Text),
        sa.Column("claimed_until", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("not_before", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("data_sent_at", sa.Text),
        sa.Column("settled_at", sa.Text),
        sa.Column("contents", sa.Text),
        sa.Column("error", sa.Text),
        sa.UniqueConstraint("workplan", "kind", "quarter", "step", "recipient"),
    )
    op.create_index("letters_by_state", "letters", ["state", "workplan"])
    op.create_table(
        "links",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("letter", sa.Text, nullable=False),
        sa.Column("workplan", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("quarter", sa.Text, nullable=False),
        sa.Column("activities", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
        sa.Column("revoked_at", sa.Text),
    )
    op.create_index("links_by_letter", "links", ["letter"])
    op.create_table(
        "ticker_leases",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
    )
    op.create_table(
        "ticker_runs",
        sa.Column("job", sa.Text, primary_key=True),
        sa.Column("started_at", sa.Text, nullable=False),
        sa.Column("ended_at", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("said", sa.Text),
    )
