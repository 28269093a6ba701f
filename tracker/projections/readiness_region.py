"""What a plan holds about a region on a day: the ground on which the lines of its readiness stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from tracker.events.dates import first_day, last_day
from tracker.projections.readiness_rules import Rules
from tracker.workplan.activity import Activity
from tracker.workplan.obligations import leads_of
from tracker.workplan.plan import Plan
from tracker.workplan.review import Review
from tracker.workplan.session import Session
from tracker.workplan.workstream import Workstream

Status = Literal["met", "partly", "missing", "unknown"]
Item = dict[str, Any]
"""Plain JSON."""

SECRETARIAT: Item = {"role": "secretariat"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the rules see it.

    ``missing`` says ``{what, who: [{role, entity?, country?, commission?}], subject?}``.
    """

    status: Status
    evidence: list[Item] = field(default_factory=list)
    missing: list[Item] = field(default_factory=list)
    details: Item = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Region:
    """What the plan holds about a region on a day: what is linked to it, and what may be but carries no tag."""

    id: str
    plan: Plan
    day: date
    zone: str
    rules: Rules
    review: Review | None
    linked: tuple[Activity, ...]
    untagged: tuple[Activity, ...]
    sessions: tuple[Session, ...]
    open_sessions: tuple[Session, ...]

    def cite(self, subject: str, **more: Any) -> Item:
        """Return a piece of evidence: a subject, and its newest entry that this rests on."""
        return cite(self.plan, subject) | {name: value for name, value in more.items() if value is not None}

    @property
    def host(self) -> Item:
        return {"role": "host", "commission": self.review.commission} if self.review else SECRETARIAT

    @property
    def is_near(self) -> bool:
        """Whether the review is close enough that what nobody mentioned counts as missing."""
        if self.review is None or self.review.status == "cancelled":
            return False
        start = start_of(self.review)
        return start is not None and (start - self.day).days <= self.rules.near_days

    def leads(self, activity: Activity) -> list[Item]:
        return leads(self.plan, activity)

    def absent(self) -> Status:
        return "missing" if self.is_near else "unknown"


def region_of(plan: Plan, region: str, day: date, zone: str, rules: Rules) -> Region:
    """Return what the plan holds about a region."""
    activities = [one for one in plan.all("activity", Activity) if not one.withdrawn]
    linked = tuple(one for one in activities if region in named(plan, one, "regions"))
    known = {one.id for one in linked}
    since = rules.last_reviews.get(region, "")
    sessions = [
        one for one in plan.all("session", Session) if not one.starts_at or one.starts_at[:10] > since
    ]
    return Region(
        id=region,
        plan=plan,
        day=day,
        zone=zone,
        rules=rules,
        review=plan.get(f"review/{region}", Review),
        linked=linked,
        untagged=tuple(
            one for one in activities if one.id not in known and tag_of(plan, one, "regions") is None
        ),
        sessions=tuple(one for one in sessions if one.region == region),
        open_sessions=tuple(one for one in sessions if one.region is None and one.level != "national"),
    )


def cite(plan: Plan, subject: str) -> Item:
    """Return a subject, and its newest entry."""
    standing = plan.standing(subject)
    return {"subject": subject, "position": standing.position if standing else 0}


def leads(plan: Plan, activity: Activity) -> list[Item]:
    """Return who leads an activity, as those who could supply something."""
    return [{"role": "lead", "entity": entity} for entity, _ in leads_of(plan, activity)] or [SECRETARIAT]


Tag = Literal["regions", "objectives"]
TAGS: tuple[Tag, ...] = ("regions", "objectives")


@dataclass(frozen=True, slots=True)
class Tagged:
    """What is said of one activity under a tag: by its own tag, else its workstream's, and by its reports besides.

    ``tag`` is None where neither has one.
    """

    tag: tuple[str, ...] | None
    named: frozenset[str]


def tag_of(plan: Plan, activity: Activity, name: Tag) -> tuple[str, ...] | None:
    """Return an activity's tag, else that of its workstream; None where neither has one."""
    return plan.once(_tagged)[activity.id, name].tag


def named(plan: Plan, activity: Activity, name: Tag) -> frozenset[str]:
    """Return what an activity is tagged with, and what its reports name."""
    return plan.once(_tagged)[activity.id, name].named


def objectives_named(plan: Plan) -> dict[str, frozenset[int]]:
    """Return the numbers of the objectives that each activity names; ``20(b)`` counts as 20."""
    return {one.id: numbers(named(plan, one, "objectives")) for one in plan.all("activity", Activity)}


def numbers(objectives: Iterable[str]) -> frozenset[int]:
    """Return the numbers of objectives; ``20(b)`` counts as 20."""
    return frozenset(int(one.partition("(")[0]) for one in objectives)


def _tagged(plan: Plan) -> dict[tuple[str, Tag], Tagged]:
    found: dict[tuple[str, Tag], Tagged] = {}
    for activity in plan.all("activity", Activity):
        workstream = plan.get(f"workstream/{activity.workstream}", Workstream)
        for name in TAGS:
            tag: tuple[str, ...] | None = getattr(activity.tags, name)
            if tag is None and workstream:
                tag = getattr(workstream.tags, name)
            said = (one for report in activity.reports for one in getattr(report, name) or ())
            found[activity.id, name] = Tagged(tag, frozenset((*(tag or ()), *said)))
    return found


def start_of(review: Review) -> date | None:
    if review.current.starts_on:
        return date.fromisoformat(review.current.starts_on)
    return first_day(review.current.window.from_) if review.current.window else None


def end_of_review(review: Review) -> date | None:
    days = review.current.ends_on or review.current.starts_on
    if days:
        return date.fromisoformat(days)
    return last_day(review.current.window.to) if review.current.window else None


def lacks(what: str, who: list[Item], subject: str | None = None, **more: Any) -> Item:
    return {"what": what, "who": who} | ({"subject": subject} if subject else {}) | more
