"""What an activity leaves behind, and what it waits for from the activities that feed it."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.workplan.activity import Activity
from tracker.workplan.plan import Plan
from tracker.workplan.product import Product


@dataclass(frozen=True, slots=True)
class Inputs:
    """The activities that feed one: those that delivered, and those that are awaited; in the order of the plan."""

    received: tuple[Activity, ...]
    awaited: tuple[Activity, ...]

    @property
    def expected(self) -> int:
        return len(self.received) + len(self.awaited)


def products_of(plan: Plan, activity: str) -> list[Product]:
    return [one for one in plan.all("product", Product) if activity in one.activities]


def inputs_of(plan: Plan, activity: str) -> Inputs:
    """Return what an activity gets from others: delivered is what is completed, or has a published product."""
    feeding = [
        one
        for one in plan.all("activity", Activity)
        if not one.withdrawn and any(link.kind == "feeds" and link.to == activity for link in one.links)
    ]
    delivered = {
        one.id
        for one in feeding
        if one.status == "completed" or any(made.published_on for made in products_of(plan, one.id))
    }
    return Inputs(
        tuple(one for one in feeding if one.id in delivered),
        tuple(one for one in feeding if one.id not in delivered),
    )
