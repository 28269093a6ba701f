"""Corrections, retractions and redactions: what may be amended, and how an amendment is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tracker.errors import RuleError
from tracker.events.catalogue import (
    CATALOGUE,
    EntryCorrected,
    EntryRetracted,
    ProgressReported,
    RoundOpened,
    TextRedacted,
)
from tracker.events.dates import first_day, last_day, local_day
from tracker.events.event import Event, Wish
from tracker.events.sealing import seals_in
from tracker.events.shapes import to_json
from tracker.workplan.folding import is_amending
from tracker.workplan.plan import World, refuse

FIXED = frozenset(
    {"WorkplanAdopted", "SigningKeyChanged", "ReadinessSnapshotTaken", "ReminderSent", "ReminderFailed"}
)
"""Entries that the system vouches for: nobody amends them."""

Amendment = EntryCorrected | EntryRetracted | TextRedacted


def decide_amendment(wish: Wish, data: Amendment, events: Sequence[Event], world: World) -> Amendment | None:
    """Return the amendment to store, or None where it is already so. ``events`` are all of the subject so far.

    Raises:
        RuleError: the target cannot be amended, or not in this way.
    """
    target = next((event for event in events if event.position == data.position), None)
    if target is None:
        raise _refused(
            "entry {position} is not about {subject}",
            data,
            "Amend an entry under its own subject; read its history for the positions.",
            subject=wish.subject,
        )
    if is_amending(target) and not isinstance(data, TextRedacted):
        raise _refused(
            "entry {position} is itself an amendment ({type})",
            data,
            "Amend the original entry again.",
            type=target.type,
        )
    if target.type in FIXED and not isinstance(data, TextRedacted):
        raise _refused(
            "entry {position} ({type}) is the system's own record", data, "It stands.", type=target.type
        )
    match data:
        case TextRedacted():
            return _redacted(data, target, events)
        case EntryRetracted():
            return None if is_retracted(events, data.position) else data
        case EntryCorrected():
            return _corrected(data, target, events, world)


def is_retracted(events: Sequence[Event], position: int) -> bool:
    return any(isinstance(event.data, EntryRetracted) and event.data.position == position for event in events)


def _corrected(
    data: EntryCorrected, target: Event, events: Sequence[Event], world: World
) -> EntryCorrected | None:
    if is_retracted(events, data.position):
        raise _refused("entry {position} is retracted, and that is final", data, "Enter it anew.")
    held = _held(target, events)
    wished: dict[str, Any] = {
        name: value
        for name in ("occurred_on", "reason", "data")
        if (value := getattr(data, name)) is not None
    }
    if not wished:
        raise _refused(
            "the correction of entry {position} changes nothing",
            data,
            "Give at least one of `occurred_on`, `reason` and `data`.",
        )
    if data.occurred_on:
        _check_day(data, target, world)
    if data.data is not None:
        wished["data"] = _filled(data.data, target, held["data"])
    if all(held[name] == value for name, value in wished.items()):
        return None
    if data.data is None:
        return data
    return replace(data, data=wished["data"], schema=CATALOGUE[target.type].schema)


def _filled(said: dict[str, Any], target: Event, held: dict[str, Any]) -> dict[str, Any]:
    """Return a correction's data with what the server had filled in: the quarter of a report, the dates of a round."""
    kept: tuple[str, ...] = ()
    if isinstance(target.data, ProgressReported):
        kept = ("quarter",)
    elif isinstance(target.data, RoundOpened):
        kept = ("opens", "due", "closes", "steps")
    return {name: held[name] for name in kept if name in held} | said


def _held(target: Event, events: Sequence[Event]) -> dict[str, Any]:
    held = {"occurred_on": target.occurred_on, "reason": target.reason, "data": to_json(target.data)}
    for event in events:
        if isinstance(event.data, EntryCorrected) and event.data.position == target.position:
            named = {name: getattr(event.data, name) for name in held}
            held.update({name: value for name, value in named.items() if value is not None})
    return held


def _check_day(data: EntryCorrected, target: Event, world: World) -> None:
    said = data.occurred_on or ""
    recorded = local_day(target.recorded, world.zone)
    if first_day(said) > recorded:
        raise refuse(
            "entry {position} was recorded on {recorded} and cannot have happened on {said}",
            field="/data/occurred_on",
            value=said,
            way_out=f"Give {recorded} or an earlier date.",
            position=data.position,
            recorded=recorded.isoformat(),
            said=said,
        )
    check_first_day(said, world, "/data/occurred_on")


def check_first_day(said: str, world: World, pointer: str) -> None:
    """Refuse a date before the plan's period.

    Raises:
        RuleError: it lies before.
    """
    if last_day(said) < world.first_day:
        raise refuse(
            "{said} lies before the plan's period, which begins on {first}",
            field=pointer,
            value=said,
            way_out=f"Give {world.first_day} or a later date.",
            said=said,
            first=world.first_day.isoformat(),
        )


def _redacted(data: TextRedacted, target: Event, events: Sequence[Event]) -> TextRedacted | None:
    fields = dict(seals_in(to_json(target)))
    if data.field not in fields:
        raise _refused(
            "entry {position} has no redactable text at {named}",
            data,
            f"Its texts are: {', '.join(fields) or 'none'}.",
            pointer="/data/field",
            named=data.field,
        )
    done = any(
        isinstance(event.data, TextRedacted)
        and (event.data.position, event.data.field) == (data.position, data.field)
        for event in events
    )
    return None if done else data


def _refused(
    template: str, data: Amendment, way_out: str, *, pointer: str = "/data/position", **operands: object
) -> RuleError:
    field = getattr(data, "field", "")
    return refuse(
        template,
        field=pointer,
        value=field if pointer.endswith("field") else data.position,
        way_out=way_out,
        position=data.position,
        **operands,
    )
