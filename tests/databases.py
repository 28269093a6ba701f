"""The small plan of the stories in a real database, and what a database holds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.stories import Request, adoption, small_content
from tracker.clock import Clock
from tracker.database import Database
from tracker.directory.principals import Principal, system
from tracker.events.append import Appended
from tracker.runtime import Runtime, build_runtime
from tracker.settings import Settings

W = "w"
CLI = system("system:cli")
NOW = datetime(2023, 7, 3, 12, tzinfo=UTC)
FOUNDED = 13
"""The last position of the small plan."""

TABLES = (
    "workplan_heads",
    "events",
    "tree_nodes",
    "texts",
    "idempotency_keys",
    "plan_states",
    "plan_current",
)


class Hands:
    """A clock that a test sets, forwards or backwards."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


def opened(url: str, clock: Clock | None = None) -> Runtime:
    return build_runtime(Settings.from_env({"TRACKER_DATABASE_URL": url}), clock)


@contextlib.contextmanager
def founded(url: str, clock: Clock | None = None, *workplans: str) -> Iterator[Runtime]:
    """Open a migrated database and adopt the small plan in it, under each id given (default ``w``)."""
    runtime = opened(url, clock)
    try:
        for workplan in workplans or (W,):
            adopt(runtime, workplan)
        yield runtime
    finally:
        runtime.close()


def adopt(runtime: Runtime, workplan: str = W) -> Appended:
    return runtime.adopt(workplan, [adoption(), *small_content()])


def post(
    runtime: Runtime,
    *requests: Request,
    key: str | None = None,
    principal: Principal = CLI,
    workplan: str = W,
) -> Appended:
    body = requests[0] if len(requests) == 1 else list(requests)
    return runtime.submit(workplan, body, principal, "cli", key)


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of the log and its projections, in an order of its own."""
    with database.read() as tx:
        return {
            table: sorted((tuple(map(_plain, row)) for row in tx.all(f"SELECT * FROM {table}")), key=repr)
            for table in TABLES
        }


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def positions(runtime: Runtime, workplan: str = W) -> list[int]:
    with runtime.database.read() as tx:
        return [
            row[0]
            for row in tx.all("SELECT position FROM events WHERE workplan = ? ORDER BY position", workplan)
        ]


def versions(runtime: Runtime, subject: str, workplan: str = W) -> list[int]:
    with runtime.database.read() as tx:
        sql = "SELECT version FROM events WHERE workplan = ? AND subject = ? ORDER BY position"
        return [row[0] for row in tx.all(sql, workplan, subject)]
