"""How things went over time: one subject's entries and dates, the trend of dates that move, the plan as a whole."""

from __future__ import annotations

from typing import Any

from tracker.api.call import Answer, Asked, Call
from tracker.api.plan import KINDS, Handler, found
from tracker.api.rendering import Screen, about, screen_told, told
from tracker.projections.plan_timeline import plan_timeline
from tracker.projections.steps import steps_of
from tracker.projections.timeline import TREND_KINDS, activity_timeline, rows, trend_of, trends
from tracker.workplan.activity import Activity

Body = dict[str, Any]


def show_timeline(_call: Call, asked: Asked) -> Answer:
    """Show how many activities stood how at the end of each quarter, and how late the log learned of things.

    Each day is counted as it is known at the moment asked about, and as it was known on that very day.
    """
    view = asked.view
    return Answer(about(asked) | plan_timeline(view.tx, view.end, view.plan, view.question))


def timeline(name: str) -> Handler:
    """Return the handler that shows the timeline of one subject of a collection."""
    kind = KINDS[name]

    def handler(call: Call, asked: Asked) -> Answer:
        view, screen = asked.view, Screen(asked)
        state = found(call, asked, name).state
        subject = f"{kind}/{call.path['id']}"
        body = about(asked) | {"subject": subject}
        if isinstance(state, Activity):
            body |= activity_timeline(view.tx, call.workplan, view.plan, view.question, state)
            _screen_quarters(body["quarters"], screen)
        else:
            steps = steps_of(view.tx, call.workplan, subject, view.question)
            if kind in TREND_KINDS:
                body["trend"] = trend_of(view.tx, call.workplan, view.plan, view.question, subject)
                screen_told(asked, screen, body["trend"]["points"])
            body["rows"] = rows(view.tx, call.workplan, view.plan, steps)
        screen_told(asked, screen, body.get("windows", []))
        _screen_rows(asked, screen, body["rows"])
        return told(asked, body, screen)

    handler.__name__ = f"show_{kind}_timeline"
    handler.__doc__ = (
        f"Show one of the {name} over time: its entries in the order of its timeline, and what each changed."
    )
    return handler


def trend(name: str) -> Handler:
    """Return the handler that shows how the dates of a collection moved."""
    kind = KINDS[name]

    def handler(call: Call, asked: Asked) -> Answer:
        view, screen = asked.view, Screen(asked)
        items = trends(view.tx, call.workplan, view.plan, view.question, kind)
        screen_told(asked, screen, (point for one in items for point in one["points"]))
        return told(asked, about(asked) | {"items": items, "next": None}, screen)

    handler.__name__ = f"show_{kind}_trend"
    handler.__doc__ = f"Show every date that each of the {name} was promised for, who moved it, when and why."
    return handler


def _screen_quarters(quarters: list[Body], screen: Screen) -> None:
    for quarter in quarters:
        for field in [field for field in quarter if screen.hides(field)]:
            del quarter[field]


def _screen_rows(asked: Asked, screen: Screen, made: list[Body]) -> None:
    screen_told(asked, screen, made)
    for row in made:
        row["changes"] = [one for one in row["changes"] if not screen.hides(one["field"])]
