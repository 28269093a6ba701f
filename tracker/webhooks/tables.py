"""The tables of subscriptions: how far each has come, and how its last deliveries went."""

from __future__ import annotations

import sqlalchemy as sa

from tracker.database import metadata

webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("webhook", sa.Text, primary_key=True),
    sa.Column("workplan", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("filter", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("secrets", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("delivered_at", sa.Text),
    sa.Column("failing_since", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("not_before", sa.Text),
    sa.Column("why", sa.Text),
    sa.Column("claimed_by", sa.Text),
    sa.Column("claimed_until", sa.Text),
    sa.Index("webhooks_by_state", "state", "workplan"),
)
"""``position`` is that of the last entry that was delivered or is not wanted. ``secrets`` are encrypted."""

attempts = sa.Table(
    "webhook_attempts",
    metadata,
    sa.Column("attempt", sa.Text, primary_key=True),
    sa.Column("webhook", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("said", sa.Text),
    sa.Column("milliseconds", sa.Integer, nullable=False),
    sa.Index("webhook_attempts_by_webhook", "webhook", "attempt"),
)
