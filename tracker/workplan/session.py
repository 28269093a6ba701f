"""A session: proposed, scheduled, perhaps moved, then held or cancelled, and what was published of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import assert_never, cast
from zoneinfo import ZoneInfo

from tracker.events.catalogue import (
    SessionCancelled,
    SessionEvent,
    SessionHeld,
    SessionMaterialPublished,
    SessionProposed,
    SessionRescheduled,
    SessionScheduled,
)
from tracker.events.dates import first_day
from tracker.events.event import Event, Wish, id_of
from tracker.events.vocabulary import Window, Wording
from tracker.workplan.plan import World, refuse

PROMISED = ("recording", "summary")
"""Material that is promised by holding a session."""


@dataclass(frozen=True, slots=True)
class Material:
    """Something of the session that can be read or seen."""

    kind: str
    url: str
    language: str


@dataclass(frozen=True, slots=True)
class Session:
    """The state of a session; times are local to ``zone`` unless they carry an offset."""

    id: str
    kind: str
    title: str | Wording
    status: str
    level: str | None
    region: str | None
    country: str | None
    window: Window | None
    starts_at: str | None
    ends_at: str | None
    zone: str | None
    mode: str | None
    languages: tuple[str, ...]
    audience: str | None
    rule: str | None
    workstreams: tuple[str, ...]
    objectives: tuple[str, ...]
    original_start: str | None
    attendance: dict[str, int] | None
    counts_for: tuple[str, ...]
    materials: tuple[Material, ...]
    held_on: str | None = None

    @property
    def missing_materials(self) -> tuple[str, ...]:
        """What was promised by holding it and is not there; nothing is chased under the Chatham House rule."""
        if self.status != "held" or self.rule == "chatham_house":
            return ()
        there = {material.kind for material in self.materials}
        return tuple(kind for kind in PROMISED if kind not in there)


def instant_of(said: str, zone: str) -> datetime:
    """Return the UTC instant of a wall time in ``zone``, or of a time that carries its offset."""
    moment = datetime.fromisoformat(said)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def evolve(state: Session | None, event: Event, placed_on: str) -> Session | None:
    data = cast("SessionEvent", event.data)
    if isinstance(data, SessionProposed):
        return Session(
            id=id_of(event.subject),
            kind=data.kind,
            title=data.title,
            status="proposed",
            level=data.level,
            region=data.region,
            country=None,
            window=data.window,
            starts_at=None,
            ends_at=None,
            zone=None,
            mode=None,
            languages=(),
            audience=data.audience,
            rule=None,
            workstreams=data.workstreams or (),
            objectives=data.objectives or (),
            original_start=None,
            attendance=None,
            counts_for=(),
            materials=(),
        )
    if isinstance(data, SessionScheduled):
        return Session(
            id=id_of(event.subject),
            kind=data.kind,
            title=data.title,
            status="held" if state and state.status == "held" else "scheduled",
            level=data.level,
            region=data.region,
            country=data.country,
            window=state.window if state else None,
            starts_at=data.starts_at,
            ends_at=data.ends_at,
            zone=data.zone,
            mode=data.mode,
            languages=data.languages,
            audience=data.audience,
            rule=data.rule,
            workstreams=data.workstreams,
            objectives=data.objectives,
            original_start=state.original_start if state and state.original_start else data.starts_at,
            attendance=state.attendance if state else None,
            counts_for=state.counts_for if state else (),
            materials=state.materials if state else (),
            held_on=state.held_on if state else None,
        )
    if state is None:
        return None
    match data:
        case SessionRescheduled():
            status = "held" if state.status == "held" else "scheduled"
            return replace(state, starts_at=data.starts_at, ends_at=data.ends_at, status=status)
        case SessionHeld():
            held = replace(state, status="held", attendance=data.attendance, held_on=placed_on)
            return replace(held, counts_for=data.counts_for or ())
        case SessionMaterialPublished():
            material = Material(data.kind, data.url, data.language)
            return (
                state
                if material in state.materials
                else replace(state, materials=(*state.materials, material))
            )
        case SessionCancelled():
            return replace(state, status="cancelled")
        case _:
            assert_never(data)


def _is_past(held: Session, data: SessionScheduled | SessionRescheduled) -> bool:
    """Return whether a date announced late is that of the session held, not of one to come."""
    return data.starts_at[:10] <= (held.held_on or "")


def misfit(state: Session | None, data: SessionEvent) -> str | None:
    if isinstance(data, SessionProposed):
        return None
    if state and state.status == "held" and isinstance(data, SessionScheduled | SessionRescheduled):
        return None if _is_past(state, data) else "the session was held before"
    if isinstance(data, SessionScheduled):
        return None
    if state is None:
        return "the session does not exist then"
    match data:
        case SessionHeld():
            return "the session is cancelled then" if state.status == "cancelled" else None
        case SessionRescheduled():
            return (
                None if state.status == "scheduled" else f"the session is {state.status} then, not scheduled"
            )
        case SessionCancelled():
            return "the session was held before" if state.status == "held" else None
        case SessionMaterialPublished():
            return None
        case _:
            assert_never(data)


def decide(state: Session | None, wish: Wish, world: World, day: date) -> SessionEvent | None:
    data = cast("SessionEvent", wish.data)
    if why := misfit(state, data):
        raise refuse(
            "{subject}: {why}",
            field="/type",
            value=wish.type,
            way_out="Propose or schedule it first, or correct the earlier entry.",
            subject=wish.subject,
            why=why,
        )
    match data:
        case SessionProposed():
            return data
        case SessionScheduled():
            _check_times(data, data.zone)
            return data
        case SessionRescheduled():
            held = cast("Session", state)
            _check_times(data, held.zone or world.zone)
            if (held.starts_at, held.ends_at) == (data.starts_at, data.ends_at):
                return None
            _check_ahead(held, data, wish, world, day)
            return data
        case SessionHeld():
            held = cast("Session", state)
            if held.starts_at and instant_of(held.starts_at, held.zone or world.zone) > world.now:
                raise refuse(
                    "{subject} is scheduled for {start}, which is still to come",
                    field="/subject",
                    value=wish.subject,
                    way_out="Report it when it has taken place, or reschedule it first.",
                    subject=wish.subject,
                    start=held.starts_at,
                )
            _check_held(held, wish, world, day)
            same = (held.status, held.attendance, held.counts_for) == (
                "held",
                data.attendance,
                data.counts_for or (),
            )
            return None if same else data
        case SessionMaterialPublished():
            held = cast("Session", state)
            return None if Material(data.kind, data.url, data.language) in held.materials else data
        case SessionCancelled():
            return None if cast("Session", state).status == "cancelled" else data
        case _:
            assert_never(data)


def _days(said: str, zone: str, world: World) -> tuple[date, date]:
    """Return the earlier and the later of the days on which it is then, where the session is and in the plan's zone."""
    moment = instant_of(said, zone)
    found = [moment.astimezone(ZoneInfo(one)).date() for one in (zone, world.zone)]
    return min(found), max(found)


