"""A rebuild against reading and folding the log by the raw driver, and against a projection over eventsourcing.

    python -m benchmarks.bench_rebuild [--entries 20000] [--rounds 5]

What the raw driver does is the least there is: it reads each entry and keeps the newest fields of its subject. A
rebuild folds by the rules, compares with the rows in use and writes three rows for each entry. `folding` is its part
without comparing and writing.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import long_log
from benchmarks.bench_timetravel import folded
from benchmarks.long_log import WORKPLAN
from benchmarks.rounds import PEERS, Peer, Took, percentile, take_turns, timed
from tracker.projections.rebuilding import CHUNK, Refold, rebuild
from tracker.runtime import Runtime


def refolded(runtime: Runtime, entries: int) -> None:
    fold = Refold(WORKPLAN)
    with runtime.database.read() as tx:
        while fold.position < entries:
            fold.follow(tx, min(fold.position + CHUNK, entries))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", type=Path, default=PEERS, help="the Python of the peers' environment")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-rebuild-"))
    try:
        path = folder / "long.db"
        long_log.build(f"sqlite:///{path}", folder, asked.entries)
        runtime = long_log.opened(f"sqlite:///{path}", folder)
        raw = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        contestants: dict[str, Callable[[], list[Took]]] = {
            "raw fold": lambda: [timed(lambda: folded(raw, asked.entries))],
            "folding": lambda: [timed(lambda: refolded(runtime, asked.entries))],
            "rebuild": lambda: [timed(lambda: rebuild(runtime.database, WORKPLAN))],
        }
        peer = None
        if asked.peers.exists():
            peer = Peer(asked.peers, "peer_eventsourcing.py", "sqlite", str(folder / "es.db"))
            for _ in range(asked.entries // 1000):
                peer.ask({"do": "save", "times": 1, "count": 1000})
            contestants["eventsourcing"] = lambda: peer.took({"do": "read"})
        measured = take_turns(contestants, asked.rounds)
        if peer:
            peer.close()
        runtime.close()
        print(f"{asked.entries:,} entries, {asked.rounds} rounds")
        for name in measured.rounds:
            each = percentile(measured.times(name, busy=True), 0.5) / asked.entries * 1e6
            ratio = measured.ratio(name, "raw fold", busy=True)
            print(f"  {name:<14}{each:>8.1f} us an entry, busy   {ratio:>6.2f}x raw")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
