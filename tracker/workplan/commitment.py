"""A commitment: what the Network as a whole undertook, and what was reported on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never, cast

from tracker.events.catalogue import CommitmentAdded, CommitmentEvent, CommitmentReported
from tracker.events.event import Event, Wish, id_of
from tracker.events.vocabulary import Sealed, Wording
from tracker.workplan.plan import World, refuse


@dataclass(frozen=True, slots=True)
class CommitmentReport:
    """What was done, and when."""

    position: int
    occurred_on: str
    note: Sealed
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Commitment:
    """The state of a commitment."""

    id: str
    text: Wording
    reports: tuple[CommitmentReport, ...]


def evolve(state: Commitment | None, event: Event, placed_on: str) -> Commitment | None:
    data = cast("CommitmentEvent", event.data)
    match data:
        case CommitmentAdded():
            return Commitment(id_of(event.subject), data.text, ())
        case CommitmentReported():
            if state is None:
                return None
            report = CommitmentReport(event.position, event.occurred_on, data.note, data.links or ())
            return replace(state, reports=(*state.reports, report))
        case _:
            assert_never(data)


def misfit(state: Commitment | None, data: CommitmentEvent) -> str | None:
    return None if state or isinstance(data, CommitmentAdded) else "the commitment does not exist then"


def decide(state: Commitment | None, wish: Wish, world: World, day: date) -> CommitmentEvent | None:
    data = cast("CommitmentEvent", wish.data)
    if state is None and not isinstance(data, CommitmentAdded):
        raise refuse(
            "there is no {subject} then",
            field="/subject",
            value=wish.subject,
            way_out="Add it first.",
            subject=wish.subject,
        )
    return data


def references(data: CommitmentEvent, world: World, subject: str) -> None:
    """A commitment names no other subject."""
