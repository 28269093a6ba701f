"""An activity: its text, windows, tags and links, and its status on three axes that are never mixed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never, cast

from tracker.errors import RuleError
from tracker.events.catalogue import (
    ActivityAdded,
    ActivityClosedOut,
    ActivityEvent,
    ActivityLinked,
    ActivityMoved,
    ActivityReinstated,
    ActivityReworded,
    ActivityScheduled,
    ActivityStatusChanged,
    ActivityTagged,
    ActivityUnlinked,
    ActivityWithdrawn,
    ProgressReported,
    ReportExcused,
    SubitemAdded,
    SubitemReworded,
    SubitemWithdrawn,
)
from tracker.events.event import Event, Wish, id_of
from tracker.events.vocabulary import Assessment, Evidence, Nature, Sealed, Status, Tags, Target, Wording
from tracker.workplan import subitems
from tracker.workplan.activity_parts import (
    ActivityWindow,
    ClosedOut,
    Link,
    Report,
    SubitemState,
    Turn,
    with_turn,
)
from tracker.workplan.claims import Claim, claimed, is_legal
from tracker.workplan.plan import World, refuse, unless_equal
from tracker.workplan.reports import decide_report, decide_status, decided, reported
from tracker.workplan.tags import merged_tags


@dataclass(frozen=True, slots=True)
class Activity:
    """The state of an activity.

    ``course`` are its turns in timeline order, thinned by :func:`with_turn`. ``before`` is the claim that the
    reports about ``quarter``, the newest one reported, are judged from, ``claims`` what each entity says of it.
    """

    id: str
    workstream: str
    number: str
    text: Wording
    subitems: tuple[SubitemState, ...]
    status: Status
    assessment: Assessment | None
    disputed: bool
    window: ActivityWindow | None
    targets: tuple[Target, ...] | None
    done: dict[str, int]
    nature: Nature | None
    tags: Tags
    links: tuple[Link, ...]
    closed_out: ClosedOut | None
    withdrawn: bool
    course: tuple[Turn, ...]
    reports: tuple[Report, ...] = ()
    excused: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    quarter: str | None = None
    before: Claim | None = None
    claims: dict[str, Claim] = field(default_factory=dict)
    assessment_reason: Sealed | None = None
    sustainability: Sealed | None = None
    replaced_by: str | None = None

    @property
    def claim(self) -> Claim:
        return Claim(self.status, self.assessment)

    @property
    def founded(self) -> str:
        return self.course[0].day

    @property
    def last_report(self) -> Report | None:
        return self.reports[-1] if self.reports else None

    def turn_on(self, day: date) -> Turn | None:
        """Return how the activity stood on a day, as known now; None before it was founded.

        Always right at the end of a quarter; within one only as far as ``course`` goes.
        """
        said = day.isoformat()
        if said < self.founded:
            return None
        return next((turn for turn in reversed(self.course) if turn.day <= said), None)

    def base_for(self, quarter: str) -> Claim | None:
        """Return what a report about ``quarter`` is judged from; None where a newer quarter was reported already."""
        if self.quarter is None or quarter > self.quarter:
            return self.claim
        return self.before or self.claim if quarter == self.quarter else None


def evolve(state: Activity | None, event: Event, placed_on: str) -> Activity | None:
    """Return the state after an event that stands at ``placed_on`` in the timeline."""
    data = cast("ActivityEvent", event.data)
    if isinstance(data, ActivityAdded):
        return Activity(
            id=id_of(event.subject),
            workstream=data.workstream,
            number=data.number,
            text=data.text,
            subitems=subitems.printed(data),
            status="not_started",
            assessment=None,
            disputed=False,
            window=None,
            targets=data.targets,
            done={},
            nature=data.nature,
            tags=Tags(),
            links=(),
            closed_out=None,
            withdrawn=False,
            course=(Turn(placed_on, "not_started", None),),
        )
    if state is None:
        return None
    after = _evolved(state, event, data)
    turn = Turn(placed_on, after.status, after.assessment, after.withdrawn)
    course = with_turn(state.course, turn)
    return after if course is state.course else replace(after, course=course)


def _evolved(state: Activity, event: Event, data: ActivityEvent) -> Activity:
    match data:
        case ActivityAdded():
            return state
        case ActivityReworded():
            return replace(state, text=data.text)
        case ActivityMoved():
            return replace(state, workstream=data.workstream, number=data.number)
        case ActivityScheduled():
            return replace(state, window=ActivityWindow(data.from_, data.to, data.source))
        case ActivityTagged():
            return replace(
                state,
                tags=merged_tags(state.tags, data.tags),
                nature=data.nature or state.nature,
                targets=state.targets if data.targets is None else data.targets,
            )
        case ActivityLinked():
            link = Link(data.kind, data.to)
            return state if link in state.links else replace(state, links=(*state.links, link))
        case ActivityUnlinked():
            return replace(
                state, links=tuple(link for link in state.links if link != Link(data.kind, data.to))
            )
        case ProgressReported():
            return reported(state, event, data)
        case ActivityStatusChanged():
            return decided(state, event, data)
        case ReportExcused():
            return replace(state, excused=tuple(sorted({*state.excused, data.quarter})))
        case SubitemAdded():
            key = subitems.key_for(state.subitems, data)
            item = SubitemState(key, data.label, data.text, "not_started")
            return replace(state, subitems=(*state.subitems, item))
        case SubitemReworded():
            reworded = subitems.changed(state.subitems, data.key, lambda one: replace(one, text=data.text))
            return replace(state, subitems=reworded)
        case SubitemWithdrawn():
            left = subitems.changed(state.subitems, data.key, lambda one: replace(one, withdrawn=True))
            return replace(state, subitems=left)
        case ActivityClosedOut():
            return replace(state, closed_out=ClosedOut(data.outcome, data.to_plan))
        case ActivityWithdrawn():
            return replace(state, withdrawn=True, replaced_by=data.replaced_by)
        case ActivityReinstated():
            return replace(state, withdrawn=False, replaced_by=None)
        case _:
            assert_never(data)


def misfit(state: Activity | None, data: ActivityEvent) -> str | None:
    """Return why the data does not fit the state before it: existence and transitions only."""
    if isinstance(data, ActivityAdded):
        return None
    if state is None:
        return "the activity does not exist then"
    match data:
        case ActivityReinstated():
            return None if state.withdrawn else "the activity is part of the plan then"
        case _ if state.withdrawn and not isinstance(data, ActivityWithdrawn | ActivityClosedOut):
            return "the activity is removed from the plan then"
        case ActivityStatusChanged():
            return _illegal(state.status, data.status)
        case ProgressReported():
            base = state.base_for(data.quarter or "")
            claim = claimed(base, data.status, data.assessment) if base else None
            illegal = _illegal(base.status, claim.status) if base and claim else None
            return illegal or subitems.misfit_of(state.subitems, data.subitems or {})
        case SubitemReworded() | SubitemWithdrawn():
            known = subitems.find(state.subitems, data.key)
            return None if known else f"there is no sub-item {data.key} then"
        case SubitemAdded():
            key = subitems.key_for(state.subitems, data)
            taken = subitems.find(state.subitems, key)
            return f"there is a sub-item {key} already then" if taken else None
        case _:
            return None


def _illegal(old: Status, new: Status) -> str | None:
    return None if is_legal(old, new) else f"the status is {old} then, and {new} cannot follow it"


def decide(state: Activity | None, wish: Wish, world: World, day: date) -> ActivityEvent | None:
    """Return the data to store, or None where it is already so.

    Raises:
        RuleError: the status may not follow, or its reason or evidence is missing.

    Source: docs/rules.md, "Three axes"; ADR 3.
    """
    data = cast("ActivityEvent", wish.data)
    if isinstance(data, ActivityAdded):
        subitems.check_unique(data)
        return data
    why = misfit(state, data)
    if state is None or (why and (state.withdrawn or not isinstance(data, _SAY_MORE))):
        raise _misfitting(wish, why)
    match data:
        case ActivityReworded():
            return None if data.text == state.text else data
        case ActivityMoved():
            return None if (data.workstream, data.number) == (state.workstream, state.number) else data
        case ActivityScheduled():
            _ordered(data.from_, data.to)
            return None if state.window == ActivityWindow(data.from_, data.to, data.source) else data
        case ActivityTagged():
            tags = merged_tags(state.tags, data.tags)
            pairs = [(state.tags, tags), (state.nature, data.nature), (state.targets, data.targets)]
            return data if unless_equal(pairs) else None
        case ActivityLinked():
            if data.to == state.id:
                raise refuse(
                    "an activity cannot be linked to itself",
                    field="/data/to",
                    value=data.to,
                    way_out="Name another.",
                )
            return None if Link(data.kind, data.to) in state.links else data
        case ActivityUnlinked():
            return data if Link(data.kind, data.to) in state.links else None
        case ProgressReported():
            return decide_report(state, wish, data, world, day)
        case ActivityStatusChanged():
            return decide_status(state, wish, data)
        case ReportExcused():
            return None if data.quarter in state.excused else data
        case SubitemAdded():
            subitems.check_key(state.id, state.subitems, data)
            return data
        case SubitemReworded() | SubitemWithdrawn():
            held = subitems.require(state.id, state.subitems, data.key, "/data/key")
            if isinstance(data, SubitemReworded):
                return None if held.text == data.text else data
            return None if held.withdrawn else data
        case ActivityClosedOut():
            return None if state.closed_out == ClosedOut(data.outcome, data.to_plan) else data
        case ActivityWithdrawn():
            return None if state.withdrawn and state.replaced_by == data.replaced_by else data
        case ActivityReinstated():
            return data
        case _:
            assert_never(data)


_SAY_MORE = (ProgressReported, ActivityStatusChanged, SubitemAdded, SubitemReworded, SubitemWithdrawn)
"""What is refused below in better words than those of :func:`misfit`."""


def _misfitting(wish: Wish, why: str | None) -> RuleError:
    return refuse(
        "{subject} at {day}: {why}",
        field="/type",
        value=wish.type,
        way_out="Read the activity again; a removed activity can be reinstated first.",
        subject=wish.subject,
        day=wish.occurred_on or "today",
        why=why,
    )


def _ordered(first: str, last: str) -> None:
    if first > last:
        raise refuse(
            "the window ends ({last}) before it begins ({first})",
            field="/data/to",
            value=last,
            way_out="Swap them.",
            first=first,
            last=last,
        )


def _require_workstream(workstream: str, world: World) -> None:
    """Refuse an activity in a workstream that is not, or no longer, part of the plan."""
    subject = f"workstream/{workstream}"
    world.require(subject, "/data/workstream")
    held = world.plan.standing(subject)
    if held and held.state.withdrawn:
        raise refuse(
            "{subject} is removed from the plan",
            field="/data/workstream",
            value=workstream,
            way_out="Reinstate it first, or name another; both may stand in one request.",
            subject=subject,
        )


def references(data: ActivityEvent, world: World, subject: str) -> None:
    """Refuse data that names what does not exist in the plan after the whole request.

    Raises:
        RuleError: naming it.
    """
    match data:
        case ActivityAdded() | ActivityMoved():
            _require_workstream(data.workstream, world)
        case ActivityReinstated():
            activity = world.plan.get(subject, Activity)
            _require_workstream(activity.workstream if activity else "", world)
        case ActivityLinked():
            world.require(f"activity/{data.to}", "/data/to")
        case ActivityWithdrawn() if data.replaced_by:
            world.require(f"activity/{data.replaced_by}", "/data/replaced_by")
        case _:
            pass
