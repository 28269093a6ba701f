"""The whole plan in one answer, at any moment: put together from stored fragments, not computed anew."""

from __future__ import annotations

from functools import lru_cache

import orjson

from tracker.api.call import Answer, Asked, Call
from tracker.api.plan import KINDS, as_asked
from tracker.api.rendering import Screen, about, told
from tracker.events.event import id_of
from tracker.events.sealing import reveal
from tracker.projections.bundles import Row
from tracker.projections.fragments import HELD_BACK, fragment_of, is_sealed, read_fragments, with_texts
from tracker.projections.stored_plan import newest_row, places_of
from tracker.projections.views import activities_by_workstream, is_past, sessions_counted, views
from tracker.workplan.obligations import leads_in
from tracker.workplan.plan import Places, natural
from tracker.workplan.workstream import Workstream

KIND = "activity"


def state(call: Call, asked: Asked) -> Answer:
    """The whole plan in one answer; as a file, one row for each subject."""
    view, screen = asked.view, Screen(asked)
    activities = Activities(asked, screen)
    array = activities.told()
    body = about(asked)
    for name, kind in KINDS.items():
        body[name] = (
            [] if kind == KIND else [screen(one) for one in views(view.plan, kind, view.question.day)]
        )
    made = told(asked, body, screen).body
    made["activities"] = orjson.Fragment(array) if call.format is None else orjson.loads(array)
    if activities.redacted:
        made["redacted"] = made.get("redacted", []) + activities.redacted
    return as_asked(call, asked, Answer(made), KINDS, "plan")


class Activities:
    """The activities of an answer; ``redacted`` are the JSON pointers of their texts that are gone."""

    def __init__(self, asked: Asked, screen: Screen) -> None:
        self._asked, self._screen, self._plan = asked, screen, asked.view.plan
        self._with_details = asked.may("details")
        self._counted = self._plan.once(sessions_counted)
        self.redacted: list[str] = []

    def told(self) -> bytes:
        """Return them as a JSON array in the order of the plan; what workstreams say of them is then known to it."""
        places = places_of(self._plan, KIND)
        rows, torn = self._rows(places)
        leading = self._plan.all("workstream", Workstream)
        alone = {lead.activity for one in leading for lead in one.activity_leads} | self._counted.keys()
        in_workstreams: dict[str, list[str]] = {}
        shared: dict[tuple[str, str], tuple[bytes, list[str]]] = {}
        said: list[bytes] = []
        for subject, id_ in _in_order(tuple(places)):  # thousands: every call of a function counts
            row = rows.get(places[subject])
            if row is None:
                continue
            if row[0] in torn:
                row = self._torn(row, f"/activities/{len(said) // 3}")
            _, workstream, overdue_after, opened, details = row
            joins = shared.get((workstream, overdue_after))
            if joins is None:
                ids = in_workstreams.setdefault(workstream, [])
                joins = shared[workstream, overdue_after] = self._joins("", workstream, overdue_after), ids
            joins[1].append(id_)
            joined = self._joins(id_, workstream, overdue_after) if id_ in alone else joins[0]
            said += (opened, details, joined)
        if said and not self._with_details:
            self._screen.withheld.update(HELD_BACK)
        self._plan.know(activities_by_workstream, in_workstreams)
        if said:
            said[-1] = said[-1].removesuffix(b",")
        return b"".join((b"[", *said, b"]"))

    def _rows(self, places: Places) -> tuple[dict[int, Row], set[int]]:
        """Return what each says by its position, stored or computed; and at which positions a text is gone."""
        view, plan = self._asked.view, self._plan
        stored = {one: at for one, at in places.items() if one not in plan.folded} if plan.folded else places
        rows = read_fragments(
            *(view.tx, view.end.workplan, view.end.generation, newest_row(plan), stored),
            with_details=self._with_details,
        )
        counted = {f"{KIND}/{id_}": count for id_, count in self._counted.items()}
        apart = plan.folded | counted.keys()
        left = [one for one, at in places.items() if at not in rows or one in apart]
        made = [fragment_of(plan.standings[one], counted.get(one, 0)) for one in left]
        computed = with_texts(view.tx, view.end.workplan, [one for one in made if one])
        if not self._with_details:
            computed = [one._replace(details="") for one in computed]
        rows.update((one.position, one.row) for one in computed)
        return rows, {one.position for one in computed if is_sealed(one)}

    def _torn(self, row: Row, pointer: str) -> Row:
        position, workstream, overdue_after, *parts = row
        opened, details = (
            orjson.dumps(reveal(orjson.loads(b"{%b}" % one[1:]), {}, self.redacted, pointer))[1:-1]
            for one in parts
        )
        return position, workstream, overdue_after, b"{" + opened, details and b"," + details

    def _joins(self, id_: str, workstream: str, overdue_after: str) -> bytes:
        """Return what others and the day add to an activity, and its end; without an id, to those like all others."""
        found = self._plan.get(f"workstream/{workstream}", Workstream)
        leads = orjson.dumps([entity for entity, _ in leads_in(found, id_)]).decode()
        overdue = "true" if is_past(overdue_after, self._asked.view.question.day.isoformat()) else "false"
        return f',"sessions_counted":{self._counted[id_]},"leads":{leads},"overdue":{overdue}}},'.encode()


@lru_cache(maxsize=16)
def _in_order(subjects: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return subjects and their ids in plan order; most moments of a plan have the same ones."""
    return [(subject, id_of(subject)) for subject in sorted(subjects, key=natural)]
