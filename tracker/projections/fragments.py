"""What activities say of themselves in an answer, stored as it is said: whole plans are put together, not computed.

There are thousands of activities in a plan and a few of everything else. A fragment leaves out what depends on other
subjects and on the day, and its texts are still sealed. It is a cache beside the standings: where one is missing, the
standing is read instead.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson
import sqlalchemy as sa

from tracker.database import Transaction, metadata
from tracker.projections.views import activity_itself, overdue_after
from tracker.workplan.activity import Activity
from tracker.workplan.plan import Places, Standing

PART = 500
"""Fragments asked for at once."""

HELD_BACK = ("assessment", "assessment_reason", "disputed", "reports_by_entity")
"""The fields of an activity that not every reader gets."""

fragments = sa.Table(
    "plan_fragments",
    metadata,
    sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("workstream", sa.Text, nullable=False),
    sa.Column("overdue_after", sa.Text, nullable=False),
    sa.Column("open", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
)


class Fragment(NamedTuple):  # thousands are made for an answer; a frozen dataclass takes three times as long
    """An activity in JSON: ``open`` for every reader, ``details`` for those who may read them, empty for others.

    ``overdue_after`` is a day, or empty where the activity cannot be overdue.
    """

    position: int
    version: int
    workstream: str
    overdue_after: str
    open: str
    details: str


def fragment_of(standing: Standing, counted: int = 0) -> Fragment | None:
    """Return the fragment of a standing; None of what is no activity, or not founded.

    ``counted`` is how many sessions count for it, which no stored fragment knows.
    """
    state = standing.state
    if not isinstance(state, Activity):
        return None
    said = activity_itself(state, counted)
    details = {name: said.pop(name) for name in HELD_BACK}
    return Fragment(
        standing.position,
        standing.version,
        state.workstream,
        overdue_after(state),
        orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode(),  # as states are: else languages turn around
        orjson.dumps(details, option=orjson.OPT_SORT_KEYS).decode(),
    )


def write_fragments(tx: Transaction, workplan: str, generation: int, standings: Sequence[Standing]) -> None:
    """Write the fragments of standings whose rows were just written."""
    tx.many(_WRITE, [(generation, workplan, *one) for one in map(fragment_of, standings) if one])


def read_fragments(
    tx: Transaction, workplan: str, generation: int, places: Places, *, with_details: bool
) -> Mapping[int, Fragment]:
    """Return ``{position: fragment}`` of the places that have one; without ``details`` where they are not asked for."""
    wanted = sorted(places.values())
    parts = [wanted[start : start + PART] for start in range(0, len(wanted), PART)]
    rows = [
        row
        for part in parts
        for row in tx.all(_at(len(part), with_details=with_details), generation, workplan, *part)
    ]
    return {row[0]: Fragment._make(row) for row in rows}


def misfitting(tx: Transaction, workplan: str, generation: int, standings: Sequence[Standing]) -> set[str]:
    """Return the subjects among neighbouring standings whose fragments say otherwise than they do."""
    first, last = standings[0].position, standings[-1].position
    stored = {row[0]: Fragment._make(row) for row in tx.all(_BETWEEN, generation, workplan, first, last)}
    return {
        one.subject
        for one in standings
        if (held := stored.get(one.position)) is not None and held != fragment_of(one)
    }


_COLUMNS = "position, version, workstream, overdue_after, open"
_WRITE = (
    f"INSERT INTO plan_fragments (generation, workplan, {_COLUMNS}, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    " ON CONFLICT (generation, workplan, position) DO UPDATE SET version = excluded.version,"
    " workstream = excluded.workstream, overdue_after = excluded.overdue_after, open = excluded.open,"
    " details = excluded.details"
)
_WHERE = "FROM plan_fragments WHERE generation = ? AND workplan = ? AND position"
_BETWEEN = f"SELECT {_COLUMNS}, details {_WHERE} >= ? AND position <= ?"


@functools.cache
def _at(count: int, *, with_details: bool) -> str:
    details = "details" if with_details else "''"
    return f"SELECT {_COLUMNS}, {details} {_WHERE} IN ({', '.join('?' * count)})"
