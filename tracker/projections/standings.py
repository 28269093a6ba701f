"""How every subject stood after each of its entries, and stands now: written in the append's own transaction.

``plan_states`` keeps a row for every position a subject was touched at, so that a past plan is read, not folded;
``plan_current`` mirrors the newest row of each subject; ``plan_generations`` says by which fold a generation's rows
were computed.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import orjson
import sqlalchemy as sa

from tracker.database import Transaction, metadata
from tracker.errors import LogError
from tracker.events.append import Decision, Head
from tracker.events.event import kind_of
from tracker.events.shapes import from_json, to_json
from tracker.projections.checkpoints import keep_checkpoint, places_at
from tracker.projections.fragments import keep_bundle, write_fragments
from tracker.workplan.folding import FOLD_VERSION, KINDS
from tracker.workplan.plan import Places, Plan, Standing

PART = 500
"""Rows asked for at once."""

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
    sa.Column("reaches", sa.Text, server_default=""),
    sa.Index("plan_states_by_position", "generation", "workplan", "position", "subject"),
    sa.Index(
        "plan_states_late",
        *("generation", "workplan", "position", "reaches", "subject", "version"),
        sqlite_where=sa.text("reaches IS NOT NULL"),
        postgresql_where=sa.text("reaches IS NOT NULL"),
    ),
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
    sa.Index("plan_current_by_position", "generation", "workplan", "position", "subject"),
)

generations = sa.Table(
    "plan_generations",
    metadata,
    sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("fold", sa.Integer, nullable=False),
)


def project(tx: Transaction, head: Head, decision: Decision) -> None:
    """Write the standings that an append caused; ``decision.outcome`` holds one per event."""
    write_standings(tx, head.workplan, head.generation, decision.outcome)


def write_standings(tx: Transaction, workplan: str, generation: int, standings: Sequence[Standing]) -> None:
    """Write the standings after each of some entries, in position order, that follow those written before."""
    if not standings:
        return
    rows = [
        (generation, workplan, one.subject, one.position, one.version, one.latest, dump_state(one.state))
        for one in standings
    ]
    tx.many(_INSERT_STATE, [(*row, one.reaches) for row, one in zip(rows, standings, strict=True)])
    tx.many(_UPSERT_CURRENT, list({row[2]: row for row in rows}.values()))
    write_fragments(tx, workplan, generation, standings)
    first, last = standings[0].position, standings[-1].position
    if first == 1:
        tx.run(_BEGIN, generation, workplan, FOLD_VERSION)
    if (places := keep_checkpoint(tx, workplan, generation, first, last)) is not None:
        keep_bundle(tx, workplan, generation, last, places)


def dump_state(state: object) -> str:
    """Return a state as JSON; sorted, because stored events are: else folding again would turn languages around."""
    return "null" if state is None else orjson.dumps(to_json(state), option=orjson.OPT_SORT_KEYS).decode()


def load_state(subject: str, stored: str) -> object:
    raw = orjson.loads(stored)
    return None if raw is None else from_json(KINDS[kind_of(subject)].state, raw)


def standing_of_row(row: tuple[str, int, int, str, str]) -> Standing:
    subject, position, version, latest, state = row
    return Standing(subject, version, position, latest, load_state(subject, state))


def plan_at(tx: Transaction, workplan: str, generation: int, position: int) -> Plan:
    """Return the plan as it stood at a position: the newest row of every subject up to there.

    Raises:
        LogError: a checkpoint names a row that is not there.
    """
    return Plan(read_places(tx, workplan, generation, places_at(tx, workplan, generation, position))[0])


def read_places(
    tx: Transaction, workplan: str, generation: int, places: Places
) -> tuple[dict[str, Standing], int]:
    """Return the standings at some places, and how many characters they are stored in."""
    wanted = sorted(places.values())
    parts = [wanted[start : start + PART] for start in range(0, len(wanted), PART)]
    rows = [row for part in parts for row in tx.all(_at(len(part)), generation, workplan, *part)]
    if {row[0]: row[1] for row in rows} != places:
        raise LogError(
            "a checkpoint of {workplan} names rows that are not there",
            workplan=workplan,
            value=sorted(places.keys() - {row[0] for row in rows}),
            way_out="Compute the standings anew: `tracker rebuild --accept-differences`.",
        )
    return {row[0]: standing_of_row(row) for row in rows}, sum(len(row[4]) for row in rows)


def fingerprint(plan: Plan) -> Mapping[str, tuple[int, int, str]]:
    """Return what two ways of computing a plan must agree on: ``{subject: (version, position, state)}``."""
    return {
        subject: (one.version, one.position, dump_state(one.state))
        for subject, one in sorted(plan.standings.items())
    }


_COLUMNS = "subject, position, version, latest, state"
_INSERT_STATE = (
    "INSERT INTO plan_states (generation, workplan, subject, position, version, latest, state, reaches)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_BEGIN = (
    "INSERT INTO plan_generations (generation, workplan, fold) VALUES (?, ?, ?)"
    " ON CONFLICT (generation, workplan) DO UPDATE SET fold = excluded.fold"
)
_UPSERT_CURRENT = (
    "INSERT INTO plan_current (generation, workplan, subject, position, version, latest, state)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (generation, workplan, subject) DO UPDATE SET"
    " position = excluded.position, version = excluded.version, latest = excluded.latest, state = excluded.state"
)
_AT = f"SELECT {_COLUMNS} FROM plan_states WHERE generation = ? AND workplan = ? AND position"  # noqa: S608


@functools.cache
def _at(count: int) -> str:
    return f"{_AT} IN ({', '.join('?' * count)})"
