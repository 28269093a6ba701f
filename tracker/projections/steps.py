"""A subject's timeline as an answer knows it: each living entry with the states before and after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tracker.database import Transaction
from tracker.events.event import kind_of
from tracker.events.reading import read_subject
from tracker.projections.questions import Question
from tracker.workplan.folding import KINDS, Entry, living

LAST_DAY = "9999-12-31"


@dataclass(frozen=True, slots=True)
class Point:
    """Where an answer stands on both axes: what was known, by position, and up to which day."""

    position: int
    day: str

    @classmethod
    def of(cls, question: Question) -> Point:
        return cls(question.position, question.effective.isoformat() if question.effective else LAST_DAY)


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a timeline; ``before`` is None at the founding one."""

    entry: Entry
    before: Any
    after: Any


def walk(entries: Iterable[Entry], day: str) -> Iterator[Step]:
    """Yield the steps of a timeline up to a day; none where the subject was founded later."""
    state: Any = None
    for entry in entries:
        if state is None and (not entry.is_founding or entry.placed_on > day):
            return
        if entry.placed_on <= day:
            before = state
            state = KINDS[kind_of(entry.event.subject)].evolve(state, entry.event, entry.placed_on)
            yield Step(entry, before, state)


def steps_of(tx: Transaction, workplan: str, subject: str, question: Question) -> list[Step]:
    """Return the steps of a subject that the answer to a question rests on, in the order of its timeline."""
    point = Point.of(question)
    return list(walk(living(read_subject(tx, workplan, subject, point.position), question.zone), point.day))
