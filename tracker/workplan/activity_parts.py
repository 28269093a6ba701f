"""The values that the state of an activity is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracker.events.dates import quarter_of
from tracker.events.vocabulary import Assessment, Evidence, Sealed, Status, Wording


@dataclass(frozen=True, slots=True)
class SubitemState:
    """A part of an activity, with a status of its own and no roll-up."""

    key: str
    label: str | None
    text: Wording
    status: Status
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class ActivityWindow:
    """When the activity is planned, and where that was read."""

    from_: str
    to: str
    source: str


@dataclass(frozen=True, slots=True)
class ClosedOut:
    """What became of the activity at the plan's end."""

    outcome: str
    to_plan: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another activity."""

    kind: str
    to: str


@dataclass(frozen=True, slots=True)
class Report:
    """One live report as later questions need it; texts stay sealed."""

    position: int
    quarter: str
    entity: str | None
    occurred_on: str
    recorded_at: str
    no_change: bool
    status: Status | None = None
    assessment: Assessment | None = None
    note: Sealed | None = None
    needs: Sealed | None = None
    reason: Sealed | None = None
    evidence: tuple[Evidence, ...] | None = None
    regions: tuple[str, ...] | None = None
    countries: tuple[str, ...] | None = None
    objectives: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """From this day on, the activity stood like this."""

    day: str
    status: Status
    assessment: Assessment | None
    withdrawn: bool = False


TURNS = 12
"""Turns that a course keeps from its end; of those before only the first and the last of each quarter."""


def with_turn(course: tuple[Turn, ...], turn: Turn) -> tuple[Turn, ...]:
    """Return a course with a turn at its end, or the same where nothing turned.

    A state must not grow with its history; rounds ask for the ends of quarters only.
    """
    last = course[-1]
    if (turn.status, turn.assessment, turn.withdrawn) == (last.status, last.assessment, last.withdrawn):
        return course
    if len(course) > TURNS and _quarter(course[-TURNS]) == _quarter(course[-TURNS + 1]):
        course = (*course[:-TURNS], *course[-TURNS + 1 :])
    return (*course, turn)


def _quarter(turn: Turn) -> str:
    return quarter_of(date.fromisoformat(turn.day))