def _check_held(held: Session, wish: Wish, world: World, day: date) -> None:
    if held.starts_at and day < (planned := _days(held.starts_at, held.zone or world.zone, world)[0]):
        raise refuse(
            "{subject} cannot have been held on {day}: it was planned for {planned}",
            field="/occurred_on",
            value=wish.occurred_on,
            way_out="If it was moved forward, reschedule it first; else correct the day.",
            subject=wish.subject,
            day=day,
            planned=planned,
        )


def _check_ahead(held: Session, data: SessionRescheduled, wish: Wish, world: World, day: date) -> None:
    """Refuse a move to a day before the move itself, unless it is that of the session held, entered late."""
    said_on = first_day(wish.occurred_on) if wish.occurred_on else day
    start = _days(data.starts_at, held.zone or world.zone, world)[1]
    if held.status != "held" and start < said_on:
        raise refuse(
            "{subject} cannot be moved to {start}: that lies before the day of the move ({day})",
            field="/data/starts_at",
            value=data.starts_at,
            way_out="Give a day to come. If it was moved earlier, say on which day (`occurred_on`).",
            subject=wish.subject,
            start=start,
            day=said_on,
        )


def _check_times(data: SessionScheduled | SessionRescheduled, zone: str) -> None:
    for name in ("starts_at", "ends_at"):
        _check_wall(getattr(data, name), zone, f"/data/{name}")
    if instant_of(data.starts_at, zone) >= instant_of(data.ends_at, zone):
        raise refuse(
            "the session ends ({end}) before it starts ({start})",
            field="/data/ends_at",
            value=data.ends_at,
            way_out="Correct one of the two times.",
            start=data.starts_at,
            end=data.ends_at,
        )


def _check_wall(said: str, zone: str, field: str) -> None:
    """Refuse a wall time that is skipped, or comes twice, where the clock is changed; with an offset it is plain."""
    wall = datetime.fromisoformat(said)
    if wall.tzinfo is not None:
        return
    first, second = (wall.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return
    if first.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall:
        raise refuse(
            "{said} does not exist in {zone}: the clock is put forward then",
            field=field,
            value=said,
            way_out="Give a time before or after the change of the clock.",
            said=said,
            zone=zone,
        )
    raise refuse(
        "{said} comes twice in {zone}: the clock is put back then",
        field=field,
        value=said,
        way_out=f"Say which with its offset: `{first.isoformat()}` or `{second.isoformat()}`.",
        said=said,
        zone=zone,
    )


def references(data: SessionEvent, world: World, subject: str) -> None:
    """Refuse a session that names a workstream or activity that does not exist.

    Raises:
        RuleError: naming it.
    """
    for workstream in getattr(data, "workstreams", None) or ():
        world.require(f"workstream/{workstream}", "/data/workstreams")
    for activity in getattr(data, "counts_for", None) or ():
        world.require(f"activity/{activity}", "/data/counts_for")
