"""Which days are worked at the duty station, by its official holidays and the workplan's own exceptions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import holidays

from tracker.workplan.root import Workplan

SATURDAY = 5


def working_days(workplan: Workplan) -> Callable[[date], bool]:
    """Return the test for a working day under a workplan's settings (``duty_station``, ``holidays``)."""
    station = workplan.settings.get("duty_station") or "CH-GE"
    exceptions = workplan.settings.get("holidays") or {}
    return _working_days(
        station, tuple(exceptions.get("added") or ()), tuple(exceptions.get("removed") or ())
    )


@cache
def is_station(said: str) -> bool:
    """Return whether the holidays of a duty station are known."""
    country, _, subdivision = said.partition("-")
    subdivisions = holidays.list_supported_countries().get(country)
    return subdivisions is not None and (not subdivision or subdivision in subdivisions)


def _official(station: str) -> Any:
    country, _, subdivision = station.partition("-")
    return holidays.country_holidays(country, subdiv=subdivision or None)


@cache
def _working_days(station: str, added: tuple[str, ...], removed: tuple[str, ...]) -> Callable[[date], bool]:
    official: Any = _official(station) if is_station(station) else {}

    def is_working_day(day: date) -> bool:
        said = day.isoformat()
        if said in removed:
            return True
        return day.weekday() < SATURDAY and day not in official and said not in added

    return is_working_day
