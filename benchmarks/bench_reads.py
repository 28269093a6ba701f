"""`GET activities` of the shipped plan against a Flask hello, in process; and how soon a program is there.

    python -m benchmarks.bench_reads [--rounds 15]

`first` is an answer that nobody asked for before, `again` the same answer once more, `unchanged` a 304 to a reader who
has it. The hello is the smallest view that Flask can answer.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask
import orjson
from werkzeug.test import EnvironBuilder

from benchmarks.bench_timetravel import numbers
from benchmarks.long_log import opened
from benchmarks.rounds import Took, percentile, take_turns, timed
from tests.installation import API, WORKPLAN, furnish
from tracker.app import create_app
from tracker.database import migrate
from tracker.directory import tokens

A_TURN = 60
READY = 200


def hello_app() -> flask.Flask:
    app = flask.Flask("hello")

    @app.get("/hello")
    def hello() -> flask.Response:
        return flask.Response(orjson.dumps({"hello": "world"}), content_type="application/json")

    return app


def asking(app: flask.Flask, status: str, headers: dict[str, str]) -> Callable[[str, str], tuple[Took, str]]:
    """Return the function that asks an application and says how long that took, and the answer's ETag."""

    def ask(path: str, tag: str) -> tuple[Took, str]:
        said: list[Any] = []
        more = {"If-None-Match": tag} if tag else {}
        path, _, query = path.partition("?")
        environ = EnvironBuilder(path=path, query_string=query, headers=headers | more).get_environ()

        def start(got: str, got_headers: list[tuple[str, str]], _fault: object = None) -> Any:
            said.extend((got, got_headers))

        took = timed(lambda: b"".join(app(environ, start)))
        assert said[0].startswith(status), said
        return took, dict(said[1]).get("ETag", "")

    return ask


def lists(rounds: int, folder: Path) -> None:
    url = f"sqlite:///{folder / 'plan.db'}"
    migrate(url)
    furnish(url, folder)
    runtime = opened(url, folder)
    with runtime.directory() as tx:
        _, secret = tokens.create_token(tx, runtime.now(), tokens.Grant(WORKPLAN, "secretariat"))
    marks, headers = numbers(1), {"Authorization": f"Bearer {secret}"}
    app = create_app(runtime)
    ask, unchanged = asking(app, "200", headers), asking(app, "304", headers)
    hello = asking(hello_app(), "200", {})
    tag = ask(f"{API}/activities", "")[1]
    contestants: dict[str, Callable[[], list[Took]]] = {
        "Flask hello": lambda: [hello("/hello", "")[0] for _ in range(A_TURN)],
        "first": lambda: [
            ask(f"{API}/activities?min_position={next(marks) % 300}", "")[0] for _ in range(10)
        ],
        "again": lambda: [ask(f"{API}/activities", "")[0] for _ in range(A_TURN)],
        "unchanged": lambda: [unchanged(f"{API}/activities", tag)[0] for _ in range(A_TURN)],
    }
    measured = take_turns(contestants, rounds)
    runtime.close()
    print(f"GET activities, in process, {rounds} rounds")
    for name in measured.rounds:
        busy = measured.times(name, busy=True)
        print(
            f"  {name:<12}p50 {percentile(measured.times(name), 0.5) * 1e6:>7.0f} us   busy "
            f"{percentile(busy, 0.5) * 1e6:>7.0f}   {measured.ratio(name, 'Flask hello', busy=True):>5.2f}x hello, busy"
        )


def started(rounds: int, folder: Path) -> None:
    """Print how long `tracker --help` takes, and how long until a server on an existing database is ready."""
    tracker = [sys.executable, "-m", "tracker"]
    own = os.environ | {
        "TRACKER_DATABASE_URL": f"sqlite:///{folder / 'plan.db'}",
        "TRACKER_DATA_DIR": str(folder),
    }
    root = Path(__file__).parents[1]
    helped, ready = [], []
    for number in range(rounds):
        helped.append(
            timed(
                lambda: subprocess.run([*tracker, "--help"], cwd=root, capture_output=True, check=True)
            ).wall
        )
        began, port = time.perf_counter(), 8110 + number % 8
        with subprocess.Popen(
            [*tracker, "serve", "--port", str(port)],
            cwd=root,
            env=own,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as server:
            while not _answers(f"http://127.0.0.1:{port}/readyz"):
                time.sleep(0.02)
            ready.append(time.perf_counter() - began)
            server.terminate()
    print(
        f"tracker --help: {percentile(helped, 0.5):.2f} s; ready: {percentile(ready, 0.5):.2f} s ({rounds} starts)"
    )


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:  # noqa: S310 - our own server
            return bool(answer.status == READY)
    except OSError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-reads-"))
    try:
        lists(asked.rounds, folder)
        started(max(asked.rounds // 3, 3), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
