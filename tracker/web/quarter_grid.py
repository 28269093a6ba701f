"""The plan as a grid of quarters: a row for each activity, in whose cells a window is said and drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tracker.events.dates import quarter_of, quarters_between
from tracker.projections.views import due_day
from tracker.web.visits import Visit
from tracker.workplan.milestone import Milestone

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """One quarter of one activity. ``look`` draws it: where its window begins and ends; ``due`` names milestones."""

    quarter: str
    look: str
    due: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """``rows`` are the cells by activity, None where nothing of it has a date; ``now`` is the quarter shown."""

    quarters: list[str]
    now: str
    rows: dict[str, list[Cell] | None]

    @property
    def years(self) -> list[tuple[str, int]]:
        """``(year, how many of the quarters are in it)``."""
        found: dict[str, int] = {}
        for one in self.quarters:
            found[one[:4]] = found.get(one[:4], 0) + 1
        return list(found.items())


def grid_of(here: Visit, activities: Iterable[View]) -> Grid:
    """Return the grid from the plan's first quarter to its last, or further where a window reaches further."""
    shown = list(activities)
    period, dues = here.workplan.period, _dues(here)
    windows = [one["window"] for one in shown if one["window"]]
    known = [quarter for found in dues.values() for quarter in found]
    first = min([period.from_, *(one["from"] for one in windows), *known])
    last = max([period.to, *(one["to"] for one in windows), *known])
    quarters = quarters_between(first, last)
    rows = {one["id"]: _row(one["window"], dues.get(one["id"], {}), quarters) for one in shown}
    return Grid(quarters, quarter_of(here.answer.question.day), rows)


def _dues(here: Visit) -> dict[str, dict[str, list[str]]]:
    """Return ``{activity: {quarter: titles of the milestones due in it}}`` of those that still hold."""
    found: dict[str, dict[str, list[str]]] = {}
    for one in here.answer.plan.all("milestone", Milestone):
        if one.activity and one.status != "cancelled":
            quarter = quarter_of(due_day(one.due))
            found.setdefault(one.activity, {}).setdefault(quarter, []).append(
                here.words_of(f"milestone/{one.id}")
            )
    return found


def _row(window: View | None, dues: dict[str, list[str]], quarters: list[str]) -> list[Cell] | None:
    if window is None and not dues:
        return None
    made = []
    for one in quarters:
        look = ""
        if window and window["from"] <= one <= window["to"]:
            look = (
                "in" + (" begins" if one == window["from"] else "") + (" ends" if one == window["to"] else "")
            )
        made.append(Cell(one, look, tuple(dues.get(one, ()))))
    return made
