"""What is recorded, as it is recorded: server-sent events that go on where their reader left off.

Source: WHATWG HTML, "Server-sent events".
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from flask import Request, request

from tracker.api.call import Answer, Asked, Call, Reader
from tracker.api.credentials import identify
from tracker.database import Transaction
from tracker.errors import LogError, TooManyError, TrackerError, UnavailableError, UnknownReaderError
from tracker.events.event import kind_of
from tracker.projections.history import Filters, history
from tracker.projections.reading_rights import may
from tracker.workplan.plan import refuse
from tracker.workplan.root import Workplan

MEDIA_TYPE = "text/event-stream"
HEADERS = {"Last-Event-ID": "go on after this position"}
STREAMS = 16
"""Streams of one process. Each keeps a thread of the server, which therefore has so many more."""
STREAMS_EACH = 4
"""Streams of one reader; all who come without credentials are one."""
HEARTBEAT_SECONDS = 15.0
"""A reader that went away is noticed when it is written to."""
AT_ONCE = 100
PLAIN = ("position", "recorded_at", "subject", "version")
"""What of an entry those may know who read the plan and not its history; of a round's, not even which."""

Body = dict[str, Any]


class Places:
    """The places for streams in this process."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, actor: str) -> Callable[[], None]:
        """Take a place and return what gives it back, once.

        Raises:
            TooManyError: all are taken.
        """
        with self._lock:
            if self._taken[actor] >= STREAMS_EACH or self._taken.total() >= STREAMS:
                raise TooManyError(
                    "as many live streams are open as there may be: {each} for one reader, {all} in all",
                    each=STREAMS_EACH,
                    all=STREAMS,
                    way_out="Close one of yours, or come again later and go on after the last entry you had.",
                )
            self._taken[actor] += 1
        left = [actor]

        def give_back() -> None:
            with self._lock:
                self._taken.subtract(left)
                left.clear()

        return give_back


PLACES = Places()


def follow(call: Call, asked: Asked) -> Answer:
    """Send each entry as soon as it is recorded, as a server-sent event whose id is its position.

    It goes on after `Last-Event-ID`, and misses none, whatever happened meanwhile: a reconnection, a restart.
    A comment comes every 15 seconds. Readers of the plan who may not read its history are told that there is an entry,
    and about what; `withheld` names the rest.
    """
    end = asked.view.end.position
    after = _after(call, end)
    give_back = PLACES.take(asked.reader.principal.actor)
    headers = {"X-Accel-Buffering": "no"}  # or a proxy such as nginx waits for more
    return Answer(
        _frames(call, Request(request.environ, populate_request=False, shallow=True), after),
        headers=headers,
        media_type=f"{MEDIA_TYPE}; charset=utf-8",
        on_close=give_back,
    )


def _after(call: Call, end: int) -> int:
    said = request.headers.get("Last-Event-ID", "").strip() or str(call.query.get("after", end))
    if not (said.isascii() and said.isdecimal() and int(said[:17]) <= end):
        name = "Last-Event-ID" if "Last-Event-ID" in request.headers else "after"
        raise refuse(
            "`{name}` is {said}, and the log has no such entry",
            field=name,
            value=said,
            way_out=f"Positions run from 1 to {end}; 0 is before the first.",
            name=name,
            said=said[:40],
        )
    return int(said)


def _frames(call: Call, sent: Request, after: int) -> Iterator[bytes]:
    """Yield the stream. Rights are looked up again for every part: a stream may be older than they are."""
    heads = call.runtime.heads
    yield f"retry: 1000\nid: {after}\n\n".encode()  # an id alone: who loses the line before the first entry has it too
    with heads.watched():
        while not heads.has_ended:
            if not heads.wait(call.workplan, after, HEARTBEAT_SECONDS):
                yield b": still here\n\n"
                continue
            try:
                items = _entries(call, sent, after)
            except UnavailableError:
                return  # its reader comes again, and is told
            except TrackerError as error:
                yield _frame("refused", {"detail": str(error), "way_out": error.way_out})
                return
            for item in items:
                after = item["position"]
                yield _frame("entry", item, after)


def _frame(name: str, body: Body, position: int | None = None) -> bytes:
    head = f"event: {name}\n" + (f"id: {position}\n" if position else "")
    return head.encode() + b"data: " + orjson.dumps(body) + b"\n\n"


def _entries(call: Call, sent: Request, after: int) -> list[Body]:
    readers: list[Reader] = []

    def allow(tx: Transaction, root: Workplan) -> None:
        readers.append(identify(tx, call.runtime, sent, call.workplan))
        if not may(readers[0].principal, root, "state"):
            raise UnknownReaderError("this workplan is no longer for you to read", way_out="Sign in again.")

    with call.runtime.ask(call.workplan, allow=allow) as view:
        wanted = Filters(after=after, upto=view.end.position, limit=AT_ONCE)
        items, _ = history(view.tx, view.end, view.plan, wanted)
        if [item["position"] for item in items] != list(range(after + 1, after + 1 + len(items))):
            raise LogError("after entry {after} the log has a gap", after=after)
        is_whole = may(readers[0].principal, view.present, "history")
        return items if is_whole else [_plain(item) for item in items]


def _plain(item: Body) -> Body:
    known = PLAIN[:2] if kind_of(item["subject"]) == "round" else PLAIN
    made = {name: item[name] for name in known}
    return made | {"withheld": sorted(set(item) - set(known))}
