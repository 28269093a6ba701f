"""The filters of the plan: kept in its address, and applied before anything is counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

from tracker.events.vocabulary import Region
from tracker.plans.reference import objective_labels
from tracker.projections.rounds import quiet_quarters
from tracker.web import labels
from tracker.web.language import _, occurred_words, spoken
from tracker.web.visits import Visit
from tracker.workplan.activity import Activity
from tracker.workplan.obligations import duties
from tracker.workplan.plan import natural
from tracker.workplan.round import Round

View = dict[str, Any]
Option = tuple[str, str]

UNKNOWN = "unknown"
"""The value of a filter by a tag that asks for what carries no such tag."""
NAMES = ("status", "entity", "workstream", "region", "objective", "report", "quiet")
QUIET = (2, 4)
REPORTS = {
    "reported": "reported",
    "no_change": "no change reported",
    "not_reported": "awaiting report",
    "excused": "excused",
    "not_expected": "no report expected",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter that a page offers, with its ``(value, words)``."""

    name: str
    label: str
    options: list[Option]


def last_round(here: Visit) -> str | None:
    """Return the quarter of the newest round, which filters by reporting are about; None for who is not told."""
    rounds = (one.id for one in here.answer.plan.all("round", Round))
    return max(rounds, default=None) if here.may("details") else None


def chosen(here: Visit, activities: list[View], asked: dict[str, str]) -> list[View]:
    """Return the activities that every filter but that of the status lets through; what means nothing, nothing."""
    tests = [test(here, said) for name, test in TESTS.items() if (said := asked.get(name, ""))]
    return [one for one in activities if all(test(one) for test in tests)]


def with_status(activities: list[View], tests: dict[str, Callable[[View], bool]], status: str) -> list[View]:
    """Return those with a status; removed ones only where they are asked for."""
    if status == "withdrawn":
        return [one for one in activities if one["withdrawn"]]
    test = tests.get(status) if status else lambda _view: True
    return [one for one in activities if test and not one["withdrawn"] and test(one)]


def _by_tag(name: str) -> Callable[[Visit, str], Callable[[View], bool]]:
    def test(_here: Visit, said: str) -> Callable[[View], bool]:
        if said == UNKNOWN:
            return lambda view: view["tags"].get(name) is None
        return lambda view: said in _plain(view["tags"].get(name))

    return test


def _plain(tags: list[Any] | None) -> set[str]:
    """Return tags without the letters of their paragraphs: ``20(b)`` is about objective 20."""
    return {str(one).partition("(")[0] for one in tags or ()}


def _by_report(here: Visit, said: str) -> Callable[[View], bool]:
    quarter = last_round(here)
    states = report_states(here, quarter) if quarter else {}
    return lambda view: bool(quarter) and states.get(view["id"], "not_expected") == said


def report_states(here: Visit, quarter: str) -> dict[str, str]:
    """Return ``{activity: how it stands with the report for a quarter}``; not listed is what none is expected of."""
    plan = here.answer.plan
    found = {one.id: "excused" for one in plan.all("activity", Activity) if quarter in one.excused}
    return found | {duty.activity.id: duty.state for duty in duties(plan, quarter)}


def _by_quiet(here: Visit, said: str) -> Callable[[View], bool]:
    quarter, least = last_round(here), {str(many): many for many in QUIET}.get(said)

    def test(view: View) -> bool:
        state = here.answer.plan.get(f"activity/{view['id']}", Activity)
        if state is None or quarter is None or least is None:
            return False
        return quiet_quarters(state, quarter) >= least

    return test


TESTS: dict[str, Callable[[Visit, str], Callable[[View], bool]]] = {
    "entity": lambda _here, said: lambda view: said in view["leads"],
    "workstream": lambda _here, said: lambda view: bool(view["workstream"] == said),
    "region": _by_tag("regions"),
    "objective": _by_tag("objectives"),
    "report": _by_report,
    "quiet": _by_quiet,
}


def choices(
    here: Visit, activities: list[View], workstreams: list[View], statuses: list[str]
) -> list[Choice]:
    """Return the filters worth offering: of tags those that occur, and that there is none."""
    words = labels.STATUS | labels.ASSESSMENT | labels.OTHER | {"no_window": "without a window in the plan"}
    leads = {lead["entity"] for one in workstreams for lead in one["leads"]}
    found = [
        Choice("status", _("Status"), [(one, _(words[one])) for one in statuses]),
        Choice(
            "entity",
            _("Lead"),
            sorted(((one, here.name(one)) for one in leads), key=lambda pair: pair[1].casefold()),
        ),
        Choice(
            "workstream",
            _("Workstream"),
            [(one["id"], f"{one['number']} {_short(here.text(one['title']))}") for one in workstreams],
        ),
        Choice("region", _("Region"), [(one, _(labels.REGION[one])) for one in get_args(Region)] + _none()),
        Choice("objective", _("Objective"), _objectives(activities) + _none()),
    ]
    if quarter := last_round(here):
        label = _("Report for {quarter}", quarter=occurred_words(quarter))
        found.append(Choice("report", label, [(name, _(said)) for name, said in REPORTS.items()]))
        options = [(str(many), _("{count} quarters or more", count=many)) for many in QUIET]
        found.append(Choice("quiet", _("Nothing new for"), options))
    return found


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1].rstrip()}…"


SHORT = 56


def _none() -> list[Option]:
    return [(UNKNOWN, _("not in the plan"))]


def _objectives(activities: list[View]) -> list[Option]:
    found = {said for one in activities for said in _plain(one["tags"].get("objectives"))}
    named = objective_labels()
    return [
        (one, f"{one} {named[int(one)][spoken()]}" if one.isdecimal() and int(one) in named else one)
        for one in sorted(found, key=natural)
    ]
