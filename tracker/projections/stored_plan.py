"""Standings that lie in the database and are read when somebody looks at one, a kind of subject at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache

from tracker.events.event import kind_of
from tracker.workplan.plan import Places, Plan, Standing, subjects_by_kind

Read = Callable[[Places], Mapping[str, Standing]]
"""Returns the standings at some places; as long as their snapshot is open."""


class StoredStandings(Mapping[str, Standing]):
    """``{subject: Standing}`` of a past plan, of which few answers need all."""

    __slots__ = ("_known", "_read", "kinds", "places")

    def __init__(self, places: Places, read: Read, known: Mapping[str, Standing] | None = None) -> None:
        self.places, self._read = places, read
        self._known = dict(known or {})
        self.kinds = _by_kind(tuple(places))

    def __getitem__(self, subject: str) -> Standing:
        known = self._known.get(subject)
        if known is None:
            if subject not in self.places:
                raise KeyError(subject)
            kind = self.kinds[kind_of(subject)]
            self._known.update(self._read({one: self.places[one] for one in kind if one not in self._known}))
            known = self._known[subject]
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

    def changed(self, changed: Mapping[str, Standing]) -> StoredStandings:
        """Return the same with other standings of some subjects; those without a state are left out."""
        living = {subject: one for subject, one in changed.items() if one.state is not None}
        places = {subject: at for subject, at in self.places.items() if subject not in changed}
        places |= {subject: one.position for subject, one in living.items()}
        return StoredStandings(places, self._read, {**self._known, **living})


def plan_of(standings: StoredStandings, folded: AbstractSet[str] = frozenset()) -> Plan:
    """Return the plan of stored standings, which know their kinds already."""
    plan = Plan(standings, folded)
    kinds: Mapping[str, Iterable[str]] = standings.kinds
    plan.know(subjects_by_kind, kinds)
    return plan


@lru_cache(maxsize=16)
def _by_kind(subjects: tuple[str, ...]) -> Mapping[str, list[str]]:
    """Return subjects by their kind; most moments of a plan have the same ones."""
    found: dict[str, list[str]] = {}
    for subject in subjects:
        found.setdefault(kind_of(subject), []).append(subject)
    return found


def places_of(plan: Plan, kind: str) -> Places:
    """Return where each subject of a kind stands, those that have no state included."""
    standings = plan.standings
    if isinstance(standings, StoredStandings):
        places = standings.places
        return {subject: places[subject] for subject in standings.kinds.get(kind, ())}
    return {one: standings[one].position for one in plan.once(subjects_by_kind).get(kind, ())}


def newest_row(plan: Plan) -> int:
    """Return the position of the newest row that a plan consists of, but for what was folded for it."""
    standings, folded = plan.standings, plan.folded
    if isinstance(standings, StoredStandings):
        places = standings.places
    else:
        places = {subject: one.position for subject, one in standings.items()}
    unfolded = [at for subject, at in places.items() if subject not in folded] if folded else places.values()
    return max(unfolded, default=0)
