"""Begins a report, says so when its rows are written and locked, and commits when it is told to go on.

Usage: python -m tests.faults.holding URL
"""

from __future__ import annotations

import sys
from typing import Any

from tests.faults import trial
from tracker.events.append import Log
from tracker.runtime import Runtime

KEY, NUMBER = "held", 7


class Holding(Runtime):
    """A runtime whose last projection waits for a line on stdin."""

    @property
    def log(self) -> Log:
        whole = super().log
        return Log(whole.database, (*whole.inline, _hold), whole.clock)


def _hold(*_append: Any) -> None:
    print("holding", flush=True)
    sys.stdin.readline()


def main(url: str) -> None:
    opened = trial.opened(url)
    runtime = Holding(opened.settings, opened.database)
    done = trial.submit(runtime, NUMBER, KEY)
    print(done.first_position, flush=True)
    runtime.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
