"""SQLAlchemy-Continuum with the versions of a log in its own tables, asked for the whole plan at a position.

Started by bench_timetravel in an environment of its own. Its rows are loaded by the driver into the schema and the
indexes that it makes itself, because writing 2,000,000 versions through it would take days. It makes its indexes in
another order each time, and SQLite, to which two of them look alike, takes the one or the other by that order: a
request says which.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session, declarative_base
from sqlalchemy_continuum import make_versioned, version_class

FIELDS = (
    *("workstream", "number", "text", "status", "assessment", "reason", "note", "quarter", "entity"),
    *("window_from", "window_to", "window_source", "occurred_on", "recorded_at"),
)
INSERT_OR_UPDATE = {True: 0, False: 1}

make_versioned(user_cls=None)
Base: Any = declarative_base()


class Activity(Base):
    """An activity as one row of columns."""

    __versioned__: dict[str, Any] = {}  # noqa: RUF012 - how Continuum is told
    __tablename__ = "activity"
    id = sa.Column(sa.Integer, primary_key=True)
    for name in FIELDS:
        locals()[name] = sa.Column(sa.Text)


sa.orm.configure_mappers()
Version = version_class(Activity)
Transactions = Base.metadata.tables["transaction"]


def versions(source: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Yield ``(position, id, values)`` of every entry about an activity, from a log of the tracker."""
    said: dict[str, dict[str, Any]] = {}
    ids: dict[str, int] = {}
    texts = source.execute("SELECT position, field, text FROM texts ORDER BY position")
    text = next(texts, None)
    for position, subject, stored in source.execute(
        "SELECT position, subject, stored FROM events ORDER BY position"
    ):
        told = {}
        while text is not None and text[0] <= position:
            told[text[1]] = text[2]
            text = next(texts, None)
        if not subject.startswith("activity/"):
            continue
        event = orjson.loads(stored)
        data, values = event["data"], said.setdefault(subject, dict.fromkeys(FIELDS))
        if event["type"] == "ActivityAdded":
            values |= {"workstream": data["workstream"], "number": data["number"], "status": "not_started"}
            values["text"] = data["text"]["en"]
        elif event["type"] == "ActivityScheduled":
            values |= {"window_from": data["from"], "window_to": data["to"], "window_source": data["source"]}
        else:
            values |= {name: data.get(name) for name in ("status", "assessment", "quarter")}
            values |= {"note": told.get("/data/note"), "reason": told.get("/reason")}
            values |= {name: event.get(name) for name in ("entity", "occurred_on", "recorded_at")}
        is_first = subject not in ids
        yield (
            position,
            ids.setdefault(subject, len(ids) + 1),
            INSERT_OR_UPDATE[is_first],
            *values.values(),
        )


def load(engine: sa.Engine, log: Path) -> None:
    """Fill Continuum's tables from a log of the tracker."""
    Base.metadata.create_all(engine)
    source = sqlite3.connect(f"file:{log}?mode=ro", uri=True)
    target = engine.raw_connection()
    cursor = target.cursor()
    table = Version.__table__.name
    names = ("transaction_id", "id", "operation_type", *FIELDS)
    insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    batch: list[tuple[Any, ...]] = []
    began = dt.datetime(2023, 1, 1)  # noqa: DTZ001 - as Continuum's own column has it
    for row in versions(source):
        batch.append(row)
        if len(batch) == 10_000:
            cursor.executemany(insert, batch)
            batch = []
    cursor.executemany(insert, batch)
    cursor.execute(
        f"INSERT INTO {Transactions.name!r} (id, issued_at) SELECT transaction_id, '{began}' FROM {table}"
    )
    cursor.execute(
        f"UPDATE {table} SET end_transaction_id = later.ends FROM (SELECT rowid AS at, lead(transaction_id)"
        f" OVER (PARTITION BY id ORDER BY transaction_id) AS ends FROM {table}) AS later"
        f" WHERE later.at = {table}.rowid"
    )
    cursor.execute("ANALYZE")
    target.commit()
    target.close()


def whole(engine: sa.Engine, position: int, index: str) -> bytes:
    """Return every activity as of a position, as JSON, found by one of its indexes."""
    is_then = (
        (Version.transaction_id <= position)
        & sa.or_(Version.end_transaction_id > position, Version.end_transaction_id.is_(None))
        & (Version.operation_type != 2)
    )
    with Session(engine.execution_options(index=index)) as session:
        found = session.scalars(sa.select(Version).where(is_then).order_by(Version.id))
        return orjson.dumps([{name: getattr(one, name) for name in ("id", *FIELDS)} for one in found])


def indexed(
    connection: sa.Connection, _cursor: object, statement: str, values: Any, _context: object, _many: object
) -> tuple[str, Any]:
    """Return a statement that says by which index its rows are found."""
    index = connection.get_execution_options().get("index")
    said = f"FROM {Version.__table__.name} "
    return statement.replace(said, f"{said}INDEXED BY {index} ") if index else statement, values


def main() -> None:
    log, folder = Path(sys.argv[1]), Path(sys.argv[2])
    path = folder / "continuum.db"
    is_new = not path.exists()
    engine = sa.create_engine(f"sqlite:///{path}")
    if is_new:
        load(engine, log)
    sa.event.listen(engine, "before_cursor_execute", indexed, retval=True)
    for line in sys.stdin:
        request, took = json.loads(line), []
        for position in request.get("positions", ()):
            began, busy = time.perf_counter(), time.process_time()
            size = len(whole(engine, position, request["index"]))
            took.append((time.perf_counter() - began, time.process_time() - busy))
            assert size > 100_000, size
        print(json.dumps(took), flush=True)


if __name__ == "__main__":
    main()
