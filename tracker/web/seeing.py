"""The plan as one entity sees it: what it leads, where it takes part, what it owes. Rights stay the reader's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tracker.projections.rounds import open_quarters
from tracker.web.visits import Visit
from tracker.workplan.obligations import duties

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """``leads`` and ``participates`` are workstreams; ``owed`` the ``(quarter, activity)`` awaited in open rounds."""

    entity: str
    name: str
    leads: frozenset[str]
    participates: frozenset[str]
    owed: tuple[tuple[str, str], ...]

    @property
    def streams(self) -> frozenset[str]:
        return self.leads | self.participates


def seen_by(here: Visit, entity: str, workstreams: list[View]) -> Seen | None:
    """Return what concerns an entity, None where there is none of that name at the moment shown."""
    if not entity or here.answer.plan.standing(f"entity/{entity}") is None:
        return None
    owed: tuple[tuple[str, str], ...] = ()
    if here.may("details"):
        owed = tuple(
            (quarter, duty.activity.id)
            for quarter in open_quarters(here.answer.plan)
            for duty in duties(here.answer.plan, quarter)
            if duty.entity == entity and duty.settled_by is None
        )
    living = [one for one in workstreams if not one["withdrawn"]]
    leads = frozenset(one["id"] for one in living if _is_in(entity, one["leads"]))
    others = frozenset(one["id"] for one in living if _is_in(entity, one["participants"])) - leads
    return Seen(entity, here.name(entity), leads, others, owed)


def _is_in(entity: str, named: list[View]) -> bool:
    return any(one["entity"] == entity for one in named)
