"""A random history lived through in a real workplan, and every law checked against the oracle."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tests.databases import CLI, Hands, adopt, opened
from tests.laws.oracle import Oracle
from tests.laws.wishes import Wisher
from tests.naive import naive_root
from tracker.errors import TrackerError
from tracker.events.append import Appended
from tracker.events.codec import leaf_hash
from tracker.events.reading import end_of
from tracker.projections.rebuilding import Refold
from tracker.projections.standings import dump_state, load_state, plan_at
from tracker.runtime import Runtime
from tracker.workplan.plan import Plan

WISHES = 40
QUESTIONS = 10
START = datetime(2022, 12, 15, 12, tzinfo=UTC)


@contextmanager
def hasty(url: str) -> Any:
    """Open a database that forgets its last commits when the power fails: laws are not about that, and it is fast."""
    options = "" if url.startswith("sqlite") else "&options=-csynchronous_commit%3Doff"
    runtime = opened(url if not options else f"{url}{'&' if '?' in url else '?'}{options[1:]}", Hands(START))
    if runtime.database.is_sqlite:

        @sa.event.listens_for(runtime.database.engine, "connect")
        def _connect(connection: Any, _record: object) -> None:
            connection.execute("PRAGMA synchronous=OFF")

    try:
        yield runtime
    finally:
        runtime.close()


class History:
    """One workplan with a past of its own. ``stored`` are the bytes as they were when they were first read."""

    def __init__(self, runtime: Runtime, seed: int) -> None:
        self.runtime, self.seed, self.workplan = runtime, seed, f"h-{seed:05}"
        self.wisher = Wisher(seed)
        self.stored: list[bytes] = []
        self.last: Any = None
        self.refused = self.taken = 0
        clock = runtime.clock
        assert isinstance(clock, Hands)
        self.clock = clock

    def live(self, wishes: int = WISHES) -> None:
        self.clock.now = START
        adopt(self.runtime, self.workplan)
        self.last = self.outline()
        rng = self.wisher.rng
        for _ in range(wishes):
            self.clock.move(days=rng.choice([0, 0, 0, 4, 9, 16, 30, -2]), seconds=rng.randint(0, 60_000))
            self.wisher.today = self.clock.now.date()
            self.send(self.wisher.request(), f"key-{rng.randint(0, 60)}" if rng.random() < 0.2 else None)

    def send(self, requests: list[dict[str, Any]], key: str | None) -> None:
        before = self.last
        done = self.answer(requests, key)
        self.last = self.outline()
        if isinstance(done, TrackerError):
            assert done.way_out, done
            assert self.last == before, f"refused, and yet something changed: {requests}"
            self.refused += 1
            return
        assert (self.last == before) == (done.is_repeat or (done.count == 0 and key is None))
        self.taken += done.count

    def answer(self, requests: list[dict[str, Any]], key: str | None) -> Appended | TrackerError:
        try:
            return self.runtime.submit(self.workplan, requests, CLI, "cli", key)
        except TrackerError as refusal:
            return refusal

    def outline(self) -> Any:
        """Return what any write would change, and read on in the log."""
        with self.runtime.database.read() as tx:
            head = tx.one(
                "SELECT position, rights, frontier FROM workplan_heads WHERE workplan = ?", self.workplan
            )
            counts = tx.one(_COUNTS, *([self.workplan] * 5))
            sql = "SELECT stored FROM events WHERE workplan = ? AND position > ? ORDER BY position"
            new = [bytes(row[0]) for row in tx.all(sql, self.workplan, len(self.stored))]
        self.stored += new
        self.wisher.log += [json.loads(one) for one in new]
        assert head is not None
        return (*head[:2], bytes(head[2]), counts)

    # --------------------------------------------------------------------------------------------------- laws

    def check(self) -> None:
        """Check every law.

        Raises:
            AssertionError: naming the seed and the question.
        """
        oracle = Oracle(self.stored)
        self.check_log(oracle)
        self.check_every_position(oracle)
        self.check_present(oracle)
        self.check_questions(oracle)

    def check_log(self, oracle: Oracle) -> None:
        with self.runtime.database.read() as tx:
            sql = "SELECT position, stored, recorded_at, placed_on FROM events WHERE workplan = ? ORDER BY position"
            rows = tx.all(sql, self.workplan)
            end = end_of(tx, self.workplan)
        assert [bytes(row[1]) for row in rows] == self.stored, "a prefix changed"
        assert [row[0] for row in rows] == list(range(1, len(rows) + 1)), "positions have gaps"
        instants = [row[2] for row in rows]
        assert instants == sorted(set(instants)), "instants do not rise"
        assert [row[3] for row in rows] == [oracle.place(raw) for raw in oracle.raw]
        assert (end.position, end.root) == (len(rows), naive_root([leaf_hash(one) for one in self.stored]))
        seen: dict[str, int] = {}
        for raw in oracle.raw:
            seen[raw["subject"]] = seen.get(raw["subject"], 0) + 1
            assert raw["version"] == seen[raw["subject"]], "versions have gaps"

    def check_every_position(self, oracle: Oracle) -> None:
        """As of p is the fold of the first p events, for every p: by the rows, and by folding anew."""
        with self.runtime.database.read() as tx:
            rows = tx.all(_STATES, self.workplan)
            refold = Refold(self.workplan)
            again = refold.follow(tx, len(self.stored))
        assert [row[0] for row in rows] == list(range(1, len(self.stored) + 1)), "an entry has no row, or two"
        for row, folded in zip(rows, again, strict=True):
            position, subject, version, latest, state, reaches = row
            where = f"history {self.seed}, {subject} as of {position}"
            events = [raw for raw in oracle.raw[:position] if raw["subject"] == subject]
            assert state == oracle.state(events, None), where
            assert version == len(events), where
            assert dump_state(load_state(subject, state)) == state, (
                f"{where}: a state changes when it is read"
            )
            assert (folded.subject, folded.version, folded.latest) == (subject, version, latest), where
            assert folded.reaches == reaches, where
            assert dump_state(folded.state) == state, f"{where}: rebuilt differs"

    def check_present(self, oracle: Oracle) -> None:
        last = len(self.stored)
        with self.runtime.ask(self.workplan) as view:
            fresh = plan_at(view.tx, self.workplan, view.end.generation, last)
            assert view.question.position == last
            for plan in (view.plan, fresh):
                self.compare(plan, oracle.states(last), "now")
                assert counted(plan) == oracle.versions(last), f"history {self.seed}, now"
        with self.runtime.ask(self.workplan, as_of=f"position:{last}") as view:
            self.compare(view.plan, oracle.states(last), "as of the last entry")

    def check_questions(self, oracle: Oracle) -> None:
        """Ask for random (R, D), at the days where answers change and beside them."""
        rng = self.wisher.rng
        days = [day for day in oracle.days() if day <= self.clock.now.date().isoformat()]
        for _ in range(QUESTIONS):
            known = rng.randint(1, len(self.stored))
            with self.runtime.ask(self.workplan, as_of=f"position:{known}") as view:
                self.compare(view.plan, oracle.states(known), f"as of {known}")
                assert counted(view.plan) == oracle.versions(known), f"history {self.seed}, as of {known}"
            day = datetime.fromisoformat(rng.choice(days)).date() + timedelta(
                days=rng.choice([0, 0, 0, -1, 1])
            )
            if day > self.clock.now.date():
                continue
            on = day.isoformat()
            with self.runtime.ask(self.workplan, as_of=f"position:{known}", effective_on=on) as view:
                self.compare(view.plan, oracle.states(known, on), f"as of {known}, on {on}")
                assert all(one.position <= known for one in view.plan.standings.values())
            with self.runtime.ask(self.workplan, effective_on=on) as view:
                self.compare(view.plan, oracle.states(len(self.stored), on), f"on {on}")

    def compare(self, plan: Plan, expected: dict[str, str], question: str) -> None:
        found = {
            subject: dump_state(one.state) for subject, one in plan.standings.items() if one.state is not None
        }
        differing = {
            subject
            for subject in found.keys() | expected.keys()
            if found.get(subject) != expected.get(subject)
        }
        assert not differing, "\n".join(
            [f"history {self.seed}, {question}:"]
            + [f"{one}\n  is     {found.get(one)}\n  should {expected.get(one)}" for one in sorted(differing)]
            + [f"{raw['position']} {raw['subject']} {raw['type']} {raw['occurred_on']} {raw['data']}"
               for raw in self.wisher.log if raw["subject"] in differing]
        )  # fmt: skip


def counted(plan: Plan) -> dict[str, tuple[int, int]]:
    return {subject: (one.version, one.position) for subject, one in plan.standings.items()}


_STATES = (
    "SELECT position, subject, version, latest, state, reaches FROM plan_states"
    " WHERE workplan = ? ORDER BY position"
)
_COUNTS = "SELECT " + ", ".join(
    f"(SELECT count(*) FROM {table} WHERE workplan = ?)"
    for table in ("events", "tree_nodes", "texts", "idempotency_keys", "plan_states")
)
