"""What was decided at a meeting: the milestones that were set there, which is how recommendations are followed up."""

from __future__ import annotations

import orjson

from tracker.database import Transaction
from tracker.workplan.plan import Plan


def milestones_set_at(tx: Transaction, workplan: str, plan: Plan, meeting: str) -> list[str]:
    """Return the milestones whose entry says that they were set at a session or review; subjects, in plan order."""
    living = [one.subject for one in plan.living("milestone")]
    found = set[str]()
    for start in range(0, len(living), 500):
        part = living[start : start + 500]
        marks = ", ".join("?" * len(part))
        sql = (
            "SELECT subject, stored FROM events WHERE workplan = ? AND type = 'MilestoneSet'"  # noqa: S608 - only marks
            f" AND subject IN ({marks})"
        )
        rows = tx.all(sql, workplan, *part)
        found |= {subject for subject, stored in rows if orjson.loads(stored).get("decided_at") == meeting}
    return [subject for subject in living if subject in found]
