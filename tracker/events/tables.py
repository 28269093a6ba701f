"""The tables of the log. Columns beside ``stored`` repeat what the bytes say, for finding; the bytes are the truth."""

from __future__ import annotations

import sqlalchemy as sa

from tracker.database import metadata

heads = sa.Table(
    "workplan_heads",
    metadata,
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("frontier", sa.LargeBinary, nullable=False),
    sa.Column("rights", sa.BigInteger, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("speaker", sa.Text),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("occurred_on", sa.Text, nullable=False),
    sa.Column("placed_on", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("correlation_id", sa.Text),
    sa.Column("amends", sa.BigInteger),
    sa.Column("stored", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("workplan", "subject", "version"),
    sa.Index("events_by_time", "workplan", "recorded_at"),
    sa.Index(
        "events_amending",
        "workplan",
        "amends",
        sqlite_where=sa.text("amends IS NOT NULL"),
        postgresql_where=sa.text("amends IS NOT NULL"),
    ),
    sa.Index(
        "events_amending_by_position",
        *("workplan", "position", "subject", "version"),
        sqlite_where=sa.text("amends IS NOT NULL"),
        postgresql_where=sa.text("amends IS NOT NULL"),
    ),
)

tree_nodes = sa.Table(
    "tree_nodes",
    metadata,
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("idx", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)

texts = sa.Table(
    "texts",
    metadata,
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Index("texts_by_hash", "workplan", "sha256"),
)

keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("actor", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("salt", sa.LargeBinary),
    sa.Column("body_hash", sa.Text),
    sa.Column("first_position", sa.BigInteger, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
)
