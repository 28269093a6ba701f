"""How many requests somebody may send: counters in the memory of one process, by who asks and by address."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from tracker.errors import TooManyError


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands under one limit: ``left`` of ``most`` requests for another ``seconds``.

    ``is_over``: this request was one too many.
    """

    name: str
    most: int
    window: int
    left: int
    seconds: int
    is_over: bool

    def check(self) -> None:
        """Refuse one request too many.

        Raises:
            TooManyError: as said.
        """
        if self.is_over:
            raise TooManyError(
                "there were more than {most} requests in {window} seconds",
                most=self.most,
                window=self.window,
                way_out="Wait as long as the header Retry-After says, and send the same again.",
                details={"limit": self.name, "retry_after": self.seconds},
            )


class Counters(MemoryStorage):
    """Counters that are swept now and then; the library's own start a thread for it at nearly every request.

    That cost a quarter of a millisecond each.
    """

    @property
    def timer(self) -> threading.Timer:
        return self._timer

    @timer.setter
    def timer(self, made: threading.Timer) -> None:
        made.interval, made.daemon = SWEPT_SECONDS, True
        self._timer = made


SWEPT_SECONDS = 10.0
"""How long counters that are over may stay."""


class Quotas:
    """The limits of an installation. A limit that is off counts nothing."""

    def __init__(self, limits: Mapping[str, str | None]) -> None:
        self._items: dict[str, RateLimitItem] = {name: parse(said) for name, said in limits.items() if said}
        self._counter = SlidingWindowCounterRateLimiter(Counters())

    def take(self, name: str, who: str) -> Standing | None:
        """Count one request, unless it is one too many; None where the limit is off."""
        item = self._items.get(name)
        if item is None:
            return None
        is_taken = self._counter.hit(item, name, who)
        stats = self._counter.get_window_stats(item, name, who)
        window = item.get_expiry()
        seconds = min(window, max(1, math.ceil(stats.reset_time - time.time())))
        return Standing(name, item.amount, window, max(0, stats.remaining), seconds, is_over=not is_taken)
