"""Who said something, as readers may see it: an entity and a role, never a person."""

from __future__ import annotations

from typing import Any

from tracker.events.event import Event
from tracker.events.vocabulary import Sealed
from tracker.workplan.entity import Entity
from tracker.workplan.plan import Plan

A_PERSON = {"en": "a natural person", "es": "una persona particular", "fr": "un particulier"}


def display_name(plan: Plan, entity: str, language: str = "en") -> str:
    """Return how an entity is called on pages: its acronym in capitals where the id is one, else its name."""
    state = plan.get(f"entity/{entity}", Entity)
    if state is None:
        return entity
    short = [name for name in state.printed if isinstance(name, str) and name.casefold() == entity.casefold()]
    if short:
        return short[0]
    for name in (state.names.get(language), *state.names.values()):
        if isinstance(name, str):
            return name
    is_person = any(isinstance(name, Sealed) for name in state.names.values())
    return A_PERSON.get(language, A_PERSON["en"]) if is_person else entity


def speaker_of(plan: Plan, event: Event, language: str = "en") -> dict[str, Any]:
    """Return ``{entity, role, display}`` of an event's voice."""
    if event.on_behalf_of is not None:
        name = display_name(plan, event.on_behalf_of.entity, language)
        return {
            "entity": event.on_behalf_of.entity,
            "role": "secretariat",
            "display": f"Secretariat, for {name} ({event.on_behalf_of.by})",
        }
    if event.entity is not None:
        return {"entity": event.entity, "role": "lead", "display": display_name(plan, event.entity, language)}
    if event.actor.startswith("system:"):
        part = event.actor.removeprefix("system:")
        return {"entity": None, "role": "system", "display": f"the system ({part})"}
    return {"entity": None, "role": "secretariat", "display": "Secretariat"}
