"""The whole plan in one answer, at any moment: put together from stored fragments, not computed anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import orjson

from tracker.api.call import Answer, Asked, Call
from tracker.api.plan import KINDS, as_asked
from tracker.api.rendering import Screen, about, told
from tracker.events.event import id_of
from tracker.events.reading import read_texts, read_texts_at
from tracker.events.sealing import reveal
from tracker.projections.fragments import HELD_BACK, Fragment, fragment_of, read_fragments
from tracker.projections.stored_plan import places_of
from tracker.projections.views import activities_by_workstream, is_past, sessions_counted, views
from tracker.workplan.obligations import leads_in
from tracker.workplan.plan import natural
from tracker.workplan.workstream import Workstream

KIND = "activity"
SEAL = re.compile(r'\{"sha256":"([0-9a-f]{64})"\}')
"""A sealed text in JSON. No text can look like one: its quotation marks are escaped."""
POSITION = re.compile(r'"position":([0-9]+)')
"""Where an activity or a report of it was last said, which is where most of the texts are."""


def state(call: Call, asked: Asked) -> Answer:
    """The whole plan in one answer; as a file, one row for each subject."""
    view, screen = asked.view, Screen(asked)
    activities = Activities(asked, screen)
    array, redacted = activities.revealed(list(activities.told()))
    body = about(asked)
    for name, kind in KINDS.items():
        body[name] = (
            [] if kind == KIND else [screen(one) for one in views(view.plan, kind, view.question.day)]
        )
    made = told(asked, body, screen).body
    made["activities"] = orjson.Fragment(array) if call.format is None else orjson.loads(array)
    if redacted:
        made["redacted"] = made.get("redacted", []) + redacted
    return as_asked(call, asked, Answer(made), KINDS, "plan")


class Activities:
    """The activities of an answer in JSON, in the order of the plan."""

    def __init__(self, asked: Asked, screen: Screen) -> None:
        self._asked, self._screen, self._plan = asked, screen, asked.view.plan
        self._with_details = asked.may("details")
        self._today = asked.view.question.day.isoformat()
        self._leads: dict[str, tuple[Workstream | None, str]] = {}

    def told(self) -> Iterator[str]:
        """Yield each with its texts still sealed; what workstreams say of them is then known to the plan."""
        view = self._asked.view
        places = places_of(self._plan, KIND)
        stored = {one: at for one, at in places.items() if one not in self._plan.folded}
        found = read_fragments(
            view.tx, view.end.workplan, view.end.generation, stored, with_details=self._with_details
        )
        counted = self._plan.once(sessions_counted)
        in_workstreams: dict[str, list[str]] = {}
        for subject in sorted(places, key=natural):
            id_ = id_of(subject)
            fragment = found.get(stored.get(subject, 0))
            if fragment is None or counted[id_]:
                fragment = fragment_of(self._plan.standings[subject], counted[id_])
            if fragment is not None:
                in_workstreams.setdefault(fragment.workstream, []).append(id_)
                yield self._told(id_, fragment, counted[id_])
        if in_workstreams and not self._with_details:
            self._screen.withheld.update(HELD_BACK)
        self._plan.know(activities_by_workstream, in_workstreams)

    def _told(self, id_: str, fragment: Fragment, counted: int) -> str:
        details = f",{fragment.details[1:-1]}" if self._with_details else ""
        overdue = "true" if is_past(fragment.overdue_after, self._today) else "false"
        return (
            f'{fragment.open[:-1]}{details},"sessions_counted":{counted}'
            f',"leads":{self._leads_of(id_, fragment.workstream)},"overdue":{overdue}'
            f',"version":{fragment.version},"position":{fragment.position}}}'
        )

    def _leads_of(self, id_: str, workstream: str) -> str:
        if workstream not in self._leads:
            found = self._plan.get(f"workstream/{workstream}", Workstream)
            self._leads[workstream] = (found, _entities(found, ""))
        found, shared = self._leads[workstream]
        return _entities(found, id_) if found and found.activity_leads else shared

    def revealed(self, activities: list[str]) -> tuple[bytes, list[str]]:
        """Return them as one array with their texts, and the JSON pointers of those that were redacted."""
        joined, view = ",".join(activities), self._asked.view
        parts = SEAL.split(joined)
        hashes = set(parts[1::2])
        said_at = {int(position) for position in POSITION.findall(joined)} if hashes else set[int]()
        texts = read_texts_at(view.tx, view.end.workplan, said_at)
        texts |= read_texts(view.tx, view.end.workplan, hashes - texts.keys())
        redacted: list[str] = []
        if not texts.keys() >= hashes:
            joined = ",".join(
                _revealed(one, texts, redacted, f"/activities/{index}")
                for index, one in enumerate(activities)
            )
            parts = SEAL.split(joined)
        parts[1::2] = [orjson.dumps(texts[sha256]).decode() for sha256 in parts[1::2]]
        return f"[{''.join(parts)}]".encode(), redacted


def _revealed(activity: str, texts: Mapping[str, str], redacted: list[str], pointer: str) -> str:
    if texts.keys() >= set(SEAL.findall(activity)):
        return activity
    return orjson.dumps(reveal(orjson.loads(activity), texts, redacted, pointer)).decode()


def _entities(workstream: Workstream | None, activity: str) -> str:
    return orjson.dumps([entity for entity, _ in leads_in(workstream, activity)]).decode()
