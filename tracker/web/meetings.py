"""Sessions on pages: the list with its filters, one session, and what was promised of those held and is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from tracker.errors import RuleError
from tracker.events.vocabulary import ZONES
from tracker.projections.series import Series
from tracker.web import labels
from tracker.web.fact_fields import FactForm, objectives, workstreams, zones
from tracker.web.language import _, day_words, zone_words
from tracker.web.readers import runtime
from tracker.web.recordable import done_of, offered
from tracker.web.records import fitting, history_of
from tracker.web.recurring import series_of
from tracker.web.rendering import shell
from tracker.web.visits import Visit, page, visit
from tracker.workplan.session import Session, instant_of

ORDER = ("scheduled", "held", "proposed", "cancelled")
FILTERS = ("kind", "level", "region", "workstream", "objective", "status", "missing")


@dataclass(frozen=True, slots=True)
class Time:
    """The time of a session as a clock in one zone shows it; ``day`` is None where that is the day said before."""

    zone: str
    day: str | None
    start: str
    end: str


@shell.get("/w/<workplan>/sessions")
def sessions(workplan: str) -> tuple[str, int]:
    with visit(workplan) as here:
        asked = {name: request.args.get(name, "").strip() for name in FILTERS}
        found = fitting(here, "session", asked)
        every = here.answer.plan.all("session", Session)
        return page(
            "records/session_list.html",
            here,
            groups=_groups(found),
            count=len(found),
            asked=asked,
            is_filtered=any(asked.values()),
            series=[] if any(asked.values()) else series_of(here),
            followed=sum(1 for one in every if one.missing_materials),
            ways=offered(here, "session"),
            workstreams=workstreams(here),
            objectives=objectives(here),
            labels=labels,
            mark=labels.mark,
            times=times_of,
        )


def _groups(found: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return ``(status, sessions)``: what comes first soonest first, what was held latest first."""
    groups = []
    for status in ORDER:
        group = [one for one in found if one["status"] == status]
        if status != "proposed":
            group.sort(key=_start, reverse=status != "scheduled")
        if group:
            groups.append((status, group))
    return groups


def _start(one: dict[str, Any]) -> str:
    return instant_of(one["starts_at"], one["zone"]).isoformat() if one.get("starts_at") else ""


@shell.get("/w/<workplan>/sessions/<id>")
def session(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002 - the place in the address
    with visit(workplan) as here:
        shown = here.one(f"session/{id}")
        series = next((one for one in series_of(here) if one.session.id == id), None)
        return page(
            "records/session.html",
            here,
            item=shown,
            times=times_of(here, shown, _asked_zone()),
            moved_from=_moved_from(here, shown),
            instants=_instants(shown),
            zones=zones(here),
            ways=_offered(here, shown, series),
            series=series,
            done=done_of(here),
            entries=history_of(here, f"session/{id}"),
            labels=labels,
            mark=labels.mark,
        )


def _offered(here: Visit, shown: dict[str, Any], series: Series | None) -> list[FactForm]:
    """Return what can be recorded of a session, most likely first; of what stands for many, new ones like it."""
    if series:
        return offered(here, "session")
    first = "session-material" if shown["status"] == "held" else "session-scheduled"
    return sorted(offered(here, "session", shown), key=lambda one: one.way != first)


def _asked_zone() -> str | None:
    """Return the zone that the reader wants to see times in.

    Raises:
        RuleError: there is no such zone.
    """
    said = request.args.get("zone", "").strip()
    if said and said not in ZONES:
        raise RuleError(
            _("There is no time zone called “{said}”."),
            said=said,
            field="zone",
            value=said,
            way_out=_("Give one such as America/Bogota, or leave it out."),
        )
    return said or None


def times_of(here: Visit, shown: dict[str, Any], asked: str | None = None) -> list[Time]:
    """Return when a session is: in its own zone, in the plan's where it differs, and in the one asked for."""
    if not shown.get("starts_at"):
        return []
    own = shown["zone"] or here.zone
    start, end = (instant_of(shown[name], own) for name in ("starts_at", "ends_at"))
    made: list[Time] = []
    for zone in dict.fromkeys(one for one in (own, here.zone, asked) if one):
        first, last = start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
        day = day_words(first.date())
        until = f"{last:%H:%M}" if first.date() == last.date() else f"{day_words(last.date())}, {last:%H:%M}"
        is_said = bool(made) and made[0].day == day
        made.append(Time(zone_words(zone), None if is_said else day, f"{first:%H:%M}", until))
    return made


def _instants(shown: dict[str, Any]) -> tuple[str, str] | None:
    """Return start and end in UTC, for the browser to say them in its own zone."""
    if not shown.get("starts_at"):
        return None
    start, end = (instant_of(shown[name], shown["zone"]) for name in ("starts_at", "ends_at"))
    return f"{start:%Y-%m-%dT%H:%MZ}", f"{end:%Y-%m-%dT%H:%MZ}"


def _moved_from(here: Visit, shown: dict[str, Any]) -> Time | None:
    """Return when a session was to be at first, where it was moved."""
    first = shown.get("original_start")
    if not first or first == shown["starts_at"]:
        return None
    return times_of(here, shown | {"starts_at": first, "ends_at": first})[0]


@shell.get("/w/<workplan>/follow-up")
def follow_up(workplan: str) -> tuple[str, int]:
    with visit(workplan) as here:
        found = here.reveal(here.all("session"))
        missing = sorted(
            (one for one in found if one["missing_materials"]), key=lambda one: one.get("held_on") or ""
        )
        silent = sorted((one for one in found if _is_silent(here, one)), key=_start)
        return page(
            "records/follow_up.html",
            here,
            missing=[(one, _days_since(here, one.get("held_on"))) for one in missing],
            silent=[(one, times_of(here, one)[0]) for one in silent],
            can_add={one["id"]: _ways(here, one) for one in (*missing, *silent)},
            labels=labels,
            mark=labels.mark,
        )


def _is_silent(here: Visit, shown: dict[str, Any]) -> bool:
    """Return whether a session is over and nobody has said how it went."""
    if shown["status"] != "scheduled":
        return False
    ends = instant_of(shown["ends_at"], shown["zone"])
    if here.moment.is_past:
        return ends.astimezone(ZoneInfo(here.zone)).date() < here.answer.question.day
    now: datetime = runtime().now()
    return ends < now


def _days_since(here: Visit, held_on: str | None) -> int:
    return (here.answer.question.day - datetime.fromisoformat(held_on).date()).days if held_on else 0


def _ways(here: Visit, shown: dict[str, Any]) -> set[str]:
    return {one.way for one in offered(here, "session", shown)}
