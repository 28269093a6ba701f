"""The workplan itself: its title, period, zone and settings, its named moments, and whether it is closed."""

from __future__ import annotations

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
from tracker.events.vocabulary import Window, Wording
from tracker.workplan.plan import World, refuse, unless_equal

SETTINGS = {
    "public": bool,
    "published": list,
    "languages": list,
    "duty_station": str,
    "holidays": dict,
    "reporting_until": str,
}
"""What a workplan can set, and the JSON type of each; see docs/settings.md."""


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
        check_settings(data.settings)
        return data
    if state is None:
        raise refuse(
            "there is no workplan yet", field="/subject", value=wish.subject, way_out="Import one first."
        )
    match data:
        case WorkplanAmended():
            check_settings(data.settings or {})
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


def check_settings(settings: dict[str, Any]) -> None:
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
        if not isinstance(value, SETTINGS[name]):
            raise refuse(
                "the setting `{name}` is not a {type}",
                field=f"/data/settings/{name}",
                value=value,
                way_out=f"Give a JSON {_JSON[SETTINGS[name]]}.",
                name=name,
                type=_JSON[SETTINGS[name]],
            )


_JSON = {bool: "true or false", list: "array", str: "string", dict: "object"}


def references(data: WorkplanEvent, world: World, subject: str) -> None:
    """The workplan names no other subject."""
