"""Fragments hold texts: with a text goes every fragment of the activity that it was said about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Not only those that hold it: what is gone is read from the standing, and a text is removed once in years. Those of a
# rebuild that is under way or was cut short, too.
FORGET = """DELETE FROM plan_fragments WHERE workplan = old.workplan
    AND generation IN (
        SELECT generation FROM plan_generations WHERE workplan = old.workplan
        UNION SELECT generation FROM workplan_heads WHERE workplan = old.workplan
    )
    AND position IN (
        SELECT position FROM events WHERE workplan = old.workplan AND subject = (
            SELECT subject FROM events WHERE workplan = old.workplan AND position = old.position
        )
    );"""
SQLITE = (f"CREATE TRIGGER texts_forgotten_in_fragments AFTER DELETE ON texts BEGIN {FORGET} END",)
POSTGRESQL = (
    f"""CREATE FUNCTION forget_fragments() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        {FORGET}
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER texts_forgotten_in_fragments AFTER DELETE ON texts
        FOR EACH ROW EXECUTE FUNCTION forget_fragments()""",
)


def upgrade() -> None:
    # What activities say is computed from the standings until the next `tracker rebuild`.
    op.drop_table("plan_fragments")
    op.create_table(
        "plan_fragments",
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("workplan", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("workstream", sa.Text, nullable=False),
        sa.Column("overdue_after", sa.Text, nullable=False),
        sa.Column("open", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("closing", sa.Text, nullable=False),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
