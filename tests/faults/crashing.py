"""Writers that go on while their PostgreSQL server loses backends, is stopped at once, or is killed."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests import postgres
from tests.faults import trial
from tracker.database import migrate
from tracker.errors import UnavailableError
from tracker.runtime import Runtime

WRITERS = 4
PATIENCE = 60
"""Seconds that a writer tries the same request before the trial counts as failed."""


@dataclass
class Crashed:
    """What the writers saw."""

    told: list[trial.Acknowledged] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    """Seconds from the moment a server was there again to the next acknowledgement."""
    failures: list[BaseException] = field(default_factory=list)

    def __str__(self) -> str:
        said = ", ".join(f"{name}: {count}" for name, count in sorted(self.seen.items()))
        return f"{len(self.told)} acknowledged; {said}; at most {self.slowest:.1f} s to the first after a restart"


@contextlib.contextmanager
def server() -> Iterator[Path]:
    """Run a server that may be killed, with a migrated database in which the workplan is adopted."""
    folder = Path(tempfile.mkdtemp(prefix="tracker-pg-"))
    try:
        postgres.start(folder)
        migrate(postgres.create_database(postgres.url_of(folder), "trial"))
        trial.installed(url_of(folder)).close()
        yield folder
    finally:
        postgres.stop(folder)


def url_of(folder: Path) -> str:
    return f"postgresql://postgres@/trial?host={folder}"


def terminate_backends(folder: Path) -> None:
    with psycopg.connect(postgres.url_of(folder), autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'trial'")


def stop_at_once(folder: Path) -> None:
    postgres.halt(folder)
    postgres.resume(folder)


def kill_server(folder: Path) -> None:
    postmaster = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    for _ in range(100):  # its children notice by themselves and let go of the shared memory
        try:
            postgres.resume(folder)
        except postgres.PostgresMissingError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not start again after it was killed")


def crash(
    folder: Path,
    faults: Sequence[Callable[[Path], None]],
    chance: random.Random,
    *,
    is_trusting: bool = False,
) -> Crashed:
    """Let four writers report while one fault after the other happens; return what they were told.

    ``is_trusting`` is the control: a writer that counts as saved what it was told is not known to be.
    """
    crashed, stopped = Crashed(), threading.Event()

    def write(writer: int) -> None:
        runtime = trial.opened(url_of(folder))
        try:
            number = 0
            while not stopped.is_set():
                number += 1
                _report(runtime, crashed, writer, number, is_trusting=is_trusting)
        except BaseException as error:  # noqa: BLE001 - handed to the test
            crashed.failures.append(error)
        finally:
            runtime.close()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for fault in faults:
        time.sleep(chance.uniform(0.2, 0.7))
        fault(folder)
        crashed.seen[fault.__name__] += 1
        before, began = len(crashed.told), time.monotonic()
        while len(crashed.told) == before and any(thread.is_alive() for thread in threads):
            time.sleep(0.01)
        crashed.slowest = max(crashed.slowest, time.monotonic() - began)
    stopped.set()
    for thread in threads:
        thread.join()
    return crashed


def _report(runtime: Runtime, crashed: Crashed, writer: int, number: int, *, is_trusting: bool) -> None:
    key, began = f"{writer}-{number}", time.monotonic()
    while True:
        try:
            done = trial.submit(runtime, number, key)
            one = trial.acknowledged(runtime.database, done, key)
        except UnavailableError:
            crashed.seen["unavailable"] += 1
            if is_trusting:
                crashed.told.append(trial.Acknowledged(key, 1_000_000, ""))
                return
            if time.monotonic() - began > PATIENCE:
                raise
            time.sleep(0.02)
            continue
        crashed.seen["answered from the key"] += done.is_repeat
        crashed.told.append(one)
        return


def examine(folder: Path, crashed: Crashed) -> None:
    """Check that everything acknowledged is there, once.

    Raises:
        AssertionError: it is not, or a writer met an error that it should not.
    """
    assert crashed.failures == [], repr(crashed.failures[0])
    runtime = trial.opened(url_of(folder))
    with trial.closing(runtime):
        trial.check(runtime.database, crashed.told)
