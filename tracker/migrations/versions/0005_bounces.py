"""Addresses that take no mail, and what a letter that is no digest is about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("bounced_at", sa.Text))
    op.add_column("letters", sa.Column("about", sa.Text))
