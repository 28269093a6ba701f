"""The database in which logs are lived through: opened fast, wished into, altered and lost."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.databases import Hands
from tests.laws.naive_log import NaiveLog
from tests.proving import opened, unguarded
from tracker.database import Database, Transaction
from tracker.events import guards
from tracker.runtime import Runtime

ACTIVITIES = 2
START = datetime(2023, 7, 3, 12, tzinfo=UTC)
RACERS = 3


@dataclass
class World:
    """The database that examples share, the way into it, and what was done in it."""

    url: str
    folder: Path
    clock: Hands = field(default_factory=lambda: Hands(START))
    done: Counter[str] = field(default_factory=Counter)
    logs: list[NaiveLog] = field(default_factory=list)
    racers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(RACERS))
    runtime: Runtime = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.runtime = self.open()

    def open(self) -> Runtime:
        """Open the database as a new process does; commits need not outlive the machine here, which makes them fast."""
        fast = "" if self.url.startswith("sqlite") else "&options=-csynchronous_commit%3Doff"
        made = opened(
            self.url + (fast if "?" in self.url else fast.replace("&", "?")), self.folder, self.clock
        )
        if made.database.is_sqlite:

            @sa.event.listens_for(made.database.engine, "connect")
            def _connect(connection: Any, _record: object) -> None:
                connection.execute("PRAGMA synchronous=OFF")

        return made

    def reopen(self) -> None:
        self.runtime.close()
        self.runtime = self.open()

    def close(self) -> None:
        self.racers.shutdown()
        self.runtime.close()


def wish(number: int) -> dict[str, Any]:
    """Return one of 48 wishes: late ones, some that may hold already, one in six that lacks its reason."""
    number, kind = divmod(number, 6)
    subject, note = f"activity/1.{number % ACTIVITIES + 1}", ("met", "wrote «así»", "it rained")[number % 3]
    late = {"occurred_on": ("2023-02", "2022-Q4", "2023-06-30")[number % 3]}
    said: dict[str, Any] = {"type": "ProgressReported", "subject": subject, "entity": "alpha"}
    match kind:
        case 0:
            return said | {
                "reason": note,
                "data": {"assessment": ("at_risk", "delayed")[number % 2], "note": note},
            }
        case 1:
            return said | late | {"data": {"assessment": "on_track", "needs": note}}
        case 2:
            return said | {"data": {"note": note, "quarter": ("2023-Q1", "2023-Q2")[number % 2]}}
        case 3:
            status = {"status": ("in_progress", "on_hold", "discontinued")[number % 3]}
            return said | {"type": "ActivityStatusChanged", "reason": note, "data": status}
        case 4:
            return said | late | {"type": "ActivityReworded", "data": {"text": {"en": f"Wording {number}"}}}
        case _:
            return said | {"data": {"assessment": "delayed"}}


def turn_over(tx: Transaction, workplan: str, pick: int, at: int, bit: int) -> int:
    """Turn over one bit of what is stored and return the entry that it belongs to."""
    free(tx)
    places = tx.all(
        "SELECT 'stored', position FROM events WHERE workplan = ? UNION ALL"
        " SELECT 'salt', position FROM texts WHERE workplan = ? UNION ALL"
        " SELECT 'hash', idx + 1 FROM tree_nodes WHERE workplan = ? AND level = 0 ORDER BY 2, 1",
        *[workplan] * 3,
    )
    column, position = places[(pick * 31 + at) % len(places)]
    table, where = {
        "stored": ("events", "position = ?"),
        "salt": ("texts", "position = ?"),
        "hash": ("tree_nodes", "level = 0 AND idx + 1 = ?"),
    }[column]
    row = tx.one(f"SELECT {column} FROM {table} WHERE workplan = ? AND {where}", workplan, position)
    assert row
    content = bytearray(row[0])
    content[at % len(content)] ^= 1 << bit
    tx.run(f"UPDATE {table} SET {column} = ? WHERE workplan = ? AND {where} AND {column} = ?",
           bytes(content), workplan, position, row[0])  # fmt: skip
    return int(position)


def free(tx: Transaction) -> None:
    """Let a transaction change the log, as who owns the database can."""
    if tx.is_sqlite:
        unguarded(tx)
    else:
        tx.run("SET LOCAL session_replication_role = replica")


def lose(database: Database, workplan: str) -> None:
    """Remove every row of a log."""
    tables = (
        "events",
        "tree_nodes",
        "texts",
        "idempotency_keys",
        "signed_heads",
        "plan_states",
        "plan_current",
        "plan_checkpoints",
        "plan_fragments",
        "plan_bundles",
    )
    with database.write() as tx:
        free(tx)
        for table in (*tables, "workplan_heads"):
            tx.run(f"DELETE FROM {table} WHERE workplan = ?", workplan)
        guards.put_back(tx) if tx.is_sqlite else None
