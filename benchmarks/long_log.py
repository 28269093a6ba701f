"""A workplan of 2,000 subjects and as many entries as wanted, written by the product's own append.

    python -m benchmarks.long_log FOLDER [--entries 20000]

Only the judging is left out: every entry is one that `decide` would have let pass, and how its subject stands after it
is folded here from what is kept of its timeline, which `tracker verify` computes again from the log. One in twenty
comes late: it happened before entries that the log holds already.
"""

from __future__ import annotations

import argparse
import random
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tracker.clock import SimulatedClock
from tracker.database import SQLITE_PRAGMAS, Transaction, migrate
from tracker.directory.principals import system
from tracker.events.append import Decision, Head, Log
from tracker.events.catalogue import CATALOGUE, ActivityScheduled, EventData, ProgressReported
from tracker.events.dates import quarter_of
from tracker.events.event import Event, Said
from tracker.events.sealing import Sealer
from tracker.events.vocabulary import Sealed
from tracker.projections.standings import plan_at, project
from tracker.runtime import Runtime, build_runtime
from tracker.settings import Settings
from tracker.workplan.folding import KINDS, Entry, entry_of, reach_of
from tracker.workplan.plan import Standing

WORKPLAN = "long"
WRITER = system("system:cli")
ZONE = "Europe/Zurich"
SUBJECTS = 2000
ENTITIES = 12
WORKSTREAMS = 24
LATE = 0.05
BATCH = 500
BEHIND = 12
"""Entries of a subject that are kept, so that a late one finds its place among them."""
BEGINNING = datetime(2022, 12, 15, 9, tzinfo=UTC)
DAYS = 730

EVOLVE = KINDS["activity"].evolve


def opened(url: str, folder: Path, clock: SimulatedClock | None = None) -> Runtime:
    said = {"TRACKER_DATABASE_URL": url, "TRACKER_DATA_DIR": str(folder)}
    return build_runtime(Settings.from_env(said), clock)


def founding(subjects: int = SUBJECTS) -> list[dict[str, Any]]:
    """Return the requests that found a public workplan of so many subjects; most of them are activities."""
    adopted = {
        "title": {"en": "A long workplan"},
        "period": {"from": "2022-Q4", "to": "2024-Q4"},
        "zone": ZONE,
        "origin": "benchmarks/long",
        "settings": {"languages": ["en"], "public": True},
    }
    requests = [{"type": "WorkplanAdopted", "subject": "workplan", "data": adopted}]
    for number in range(1, ENTITIES + 1):
        entity = {
            "names": {"en": f"Entity {number}"},
            "printed": [f"Entity {number}"],
            "kind": "un_entity",
        }
        requests.append({"type": "EntityAdded", "subject": f"entity/e{number}", "data": entity})
    for number in range(1, WORKSTREAMS + 1):
        workstream = {
            "number": str(number),
            "title": {"en": f"Workstream {number}"},
            "category": "new",
            "declaration_paragraphs": [],
            "notes": [],
        }
        subject = f"workstream/{number}"
        requests.append({"type": "WorkstreamAdded", "subject": subject, "data": workstream})
        lead = {"entity": leading(number), "printed": leading(number)}
        requests.append({"type": "LeadAssigned", "subject": subject, "data": lead})
    for index in range(subjects - 1 - ENTITIES - WORKSTREAMS):
        workstream_id = str(index % WORKSTREAMS + 1)
        number = f"{workstream_id}.{index // WORKSTREAMS + 1}"
        text = (
            f"Activity {number}: convene, publish and follow up what the members agreed on, region by region."
        )
        activity = {"workstream": workstream_id, "number": number, "text": {"en": text}}
        requests.append({"type": "ActivityAdded", "subject": f"activity/{number}", "data": activity})
    return requests


def leading(workstream: int) -> str:
    return f"e{workstream % ENTITIES + 1}"


@dataclass(slots=True)
class Course:
    """What is kept of an activity: its newest entries in timeline order, each with the state before it."""

    subject: str
    standing: Standing
    kept: deque[tuple[Entry, Any]] = field(default_factory=lambda: deque(maxlen=BEHIND))

    @property
    def lead(self) -> str:
        return leading(int(self.standing.state.workstream))

    def take(self, event: Event) -> Standing:
        """Return how the activity stands after an entry, which may belong among those kept."""
        entry = entry_of(event, ZONE)
        after = [one for one, _ in self.kept]
        at = bisect_right(after, entry.order, key=lambda one: one.order)
        state = self.kept[at][1] if at < len(after) else self.standing.state
        later = [entry, *after[at:]]
        while len(self.kept) > at:
            self.kept.pop()
        for one in later:
            self.kept.append((one, state))
            state = EVOLVE(state, one.event, one.placed_on)
        self.standing = Standing(
            subject=self.subject,
            version=event.version,
            position=event.position,
            latest=max(self.standing.latest, entry.placed_on),
            state=state,
            reaches=reach_of(event, entry.placed_on, ZONE),
        )
        return self.standing


