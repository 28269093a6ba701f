"""Export, verify and restore a log of many entries: seconds and peak memory of each. Not a test: machines differ.

    python -m benchmarks.bench_verify [--entries 100000] [--heads 1000]

The log is what `Log.append` writes, in batches: reports with two sealed texts, some corrected; its heads are signed on
the way. The verifier runs as an auditor runs it, as a program of its own without any package.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

from tests.faults.trial import WORKPLAN, WRITER, founding
from tracker.database import Transaction, migrate
from tracker.events import tree
from tracker.events.append import INSERT_NODE
from tracker.events.reading import end_of
from tracker.proof.keys import sign
from tracker.runtime import Runtime, build_runtime
from tracker.settings import Settings

ACTIVITIES = 500
BATCH = 200


def opened(url: str, folder: Path) -> Runtime:
    return build_runtime(Settings.from_env({"TRACKER_DATABASE_URL": url, "TRACKER_DATA_DIR": str(folder)}))


def report(number: int) -> dict[str, Any]:
    return {
        "type": "ProgressReported",
        "subject": f"activity/1.{number % ACTIVITIES + 1}",
        "entity": "alpha",
        "reason": f"The venue was late, and so was the {number}th speaker — «otra vez».",
        "data": {
            "assessment": ("at_risk", "delayed")[number // ACTIVITIES % 2],
            "note": f"Note {number}. " * 8,
        },
    }


def fill(runtime: Runtime, entries: int, heads: int) -> None:
    runtime.adopt(WORKPLAN, founding(activities=ACTIVITIES))
    every = max(entries // heads // BATCH, 1) if heads else 0
    for start in range(0, entries, BATCH):
        batch = [report(number) for number in range(start, min(start + BATCH, entries))]
        runtime.submit(WORKPLAN, batch, WRITER, "cli")
        if every and start // BATCH % every == 0:
            sign(runtime, WORKPLAN)


# A process counts the memory of the one that started it as its own, so a small one starts it.
LAUNCHER = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(status, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def measured(what: str, command: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Run a program and print how long it took and how much memory it had at most."""
    began = time.perf_counter()
    launched = [sys.executable, "-I", "-S", "-c", LAUNCHER, *command]
    said = subprocess.run(launched, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - began
    status, busy, most = said.stdout.split()
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    print(
        f"{what:<26} {seconds:7.2f} s  {float(busy):7.2f} s busy  {int(most) / unit:6.0f} MB  exit {status}"
    )
    assert status == "0", what


def share_of_the_tree(folder: Path) -> None:
    """Print what part of an append goes into hashing the tree and writing its nodes."""
    url = f"sqlite:///{folder / 'share.db'}"
    migrate(url)
    runtime = opened(url, folder / "share")
    runtime.adopt(WORKPLAN, founding(activities=ACTIVITIES))
    spent, extend, many = [0.0], tree.extend, Transaction.many

    def timed_extend(*given: Any) -> Any:
        began = time.perf_counter()
        done = extend(*given)
        spent[0] += time.perf_counter() - began
        return done

    def timed_many(tx: Transaction, sql: str, rows: Any) -> None:
        began = time.perf_counter()
        many(tx, sql, rows)
        if sql == INSERT_NODE:
            spent[0] += time.perf_counter() - began

    tree.extend, Transaction.many = timed_extend, timed_many  # type: ignore[assignment, method-assign]
    try:
        for size, times in ((1, 600), (BATCH, 10)):
            spent[0], began = 0.0, time.perf_counter()
            for start in range(times):
                wishes = [report(start * size + number) for number in range(size)]
                runtime.submit(WORKPLAN, wishes, WRITER, "cli")
            share = spent[0] / (time.perf_counter() - began)
            print(f"{share:6.1%} of an append of {size} is spent on the tree")
    finally:
        tree.extend, Transaction.many = extend, many  # type: ignore[method-assign]
        runtime.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--heads", type=int, default=1000)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-verify-"))
    try:
        url = f"sqlite:///{folder / 'one.db'}"
        migrate(url)
        runtime = opened(url, folder / "one")
        began = time.perf_counter()
        fill(runtime, asked.entries, asked.heads)
        with runtime.database.read() as tx:
            size = end_of(tx, WORKPLAN).position
            heads = tx.one("SELECT count(*) FROM signed_heads")
        runtime.close()
        print(
            f"{size} entries, {heads[0] if heads else 0} signed heads, written in {time.perf_counter() - began:.0f} s"
        )
        run(folder, url)
        share_of_the_tree(folder)
    finally:
        shutil.rmtree(folder)


def run(folder: Path, url: str) -> None:
    own = os.environ | {"TRACKER_DATABASE_URL": url, "TRACKER_DATA_DIR": str(folder / "one")}
    there = own | {
        "TRACKER_DATABASE_URL": f"sqlite:///{folder / 'two.db'}",
        "TRACKER_DATA_DIR": str(folder / "two"),
    }
    root = Path(__file__).parents[1]
    tracker = [sys.executable, "-m", "tracker"]
    bundle = folder / "log.zip"
    measured("tracker export", [*tracker, "export", str(bundle)], root, own)
    with zipfile.ZipFile(bundle) as archive:
        (folder / "verify.py").write_bytes(archive.read("verify.py"))
    print(f"{'the export':<26} {bundle.stat().st_size / 1e6:7.1f} MB")
    for _ in range(3):
        measured("verify.py, alone", [sys.executable, "-I", "-S", "verify.py", "log.zip"], folder, own)
    measured("tracker verify", [*tracker, "verify"], root, own)
    measured("tracker import-log", [*tracker, "import-log", str(bundle)], root, there)
    measured("tracker verify, restored", [*tracker, "verify"], root, there)


if __name__ == "__main__":
    main()
