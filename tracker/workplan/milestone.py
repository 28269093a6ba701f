"""A milestone: something due, rescheduled perhaps, reached or cancelled in the end.

What was reached stays so when it becomes known late, whatever was announced since.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never, cast

from tracker.events.catalogue import (
    MilestoneCancelled,
    MilestoneEvent,
    MilestoneReached,
    MilestoneRescheduled,
    MilestoneSet,
)
from tracker.events.event import Event, Wish, id_of
from tracker.events.vocabulary import Evidence, Window, Wording
from tracker.workplan.plan import World, refuse


@dataclass(frozen=True, slots=True)
class Milestone:
    """The state of a milestone; ``reached_on`` is the day, ``original_due`` the first promise."""

    id: str
    title: str | Wording
    due: str | Window
    original_due: str | Window
    status: str
    activity: str | None
    workstream: str | None
    commitment: str | None
    evidence: tuple[Evidence, ...]
    reached_on: str | None


def evolve(state: Milestone | None, event: Event, placed_on: str) -> Milestone | None:
    data = cast("MilestoneEvent", event.data)
    if isinstance(data, MilestoneSet):
        return Milestone(
            id=id_of(event.subject),
            title=data.title,
            due=data.due,
            original_due=data.due,
            status="set",
            activity=data.activity,
            workstream=data.workstream,
            commitment=data.commitment,
            evidence=(),
            reached_on=None,
        )
    if state is None:
        return None
    match data:
        case MilestoneRescheduled():
            return replace(state, due=data.due, status="reached" if state.status == "reached" else "set")
        case MilestoneReached():
            return replace(state, status="reached", evidence=data.evidence or (), reached_on=placed_on)
        case MilestoneCancelled():
            return state if state.status == "reached" else replace(state, status="cancelled")
        case _:
            assert_never(data)


def misfit(state: Milestone | None, data: MilestoneEvent) -> str | None:
    if isinstance(data, MilestoneSet):
        return None
    if state is None:
        return "the milestone does not exist then"
    if state.status == "cancelled" and isinstance(data, MilestoneReached):
        return "the milestone is cancelled then"
    return None


def decide(state: Milestone | None, wish: Wish, world: World, day: date) -> MilestoneEvent | None:
    data = cast("MilestoneEvent", wish.data)
    if isinstance(data, MilestoneSet):
        if sum(one is not None for one in (data.activity, data.workstream, data.commitment)) != 1:
            raise refuse(
                "a milestone belongs to one activity, one workstream or one commitment",
                field="/data/activity",
                way_out="Give exactly one of `activity`, `workstream` and `commitment`.",
            )
        return data
    if state is None or misfit(state, data):
        raise refuse(
            "{subject}: {why}",
            field="/subject",
            value=wish.subject,
            way_out="Set or reschedule it first.",
            subject=wish.subject,
            why=misfit(state, data),
        )
    if state.status == "reached" and not isinstance(data, MilestoneReached):
        raise refuse(
            "{subject} was reached on {day}",
            field="/type",
            value=wish.type,
            way_out="What was reached stays so; retract the entry that says it if it was not.",
            subject=wish.subject,
            day=state.reached_on,
        )
    match data:
        case MilestoneRescheduled():
            return None if data.due == state.due and state.status == "set" else data
        case MilestoneReached():
            return None if state.status == "reached" and not data.evidence else data
        case MilestoneCancelled():
            return None if state.status == "cancelled" else data
        case _:
            assert_never(data)


def references(data: MilestoneEvent, world: World, subject: str) -> None:
    """Refuse a milestone of something that does not exist.

    Raises:
        RuleError: naming it.
    """
    if isinstance(data, MilestoneSet):
        for kind in ("activity", "workstream", "commitment"):
            if owner := getattr(data, kind):
                world.require(f"{kind}/{owner}", f"/data/{kind}")
