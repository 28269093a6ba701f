"""Which entries made the difference between two answers about one subject, field by field.

An answer rests on the living entries that its point knows and that stand at its day. The entries that did it are those
on which only one of two answers rests, or on which they rest differently: the fact itself where it was recorded or
happened in between, its corrections or retraction where those were. What cancelled out in between did nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Any, cast

from tracker.events.catalogue import EntryCorrected, EntryRetracted
from tracker.events.event import Event
from tracker.projections.steps import Point, walk
from tracker.workplan.folding import Entry, living

PRESENT = "present"
"""Stands for being in the plan at all, beside the fields of a state."""

SOURCES: dict[str, tuple[str, ...]] = {
    "review_due": ("review_on", "reviews", "status"),
    "overdue": ("window", "due", "status", "withdrawn"),
    "last_report": ("reports",),
    "reports_by_entity": ("reports",),
    "missing_materials": ("materials", "status", "rule"),
}
"""Fields of a view that are computed from other fields of the state."""

CALENDAR = frozenset({"overdue", "review_due"})
"""Fields that change by themselves when a day passes: then no entry did it."""


@dataclass(frozen=True, slots=True)
class Causes:
    """The positions of the entries behind a difference, ascending, and which of them touched which field."""

    entries: tuple[int, ...]
    touched: Mapping[str, tuple[int, ...]]

    def of(self, field: str) -> tuple[int, ...]:
        """Return the entries that changed one field; all of them where the field only follows from others."""
        found = self.touching(*SOURCES.get(field, (field,)))
        return self.entries if not found and field not in CALENDAR else found

    def touching(self, *names: str) -> tuple[int, ...]:
        return tuple(sorted({position for name in names for position in self.touched.get(name, ())}))


NOTHING = Causes((), {})


def causes(events: Sequence[Event], zone: str, first: Point, second: Point) -> Causes:
    """Return what made the difference; ``events`` are all of the subject's, in order, that either point knows."""
    if not events:
        return NOTHING
    known = {
        at: {one.event.position: one for one in living([e for e in events if e.position <= at], zone)}
        for at in (first.position, second.position)
    }
    low, high = sorted((first.position, second.position))
    amended: dict[int, set[int]] = {}
    for event in events:
        if low < event.position <= high and isinstance(event.data, EntryCorrected | EntryRetracted):
            amended.setdefault(event.data.position, set()).add(event.position)

    def stands(fact: int, at: int, day: str) -> tuple[Event, str] | None:
        entry = known[at].get(fact)
        return (entry.event, entry.placed_on) if entry and entry.placed_on <= day else None

    did: dict[int, set[int]] = {}
    for fact in known[first.position].keys() | known[second.position].keys():
        one, other = first.position, second.position
        if stands(fact, one, first.day) == stands(fact, other, second.day):
            continue
        is_known = any(stands(fact, one, day) != stands(fact, other, day) for day in (first.day, second.day))
        is_due = any(stands(fact, at, first.day) != stands(fact, at, second.day) for at in (one, other))
        made = {fact} if is_due or low < fact <= high else set()
        did[fact] = made | (amended.get(fact, set()) if is_known else set()) or {fact}
    return Causes(tuple(sorted(set().union(*did.values()))), _touched(did, known, first, second))


def _touched(
    did: Mapping[int, set[int]], known: Mapping[int, Mapping[int, Entry]], first: Point, second: Point
) -> dict[str, tuple[int, ...]]:
    """Return ``{field: positions}`` of what changed a field at either point."""
    steps = [_steps(known[at.position].values(), at.day) for at in (first, second)]
    found: dict[str, set[int]] = {}
    for fact, names in did.items():
        one, other = (made.get(fact, {}) for made in steps)
        same: set[str] = set()
        if one and other and len({known[at.position][fact].placed_on for at in (first, second)}) == 1:
            same = {name for name in one.keys() & other.keys() if one[name] == other[name]}
        for name in (one.keys() | other.keys()) - same:
            found.setdefault(name, set()).update(names)
    return {name: tuple(sorted(positions)) for name, positions in found.items()}


def _steps(entries: Iterable[Entry], day: str) -> dict[int, dict[str, Any]]:
    """Return ``{position: {field: its value after}}`` of the fields that each entry changed on the way to a day."""
    found, was = {}, _values(None)
    for step in walk(entries, day):
        now = _values(step.after)
        # Most fields are the same object as before, and some are long: they need not be looked through.
        found[step.entry.event.position] = {
            name: said
            for name, said in now.items()
            if name not in was or (said is not was[name] and said != was[name])
        }
        was = now
    return found


def _values(state: Any) -> dict[str, Any]:
    if state is None:
        return {PRESENT: False}
    names, values = _reading(cast("Any", type(state)))
    return {PRESENT: not getattr(state, "withdrawn", False), **dict(zip(names, values(state), strict=True))}


@cache
def _reading(kind: type[Any]) -> tuple[tuple[str, ...], attrgetter[tuple[Any, ...]]]:
    """Return the names of a state's fields, and what reads them all at once."""
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names)
