"""Reports on several threads with the shim underneath, and marks in its journal what was acknowledged.

Usage: python -m tests.faults.journalled URL THREADS REPORTS [PRAGMA...]
A pragma replaces the one of the same name that the product sets, or comes on top.
"""

from __future__ import annotations

import sys
import threading

from tests.faults import trial
from tests.faults.shim import Inside
from tracker import database


def main(url: str, threads: str, reports: str, *pragmas: str) -> None:
    named = {pragma.split("=")[0]: pragma for pragma in (*database.SQLITE_PRAGMAS, *pragmas)}
    database.SQLITE_PRAGMAS = tuple(named.values())
    shim, failed = Inside(), list[BaseException]()
    runtime = trial.opened(url)

    def write(first: int) -> None:
        try:
            for number in range(first, int(reports), int(threads)):
                done = trial.submit(runtime, number)
                one = trial.acknowledged(runtime.database, done, f"key-{number}")
                shim.mark(f"{one.key} {one.position} {one.leaf}")
        except BaseException as error:
            failed.append(error)
            raise

    running = [threading.Thread(target=write, args=(first,)) for first in range(int(threads))]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    sys.exit(bool(failed))  # without closing: the last connection would tidy up


if __name__ == "__main__":
    main(*sys.argv[1:])
