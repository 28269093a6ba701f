"""Computing the standings anew from the log, beside the present ones, and changing over while writers go on.

The new rows are generation g+1; readers and writers stay with g until the head row says otherwise. The change takes
the head row's lock, as every append does, so that no append falls between the two (ADR 2). A rebuild that was cut
short leaves rows of a generation that no head names: the next one drops them and begins again.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tracker.database import Database, Transaction
from tracker.errors import ConflictError, LogError, RuleError
from tracker.events.catalogue import WorkplanAdopted
from tracker.events.event import Event, kind_of
from tracker.events.reading import end_of, read_log, read_subject
from tracker.projections.checkpoints import EVERY
from tracker.projections.fragments import misfitting
from tracker.projections.rebuild_guard import open_guarded
from tracker.projections.standings import dump_state, load_state, write_standings
from tracker.workplan.folding import FOLD_VERSION, KINDS, entry_of, is_amending, reach_of, standing_of
from tracker.workplan.plan import Plan, Standing

CHUNK = EVERY
"""Entries written in one transaction: as many as lie between checkpoints, or there would be fewer of these."""
NEAR = 200
"""So close to the end that the rest is folded under the head row's lock (some 10 ms)."""
GRACE_SECONDS = 30

Told = Callable[[int, int], None]
"""Is told how far a long work is: entries done, entries in all."""


