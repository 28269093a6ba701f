"""A regional review: planned, moved (the normal case), held; the reports and findings that readiness is read from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never, cast

from tracker.events.catalogue import (
    ReadinessFindingRecorded,
    ReadinessSnapshotTaken,
    ReviewCancelled,
    ReviewEvent,
    ReviewHeld,
    ReviewOutcomePublished,
    ReviewPlanned,
    ReviewRescheduled,
    VoluntaryReportExpected,
    VoluntaryReportReceived,
)
from tracker.events.dates import first_day, last_day
from tracker.events.event import Event, Wish, id_of
from tracker.events.vocabulary import Sealed, Window
from tracker.workplan.plan import World, refuse


@dataclass(frozen=True, slots=True)
class Dates:
    """When a review is to take place: a window, or days."""

    window: Window | None
    starts_on: str | None
    ends_on: str | None

    @property
    def first(self) -> date | None:
        """The first day on which it may take place."""
        said = self.starts_on or (self.window.from_ if self.window else None)
        return first_day(said) if said else None

    @property
    def last(self) -> date | None:
        said = self.ends_on or self.starts_on or (self.window.to if self.window else None)
        return last_day(said) if said else None


@dataclass(frozen=True, slots=True)
class Rescheduling:
    """One move: when it was said, from what to what, and why."""

    position: int
    on: str
    old: Dates
    new: Dates
    reason: Sealed | None


@dataclass(frozen=True, slots=True)
class VoluntaryReport:
    """A country's report."""

    country: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A person's finding on one line of the readiness picture."""

    position: int
    line: str
    status: str
    finding: Sealed
    source: Sealed


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A frozen readiness picture."""

    number: int
    position: int
    at_position: int
    size: int
    root: str
    rules: str
    sha256: str
    signed_off_by: str
    taken_at: str


@dataclass(frozen=True, slots=True)
class Review:
    """The state of a review; ``id`` is the region."""

    id: str
    planned: Dates
    current: Dates
    status: str
    place: str | None
    commission: str
    reschedulings: tuple[Rescheduling, ...]
    reports_expected: tuple[str, ...]
    reports_received: tuple[VoluntaryReport, ...]
    findings: tuple[Finding, ...]
    snapshots: tuple[Snapshot, ...]
    outcomes: tuple[str, ...]
    held_on: str | None = None


def evolve(state: Review | None, event: Event, placed_on: str) -> Review | None:
    data = cast("ReviewEvent", event.data)
    if isinstance(data, ReviewPlanned):
        dates = Dates(data.window, data.starts_on, data.ends_on)
        return Review(
            id_of(event.subject), dates, dates, "planned", data.place, data.commission, (), (), (), (), (), ()
        )
    if state is None:
        return None
    match data:
        case ReviewRescheduled():
            new = Dates(data.window, data.starts_on, data.ends_on)
            move = Rescheduling(event.position, placed_on, state.current, new, event.reason)
            status = "held" if state.status == "held" else "planned"
            moved = replace(state, current=new, place=data.place or state.place, status=status)
            return replace(moved, reschedulings=(*state.reschedulings, move))
        case ReviewHeld():
            return replace(state, status="held", held_on=placed_on)
        case ReviewOutcomePublished():
            return replace(state, outcomes=tuple(dict.fromkeys((*state.outcomes, data.url))))
        case ReviewCancelled():
            return replace(state, status="cancelled")
        case VoluntaryReportExpected():
            return replace(state, reports_expected=tuple(sorted({*state.reports_expected, data.country})))
        case VoluntaryReportReceived():
            others = [one for one in state.reports_received if one.country != data.country]
            received = sorted([*others, VoluntaryReport(data.country, data.url)], key=lambda one: one.country)
            return replace(state, reports_received=tuple(received))
        case ReadinessFindingRecorded():
            others_found = tuple(one for one in state.findings if one.line != data.line)
            finding = Finding(event.position, data.line, data.status, data.finding, data.source)
            return replace(state, findings=(*others_found, finding))
        case ReadinessSnapshotTaken():
            return replace(state, snapshots=(*state.snapshots, _snapshot(event, data)))
        case _:
            assert_never(data)


def _snapshot(event: Event, data: ReadinessSnapshotTaken) -> Snapshot:
    return Snapshot(
        number=data.number or 0,
        position=event.position,
        at_position=data.at_position or 0,
        size=data.size or 0,
        root=data.root or "",
        rules=data.rules or "",
        sha256=data.sha256 or "",
        signed_off_by=data.signed_off_by,
        taken_at=event.recorded_at,
    )


def misfit(state: Review | None, data: ReviewEvent) -> str | None:
    if isinstance(data, ReviewPlanned):
        return None
    if state is None:
        return "the review does not exist then"
    if state.status == "held" and isinstance(data, ReviewRescheduled | ReviewCancelled):
        said = data.starts_on if isinstance(data, ReviewRescheduled) else None
        is_past = said is not None and said <= (state.held_on or "")  # announced late, not yet to come
        return None if is_past else "the review was held before"
    if state.status == "cancelled" and isinstance(data, ReviewHeld):
        return "the review is cancelled then"
    return None


def decide(state: Review | None, wish: Wish, world: World, day: date) -> ReviewEvent | None:
    data = cast("ReviewEvent", wish.data)
    if why := misfit(state, data):
        raise refuse(
            "{subject}: {why}",
            field="/type",
            value=wish.type,
            way_out="Plan or reschedule it first, or correct the earlier entry.",
            subject=wish.subject,
            why=why,
        )
    held = cast("Review", state)
    match data:
        case ReviewPlanned():
            _check_dates(data)
            return data
        case ReviewRescheduled():
            _check_dates(data)
            if wish.reason is None:
                raise refuse(
                    "moving a review needs a reason",
                    field="/reason",
                    way_out="Send the same with a `reason`.",
                )
            moved = Dates(data.window, data.starts_on, data.ends_on)
            if moved == held.current and data.place in {None, held.place}:
                return None
            _check_ahead(held, moved, wish, day)
            return data
        case ReviewHeld():
            if held.status == "held":
                return None
            _check_held(held, wish, day)
            return data
        case ReviewOutcomePublished():
            return None if data.url in held.outcomes else data
        case ReviewCancelled():
            return None if held.status == "cancelled" else data
        case VoluntaryReportExpected():
            return None if data.country in held.reports_expected else data
        case VoluntaryReportReceived():
            return None if VoluntaryReport(data.country, data.url) in held.reports_received else data
        case ReadinessSnapshotTaken():
            if any(one.number == data.number for one in held.snapshots):
                raise refuse(
                    "{subject} is frozen once in a request",
                    field="/type",
                    value=wish.type,
                    way_out="Send the second snapshot in a request of its own.",
                    subject=wish.subject,
                )
            return data
        case ReadinessFindingRecorded():
            return data
        case _:
            assert_never(data)


def _check_ahead(held: Review, moved: Dates, wish: Wish, day: date) -> None:
    """Refuse a move to days before the move itself, unless they are those of the review held, entered late."""
    said_on = first_day(wish.occurred_on) if wish.occurred_on else day
    if held.status != "held" and moved != held.current and (last := moved.last) and last < said_on:
        raise refuse(
            "{subject} cannot be moved to {last}: that lies before the day of the move ({day})",
            field="/data/starts_on" if moved.starts_on else "/data/window/to",
            value=moved.starts_on or (moved.window and moved.window.to),
            way_out="Give days to come. If it was moved earlier, say on which day (`occurred_on`).",
            subject=wish.subject,
            last=last,
            day=said_on,
        )


def _check_held(held: Review, wish: Wish, day: date) -> None:
    if (planned := held.current.first) and day < planned:
        raise refuse(
            "{subject} cannot have been held on {day}: it is planned for {planned} or later",
            field="/occurred_on",
            value=wish.occurred_on,
            way_out="If it was moved forward, reschedule it first, with the reason; else correct the day.",
            subject=wish.subject,
            day=day,
            planned=planned,
        )


def _check_dates(data: ReviewPlanned | ReviewRescheduled) -> None:
    if (data.window is None) == (data.starts_on is None):
        raise refuse(
            "a review is planned either in a window or on days",
            field="/data/window",
            way_out="Give `window`, or `starts_on` and `ends_on`, not both.",
        )
    if data.starts_on and (data.ends_on or data.starts_on) < data.starts_on:
        raise refuse(
            "the review ends ({end}) before it starts ({start})",
            field="/data/ends_on",
            value=data.ends_on,
            way_out="Correct one of the two days.",
            start=data.starts_on,
            end=data.ends_on,
        )


def references(data: ReviewEvent, world: World, subject: str) -> None:
    """A review names no other subject."""
