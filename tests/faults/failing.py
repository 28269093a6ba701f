"""Reports while writes, syncs and truncations fail, one after the other; then while the disk is full.

Usage: python -m tests.faults.failing URL each|full|mounted|limited [--trusting]
    each     the n-th call fails once, n = 1, 2, ... until a whole request meets no failure (with the shim)
    full     from the n-th write on everything fails, until space is made (with the shim)
    mounted  the database lies on a small disk, which another file fills up
    limited  no file may grow any more (RLIMIT_FSIZE), which is another error to SQLite than a full disk
Whoever was told "unavailable" sends the same again under the same key. Prints what happened, as JSON.
``--trusting`` is the control: a writer that counts as saved what it was told is not known to be.
"""

from __future__ import annotations

import errno
import json
import resource
import shutil
import sys
from collections import Counter
from pathlib import Path

from tests.faults import trial
from tests.faults.shim import SYNC, TRUNCATE, WRITE, Inside
from tracker import database
from tracker.errors import UnavailableError
from tracker.runtime import Runtime

FAILURES = ((WRITE, errno.EIO), (WRITE, errno.ENOSPC), (SYNC, errno.EIO), (TRUNCATE, errno.EIO))


class Writer:
    """Reports under new keys, and remembers what it was told."""

    def __init__(self, runtime: Runtime, *, is_trusting: bool) -> None:
        self.runtime, self.is_trusting = runtime, is_trusting
        self.number = 0
        self.told: list[trial.Acknowledged] = []
        self.seen: Counter[str] = Counter()

    def attempt(self) -> bool:
        """Report under the present key and return whether that was acknowledged."""
        key = f"key-{self.number}"
        try:
            done = trial.submit(self.runtime, self.number, key)
        except UnavailableError:
            self.seen["unavailable"] += 1
            if self.is_trusting:
                self.told.append(trial.Acknowledged(key, 1_000_000, ""))
            return False
        self.seen["was there already" if done.is_repeat else "acknowledged"] += 1
        self.told.append(trial.acknowledged(self.runtime.database, done, key))
        return True

    def again(self) -> None:
        """Go on: the same key until it is acknowledged, at most twice."""
        assert self.attempt() or self.attempt(), "still unavailable after the failure was gone"

    def next(self) -> None:
        self.number += 1


def each(writer: Writer) -> None:
    shim = Inside()
    for kinds, error in FAILURES:
        for after in range(1, 1000):
            writer.next()
            shim.fail(kinds, after, error)
            is_done = writer.attempt()
            fired = shim.mend()
            if (
                is_done
            ):  # what failed was carrying the log over, or nothing; let that be done once before the next
                writer.next()
            writer.again()
            writer.seen["failures"] += fired
            if after % 10 == 1:
                trial.check(writer.runtime.database, writer.told)
            if not fired:
                break


def full(writer: Writer) -> None:
    shim = Inside()
    for after in (1, 2, 5, 13, 29, 47):
        writer.next()
        shim.fail(WRITE, after, errno.ENOSPC, stays=True)
        while writer.attempt():
            writer.next()
        _read_and_fail_again(writer)
        writer.seen["failures"] += shim.mend()
        writer.again()
        trial.check(writer.runtime.database, writer.told)


def limited(writer: Writer) -> None:
    path = Path(str(writer.runtime.database.engine.url.database))
    for room in (0, 10_000, 50_000):
        writer.next()
        writer.again()
        largest = max(one.stat().st_size for one in path.parent.iterdir())
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + room, resource.RLIM_INFINITY))
        writer.next()
        while writer.attempt():
            writer.next()
            assert writer.number < 1000
        _read_and_fail_again(writer)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        writer.again()
        trial.check(writer.runtime.database, writer.told)


def mounted(writer: Writer) -> None:
    path = Path(str(writer.runtime.database.engine.url.database))
    ballast = path.with_name("ballast")
    for room in (0, 40_000, 200_000):
        writer.next()
        writer.again()
        free = shutil.disk_usage(path.parent).free
        ballast.write_bytes(bytes(max(0, free - room)))
        writer.next()
        while writer.attempt():
            writer.next()
            assert writer.number < 1000
        _read_and_fail_again(writer)
        ballast.unlink()
        writer.again()
        trial.check(writer.runtime.database, writer.told)


def _read_and_fail_again(writer: Writer) -> None:
    """What is there can be read meanwhile; what is new is refused, as often as it is tried."""
    with writer.runtime.ask(trial.WORKPLAN) as view:
        assert view.end.position >= len({one.key for one in writer.told if one.leaf})
    assert not writer.attempt()


def main(url: str, mode: str, *flags: str) -> None:
    # The log is carried into the database after almost every commit, so that those calls fail too.
    database.SQLITE_PRAGMAS = (
        *database.SQLITE_PRAGMAS,
        f"wal_autocheckpoint={1000 if mode == 'limited' else 15}",
    )
    runtime = trial.opened(url)
    writer = Writer(runtime, is_trusting="--trusting" in flags)
    writer.attempt()
    {"each": each, "full": full, "limited": limited, "mounted": mounted}[mode](writer)
    sound = trial.check(runtime.database, writer.told)
    runtime.close()
    again = trial.opened(url)
    trial.check(again.database, writer.told)
    again.close()
    print(json.dumps(dict(writer.seen) | {"entries": sound.position, "requests": writer.number + 1}))


if __name__ == "__main__":
    main(*sys.argv[1:])
