"""The two engines, SQLite and PostgreSQL, and how a transaction begins on each."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.pool import PoolProxiedConnection

from tracker.errors import SettingsError, UnavailableError

try:  # the interpreter's own SQLite is often one with the WAL-reset corruption bug (fixed in 3.51.3)
    import pysqlite3
except ImportError:  # pragma: no cover - a platform without the wheel
    pysqlite3 = sqlite3

SAFE_WAL = (3, 51, 3)
BUSY_SECONDS = 10

metadata = sa.MetaData()


class Transaction:
    """One open transaction. SQL is written once, with ``?``; the driver's own cursor runs it.

    SQLAlchemy keeps schema and pool; a statement of its Core costs about 0.1 ms more than the driver's, which the
    append would pay a dozen times (ADR 6).
    """

    __slots__ = ("_core", "_cursor", "is_sqlite")

    def __init__(
        self, connection: PoolProxiedConnection, core: Callable[[], sa.Connection], *, is_sqlite: bool
    ) -> None:
        self.is_sqlite, self._core = is_sqlite, core
        self._cursor: Any = connection.cursor()

    @property
    def core(self) -> sa.Connection:
        """The SQLAlchemy connection of the same transaction, for queries that are not hot."""
        return self._core()

    def close(self) -> None:
        """Let go of the driver's cursor; after this the transaction answers nothing.

        A cursor of SQLite that is forgotten instead resets, whenever it is collected, a statement that the connection
        may be running for somebody else by then: their row is cut short. Refusals are what forgets them, for a
        traceback keeps its frames until the collector comes.
        """
        self._cursor.close()

    def _run(self, sql: str, values: Sequence[Any]) -> Any:
        self._cursor.execute(sql if self.is_sqlite else sql.replace("?", "%s"), values)
        return self._cursor

    def all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._run(sql, values).fetchall()  # type: ignore[no-any-return]

    def one(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        return self._run(sql, values).fetchone()  # type: ignore[no-any-return]

    def run(self, sql: str, *values: Any) -> int:
        """Run a statement and return how many rows it touched."""
        return self._run(sql, values).rowcount  # type: ignore[no-any-return]

    def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            self._cursor.executemany(sql if self.is_sqlite else sql.replace("?", "%s"), rows)


class Database:
    """An engine with the two ways in: :meth:`read` (one snapshot) and :meth:`write`."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._begun = engine.execution_options(tracker_begin="done")
        self._write = engine.execution_options(tracker_begin="write")
        self._turn = threading.Lock()

    def read(self) -> contextlib.AbstractContextManager[Transaction]:
        """Open a snapshot: every query in it sees the same moment."""
        return self._snapshot()

    @contextlib.contextmanager
    def _snapshot(self) -> Iterator[Transaction]:
        # By the pool and the driver: SQLAlchemy's connection and transaction took a third of a small read. Giving the
        # connection back to the pool ends the transaction, and finds out if the server is gone.
        try:
            connection = self.engine.raw_connection()
            try:
                _begin(connection.driver_connection, is_sqlite=self.is_sqlite, reading=True)
                core = functools.cache(lambda: sa.Connection(self._begun, connection))
                with contextlib.closing(Transaction(connection, core, is_sqlite=self.is_sqlite)) as tx:
                    yield tx
            finally:
                connection.close()
        except _FAULTS as error:
            if isinstance(error, _MISTAKES):
                raise
            raise unavailable(error) from error

    def write(self) -> contextlib.AbstractContextManager[Transaction]:
        """Open a transaction that commits on leaving, or undoes everything on an exception.

        Raises:
            UnavailableError: the database is locked, full, unwritable or gone; nothing is known to be saved.
        """
        return self._next_writer() if self.is_sqlite else self._begin(self._write)

    @contextlib.contextmanager
    def _next_writer(self) -> Iterator[Transaction]:
        """Let the writers of this process queue: SQLite itself lets them poll, and some are overtaken for seconds.

        Half of the time for the queue, half for the lock of another process: nobody waits for twice as long.
        """
        if not self._turn.acquire(timeout=BUSY_SECONDS / 2):
            raise unavailable(TimeoutError("database is locked"))
        try:
            with self._begin(self._write) as tx:
                yield tx
        finally:
            self._turn.release()

    @contextlib.contextmanager
    def _begin(self, engine: sa.Engine) -> Iterator[Transaction]:
        try:
            with engine.connect() as connection, connection.begin():
                made = Transaction(connection.connection, lambda: connection, is_sqlite=self.is_sqlite)
                with contextlib.closing(made) as tx:
                    yield tx
        except _FAULTS as error:
            if isinstance(error, _MISTAKES):
                raise
            raise unavailable(error) from error

    def close(self) -> None:
        self.engine.dispose()


