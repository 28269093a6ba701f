"""Judging a request as a whole: every wish at its place in time, every subject replayed once, all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from tracker.errors import ConflictError
from tracker.events.catalogue import (
    AMENDING,
    CATALOGUE,
    ActivityClosedOut,
    EntryCorrected,
    EventData,
    MomentNamed,
    WorkplanClosed,
)
from tracker.events.dates import first_day
from tracker.events.event import Event, Said, Wish, kind_of
from tracker.workplan.amending import check_first_day
from tracker.workplan.docket import Docket, History, Place, Step, pointing
from tracker.workplan.folding import KINDS, corrected_data, entry_of
from tracker.workplan.plan import Standing, World, refuse


@dataclass(frozen=True, slots=True)
class Judged:
    """What a request causes: its events in position order, the day each stands at, and the standing after each."""

    events: tuple[Event, ...]
    placed_on: tuple[str, ...]
    standings: tuple[Standing, ...]


def judge(wishes: Sequence[Wish], said: Said, place: Place, world: World, history: History) -> Judged:
    """Return what the wishes cause together, or refuse them all. Wishes already true cause nothing.

    Raises:
        ConflictError: an expected version does not hold, or an id is taken.
        RuleError: a wish breaks a rule, or an entry that fitted before no longer would.
    """
    founded: set[str] = set()
    for index, wish in enumerate(wishes):
        pointing(index, len(wishes), _check_version, wish, founded, world)
        if wish.is_founding:
            founded.add(wish.subject)
    for index, wish in enumerate(wishes):
        pointing(index, len(wishes), _check_wish, wish, founded, world)
        if isinstance(wish.data, WorkplanClosed):
            world = replace(world, is_closed=True)
    kept = list(wishes)
    while True:
        steps = _judge_once(kept, said, place, world, history)
        if len(steps) == len(kept):
            break
        kept = [kept[step.index] for step in steps]
    events = tuple(step.event for step in steps)
    placed = tuple(entry_of(event, world.zone).placed_on for event in events)
    return Judged(events, placed, tuple(step.standing for step in steps))


def _judge_once(
    wishes: Sequence[Wish], said: Said, place: Place, world: World, history: History
) -> list[Step]:
    groups: dict[str, list[int]] = {}
    for index, wish in enumerate(wishes):
        groups.setdefault(wish.subject, []).append(index)
    steps: list[Step] = []
    after = world
    for subject, indices in groups.items():
        docket = Docket(subject, wishes, indices, said, place, after, history)
        made = docket.judged()
        steps.extend(made)
        if made:
            after = replace(after, plan=after.plan.with_standings({subject: made[-1].standing}))
    for step in steps:
        data = _stated(step.event, history)
        if data is not None:
            kind = KINDS[kind_of(step.event.subject)]
            pointing(step.index, len(wishes), kind.references, data, after, step.event.subject)
    return sorted(steps, key=lambda step: step.index)


def _stated(event: Event, history: History) -> EventData | None:
    """Return the data whose references must hold: a fact's own, or what a correction puts in its target's place."""
    if not isinstance(event.data, AMENDING):
        return event.data
    if isinstance(event.data, EntryCorrected) and event.data.data is not None:
        position = event.data.position
        target = next((one for one in history(event.subject) if one.position == position), None)
        return corrected_data(target, event.data) if target else None
    return None


def _check_version(wish: Wish, founded: Collection[str], world: World) -> None:
    held = world.plan.standing(wish.subject)
    current = held.version if held else 0
    if wish.expected_version is not None and wish.expected_version != current:
        raise ConflictError(
            "{subject} is at version {current}, you expected {expected}",
            subject=wish.subject,
            current=current,
            expected=wish.expected_version,
            field="/expected_version",
            value=wish.expected_version,
            way_out="Read it again: what happened since is listed in `since`.",
            details={
                "subject": wish.subject,
                "current_version": current,
                "expected": wish.expected_version,
            },
        )
    is_founded = wish.subject in founded
    is_scheduled = wish.type == "SessionScheduled" and (is_founded or (held and held.state))
    if wish.is_founding and (held or is_founded) and not is_scheduled:
        raise ConflictError(
            "the id {subject} is taken",
            subject=wish.subject,
            field="/subject",
            value=wish.subject,
            way_out="Ids are never used again. Choose another one, or change what is there.",
            details={"subject": wish.subject, "current_version": current},
        )


def _check_wish(wish: Wish, founded: Collection[str], world: World) -> None:
    if wish.occurred_on:
        if first_day(wish.occurred_on) > world.today:
            raise refuse(
                "{day} lies in the future",
                field="/occurred_on",
                value=wish.occurred_on,
                way_out=f"Facts happened: give {world.today} or earlier. Plans are said in the data.",
                day=wish.occurred_on,
            )
        check_first_day(wish.occurred_on, world, "/occurred_on")
    if wish.subject not in founded and not world.plan.standing(wish.subject):
        world.require(wish.subject, "/subject")
    speaker = wish.on_behalf_of.entity if wish.on_behalf_of else wish.entity
    if speaker and f"entity/{speaker}" not in founded:
        world.require(f"entity/{speaker}", "/on_behalf_of/entity" if wish.on_behalf_of else "/entity")
    if wish.on_behalf_of and wish.entity:
        raise refuse(
            "a report counts either as your entity's or as another's",
            field="/entity",
            value=wish.entity,
            way_out="Leave out `entity` where `on_behalf_of` is given.",
        )
    if wish.on_behalf_of and first_day(wish.on_behalf_of.received_on) > world.today:
        raise refuse(
            "{day} lies in the future",
            field="/on_behalf_of/received_on",
            value=wish.on_behalf_of.received_on,
            way_out=f"Give the day on which it was received: {world.today} or earlier.",
            day=wish.on_behalf_of.received_on,
        )
    if wish.decided_at and wish.decided_at not in founded:
        world.require(wish.decided_at, "/decided_at")
    if world.is_closed and not _is_open_to(wish):
        raise refuse(
            "the workplan is closed: {type} can no longer be entered",
            field="/type",
            value=wish.type,
            way_out="Corrections, moments, sessions, reviews, findings, products and closing-out still can.",
            type=wish.type,
        )


def _is_open_to(wish: Wish) -> bool:
    """Say whether a closed plan takes it; what the system vouches for (a new key, a letter's end) happened anyway."""
    allowed = isinstance(wish.data, (*AMENDING, MomentNamed, ActivityClosedOut))
    is_record = CATALOGUE[wish.type].right == "system"
    return allowed or is_record or kind_of(wish.subject) in {"session", "review", "product"}
