"""The tables of letters and of the links in them. A link's handle has 256 bits and is stored as SHA-256 only."""

from __future__ import annotations

import sqlalchemy as sa

from tracker.database import metadata

letters = sa.Table(
    "letters",
    metadata,
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
    sa.Index("letters_by_state", "state", "workplan"),
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("letter", sa.Text, nullable=False),
    sa.Column("workplan", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("quarter", sa.Text, nullable=False),
    sa.Column("activities", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
    sa.Column("revoked_at", sa.Text),
    sa.Index("links_by_letter", "letter"),
)
