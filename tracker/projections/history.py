"""What happened: the entries of the log, filtered and paged, and one entry with its before, its after and its proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from tracker.database import Transaction
from tracker.events.codec import decode, leaf_hash
from tracker.events.reading import LogEnd, read_stored, read_texts
from tracker.events.sealing import reveal, seals_in
from tracker.events.shapes import to_json
from tracker.projections.proofs import inclusion
from tracker.projections.speakers import speaker_of
from tracker.projections.standings import load_state
from tracker.workplan.plan import Plan

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries are wanted. Times and dates are inclusive; ``after`` is exclusive in the chosen order."""

    after: int | None = None
    upto: int | None = None
    subject: str | None = None
    kind: str | None = None
    type: str | None = None
    actor: str | None = None
    entity: str | None = None
    channel: str | None = None
    recorded_from: str | None = None
    recorded_to: str | None = None
    occurred_from: str | None = None
    occurred_to: str | None = None
    correlation_id: str | None = None
    is_descending: bool = False
    limit: int = 100


def history(tx: Transaction, end: LogEnd, plan: Plan, wanted: Filters) -> tuple[list[View], int | None]:
    """Return entries as readers see them and the position to go on after, None at the end."""
    where, values = _where(end.workplan, wanted)
    # Of one subject versions rise with positions, and their index need not pass by all others.
    order = f"{'version' if wanted.subject else 'position'} {'DESC' if wanted.is_descending else 'ASC'}"
    sql = f"SELECT stored FROM events WHERE {where} ORDER BY {order} LIMIT ?"  # noqa: S608 - fixed conditions
    rows = tx.all(sql, *values, wanted.limit + 1)
    stored = [bytes(row[0]) for row in rows[: wanted.limit]]
    items = entries(tx, end.workplan, plan, stored, wanted.upto)
    return items, items[-1]["position"] if len(rows) > wanted.limit else None


def count_of(tx: Transaction, workplan: str, wanted: Filters) -> int:
    """Return how many entries are wanted, ``wanted.limit`` where there are as many or more."""
    where, values = _where(workplan, wanted)
    sql = f"SELECT count(*) FROM (SELECT 1 FROM events WHERE {where} LIMIT ?) AS found"  # noqa: S608 - fixed conditions
    return int(tx.all(sql, *values, wanted.limit)[0][0])


def _where(workplan: str, wanted: Filters) -> tuple[str, list[Any]]:
    given = [("workplan = ?", workplan), *_conditions(wanted)]
    kept = [(condition, value) for condition, value in given if value is not None]
    return " AND ".join(condition for condition, _ in kept), [value for _, value in kept]


def _conditions(wanted: Filters) -> list[tuple[str, Any]]:
    # With a plus sign SQLite does not walk the log by position: the entries of a subject have an index of their own.
    position = "+position" if wanted.subject else "position"
    return [
        (f"{position} < ?" if wanted.is_descending else f"{position} > ?", wanted.after),
        (f"{position} <= ?", wanted.upto),
        ("subject = ?", wanted.subject),
        ("subject LIKE ?", f"{wanted.kind}/%" if wanted.kind else None),
        ("type = ?", wanted.type),
        ("actor = ?", wanted.actor),
        ("speaker = ?", wanted.entity),
        ("channel = ?", wanted.channel),
        ("recorded_at >= ?", wanted.recorded_from),
        ("recorded_at <= ?", wanted.recorded_to),
        ("placed_on >= ?", wanted.occurred_from),
        ("placed_on <= ?", wanted.occurred_to),
        ("correlation_id = ?", wanted.correlation_id),
    ]


def entries(
    tx: Transaction, workplan: str, plan: Plan, stored: list[bytes], upto: int | None = None
) -> list[View]:
    """Return stored events with their texts, their speaker, and what entries ``upto`` a position made of them.

    Redactions always show.
    """
    raws = [orjson.loads(one) for one in stored]
    texts = read_texts(tx, workplan, [sha256 for raw in raws for _, sha256 in seals_in(raw)])
    amended = _amendments(tx, workplan, [raw["position"] for raw in raws], upto)
    made = []
    for raw, one in zip(raws, stored, strict=True):
        redacted: list[str] = []
        view: View = reveal(raw, texts, redacted)
        view["speaker"] = speaker_of(plan, decode(one))
        view["leaf_hash"] = leaf_hash(one).hex()
        view.update(amended.get(raw["position"], {}))
        if redacted:
            view["redacted"] = redacted
        made.append(view)
    return made


def _amendments(tx: Transaction, workplan: str, positions: list[int], upto: int | None) -> dict[int, View]:
    found: dict[int, View] = {}
    # The plus signs keep SQLite from walking the log in order of positions: what amends is found by its index.
    for start in range(0, len(positions), 500):
        part = positions[start : start + 500]
        marks = ", ".join("?" * len(part))
        sql = (
            "SELECT amends, position, type FROM events WHERE workplan = ?"  # noqa: S608 - only marks
            f" AND (+position <= ? OR type = 'TextRedacted') AND amends IN ({marks}) ORDER BY +position"
        )
        for amends, position, kind in tx.all(sql, workplan, upto or 2**62, *part):
            name = {"EntryCorrected": "corrected_by", "EntryRetracted": "retracted_by"}.get(
                kind, "redacted_by"
            )
            found.setdefault(amends, {}).setdefault(name, []).append(position)
    return found


def one_entry(tx: Transaction, end: LogEnd, plan: Plan, position: int) -> View:
    """Return one entry with the state of its subject before and after, and the proof that it is in the tree.

    Raises:
        NotFoundError: the log has no such position.
    """
    stored = read_stored(tx, end.workplan, position)
    view = entries(tx, end.workplan, plan, [stored], end.position)[0]
    before, after = states_around(tx, end, view["subject"], position)
    return view | {
        "before": before,
        "after": after,
        "proof": inclusion(tx, end.workplan, end.position, position),
    }


def states_around(
    tx: Transaction, end: LogEnd, subject: str, position: int
) -> tuple[View | None, View | None]:
    """Return a subject's state before and after the entry at a position, texts revealed."""
    rows = tx.all(_AROUND, end.generation, end.workplan, subject, position)
    states: list[View | None] = []
    for at in (position - 1, position):
        stored = next((row[1] for row in rows if row[0] <= at), "null")
        state = load_state(subject, stored)
        states.append(None if state is None else to_json(state))
    texts = read_texts(tx, end.workplan, [sha256 for _, sha256 in seals_in(states)])
    before, after = (reveal(state, texts, []) for state in states)
    return before, after


def differences(before: View | None, after: View | None) -> list[View]:
    """Return ``{field, old, new}`` of the fields in which two states of a subject differ."""
    before, after = before or {}, after or {}
    return [
        {"field": name, "old": before.get(name), "new": after.get(name)}
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name) and name not in INTERNAL
    ]


INTERNAL = frozenset({"version", "position", "course", "before", "claims", "quarter", "reports", "id"})
"""Fields of a state that follow from others and would only repeat them in a list of differences."""

_AROUND = (
    "SELECT position, state FROM plan_states WHERE generation = ? AND workplan = ? AND subject = ? AND position <= ?"
    " ORDER BY position DESC LIMIT 2"
)
