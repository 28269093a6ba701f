"""A subject on a past day, as known later: folded on from its newest row that nothing said later reaches behind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tracker.database import Transaction
from tracker.events.catalogue import EntryCorrected, EntryRetracted
from tracker.events.codec import decode
from tracker.events.event import Event, kind_of
from tracker.events.reading import read_subject
from tracker.projections.standings import load_state
from tracker.workplan.folding import KINDS, Entry, fold, living
from tracker.workplan.plan import Standing

TRIES = 4
"""Rows looked at before the subject is folded from its first entry; amendments of amendments need some."""


@dataclass(frozen=True, slots=True)
class News:
    """An entry that says something new about a day; ``reaches`` is the first day that it does so about."""

    version: int
    position: int
    reaches: str


@dataclass(frozen=True, slots=True)
class Day:
    """The day asked about: ``base`` is the last position recorded by its end, ``known`` the last that counts."""

    workplan: str
    generation: int
    base: int
    known: int
    day: str
    zone: str


def standing_on(tx: Transaction, on: Day, subject: str, news: Sequence[News]) -> Standing:
    """Return how a subject stood; ``news`` is all said after ``base`` that reaches back to the day, in order."""
    later = _said(tx, on, [one.position for one in news])
    state, latest = _from_row(tx, on, subject, news, later) or _from_first(tx, on, subject)
    return Standing(subject, news[-1].version, news[-1].position, latest, state)


def _from_first(tx: Transaction, on: Day, subject: str) -> tuple[Any, str]:
    entries = living(read_subject(tx, on.workplan, subject, on.known), on.zone)
    days = (one.placed_on for one in entries if not one.is_founding and one.placed_on <= on.day)
    return fold(kind_of(subject), entries, on.day), max(days, default="")


def _from_row(
    tx: Transaction, on: Day, subject: str, news: Sequence[News], later: Sequence[Event]
) -> tuple[Any, str] | None:
    """Fold on from a row such that all living entries behind it come first in the timeline, and none was amended."""
    limit = min([on.base + 1, *_targets(later)])
    day = min(one.reaches for one in news)
    for _ in range(TRIES):
        row = tx.one(_ROW, on.generation, on.workplan, subject, limit, day)
        if row is None:
            return None
        position, version, latest, stored = row
        events = [*_events(tx.all(_BETWEEN, on.workplan, subject, version, on.base)), *later]
        entries = _not_founding(living(events, on.zone))
        amended = [target for target in _targets(events) if target <= position]
        before = [one.placed_on for one in entries if one.placed_on < latest]
        if not amended and not before:
            return _folded_on(subject, load_state(subject, stored), latest, entries, on.day)
        limit, day = min([position, *amended]), min([day, *before])
    return None


def _folded_on(subject: str, state: Any, latest: str, entries: Iterable[Entry], day: str) -> tuple[Any, str]:
    evolve = KINDS[kind_of(subject)].evolve
    for entry in entries:
        if entry.placed_on <= day:
            state, latest = evolve(state, entry.event, entry.placed_on), entry.placed_on
    return state, latest


def _not_founding(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries of a subject that was founded before them, in timeline order."""
    return sorted((replace(one, is_founding=False) for one in entries), key=lambda one: one.order)


def _said(tx: Transaction, on: Day, positions: Sequence[int]) -> list[Event]:
    """Return the entries at some positions, and of what they amend all that was said after ``base``."""
    found = {at: _event(tx, on.workplan, at) for at in positions}
    for target in set(_targets(found.values())):
        chain = tx.all(_CHAIN, on.workplan, target, on.known)
        found |= {event.position: event for event in _events(chain) if event.position > on.base}
        if target > on.base and target not in found:
            found[target] = _event(tx, on.workplan, target)
    return [found[at] for at in sorted(found)]


def _targets(events: Iterable[Event]) -> list[int]:
    return [one.data.position for one in events if isinstance(one.data, EntryCorrected | EntryRetracted)]


def _event(tx: Transaction, workplan: str, position: int) -> Event:
    return next(iter(_events(tx.all(_ONE, workplan, position))))


def _events(rows: Iterable[tuple[Any, ...]]) -> list[Event]:
    return [decode(bytes(row[0])) for row in rows]


_ROW = (
    "SELECT position, version, latest, state FROM plan_states WHERE generation = ? AND workplan = ? AND subject = ?"
    " AND position < ? AND latest <= ? AND state <> 'null' ORDER BY position DESC LIMIT 1"
)
_BETWEEN = (
    "SELECT stored FROM events"
    " WHERE workplan = ? AND subject = ? AND version > ? AND position <= ? ORDER BY version"
)
_CHAIN = "SELECT stored FROM events WHERE workplan = ? AND amends = ? AND position <= ? ORDER BY position"
_ONE = "SELECT stored FROM events WHERE workplan = ? AND position = ?"
