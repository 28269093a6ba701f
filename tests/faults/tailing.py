"""Readers that follow a log while eight writers append, two of which roll back whatever they write.

Usage of a writing process: python -m tests.faults.tailing URL FIRST WRITERS TARGET BATCH [--sequence|--deferred]
``--sequence`` is the control: the same, but with positions out of a plain sequence, as many event stores have them.
``--deferred`` is another: SQLite transactions that begin without the lock.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.faults import shim, trial
from tracker import database
from tracker.database import Database, Transaction
from tracker.errors import LogError, UnavailableError
from tracker.events.append import Log
from tracker.events.reading import end_of, read_log
from tracker.runtime import Runtime

WRITERS, PROCESSES, READERS = 8, 2, 3
CONTROL = "CREATE TABLE control (id bigserial PRIMARY KEY, writer integer NOT NULL)"


class RolledBackError(Exception):
    """What a writer that always rolls back raises after everything is written."""


class RollingBack(Runtime):
    """A runtime whose last projection undoes each append."""

    @property
    def log(self) -> Log:
        whole = super().log
        return Log(whole.database, (*whole.inline, _undo), whole.clock)


def _undo(*_append: Any) -> None:
    raise RolledBackError


# ------------------------------------------------------------------------------------------------------- writers


def write(url: str, first: int, count: int, target: int, batch: int, flag: str) -> dict[str, Any]:
    """Write on ``count`` threads until the log has ``target`` entries; return what they saw."""
    opened = trial.opened(url)
    if flag == "--deferred":
        begin = database._begin
        database._begin = lambda driver, **how: begin(driver, **how | {"reading": True})
    seen = {"appended": 0, "rolled_back": 0, "unavailable": 0, "ms": []}
    once = _write_control if flag == "--sequence" else _write_log
    threads = [
        threading.Thread(target=once, args=(opened, writer, target, batch, seen))
        for writer in range(first, first + count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    opened.close()
    return seen


def _write_log(opened: Runtime, writer: int, target: int, batch: int, seen: dict[str, Any]) -> None:
    rolls_back = writer % 4 == 3
    runtime = RollingBack(opened.settings, opened.database) if rolls_back else opened
    chance, number, position = random.Random(writer), 0, 0
    while position < target:
        number += 1
        size = 1 if chance.random() < 0.3 else chance.randint(1, batch)
        body = [trial.rewording(writer * 1_000_000 + number * batch + index) for index in range(size)]
        began = time.monotonic()
        try:
            done = runtime.submit(trial.WORKPLAN, body, trial.WRITER, "cli", f"{writer}-{number}")
        except RolledBackError:
            seen["rolled_back"] += size
            with opened.database.read() as tx:
                position = end_of(tx, trial.WORKPLAN).position
            continue
        except UnavailableError:
            seen["unavailable"] += 1
            continue
        if size == 1:
            seen["ms"].append((time.monotonic() - began) * 1000)
        seen["appended"] += size
        position = done.last_position


def _write_control(opened: Runtime, writer: int, target: int, batch: int, seen: dict[str, Any]) -> None:
    chance, newest = random.Random(writer), 0
    while newest < target:
        size = chance.randint(1, batch)
        try:
            with opened.database.write() as tx:
                for _ in range(size):
                    row = tx.one("INSERT INTO control (writer) VALUES (?) RETURNING id", writer)
                    newest = row[0] if row else newest
                time.sleep(chance.uniform(0, 0.003))  # deciding, projections, the network
                if writer % 4 == 3:
                    _undo()
        except RolledBackError:
            seen["rolled_back"] += size
        else:
            seen["appended"] += size


# ------------------------------------------------------------------------------------------------------- readers


@dataclass
class Tailed:
    """What the readers saw, and what there was to see."""

    entries: int = 0
    missed: int = 0
    gaps: list[str] = field(default_factory=list)
    disordered: int = 0
    writers: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    def milliseconds(self, share: float) -> float:
        """Return how long an append of one entry took at most for this share of them."""
        times = sorted(self.writers["ms"])
        return float(times[min(int(len(times) * share), len(times) - 1)]) if times else 0.0

    def __str__(self) -> str:
        times = (
            f"p50 {self.milliseconds(0.5):.1f} ms, p99 {self.milliseconds(0.99):.1f} ms"
            if self.writers["ms"]
            else ""
        )
        return (
            f"{self.entries} entries, {self.writers['rolled_back']} more rolled back, in {self.seconds:.0f} s:"
            f" {self.missed} missed, {len(self.gaps)} gaps, {self.disordered} out of order by {READERS} readers;"
            f" {self.writers['unavailable']} refused for the time being; {times}"
        )


Read = Callable[[Transaction, int], list[int]]


def _read_log(tx: Transaction, after: int) -> list[int]:
    return [event.position for event in read_log(tx, trial.WORKPLAN, after)]


def _read_control(tx: Transaction, after: int) -> list[int]:
    return [row[0] for row in tx.all("SELECT id FROM control WHERE id > ? ORDER BY id LIMIT 1000", after)]


def tail(url: str, target: int, batch: int = 20, *flags: str) -> Tailed:
    """Let writers write ``target`` entries while readers follow; return what the readers saw."""
    flag = flags[0] if flags else ""
    read = _read_control if flag == "--sequence" else _read_log
    found, stopped, began = Tailed(), threading.Event(), time.monotonic()
    runtime = trial.opened(url)
    seen: list[list[int]] = [[] for _ in range(READERS)]
    readers = [
        threading.Thread(target=_follow, args=(runtime.database, read, one, stopped, found), daemon=True)
        for one in seen
    ]
    each = WRITERS // PROCESSES
    command = [sys.executable, "-m", "tests.faults.tailing", url]
    numbers = [[str(first * each), str(each), str(target), str(batch)] for first in range(PROCESSES)]
    processes = [
        subprocess.Popen([*command, *number, *flags], cwd=shim.ROOT, stdout=subprocess.PIPE, text=True)
        for number in numbers
    ]
    for reader in readers:
        reader.start()
    said = [json.loads(process.communicate()[0]) for process in processes]
    stopped.set()
    for reader in readers:
        reader.join()
    found.seconds = time.monotonic() - began
    with runtime.database.read() as tx:
        whole = set(_whole(tx, is_control=flag == "--sequence"))
    runtime.close()
    found.entries = len(whole)
    found.missed = sum(len(whole - set(one)) for one in seen)
    found.disordered = sum(one != sorted(set(one)) for one in seen)
    found.writers = {name: said[0][name] + said[1][name] for name in said[0]}
    return found


def _whole(tx: Transaction, *, is_control: bool) -> list[int]:
    sql = "SELECT id FROM control" if is_control else "SELECT position FROM events"
    return [row[0] for row in tx.all(sql)]


def _follow(database: Database, read: Read, seen: list[int], stopped: threading.Event, found: Tailed) -> None:
    is_last = False
    while not is_last:
        is_last = stopped.is_set()  # once more after the last writer
        try:
            with database.read() as tx:
                fresh = read(tx, seen[-1] if seen else 0)
                while fresh:
                    seen.extend(fresh)
                    fresh = read(tx, seen[-1])
        except LogError as error:
            found.gaps.append(str(error))
        time.sleep(0.002)


if __name__ == "__main__":
    address, first, count, target, batch, *flags = sys.argv[1:]
    print(json.dumps(write(address, int(first), int(count), int(target), int(batch), "".join(flags))))
