"""Identities at a provider of sign-ins, and when somebody last proved who they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("issuer", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("linked_at", sa.Text, nullable=False),
    )
    op.create_index("identities_by_person", "identities", ["person"])
    op.create_table(
        "provider_visits",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("browser", sa.Text, nullable=False),
        sa.Column("nonce", sa.Text, nullable=False),
        sa.Column("verifier", sa.Text, nullable=False),
        sa.Column("leads_to", sa.Text),
        sa.Column("is_again", sa.Boolean, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
    )
    op.add_column("signins", sa.Column("proved_at", sa.Text))
