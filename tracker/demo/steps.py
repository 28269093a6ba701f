"""What the simulated history is written in: steps, each one request of somebody at an instant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from tracker.events.vocabulary import Channel
from tracker.workplan.plan import Plan

ZONE = ZoneInfo("Europe/Zurich")

Request = dict[str, Any]
"""One event as the write door takes it; an :class:`EntryOf` or :class:`Someone` in it is filled in while building."""


@dataclass(frozen=True, slots=True)
class EntryOf:
    """The position of an entry that an earlier step wrote: its name, and which of its entries."""

    step: str
    index: int = 0


@dataclass(frozen=True, slots=True)
class Someone:
    """The id of a person of the cast."""

    key: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What a request may depend on: the plan as it stands, the log's size and root, who is who."""

    plan: Plan
    size: int
    root: str
    cast: Mapping[str, str]


Write = Callable[[Scene], list[Request]]


@dataclass(frozen=True, slots=True)
class Step:
    """One request. ``who`` is a key of the cast or a system actor; a link holder reports about ``quarter`` only."""

    at: datetime
    who: str
    channel: Channel
    said: tuple[Request, ...] | Write
    name: str | None = None
    quarter: str | None = None


@dataclass(slots=True)
class Script:
    """The steps as they are being written down, in any order."""

    steps: list[Step] = field(default_factory=list)

    def add(
        self,
        when: str,
        who: str,
        *said: Request,
        channel: Channel = "web",
        name: str | None = None,
        quarter: str | None = None,
    ) -> None:
        """Add a request; ``when`` is ``2023-02-08 10:15``, local."""
        self.steps.append(Step(instant(when), who, channel, said, name, quarter))

    def write(self, when: str, who: str, write: Write) -> None:
        """Add a request whose content follows from the plan as it then stands."""
        self.steps.append(Step(instant(when), who, "system", write))

    def in_order(self) -> list[Step]:
        """Return the steps by instant; those of one instant as they were added."""
        return sorted(self.steps, key=lambda step: step.at)


def instant(when: str) -> datetime:
    """Return the UTC instant of a local ``2023-02-08 10:15``."""
    day, _, clock = when.partition(" ")
    local = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock or "10:00"), ZONE)
    return local.astimezone(UTC)


def fact(type_: str, subject: str, /, **data: Any) -> Request:
    """Return a request; ``from_`` in the data is ``from``."""
    return {
        "type": type_,
        "subject": subject,
        "data": {name.rstrip("_"): value for name, value in data.items()},
    }


def corrected(subject: str, step: str, index: int = 0, **said: Any) -> Request:
    """Return the correction of an entry of an earlier step."""
    return fact("EntryCorrected", subject, position=EntryOf(step, index), **said)


def because(request: Request, reason: str, decided_at: str | None = None) -> Request:
    return request | {"reason": reason} | ({"decided_at": decided_at} if decided_at else {})
