"""The first page: the workplans side by side, or what to do where there is none yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import render_template

from tracker.directory.people import principal_of
from tracker.directory.principals import PUBLIC
from tracker.projections.reading_rights import may
from tracker.web.labels import Mark, counted, mark
from tracker.web.language import window_words
from tracker.web.readers import reader, runtime
from tracker.web.rendering import shell
from tracker.workplan.activity import Activity
from tracker.workplan.claims import FOLLOWS


@dataclass(frozen=True, slots=True)
class Shown:
    """One workplan on the first page. Who may not read it sees its title only."""

    id: str
    title: dict[str, Any]
    languages: tuple[str, ...]
    period: str
    is_simulated: bool
    is_readable: bool
    workstreams: int = 0
    activities: int = 0
    counts: tuple[tuple[Mark, int], ...] = ()


@shell.get("/")
def home() -> str:
    plans = [_shown(one) for one in runtime().workplan_ids()]
    return render_template("home.html", plans=sorted(plans, key=lambda one: one.is_simulated))


def _shown(workplan: str) -> Shown:
    who = reader()
    with runtime().ask(workplan) as answer:
        principal = principal_of(answer.tx, who.person.id, workplan) if who.person else PUBLIC
        root, plan = answer.workplan, answer.plan
        period = window_words({"from": root.period.from_, "to": root.period.to})
        if not may(principal, root, "state"):
            return Shown(
                workplan, dict(root.title), tuple(root.languages), period, root.simulated, is_readable=False
            )
        activities = [one for one in plan.all("activity", Activity) if not one.withdrawn]
        counts = tuple(
            (replace(mark(status), words=counted(status, count)), count)
            for status in FOLLOWS
            if (count := sum(1 for one in activities if one.status == status))
        )
        return Shown(
            workplan,
            dict(root.title),
            tuple(root.languages),
            period,
            root.simulated,
            is_readable=True,
            workstreams=len({one.workstream for one in activities}),
            activities=len(activities),
            counts=counts,
        )
