"""Every way in which the system says no: one root, few kinds, no HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a request: where (a JSON pointer), what, with which value."""

    pointer: str
    message: str
    value: Any = None


class TrackerError(Exception):
    """The root. ``template`` holds named places for its operands, so that a message can be said in any language."""

    slug: ClassVar[str] = "error"

    def __init__(
        self,
        template: str,
        /,
        *,
        field: str | None = None,
        value: Any = None,
        way_out: str | None = None,
        faults: tuple[Fault, ...] = (),
        details: dict[str, Any] | None = None,
        operands: dict[str, Any] | None = None,
        **named: object,
    ) -> None:
        self.template = template
        self.operands = {**(operands or {}), **named}
        self.field = field
        self.value = value
        self.way_out = way_out
        self.faults = faults
        self.details = details or {}
        super().__init__(template.format(**self.operands) if self.operands else template)


class MalformedError(TrackerError):
    """The request cannot be read at all."""

    slug = "malformed"


class NotFoundError(TrackerError):
    """There is no such thing, or not for this reader."""

    slug = "not-found"


class RuleError(TrackerError):
    """The request is understood and refused by a rule of the workplan."""

    slug = "rule"


class MomentError(RuleError):
    """The moment asked about lies where there is nothing to see."""

    slug = "moment"


class ConflictError(TrackerError):
    """Somebody else was first; reading again helps."""

    slug = "conflict"


class DeniedError(TrackerError):
    """The reader is known and may not do this."""

    slug = "denied"


class UnknownReaderError(DeniedError):
    """Nobody is signed in, or the credentials are not (or no longer) good."""

    slug = "unauthenticated"


class TooManyError(TrackerError):
    """Somebody, or all together, have asked for more than there may be at a time."""

    slug = "too-many"


class LogError(TrackerError):
    """The log found itself in a state that must not be: it stops rather than guess."""

    slug = "log"


class UnavailableError(TrackerError):
    """The database could not be reached or written; nothing is known to be saved. Try again with the same key."""

    slug = "unavailable"


class DeliveryError(TrackerError):
    """A letter could not be handed over."""

    slug = "delivery"


class SettingsError(TrackerError):
    """The installation is set up wrongly; says every fault at once."""

    slug = "settings"
