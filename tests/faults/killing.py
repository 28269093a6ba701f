"""Writer processes that are killed in mid-sentence, again and again; their client repeats what was not answered.

Run as a program it is the nursery: it imports once and forks a writer for each line on its standard input, which
makes a kill cost a tenth of a second instead of one. A writer says what was acknowledged on standard output.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults import trial
from tracker.database import Transaction
from tracker.events.append import Decision
from tracker.events.codec import encode, leaf_hash
from tracker.events.intake import read_wishes
from tracker.events.sealing import Sealer

ROOT = Path(__file__).parents[2]
THREADS = 2
LONGEST = 0.15
"""Seconds that a writer lives at most after its first acknowledgement."""


@dataclass
class Killed:
    """What the client was told by all the writers that died. ``counts``: how many requests each thread had answered."""

    told: list[trial.Acknowledged] = field(default_factory=list)
    counts: list[int] = field(default_factory=lambda: [0] * THREADS)
    kills: int = 0
    repeats: int = 0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {len(self.told)} entries acknowledged,"
            f" {self.repeats} of them recorded before the kill and told after it; none lost, none doubled"
        )


def kills(url: str, count: int, seed: int = 1, *, is_early: bool = False) -> Killed:
    """Kill ``count`` writers with SIGKILL, each in the middle of its work, and check the log after each.

    ``is_early`` lets the writers acknowledge before they commit, to see that it would be noticed.

    Raises:
        AssertionError, LogError: an acknowledged entry is missing, doubled or altered, or the log is not whole.
    """
    rng, seen = random.Random(seed), Killed()
    with trial.closing(trial.installed(url)) as runtime, nursery(url, is_early=is_early) as writers:
        for _ in range(count):
            writer = writers.start(seen.counts)
            first = writers.hear()
            take(seen, first)
            time.sleep(0 if is_early else rng.uniform(0, LONGEST))
            os.kill(writer, signal.SIGKILL)
            seen.kills += 1
            for one in writers.last_words():
                take(seen, one)
            if is_early or seen.kills % 10 == 0:
                trial.check(runtime.database, seen.told)
        trial.check(runtime.database, seen.told)
        # The client does not know what became of the requests in flight: it sends them once more, and so do we.
        for thread, number in enumerate(seen.counts):
            done = trial.submit(runtime, number, key(thread, number))
            seen.told.append(trial.acknowledged(runtime.database, done, key(thread, number)))
        trial.check(runtime.database, seen.told)
    return seen


def key(thread: int, number: int) -> str:
    return f"{thread}-{number}"


def take(seen: Killed, said: dict[str, Any]) -> None:
    seen.told.append(trial.Acknowledged(said["key"], said["position"], said["leaf"]))
    seen.counts[said["thread"]] = said["number"] + 1
    seen.repeats += said["is_repeat"]


class Nursery:
    """The process that forks writers."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def start(self, counts: list[int]) -> int:
        """Start a writer whose threads go on at these numbers; return its process id."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(counts) + "\n")
        self.process.stdin.flush()
        return int(self.hear()["pid"])

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the nursery ended"
        said: dict[str, Any] = json.loads(line)
        return said

    def last_words(self) -> Iterator[dict[str, Any]]:
        """Yield what the writer had said when it died; a line that the kill cut off was not heard."""
        while True:
            said = self.hear()
            if "dead" in said:
                return
            yield said


@contextmanager
def nursery(url: str, *, is_early: bool = False) -> Iterator[Nursery]:
    command = [sys.executable, "-m", "tests.faults.killing", url, *(["early"] if is_early else [])]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Nursery(process)
        finally:
            process.kill()


# ------------------------------------------------------------------------------------------------- the programs


def breed(url: str, *, is_early: bool) -> None:
    """Fork a writer for each line; once it is dead say so, on a line of its own."""
    with trial.closing(trial.opened(url)) as warm, warm.ask(trial.WORKPLAN):
        read_wishes(trial.report(0), Sealer())  # what is imported and built once here, no writer has to
    for line in sys.stdin:
        reading, writing = os.pipe()
        writer = os.fork()
        if writer == 0:
            os.close(reading)
            os.dup2(writing, 1)
            write(url, json.loads(line), is_early=is_early)
        os.close(writing)
        os.write(1, json.dumps({"pid": writer}).encode() + b"\n")
        said = b""
        while part := os.read(reading, 65536):
            said += part
            whole, _, said = said.rpartition(b"\n")
            os.write(1, whole + b"\n" if whole else b"")
        os.close(reading)
        os.waitpid(writer, 0)
        os.write(1, b'{"dead": true}\n')


def write(url: str, counts: list[int], *, is_early: bool) -> None:
    """Send request after request in each thread, and say each acknowledgement in one piece, until killed."""
    runtime = trial.opened(url)

    def say(**said: Any) -> None:
        os.write(1, json.dumps(said).encode() + b"\n")

    def work(thread: int, number: int) -> None:
        while True:
            sent = key(thread, number)
            answer = partial(say, key=sent, thread=thread, number=number)

            def early(_tx: Transaction, decision: Decision, answer: Callable[..., None] = answer) -> None:
                (event,) = decision.events
                answer(position=event.position, leaf=leaf_hash(encode(event)).hex(), is_repeat=False)
                time.sleep(2)

            done = trial.submit(runtime, number, sent, alongside=early if is_early else None)
            if not is_early:
                told = trial.acknowledged(runtime.database, done, sent)
                answer(position=told.position, leaf=told.leaf, is_repeat=done.is_repeat)
            number += 1

    threads = [threading.Thread(target=work, args=one, daemon=True) for one in enumerate(counts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    os._exit(1)  # a thread that ends has failed


if __name__ == "__main__":
    breed(sys.argv[1], is_early="early" in sys.argv[2:])
