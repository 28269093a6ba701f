"""A workplan in memory, for tests of the rules: no database, no rights, one clock that the test sets.

After every request the states that deciding arrived at are compared with those of a fresh fold of the same events.
"""

from __future__ import annotations

import contextlib
import copy
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tracker.errors import TrackerError
from tracker.events.append import Head
from tracker.events.codec import decode, encode
from tracker.events.dates import parse_instant
from tracker.events.event import Event, Said
from tracker.events.intake import read_wishes, shape_correction
from tracker.events.sealing import Sealer
from tracker.projections.standings import dump_state
from tracker.runtime import _world
from tracker.workplan.activity import Activity
from tracker.workplan.docket import Place
from tracker.workplan.folding import standing_of
from tracker.workplan.judging import judge
from tracker.workplan.plan import Plan

Request = dict[str, Any]
ZONE = "Europe/Zurich"
LINK = {"kind": "publication", "url": "https://example.org/evidence"}
SETTINGS = {"duty_station": "CH-GE", "languages": ["es"]}


def event(kind: str, subject: str, data: Request | None = None, **envelope: Any) -> Request:
    """Return the JSON of one event as the write door takes it."""
    return {"type": kind, "subject": subject, "data": data or {}, **envelope}


def report(activity: str, entity: str | None = "oim", /, **said: Any) -> Request:
    """Return a progress report; ``reason``, ``occurred_on`` and the like go to the envelope, the rest to the data."""
    envelope = {name: said.pop(name) for name in ENVELOPE if name in said}
    if entity:
        envelope["entity"] = entity
    return event("ProgressReported", f"activity/{activity}", said, **envelope)


def status(activity: str, to: str, **said: Any) -> Request:
    envelope = {name: said.pop(name) for name in ENVELOPE if name in said}
    return event("ActivityStatusChanged", f"activity/{activity}", {"status": to, **said}, **envelope)


def correct(subject: str, position: int, **said: Any) -> Request:
    return event("EntryCorrected", subject, {"position": position, **said})


def retract(subject: str, position: int) -> Request:
    return event("EntryRetracted", subject, {"position": position})


ENVELOPE = ("reason", "occurred_on", "on_behalf_of", "expected_version", "decided_at")


class Story:
    """What happened so far. ``say`` takes events as the write door does and returns what was recorded."""

    def __init__(self, day: str = "2023-07-03") -> None:
        self.log: list[Event] = []
        self.plan = Plan({})
        self.sealer = Sealer()
        self.clock = datetime.fromisoformat(f"{day}T12:00:00+00:00")

    def on(self, day: str) -> Story:
        """Let it be noon (UTC) of a day, or an instant with its offset."""
        self.clock = datetime.fromisoformat(day if "T" in day else f"{day}T12:00:00+00:00").astimezone(UTC)
        return self

    def say(self, *requests: Request) -> list[Event]:
        """Send one request of one or more events."""
        wishes, _ = read_wishes(list(requests) if len(requests) > 1 else requests[0], self.sealer)
        now = self.clock
        if self.log:
            now = max(now, parse_instant(self.log[-1].recorded_at) + timedelta(microseconds=1))
        head = Head("w", len(self.log), "", b"", 0, 1, now)
        by_position = {one.position: one for one in self.log}
        shaped = [
            shape_correction(wish, by_position[at], self.sealer)
            if (at := getattr(wish.data, "position", None)) in by_position
            else wish
            for wish in wishes
        ]
        judged = judge(
            shaped,
            Said("p1", "api"),
            Place("w", head.position, head.instant),
            _world(self.plan, head, shaped),
            self.events_of,
        )
        self.log += [decode(encode(one)) for one in judged.events]
        self.plan = self.plan.with_standings({one.subject: one for one in judged.standings})
        for subject in {one.subject for one in judged.events}:
            fresh, live = standing_of(subject, self.events_of(subject), ZONE), self.plan.standings[subject]
            assert (fresh.version, fresh.position, fresh.latest) == (live.version, live.position, live.latest)
            assert dump_state(fresh.state) == dump_state(live.state), f"{subject}: live differs from folded"
        return list(judged.events)

    def copy(self) -> Story:
        """Return the same story, to go on differently."""
        other = copy.copy(self)
        other.log = list(self.log)
        return other

    def events_of(self, subject: str) -> list[Event]:
        return [one for one in self.log if one.subject == subject]

    def state(self, subject: str) -> Any:
        found = self.plan.standing(subject)
        return found.state if found else None

    def activity(self, of: str = "3.1") -> Activity:
        found = self.plan.get(f"activity/{of}", Activity)
        assert found is not None
        return found

    def text(self, sealed: Any) -> str:
        return self.sealer.texts[sealed.sha256][1]


