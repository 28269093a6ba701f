"""A reporting round: its dates, the letters that went out, who was asked what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never, cast

from tracker.events.catalogue import (
    ReminderFailed,
    ReminderSent,
    ReportRequested,
    RoundClosed,
    RoundEvent,
    RoundExtended,
    RoundOpened,
)
from tracker.events.dates import last_day, quarter_of
from tracker.events.event import Event, Wish, id_of
from tracker.events.vocabulary import Sealed, Step
from tracker.workplan.calendar import AGAIN, dates_by_hand, regular_dates, steps_of
from tracker.workplan.plan import World, refuse


@dataclass(frozen=True, slots=True)
class Reminder:
    """One letter: who got it, or why nobody did."""

    position: int
    step: str
    recipient: str
    outcome: str
    at: str
    entities: tuple[str, ...]
    activities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to one lead about one activity."""

    position: int
    activity: str
    entity: str
    question: Sealed


@dataclass(frozen=True, slots=True)
class Round:
    """The state of a round; ``id`` is the quarter."""

    id: str
    opens: str
    due: str
    closes: str
    steps: tuple[Step, ...]
    closed: bool
    extensions: int
    reminders: tuple[Reminder, ...]
    requested: tuple[Asked, ...]


def evolve(state: Round | None, event: Event, placed_on: str) -> Round | None:
    data = cast("RoundEvent", event.data)
    if isinstance(data, RoundOpened):
        dates = (data.opens or "", data.due or "", data.closes or "")
        return Round(
            id_of(event.subject),
            *dates,
            data.steps or (),
            closed=False,
            extensions=0,
            reminders=(),
            requested=(),
        )
    if state is None:
        return None
    match data:
        case RoundExtended():
            steps = data.steps if data.steps is not None else state.steps
            extended = replace(state, due=data.due, closes=data.closes, steps=steps)
            return replace(extended, closed=False, extensions=state.extensions + 1)
        case ReportRequested():
            asked = Asked(event.position, data.activity, data.entity, data.question)
            return replace(state, requested=(*state.requested, asked))
        case ReminderSent():
            sent = Reminder(
                event.position,
                data.step,
                data.recipient,
                "accepted",
                event.recorded_at,
                data.entities,
                data.activities,
            )
            return replace(state, reminders=(*state.reminders, sent))
        case ReminderFailed():
            failed = Reminder(
                event.position, data.step, data.recipient, data.outcome, event.recorded_at, (), ()
            )
            return replace(state, reminders=(*state.reminders, failed))
        case RoundClosed():
            return replace(state, closed=True)
        case _:
            assert_never(data)


def misfit(state: Round | None, data: RoundEvent) -> str | None:
    return None if state or isinstance(data, RoundOpened) else "the round is not open then"


def decide(state: Round | None, wish: Wish, world: World, day: date) -> RoundEvent | None:
    data = cast("RoundEvent", wish.data)
    quarter = id_of(wish.subject)
    if isinstance(data, RoundOpened):
        return _opened(quarter, world)
    if state is None:
        raise refuse(
            "the round {quarter} is not open",
            field="/subject",
            value=wish.subject,
            way_out=f"Open it first: RoundOpened on {wish.subject}.",
            quarter=quarter,
        )
    match data:
        case RoundExtended():
            return _extended(state, data, world)
        case ReportRequested() | ReminderSent() | ReminderFailed():
            return data
        case RoundClosed():
            return None if state.closed else data
        case _:
            assert_never(data)


def _opened(quarter: str, world: World) -> RoundOpened:
    if last_day(quarter) >= world.today:
        raise refuse(
            "the quarter {quarter} is not over",
            field="/subject",
            value=f"round/{quarter}",
            way_out=f"Open its round from the first working day after {last_day(quarter)}.",
            quarter=quarter,
        )
    if quarter < quarter_of(world.first_day):
        raise refuse(
            "the quarter {quarter} lies before the plan's period",
            field="/subject",
            value=f"round/{quarter}",
            way_out=f"The first round is that of {quarter_of(world.first_day)}.",
            quarter=quarter,
        )
    dates = regular_dates(quarter, world.is_working_day)
    if not dates.opens <= world.today <= dates.closes:
        dates = dates_by_hand(world.today, world.is_working_day)
    return RoundOpened(dates.opens.isoformat(), dates.due.isoformat(), dates.closes.isoformat(), dates.steps)


def _extended(state: Round, data: RoundExtended, world: World) -> RoundExtended | None:
    if data.closes < data.due:
        raise refuse(
            "the round closes ({closes}) before it is due ({due})",
            field="/data/closes",
            value=data.closes,
            way_out="Swap them, or give a later closing day.",
            closes=data.closes,
            due=data.due,
        )
    if (state.due, state.closes, state.closed) == (data.due, data.closes, False):
        return None
    if data.steps is not None:
        return data
    return replace(data, steps=_steps_anew(state, date.fromisoformat(data.due), world))


def _steps_anew(state: Round, due: date, world: World) -> tuple[Step, ...]:
    """Return the steps that have come, as they were, and those to come; a step that comes twice gets a new name.

    A letter is unique by its step: under the old name nobody would hear of the new due day.
    """
    today = world.today.isoformat()
    come = [one for one in state.steps if one.on <= today]
    names, count = {one.step for one in come}, sum(1 for one in come if one.step.startswith(AGAIN))
    to_come = []
    for step in steps_of(date.fromisoformat(state.opens), due, world.is_working_day):
        if step.on > today and step.step in names:
            count += 1
            to_come.append(Step(f"{AGAIN}{count}", step.on))
        elif step.on > today:
            to_come.append(step)
    return (*come, *to_come)


def references(data: RoundEvent, world: World, subject: str) -> None:
    """Refuse a question to nobody about nothing.

    Raises:
        RuleError: naming what does not exist.
    """
    if isinstance(data, ReportRequested):
        world.require(f"activity/{data.activity}", "/data/activity")
        world.require(f"entity/{data.entity}", "/data/entity")
