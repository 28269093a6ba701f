"""Where every log ends, watched by one thread of a process for all who wait for entries.

Heads move in the append's own transaction, so whoever reads up to one misses nothing and sees nothing unsure.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator

from tracker.database import Database
from tracker.errors import UnavailableError

POLL_SECONDS = 0.5
"""How late an entry of another process may be seen; one of this process is seen at once."""

_log = logging.getLogger(__name__)


class Heads:
    """The heads of a database, looked at only while somebody watches."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ended = threading.Event()
        self._moved = threading.Condition()
        self._nudged = threading.Event()
        self._positions: dict[str, int] = {}
        self._watchers = 0
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Keep the thread looking until the caller is done."""
        with self._moved:
            self._watchers += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="heads", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._moved:
                self._watchers -= 1

    def nudge(self) -> None:
        """Look at once: something was recorded here."""
        self._nudged.set()

    @property
    def has_ended(self) -> bool:
        return self._ended.is_set()

    def end(self) -> None:
        """Let everybody go who waits, now and later: the process stops. Takes no lock, for a signal may call it."""
        self._ended.set()
        self._nudged.set()

    def close(self) -> None:
        """End, and return when no connection is used any more."""
        self.end()
        if (thread := self._thread) is not None:
            thread.join()

    def wait(self, workplan: str, after: int, seconds: float) -> bool:
        """Wait until a log goes on after a position; False where it did not, or the process ends."""
        deadline = time.monotonic() + seconds
        with self._moved:
            while self._positions.get(workplan, 0) <= after:
                left = deadline - time.monotonic()
                if left <= 0 or self._ended.is_set():
                    return False
                self._moved.wait(left)
        return True

    def _watch(self) -> None:
        while True:
            self._nudged.clear()
            found = self._look()
            with self._moved:
                if self._ended.is_set() or not self._watchers:
                    self._thread = None
                    self._moved.notify_all()
                    return
                if found != self._positions:
                    self._positions = found
                    self._moved.notify_all()
            self._nudged.wait(POLL_SECONDS)

    def _look(self) -> dict[str, int]:
        try:
            with self._database.read() as tx:
                return {row[0]: row[1] for row in tx.all("SELECT workplan, position FROM workplan_heads")}
        except UnavailableError as error:
            _log.warning("the heads cannot be read, and are looked at again: %s", error)
            return self._positions