def say(story: Story, kind: str, subject: str, /, **data: Any) -> list[Any]:
    """Send one event whose data are given by name (``from_`` for ``from``)."""
    envelope = {name: data.pop(name) for name in ("occurred_on", "reason") if name in data}
    return story.say(
        event(kind, subject, {name.rstrip("_"): value for name, value in data.items()}, **envelope)
    )


def adoption(**settings: Any) -> Request:
    """Return the event that adopts a plan for 2022 to 2024; ``origin`` is for the log to add."""
    data = {
        "title": {"es": "Plan"},
        "period": {"from": "2022-Q1", "to": "2024-Q4"},
        "zone": ZONE,
        "settings": SETTINGS | settings,
    }
    return event("WorkplanAdopted", "workplan", data)


def adopted(day: str = "2022-12-15", **settings: Any) -> Story:
    """Return a workplan of 2022 to 2024 without content, adopted on 15 December 2022."""
    story = Story(day)
    founding = adoption(**settings)
    story.say(founding | {"data": founding["data"] | {"origin": "test/w"}})
    return story


def entity(of: str) -> Request:
    return event(
        "EntityAdded",
        f"entity/{of}",
        {"names": {"es": of.upper()}, "printed": [of.upper()], "kind": "un_entity"},
    )


def workstream(of: str, *leads: str) -> list[Request]:
    data = {
        "number": of,
        "title": {"es": f"Lineamiento {of}"},
        "category": "new",
        "declaration_paragraphs": [],
        "notes": [],
    }
    added = [
        event("LeadAssigned", f"workstream/{of}", {"entity": lead, "printed": lead.upper()}) for lead in leads
    ]
    return [event("WorkstreamAdded", f"workstream/{of}", data), *added]


def activity(of: str, **data: Any) -> Request:
    said = {"workstream": of.partition(".")[0], "number": of, "text": {"es": f"Actividad {of}"}}
    return event("ActivityAdded", f"activity/{of}", said | data)


def small_content() -> list[Request]:
    """Return the events of a plan with workstream 3 (led by oim and oms), its activities, and workstream 4 of acnur.

    3.1 is plain, 3.2 has the sub-items a and b, 3.3 the target ``talks``; 4.1 stands in workstream 4.
    """
    target = {"id": "talks", "min": 2, "unit": {"es": "diálogos"}}
    parts = [{"label": "a", "text": {"es": "una"}}, {"label": "b", "text": {"es": "otra"}}]
    return [
        *(entity(one) for one in ("oim", "oms", "acnur")),
        *workstream("3", "oim", "oms"),
        *workstream("4", "acnur"),
        activity("3.1"),
        activity("3.2", subitems=parts),
        activity("3.3", targets=[target]),
        activity("4.1"),
    ]


def small_plan(day: str = "2022-12-15", *, now: str = "2023-07-03") -> Story:
    """Return a plan with :func:`small_content`, at positions 2 to 13, as it stands on ``now``."""
    story = adopted(day)
    story.say(*small_content())
    return story.on(now)


@contextlib.contextmanager
def refused(words: str = "", *, field: str | None = None, way_out: str = "") -> Iterator[None]:
    """Expect a refusal whose message and way out hold these words, about a field by its JSON pointer."""
    with pytest.raises(TrackerError) as caught:
        yield
    error = caught.value
    said = f"{error} | {error.way_out} | {error.field}"
    assert words.casefold() in str(error).casefold(), said
    assert way_out.casefold() in (error.way_out or "").casefold(), said
    assert field is None or error.field == field, said
    assert error.way_out, f"no way out: {said}"
    assert not re.search(r"\{\w*\}", str(error)), f"an operand is missing: {said}"
