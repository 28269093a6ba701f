"""What the log says, computed the plainest way: from the stored bytes, event by event.

Shares with the system only how one event changes one state (``evolve``). Reads, orders, corrects and places by itself.
"""

from __future__ import annotations

import calendar
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tracker.events.codec import decode_raw
from tracker.projections.standings import dump_state
from tracker.workplan.folding import KINDS

FOUNDING = {
    *(
        "WorkplanAdopted",
        "EntityAdded",
        "CommitmentAdded",
        "WorkstreamAdded",
        "ActivityAdded",
        "MilestoneSet",
        "ProductPlanned",
    ),
    *("SessionProposed", "SessionScheduled", "ReviewPlanned", "RoundOpened"),
}
AMENDMENTS = {"EntryCorrected", "EntryRetracted", "TextRedacted"}

Raw = dict[str, Any]
States = dict[str, str]
"""``{subject: its state as JSON}`` of the subjects that exist."""


class Oracle:
    """Answers questions about a log of which it holds the stored bytes, position 1 first."""

    def __init__(self, stored: Sequence[bytes]) -> None:
        self.raw: list[Raw] = [json.loads(one) for one in stored]
        self.answers: dict[tuple[int, str | None], str] = {}
        self.places: dict[tuple[str, str], str] = {}
        self.zone = ZoneInfo(self.raw[0]["data"]["zone"])

    def states(self, known: int, day: str | None = None) -> States:
        """Return the states that follow from the first ``known`` events, on a day (ISO) or without end."""
        subjects: dict[str, list[Raw]] = {}
        for event in self.raw[:known]:
            subjects.setdefault(event["subject"], []).append(event)
        found = {subject: self.remembered(events, day) for subject, events in subjects.items()}
        return {subject: state for subject, state in found.items() if state != "null"}

    def remembered(self, events: list[Raw], day: str | None) -> str:
        """Return the state of a subject; the same question twice is answered once."""
        question = (events[-1]["position"], day)
        if question not in self.answers:
            self.answers[question] = self.state(events, day)
        return self.answers[question]

    def state(self, events: list[Raw], day: str | None) -> str:
        return self.told(self.facts(events), day)

    def facts(self, events: list[Raw]) -> list[Raw]:
        """Return the facts among a subject's events as they count: retracted ones left out, corrections applied."""
        retracted = {one["data"]["position"] for one in events if one["type"] == "EntryRetracted"}
        facts = []
        for event in events:
            if event["type"] in AMENDMENTS or event["position"] in retracted:
                continue
            fact = dict(event)
            for correction in events:
                said = correction["data"]
                if correction["type"] == "EntryCorrected" and said["position"] == event["position"]:
                    for name in ("occurred_on", "reason", "data"):
                        if name in said:
                            fact[name] = said[name]
            facts.append(fact)
        return facts

    def told(self, facts: list[Raw], day: str | None) -> str:
        """Return the state after facts in the order of their timeline."""
        first = next((fact for fact in facts if fact["type"] in FOUNDING), None)
        if first is None or (day is not None and self.place(first) > day):
            return "null"
        state = None
        for fact in sorted(facts, key=lambda one: (one is not first, self.place(one), one["position"])):
            place = self.place(fact)
            if day is None or place <= day:
                kind = fact["subject"].split("/")[0]
                state = KINDS[kind].evolve(state, decode_raw(dict(fact)), place)
        return dump_state(state)

    def place(self, fact: Raw) -> str:
        """Return the day at which a fact stands: its last, never after that of its recording."""
        said = fact["occurred_on"], fact["recorded_at"]
        if said not in self.places:
            recorded = datetime.fromisoformat(said[1]).astimezone(self.zone).date()
            self.places[said] = min(last_day(said[0]), recorded).isoformat()
        return self.places[said]

    def versions(self, known: int) -> dict[str, tuple[int, int]]:
        """Return ``{subject: (how many events it has, position of the last)}``."""
        counted: dict[str, tuple[int, int]] = {}
        for event in self.raw[:known]:
            counted[event["subject"]] = (counted.get(event["subject"], (0, 0))[0] + 1, event["position"])
        return counted

    def days(self) -> list[str]:
        """Return the days at which something stands or was recorded, where answers can change."""
        recorded = [
            datetime.fromisoformat(one["recorded_at"]).astimezone(self.zone).date() for one in self.raw
        ]
        return sorted({self.place(one) for one in self.raw} | {day.isoformat() for day in recorded})


def last_day(said: str) -> date:
    parts = said.split("-")
    if len(parts) == 3:
        return date.fromisoformat(said)
    year = int(parts[0])
    if len(parts) == 1:
        return date(year, 12, 31)
    month = 3 * int(parts[1][1]) if parts[1].startswith("Q") else int(parts[1])
    return date(year, month, calendar.monthrange(year, month)[1])
