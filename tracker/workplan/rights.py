"""Who may say what: the table of rights, checked before and again inside the append. Today's rights govern.

Source: docs/rights.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from tracker.directory.principals import Principal
from tracker.errors import DeniedError
from tracker.events.catalogue import (
    CATALOGUE,
    ActivityStatusChanged,
    EntryCorrected,
    EntryRetracted,
    ProductPlanned,
    ProgressReported,
    SessionProposed,
    SessionScheduled,
)
from tracker.events.event import Event, Wish, id_of, kind_of
from tracker.workplan.activity import Activity
from tracker.workplan.milestone import Milestone
from tracker.workplan.obligations import leads_of
from tracker.workplan.plan import Plan, refuse
from tracker.workplan.product import Product
from tracker.workplan.round import Round
from tracker.workplan.session import Session
from tracker.workplan.workstream import Workstream

ReadTarget = Callable[[int], Event]
"""Returns the event at a position of this workplan."""


def entities_for(principal: Principal, plan: Plan, workstream: str) -> list[str]:
    """Return the entities that a lead acts for in a workstream."""
    if principal.workstreams and workstream not in principal.workstreams:
        return []
    state = plan.get(f"workstream/{workstream}", Workstream)
    if state is None:
        return []
    leading = {lead.entity for lead in state.leads} | {lead.entity for lead in state.activity_leads}
    if principal.person is None:
        return [entity for entity in principal.entities if entity in leading]
    acting = [point.entity for point in state.focal_points if point.person == principal.person]
    return [
        entity
        for entity in acting
        if entity in leading and (not principal.entities or entity in principal.entities)
    ]


def entities_about(principal: Principal, plan: Plan, subject: str) -> list[str]:
    """Return the entities in whose voice a lead may report about a subject."""
    kind, found = kind_of(subject), []
    if kind == "activity":
        activity = plan.get(subject, Activity)
        if activity is None:
            return []
        leads = [entity for entity, _ in leads_of(plan, activity)]
        found = [entity for entity in entities_for(principal, plan, activity.workstream) if entity in leads]
    elif kind == "milestone" and (milestone := plan.get(subject, Milestone)):
        if milestone.activity:
            found = entities_about(principal, plan, f"activity/{milestone.activity}")
        elif milestone.workstream:
            found = entities_for(principal, plan, milestone.workstream)
    elif kind == "product" and (product := plan.get(subject, Product)):
        found = _entities_of_activities(principal, plan, product.activities)
        found += [entity for entity in _voices(principal, plan) if entity == product.steward]
    elif kind == "workstream":
        found = entities_for(principal, plan, id_of(subject))
    return list(dict.fromkeys(found))


def _entities_of_activities(principal: Principal, plan: Plan, activities: Iterable[str]) -> list[str]:
    return [entity for one in activities for entity in entities_about(principal, plan, f"activity/{one}")]


def permitted(principal: Principal, wish: Wish, plan: Plan, target: ReadTarget) -> Wish:
    """Return the wish with its voice filled in, or refuse it.

    Raises:
        DeniedError: the principal may not say this.
        RuleError: it must be said for whom.
    """
    right = CATALOGUE[wish.type].right
    if right == "system":
        if not principal.has("system"):
            raise _denied(principal, wish, "only the system itself writes this")
        return wish
    if principal.has("secretariat"):
        return _by_secretariat(principal, wish, right, plan)
    if principal.has("lead", "link") and right == "report":
        return _by_lead(principal, wish, plan)
    if principal.has("lead", "link") and right == "correct":
        return _amended_by_lead(principal, wish, plan, target)
    if principal.has("reviewer") and right in {"field", "proposal"} and _is_within(principal, wish, plan):
        return _in_no_voice(principal, wish)
    if principal.has("lead") and right == "proposal":
        return _voiced(principal, wish, _voices(principal, plan))
    raise _denied(principal, wish, "your role does not include it")


def _by_secretariat(principal: Principal, wish: Wish, right: str, plan: Plan) -> Wish:
    if right == "redact" and "erase" not in principal.scopes and principal.actor.startswith("token:"):
        raise _denied(principal, wish, "a token needs the scope `erase` for this")
    if principal.has("system"):
        return wish
    if wish.entity is not None:
        if principal.has("lead") and right == "report":
            return _by_lead(principal, wish, plan)
        raise _denied(principal, wish, f"the Secretariat does not speak as {wish.entity}")
    if isinstance(wish.data, ActivityStatusChanged) and wish.on_behalf_of is not None:
        raise refuse(
            "a decision of the Secretariat is its own, not {entity}'s",
            field="/on_behalf_of",
            value=wish.on_behalf_of.entity,
            way_out="Leave it out, or send what the entity said as ProgressReported.",
            entity=wish.on_behalf_of.entity,
        )
    if isinstance(wish.data, ProgressReported) and wish.on_behalf_of is None:
        raise refuse(
            "a report by the Secretariat says on whose behalf",
            field="/on_behalf_of",
            way_out="Give `on_behalf_of` (entity, by, received_on); a decision of its own is ActivityStatusChanged.",
        )
    return wish


def _by_lead(principal: Principal, wish: Wish, plan: Plan) -> Wish:
    if principal.has("link"):
        quarter = wish.data.quarter if isinstance(wish.data, ProgressReported) else None
        if quarter != principal.quarter or (
            principal.activities and id_of(wish.subject) not in principal.activities
        ):
            raise _denied(principal, wish, f"this link is for reports about {principal.quarter}")
    if isinstance(wish.data, ProductPlanned):
        return _voiced(principal, wish, _entities_of_activities(principal, plan, wish.data.activities))
    if plan.standing(wish.subject) is None:
        return wish  # refused as unknown when it is judged, which says more than that it is not the lead's
    activity = plan.get(wish.subject, Activity)
    if isinstance(wish.data, ActivityStatusChanged) and activity and activity.disputed:
        raise _denied(
            principal, wish, "the reports about it differ: a report may agree, the Secretariat decides"
        )
    return _voiced(principal, wish, entities_about(principal, plan, wish.subject))


def _voices(principal: Principal, plan: Plan) -> list[str]:
    """Return the entities that a lead acts for anywhere in the plan."""
    found = [entities_for(principal, plan, one.id) for one in plan.all("workstream", Workstream)]
    return list(dict.fromkeys(entity for entities in found for entity in entities))


def _in_no_voice(principal: Principal, wish: Wish) -> Wish:
    if wish.entity is not None or wish.on_behalf_of is not None:
        raise _denied(principal, wish, "a reviewer speaks for no entity")
    return wish


def _voiced(principal: Principal, wish: Wish, voices: list[str]) -> Wish:
    """Return the wish with the entity in whose voice it counts; ``voices`` are those that the principal acts for."""
    if wish.on_behalf_of is not None:
        raise _denied(principal, wish, "only the Secretariat reports on another's behalf")
    if wish.entity is not None:
        if wish.entity not in voices:
            raise _denied(principal, wish, f"you do not act for {wish.entity} here")
        return wish
    if not voices:
        raise _denied(principal, wish, "you are no focal point of a lead of it")
    if len(voices) > 1:
        raise refuse(
            "you act for {voices}: say for which one",
            field="/entity",
            way_out=f"Give `entity`: one of {', '.join(voices)}.",
            voices=", ".join(voices),
        )
    return replace(wish, entity=voices[0])


def _amended_by_lead(principal: Principal, wish: Wish, plan: Plan, target: ReadTarget) -> Wish:
    if not isinstance(wish.data, EntryCorrected | EntryRetracted):
        raise _denied(principal, wish, "your role does not include it")
    event = target(wish.data.position)
    if principal.has("link"):
        _check_taking_back(principal, wish, event)
    voices = entities_about(principal, plan, event.subject)
    if event.speaker is None or event.speaker not in voices:
        raise _denied(principal, wish, f"entry {event.position} is not your entity's own")
    if isinstance(event.data, ProgressReported):
        opened = plan.get(f"round/{event.data.quarter}", Round)
        if opened and opened.closed:
            raise _denied(
                principal, wish, f"the round {opened.id} is closed; the Secretariat can still correct it"
            )
    return _voiced(principal, replace(wish, entity=event.speaker), voices)


def _check_taking_back(principal: Principal, wish: Wish, event: Event) -> None:
    """Refuse a link's holder anything but taking back a report that the link is for."""
    is_theirs = isinstance(event.data, ProgressReported) and event.data.quarter == principal.quarter
    is_chosen = not principal.activities or id_of(event.subject) in principal.activities
    if not (isinstance(wish.data, EntryRetracted) and is_theirs and is_chosen):
        raise _denied(principal, wish, f"this link is for reports about {principal.quarter}")


def _is_within(principal: Principal, wish: Wish, plan: Plan) -> bool:
    """Return whether a wish is about a reviewer's region, and leaves it there."""
    if kind_of(wish.subject) == "review":
        return principal.region == id_of(wish.subject)
    session = plan.get(wish.subject, Session)
    regions = {session.region} if session else set()
    if isinstance(wish.data, SessionProposed | SessionScheduled):
        regions.add(wish.data.region)
    return principal.region is not None and regions == {principal.region}


def _denied(principal: Principal, wish: Wish, why: str) -> DeniedError:
    roles = ", ".join(sorted(principal.roles))
    return DeniedError(
        "{type} on {subject} is not yours to write: {why}",
        type=wish.type,
        subject=wish.subject,
        why=why,
        field="/type",
        value=wish.type,
        way_out=f"You are here as {roles}. The Secretariat can do it, or grant you the role.",
    )
