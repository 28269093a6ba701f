"""What is typed behind a letter's link and not sent yet, who was asked to help, and what each sending recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("links", sa.Column("invitation", sa.Text))
    op.create_table(
        "drafts",
        sa.Column("workplan", sa.Text, primary_key=True),
        sa.Column("quarter", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("invitation", sa.Text, primary_key=True),
        sa.Column("activity", sa.Text, primary_key=True),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("page", sa.Text, nullable=False),
        sa.Column("saved_at", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
    )
    op.create_table(
        "invitations",
        sa.Column("invitation", sa.Text, primary_key=True),
        sa.Column("workplan", sa.Text, nullable=False),
        sa.Column("quarter", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("activities", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
    )
    op.create_table(
        "receipts",
        sa.Column("workplan", sa.Text, primary_key=True),
        sa.Column("first_position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("quarter", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("sent_at", sa.Text, nullable=False),
        sa.Column("filler_name", sa.Text),
        sa.Column("filler_email", sa.Text),
        sa.Column("disowned_at", sa.Text),
    )
    op.create_index("receipts_by_person", "receipts", ["workplan", "quarter", "person"])
