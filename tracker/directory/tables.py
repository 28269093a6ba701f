"""The tables of the directory. What opens something is stored as its hash only."""

from __future__ import annotations

import sqlalchemy as sa

from tracker.database import metadata

people = sa.Table(
    "people",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("name", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("muted_at", sa.Text),
    sa.Column("suspended_at", sa.Text),
    sa.Column("bounced_at", sa.Text),
    sa.Column("erased_at", sa.Text),
    sa.Index("people_by_email", "email"),
)

grants = sa.Table(
    "grants",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("region", sa.Text),
    sa.Column("granted_at", sa.Text, nullable=False),
)

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("token", sa.Text, primary_key=True),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
    sa.Column("prefix", sa.Text, nullable=False),
    sa.Column("workplan", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("person", sa.Text),
    sa.Column("region", sa.Text),
    sa.Column("entities", sa.Text, nullable=False),
    sa.Column("workstreams", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
    sa.Column("last_used_on", sa.Text),
    sa.Column("revoked_at", sa.Text),
)

signin_links = sa.Table(
    "signin_links",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
    sa.Column("used_at", sa.Text),
)

signins = sa.Table(
    "signins",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("seen_at", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
    sa.Column("revoked_at", sa.Text),
    sa.Column("proved_at", sa.Text),
)

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("feed", sa.Text, primary_key=True),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
    sa.Column("workplan", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("value", sa.Text),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Index("feeds_by_person", "person", "workplan"),
)

identities = sa.Table(
    "identities",
    metadata,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("linked_at", sa.Text, nullable=False),
    sa.Index("identities_by_person", "person"),
)

provider_visits = sa.Table(
    "provider_visits",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("browser", sa.Text, nullable=False),
    sa.Column("nonce", sa.Text, nullable=False),
    sa.Column("verifier", sa.Text, nullable=False),
    sa.Column("leads_to", sa.Text),
    sa.Column("is_again", sa.Boolean, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
)