def _fault_types() -> tuple[type[BaseException], ...]:
    import psycopg  # noqa: PLC0415 - 60 ms that `tracker --help` need not pay

    return (
        sa.exc.DatabaseError,
        sa.exc.InterfaceError,
        sa.exc.TimeoutError,  # every connection of the pool is taken
        pysqlite3.DatabaseError,
        psycopg.OperationalError,
        psycopg.InterfaceError,
        psycopg.errors.ReadOnlySqlTransaction,  # a server that was the primary a moment ago
    )


_FAULTS: tuple[type[BaseException], ...] = ()
_MISTAKES = (pysqlite3.IntegrityError, sa.exc.IntegrityError, sa.exc.ProgrammingError, sa.exc.DataError)
"""Errors of the same families that are ours, not the database's."""


def unavailable(error: BaseException) -> UnavailableError:
    said = str(getattr(error, "orig", error)).strip().splitlines() or [type(error).__name__]
    return UnavailableError(
        "The database did not take this: {said}",
        said=said[0],
        way_out="Nothing is known to be saved. Send the same request again with the same Idempotency-Key.",
    )


def open_database(url: str, *, pool_size: int = 16) -> Database:
    """Return the database at ``url`` (``sqlite:///path`` or ``postgresql://...``), ready for use.

    Raises:
        SettingsError: the SQLite found cannot be trusted with a write-ahead log.
    """
    global _FAULTS  # noqa: PLW0603 - filled once, see _fault_types
    _FAULTS = _FAULTS or _fault_types()
    if url.startswith("sqlite"):
        return Database(_sqlite(url, pool_size))
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(
        parsed, pool_size=pool_size, max_overflow=0, pool_pre_ping=True, pool_timeout=BUSY_SECONDS
    )

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        # A stopped writer must not stop all others. Half, because whoever waits for a row may wait twice: its turn
        # among those waiting, and then for the one who holds it.
        connection.execute(f"SET lock_timeout = {BUSY_SECONDS * 500}")
        connection.commit()

    sa.event.listen(engine, "begin", _on_begin)
    return Database(engine)


def _on_begin(connection: sa.Connection) -> None:
    """Begin SQLAlchemy's transactions as ours; where the driver began one already there is nothing to do."""
    if connection.get_execution_options().get("tracker_begin") != "done":
        is_sqlite = connection.dialect.name == "sqlite"
        _begin(connection.connection.driver_connection, is_sqlite=is_sqlite, reading=False)


def _begin(driver: Any, *, is_sqlite: bool, reading: bool) -> None:
    """Begin a transaction on the driver's connection; SQLAlchemy's way to it costs as much as the statement."""
    if is_sqlite:
        driver.execute("BEGIN" if reading else "BEGIN IMMEDIATE")
    elif bool(driver.read_only) != reading:
        # Said in the driver's own BEGIN, which spares a way to the server and back. Never READ WRITE: a server that is
        # no longer the primary refuses that in other words than a write.
        import psycopg  # noqa: PLC0415 - see _fault_types

        driver.read_only = reading or None
        driver.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ if reading else None


def _sqlite(url: str, pool_size: int) -> sa.Engine:
    version = tuple(int(part) for part in pysqlite3.sqlite_version.split("."))
    if version < SAFE_WAL or version == (3, 52, 0):
        raise SettingsError(
            "SQLite {version} can corrupt a write-ahead log (fixed in 3.51.3)",
            version=pysqlite3.sqlite_version,
            way_out="Install the requirements again (they bring pysqlite3), or set TRACKER_DATABASE_URL to PostgreSQL.",
        )
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        module=pysqlite3,
        poolclass=sa.pool.QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        connect_args={"timeout": BUSY_SECONDS / 2, "check_same_thread": False},
    )

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # or the driver opens transactions of its own, and updates are lost
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    sa.event.listen(engine, "begin", _on_begin)
    return engine


SQLITE_PRAGMAS: tuple[str, ...] = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "mmap_size=1099511627776",  # a past plan lies scattered: a third faster. A disk failing a read ends the process
)


def migrate(url: str) -> None:
    """Bring the database at ``url`` to the newest schema; does nothing where it already is."""
    from alembic import command  # noqa: PLC0415 - only needed here, and slow to import

    command.upgrade(alembic_config(url), "head")


def alembic_config(url: str) -> Any:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    return config


def is_migrated(database: Database) -> bool:
    """Return whether the schema is the newest one."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    head = ScriptDirectory.from_config(alembic_config("")).get_current_head()
    with database.read() as tx:
        return MigrationContext.configure(tx.core).get_current_revision() == head
