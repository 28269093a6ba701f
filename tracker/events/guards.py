"""The triggers that let the database itself refuse to change what was recorded: whether they stand; putting them back.

The migrations make them. Whoever may alter the schema can take them away, and then change an entry without a word.
"""

from __future__ import annotations

from tracker.database import Transaction

TABLES = ("events", "tree_nodes", "signed_heads")
_REFUSING = "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
_CHANGES = "CREATE TRIGGER {table}_no_{name} BEFORE {action} ON {table} " + _REFUSING
_REPLACEMENTS = (  # an INSERT OR REPLACE deletes without asking a trigger on DELETE
    "CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ({taken}) " + _REFUSING
)
_TAKEN = {
    "events": (
        "SELECT 1 FROM events WHERE workplan = NEW.workplan AND position = NEW.position UNION ALL"
        " SELECT 1 FROM events WHERE workplan = NEW.workplan AND subject = NEW.subject AND version = NEW.version"
    ),
    "tree_nodes": (
        "SELECT 1 FROM tree_nodes WHERE workplan = NEW.workplan AND level = NEW.level AND idx = NEW.idx"
    ),
}
SQLITE = {
    f"{table}_no_{action.lower()}": _CHANGES.format(table=table, name=action.lower(), action=action)
    for table in TABLES
    for action in ("UPDATE", "DELETE")
} | {f"{table}_no_replace": _REPLACEMENTS.format(table=table, taken=taken) for table, taken in _TAKEN.items()}
"""``{trigger: the statement that makes it}``: SQLite keeps the words in which the migrations made it."""
STANDS = "stands"
REFUSAL = " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END "


def fallen(tx: Transaction) -> list[str]:
    """Return, in words, which guards are not as the migrations made them; none: the database refuses every change."""
    if tx.is_sqlite:
        held = {row[0]: row[1] for row in tx.all(_SQLITE_HELD)}
        return [
            f"{name} is {'another than it was' if name in held else 'missing'}"
            for name, made in SQLITE.items()
            if held.get(name) != made
        ]
    found = {row[0]: row[1] for row in tx.all(_POSTGRESQL_HELD, REFUSAL)}
    states = {f"{table}_append_only": found.get(table, "is missing") for table in TABLES}
    wrong = [f"{name} {state}" for name, state in states.items() if state != STANDS]
    role = tx.one("SELECT current_setting('session_replication_role')")
    return (
        [*wrong, "no trigger fires: session_replication_role is replica"] if role == ("replica",) else wrong
    )


def put_back(tx: Transaction) -> None:
    """Make every guard anew."""
    if tx.is_sqlite:
        for name, made in SQLITE.items():
            tx.run(f"DROP TRIGGER IF EXISTS {name}")
            tx.run(made)
        return
    refusal = REFUSAL.replace("%", "%%")  # as the driver wants it
    tx.run(f"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $${refusal}$$")
    for table in TABLES:
        tx.run(
            f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        tx.run(f"ALTER TABLE {table} ENABLE TRIGGER {table}_append_only")


_SQLITE_HELD = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
# Of pg_trigger.tgtype: 58 is BEFORE (2), DELETE (8), UPDATE (16), TRUNCATE (32), for the statement.
_POSTGRESQL_HELD = (
    "SELECT c.relname, CASE WHEN t.tgenabled NOT IN ('O', 'A') THEN 'is disabled'"
    " WHEN t.tgtype <> 58 OR t.tgqual IS NOT NULL OR t.tgattr <> '' OR p.prosrc <> ?"
    " THEN 'is another than it was' ELSE 'stands' END"
    " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
    " WHERE c.relnamespace = current_schema()::regnamespace AND t.tgname = c.relname || '_append_only'"
)
