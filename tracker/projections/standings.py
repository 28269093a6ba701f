"""How every subject stood after each of its entries, and stands now: written in the append's own transaction.

``plan_states`` keeps a row for every position a subject was touched at, so that a past plan is read, not folded;
``plan_current`` mirrors the newest row of each subject.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

import orjson
import sqlalchemy as sa

from tracker.database import Transaction, metadata
from tracker.events.append import Decision, Head
from tracker.events.event import kind_of
from tracker.events.shapes import from_json, to_json
from tracker.workplan.folding import KINDS
from tracker.workplan.plan import Plan, Standing

states = sa.Table(
    "plan_states",
    metadata,
    sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("latest", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Index("plan_states_by_position", "generation", "workplan", "position"),
)

current = sa.Table(
    "plan_current",
    metadata,
    sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("latest", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Index("plan_current_by_position", "generation", "workplan", "position"),
)


def project(tx: Transaction, head: Head, decision: Decision) -> None:
    """Write the standings that an append caused; ``decision.outcome`` holds one per event."""
    write_standings(tx, head.workplan, head.generation, decision.outcome)


def write_standings(tx: Transaction, workplan: str, generation: int, standings: Iterable[Standing]) -> None:
    rows = [
        (generation, workplan, one.subject, one.position, one.version, one.latest, dump_state(one.state))
        for one in standings
    ]
    tx.many(_INSERT_STATE, rows)
    tx.many(_UPSERT_CURRENT, list({row[2]: row for row in rows}.values()))


def dump_state(state: object) -> str:
    """Return a state as JSON; sorted, because stored events are: else folding again would turn languages around."""
    return "null" if state is None else orjson.dumps(to_json(state), option=orjson.OPT_SORT_KEYS).decode()


def load_state(subject: str, stored: str) -> object:
    raw = orjson.loads(stored)
    return None if raw is None else from_json(KINDS[kind_of(subject)].state, raw)


def _standing(row: tuple[str, int, int, str, str]) -> Standing:
    subject, position, version, latest, state = row
    return Standing(subject, version, position, latest, load_state(subject, state))


def plan_at(tx: Transaction, workplan: str, generation: int, position: int) -> Plan:
    """Return the plan as it stood at a position: the newest row of every subject up to there."""
    rows = tx.all(_AT, generation, workplan, position)
    return Plan({row[0]: _standing(row) for row in rows})


class PlanCache:
    """The current plan of each workplan, kept decoded: a read after an append decodes only what the append touched."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[int, int, Plan]] = {}
        self._lock = threading.Lock()

    def plan(self, tx: Transaction, workplan: str, generation: int, position: int) -> Plan:
        """Return the plan at the head that ``tx`` sees."""
        held = self._held.get(workplan)
        if held is None or held[0] != generation or held[1] > position:
            known, plan = 0, Plan({})
        else:
            _, known, plan = held
        if known == position:
            return plan
        rows = tx.all(_CURRENT, generation, workplan, known)
        plan = plan.with_standings({row[0]: _standing(row) for row in rows})
        if max((row[1] for row in rows), default=0) != position:
            return plan  # the head moved, or its generation was dropped, since it was read: this append loses its race
        with self._lock:
            newest = self._held.get(workplan)
            if newest is None or newest[:2] <= (generation, position):
                self._held[workplan] = (generation, position, plan)
        return plan


def fingerprint(plan: Plan) -> Mapping[str, tuple[int, int, str]]:
    """Return what two ways of computing a plan must agree on: ``{subject: (version, position, state)}``."""
    return {
        subject: (one.version, one.position, dump_state(one.state))
        for subject, one in sorted(plan.standings.items())
    }


_COLUMNS = "subject, position, version, latest, state"
_INSERT_STATE = (
    "INSERT INTO plan_states (generation, workplan, subject, position, version, latest, state)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_UPSERT_CURRENT = (
    "INSERT INTO plan_current (generation, workplan, subject, position, version, latest, state)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (generation, workplan, subject) DO UPDATE SET"
    " position = excluded.position, version = excluded.version, latest = excluded.latest, state = excluded.state"
)
_CURRENT = f"SELECT {_COLUMNS} FROM plan_current WHERE generation = ? AND workplan = ? AND position > ?"  # noqa: S608
_AT = (
    "SELECT s.subject, s.position, s.version, s.latest, s.state FROM plan_states s JOIN ("
    " SELECT generation, workplan, subject, max(position) AS position FROM plan_states"
    " WHERE generation = ? AND workplan = ? AND position <= ? GROUP BY generation, workplan, subject) newest"
    " ON s.generation = newest.generation AND s.workplan = newest.workplan AND s.subject = newest.subject"
    " AND s.position = newest.position"
)
