"""What can be searched: texts with the span of positions in which they stood, and each engine's index over them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE VIRTUAL TABLE search_index USING fts5(
        words, content='search_texts', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3'
    )""",
    "INSERT INTO search_index (search_index, rank) VALUES ('secure-delete', 1)",
    """CREATE TRIGGER search_texts_added AFTER INSERT ON search_texts BEGIN
        INSERT INTO search_index (rowid, words) VALUES (new.id, new.words);
    END""",
    """CREATE TRIGGER search_texts_removed AFTER DELETE ON search_texts BEGIN
        INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', old.id, old.words);
    END""",
    """CREATE TRIGGER texts_forgotten AFTER DELETE ON texts BEGIN
        DELETE FROM search_texts WHERE workplan = old.workplan AND sha256 = old.sha256;
    END""",
)
POSTGRESQL = (
    "ALTER TABLE search_texts ADD COLUMN vector tsvector NOT NULL",
    "CREATE INDEX search_texts_by_vector ON search_texts USING gin (vector)",
    """CREATE FUNCTION forget_searched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        DELETE FROM search_texts WHERE workplan = old.workplan AND sha256 = old.sha256;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER texts_forgotten AFTER DELETE ON texts
        FOR EACH ROW EXECUTE FUNCTION forget_searched()""",
)


def upgrade() -> None:
    op.create_table(
        "search_texts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("workplan", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("reading", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("sha256", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
    )
    op.create_index("search_texts_by_subject", "search_texts", ["workplan", "subject", "until"])
    op.create_index("search_texts_by_hash", "search_texts", ["workplan", "sha256"])
    op.create_table(
        "search_heads",
        sa.Column("workplan", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
