"""The plan at a glance: counts that equal the lists behind them, and the filters that make those lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tracker.web import labels
from tracker.web.labels import Mark, mark
from tracker.web.language import _, n_
from tracker.web.visits import Visit
from tracker.workplan.obligations import duties
from tracker.workplan.round import Round

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """One count: its filter (``status`` in the address, None for all), its mark or plain words."""

    status: str | None
    count: int
    words: str
    mark: Mark | None = None

    @property
    def is_status(self) -> bool:
        """Whether it is one of the statuses, of which every activity has one."""
        return self.status in labels.STATUS


def awaited(here: Visit) -> frozenset[str]:
    """Return the activities about which a report is still owed in an open round."""
    if not here.may("details"):
        return frozenset()
    plan = here.answer.plan
    opened = [one.id for one in plan.all("round", Round) if not one.closed]
    return frozenset(
        duty.activity.id
        for quarter in opened
        for duty in duties(plan, quarter)
        if duty.state == "not_reported"
    )


def tests_of(here: Visit, awaiting: frozenset[str]) -> dict[str, Callable[[View], bool]]:
    """Return what each value of the status filter lets through; removed activities only where they are asked for."""
    tests: dict[str, Callable[[View], bool]] = {
        name: lambda view, name=name: view["status"] == name  # type: ignore[misc]
        for name in labels.STATUS
    }
    if here.may("details"):
        for name in labels.ASSESSMENT:
            tests[name] = lambda view, name=name: view["assessment"] == name  # type: ignore[misc]
        tests["disputed"] = lambda view: bool(view["disputed"])
        tests["awaiting"] = lambda view: view["id"] in awaiting
    tests["overdue"] = lambda view: bool(view["overdue"])
    tests["no_window"] = lambda view: view["window"] is None
    return tests


def figures(activities: list[View], tests: dict[str, Callable[[View], bool]]) -> list[Figure]:
    """Return the counts worth showing: every lifecycle status that occurs, and what needs a look."""
    living = [one for one in activities if not one["withdrawn"]]
    found = [Figure(None, len(living), n_("activity", "activities", len(living)))]
    for name, test in tests.items():
        count = sum(1 for one in living if test(one))
        if count and name == "no_window":
            found.append(Figure(name, count, _("without a window in the plan")))
        elif count:
            shown = mark(name)
            found.append(Figure(name, count, labels.counted(name, count), shown))
    if removed := sum(1 for one in activities if one["withdrawn"]):
        shown = mark("withdrawn")
        found.append(Figure("withdrawn", removed, labels.counted("withdrawn", removed), shown))
    return found
