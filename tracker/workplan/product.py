"""A product: planned, published in languages and editions, used somewhere, looked at again until it is retired."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import assert_never, cast

from tracker.events.catalogue import (
    ProductEvent,
    ProductPlanned,
    ProductPublished,
    ProductReviewed,
    ProductUpdated,
    ProductUsed,
)
from tracker.events.event import Event, Wish, id_of
from tracker.events.vocabulary import Sealed, Wording
from tracker.workplan.plan import World, refuse


@dataclass(frozen=True, slots=True)
class Edition:
    """One appearance: the first, a newer one, or one in another language."""

    position: int
    on: str
    languages: tuple[str, ...]
    edition: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Use:
    """Where it was used, by whom: in a country, or by an entity."""

    position: int
    on: str
    country: str | None
    entity: str | None
    by: Sealed
    url: str | None


@dataclass(frozen=True, slots=True)
class Looked:
    """One time its steward looked whether it is still good."""

    position: int
    on: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Product:
    """The state of a product; ``published_on`` is the day of its first edition, ``url`` that of the newest."""

    id: str
    title: str | Wording
    kind: str
    activities: tuple[str, ...]
    status: str
    languages: tuple[str, ...]
    url: str | None
    steward: str | None
    sustain_note: Sealed | None
    review_on: str | None
    published_on: str | None
    editions: tuple[Edition, ...]
    uses: tuple[Use, ...]
    reviews: tuple[Looked, ...]


def next_look(product: Product) -> date | None:
    """Return when its steward should look at a product again: on the day that was set, then once a year."""
    if product.status != "published" or product.review_on is None:
        return None
    looked = max((one.on for one in product.reviews), default="")
    if looked < product.review_on:
        return date.fromisoformat(product.review_on)
    return date.fromisoformat(looked) + timedelta(days=365)


def evolve(state: Product | None, event: Event, placed_on: str) -> Product | None:
    data = cast("ProductEvent", event.data)
    if isinstance(data, ProductPlanned):
        return Product(
            id=id_of(event.subject),
            title=data.title,
            kind=data.kind,
            activities=data.activities,
            status="planned",
            languages=(),
            url=None,
            steward=None,
            sustain_note=None,
            review_on=None,
            published_on=None,
            editions=(),
            uses=(),
            reviews=(),
        )
    if state is None:
        return None
    match data:
        case ProductPublished():
            edition = Edition(event.position, placed_on, data.languages, None, data.url)
            return replace(
                state,
                status="published",
                languages=tuple(dict.fromkeys((*state.languages, *data.languages))),
                url=data.url,
                steward=data.steward,
                sustain_note=data.sustain_note,
                review_on=data.review_on,
                published_on=state.published_on or placed_on,
                editions=(*state.editions, edition),
            )
        case ProductUpdated():
            spoken = (data.language,) if data.language else ()
            edition = Edition(event.position, placed_on, spoken, data.edition, data.url)
            return replace(
                state,
                languages=tuple(dict.fromkeys((*state.languages, *spoken))),
                # A translation stands beside the product, a newer edition in its place.
                url=state.url if data.language else data.url or state.url,
                editions=(*state.editions, edition),
            )
        case ProductUsed():
            use = Use(event.position, placed_on, data.country, data.entity, data.by, data.url)
            return replace(state, uses=(*state.uses, use))
        case ProductReviewed():
            status = "retired" if data.outcome == "retired" else "published"
            looked = Looked(event.position, placed_on, data.outcome)
            return replace(state, status=status, reviews=(*state.reviews, looked))
        case _:
            assert_never(data)


def misfit(state: Product | None, data: ProductEvent) -> str | None:
    if isinstance(data, ProductPlanned):
        return None
    if state is None:
        return "the product does not exist then"
    if state.status == "planned" and not isinstance(data, ProductPublished):
        return "the product is not published then"
    return None


def decide(state: Product | None, wish: Wish, world: World, day: date) -> ProductEvent | None:
    data = cast("ProductEvent", wish.data)
    if why := misfit(state, data):
        raise refuse(
            "{subject}: {why}",
            field="/subject",
            value=wish.subject,
            way_out="Plan it first (ProductPlanned), then say that it is published (ProductPublished).",
            subject=wish.subject,
            why=why,
        )
    match data:
        case ProductPlanned() | ProductReviewed():
            return data
        case ProductPublished():
            held = cast("Product", state)
            said = (data.languages, data.url, data.steward, data.sustain_note, data.review_on)
            now = (held.languages, held.url, held.steward, held.sustain_note, held.review_on)
            return None if held.status == "published" and said == now else data
        case ProductUpdated():
            if data == ProductUpdated():
                raise refuse(
                    "a new edition of {subject} says nothing new",
                    field="/data",
                    value={},
                    way_out="Give at least one of `edition`, `language` and `url`.",
                    subject=wish.subject,
                )
            return data
        case ProductUsed():
            if (data.country is None) == (data.entity is None):
                raise refuse(
                    "a product is used in one country or by one entity",
                    field="/data/country",
                    value=data.country,
                    way_out="Give exactly one of `country` and `entity`; several uses are several entries.",
                )
            return data
        case _:
            assert_never(data)


def references(data: ProductEvent, world: World, subject: str) -> None:
    """Refuse a product that names an activity or an entity that does not exist.

    Raises:
        RuleError: naming it.
    """
    match data:
        case ProductPlanned():
            for activity in data.activities:
                world.require(f"activity/{activity}", "/data/activities")
        case ProductPublished():
            world.require(f"entity/{data.steward}", "/data/steward")
        case ProductUsed() if data.entity:
            world.require(f"entity/{data.entity}", "/data/entity")
        case _:
            pass
