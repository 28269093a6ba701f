"""The whole plan as of random moments, against the present one through the same handler, and against others.

    python -m benchmarks.bench_timetravel [--entries 20000 200000 2000000] [--rounds 9] [--folder /tmp/...]

One workplan of 2,000 subjects in SQLite; one entry in twenty came late (long_log.py). Every question is asked once and
in full, by a Secretariat token: what an answer is remembered by (its ETag) never repeats. Beside it, Continuum
and a fold of the log by the raw driver answer the same. `effective_on` is asked as known at the log's end.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from werkzeug.test import EnvironBuilder

from benchmarks import long_log
from benchmarks.long_log import SUBJECTS, WORKPLAN
from benchmarks.rounds import PEERS, Measured, Peer, Took, percentile, take_turns, timed
from tracker.app import create_app
from tracker.database import migrate
from tracker.directory import tokens
from tracker.events.reading import end_of
from tracker.projections.checkpoints import EVERY

A_TURN = 8
BEYOND = EVERY // 2
"""Entries after the last checkpoint: the present lies as far from one as any moment does on the average."""
CONTINUUM = {
    "continuum, lucky": "ix_activity_version_pk_validity",
    "continuum, unlucky": "ix_activity_version_pk_transaction_id",
}
"""By which of its indexes SQLite finds its rows: chance decides when they are made (peer_continuum.py)."""
ADDRESS = f"/api/v1/workplans/{WORKPLAN}/state"


class Asking:
    """The tracker's own application over one log, asked in process, as a server calls it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.runtime = long_log.opened(url, folder)
        self.app = create_app(self.runtime)
        with self.runtime.directory(WORKPLAN) as tx:
            _, self.secret = tokens.create_token(
                tx, self.runtime.now(), tokens.Grant(WORKPLAN, "secretariat")
            )
        with self.runtime.database.read() as tx:
            self.entries = end_of(tx, WORKPLAN).position

    def get(self, query: str) -> bytes:
        environ = EnvironBuilder(
            path=ADDRESS, query_string=query, headers={"Authorization": f"Bearer {self.secret}"}
        ).get_environ()
        status: list[str] = []

        def start(said: str, _headers: object, _fault: object = None) -> Callable[[bytes], object]:
            status.append(said)
            return lambda _data: None

        answer = self.app(environ, start)
        body = b"".join(answer)
        assert status == ["200 OK"], body
        return body

    def took(self, query: str) -> Took:
        size = 0

        def ask() -> None:
            nonlocal size
            size = len(self.get(query))

        found = timed(ask)
        assert size > 1_000_000, size
        return found


def folded(connection: sqlite3.Connection, position: int) -> bytes:
    """Return the plan as a fold of the log: the newest of each field that any entry of a subject said."""
    plan: dict[str, dict[str, Any]] = {}
    rows = connection.execute(
        "SELECT subject, stored FROM events WHERE workplan = ? AND position <= ? ORDER BY position",
        (WORKPLAN, position),
    )
    for subject, stored in rows:
        event = orjson.loads(stored)
        held = plan.setdefault(subject, {})
        held.update(event["data"], recorded_at=event["recorded_at"], occurred_on=event["occurred_on"])
    return orjson.dumps(plan)


def numbers(first: int) -> Iterator[int]:
    while True:
        yield first
        first += 1


def measure(entries: int, folder: Path, rounds: int, peers: Path) -> Measured:
    """Build what is not there yet, and let everybody answer."""
    path = folder / "long.db"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        long_log.build(f"sqlite:///{path}", folder, entries + BEYOND)
    migrate(f"sqlite:///{path}")
    asking = Asking(f"sqlite:///{path}", folder)
    raw = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    chance, marks, other_marks = random.Random(entries), numbers(1), numbers(1)
    moments = range(SUBJECTS + 100, asking.entries)

    def day() -> str:
        return str((long_log.BEGINNING + timedelta(days=chance.randrange(60, long_log.DAYS - 30))).date())

    contestants: dict[str, Callable[[], list[Took]]] = {
        "now": lambda: [asking.took(f"min_position={next(marks)}") for _ in range(A_TURN)],
        "as_of": lambda: [
            asking.took(f"as_of=position:{chance.choice(moments)}&min_position={next(other_marks)}")
            for _ in range(A_TURN)
        ],
        "effective_on, first": lambda: [
            asking.took(f"effective_on={day()}&min_position={next(other_marks)}")
        ],
        "fold": lambda: [timed(lambda: folded(raw, chance.choice(moments)))],
    }
    again = day()
    contestants["effective_on, again"] = lambda: [
        asking.took(f"effective_on={again}&min_position={next(other_marks)}") for _ in range(2)
    ]
    peer = Peer(peers, "peer_continuum.py", str(path), str(folder)) if peers.exists() else None
    if peer:

        def other(index: str) -> Callable[[], list[Took]]:
            return lambda: peer.took(
                {"index": index, "positions": [chance.choice(moments) for _ in range(4)]}
            )

        contestants |= {name: other(index) for name, index in CONTINUUM.items()}
    for contestant in contestants.values():
        contestant()
    for file in folder.glob("*.db"):  # a file that was just written lies in memory, one of yesterday does not
        with file.open("rb") as held:
            while held.read(1 << 24):
                pass
    measured = take_turns(contestants, rounds)
    if peer:
        peer.close()
    raw.close()
    asking.runtime.close()
    size = path.stat().st_size
    print(f"\n{entries:,} entries, {size / 1e6:,.0f} MB: {size / entries:,.0f} bytes an entry")
    report(measured)
    return measured


def report(measured: Measured) -> None:
    print(
        f"{'':<22}{'p50 ms':>9}{'p95 ms':>9}{'busy p50':>10}{'x now':>9}{'x now, busy':>13}{'as_of in it':>13}"
    )
    for name in measured.rounds:
        wall, busy = measured.times(name), measured.times(name, busy=True)
        print(
            f"{name:<22}{percentile(wall, 0.5) * 1e3:>9.1f}{percentile(wall, 0.95) * 1e3:>9.1f}"
            f"{percentile(busy, 0.5) * 1e3:>10.1f}{measured.ratio(name, 'now'):>9.2f}"
            f"{measured.ratio(name, 'now', busy=True):>13.2f}{measured.ratio(name, 'as_of', busy=True):>13.1f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, nargs="+", default=[20_000, 200_000, 2_000_000])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/bench-timetravel"))  # noqa: S108
    parser.add_argument("--peers", type=Path, default=PEERS, help="the Python of the peers' environment")
    parser.add_argument("--keep", action="store_true", help="keep the databases for the next run")
    asked = parser.parse_args()
    found = {}
    for entries in asked.entries:
        found[entries] = measure(entries, asked.folder / str(entries), asked.rounds, asked.peers)
    middle = {size: percentile(one.times("as_of", busy=True), 0.5) for size, one in found.items()}
    base = 200_000 if 200_000 in middle else min(middle)
    for size, took in middle.items():
        print(f"as_of at {size:>9,} entries: {took / middle[base]:.2f}x that at {base:,}, busy")
    if not asked.keep:
        shutil.rmtree(asked.folder)


if __name__ == "__main__":
    main()
