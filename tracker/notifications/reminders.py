"""Who is to hear what about a round, and at which step: computed from the plan and the people, nothing else.

Source: docs/rounds.md, "Letters".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from tracker.events.vocabulary import Step
from tracker.workplan.activity import Activity
from tracker.workplan.activity_parts import Report
from tracker.workplan.calendar import FINAL
from tracker.workplan.obligations import Duty, duties
from tracker.workplan.plan import Plan
from tracker.workplan.round import Round
from tracker.workplan.workstream import Workstream

Phase = Literal["asking", "overdue", "final"]
"""``asking``: up to the due day, whoever is asked first. ``overdue``: co-leads too. ``final``: the Secretariat too."""


@dataclass(frozen=True, slots=True)
class Owed:
    """An activity that a reader still owes a report about, and the entities they act for there."""

    activity: Activity
    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """An activity of a reader's that somebody else has reported."""

    activity: Activity
    report: Report


@dataclass(frozen=True, slots=True)
class Section:
    """What a letter says about one workstream."""

    workstream: Workstream
    owed: tuple[Owed, ...]
    settled: tuple[Settled, ...]


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What a lead has not reported, as the Secretariat hears it."""

    entity: str
    activities: tuple[str, ...]
    has_focal_point: bool


@dataclass(frozen=True, slots=True)
class Digest:
    """All that one person is told at one step."""

    person: str
    sections: tuple[Section, ...]
    outstanding: tuple[Outstanding, ...] = ()

    @property
    def owed(self) -> list[Owed]:
        return [one for section in self.sections for one in section.owed]

    @property
    def activities(self) -> list[str]:
        return [one.activity.id for one in self.owed]

    @property
    def entities(self) -> list[str]:
        return list(dict.fromkeys(entity for one in self.owed for entity in one.entities))

    @property
    def is_empty(self) -> bool:
        return not self.owed and not self.outstanding


@dataclass(slots=True)
class _Card:
    """One activity as one person has it."""

    activity: Activity
    report: Report | None
    entities: list[str] = field(default_factory=list)
    is_asked: bool = False


def due_step(opened: Round, today: date) -> Step | None:
    """Return the latest step whose day has come; None before the first."""
    come = [step for step in opened.steps if step.on <= today.isoformat()]
    return max(come, key=lambda step: step.on, default=None)


def phase_of(opened: Round, name: str) -> Phase:
    """Return what a step is for. Steps of a round opened again have names of their own, so the dates decide."""
    late = sorted((step for step in opened.steps if step.on > opened.due), key=lambda step: step.on)
    if name == FINAL or name in [step.step for step in late[1:]]:
        return "final"
    return "overdue" if name in [step.step for step in late] else "asking"


def rows_of(plan: Plan, quarter: str) -> list[Duty]:
    """Return every row of a round, settled ones included."""
    return list(duties(plan, quarter))


def still_owed(rows: Iterable[Duty]) -> int:
    """Return how many rows (an activity and one of its leads) are not settled."""
    return sum(1 for row in rows if row.settled_by is None)


def _reached(plan: Plan, rows: Iterable[Duty], unreachable: Collection[str]) -> set[str]:
    """Return the activities of which somebody is asked first who can be written to."""
    return {
        row.activity.id
        for row in rows
        if row.is_asked_first
        for entity, person in acting(plan, row.activity.workstream)
        if entity == row.entity and person not in unreachable
    }


def acting(plan: Plan, workstream: str) -> list[tuple[str, str]]:
    """Return ``(entity, person)`` of a workstream's focal points."""
    state = plan.get(f"workstream/{workstream}", Workstream)
    return [(point.entity, point.person) for point in state.focal_points] if state else []


