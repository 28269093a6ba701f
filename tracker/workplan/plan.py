"""How every subject of a workplan stands at one position, and what deciding may look at besides its own subject."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar, cast

from tracker.errors import RuleError
from tracker.events.event import Wish, id_of, kind_of

Places = dict[str, int]
"""``{subject: position of its newest row}``."""

State = TypeVar("State")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Standing:
    """One subject at a position.

    ``version`` and ``position`` count its own events, ``latest`` is the last day in its timeline, ``state`` None means
    that its founding entry was retracted. ``reaches`` is known of a standing just computed, not of one read: the day
    from which on its last entry changed what had been known, None for an entry made on the day at which it stands.
    """

    subject: str
    version: int
    position: int
    latest: str
    state: Any
    reaches: str | None = None


class Plan:
    """Every subject at one position: ``{subject: Standing}`` with typed ways in.

    ``folded`` are the subjects that were folded again for a past day.
    """

    __slots__ = ("_answers", "folded", "standings")

    def __init__(self, standings: Mapping[str, Standing], folded: AbstractSet[str] = frozenset()) -> None:
        self.standings, self.folded = standings, folded
        self._answers: dict[Any, Any] = {}

    def standing(self, subject: str) -> Standing | None:
        return self.standings.get(subject)

    def get(self, subject: str, of: type[State]) -> State | None:
        """Return the state of a subject, or None where it is not founded."""
        found = self.standings.get(subject)
        return found.state if found and isinstance(found.state, of) else None

    def has(self, subject: str) -> bool:
        found = self.standings.get(subject)
        return found is not None and found.state is not None

    def all(self, kind: str, of: type[State]) -> list[State]:
        """Return the living states of a kind, in plan order: numbers as numbers."""
        return [one.state for one in self.living(kind) if isinstance(one.state, of)]

    def living(self, kind: str) -> list[Standing]:
        """Return the standings of a kind that have a state, in plan order."""
        if kind not in self._answers:
            named = self.once(subjects_by_kind).get(kind, ())
            found = [one for subject in named if (one := self.standings[subject]).state is not None]
            self._answers[kind] = sorted(found, key=lambda one: natural(one.subject))
        return list(self._answers[kind])

    def once(self, compute: Callable[[Plan], Answer]) -> Answer:
        """Return what a function of the plan returns, computed the first time only: a plan does not change."""
        if compute not in self._answers:
            self._answers[compute] = compute(self)
        return cast("Answer", self._answers[compute])

    def know(self, compute: Callable[[Plan], Answer], answer: Answer) -> None:
        """Be told what a function of the plan returns, where that was found in another way."""
        self._answers[compute] = answer

    def with_standings(self, changed: Mapping[str, Standing]) -> Plan:
        return Plan({**self.standings, **changed})


def subjects_by_kind(plan: Plan) -> Mapping[str, Iterable[str]]:
    found: dict[str, list[str]] = {}
    for subject in plan.standings:
        found.setdefault(kind_of(subject), []).append(subject)
    return found


@lru_cache(maxsize=100_000)  # sorted by on every list; splitting again costs more than the rest of a read
def natural(subject: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key by which ``activity/3.10`` follows ``activity/3.9``."""
    parts = re.split(r"(\d+)", id_of(subject))
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


@dataclass(frozen=True, slots=True)
class World:
    """What a decision knows besides its subject: the plan before it, the instant, the calendar of working days."""

    plan: Plan
    now: datetime
    today: date
    zone: str
    first_day: date
    is_closed: bool
    is_working_day: Callable[[date], bool] = field(default=lambda day: day.weekday() < 5)
    is_station: Callable[[str], bool] = field(default=lambda _station: True)

    def require(self, subject: str, pointer: str) -> None:
        """Refuse unless ``subject`` exists.

        Raises:
            RuleError: it does not.
        """
        if not self.plan.has(subject):
            raise refuse(
                "there is no {subject} in this workplan",
                field=pointer,
                value=id_of(subject),
                way_out=f"Add it first; both may stand in one request. Existing: {_some(self.plan, kind_of(subject))}.",
                subject=subject,
            )


def _some(plan: Plan, kind: str) -> str:
    found = sorted(
        (s for s, held in plan.standings.items() if kind_of(s) == kind and held.state), key=natural
    )
    shown = ", ".join(id_of(subject) for subject in found[:12])
    return f"{shown} and {len(found) - 12} more" if len(found) > 12 else shown or "none"


def refuse(template: str, *, field: str, value: Any = None, way_out: str, **operands: object) -> RuleError:
    """Return the refusal of a wish: what is wrong in which field, and the way out."""
    return RuleError(template, field=field, value=value, way_out=way_out, operands=operands)


def needs_reason(wish: Wish, template: str, **operands: object) -> None:
    """Refuse a wish without a reason.

    Raises:
        RuleError: no reason was given.
    """
    if wish.reason is None:
        raise refuse(template, field="/reason", way_out="Send the same with a `reason`.", **operands)


def unless_equal(old: Iterable[tuple[Any, Any]]) -> bool:
    """Return whether any of the ``(held, wished)`` pairs is a change; what is not wished stays."""
    return any(wished is not None and wished != held for held, wished in old)
