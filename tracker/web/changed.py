"""What changed, told to a reader: by workstream, old beside new, and under each change the entries that did it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tracker.events.catalogue import CATALOGUE
from tracker.events.dates import local_day, parse_instant
from tracker.projections.change_words import Phrase
from tracker.projections.reading_rights import WITHHELD
from tracker.projections.speakers import display_name
from tracker.projections.views import view_of
from tracker.runtime import View
from tracker.web import labels, language
from tracker.web.differences import Line, lines
from tracker.web.language import _, capital, instant_words, occurred_words
from tracker.web.subjects import subject_words
from tracker.web.telling import speaker_words
from tracker.web.visits import Visit
from tracker.workplan.workstream import Workstream

TOLD_ELSEWHERE = {
    "activity": {"overdue", "last_report", "sessions_counted", "reports_by_entity", "leads"},
    "workstream": {"activities"},
    "entity": {"leads", "participates"},
    "milestone": {"overdue"},
    "product": {"review_due"},
}
"""Fields of a view, by kind, that another subject's lines say, or that only the calendar changes."""

WITH_TEXT = ("activity", "commitment")
MOST = 12
"""Entries told beside one change; the history has them all."""
WHAT = {"added": "added", "withdrawn": "removed from the plan", "changed": "changed"}


@dataclass(frozen=True, slots=True)
class Doer:
    """An entry that did something. Who may not read the history gets its dates only."""

    position: int
    title: str
    speaker: str | None
    channel: str | None
    recorded: str
    occurred: str | None
    reason: str | None
    decided_at: str | None


@dataclass(frozen=True, slots=True)
class Changed:
    """One subject that differs.

    ``changes`` are lines, the last entries that did them, and how many more did; ``marks`` are what phrases of the
    sentence lead to.
    """

    what: str
    kind: str
    subject: str
    workstream: str | None
    title: str
    text: str
    changes: list[tuple[list[Line], list[Doer], int]]
    marks: frozenset[str]


class Telling:
    """Tells what two answers differ in, to one reader; names are as they were at the second point.

    ``said`` is the sentence about all that differs, ``differing`` how many subjects do; ``found`` may list a part.
    """

    def __init__(
        self, here: Visit, after: View, found: dict[str, Any], said: list[Phrase], differing: int
    ) -> None:
        self.here, self.after, self.found = here, after, found
        self.said, self.differing = said, differing

    @property
    def languages(self) -> tuple[str, ...]:
        return self.here.languages

    def name(self, entity: str) -> str:
        return display_name(self.after.plan, entity, language.spoken())

    def title_of(self, one: dict[str, Any]) -> str:
        return subject_words(self.after.plan, one["subject"], self.here.languages)

    def groups(self) -> list[tuple[str, str, list[Changed]]]:
        """Return ``(workstream's id, its title, what differs)`` in plan order; last, without id, the whole plan's."""
        made: dict[str | None, list[Changed]] = {}
        for what in WHAT:
            for one in self.found[what]:
                if told := self._changed(what, one):
                    made.setdefault(one["workstream"], []).append(told)
        order = [one["workstream"] for one in self.found["workstreams"]]
        return [(key or "", self._stream(key), made[key]) for key in order if key in made]

    def _stream(self, key: str | None) -> str:
        stream = self.after.plan.get(f"workstream/{key}", Workstream)
        return capital(self.here.text(stream.title)) if stream else _("The plan as a whole")

    def phrases(self, groups: list[tuple[str, str, list[Changed]]]) -> list[tuple[str, str | None]]:
        """Return the sentence as ``(text, the mark it leads to)``; a phrase that counts nothing shown leads nowhere."""
        shown = {name for _key, _title, items in groups for item in items for name in item.marks}
        return [(one.text, one.leads_to if one.leads_to in shown else None) for one in self.said]

    def say(self, one: dict[str, Any], field: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
        """Yield a field's change in words, nothing where this reader is not told."""
        for line in self._lines(one, field):
            yield line.label, line.old, line.new

    def _lines(self, one: dict[str, Any], field: dict[str, Any]) -> list[Line]:
        is_hidden = not self.here.may("details") and field["field"] in WITHHELD
        if is_hidden or field["field"] in TOLD_ELSEWHERE.get(one["kind"], set()):
            return []
        return lines([field], self, self._state(one["subject"]))

    def _changed(self, what: str, one: dict[str, Any]) -> Changed | None:
        entries = {entry["position"]: entry for entry in one["entries"]}
        told: list[tuple[list[Line], list[int]]] = []
        for field in one.get("fields", ()):
            if made := self._lines(one, field):
                if told and told[-1][1] == field["events"]:
                    told[-1][0].extend(made)
                else:
                    told.append((made, field["events"]))
        if what == "changed" and not told:
            return None
        told = told or [([], one["events"])]
        state = one.get("state") or self._state(one["subject"]) or {}
        return Changed(
            what=what,
            kind=one["kind"],
            subject=one["subject"],
            workstream=one["workstream"],
            title=self.title_of(one),
            text=self.here.text(state.get("text" if one["kind"] in WITH_TEXT else "title")),
            changes=[
                (
                    made,
                    [told_doer(self.here, entries[at]) for at in events[-MOST:]],
                    max(0, len(events) - MOST),
                )
                for made, events in told
            ],
            marks=_marks(what, one),
        )

    def _state(self, subject: str) -> dict[str, Any] | None:
        standing = self.after.plan.standing(subject)
        if standing is None or standing.state is None:
            return None
        return view_of(self.after.plan, standing, self.after.question.day)


def told_doer(here: Visit, one: dict[str, Any]) -> Doer:
    """Return an entry that did something in words, as far as this reader may know."""
    may_know = here.may("history")
    day = local_day(parse_instant(one["recorded_at"]), here.zone).isoformat()
    return Doer(
        position=one["position"],
        title=CATALOGUE[one["type"]].labels[language.spoken()],
        speaker=speaker_words(here, one) if may_know else None,
        channel=_(labels.CHANNEL[one["channel"]]) if may_know else None,
        recorded=instant_words(one["recorded_at"], here.zone),
        occurred=occurred_words(one["occurred_on"]) if one["occurred_on"] != day else None,
        reason=one.get("reason") if may_know else None,
        decided_at=one.get("decided_at"),
    )


def _marks(what: str, one: dict[str, Any]) -> frozenset[str]:
    """Return the names by which phrases of the sentence lead here."""
    if one["kind"] != "activity":
        return frozenset({f"other_{what}"})
    fields = {field["field"] for field in one.get("fields", ())}
    named = {"status": "status_changed", "window": "window_moved"}
    return frozenset({what} | {mark for field, mark in named.items() if field in fields})
