"""A workstream: who leads it, who takes part, who acts for whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never, cast

from tracker.events.catalogue import (
    FocalPointNamed,
    FocalPointReleased,
    LeadAssigned,
    LeadReleased,
    ParticipantJoined,
    ParticipantLeft,
    WorkstreamAdded,
    WorkstreamEvent,
    WorkstreamReinstated,
    WorkstreamReworded,
    WorkstreamTagged,
    WorkstreamWithdrawn,
)
from tracker.events.event import Event, Wish, id_of
from tracker.events.vocabulary import Sealed, Tags, Wording
from tracker.workplan.activity import Activity
from tracker.workplan.plan import World, refuse, unless_equal
from tracker.workplan.tags import merged_tags


@dataclass(frozen=True, slots=True)
class Lead:
    """An entity that leads, as printed (the plan's printed form, or null where it was assigned later)."""

    entity: str
    printed: str | Sealed | None


@dataclass(frozen=True, slots=True)
class ActivityLead:
    """An entity that leads one activity."""

    activity: str
    entity: str


@dataclass(frozen=True, slots=True)
class Participant:
    """An entity that takes part, as printed."""

    entity: str
    printed: str | Sealed
    represented_by: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class FocalPoint:
    """A person who acts for an entity."""

    entity: str
    person: str


@dataclass(frozen=True, slots=True)
class Workstream:
    """The state of a workstream; its activities are joined on reading."""

    id: str
    number: str
    title: Wording
    category: str
    component: str | None
    preamble: Wording | None
    leads: tuple[Lead, ...]
    participants: tuple[Participant, ...]
    focal_points: tuple[FocalPoint, ...]
    declaration_paragraphs: tuple[int, ...]
    tags: Tags
    notes: tuple[str, ...]
    withdrawn: bool
    activity_leads: tuple[ActivityLead, ...] = ()


def evolve(state: Workstream | None, event: Event, placed_on: str) -> Workstream | None:
    data = cast("WorkstreamEvent", event.data)
    if isinstance(data, WorkstreamAdded):
        return Workstream(
            id=id_of(event.subject),
            number=data.number,
            title=data.title,
            category=data.category,
            component=data.component,
            preamble=data.preamble,
            leads=(),
            participants=(),
            focal_points=(),
            declaration_paragraphs=data.declaration_paragraphs,
            tags=Tags(),
            notes=data.notes,
            withdrawn=False,
        )
    if state is None:
        return None
    match data:
        case WorkstreamReworded():
            return replace(state, title=data.title or state.title, preamble=data.preamble or state.preamble)
        case WorkstreamTagged():
            return replace(state, tags=merged_tags(state.tags, data.tags))
        case LeadAssigned(activity=None):
            held = tuple(lead for lead in state.leads if lead.entity != data.entity)
            return replace(state, leads=(*held, Lead(data.entity, data.printed)))
        case LeadAssigned():
            lead = ActivityLead(cast("str", data.activity), data.entity)
            return (
                state
                if lead in state.activity_leads
                else replace(state, activity_leads=(*state.activity_leads, lead))
            )
        case LeadReleased(activity=None):
            return replace(state, leads=tuple(lead for lead in state.leads if lead.entity != data.entity))
        case LeadReleased():
            gone = ActivityLead(cast("str", data.activity), data.entity)
            return replace(state, activity_leads=tuple(lead for lead in state.activity_leads if lead != gone))
        case ParticipantJoined():
            others = tuple(one for one in state.participants if one.entity != data.entity)
            joined = Participant(data.entity, data.printed, data.represented_by)
            return replace(state, participants=(*others, joined))
        case ParticipantLeft():
            return replace(
                state, participants=tuple(one for one in state.participants if one.entity != data.entity)
            )
        case FocalPointNamed():
            point = FocalPoint(data.entity, data.person)
            return (
                state
                if point in state.focal_points
                else replace(state, focal_points=(*state.focal_points, point))
            )
        case FocalPointReleased():
            left = FocalPoint(data.entity, data.person)
            return replace(state, focal_points=tuple(one for one in state.focal_points if one != left))
        case WorkstreamWithdrawn():
            return replace(state, withdrawn=True)
        case WorkstreamReinstated():
            return replace(state, withdrawn=False)
        case _:
            assert_never(data)


def misfit(state: Workstream | None, data: WorkstreamEvent) -> str | None:
    if isinstance(data, WorkstreamAdded):
        return None
    if state is None:
        return "the workstream does not exist then"
    if isinstance(data, WorkstreamReinstated):
        return None if state.withdrawn else "the workstream is part of the plan then"
    if state.withdrawn and not isinstance(data, WorkstreamWithdrawn | FocalPointReleased | LeadReleased):
        return "the workstream is removed from the plan then"
    return None


def decide(state: Workstream | None, wish: Wish, world: World, day: date) -> WorkstreamEvent | None:
    data = cast("WorkstreamEvent", wish.data)
    if isinstance(data, WorkstreamAdded):
        return data
    if state is None or misfit(state, data):
        raise refuse(
            "{subject}: {why}",
            field="/subject",
            value=wish.subject,
            way_out="Add or reinstate it first; both may stand in one request.",
            subject=wish.subject,
            why=misfit(state, data),
        )
    match data:
        case WorkstreamReworded():
            return (
                data if unless_equal([(state.title, data.title), (state.preamble, data.preamble)]) else None
            )
        case WorkstreamTagged():
            return None if merged_tags(state.tags, data.tags) == state.tags else data
        case LeadAssigned(activity=None):
            return None if any(lead.entity == data.entity for lead in state.leads) else data
        case LeadAssigned():
            return (
                None
                if ActivityLead(cast("str", data.activity), data.entity) in state.activity_leads
                else data
            )
        case LeadReleased(activity=None):
            return data if any(lead.entity == data.entity for lead in state.leads) else None
        case LeadReleased():
            return (
                data
                if ActivityLead(cast("str", data.activity), data.entity) in state.activity_leads
                else None
            )
        case ParticipantJoined():
            joined = Participant(data.entity, data.printed, data.represented_by)
            return None if joined in state.participants else data
        case ParticipantLeft():
            return data if any(one.entity == data.entity for one in state.participants) else None
        case FocalPointNamed():
            return None if FocalPoint(data.entity, data.person) in state.focal_points else data
        case FocalPointReleased():
            return data if FocalPoint(data.entity, data.person) in state.focal_points else None
        case WorkstreamWithdrawn():
            return None if state.withdrawn else data
        case WorkstreamReinstated():
            return data
        case _:
            assert_never(data)


def references(data: WorkstreamEvent, world: World, subject: str) -> None:
    """Refuse data that names what does not exist, or leaves activities without their workstream.

    Raises:
        RuleError: naming it.
    """
    match data:
        case LeadAssigned() | ParticipantJoined() | FocalPointNamed():
            world.require(f"entity/{data.entity}", "/data/entity")
            if isinstance(data, LeadAssigned) and data.activity:
                world.require(f"activity/{data.activity}", "/data/activity")
                activity = world.plan.get(f"activity/{data.activity}", Activity)
                if activity and activity.workstream != id_of(subject):
                    raise refuse(
                        "activity {activity} stands in workstream {workstream}",
                        field="/data/activity",
                        value=data.activity,
                        way_out=f"Assign its lead on workstream/{activity.workstream}.",
                        activity=data.activity,
                        workstream=activity.workstream,
                    )
            for entity in data.represented_by or () if isinstance(data, ParticipantJoined) else ():
                world.require(f"entity/{entity}", "/data/represented_by")
        case WorkstreamWithdrawn():
            living = [
                one.id
                for one in world.plan.all("activity", Activity)
                if one.workstream == id_of(subject) and not one.withdrawn
            ]
            if living:
                raise refuse(
                    "{subject} still has the activities {living}",
                    field="/subject",
                    value=subject,
                    way_out="Remove or move them first; all may stand in one request.",
                    subject=subject,
                    living=", ".join(living),
                )
        case _:
            pass
