"""Which subjects of a collection are wanted: each filter says what it means for each kind of subject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any

from tracker.events.dates import first_day, last_day, quarter_of, quarters_between, span
from tracker.events.vocabulary import Window
from tracker.workplan.activity import Activity
from tracker.workplan.claims import ENDED
from tracker.workplan.entity import Entity
from tracker.workplan.milestone import Milestone
from tracker.workplan.obligations import leads_of
from tracker.workplan.plan import Plan, Standing
from tracker.workplan.product import Product
from tracker.workplan.review import Review
from tracker.workplan.session import Session
from tracker.workplan.workstream import Workstream

Test = Callable[[Any], bool]


def wanted(
    plan: Plan, filters: Mapping[str, Any], since: int | None, day: date
) -> Callable[[Standing], bool]:
    """Return the test for a subject under all filters given; ``since`` is the position of ``changed_since``."""
    tests: list[Test] = []
    if (entity := filters.get("entity")) is not None:
        tests.append(lambda state: entity in _entities(plan, state))
    if (workstream := filters.get("workstream")) is not None:
        tests.append(lambda state: workstream in _workstreams(plan, state))
    if (objective := filters.get("objective")) is not None:
        tests.append(lambda state: any(_is_objective(one, objective) for one in _tagged(state, "objectives")))
    if (country := filters.get("country")) is not None:
        tests.append(lambda state: country.upper() in _tagged(state, "countries"))
    if (region := filters.get("region")) is not None:
        tests.append(lambda state: region in _tagged(state, "regions"))
    if (quarter := filters.get("quarter")) is not None:
        tests.append(lambda state: _touches(state, quarter))
    plain = ("status", "assessment", "kind", "level")
    tests += [partial(_says, name, filters[name]) for name in plain if filters.get(name) is not None]
    if (missing := filters.get("missing")) is not None:
        tests.append(lambda state: _is_missing(state, missing))
    if (quarters := filters.get("quiet_quarters")) is not None:
        tests.append(lambda state: (quiet_quarters(state, day) or 0) >= quarters)

    def is_wanted(standing: Standing) -> bool:
        if since is not None and standing.position <= since:
            return False
        return all(test(standing.state) for test in tests)

    return is_wanted


def _says(name: str, wanted: str, state: object) -> bool:
    return bool(getattr(state, name) == wanted)


def _is_missing(session: Session, kind: str) -> bool:
    """Return whether material of a kind, or ``any``, was promised by holding a session and is not there."""
    return bool(session.missing_materials) if kind == "any" else kind in session.missing_materials


def quiet_quarters(activity: Activity, day: date) -> int | None:
    """Return how many finished quarters went by since the last one reported about; None where no report is due."""
    if activity.withdrawn or activity.status in ENDED:
        return None
    finished = quarters_between(quarter_of(date.fromisoformat(activity.founded)), quarter_of(day))[:-1]
    reported = max((report.quarter for report in activity.reports), default="")
    return sum(1 for quarter in finished if quarter > reported)


def _entities(plan: Plan, state: object) -> list[str]:
    match state:
        case Activity():
            return [entity for entity, _ in leads_of(plan, state)]
        case Workstream():
            leads = [lead.entity for lead in state.leads] + [lead.entity for lead in state.activity_leads]
            return leads + [one.entity for one in state.participants]
        case Milestone() if state.activity and (activity := plan.get(f"activity/{state.activity}", Activity)):
            return _entities(plan, activity)
        case Milestone() if state.workstream:
            return _entities(plan, plan.get(f"workstream/{state.workstream}", Workstream))
        case Product():
            steward = [state.steward] if state.steward else []
            return steward + [entity for one in _made_by(plan, state) for entity in _entities(plan, one)]
        case _:
            return []


def _made_by(plan: Plan, product: Product) -> list[Activity]:
    found = (plan.get(f"activity/{one}", Activity) for one in product.activities)
    return [one for one in found if one]


def _workstreams(plan: Plan, state: object) -> Iterable[str]:
    match state:
        case Activity():
            return [state.workstream]
        case Session():
            return state.workstreams
        case Milestone() if state.activity and (activity := plan.get(f"activity/{state.activity}", Activity)):
            return [activity.workstream]
        case Milestone():
            return [state.workstream] if state.workstream else []
        case Product():
            return [one.workstream for one in _made_by(plan, state)]
        case Entity():
            return [one.id for one in plan.all("workstream", Workstream) if state.id in _entities(plan, one)]
        case _:
            return []


def _tagged(state: object, name: str) -> list[str]:
    """Return what is said about objectives, countries or regions: by tags, by reports, or by the subject itself."""
    singular = {"countries": "country", "regions": "region"}.get(name, "")
    match state:
        case Activity():
            sources = [state.tags, *state.reports]
            return [said for source in sources for said in getattr(source, name) or ()]
        case Workstream():
            return list(getattr(state.tags, name) or ())
        case Product() if name == "countries":
            return [one.country for one in state.uses if one.country]
        case Session() if name == "objectives":
            return list(state.objectives)
        case Review() if name == "countries":
            return [*state.reports_expected, *(report.country for report in state.reports_received)]
        case Review():
            return [state.id]
        case Session() | Entity():
            said = getattr(state, singular, None)
            return [said] if said else []
        case _:
            return []


def _is_objective(said: str, objective: str) -> bool:
    return said == objective or said.partition("(")[0] == objective


def _touches(state: object, quarter: str) -> bool:
    """Return whether what is planned touches a quarter; what is not planned touches none."""
    first, last = first_day(quarter), last_day(quarter)
    planned = _planned(state)
    return planned is not None and planned[0] <= last and planned[1] >= first


def _planned(state: object) -> tuple[date, date] | None:
    match state:
        case Activity():
            return (first_day(state.window.from_), last_day(state.window.to)) if state.window else None
        case Milestone():
            return _window(state.due) if isinstance(state.due, Window) else span(state.due)
        case Session() if state.starts_at:
            day = date.fromisoformat(state.starts_at[:10])
            return day, day
        case Session():
            return _window(state.window)
        case Review() if state.current.starts_on:
            start = date.fromisoformat(state.current.starts_on)
            return start, date.fromisoformat(state.current.ends_on or state.current.starts_on)
        case Review():
            return _window(state.current.window)
        case _:
            return None


def _window(window: Window | None) -> tuple[date, date] | None:
    return (first_day(window.from_), last_day(window.to)) if window else None
