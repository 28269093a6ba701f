"""The envelope around every fact, as it is stored and hashed, and the wish that may become one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracker.events.catalogue import CATALOGUE, EventData
from tracker.events.vocabulary import Channel, Instant, Occurred, OnBehalfOf, Sealed, Source


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a workplan's log. Absent fields are ``None`` here and left out where it is stored."""

    workplan: str
    position: int
    subject: str
    version: int
    type: str
    schema: int
    occurred_on: Occurred
    recorded_at: Instant
    actor: str
    channel: Channel
    data: EventData
    entity: str | None = None
    on_behalf_of: OnBehalfOf | None = None
    reason: Sealed | None = None
    decided_at: str | None = None
    source: Source | None = None
    correlation_id: str | None = None
    causation_id: str | None = None

    @property
    def speaker(self) -> str | None:
        """The entity in whose voice this counts."""
        return self.on_behalf_of.entity if self.on_behalf_of else self.entity

    @property
    def recorded(self) -> datetime:
        return datetime.fromisoformat(self.recorded_at)


@dataclass(frozen=True, slots=True)
class Wish:
    """One validated request of the write door; texts are sealed, ``occurred_on`` defaults to today."""

    subject: str
    data: EventData
    occurred_on: Occurred | None = None
    entity: str | None = None
    on_behalf_of: OnBehalfOf | None = None
    reason: Sealed | None = None
    decided_at: str | None = None
    expected_version: int | None = None
    source: Source | None = None

    @property
    def type(self) -> str:
        return type(self.data).__name__

    @property
    def is_founding(self) -> bool:
        return CATALOGUE[self.type].founding


@dataclass(frozen=True, slots=True)
class Said:
    """Who sends wishes, how, and under which key: what all wishes of one request share."""

    actor: str
    channel: Channel
    key: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None


def kind_of(subject: str) -> str:
    return subject.partition("/")[0]


def id_of(subject: str) -> str:
    """Return the id without its kind; of the workplan itself ``workplan``."""
    return subject.partition("/")[2] or subject