def silent(_done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did. ``differing``: subjects whose rows were not what the log says, and are now."""

    workplan: str
    generation: int
    position: int
    differing: tuple[str, ...]


@dataclass(slots=True)
class Refold:
    """A plan computed anew, entry by entry: after each, exactly what the append wrote."""

    workplan: str
    position: int = 0
    standings: dict[str, Standing] = field(default_factory=dict)
    zone: str = ""

    @property
    def plan(self) -> Plan:
        return Plan(self.standings)

    def follow(self, tx: Transaction, upto: int) -> list[Standing]:
        """Fold the entries up to a position and return the standing after each, in position order."""
        return [self.take(tx, event) for event in read_log(tx, self.workplan, self.position, upto)]

    def take(self, tx: Transaction, event: Event) -> Standing:
        if isinstance(event.data, WorkplanAdopted):
            self.zone = event.data.zone  # once and for ever: that entry cannot be corrected
        self.position = event.position
        held = self.standings.get(event.subject)
        standing = self._next(event, held)
        if standing is None:  # it reaches into the past: only the whole history tells
            known = read_subject(tx, self.workplan, event.subject, event.position)
            standing = standing_of(event.subject, known, self.zone)
        self.standings[event.subject] = standing
        return standing

    def _next(self, event: Event, held: Standing | None) -> Standing | None:
        """Return the standing after an entry that comes after all there is; None if it does not."""
        placed = entry_of(event, self.zone).placed_on
        if is_amending(event) or (held and (held.state is None or placed < held.latest)):
            return None
        evolve = KINDS[kind_of(event.subject)].evolve
        state = evolve(held.state if held else None, event, placed)
        latest = max(held.latest, placed) if held else ""
        reaches = reach_of(event, placed, self.zone)
        return Standing(event.subject, event.version, event.position, latest, state, reaches)


def rebuild(
    database: Database, workplan: str, told: Told = silent, *, accepts_differences: bool = False
) -> Rebuilt:
    """Compute every row of the standings anew, past ones too, and change over to them.

    Raises:
        NotFoundError: there is no such workplan.
        ConflictError: another rebuild is running.
        RuleError: the rows differ from those in use, and that was not accepted; those in use stay.
        LogError: the log has a gap, or an entry that this release does not know.
    """
    with contextlib.closing(open_guarded(database)) as guarded, _alone(database, workplan):
        with guarded.read() as tx:
            began = end_of(tx, workplan)
        old, new, near = began.generation, began.generation + 1, NEAR
        _drop_others(guarded, workplan)
        fold, differing = Refold(workplan), set[str]()
        while True:
            with guarded.read() as tx:
                end = end_of(tx, workplan).position
                if end - fold.position <= near:
                    break
                near += (
                    NEAR if fold.position >= began.position else 0
                )  # or fast writers could keep ahead for ever
                rows = fold.follow(tx, min(fold.position + CHUNK, end))
                differing |= unlike(tx, workplan, old, rows)
            with guarded.write() as tx:
                if not tx.is_sqlite:  # else a text that is being removed could still get into a fragment
                    tx.one(f"{_HEAD} FOR SHARE", workplan)
                write_standings(tx, workplan, new, rows)
            told(fold.position, end)
        try:
            with guarded.write() as tx:
                _change_over(tx, fold, old, new, differing, accepts_differences=accepts_differences)
        except (RuleError, LogError):
            _drop_others(guarded, workplan)
            raise
        told(fold.position, fold.position)
        _await_older_transactions(database)
        _drop_others(guarded, workplan)
    return Rebuilt(workplan, new, fold.position, tuple(sorted(differing)))


def renew(database: Database, told: Told = silent) -> list[Rebuilt]:
    """Rebuild every workplan whose rows were computed by the fold of another release; what differs is meant to.

    Another process that does so already is left to it: until then the old rows serve.
    """
    done = []
    with database.read() as tx:
        outdated = [row[0] for row in tx.all(_OUTDATED, FOLD_VERSION)]
    for workplan in outdated:
        with contextlib.suppress(ConflictError):
            done.append(rebuild(database, workplan, told, accepts_differences=True))
    return done


def _change_over(
    tx: Transaction, fold: Refold, old: int, new: int, differing: set[str], *, accepts_differences: bool
) -> None:
    """Fold the rest under the head row's lock, compare, and let the head name the new generation."""
    row = tx.one(_HEAD if tx.is_sqlite else f"{_HEAD} FOR UPDATE", fold.workplan)
    if row is None or row[1] != old:
        raise ConflictError("another rebuild of {workplan} was faster", workplan=fold.workplan)
    rows = fold.follow(tx, row[0])
    differing |= unlike(tx, fold.workplan, old, rows)
    differing |= unlike_current(tx, fold.workplan, old, fold.standings.values())
    write_standings(tx, fold.workplan, new, rows)
    written = tx.one(_COUNT, new, fold.workplan)
    lost = unlike_current(tx, fold.workplan, new, fold.standings.values())
    if lost or written != (fold.position,):
        raise LogError("what was written is not what was computed; nothing is changed", value=sorted(lost))
    if differing and not accepts_differences:
        raise RuleError(
            "{count} subjects do not stand as the log says: {some}",
            count=len(differing),
            some=", ".join(sorted(differing)[:12]),
            value=sorted(differing),
            way_out="Nothing is changed. If this release folds entries otherwise on purpose, or the rows were"
            " tampered with, change over to what the log says: `tracker rebuild --accept-differences`.",
        )
    tx.run(_FLIP, new, fold.workplan, old)


def unlike(tx: Transaction, workplan: str, generation: int, computed: list[Standing]) -> set[str]:
    """Return the subjects whose stored rows between the first and last computed one differ from those."""
    if not computed:
        return set()
    stored = tx.all(_BETWEEN, generation, workplan, computed[0].position, computed[-1].position)
    return _unlike(stored, computed) | misfitting(tx, workplan, generation, computed)


def unlike_current(tx: Transaction, workplan: str, generation: int, computed: Iterable[Standing]) -> set[str]:
    """Return the subjects that do not stand now as computed."""
    return _unlike(tx.all(_ALL_CURRENT, generation, workplan), computed)


def _unlike(stored: list[tuple[Any, ...]], computed: Iterable[Standing]) -> set[str]:
    held = {(row[0], row[1]): row for row in stored}
    found = {
        one.subject for one in computed if not _is_like(held.pop((one.subject, one.position), None), one)
    }
    return found | {subject for subject, _ in held}


def _is_like(row: tuple[Any, ...] | None, computed: Standing) -> bool:
    if row is None or row[2:4] != (computed.version, computed.latest):
        return False
    if computed.reaches is not None and (row[5] is None or row[5] > computed.reaches):
        return False  # reaching further back than need be costs time and is not wrong
    state = dump_state(computed.state)
    if row[4] == state:
        return True
    try:  # a newer release may spell the same state otherwise
        return dump_state(load_state(computed.subject, row[4])) == state
    except (ValueError, TypeError, KeyError):
        return False


def _drop_others(guarded: Database, workplan: str) -> None:
    """Drop the rows of every generation but that in use, a few at a time so that writers get their turn."""
    while True:
        with guarded.write() as tx:
            kept = end_of(tx, workplan).generation
            found = tx.one(_OTHER, workplan, kept)
            if found is None:
                for sql in _DROP_REST:
                    tx.run(sql, workplan, kept)
                return
            generation, first = found
            for sql in _DROP:
                tx.run(sql, generation, workplan, first + CHUNK)


def _await_older_transactions(database: Database) -> None:
    """Wait until nobody can still mean the old generation.

    A snapshot keeps its rows. On PostgreSQL a writer reads the head in one statement and the plan in the next, so it
    may hold the old number and find no rows. Whoever takes longer than the grace is told by the append to decide
    again.
    """
    if database.is_sqlite:
        return
    with database.read() as tx:
        since = tx.one("SELECT clock_timestamp()")
    until = time.monotonic() + GRACE_SECONDS
    while since and time.monotonic() < until:
        with database.read() as tx:
            if not tx.all(_OLDER, since[0]):
                return
        time.sleep(0.05)


@contextlib.contextmanager
def _alone(database: Database, workplan: str) -> Iterator[None]:
    """Keep other rebuilds out; the lock goes away with the process that holds it.

    Raises:
        ConflictError: another rebuild holds it.
    """
    busy = ConflictError(
        "{workplan} is being rebuilt already",
        workplan=workplan,
        value=workplan,
        way_out="Wait until that has ended.",
    )
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.exec_driver_sql(_LOCK, (workplan,)).scalar():
                raise busy
            try:
                yield
            finally:
                connection.exec_driver_sql(_UNLOCK, (workplan,))
        return
    # An empty database beside ours serves as lock file: SQLite knows how to lock one on every platform.
    lock = sqlite3.connect(f"{database.engine.url.database}.rebuilding", timeout=0, isolation_level=None)
    with contextlib.closing(lock):
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise busy from error
        yield


_HEAD = "SELECT position, generation FROM workplan_heads WHERE workplan = ?"
_FLIP = "UPDATE workplan_heads SET generation = ? WHERE workplan = ? AND generation = ?"
_COUNT = "SELECT count(*) FROM plan_states WHERE generation = ? AND workplan = ?"
_BETWEEN = (
    "SELECT subject, position, version, latest, state, reaches FROM plan_states"
    " WHERE generation = ? AND workplan = ? AND position >= ? AND position <= ?"
)
_ALL_CURRENT = (
    "SELECT subject, position, version, latest, state, '' FROM plan_current"
    " WHERE generation = ? AND workplan = ?"
)
_OTHER = (
    "SELECT generation, min(position) FROM plan_states WHERE workplan = ? AND generation <> ?"
    " GROUP BY generation LIMIT 1"
)
_DROP = tuple(
    f"DELETE FROM {table} WHERE generation = ? AND workplan = ? AND position < ?"  # noqa: S608
    for table in ("plan_states", "plan_fragments", "plan_bundles")
)
_DROP_REST = (
    "DELETE FROM plan_current WHERE workplan = ? AND generation <> ?",
    "DELETE FROM plan_checkpoints WHERE workplan = ? AND generation <> ?",
    "DELETE FROM plan_fragments WHERE workplan = ? AND generation <> ?",
    "DELETE FROM plan_bundles WHERE workplan = ? AND generation <> ?",
    "DELETE FROM plan_generations WHERE workplan = ? AND generation <> ?",
)
_OUTDATED = (
    "SELECT h.workplan FROM workplan_heads h LEFT JOIN plan_generations g"
    " ON g.workplan = h.workplan AND g.generation = h.generation"
    " WHERE h.position > 0 AND coalesce(g.fold, 0) <> ? ORDER BY h.workplan"
)
_OLDER = (
    "SELECT pid FROM pg_stat_activity"
    " WHERE datname = current_database() AND backend_type = 'client backend'"
    " AND pid <> pg_backend_pid() AND xact_start < ?"
)
_LOCK = "SELECT pg_try_advisory_lock(7211407, hashtext(%s))"
_UNLOCK = "SELECT pg_advisory_unlock(7211407, hashtext(%s))"
