"""The wishes of one request about one subject: each judged at its place in time, the subject replayed once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from tracker.errors import ConflictError, DeniedError, RuleError
from tracker.events.catalogue import AMENDING, CATALOGUE, EntryCorrected, EntryRetracted, EventData
from tracker.events.dates import last_day, local_day, parse_instant
from tracker.events.event import Event, Said, Wish, kind_of
from tracker.workplan.amending import decide_amendment
from tracker.workplan.folding import KINDS, Entry, entry_of, fitting, living, reach_of, standing_of
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
class Step:
    """What one wish, known by its place in the request, causes: its event and how its subject stands after it."""

    index: int
    event: Event
    standing: Standing


def pointing(index: int, count: int, check: Callable[..., Any], *args: Any) -> Any:
    """Run a check; a refusal names which wish of the request it is about."""
    try:
        return check(*args)
    except (RuleError, ConflictError, DeniedError) as error:
        if count > 1 and error.field is not None and not error.field.startswith(f"/{index}/"):
            error.field = f"/{index}{error.field}"
            error.faults = tuple(replace(one, pointer=f"/{index}{one.pointer}") for one in error.faults)
        raise


class Docket:
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

    def day_of(self, index: int, wish: Wish) -> date:
        """Return the day at which a wish would stand; a long request may go on into the next day."""
        if not wish.occurred_on:
            return self.world.today
        day = last_day(wish.occurred_on)
        if day <= self.world.today:
            return day
        return min(day, local_day(parse_instant(self.place.instant(index)), self.world.zone))

    def judged(self) -> list[Step]:
        """Return what the wishes cause, in order of their places in the request.

        Raises:
            RuleError: one is refused, or an entry that fitted before no longer would.
        """
        if self.founds not in {None, self.wishes[0][0]}:
            raise refuse(
                "{subject} is founded by a later event of this request",
                field=f"/{self.wishes[0][0]}/subject",
                value=self.subject,
                way_out="Put the event that adds it first.",
                subject=self.subject,
            )
        return self.in_order() if self.is_in_order() else self.replayed()

    def is_in_order(self) -> bool:
        """Return whether every wish stands after all there is, so that the present state is the one before it."""
        latest = self.held.latest if self.held else ""
        for index, wish in self.wishes:
            if isinstance(wish.data, AMENDING):
                return False
            if index == self.founds:
                continue
            day = self.day_of(index, wish).isoformat()
            if day < latest:
                return False
            latest = day
        return True

    def in_order(self) -> list[Step]:
        state = self.held.state if self.held else None
        latest = self.held.latest if self.held else ""
        steps: list[Step] = []
        for index, wish in self.wishes:
            day = self.day_of(index, wish)
            data = pointing(index, self.total, self.kind.decide, state, wish, self.world, day)
            if data is None:
                continue
            event = self.event(index, wish, data, len(steps))
            placed = entry_of(event, self.world.zone).placed_on
            state = self.kind.evolve(state, event, placed)
            latest = latest if index == self.founds else max(latest, placed)
            reaches = reach_of(event, placed, self.world.zone)
            standing = Standing(self.subject, event.version, event.position, latest, state, reaches)
            steps.append(Step(index, event, standing))
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

    def replayed(self, *, seek: bool = True) -> list[Step]:
        """Judge wishes that reach into the past: fold the subject once with all of them in place."""
        zone = self.world.zone
        history = self.history(self.subject)
        made: dict[int, Event] = {}
        events = list(history)
        for index, wish in self.wishes:
            if isinstance(wish.data, AMENDING):
                amendment = decide_amendment(wish, wish.data, events, self.world)
                if amendment is not None:
                    made[index] = self.event(index, wish, amendment, 0)
                    events.append(made[index])
        self._check_founding(history, made.values())
        corrected = {
            event.data.position: index
            for index, event in made.items()
            if isinstance(event.data, EntryCorrected) and event.data.data is not None
        }
        world = self.world
        if made:
            known = standing_of(self.subject, events, zone)
            world = replace(world, plan=world.plan.with_standings({self.subject: known}))
        timeline: list[Entry | tuple[int, Wish]] = [*living(events, zone)]
        timeline += [(index, wish) for index, wish in self.wishes if not isinstance(wish.data, AMENDING)]
        state = None
        for item in sorted(timeline, key=self._order):
            if isinstance(item, Entry):
                why = self.kind.misfit(state, item.event.data)
                if why is not None and self._fitted(item, history):
                    raise self._no_longer_fits(item, why, seek=seek)
                if why is None and (by := corrected.get(item.event.position)) is not None:
                    pointing(by, self.total, self._check_corrected, item, state, world)
                state = self.kind.evolve(state, item.event, item.placed_on)
                continue
            index, wish = item
            data = pointing(index, self.total, self.kind.decide, state, wish, world, self.day_of(index, wish))
            if data is not None:
                made[index] = self.event(index, wish, data, 0)
                state = self.kind.evolve(state, made[index], entry_of(made[index], zone).placed_on)
        return self._stepped(history, made, state)

    def _fitted(self, entry: Entry, history: list[Event]) -> bool:
        """Return whether an entry fitted before this request; folded only where one no longer does."""
        before = fitting(kind_of(self.subject), living(history, self.world.zone))
        return before.get(entry.event.position, True)

    def _stepped(self, history: list[Event], made: dict[int, Event], final: Any) -> list[Step]:
        """Return the steps; ``final`` is the state after all of them, so that only those before the last are folded."""
        steps, events, last = [], list(history), max(made, default=None)
        for already, index in enumerate(sorted(made)):
            event = replace(made[index], version=self.version + 1 + already)
            events.append(event)
            state = (final,) if index == last else None
            steps.append(Step(index, event, standing_of(self.subject, events, self.world.zone, state=state)))
        return steps

    def _order(self, item: Entry | tuple[int, Wish]) -> tuple[bool, str, int]:
        if isinstance(item, Entry):
            return item.order
        index, wish = item
        return (index != self.founds, self.day_of(index, wish).isoformat(), self.place.position + 1 + index)

    def _check_founding(self, history: Sequence[Event], amendments: Iterable[Event]) -> None:
        made = list(amendments)
        retracted = {one.data.position for one in made if isinstance(one.data, EntryRetracted)}
        founding = next((one for one in living(history, self.world.zone) if one.is_founding), None)
        left = living([*history, *made], self.world.zone)
        if founding and left and founding.event.position in retracted:
            raise refuse(
                "the founding entry of {subject} cannot be retracted while {count} other entries live",
                field="/data/position",
                value=founding.event.position,
                way_out="Retract the others first (all may stand in one request), or withdraw it.",
                subject=self.subject,
                count=len(left),
            )

    def _check_corrected(self, entry: Entry, state: Any, world: World) -> None:
        """Judge the data that a correction puts in an entry's place as if it were said there and then."""
        event = entry.event
        wish = Wish(
            self.subject, event.data, event.occurred_on, event.entity, event.on_behalf_of, event.reason
        )
        try:
            self.kind.decide(state, wish, world, date.fromisoformat(entry.placed_on))
        except RuleError as error:
            if error.field and error.field.startswith("/data"):
                error.field = f"/data{error.field}"
            raise

    def _no_longer_fits(self, entry: Entry, why: str, *, seek: bool) -> RuleError:
        index, wish = self.wishes[0]
        is_amending = isinstance(wish.data, AMENDING)
        field = "/data/position" if is_amending else "/occurred_on"
        nearest = self._nearest() if seek else None
        return refuse(
            "entry {position} ({type}, {day}) would no longer fit: {why}",
            field=f"/{index}{field}" if self.total > 1 else field,
            value=wish.data.position if isinstance(wish.data, AMENDING) else wish.occurred_on,
            way_out=f"The nearest date that would fit is {nearest}."
            if nearest
            else "Correct that entry too, in one request.",
            position=entry.event.position,
            type=entry.event.type,
            day=entry.placed_on,
            why=why,
        )

    def _nearest(self) -> str | None:
        """Return the day nearest to the one wished at which the only fact of the request would fit and say something.

        Whether it fits changes only at the days of the entries there are: the nearest such day is one of them, or the
        day before one.
        """
        if len(self.wishes) != 1 or isinstance(self.wishes[0][1].data, AMENDING):
            return None
        index, wish = self.wishes[0]
        wished = self.day_of(index, wish)
        days = {
            date.fromisoformat(one.placed_on) for one in living(self.history(self.subject), self.world.zone)
        }
        days |= {day - timedelta(days=1) for day in days} | {self.world.today}
        for day in sorted(days, key=lambda day: (abs((day - wished).days), day)):
            if not self.world.first_day <= day <= self.world.today:
                continue
            moved = replace(wish, occurred_on=day.isoformat())
            docket = Docket(self.subject, [moved], [0], self.said, self.place, self.world, self.history)
            try:
                if docket.replayed(seek=False):
                    return day.isoformat()
            except RuleError:
                continue
        return None
