"""A writer that is stopped while it holds the lock: the others are told in time, and nothing is half done."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from tests.faults import holding, shim, trial
from tracker import database
from tracker.errors import UnavailableError
from tracker.runtime import Runtime

BUSY = 1
"""Seconds; ten as shipped."""


@pytest.fixture
def runtime(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    monkeypatch.setattr(database, "BUSY_SECONDS", BUSY)
    made = trial.installed(database_url)
    trial.submit(made, 0)
    yield made
    made.close()


@contextlib.contextmanager
def holder(runtime: Runtime) -> Iterator[subprocess.Popen[str]]:
    """Start a process that holds the lock, and stop it there."""
    url = runtime.database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.faults.holding", url]
    process = subprocess.Popen(
        command, cwd=shim.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "holding\n"
        process.send_signal(signal.SIGSTOP)
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def refused_in_time(runtime: Runtime) -> None:
    """Let four writers try at once; each must be refused within the busy timeout and a second."""
    waited: list[float] = []

    def attempt(number: int) -> None:
        began = time.monotonic()
        with pytest.raises(UnavailableError):
            trial.submit(runtime, number)
        waited.append(time.monotonic() - began)

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(waited) == 4
    assert all(BUSY * 0.4 < seconds < BUSY + 1 for seconds in waited), waited


def test_others_are_refused_in_time_and_all_is_well_when_it_goes_on(runtime: Runtime) -> None:
    with holder(runtime) as process:
        refused_in_time(runtime)
        with runtime.ask(trial.WORKPLAN) as view:
            assert view.end.position == 13, "readers go on, and see nothing of it"
        trial.check(runtime.database)
        process.send_signal(signal.SIGCONT)
        said, _ = process.communicate("\n", timeout=20)
        assert said == "14\n"
    again = [trial.submit(runtime, number) for number in range(1, 5)]
    assert [one.first_position for one in again] == [15, 16, 17, 18]
    trial.check(runtime.database)


def test_when_it_is_killed_the_lock_is_free_and_nothing_of_it_remains(runtime: Runtime) -> None:
    with holder(runtime) as process:
        process.kill()
        process.wait()
        began = time.monotonic()
        done = trial.submit(runtime, 1)
        assert time.monotonic() - began < BUSY
    assert done.first_position == 14
    retried = trial.submit(runtime, holding.NUMBER, holding.KEY)
    assert (retried.first_position, retried.is_repeat) == (15, False)
    trial.check(runtime.database)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_another_workplan_does_not_wait(runtime: Runtime) -> None:
    runtime.adopt("other", trial.founding("other"))
    with holder(runtime):
        began = time.monotonic()
        done = runtime.submit("other", trial.report(1), trial.WRITER, "cli", "elsewhere")
        assert time.monotonic() - began < BUSY
    assert done.first_position == 13


def test_control_a_longer_timeout_would_be_noticed(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", BUSY * 5)
    patient = trial.installed(sqlite_url)
    with trial.closing(patient), holder(patient), pytest.raises(AssertionError):
        refused_in_time(patient)
