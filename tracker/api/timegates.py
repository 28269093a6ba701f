"""Going back to a day by HTTP's own means: TimeGates, TimeMaps, and what mementos say of themselves.

Source: RFC 7089. The plan as a whole and each subject have a TimeGate; their mementos are their addresses with
``as_of=position:N``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import wraps

from flask import request

from tracker.api.call import PREFIX, Answer, Asked, Call
from tracker.api.dispatch import nothing_here
from tracker.api.plan import KINDS
from tracker.errors import MalformedError
from tracker.events.dates import parse_instant
from tracker.projections.mementos import Memento, Mementos

MEDIA_TYPE = "application/link-format"
HEADERS = {"Accept-Datetime": "a date as HTTP spells it"}
MOST_LINKS = 1000
POSITION = re.compile(r"position:\d+")

Handler = Callable[[Call, Asked], Answer]


@dataclass(frozen=True, slots=True)
class Original:
    """What can be gone back to: its path below that of its workplan, and its mementos."""

    base: str
    path: str
    mementos: Mementos

    @property
    def address(self) -> str:
        return f"{self.base}/{self.path}"

    @property
    def timegate(self) -> str:
        return f"{self.base}/timegate/{self.path}"

    @property
    def timemap(self) -> str:
        return f"{self.base}/timemap/{self.path}"

    def at(self, position: int) -> str:
        return f"{self.address}?as_of=position:{position}"

    @property
    def links(self) -> list[str]:
        """The links by which each of the three leads to the others."""
        return [
            _link(self.address, "original"),
            _link(self.timegate, "timegate"),
            _link(self.timemap, "timemap", type=MEDIA_TYPE),
        ]


def _link(address: str, rel: str, **attributes: str) -> str:
    said = "".join(f'; {name}="{value}"' for name, value in attributes.items())
    return f'<{address}>; rel="{rel}"{said}'


def _original(call: Call, asked: Asked) -> Original:
    """Return what a path is about; the names of collections are those of its read.

    Raises:
        NotFoundError: nothing of that kind can be gone back to, or there never was such a one.
    """
    base = f"{call.runtime.settings.base_url}{PREFIX}/workplans/{call.workplan}"
    tx = asked.view.tx
    if "id" not in call.path:
        return Original(base, "state", Mementos(tx, call.workplan))
    collection = call.path["collection"]
    if collection not in KINDS:
        raise nothing_here()
    mementos = Mementos(tx, call.workplan, f"{KINDS[collection]}/{call.path['id']}")
    if mementos.first() is None:
        raise nothing_here()
    return Original(base, f"{collection}/{call.path['id']}", mementos)


def dated(handler: Handler) -> Handler:
    """Let a read say where its past can be found, and at ``as_of=position:N`` that it is that past."""

    @wraps(handler)
    def answer(call: Call, asked: Asked) -> Answer:
        answer = handler(call, asked)
        _, _, path = request.path.partition(f"/workplans/{call.workplan}/")
        base = f"{call.runtime.settings.base_url}{PREFIX}/workplans/{call.workplan}"
        original = Original(base, path, Mementos(asked.view.tx, call.workplan))
        headers = {**answer.headers, "Link": ", ".join(original.links)}
        question = asked.view.question
        if POSITION.fullmatch(question.as_of or "") and question.effective is None:
            headers["Memento-Datetime"] = _http(parse_instant(question.recorded_at))
        return replace(answer, headers=headers)

    return answer


# ------------------------------------------------------------------------------------------------------ timegates


def state_timegate(call: Call, asked: Asked) -> Answer:
    """Lead to the plan as it stood at `Accept-Datetime`, by default as it stands (RFC 7089).

    Before the first entry it is the first. A second in which several entries were recorded means the last of them.
    """
    return _timegate(call, asked)


def subject_timegate(call: Call, asked: Asked) -> Answer:
    """Lead to a subject as it stood at `Accept-Datetime`, by default as it stands (RFC 7089).

    `collection` is that of its read, such as `activities`. It leads to the subject's own last entry until then.
    """
    return _timegate(call, asked)


def _timegate(call: Call, asked: Asked) -> Answer:
    until = _accepted(request.headers.get("Accept-Datetime"))
    original = _original(call, asked)
    found = original.mementos
    first, last = found.first(), found.last()
    if first is None or last is None:
        raise nothing_here()
    chosen = last if until is None else found.until(until) or first
    links = original.links + list(
        _memento_links(
            original,
            {
                "first": first,
                "prev": found.before(chosen.position),
                "": chosen,
                "next": found.after(chosen.position),
                "last": last,
            },
        )
    )
    headers = {
        "Location": original.at(chosen.position),
        "Link": ", ".join(links),
        "Vary": "Accept-Datetime",
        "Cache-Control": "no-cache",
    }
    return Answer(None, 302, headers)


def _memento_links(original: Original, named: dict[str, Memento | None]) -> Iterator[str]:
    """Yield a link for each entry; one that is several things, first and previous, says so in one link."""
    rels: dict[Memento, list[str]] = {}
    for rel, memento in named.items():
        if memento is not None:
            rels.setdefault(memento, []).extend([rel] if rel else [])
    for memento, said in rels.items():
        rel = " ".join([*said, "memento"])
        yield _link(original.at(memento.position), rel, datetime=_http(memento.recorded_at))


def _accepted(said: str | None) -> datetime | None:
    """Return the end of the second that a header names: what was recorded within it belongs to it.

    Raises:
        MalformedError: it is no date of HTTP (RFC 9110, 5.6.7; the obsolete forms are not taken).
    """
    if said is None or not said.strip():
        return None
    try:
        instant = parsedate_to_datetime(said)
        if instant.tzinfo is UTC and _http(instant) == said.strip():
            return instant + timedelta(seconds=1)
    except (ValueError, OverflowError):
        pass
    raise MalformedError(
        "`Accept-Datetime` is no date as HTTP spells it",
        field="Accept-Datetime",
        value=said,
        way_out="Send one such as `Thu, 15 Jun 2023 16:00:00 GMT`, with the right day of the week.",
    )


def _http(instant: datetime) -> str:
    return format_datetime(instant.replace(microsecond=0), usegmt=True)


# ------------------------------------------------------------------------------------------------------- timemaps


def state_timemap(call: Call, asked: Asked) -> Answer:
    """List every entry of the log as a memento of the plan, in pages (RFC 7089, application/link-format)."""
    return _timemap(call, asked)


def subject_timemap(call: Call, asked: Asked) -> Answer:
    """List the entries about a subject as its mementos, in pages (RFC 7089, application/link-format)."""
    return _timemap(call, asked)


def _timemap(call: Call, asked: Asked) -> Answer:
    original = _original(call, asked)
    after, limit = call.query["after"], call.query["limit"]
    *listed, further = [*original.mementos.listed(after, limit + 1), None]
    if len(listed) > limit:
        further = listed.pop()
    lines = original.links[:2]
    span = {"from": _http(listed[0].recorded_at), "until": _http(listed[-1].recorded_at)} if listed else {}
    lines.append(_link(_page(original, after, limit), "self", type=MEDIA_TYPE, **span))
    if after:
        lines.append(_link(_page(original, 0, limit), "timemap first", type=MEDIA_TYPE))
    if further is not None:
        starts = {"type": MEDIA_TYPE, "from": _http(further.recorded_at)}
        lines.append(_link(_page(original, listed[-1].position, limit), "timemap next", **starts))
    first, last = original.mementos.first(), original.mementos.last()
    for memento in listed:
        ends = [name for name, end in (("first", first), ("last", last)) if memento == end]
        rel = " ".join([*ends, "memento"])
        lines.append(_link(original.at(memento.position), rel, datetime=_http(memento.recorded_at)))
    return Answer(",\n".join(lines) + "\n", media_type=MEDIA_TYPE)


def _page(original: Original, after: int, limit: int) -> str:
    kept = [f"after={after}"] if after else []
    kept += [f"limit={limit}"] if limit != MOST_LINKS else []
    return original.timemap + ("?" + "&".join(kept) if kept else "")
