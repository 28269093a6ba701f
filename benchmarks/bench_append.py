"""Durable appends against the same rows by the raw driver, and against the library eventsourcing, on both engines.

    python -m benchmarks.bench_append [--engines sqlite postgresql] [--rounds 25] [--writers 8]

The tracker takes reports through `Runtime.submit`: validated, judged, hashed, with all their rows (head, event, tree,
text, key, standing, fragment). `raw` writes what the tracker wrote, statement by statement, into a copy of the database
from before: recorded once, so that nothing but the writing is left. eventsourcing saves aggregates that it holds.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.long_log import opened
from benchmarks.rounds import PEERS, Measured, Peer, Took, percentile, take_turns, timed
from tests import postgres
from tests.faults.trial import WRITER, founding
from tracker.database import SQLITE_PRAGMAS, Transaction, migrate, pysqlite3
from tracker.runtime import Runtime

ACTIVITIES = 200
SINGLE, BATCH = 40, 1000
NOTE = "The venue is agreed, the speakers are asked, and the summary goes out in a week. " * 2

Write = tuple[str, Any, bool]
"""A statement, its values, and whether they are many."""


def report(number: int) -> dict[str, Any]:
    return {
        "type": "ProgressReported",
        "subject": f"activity/1.{number % ACTIVITIES + 1}",
        "entity": "alpha",
        "reason": f"Reason {number}",
        "data": {
            "quarter": "2023-Q2",
            "assessment": ("at_risk", "delayed")[number // ACTIVITIES % 2],
            "note": f"{number} {NOTE}",
        },
    }


class Tracking:
    """The tracker on a database of its own; every report is about the next activity."""

    def __init__(self, url: str, folder: Path, workplan: str = "trial") -> None:
        self.runtime, self.workplan, self.number = opened(url, folder), workplan, 0

    def submit(self, count: int) -> None:
        """Record ``count`` reports in one commit, under a key."""
        bodies = [report(self.number + one) for one in range(count)]
        self.number += count
        body = bodies[0] if count == 1 else bodies
        self.runtime.submit(self.workplan, body, WRITER, "cli", f"{self.workplan}-{self.number}")


class Replaying:
    """The raw driver, which writes recorded rows."""

    def __init__(self, url: str, commits: Sequence[list[Write]]) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self._commits = iter(commits)
        if self.is_sqlite:
            self.connection = pysqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            for pragma in SQLITE_PRAGMAS:
                self.connection.execute(f"PRAGMA {pragma}")
        else:
            self.connection = psycopg.connect(url)

    def write(self) -> None:
        cursor = self.connection.cursor()
        if self.is_sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        for sql, values, are_many in next(self._commits):
            (cursor.executemany if are_many else cursor.execute)(sql, values)
        self.connection.commit()


@contextmanager
def recorded(commits: list[list[Write]]) -> Iterator[None]:
    """Keep what transactions write, from each change of a head on; reading is left out."""
    run, many = Transaction.run, Transaction.many

    def keep(tx: Transaction, sql: str, values: Any, *, are_many: bool) -> None:
        if sql.startswith("UPDATE workplan_heads"):
            commits.append([])
        commits[-1].append((sql if tx.is_sqlite else sql.replace("?", "%s"), values, are_many))

    def kept_run(tx: Transaction, sql: str, *values: Any) -> int:
        keep(tx, sql, values, are_many=False)
        return run(tx, sql, *values)

    def kept_many(tx: Transaction, sql: str, rows: Any) -> None:
        if rows:
            keep(tx, sql, rows, are_many=True)
        many(tx, sql, rows)

    Transaction.run, Transaction.many = kept_run, kept_many  # type: ignore[method-assign]
    try:
        yield
    finally:
        Transaction.run, Transaction.many = run, many  # type: ignore[method-assign]


class Place:
    """Where the databases of one engine are."""

    def __init__(self, engine: str, folder: Path) -> None:
        self.engine, self.folder, self._count = engine, folder, 0
        self.server = postgres.start(folder / "pg") if engine == "postgresql" else ""

    def blank(self) -> str:
        self._count += 1
        if self.server:
            return postgres.create_database(self.server, f"bench{self._count}")
        return f"sqlite:///{self.folder / f'{self._count}.db'}"

    def founded(self, workplans: Sequence[str] = ("trial",)) -> str:
        """Return a migrated database with workplans in it."""
        url = self.blank()
        migrate(url)
        runtime = opened(url, self.folder)
        for workplan in workplans:
            runtime.adopt(workplan, founding(workplan, ACTIVITIES))
        runtime.close()
        return url

    def copy(self, url: str) -> str:
        other = self.blank()
        if not self.server:
            with sqlite3.connect(url.removeprefix("sqlite:///")) as one:
                one.execute("VACUUM INTO ?", (other.removeprefix("sqlite:///"),))
            return other
        name = url.rsplit("/", 1)[1].partition("?")[0]
        copied = other.rsplit("/", 1)[1].partition("?")[0]
        postgres.drop_database(self.server, copied)
        return postgres.create_database(self.server, copied, name)

    def peer(self, python: Path) -> Peer:
        where = self.blank()
        return Peer(python, "peer_eventsourcing.py", self.engine, where.removeprefix("sqlite:///"))


def measure(place: Place, rounds: int, count: int, times: int, python: Path) -> Measured:
    """Time commits of ``count`` entries, ``times`` of them a turn."""
    url = place.founded()
    copies = place.copy(url), place.copy(url)
    commits: list[list[Write]] = []
    recording = Tracking(copies[0], place.folder)
    with recorded(commits):
        for _ in range((rounds + 1) * times):
            recording.submit(count)
    recording.runtime.close()
    tracking, replaying = Tracking(url, place.folder), Replaying(copies[1], commits)
    contestants: dict[str, Callable[[], list[Took]]] = {
        "tracker": lambda: [timed(lambda: tracking.submit(count)) for _ in range(times)],
        "raw": lambda: [timed(replaying.write) for _ in range(times)],
    }
    peer = place.peer(python) if python.exists() else None
    if peer:
        contestants["eventsourcing"] = lambda: peer.took({"do": "save", "times": times, "count": count})
    for contestant in contestants.values():
        contestant()
    measured = take_turns(contestants, rounds)
    tracking.runtime.close()
    replaying.connection.close()
    if peer:
        peer.close()
    return measured


def write_alone(url: str, folder: str, workplan: str, count: int, start: Any, told: Any) -> None:
    tracking = Tracking(url, Path(folder), workplan)
    start.wait()
    told.put([timed(lambda: tracking.submit(1)).wall for _ in range(count)])
    tracking.runtime.close()


def together(place: Place, url: str, workplans: Sequence[str], count: int) -> tuple[float, list[float]]:
    """Let everybody write at once: threads to one plan on SQLite, processes to their own plans on PostgreSQL."""
    if place.engine == "sqlite":
        tracking, took, lock = Tracking(url, place.folder), list[float](), threading.Lock()
        keys = iter(range(1_000_000))

        def write() -> None:
            for _ in range(count):
                with lock:
                    number = next(keys)
                key = f"{time.monotonic_ns()}-{number}"
                took.append(timed(lambda n=number, k=key: _submit(tracking.runtime, n, k)).wall)  # type: ignore[misc]

        running: list[Any] = [threading.Thread(target=write) for _ in workplans]
        began = time.perf_counter()
        for one in running:
            one.start()
        for one in running:
            one.join()
        wall = time.perf_counter() - began
        tracking.runtime.close()
        return wall, took
    context = multiprocessing.get_context("spawn")
    start, told = context.Barrier(len(workplans) + 1), context.Queue()
    arguments = [(url, str(place.folder), one, count, start, told) for one in workplans]
    running = [context.Process(target=write_alone, args=one) for one in arguments]
    for one in running:
        one.start()
    start.wait()
    began = time.perf_counter()
    took = [commit for _ in running for commit in told.get()]
    wall = time.perf_counter() - began
    for one in running:
        one.join()
    return wall, took


def _submit(runtime: Runtime, number: int, key: str) -> None:
    runtime.submit("trial", report(number), WRITER, "cli", key)


def measure_together(place: Place, rounds: int, writers: int, count: int, python: Path) -> None:
    said: dict[str, list[tuple[float, list[float]]]] = {"tracker": [], "eventsourcing": []}
    for number in range(rounds):
        plans = [f"plan{number}-{one}" for one in range(writers)] if place.server else ["trial"] * writers
        url = place.founded(plans if place.server else ("trial",))
        said["tracker"].append(together(place, url, plans, count))
        if python.exists():
            peer = place.peer(python)
            said["eventsourcing"].append(peer.ask({"do": "writers", "writers": writers, "count": count}))
            peer.close()
    for name, turns in said.items():
        if turns:
            rate = [writers * count / wall for wall, _ in turns]
            commits = [commit for _, took in turns for commit in took]
            print(
                f"{writers} writers, {name:<16}{percentile(rate, 0.5):>8.0f} a second"
                f"   p50 {percentile(commits, 0.5) * 1e3:.1f} ms   p99 {percentile(commits, 0.99) * 1e3:.1f} ms"
            )
    ratios = [one[0] / other[0] for other, one in zip(said["tracker"], said["eventsourcing"], strict=False)]
    if ratios:
        print(
            f"{writers} writers: {percentile(ratios, 0.5):.2f}x eventsourcing, median of {len(ratios)} rounds"
        )


def show(title: str, measured: Measured, count: int) -> None:
    print(f"\n{title}: {len(measured.rounds['raw'])} rounds")
    for name in measured.rounds:
        wall, busy = measured.times(name), measured.times(name, busy=True)
        print(
            f"  {name:<16}p50 {percentile(wall, 0.5) / count * 1e6:>8.0f} us an entry   p99 "
            f"{percentile(wall, 0.99) / count * 1e6:>8.0f}   busy {percentile(busy, 0.5) / count * 1e6:>7.0f}"
            f"   {measured.ratio(name, 'raw'):>6.2f}x raw   {measured.ratio(name, 'raw', busy=True):>6.2f}x busy",
            flush=True,
        )
    if "eventsourcing" in measured.rounds:
        print(f"  the tracker takes {measured.ratio('tracker', 'eventsourcing'):.2f} of eventsourcing's time")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--peers", type=Path, default=PEERS, help="the Python of the peers' environment")
    asked = parser.parse_args()
    for engine in asked.engines:
        folder = Path(tempfile.mkdtemp(prefix="bench-append-"))
        folder.chmod(0o755)
        (folder / "pg").mkdir()
        place = Place(engine, folder)
        try:
            show(f"{engine}, one entry a commit", measure(place, asked.rounds, 1, SINGLE, asked.peers), 1)
            few = max(asked.rounds // 4, 3)
            show(f"{engine}, {BATCH} entries a commit", measure(place, few, BATCH, 1, asked.peers), BATCH)
            measure_together(place, few, asked.writers, 60, asked.peers)
        finally:
            if place.server:
                postgres.stop(folder / "pg")
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
