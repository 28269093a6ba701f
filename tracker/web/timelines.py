"""Pages about the course of time: an activity's windows and quarters, dates that move, the plan quarter by quarter."""

from __future__ import annotations

from typing import Any

from tracker.projections.plan_timeline import plan_timeline
from tracker.projections.reading_rights import without_details
from tracker.projections.timeline import TREND_KINDS, activity_timeline, trend_of, trends
from tracker.web import labels
from tracker.web.changed import told_doer
from tracker.web.differences import dates_words
from tracker.web.language import _, due_words
from tracker.web.pictures import (
    by_quarter,
    lag_by_quarter,
    legend,
    moved_words,
    one_slip,
    planned_against_actual,
    slips,
)
from tracker.web.rendering import shell
from tracker.web.visits import Visit, page, visit
from tracker.workplan.activity import Activity

REPORTING = {
    "reported": "reported",
    "no_change": "no change reported",
    "not_reported": "no report",
    "excused": "excused",
    "not_expected": "none expected",
}


@shell.get("/w/<workplan>/timeline")
def timeline(workplan: str) -> tuple[str, int]:
    with visit(workplan) as here:
        answer = here.answer
        found = plan_timeline(answer.tx, answer.end, answer.plan, answer.question)
        moved = [(one["subject"], one) for kind in TREND_KINDS for one in _trends(here, kind)]
        return page(
            "timeline.html",
            here,
            statuses=found["statuses"],
            lag=found["lag"],
            moved=[(here.words_of(subject), here.to_subject(subject), one) for subject, one in moved],
            bars=by_quarter(found["statuses"]),
            legend=legend(),
            slips=slips([(here.words_of(subject), one) for subject, one in moved], _today(here)),
            lags=lag_by_quarter(found["lag"]["by_quarter"]),
            promise=promise_words,
            days=moved_words,
            labels=labels,
        )


@shell.get("/w/<workplan>/activities/<id>/timeline")
def activity_over_time(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002 - the place in the address
    with visit(workplan) as here:
        view, answer = here.one(f"activity/{id}"), here.answer
        state = answer.plan.get(f"activity/{id}", Activity)
        assert state is not None  # noqa: S101 - `one` found it
        found = activity_timeline(answer.tx, workplan, answer.plan, answer.question, state)
        windows = here.reveal(found["windows"])
        quarters = found["quarters"] if here.may("details") else without_details(found["quarters"])
        return page(
            "activity_timeline.html",
            here,
            activity=view,
            windows=[(one, told_doer(here, one)) for one in windows],
            quarters=quarters,
            drawing=planned_against_actual(found["quarters"], windows),
            reporting=REPORTING,
            labels=labels,
            days=moved_words,
        )


def slip_of(here: Visit, subject: str) -> dict[str, Any] | None:
    """Return what a page shows of the trend of a subject's date: the drawing, and one line for each promise."""
    answer = here.answer
    found = here.reveal(trend_of(answer.tx, here.id, answer.plan, answer.question, subject))
    if not found["points"]:
        return None
    return {
        "drawing": one_slip(found, _today(here)),
        "slipped": moved_words(found["slipped_days"]),
        "points": [
            {
                "old": promise_words(one["old"]),
                "new": promise_words(one["new"]),
                "moved": moved_words(one["moved_days"]),
                "doer": told_doer(here, one),
            }
            for one in found["points"]
        ],
    }


def _trends(here: Visit, kind: str) -> list[dict[str, Any]]:
    answer = here.answer
    return trends(answer.tx, here.id, answer.plan, answer.question, kind)


def _today(here: Visit) -> str:
    return here.answer.question.day.isoformat()


def promise_words(promise: Any) -> str:
    """Return what was promised in words: a date, a window, the days of a review."""
    if promise is None:
        return _("no date")
    return dates_words(promise) if isinstance(promise, dict) and "window" in promise else due_words(promise)
