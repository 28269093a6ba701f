"""What activities say of themselves in an answer, stored as it is said: whole plans are put together, not computed.

There are thousands of activities in a plan and a few of everything else. A fragment leaves out what depends on other
subjects and on the day. Its texts stand in it: putting them in took as long as all the rest of an answer. The database
drops every fragment of an activity when one of its texts is removed (migration 0015), and none is written of what lacks
a text. It is a cache beside the standings: where one is missing, the standing is read instead.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import orjson
import sqlalchemy as sa

from tracker.database import Transaction, metadata
from tracker.events.event import kind_of
from tracker.events.reading import read_texts, read_texts_at
from tracker.projections.bundles import Row, bundled_at, read_bundle, read_pieces, write_bundle
from tracker.projections.checkpoints import places_at
from tracker.projections.views import activity_itself, overdue_after
from tracker.workplan.activity import Activity
from tracker.workplan.plan import Places, Standing

PART = 500
"""Fragments asked for at once."""

HELD_BACK = ("assessment", "assessment_reason", "disputed", "reports_by_entity")
"""The fields of an activity that not every reader gets."""

ESCAPED = "surrogateescape"
"""As a check reads what is no UTF-8; nothing else meets it."""

SEALED = '{"sha256":"'
"""How a sealed text begins in JSON. No text can look like one: its quotation marks are escaped."""
_SEAL = re.compile(r'\{"sha256":"([0-9a-f]{64})"\}')
_POSITION = re.compile(r'"position":([0-9]+)')
"""Where a report was said, which is where most of the texts are."""

fragments = sa.Table(
    "plan_fragments",
    metadata,
    sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("workstream", sa.Text, nullable=False),
    sa.Column("overdue_after", sa.Text, nullable=False),
    sa.Column("open", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
)


class Fragment(NamedTuple):
    """An activity in JSON: ``open`` for every reader, ``details`` for those who may read them.

    Put one after the other they are the object, but for what depends on others and on the day, and its closing brace.
    ``overdue_after`` is a day, or empty where the activity cannot be overdue.
    """

    position: int
    workstream: str
    overdue_after: str
    open: str
    details: str

    @property
    def row(self) -> Row:
        opened, details = self.open.encode(errors=ESCAPED), self.details.encode(errors=ESCAPED)
        return self.position, self.workstream, self.overdue_after, opened, details


def fragment_of(standing: Standing, counted: int = 0) -> Fragment | None:
    """Return the fragment of a standing, its texts still sealed; None of what is no activity, or not founded.

    ``counted`` is how many sessions count for it, which no stored fragment knows.
    """
    state = standing.state
    if not isinstance(state, Activity):
        return None
    said = activity_itself(state, counted)
    details = {name: said.pop(name) for name in HELD_BACK}
    opened, more = (orjson.dumps(one, option=orjson.OPT_SORT_KEYS).decode() for one in (said, details))
    return Fragment(  # sorted as states are, or languages would turn around
        standing.position,
        state.workstream,
        overdue_after(state),
        f'{opened[:-1]},"version":{standing.version},"position":{standing.position}',
        f",{more[1:-1]}",
    )


def write_fragments(tx: Transaction, workplan: str, generation: int, standings: Sequence[Standing]) -> None:
    """Write the fragments of standings whose rows, and the texts of whose entries, were just written."""
    made = with_texts(tx, workplan, [one for one in map(fragment_of, standings) if one])
    tx.many(_WRITE, [(generation, workplan, *one) for one in made if not is_sealed(one)])


def with_texts(tx: Transaction, workplan: str, made: Sequence[Fragment]) -> list[Fragment]:
    """Return fragments with their texts; the seals of those that were redacted stay."""
    joined = "".join(one.open + one.details for one in made)
    hashes = set(_SEAL.findall(joined))
    if not hashes:
        return list(made)
    texts = read_texts_at(tx, workplan, map(int, _POSITION.findall(joined)))
    texts |= read_texts(tx, workplan, hashes - texts.keys())

    def said(seal: re.Match[str]) -> str:
        return orjson.dumps(texts[seal[1]]).decode() if seal[1] in texts else seal[0]

    return [
        one._replace(open=_SEAL.sub(said, one.open), details=_SEAL.sub(said, one.details)) for one in made
    ]


def is_sealed(one: Fragment) -> bool:
    """Return whether a text of a fragment is still sealed, or gone."""
    return SEALED in one.open or SEALED in one.details


def read_fragments(
    tx: Transaction, workplan: str, generation: int, position: int, places: Places, *, with_details: bool
) -> dict[int, Row]:
    """Return ``{position: row}`` of some places of a plan, and of others; without ``details`` if not asked for.

    ``position`` is the newest that the plan has a row of. Missing are those of which nothing is stored.
    """
    found = read_bundle(tx, workplan, generation, position, with_details=with_details)
    left = [at for at in places.values() if at not in found]
    found.update(_read(tx, workplan, generation, left, with_details=with_details))
    return found


def keep_bundle(tx: Transaction, workplan: str, generation: int, position: int, places: Places) -> None:
    """Write the bundle of a position, where the subjects stood at ``places``.

    It is made of fragments and never of the bundle before, which may be damaged.
    """
    activities = {subject: at for subject, at in places.items() if kind_of(subject) == "activity"}
    rows = dict(_read(tx, workplan, generation, activities.values(), with_details=True))
    held = {subject: rows[at] for subject, at in activities.items() if at in rows}
    write_bundle(tx, workplan, generation, position, held)


def misbundled(tx: Transaction, workplan: str, generation: int) -> set[str]:
    """Return the subjects of which a bundle does not say, where it should, what their fragments do."""
    wrong = set[str]()
    for position in bundled_at(tx, workplan, generation):
        subjects = {at: one for one, at in places_at(tx, workplan, generation, position).items()}
        for ending, rows in read_pieces(tx, workplan, generation, position, with_details=True):
            if rows is None:
                wrong |= {
                    one for one in subjects.values() if kind_of(one) == "activity" and one[-1] == ending
                }
                continue
            stored = dict(_read(tx, workplan, generation, rows, with_details=True))
            named = {at: subjects.get(at, f"position {at}") for at in rows}
            wrong |= {one for at, one in named.items() if stored.get(at) != rows[at] or one[-1] != ending}
    return wrong


def _read(
    tx: Transaction, workplan: str, generation: int, positions: Iterable[int], *, with_details: bool
) -> Iterator[tuple[int, Row]]:
    wanted = sorted(positions)
    for start in range(0, len(wanted), PART):
        part = wanted[start : start + PART]
        for row in tx.all(_at(len(part), with_details=with_details), generation, workplan, *part):
            yield row[0], Fragment._make(row).row


def misfitting(tx: Transaction, workplan: str, generation: int, standings: Sequence[Standing]) -> set[str]:
    """Return the subjects among neighbouring standings whose fragments say otherwise than they and the texts do."""
    first, last = standings[0].position, standings[-1].position
    stored = {row[0]: Fragment._make(row) for row in tx.all(_BETWEEN, generation, workplan, first, last)}
    made = [one for one in map(fragment_of, standings) if one and one.position in stored]
    right = {one.position: one for one in with_texts(tx, workplan, made)}
    return {
        one.subject
        for one in standings
        if one.position in stored and stored[one.position] != right.get(one.position)
    }


_COLUMNS = "position, workstream, overdue_after, open"
_WRITE = (
    f"INSERT INTO plan_fragments (generation, workplan, {_COLUMNS}, details) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    " ON CONFLICT (generation, workplan, position) DO UPDATE SET workstream = excluded.workstream,"
    " overdue_after = excluded.overdue_after, open = excluded.open, details = excluded.details"
)
_WHERE = "FROM plan_fragments WHERE generation = ? AND workplan = ? AND position"
_BETWEEN = f"SELECT {_COLUMNS}, details {_WHERE} >= ? AND position <= ?"


@functools.cache
def _at(count: int, *, with_details: bool) -> str:
    details = "details" if with_details else "''"
    return f"SELECT {_COLUMNS}, {details} {_WHERE} IN ({', '.join('?' * count)})"
