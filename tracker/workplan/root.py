"""The workplan itself: its title, period, zone and settings, its named moments, and whether it is closed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, assert_never, cast

from tracker.events.catalogue import (
    MomentNamed,
    SigningKeyChanged,
    WorkplanAdopted,
    WorkplanAmended,
    WorkplanClosed,
    WorkplanEvent,
)
from tracker.events.dates import first_day, last_day
from tracker.events.event import Event, Wish
from tracker.events.vocabulary import LANGUAGE, Window, Wording, is_day, is_quarter
from tracker.workplan.plan import World, refuse, unless_equal


def _is_list_of(test: Callable[[str], bool]) -> Callable[[Any], bool]:
    return lambda said: isinstance(said, list) and all(isinstance(one, str) and test(one) for one in said)


_are_days = _is_list_of(is_day)

SETTINGS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "public": ("true or false", lambda said: isinstance(said, bool)),
    "published": ("an array of names of details", _is_list_of(lambda one: one == "details")),
    "languages": (
        'an array of language tags, the plan\'s own first, such as ["es", "en"]',
        lambda said: bool(said) and _is_list_of(lambda one: bool(re.fullmatch(LANGUAGE, one)))(said),
    ),
    "duty_station": (
        "a country of ISO 3166, perhaps with a part of it, such as `CH-GE`",
        lambda said: isinstance(said, str) and bool(re.fullmatch(r"[A-Z]{2}(-[A-Za-z0-9]{1,3})?", said)),
    ),
    "holidays": (
        'an object such as {"added": ["2023-12-27"], "removed": []}',
        lambda said: (
            isinstance(said, dict)
            and said.keys() <= {"added", "removed"}
            and all(map(_are_days, said.values()))
        ),
    ),
    "reporting_until": (
        "a quarter such as `2025-Q2`",
        lambda said: isinstance(said, str) and is_quarter(said),
    ),
}
"""What a workplan can set: ``{name: (what the value must be, its test)}``; see docs/settings.md."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A named instant: a day means its end in the workplan's zone."""

    slug: str
    title: str
    at: str


@dataclass(frozen=True, slots=True)
class Workplan:
    """The state of the workplan itself."""

    id: str
    title: Wording
    period: Window
    zone: str
    origin: str
    settings: dict[str, Any]
    simulated: bool
    closed: bool
    moments: tuple[Moment, ...]
    keys: tuple[str, ...] = ()

    @property
    def first_day(self) -> date:
        return first_day(self.period.from_)

    @property
    def last_day(self) -> date:
        return last_day(self.period.to)

    @property
    def is_public(self) -> bool:
        return bool(self.settings.get("public"))

    @property
    def languages(self) -> list[str]:
        return list(self.settings.get("languages") or ["en"])


def evolve(state: Workplan | None, event: Event, placed_on: str) -> Workplan | None:
    data = cast("WorkplanEvent", event.data)
    if isinstance(data, WorkplanAdopted):
        return Workplan(
            id=event.workplan,
            title=data.title,
            period=data.period,
            zone=data.zone,
            origin=data.origin,
            settings=data.settings,
            simulated=bool(data.simulated),
            closed=False,
            moments=(),
        )
    if state is None:
        return None
    match data:
        case WorkplanAmended():
            settings = {**state.settings, **(data.settings or {})}
            return replace(state, title=data.title or state.title, settings=settings)
        case WorkplanClosed():
            return replace(state, closed=True)
        case MomentNamed():
            others = tuple(one for one in state.moments if one.slug != data.slug)
            return replace(state, moments=(*others, Moment(data.slug, data.title, data.at)))
        case SigningKeyChanged():
            return replace(state, keys=(*state.keys, data.key))
        case _:
            assert_never(data)


def misfit(state: Workplan | None, data: WorkplanEvent) -> str | None:
    return None if state or isinstance(data, WorkplanAdopted) else "the workplan is not adopted then"


def decide(state: Workplan | None, wish: Wish, world: World, day: date) -> WorkplanEvent | None:
    data = cast("WorkplanEvent", wish.data)
    if isinstance(data, WorkplanAdopted):
        check_settings(data.settings, world)
        return data
    if state is None:
        raise refuse(
            "there is no workplan yet", field="/subject", value=wish.subject, way_out="Import one first."
        )
    match data:
        case WorkplanAmended():
            check_settings(data.settings or {}, world)
            settings = {**state.settings, **(data.settings or {})}
            return data if unless_equal([(state.title, data.title), (state.settings, settings)]) else None
        case WorkplanClosed():
            return None if state.closed else data
        case MomentNamed():
            return None if Moment(data.slug, data.title, data.at) in state.moments else data
        case SigningKeyChanged():
            return data
        case _:
            assert_never(data)


def check_settings(settings: dict[str, Any], world: World) -> None:
    """Refuse settings that are unknown or of the wrong type.

    Raises:
        RuleError: naming the setting.
    """
    for name, value in settings.items():
        if name not in SETTINGS:
            raise refuse(
                "`{name}` is no setting of a workplan",
                field=f"/data/settings/{name}",
                value=name,
                way_out=f"The settings are: {', '.join(SETTINGS)}.",
                name=name,
            )
        words, fits = SETTINGS[name]
        if not fits(value) or (name == "duty_station" and not world.is_station(value)):
            raise refuse(
                "the setting `{name}` is not {words}",
                field=f"/data/settings/{name}",
                value=value,
                way_out="See docs/settings.md for what can be set.",
                name=name,
                words=words,
            )


def references(data: WorkplanEvent, world: World, subject: str) -> None:
    """The workplan names no other subject."""
