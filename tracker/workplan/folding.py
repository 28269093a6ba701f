"""The one fold: from a subject's events to its state, at any position and any day.

A subject's timeline is its living events (retracted ones left out, corrections applied), founding first, then by the
day at which each stands, then by position. The same ``evolve`` serves deciding, the current plan, every past plan and
every rebuild.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from types import ModuleType
from typing import Any, cast

from tracker.events.catalogue import CATALOGUE, EntryCorrected, EntryRetracted, EventData
from tracker.events.codec import UPCASTERS
from tracker.events.dates import local_day, place
from tracker.events.event import Event, Wish, kind_of
from tracker.events.shapes import from_json
from tracker.workplan import (
    activity,
    commitment,
    entity,
    milestone,
    product,
    review,
    root,
    session,
    workstream,
)
from tracker.workplan import round as rounds
from tracker.workplan.plan import Standing, World


@dataclass(frozen=True, slots=True)
class Kind:
    """The four functions and the state of one kind of subject."""

    state: type[Any]
    evolve: Callable[[Any, Event, str], Any]
    misfit: Callable[[Any, Any], str | None]
    decide: Callable[[Any, Wish, World, date], EventData | None]
    references: Callable[[Any, World, str], None]


def _kind(state: type[Any], module: ModuleType) -> Kind:
    return Kind(state, module.evolve, module.misfit, module.decide, module.references)


KINDS: dict[str, Kind] = {
    "workplan": _kind(root.Workplan, root),
    "entity": _kind(entity.Entity, entity),
    "commitment": _kind(commitment.Commitment, commitment),
    "workstream": _kind(workstream.Workstream, workstream),
    "activity": _kind(activity.Activity, activity),
    "milestone": _kind(milestone.Milestone, milestone),
    "product": _kind(product.Product, product),
    "session": _kind(session.Session, session),
    "review": _kind(review.Review, review),
    "round": _kind(rounds.Round, rounds),
}

FOLD_VERSION = 2
"""Rises whenever the same events would fold to another state; checkpoints of other versions are not used."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A living event as it counts: corrections applied, with the day at which it stands."""

    event: Event
    placed_on: str
    is_founding: bool = False

    @property
    def order(self) -> tuple[bool, str, int]:
        return (not self.is_founding, self.placed_on, self.event.position)


def is_amending(event: Event) -> bool:
    return CATALOGUE[event.type].kind == "any"


def corrected_data(target: Event, correction: EntryCorrected) -> EventData:
    """Return the data that a correction puts in the place of its target's."""
    raw, schema = dict(correction.data or {}), correction.schema or 1
    declared = CATALOGUE[target.type]
    while schema < declared.schema:
        raw, schema = UPCASTERS[target.type, schema](raw), schema + 1
    return cast("EventData", from_json(declared.data, raw))


def living(events: Iterable[Event], zone: str) -> list[Entry]:
    """Return a subject's living entries in timeline order; ``events`` come in position order."""
    facts: dict[int, Event] = {}
    for event in events:
        match event.data:
            case EntryRetracted(position=target):
                facts.pop(target, None)
            case EntryCorrected(position=target) as correction:
                if target in facts:
                    facts[target] = _corrected(facts[target], correction)
            case _:
                if not is_amending(event):
                    facts[event.position] = event
    founding = next((position for position, event in facts.items() if CATALOGUE[event.type].founding), None)
    entries = [entry_of(event, zone, is_founding=position == founding) for position, event in facts.items()]
    return sorted(entries, key=lambda entry: entry.order)


def _corrected(target: Event, correction: EntryCorrected) -> Event:
    return replace(
        target,
        occurred_on=correction.occurred_on or target.occurred_on,
        reason=correction.reason or target.reason,
        data=target.data if correction.data is None else corrected_data(target, correction),
    )


def place_of(event: Event, zone: str) -> str:
    """Return the day at which an event stands as it was recorded, without corrections."""
    return _place_of(event.occurred_on, event.recorded_at, zone)


@lru_cache(maxsize=20_000)  # asked of every entry of a subject each time that a late one comes
def _place_of(occurred_on: str, recorded_at: str, zone: str) -> str:
    return place(occurred_on, datetime.fromisoformat(recorded_at), zone).isoformat()


def entry_of(event: Event, zone: str, *, is_founding: bool = False) -> Entry:
    return Entry(event, place_of(event, zone), is_founding)


def fold(kind: str, entries: Sequence[Entry], until: str | None = None) -> Any:
    """Return the state after the entries that stand at ``until`` or earlier; None where none founds it by then."""
    evolve, state = KINDS[kind].evolve, None
    if until is not None and entries and entries[0].is_founding and entries[0].placed_on > until:
        return None
    for entry in entries:
        if until is None or entry.placed_on <= until:
            state = evolve(state, entry.event, entry.placed_on)
    return state


def standing_of(
    subject: str,
    events: Sequence[Event],
    zone: str,
    until: str | None = None,
    *,
    state: tuple[Any] | None = None,
) -> Standing:
    """Return how a subject stands after all of ``events`` (at least one), seen on the day ``until``.

    ``state`` holds the state where that was folded already.
    """
    entries = living(events, zone)
    return Standing(
        subject=subject,
        version=events[-1].version,
        position=events[-1].position,
        latest=max((entry.placed_on for entry in entries if not entry.is_founding), default=""),
        state=state[0] if state else fold(kind_of(subject), entries, until),
        reaches=_reach(events, entries, zone),
    )


def reach_of(event: Event, placed_on: str, zone: str) -> str | None:
    """Return the day at which a fact stands if it came late: recorded on a later one."""
    return placed_on if placed_on < local_day(event.recorded, zone).isoformat() else None


def _reach(events: Sequence[Event], entries: Sequence[Entry], zone: str) -> str | None:
    """Return the first day that the last of ``events`` says something new about; ``entries`` are what lives with it.

    An amendment does from the day on at which its target stood or stands, whichever is earlier; a redaction never.
    """
    last = events[-1]
    if not is_amending(last):
        return reach_of(last, place_of(last, zone), zone)
    if not isinstance(last.data, EntryCorrected | EntryRetracted):
        return None
    target = last.data.position
    both = (*living(events[:-1], zone), *entries)
    return min((entry.placed_on for entry in both if entry.event.position == target), default=None)


def fitting(kind: str, entries: Sequence[Entry]) -> dict[int, bool]:
    """Return ``{position: whether the entry fits the state before it}``."""
    found, state = {}, None
    for entry in entries:
        found[entry.event.position] = KINDS[kind].misfit(state, entry.event.data) is None
        state = KINDS[kind].evolve(state, entry.event, entry.placed_on)
    return found
