"""Bundles of fragments at checkpoints, dropped with a text as fragments are; fragments end where others add to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

FORGET = """DELETE FROM plan_bundles WHERE workplan = old.workplan
    AND generation IN (
        SELECT generation FROM plan_generations WHERE workplan = old.workplan
        UNION SELECT generation FROM workplan_heads WHERE workplan = old.workplan
    )
    AND ending = (
        SELECT substr(subject, length(subject)) FROM events WHERE workplan = old.workplan
        AND position = old.position AND subject LIKE 'activity/%'
    );"""
SQLITE = (f"CREATE TRIGGER texts_forgotten_in_bundles AFTER DELETE ON texts BEGIN {FORGET} END",)
POSTGRESQL = (
    f"""CREATE FUNCTION forget_bundles() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        {FORGET}
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER texts_forgotten_in_bundles AFTER DELETE ON texts
        FOR EACH ROW EXECUTE FUNCTION forget_bundles()""",
)


def upgrade() -> None:
    # Bundles of entries before are made by the next `tracker rebuild`; until then fragments are read one by one.
    op.create_table(
        "plan_bundles",
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("workplan", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("ending", sa.Text, primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.execute("UPDATE plan_fragments SET open = open || substr(closing, 1, length(closing) - 1)")
    op.drop_column("plan_fragments", "closing")
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
