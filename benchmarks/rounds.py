"""Timing in rounds: whoever is compared takes turns, so that a noisy minute of the machine falls on all of them."""

from __future__ import annotations

import gc
import json
import random
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PEERS = Path("/tmp/tracker-benchmarks/bin/python")  # noqa: S108 - where docs/benchmarks.md says to make it


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took, and how long this process was busy with it; in seconds."""

    wall: float
    busy: float


@dataclass(slots=True)
class Measured:
    """What each contestant took, round by round."""

    rounds: dict[str, list[list[Took]]] = field(default_factory=dict)

    def times(self, name: str, *, busy: bool = False) -> list[float]:
        return [one.busy if busy else one.wall for turn in self.rounds[name] for one in turn]

    def ratio(self, name: str, to: str, *, busy: bool = False) -> float:
        """Return the median over the rounds of how many times as long one took as another in the same round."""
        pairs = zip(self.rounds[name], self.rounds[to], strict=True)
        found = [_middle(one, busy=busy) / _middle(other, busy=busy) for one, other in pairs if one and other]
        return statistics.median(found)


def _middle(turn: Sequence[Took], *, busy: bool) -> float:
    return statistics.median(one.busy if busy else one.wall for one in turn)


def percentile(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


def timed(work: Callable[[], object]) -> Took:
    began, busy = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - began, time.process_time() - busy)


def take_turns(contestants: Mapping[str, Callable[[], list[Took]]], rounds: int, seed: int = 1) -> Measured:
    """Let everybody have one turn a round, in an order that changes."""
    measured, order = Measured({name: [] for name in contestants}), random.Random(seed)
    names = list(contestants)
    for _ in range(rounds):
        order.shuffle(names)
        for name in names:
            gc.collect()
            measured.rounds[name].append(contestants[name]())
    return measured


class Peer:
    """A contestant with packages of its own: a program that is asked line by line, and answers with what it took."""

    def __init__(self, python: Path, program: str, *arguments: str) -> None:
        path = Path(__file__).parent / program
        self._child = subprocess.Popen(
            [str(python), str(path), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.ask({"do": "begin"})

    def ask(self, request: Mapping[str, Any]) -> Any:
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.write(json.dumps(request) + "\n")
        self._child.stdin.flush()
        said = self._child.stdout.readline()
        if not said:
            raise SystemExit(f"{self._child.args!r} ended with {self._child.wait()}")
        return json.loads(said)

    def took(self, request: Mapping[str, Any]) -> list[Took]:
        return [Took(*one) for one in self.ask(request)]

    def close(self) -> None:
        assert self._child.stdin
        self._child.stdin.close()
        self._child.wait(30)