class Writing:
    """Makes up entries: who says what about which activity, and when it happened."""

    def __init__(self, runtime: Runtime, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        with runtime.database.read() as tx:
            plan = plan_at(tx, WORKPLAN, 1, len(founding()))
        self.courses = [Course(one.subject, one) for one in plan.living("activity")]

    def event(self, head: Head, index: int, sealer: Sealer) -> tuple[Event, Standing]:
        chance, said = self.chance, head.instant(index)
        course = chance.choice(self.courses)
        data, reason = self._said(said, sealer)
        event = Event(
            workplan=WORKPLAN,
            position=head.position + 1 + index,
            subject=course.subject,
            version=course.standing.version + 1,
            type=type(data).__name__,
            schema=CATALOGUE[type(data).__name__].schema,
            occurred_on=self._day(course, said[:10]),
            recorded_at=said,
            actor="token:long",
            channel="api",
            data=data,
            entity=course.lead,
            reason=reason,
        )
        return event, course.take(event)

    def _said(self, said: str, sealer: Sealer) -> tuple[EventData, Sealed | None]:
        chance = self.chance
        number = chance.randrange(1_000_000)
        if chance.random() < 0.2:
            first = chance.choice(("2023-Q1", "2023-Q2", "2023-Q3"))
            source = f"minutes {number}"
            return ActivityScheduled(first, chance.choice(("2023-Q4", "2024-Q2", "2024-Q4")), source), None
        assessment = chance.choice(("on_track", "on_track", "at_risk", "delayed"))
        note = (
            f"Note {number}: the venue is agreed, the speakers are asked, and the summary goes out in a week."
        )
        reason = None if assessment == "on_track" else f"Reason {number}: an answer is late."
        quarter = quarter_of(datetime.fromisoformat(said).date())
        report = ProgressReported(
            quarter=quarter,
            status="in_progress",
            assessment=assessment,
            note=Sealed(**sealer.seal(note)),
            countries=None,
        )
        return report, Sealed(**sealer.seal(reason)) if reason else None

    def _day(self, course: Course, today: str) -> str:
        """Return today, or the day of an earlier entry: the new one then stands between that and those after it."""
        if len(course.kept) < 2 or self.chance.random() >= LATE:
            return today
        behind = self.chance.randrange(1, len(course.kept))
        return course.kept[-1 - behind][0].placed_on


def fill(runtime: Runtime, clock: SimulatedClock, entries: int) -> Iterator[int]:
    """Found the workplan and append entries until its log holds so many; yields how many it holds."""
    requests = founding()
    runtime.adopt(WORKPLAN, requests[:BATCH], simulated=True)
    for start in range(BATCH, len(requests), BATCH):
        runtime.submit(WORKPLAN, requests[start : start + BATCH], WRITER, "cli")
    log = Log(runtime.database, (project,), clock)
    writing, done = Writing(runtime), len(requests)
    while done < entries:
        count = min(BATCH, entries - done)
        clock.at = BEGINNING + timedelta(days=1 + DAYS * done / entries)
        append(log, writing, count)
        done += count
        yield done


def append(log: Log, writing: Writing, count: int) -> None:
    """Append entries in one commit."""
    sealer = Sealer()

    def decide(_tx: Transaction, head: Head) -> Decision:
        made = [writing.event(head, index, sealer) for index in range(count)]
        placed = tuple(entry_of(event, ZONE).placed_on for event, _ in made)
        return Decision(tuple(event for event, _ in made), placed, tuple(standing for _, standing in made))

    log.append(WORKPLAN, Said("token:long", "api"), decide, texts=sealer.texts)


def build(url: str, folder: Path, entries: int, told: Callable[[int], None] = lambda _done: None) -> None:
    """Write a log of so many entries into a new database."""
    migrate(url)
    clock = SimulatedClock(BEGINNING)
    runtime = opened(url, folder, clock)
    if runtime.database.is_sqlite:
        _hurry(runtime)
    for done in fill(runtime, clock, entries):
        told(done)
    runtime.close()


def _hurry(runtime: Runtime) -> None:
    """Leave out what keeps acknowledged entries through a power cut: a database that is being made has none."""
    assert "synchronous=FULL" in SQLITE_PRAGMAS

    @sa.event.listens_for(runtime.database.engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-262144")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--entries", type=int, default=20_000)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()

    def told(done: int) -> None:
        if done % 50_000 < BATCH:
            print(f"{done:>10,} entries  {time.perf_counter() - began:6.0f} s", flush=True)

    build(f"sqlite:///{asked.folder / 'long.db'}", asked.folder, asked.entries, told)
    print(f"{asked.entries:>10,} entries  {time.perf_counter() - began:6.0f} s")


if __name__ == "__main__":
    main()
