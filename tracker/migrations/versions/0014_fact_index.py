"""What facts say and when activities turned, in columns: an index that follows the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fact_index",
        sa.Column("workplan", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("placed_on", sa.Text, nullable=False),
        sa.Column("lag", sa.Integer),
        sa.Column("kind", sa.Text),
        sa.Column("entity", sa.Text),
        sa.Column("countries", sa.Text),
        sa.Column("objectives", sa.Text),
        sa.Column("link_countries", sa.Text),
        sa.Column("links", sa.Text),
        sa.Column("saying", sa.Text),
    )
    with_kind = sa.text("kind IS NOT NULL")
    op.create_index(
        "fact_index_by_day",
        "fact_index",
        ["workplan", "placed_on", "position"],
        sqlite_where=with_kind,
        postgresql_where=with_kind,
    )
    op.create_index(
        "fact_index_by_saying",
        "fact_index",
        ["workplan", "kind", "subject", "saying", "placed_on", "position"],
    )
    op.create_index("fact_index_by_lag", "fact_index", ["workplan", "placed_on", "lag", "position"])
    naming = sa.text("(countries IS NOT NULL OR link_countries IS NOT NULL)")
    op.create_index(
        "fact_index_naming",
        "fact_index",
        ["workplan", "placed_on"],
        sqlite_where=naming,
        postgresql_where=naming,
    )
    with_links = sa.text("links IS NOT NULL")
    op.create_index(
        "fact_index_linked",
        "fact_index",
        ["workplan", "placed_on"],
        sqlite_where=with_links,
        postgresql_where=with_links,
    )
    op.create_table(
        "turn_index",
        sa.Column("workplan", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
    )
    op.create_index("turn_index_by_subject", "turn_index", ["workplan", "subject", "position"])
    op.create_table(
        "fact_index_heads",
        sa.Column("workplan", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("turned", sa.BigInteger, nullable=False),
    )
