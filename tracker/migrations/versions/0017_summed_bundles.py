"""Bundles begin with a sum to check them by; those without one go."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Fragments are read one by one until the next `tracker rebuild`, or the next checkpoint.
    op.execute("DELETE FROM plan_bundles")
    if op.get_bind().dialect.name == "postgresql":  # they are packed already
        op.execute("ALTER TABLE plan_bundles ALTER COLUMN body SET STORAGE EXTERNAL")
