"""Builds the simulated workplan: every step through the real rules, under a clock that is set by hand, once.

Each step is one request with a key of its own, so a build that was interrupted goes on where it stopped, and a second
run finds everything there and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.clock import SimulatedClock
from tracker.demo.cast import ACTORS, CAST
from tracker.demo.classification import write_classification
from tracker.demo.meetings import write_meetings
from tracker.demo.milestones import write_milestones
from tracker.demo.planning import write_planning
from tracker.demo.products import write_products
from tracker.demo.reporting import write_rounds
from tracker.demo.reviewing import write_reviews
from tracker.demo.steps import EntryOf, Request, Scene, Script, Someone, Step, instant
from tracker.demo.stories import TOLD, write_stories
from tracker.directory.people import add_person, grant
from tracker.directory.principals import Principal, system
from tracker.errors import LogError, RuleError
from tracker.events.reading import end_of
from tracker.plans.reader import SHIPPED, read_file
from tracker.projections.working_days import working_days
from tracker.runtime import Runtime
from tracker.workplan.document import Document, requests_of
from tracker.workplan.root import Workplan

DEMO = "demo"
BEGAN = "2022-12-15 09:00"
KEY, COMPLETE = "demo/", "complete"
MARK = {"es": "SIMULACIÓN: ", "en": "SIMULATION: ", "fr": "SIMULATION : "}


def build_demo(runtime: Runtime) -> dict[str, Any]:
    """Build what is missing of the simulated workplan and return ``{workplan, entries, written, words}``.

    Raises:
        RuleError: there is a workplan of this id that is not simulated.
    """
    clock = SimulatedClock(instant(BEGAN))
    inner = Runtime(runtime.settings, runtime.database, clock)
    before = _entries(inner)
    if before and _keys(inner).get(COMPLETE):
        _root(inner)
        return _told(before, before)
    document = read_file(SHIPPED)
    if before == 0:
        inner.adopt(DEMO, [_marked(request) for request in requests_of(document)], simulated=True)
    steps = script_of(document, _root(inner))
    build = _Build(inner, clock, _hired(inner), _named(steps))
    done = max((int(key) for key in _keys(inner)), default=0)
    for number, step in enumerate(steps[done:], done + 1):
        build.play(f"{number:05}" if number < len(steps) else COMPLETE, step)
    return _told(before, _entries(inner))


def _told(before: int, entries: int) -> dict[str, Any]:
    words = (
        f"{entries - before} entries written."
        if entries > before
        else "It is all there: nothing was changed."
    )
    return {"workplan": DEMO, "entries": entries, "written": entries - before, "words": words}


def _named(steps: list[Step]) -> dict[str, str]:
    """Return ``{name of a step: its key}``."""
    return {step.name: f"{number:05}" for number, step in enumerate(steps, 1) if step.name}


def script_of(document: Document, root: Workplan) -> list[Step]:
    """Return the whole history in order; always the same."""
    script = Script()
    write_planning(script, document)
    write_classification(script)
    write_meetings(script)
    write_reviews(script)
    write_rounds(script, document, working_days(root), TOLD)
    write_stories(script)
    write_milestones(script)
    write_products(script)
    return script.in_order()


def _marked(request: Request) -> Request:
    """Return the adoption with a title that says what it is, open to the public; everything else as it is."""
    if request["type"] != "WorkplanAdopted":
        return request
    data = request["data"]
    title = {key: MARK[key] + text if key in MARK else text for key, text in data["title"].items()}
    return request | {"data": data | {"title": title, "settings": data["settings"] | {"public": True}}}


def _entries(runtime: Runtime) -> int:
    if DEMO not in runtime.workplan_ids():
        return 0
    with runtime.database.read() as tx:
        return end_of(tx, DEMO).position


def _root(runtime: Runtime) -> Workplan:
    with runtime.ask(DEMO) as view:
        if not view.workplan.simulated:
            raise RuleError(
                "the workplan {id} is there and is not simulated",
                id=DEMO,
                value=DEMO,
                way_out="The demonstration needs this id for itself; use another installation for it.",
            )
        return view.workplan


def _keys(runtime: Runtime) -> dict[str, int]:
    """Return ``{key of a step: the position of its first entry}`` of the steps that were written."""
    with runtime.database.read() as tx:
        rows = tx.all("SELECT key, first_position FROM idempotency_keys WHERE workplan = ?", DEMO)
    return {key.removeprefix(KEY): position for key, position in rows if key.startswith(KEY)}


def _hired(runtime: Runtime) -> dict[str, str]:
    """Return ``{key of the cast: id}``; whoever is not in the directory is added."""
    ids = {}
    with runtime.directory(DEMO) as tx:
        for actor in CAST:
            ids[actor.key] = add_person(tx, runtime.now(), actor.name, actor.email, actor.language)
            grant(tx, runtime.now(), ids[actor.key], DEMO, actor.role, actor.region)
    return ids


@dataclass(frozen=True, slots=True)
class _Build:
    """One build in progress."""

    runtime: Runtime
    clock: SimulatedClock
    cast: Mapping[str, str]
    named: Mapping[str, str]

    def play(self, key: str, step: Step) -> None:
        """Write one step, at its instant, as the one who says it."""
        self.clock.at = step.at
        said = step.said if isinstance(step.said, tuple) else tuple(step.said(self._scene()))
        if not said:
            return
        done = self.runtime.submit(
            DEMO,
            [self._filled(request) for request in said],
            self._principal(step),
            step.channel,
            KEY + key,
            correlation_id=f"demo-{key}" if len(said) > 1 else None,
        )
        if step.name and done.count != len(said):
            raise LogError("step {name} wrote {count} entries", name=step.name, count=done.count)

    def _principal(self, step: Step) -> Principal:
        if step.who.startswith("system:"):
            return system(step.who)
        person = self.cast[step.who]
        if step.channel == "link":
            return Principal(person, frozenset({"link"}), person, quarter=step.quarter)
        actor = ACTORS[step.who]
        return Principal(person, frozenset({actor.role}), person, actor.region)

    def _scene(self) -> Scene:
        with self.runtime.ask(DEMO) as view:
            return Scene(view.plan, view.end.position, view.end.root.hex(), self.cast)

    def _filled(self, value: Any) -> Any:
        match value:
            case EntryOf(step=name, index=index):
                return _keys(self.runtime)[self.named[name]] + index
            case Someone(key=key):
                return self.cast[key]
            case dict():
                return {key: self._filled(item) for key, item in value.items()}
            case list():
                return [self._filled(item) for item in value]
            case _:
                return value