def _cards(
    plan: Plan, rows: list[Duty], phase: Phase, unreachable: Collection[str]
) -> dict[str, dict[str, _Card]]:
    """Return ``{person: {activity: card}}``. Co-leads are asked at once where the lead itself cannot be."""
    found: dict[str, dict[str, _Card]] = {}
    reached = _reached(plan, rows, unreachable)
    for row in rows:
        is_turn = row.is_asked_first or phase != "asking" or row.activity.id not in reached
        for entity, person in acting(plan, row.activity.workstream):
            if entity != row.entity:
                continue
            cards = found.setdefault(person, {})
            card = cards.setdefault(row.activity.id, _Card(row.activity, row.settled_by))
            card.entities.append(entity)
            card.is_asked = card.is_asked or (is_turn and row.settled_by is None)
    return found


def _sections(plan: Plan, cards: Iterable[_Card]) -> Iterator[Section]:
    cards = list(cards)
    for workstream in plan.all("workstream", Workstream):
        here = [card for card in cards if card.activity.workstream == workstream.id]
        owed = tuple(Owed(card.activity, tuple(card.entities)) for card in here if card.is_asked)
        settled = tuple(
            Settled(card.activity, card.report)
            for card in here
            if card.report is not None and card.report.entity not in card.entities
        )
        if owed or settled:
            yield Section(workstream, owed, settled)


def _outstanding(plan: Plan, rows: Iterable[Duty]) -> tuple[Outstanding, ...]:
    by_entity: dict[str, list[Duty]] = {}
    for row in rows:
        if row.settled_by is None:
            by_entity.setdefault(row.entity, []).append(row)
    return tuple(
        Outstanding(
            entity,
            tuple(row.activity.id for row in owed),
            any(entity in dict(acting(plan, row.activity.workstream)) for row in owed),
        )
        for entity, owed in by_entity.items()
    )


@dataclass(frozen=True, slots=True)
class _Owing:
    """A round as it stands: everybody's cards, and what is outstanding once that is told."""

    cards: dict[str, dict[str, _Card]]
    outstanding: tuple[Outstanding, ...]


def _owing(plan: Plan, quarter: str, phase: Phase, unreachable: Collection[str]) -> _Owing:
    rows = rows_of(plan, quarter)
    cards = _cards(plan, rows, phase, unreachable)
    return _Owing(cards, _outstanding(plan, rows) if phase == "final" else ())


def _digest(plan: Plan, owing: _Owing, person: str, secretariat: Collection[str]) -> Digest | None:
    sections = tuple(_sections(plan, owing.cards.get(person, {}).values()))
    made = Digest(person, sections, owing.outstanding if person in secretariat else ())
    return None if made.is_empty else made


def digests(
    plan: Plan,
    quarter: str,
    phase: Phase,
    secretariat: Collection[str] = (),
    unreachable: Collection[str] = (),
) -> list[Digest]:
    """Return one digest per person who is to get a letter now, in order of person; nothing owed, nothing said."""
    owing = _owing(plan, quarter, phase, unreachable)
    people = sorted({*owing.cards, *(secretariat if owing.outstanding else ())})
    made = (_digest(plan, owing, person, secretariat) for person in people)
    return [one for one in made if one is not None]


def digest_of(
    plan: Plan,
    quarter: str,
    phase: Phase,
    person: str,
    secretariat: Collection[str] = (),
    unreachable: Collection[str] = (),
) -> Digest | None:
    """Return what one person is to be told now, or None where they owe nothing."""
    return _digest(plan, _owing(plan, quarter, phase, unreachable), person, secretariat)


def digest_about(
    plan: Plan, quarter: str, person: str, activities: Collection[str], *, is_any: bool
) -> Digest | None:
    """Return what one person is told about some activities; with ``is_any`` also about those that are reported."""
    cards = _cards(plan, rows_of(plan, quarter), "overdue", ()).get(person, {})
    chosen = [replace(card, is_asked=card.is_asked or is_any) for card in cards.values()]
    sections = tuple(_sections(plan, [card for card in chosen if card.activity.id in activities]))
    made = Digest(person, sections)
    return made if made.owed else None
