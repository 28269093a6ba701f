"""Random lives of a log, step by step, each held against a naive one. Hypothesis chooses, and makes failures small.

Every example is a workplan of its own in one database. At the end of each all that was promised is looked at.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.databases import CLI
from tests.faults.trial import founding
from tests.laws.naive_log import Body, NaiveLog
from tests.laws.oracle import Oracle
from tests.laws.world import ACTIVITIES, RACERS, START, World, lose, turn_over, wish
from tracker.clock import new_id
from tracker.errors import TrackerError, UnavailableError
from tracker.events.append import Appended
from tracker.projections.rebuilding import rebuild
from tracker.projections.standings import dump_state
from tracker.proof.checking import check_in
from tracker.proof.export import export
from tracker.proof.import_log import import_log
from tracker.runtime import Runtime, View

FOUNDED = 6
WISHES = st.integers(0, 47)
PICKS = st.integers(0, 63)
STEPS = (
    "append",
    "batch",
    "retry",
    "race",
    "correct",
    "retract",
    "redact",
    "rebuild",
    "restore",
    "reopen",
    "tamper",
)


class _UndoneError(Exception):
    """Ends a transaction that is only to be looked into."""


def has_grown(machine: Any) -> bool:
    return bool(machine.log.size > FOUNDED)


class LogMachine(RuleBasedStateMachine):
    """One workplan, and the naive log of what was acknowledged in it."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.world.clock.now = START
        self.runtime.ledger.path.unlink(missing_ok=True)
        self.log = NaiveLog(f"m-{len(self.world.logs):05}")
        self.world.logs.append(self.log)
        self.left = {"rebuild": 1, "restore": 1, "reopen": 1}
        body = founding(self.log.workplan, ACTIVITIES)
        done = self.runtime.adopt(self.log.workplan, body)
        with self.runtime.database.read() as tx:
            self.log.take(tx, done, body, None)

    @property
    def runtime(self) -> Runtime:
        return self.world.runtime

    # ------------------------------------------------------------------------------------------------- what is done

    def send(self, body: Body, key: str | None = None) -> None:
        """Send a request with a key that is new, and keep what was answered."""
        self.world.clock.move(hours=7)
        answer = self.answer(body, key)
        if isinstance(answer, TrackerError):
            assert answer.way_out, answer
            assert not isinstance(answer, UnavailableError), answer
            self.count("refused")
            return
        assert not answer.is_repeat, "a new key is taken for one that was used"
        with self.runtime.database.read() as tx:
            self.log.take(tx, answer, body, key)
        self.count("acknowledged")

    def answer(self, body: Body, key: str | None) -> Appended | TrackerError:
        try:
            return self.runtime.submit(self.log.workplan, body, CLI, "cli", key)
        except TrackerError as refusal:
            return refusal

    def target(self, pick: int) -> dict[str, Any]:
        """Return an entry after the founding ones."""
        later = self.log.raw[FOUNDED:]
        return later[pick % len(later)]

    def amend(self, kind: str, pick: int, **data: Any) -> None:
        target = self.target(pick)
        said = {"type": kind, "subject": target["subject"], "data": {"position": target["position"]} | data}
        self.send([said], new_id())

    @rule(number=WISHES, has_key=st.booleans())
    def append(self, number: int, has_key: bool) -> None:
        self.count("append")
        self.send([wish(number)], new_id() if has_key else None)

    @rule(numbers=st.lists(WISHES, min_size=2, max_size=3))
    def batch(self, numbers: list[int]) -> None:
        """All or nothing: the invariant sees to it that of a refused batch nothing stays."""
        self.count("batch")
        self.send([wish(number) for number in numbers], new_id())

    @precondition(lambda self: self.log.keys)
    @rule(pick=PICKS, is_same=st.booleans())
    def retry(self, pick: int, is_same: bool) -> None:
        self.count("retry")
        keys = list(self.log.keys)
        self.repeat(keys[pick % len(keys)], is_same=is_same)

    def repeat(self, key: str, *, is_same: bool) -> None:
        known = self.log.keys[key]
        again = self.answer(known.body if is_same else [*known.body, wish(2)], key)
        if known.is_spent or not is_same:
            expected = "redacted since" if known.is_spent else "another body"
            assert expected in str(again), f"a key was taken for another body, or one that is gone: {again}"
            return
        assert isinstance(again, Appended), f"the same request again is refused: {again}"
        told = (again.first_position, again.count, again.is_repeat)
        assert told == (known.first, known.count, True), "the same request again had another effect"

    @rule(number=WISHES, is_expecting=st.booleans())
    def race(self, number: int, is_expecting: bool) -> None:
        """Several at once: where all expect one version one wins, else each is recorded, in some order."""
        self.count("race")
        wishes = [wish(6 * (6 * one + number % 2) + 2) for one in range(RACERS)]
        version = sum(1 for one in self.log.raw if one["subject"] == wishes[0]["subject"])
        expected = {"expected_version": version} if is_expecting else {}
        bodies = [[one | expected] for one in wishes]
        self.world.clock.move(hours=1)
        keys = [new_id() for _ in bodies]
        barrier = threading.Barrier(RACERS)

        def run(body: Body, key: str) -> Appended | TrackerError:
            barrier.wait(20)
            return self.answer(body, key)

        answers = list(self.world.racers.map(run, bodies, keys))
        won = [(one, body, key) for one, body, key in zip(answers, bodies, keys, strict=True)
               if isinstance(one, Appended)]  # fmt: skip
        assert len(won) == (1 if is_expecting else RACERS), f"{len(won)} of {RACERS} won"
        with self.runtime.database.read() as tx:
            for one in sorted(won, key=lambda each: each[0].first_position):
                self.log.take(tx, *one)

    @precondition(has_grown)
    @rule(pick=PICKS, number=st.integers(0, 2))
    def correct(self, pick: int, number: int) -> None:
        self.count("correct")
        is_report = self.target(pick)["type"] == "ProgressReported"
        data: dict[str, Any] = {"note": "rather this", "assessment": "on_track"} if is_report else {}
        said = ({"occurred_on": "2023-01-09"}, {"reason": "it was so"}, {"data": data})[
            number if data else number % 2
        ]
        self.amend("EntryCorrected", pick, **said)

    @precondition(has_grown)
    @rule(pick=PICKS)
    def retract(self, pick: int) -> None:
        self.count("retract")
        self.amend("EntryRetracted", pick)

    @precondition(has_grown)
    @rule(pick=PICKS)
    def redact(self, pick: int) -> None:
        self.count("redact")
        texts = [
            (position, pointer)
            for position in range(1, self.log.size + 1)
            for pointer in self.log.seals(position)
        ]
        position, pointer = texts[pick % len(texts)] if texts else (1, "/reason")
        subject = self.log.raw[position - 1]["subject"]
        data = {"position": position, "field": pointer, "authority": "asked for"}
        self.send([{"type": "TextRedacted", "subject": subject, "data": data}], new_id())

    # --------------------------------------------------------------------------------------- what an operator does

    @precondition(lambda self: self.may("rebuild", 1))
    @rule()
    def rebuild(self) -> None:
        self.count("rebuild")
        assert rebuild(self.runtime.database, self.log.workplan).differing == (), "rebuilt differs from live"

    @precondition(lambda self: self.may("restore", 2))
    @rule()
    def restore(self) -> None:
        """Export the log, lose it, and import it where it was."""
        self.count("restore")
        bundle = self.world.folder / f"{self.log.workplan}.zip"
        export(self.runtime, self.log.workplan, bundle, is_full=True)
        lose(self.runtime.database, self.log.workplan)
        self.world.reopen()
        assert import_log(self.runtime, bundle).size == self.log.size
        bundle.unlink()

    @precondition(lambda self: self.may("reopen", 3))
    @rule()
    def reopen(self) -> None:
        self.count("reopen")
        self.world.reopen()

    @precondition(has_grown)
    @rule(pick=PICKS, at=st.integers(0, 999), bit=st.integers(0, 7))
    def tamper(self, pick: int, at: int, bit: int) -> None:
        """Turn over a bit of an entry, a text or a leaf; look; and undo it."""
        self.count("tamper")
        with contextlib.suppress(_UndoneError), self.runtime.database.write() as tx:
            position = turn_over(tx, self.log.workplan, pick, at, bit)
            found = check_in(tx, self.runtime, self.log.workplan).findings
            assert found, f"entry {position} was altered, and nothing is found"
            assert found[0].position == position, (
                f"entry {position} was altered, and {found[0].position} is named"
            )
            raise _UndoneError

    # ------------------------------------------------------------------------------------------------------- the laws

    def count(self, what: str) -> None:
        self.world.done[what] += 1
        if what in self.left:
            self.left[what] -= 1

    def may(self, what: str, rest: int) -> bool:
        """Return whether something dear may be done: once in a life, at a quarter of its sizes."""
        return has_grown(self) and self.left[what] > 0 and self.log.size % 4 == rest

    @invariant()
    def what_was_acknowledged_is_there_and_nothing_else(self) -> None:
        with self.runtime.database.read() as tx:
            self.log.check(tx)

    def teardown(self) -> None:
        if sys.exception() is not None:
            return  # a step failed, or Hypothesis broke the life off and would not hear of more
        oracle, size = Oracle(self.log.stored), self.log.size
        with self.asked() as view:
            self.compare(view, oracle, size)
            self.log.check_states(view.tx, oracle)
            assert check_in(view.tx, self.runtime, self.log.workplan).findings == ()
        middle = (FOUNDED + size) // 2
        with self.asked(f"position:{middle}") as view:
            self.compare(view, oracle, middle)
        with self.asked(None, "2023-06-30") as view:
            self.compare(view, oracle, size, "2023-06-30")
        for key in list(self.log.keys)[:1]:
            self.repeat(key, is_same=True)
        self.count("examined")
        self.what_was_acknowledged_is_there_and_nothing_else()

    def asked(
        self, as_of: str | None = None, day: str | None = None
    ) -> contextlib.AbstractContextManager[View]:
        return self.runtime.ask(self.log.workplan, as_of, day)

    def compare(self, view: View, oracle: Oracle, known: int, day: str | None = None) -> None:
        found = {
            name: dump_state(one.state) for name, one in view.plan.standings.items() if one.state is not None
        }
        assert found == oracle.states(known, day), f"as of {known}, on {day}"


def live(world: World, lives: int, chance: int, *, steps: int = 5, is_short: bool = False) -> None:
    """Let Hypothesis look for a life in which a law does not hold; it begins some more than it is asked for.

    ``chance`` is the seed. ``is_short``: what is found is not made small.

    Raises:
        AssertionError: with the steps that lead there.
    """
    machine: Any = type("Machine", (LogMachine,), {"world": world})
    chosen = settings(
        max_examples=lives,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        phases=[Phase.generate] if is_short else [Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(chance)(machine), settings=chosen)
