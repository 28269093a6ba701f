"""What was read of plans, kept decoded: the present one, standings of the past, those folded for past days."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable

from tracker.database import Transaction
from tracker.events.reading import LogEnd
from tracker.projections.checkpoints import places_at
from tracker.projections.standings import read_places, standing_of_row
from tracker.projections.stored_plan import StoredStandings, plan_of
from tracker.workplan.plan import Places, Plan, Standing


class Decoded:
    """Standings of the past, kept decoded: two moments share those that no entry touched in between.

    Rows never change, redactions take texts from beside them. ``most`` is in characters of stored state; decoded they
    take some five times that.
    """

    def __init__(self, most: int = 16 * 1024 * 1024) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[tuple[str, int, int], tuple[Standing, int]] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, workplan: str, generation: int, places: Places) -> dict[str, Standing]:
        found = {}
        with self._lock:
            for subject, position in places.items():
                key = (workplan, generation, position)
                if (kept := self._kept.get(key)) is not None:
                    self._kept.move_to_end(key)
                    found[subject] = kept[0]
        return found

    def keep(self, workplan: str, generation: int, standings: Collection[Standing], size: int) -> None:
        """Keep standings that are stored in ``size`` characters together."""
        if size > self._most:
            return
        each = size // max(1, len(standings))
        with self._lock:
            for one in standings:
                if self._kept.setdefault((workplan, generation, one.position), (one, each))[0] is one:
                    self._size += each
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1][1]


class Folded:
    """Standings that answers for past days had to fold, by the day asked about. ``most`` counts standings."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, dict[str, Standing]] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, key: Hashable, fold: Callable[[], dict[str, Standing]]) -> dict[str, Standing]:
        """Return what is kept under a key, or keep what ``fold`` returns; the same key always means the same."""
        with self._lock:
            if (kept := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return kept
        made = fold()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > 1 and sum(map(len, self._kept.values())) > self._most:
                self._kept.popitem(last=False)
        return made


class PlanCache:
    """The current plan of each workplan, kept decoded: a read after an append decodes only what the append touched.

    Of past plans what there is room for.
    """

    def __init__(self) -> None:
        self.folded = Folded()
        self._decoded = Decoded()
        self._held: dict[str, tuple[int, int, Plan]] = {}
        self._lock = threading.Lock()

    def at(self, tx: Transaction, end: LogEnd, position: int) -> Plan:
        """Return the plan as it stood at a position; it is read as it is looked at, while ``tx`` is open."""
        if position == end.position:
            return self.plan(tx, end.workplan, end.generation, position)
        places = places_at(tx, end.workplan, end.generation, position)
        return plan_of(StoredStandings(places, lambda wanted: self._read(tx, end, wanted)))

    def _read(self, tx: Transaction, end: LogEnd, places: Places) -> dict[str, Standing]:
        held = self._held.get(end.workplan)
        present = held[2].standings if held and held[0] == end.generation else {}
        known = {s: present[s] for s, at in places.items() if s in present and present[s].position == at}
        left = {subject: at for subject, at in places.items() if subject not in known}
        known |= self._decoded.known(end.workplan, end.generation, left)
        left = {subject: at for subject, at in left.items() if subject not in known}
        read, size = read_places(tx, end.workplan, end.generation, left)
        self._decoded.keep(end.workplan, end.generation, read.values(), size)
        return known | read

    def plan(self, tx: Transaction, workplan: str, generation: int, position: int) -> Plan:
        """Return the plan at the head that ``tx`` sees."""
        held = self._held.get(workplan)
        if held is None or held[0] != generation or held[1] > position:
            known, plan = 0, Plan({})
        else:
            _, known, plan = held
        if known == position:
            return plan
        rows = tx.all(_CURRENT, generation, workplan, known)
        plan = plan.with_standings({row[0]: standing_of_row(row) for row in rows})
        if max((row[1] for row in rows), default=0) != position:
            return plan  # the head moved, or its generation was dropped, since it was read: this append loses its race
        with self._lock:
            newest = self._held.get(workplan)
            if newest is None or newest[:2] <= (generation, position):
                self._held[workplan] = (generation, position, plan)
        return plan


_CURRENT = (
    "SELECT subject, position, version, latest, state FROM plan_current"
    " WHERE generation = ? AND workplan = ? AND position > ?"
)
