"""What the server answers, with names for what is always there; ``raw`` is all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Owed:
    """A report that is owed, or was given already (``settled``)."""

    raw: Json

    @property
    def activity(self) -> str:
        return str(self.raw["activity"])

    @property
    def entity(self) -> str:
        return str(self.raw["entity"])

    @property
    def quarter(self) -> str:
        return str(self.raw["quarter"])

    @property
    def due(self) -> str | None:
        """The day; None where no round is open about the quarter."""
        return self.raw["due"]  # type: ignore[no-any-return]

    @property
    def status(self) -> str:
        return str(self.raw["status"])

    @property
    def version(self) -> int:
        return int(self.raw["version"])

    @property
    def is_settled(self) -> bool:
        return self.raw["settled_by"] is not None

    @property
    def body(self) -> Json:
        """The smallest report that you may send, ready to post.

        Raises:
            ValueError: it is not yours to report.
        """
        if "body" not in self.raw:
            raise ValueError(
                f"{self.activity} of {self.entity} is not yours to report, or is reported already."
            )
        return dict(self.raw["body"])


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the history."""

    raw: Json

    @property
    def position(self) -> int:
        return int(self.raw["position"])

    @property
    def subject(self) -> str:
        return str(self.raw["subject"])

    @property
    def type(self) -> str:
        return str(self.raw["type"])

    @property
    def occurred_on(self) -> str:
        return str(self.raw["occurred_on"])

    @property
    def recorded_at(self) -> str:
        return str(self.raw["recorded_at"])

    @property
    def speaker(self) -> str:
        return str(self.raw["speaker"]["display"])

    @property
    def reason(self) -> str | None:
        return self.raw.get("reason")

    @property
    def data(self) -> Json:
        return dict(self.raw["data"])

    @property
    def is_retracted(self) -> bool:
        return "retracted_by" in self.raw


@dataclass(frozen=True, slots=True)
class Written:
    """What a write recorded, and how its subjects stand then."""

    raw: Json

    @property
    def positions(self) -> list[int]:
        """The positions of the entries; empty where all of it was so already."""
        return [int(one["position"]) for one in self.raw["events"]]

    @property
    def position(self) -> int | None:
        return self.positions[0] if self.raw["events"] else None

    @property
    def state(self) -> Json:
        """How the subjects stand: ``{subject: state}``."""
        return dict(self.raw["state"])
