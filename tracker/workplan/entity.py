"""An entity: an organisation, or a natural person printed in the plan, with every name it was printed under."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never, cast

from tracker.events.catalogue import EntityAdded, EntityEvent, EntityRenamed, EntityRetired, EntityTagged
from tracker.events.event import Event, Wish, id_of
from tracker.events.sealing import PERSON
from tracker.events.vocabulary import Champion, EntityKind, Sealed
from tracker.workplan.plan import World, refuse, unless_equal


@dataclass(frozen=True, slots=True)
class Entity:
    """The state of an entity."""

    id: str
    names: dict[str, str | Sealed | tuple[str, ...]]
    kind: EntityKind
    category: str | None
    printed: tuple[str | Sealed, ...]
    retired: bool
    country: str | None = None
    region: str | None = None
    champion: Champion | None = None


def evolve(state: Entity | None, event: Event, placed_on: str) -> Entity | None:
    data = cast("EntityEvent", event.data)
    if isinstance(data, EntityAdded):
        return Entity(id_of(event.subject), data.names, data.kind, None, data.printed, retired=False)
    if state is None:
        return None
    match data:
        case EntityRenamed():
            return replace(state, names=data.names)
        case EntityTagged():
            return replace(
                state,
                category=data.category or state.category,
                country=data.country or state.country,
                region=data.region or state.region,
                champion=data.champion or state.champion,
            )
        case EntityRetired():
            return replace(state, retired=True)
        case _:
            assert_never(data)


def misfit(state: Entity | None, data: EntityEvent) -> str | None:
    return None if state or isinstance(data, EntityAdded) else "the entity does not exist then"


def decide(state: Entity | None, wish: Wish, world: World, day: date) -> EntityEvent | None:
    data = cast("EntityEvent", wish.data)
    if isinstance(data, EntityAdded):
        if (data.kind == "person") != id_of(wish.subject).startswith(PERSON):
            raise refuse(
                "the ids of natural persons, and no others, begin with `person-`",
                field="/subject",
                value=wish.subject,
                way_out="Use an id such as `entity/person-4`, with `kind: person`; a name must not stand in an id.",
            )
        return data
    if state is None:
        raise refuse(
            "there is no {subject} then",
            field="/subject",
            value=wish.subject,
            way_out="Add it first.",
            subject=wish.subject,
        )
    match data:
        case EntityRenamed():
            return None if data.names == state.names else data
        case EntityTagged():
            pairs = [
                (state.category, data.category),
                (state.country, data.country),
                (state.region, data.region),
                (state.champion, data.champion),
            ]
            return data if unless_equal(pairs) else None
        case EntityRetired():
            return None if state.retired else data
        case _:
            assert_never(data)


def references(data: EntityEvent, world: World, subject: str) -> None:
    """An entity names no other subject."""
