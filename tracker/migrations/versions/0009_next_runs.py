"""When each job of the ticker is due again, noted at the end of its run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticker_runs", sa.Column("next_at", sa.Text))
