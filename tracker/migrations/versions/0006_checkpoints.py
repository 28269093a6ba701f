"""Checkpoints, how far late entries reach back, and by which fold the rows of a generation were computed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_checkpoints",
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("workplan", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("places", sa.Text, nullable=False),
    )
    op.create_table(
        "plan_generations",
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("workplan", sa.Text, primary_key=True),
        sa.Column("fold", sa.Integer, nullable=False),
    )
    # Until they are computed anew, the rows there are may reach back to any day: slow, and right.
    op.add_column("plan_states", sa.Column("reaches", sa.Text, server_default=""))
    op.create_index(
        "plan_states_late",
        "plan_states",
        ["generation", "workplan", "position", "reaches", "subject", "version"],
        sqlite_where=sa.text("reaches IS NOT NULL"),
        postgresql_where=sa.text("reaches IS NOT NULL"),
    )
    op.create_index(
        "events_amending_by_position",
        "events",
        ["workplan", "position", "subject", "version"],
        sqlite_where=sa.text("amends IS NOT NULL"),
        postgresql_where=sa.text("amends IS NOT NULL"),
    )
    for table in ("plan_states", "plan_current"):
        op.drop_index(f"{table}_by_position", table)
        op.create_index(f"{table}_by_position", table, ["generation", "workplan", "position", "subject"])
