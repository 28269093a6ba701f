"""The log with its guards, the directory, and the standings of every subject."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _log()
    _guards()
    _directory()
    _standings()


def _log() -> None:
    op.create_table(
        "workplan_heads",
        sa.Column("workplan", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
        sa.Column("rights", sa.BigInteger, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
    )
    op.create_table(
        "events",
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
    )
    op.create_index("events_by_time", "events", ["workplan", "recorded_at"])
    op.create_index(
        "events_amending",
        "events",
        ["workplan", "amends"],
        sqlite_where=sa.text("amends IS NOT NULL"),
        postgresql_where=sa.text("amends IS NOT NULL"),
    )
    op.create_table(
        "tree_nodes",
        sa.Column("workplan", sa.Text, primary_key=True),
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("idx", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "texts",
        sa.Column("workplan", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("field", sa.Text, primary_key=True),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("texts_by_hash", "texts", ["workplan", "sha256"])
    op.create_table(
        "idempotency_keys",
        sa.Column("workplan", sa.Text, primary_key=True),
        sa.Column("actor", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("body_hash", sa.Text),
        sa.Column("first_position", sa.BigInteger, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
    )


def _guards() -> None:
    """Let the database itself refuse to change or delete what was recorded."""
    if op.get_bind().dialect.name == "sqlite":
        for table in ("events", "tree_nodes"):
            for action in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        # INSERT OR REPLACE deletes without asking those (unless a connection sets recursive_triggers).
        taken = {
            "events": (
                "SELECT 1 FROM events WHERE workplan = NEW.workplan AND position = NEW.position UNION ALL"
                " SELECT 1 FROM events WHERE workplan = NEW.workplan AND subject = NEW.subject"
                " AND version = NEW.version"
            ),
            "tree_nodes": (
                "SELECT 1 FROM tree_nodes WHERE workplan = NEW.workplan AND level = NEW.level AND idx = NEW.idx"
            ),
        }
        for table, found in taken.items():
            op.execute(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ({found})"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in ("events", "tree_nodes"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC")


def _directory() -> None:
    op.create_table(
        "people",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("name", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("muted_at", sa.Text),
        sa.Column("suspended_at", sa.Text),
        sa.Column("erased_at", sa.Text),
    )
    op.create_index("people_by_email", "people", ["email"])
    op.create_table(
        "grants",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("workplan", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("region", sa.Text),
        sa.Column("granted_at", sa.Text, nullable=False),
    )
    op.create_table(
        "tokens",
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
    op.create_table(
        "signin_links",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
        sa.Column("used_at", sa.Text),
    )
    op.create_table(
        "signins",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("seen_at", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
        sa.Column("revoked_at", sa.Text),
    )


def _standings() -> None:
    for table, key in (("plan_states", True), ("plan_current", False)):
        op.create_table(
            table,
            sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("workplan", sa.Text, primary_key=True),
            sa.Column("subject", sa.Text, primary_key=True),
            sa.Column("position", sa.BigInteger, nullable=False, primary_key=key, autoincrement=False),
            sa.Column("version", sa.Integer, nullable=False),
            sa.Column("latest", sa.Text, nullable=False),
            sa.Column("state", sa.Text, nullable=False),
        )
        op.create_index(f"{table}_by_position", table, ["generation", "workplan", "position"])
