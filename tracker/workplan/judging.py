"""Judging a request as a whole: every wish at its place in time, every subject replayed once, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tracker.errors import ConflictError, RuleError
from tracker.events.catalogue import (
    AMENDING,
    CATALOGUE,
    ActivityClosedOut,
    EntryCorrected,
    EventData,
    MomentNamed,
)
from tracker.events.dates import first_day, last_day
from tracker.events.event import Event, Said, Wish, kind_of
from tracker.workplan.amending import check_first_day, decide_amendment
from tracker.workplan.folding import KINDS, Entry, corrected_data, entry_of, fitting, living, standing_of
from tracker.workplan.plan import Standing, World, refuse

History = Callable[[str], list[Event]]
"""Returns all events of a subject, in position order."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the log the request would go: the position before it, and the instant of its n-th event."""

    workplan: str
    position: int
    instant: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a request causes: its events in position order, the day each stands at, and the standing after each."""

    events: tuple[Event, ...]
    placed_on: tuple[str, ...]
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    index: int
    event: Event
    standing: Standing


def judge(wishes: Sequence[Wish], said: Said, place: Place, world: World, history: History) -> Judged:
    """Return what the wishes cause together, or refuse them all. Wishes already true cause nothing.

    Raises:
        ConflictError: an expected version does not hold, or an id is taken.
        RuleError: a wish breaks a rule, or an entry that fitted before no longer would.
    """
    _check_versions(wishes, world)
    for index, wish in enumerate(wishes):
        _pointing(index, len(wishes), _check_wish, wish, wishes, world)
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
) -> list[_Step]:
    groups: dict[str, list[int]] = {}
    for index, wish in enumerate(wishes):
        groups.setdefault(wish.subject, []).append(index)
    steps: list[_Step] = []
    after = world
    for subject, indices in groups.items():
        docket = _Docket(subject, wishes, indices, said, place, after, history)
        made = docket.in_order() if docket.is_in_order() else docket.replayed()
        steps.extend(made)
        if made:
            after = replace(after, plan=after.plan.with_standings({subject: made[-1].standing}))
    for step in steps:
        data = _stated(step.event, history)
        if data is not None:
            kind = KINDS[kind_of(step.event.subject)]
            _pointing(step.index, len(wishes), kind.references, data, after, step.event.subject)
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


def _pointing(index: int, count: int, check: Callable[..., Any], *args: Any) -> Any:
    """Run a check; a refusal names which wish of the request it is about."""
    try:
        return check(*args)
    except RuleError as error:
        if count > 1 and error.field is not None and not error.field.startswith(f"/{index}/"):
            error.field = f"/{index}{error.field}"
        raise


def _check_versions(wishes: Sequence[Wish], world: World) -> None:
    for wish in wishes:
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
        if wish.is_founding and held and not (wish.type == "SessionScheduled" and held.state):
            raise ConflictError(
                "the id {subject} is taken",
                subject=wish.subject,
                field="/subject",
                value=wish.subject,
                way_out="Ids are never used again. Choose another one, or change what is there.",
                details={"subject": wish.subject, "current_version": current},
            )


def _check_wish(wish: Wish, wishes: Sequence[Wish], world: World) -> None:
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
    founding = {one.subject for one in wishes if one.is_founding}
    if wish.subject not in founding and not world.plan.standing(wish.subject):
        world.require(wish.subject, "/subject")
    speaker = wish.on_behalf_of.entity if wish.on_behalf_of else wish.entity
    if speaker and f"entity/{speaker}" not in founding:
        world.require(f"entity/{speaker}", "/on_behalf_of/entity" if wish.on_behalf_of else "/entity")
    if wish.on_behalf_of and wish.entity:
        raise refuse(
            "a report counts either as your entity's or as another's",
            field="/entity",
            value=wish.entity,
            way_out="Leave out `entity` where `on_behalf_of` is given.",
        )
    if wish.decided_at and wish.decided_at not in founding:
        world.require(wish.decided_at, "/decided_at")
    if world.is_closed and not _is_open_to(wish):
        raise refuse(
            "the workplan is closed: {type} can no longer be entered",
            field="/type",
            value=wish.type,
            way_out="Corrections, redactions, moments, sessions, reviews, findings and closing-out still can.",
            type=wish.type,
        )


def _is_open_to(wish: Wish) -> bool:
    allowed = isinstance(wish.data, (*AMENDING, MomentNamed, ActivityClosedOut))
    return allowed or kind_of(wish.subject) in {"session", "review"}


class _Docket:
    """The wishes of one request about one subject."""

    def __init__(
        self,
        subject: str,
        wishes: Sequence[Wish],
        indices: Sequence[int],
        said: Said,
        place: Place,
        world: World,
        history: History,
    ) -> None:
        self.subject, self.said, self.place, self.world, self.history = subject, said, place, world, history
        self.total = len(wishes)
        self.kind = KINDS[kind_of(subject)]
        self.wishes = [(index, wishes[index]) for index in indices]
        self.held = world.plan.standing(subject)
        self.version = self.held.version if self.held else 0
        first = next((index for index, wish in self.wishes if wish.is_founding), None)
        self.founds = None if self.held else first

    def day_of(self, wish: Wish) -> date:
        """Return the day at which a wish would stand."""
        return min(last_day(wish.occurred_on), self.world.today) if wish.occurred_on else self.world.today

    def is_in_order(self) -> bool:
        """Return whether every wish stands after all there is, so that the present state is the one before it."""
        latest = self.held.latest if self.held else ""
        for index, wish in self.wishes:
            if isinstance(wish.data, AMENDING):
                return False
            if index == self.founds:
                continue
            day = self.day_of(wish).isoformat()
            if day < latest:
                return False
            latest = day
        return True

    def in_order(self) -> list[_Step]:
        state = self.held.state if self.held else None
        latest = self.held.latest if self.held else ""
        steps: list[_Step] = []
        for index, wish in self.wishes:
            day = self.day_of(wish)
            data = _pointing(index, self.total, self.kind.decide, state, wish, self.world, day)
            if data is None:
                continue
            event = self.event(index, wish, data, len(steps))
            placed = entry_of(event, self.world.zone).placed_on
            state = self.kind.evolve(state, event, placed)
            latest = latest if index == self.founds else max(latest, placed)
            steps.append(
                _Step(index, event, Standing(self.subject, event.version, event.position, latest, state))
            )
        return steps

    def event(self, index: int, wish: Wish, data: EventData, already: int) -> Event:
        declared = CATALOGUE[type(data).__name__]
        recorded_at = self.place.instant(index)
        occurred_on = wish.occurred_on or self.world.today.isoformat()
        return Event(
            workplan=self.place.workplan,
            position=self.place.position + 1 + index,
            subject=self.subject,
            version=self.version + 1 + already,
            type=declared.type,
            schema=declared.schema,
            occurred_on=occurred_on,
            recorded_at=recorded_at,
            actor=self.said.actor,
            channel=self.said.channel,
            data=data,
            entity=wish.entity,
            on_behalf_of=wish.on_behalf_of,
            reason=wish.reason,
            decided_at=wish.decided_at,
            source=wish.source,
            correlation_id=self.said.correlation_id,
            causation_id=self.said.causation_id,
        )

    def replayed(self, *, seek: bool = True) -> list[_Step]:
        """Judge wishes that reach into the past: fold the subject once with all of them in place."""
        kind, zone = kind_of(self.subject), self.world.zone
        history = self.history(self.subject)
        fitted = fitting(kind, living(history, zone))
        made: dict[int, Event] = {}
        events = list(history)
        for index, wish in self.wishes:
            if isinstance(wish.data, AMENDING):
                amendment = decide_amendment(wish, wish.data, events, self.world)
                if amendment is not None:
                    made[index] = self.event(index, wish, amendment, 0)
                    events.append(made[index])
        self._check_founding(events)
        targets = {
            e.data.position
            for e in made.values()
            if isinstance(e.data, EntryCorrected) and e.data.data is not None
        }
        timeline: list[Entry | tuple[int, Wish]] = [*living(events, zone)]
        timeline += [(index, wish) for index, wish in self.wishes if not isinstance(wish.data, AMENDING)]
        state = None
        for item in sorted(timeline, key=self._order):
            if isinstance(item, Entry):
                self._check_entry(item, state, fitted, is_corrected=item.event.position in targets, seek=seek)
                state = self.kind.evolve(state, item.event, item.placed_on)
                continue
            index, wish = item
            data = _pointing(index, self.total, self.kind.decide, state, wish, self.world, self.day_of(wish))
            if data is not None:
                made[index] = self.event(index, wish, data, 0)
                state = self.kind.evolve(state, made[index], entry_of(made[index], zone).placed_on)
        return self._stepped(history, made)

    def _stepped(self, history: list[Event], made: dict[int, Event]) -> list[_Step]:
        steps, events = [], list(history)
        for already, index in enumerate(sorted(made)):
            event = replace(made[index], version=self.version + 1 + already)
            events.append(event)
            steps.append(_Step(index, event, standing_of(self.subject, events, self.world.zone)))
        return steps

    def _order(self, item: Entry | tuple[int, Wish]) -> tuple[bool, str, int]:
        if isinstance(item, Entry):
            return item.order
        index, wish = item
        return (index != self.founds, self.day_of(wish).isoformat(), self.place.position + 1 + index)

    def _check_founding(self, events: Sequence[Event]) -> None:
        entries = living(events, self.world.zone)
        if entries and self.held and self.held.state is not None and not entries[0].is_founding:
            raise refuse(
                "the founding entry of {subject} cannot be retracted while {count} other entries live",
                field="/data/position",
                value=events[0].position,
                way_out="Retract the others first (all may stand in one request), or withdraw it.",
                subject=self.subject,
                count=len(entries),
            )

    def _check_entry(
        self, entry: Entry, state: Any, fitted: dict[int, bool], *, is_corrected: bool, seek: bool
    ) -> None:
        position, event = entry.event.position, entry.event
        why = self.kind.misfit(state, event.data)
        if why is not None and fitted.get(position, True):
            raise self._no_longer_fits(entry, why, seek=seek)
        if is_corrected and why is None and not entry.is_founding:
            wish = Wish(
                self.subject, event.data, event.occurred_on, event.entity, event.on_behalf_of, event.reason
            )
            self.kind.decide(state, wish, self.world, date.fromisoformat(entry.placed_on))

    def _no_longer_fits(self, entry: Entry, why: str, *, seek: bool) -> RuleError:
        nearest = self._nearest() if seek else None
        return refuse(
            "entry {position} ({type}, {day}) would no longer fit: {why}",
            field="/occurred_on",
            value=next((wish.occurred_on for _, wish in self.wishes if wish.occurred_on), None),
            way_out=f"The nearest date that would fit is {nearest}."
            if nearest
            else "Correct that entry too, in one request.",
            position=entry.event.position,
            type=entry.event.type,
            day=entry.placed_on,
            why=why,
        )

    def _nearest(self) -> str | None:
        """Return the day nearest to the one wished at which the only fact of the request would fit."""
        if len(self.wishes) != 1 or isinstance(self.wishes[0][1].data, AMENDING):
            return None
        _, wish = self.wishes[0]
        wished = self.day_of(wish)
        entries = living(self.history(self.subject), self.world.zone)
        days = {self.world.today, *(date.fromisoformat(entry.placed_on) for entry in entries)}
        for day in sorted(days, key=lambda day: (abs((day - wished).days), day)):
            moved = replace(wish, occurred_on=day.isoformat())
            docket = _Docket(self.subject, [moved], [0], self.said, self.place, self.world, self.history)
            try:
                docket.replayed(seek=False)
            except RuleError:
                continue
            return day.isoformat()
        return None
