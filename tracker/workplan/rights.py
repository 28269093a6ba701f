"""Who may say what: the table of rights, checked before and again inside the append. Today's rights govern.

Source: docs/rights.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tracker.directory.principals import Principal
from tracker.errors import DeniedError
from tracker.events.catalogue import (
    CATALOGUE,
    EntryCorrected,
    EntryRetracted,
    ProgressReported,
    SessionScheduled,
)
from tracker.events.event import Event, Wish, id_of, kind_of
from tracker.workplan.activity import Activity
from tracker.workplan.milestone import Milestone
from tracker.workplan.obligations import leads_of
from tracker.workplan.plan import Plan, refuse
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
    if principal.person is None:
        leading = {lead.entity for lead in state.leads} | {lead.entity for lead in state.activity_leads}
        return [entity for entity in principal.entities if entity in leading]
    acting = [point.entity for point in state.focal_points if point.person == principal.person]
    return [entity for entity in acting if not principal.entities or entity in principal.entities]


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
    elif kind == "workstream":
        found = entities_for(principal, plan, id_of(subject))
    return list(dict.fromkeys(found))


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
        return _by_secretariat(principal, wish, right)
    if principal.has("lead", "link"):
        if right == "report":
            return _by_lead(principal, wish, plan)
        if right == "correct":
            return _amended_by_lead(principal, wish, plan, target)
        if right == "proposal" and principal.has("lead"):
            return wish
    if (
        principal.has("reviewer")
        and right in {"field", "proposal"}
        and _region(wish, plan) == principal.region
    ):
        return wish
    raise _denied(principal, wish, "your role does not include it")


def _by_secretariat(principal: Principal, wish: Wish, right: str) -> Wish:
    if right == "redact" and "erase" not in principal.scopes and principal.actor.startswith("token:"):
        raise _denied(principal, wish, "a token needs the scope `erase` for this")
    if isinstance(wish.data, ProgressReported) and wish.on_behalf_of is None and not principal.has("system"):
        raise refuse(
            "a report by the Secretariat says on whose behalf",
            field="/on_behalf_of",
            way_out="Give `on_behalf_of` (entity, by, received_on); a decision of its own is ActivityStatusChanged.",
        )
    return wish


def _by_lead(principal: Principal, wish: Wish, plan: Plan) -> Wish:
    if wish.on_behalf_of is not None:
        raise _denied(principal, wish, "only the Secretariat reports on another's behalf")
    if principal.has("link"):
        quarter = wish.data.quarter if isinstance(wish.data, ProgressReported) else None
        if quarter != principal.quarter or (
            principal.activities and id_of(wish.subject) not in principal.activities
        ):
            raise _denied(principal, wish, f"this link is for reports about {principal.quarter}")
    voices = entities_about(principal, plan, wish.subject)
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
    voices = entities_about(principal, plan, wish.subject)
    if event.entity is None or event.entity not in voices:
        raise _denied(principal, wish, f"entry {event.position} is not your entity's own")
    if isinstance(event.data, ProgressReported):
        opened = plan.get(f"round/{event.data.quarter}", Round)
        if opened and opened.closed:
            raise _denied(
                principal, wish, f"the round {opened.id} is closed; the Secretariat can still correct it"
            )
    return replace(wish, entity=event.entity)


def _region(wish: Wish, plan: Plan) -> str | None:
    if kind_of(wish.subject) == "review":
        return id_of(wish.subject)
    if isinstance(wish.data, SessionScheduled):
        return wish.data.region
    session = plan.get(wish.subject, Session)
    return session.region if session else getattr(wish.data, "region", None)


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
