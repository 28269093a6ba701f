"""Time and chance: the only module that reads the clock or draws random numbers."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present instant, aware, in UTC."""


@dataclass(slots=True)
class SimulatedClock:
    """A clock that is set by hand. Only a workplan that was adopted as simulated may be written under it."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


def utc_now() -> datetime:
    return datetime.now(UTC)


def instant_text(instant: datetime) -> str:
    """Spell an aware UTC instant as the log does: ``2023-06-15T16:00:00.000000Z``."""
    return (
        instant.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    )  # strftime pads no year before 1000


def random_bytes(count: int) -> bytes:
    return secrets.token_bytes(count)


def new_id() -> str:
    """Return an id that is unique, sorts by time of making and says nothing else."""
    millis = int(utc_now().timestamp() * 1000)
    raw = bytearray(millis.to_bytes(6) + secrets.token_bytes(10))
    raw[6] = 0x70 | (raw[6] & 0x0F)
    raw[8] = 0x80 | (raw[8] & 0x3F)
    said = raw.hex()  # UUID version 7, RFC 9562 section 5.7
    return f"{said[:8]}-{said[8:12]}-{said[12:16]}-{said[16:20]}-{said[20:]}"


def new_secret() -> str:
    """Return 256 random bits for an address or a token, URL-safe."""
    return secrets.token_urlsafe(32)
