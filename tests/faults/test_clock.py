"""Clocks that step, run back or stand still: entries stay in order, and every moment can still be asked about."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults import trial
from tests.installation import FrozenClock
from tracker.clock import instant_text
from tracker.errors import MomentError
from tracker.events.reading import read_log
from tracker.runtime import Runtime

NOON = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
"""Half an hour before summer time begins in the workplan's zone."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEPS = {
    "an hour back": (-HOUR, HOUR),
    "an hour forward, and right again": (HOUR, -HOUR),
    "a day back": (-DAY, DAY),
    "a day forward, and right again": (DAY, -DAY),
    "stuck": (timedelta(), timedelta()),
    "back and forth": (DAY, -HOUR, -DAY, HOUR, HOUR, -DAY, 2 * DAY),
}


@dataclass
class Installed:
    runtime: Runtime
    clock: FrozenClock


@pytest.fixture
def installed(database_url: str) -> Iterator[Installed]:
    clock = FrozenClock(NOON)
    runtime = trial.installed(database_url, clock)
    yield Installed(runtime, clock)
    runtime.close()


def recorded(runtime: Runtime) -> list[str]:
    with runtime.database.read() as tx:
        return [event.recorded_at for event in read_log(tx, trial.WORKPLAN)]


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
def test_recorded_at_rises_and_every_moment_still_resolves(
    installed: Installed, steps: tuple[timedelta, ...]
) -> None:
    runtime, clock = installed.runtime, installed.clock
    numbers = itertools.count()
    for step in (timedelta(), *steps):
        clock.now += step
        for _ in range(3):
            trial.submit(runtime, next(numbers))
        with runtime.ask(trial.WORKPLAN) as view:
            assert view.question.position == view.end.position
    instants = recorded(runtime)
    assert all(before < after for before, after in itertools.pairwise(instants))
    for position, instant in enumerate(instants, start=1):
        with runtime.ask(trial.WORKPLAN, as_of=instant) as view:
            assert view.question.position == position
        with runtime.ask(trial.WORKPLAN, as_of=f"position:{position}") as view:
            assert view.question.position == position
    trial.check(runtime.database)


def test_a_clock_that_is_right_decides_and_a_late_one_is_overruled_by_a_microsecond(
    installed: Installed,
) -> None:
    runtime, clock = installed.runtime, installed.clock
    clock.move(days=1)
    trial.submit(runtime, 1)
    assert recorded(runtime)[-1] == instant_text(NOON + DAY)
    clock.move(days=-1)
    trial.submit(runtime, 2)
    assert recorded(runtime)[-1] == instant_text(NOON + DAY + timedelta(microseconds=1))
    clock.move(days=2)
    trial.submit(runtime, 3)
    assert recorded(runtime)[-1] == instant_text(NOON + 2 * DAY)


def test_a_moment_after_the_log_and_the_clock_is_still_the_future(installed: Installed) -> None:
    runtime, clock = installed.runtime, installed.clock
    clock.move(days=1)
    trial.submit(runtime, 1)
    clock.move(days=-1)
    with (
        pytest.raises(MomentError, match="lies in the future"),
        runtime.ask(trial.WORKPLAN, as_of=instant_text(NOON + DAY + HOUR)),
    ):
        pass


def test_control_without_the_rule_a_clock_that_runs_back_would_disorder_the_log(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.events.append.max", lambda now, _least: now, raising=False)
    trial.submit(installed.runtime, 1)
    installed.clock.move(hours=-1)
    trial.submit(installed.runtime, 2)
    instants = recorded(installed.runtime)
    assert instants[-1] < instants[-2]
