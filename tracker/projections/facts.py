"""Asking about many facts at once: by the index as far as it has come, by the log beyond it."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence, Sized
from dataclasses import dataclass, field
from typing import Any

from tracker.database import Transaction
from tracker.events.codec import decode
from tracker.events.event import Event
from tracker.events.reading import LogEnd
from tracker.projections.fact_index import BEYOND, COLUMNS, NAMING, Fact, Saying, fact_of, indexed_to
from tracker.projections.questions import Question
from tracker.projections.steps import Point
from tracker.workplan.folding import Entry, entry_of, is_amending, living

PART = 500
"""Rows asked for at once."""
MOST_ERAS = 60
"""With more of them each day is counted by itself: asking of every row which it is in would cost more."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The living facts that a question knows, by the day at which they stand.

    Those of the index, without ``gone``, and besides them ``beside``: what was amended, and what is not indexed yet.
    """

    tx: Transaction
    workplan: str
    point: Point
    upto: int
    zone: str
    gone: dict[int, Fact]
    beside: dict[int, tuple[Fact, Entry]]
    _counts: dict[tuple[Any, ...], Counter[tuple[Saying, str]]] = field(default_factory=dict)

    def counted(
        self, kinds: Sequence[str], since: str, until: str, eras: Sequence[str] = ()
    ) -> Counter[tuple[Saying, str]]:
        """Return how many facts of some kinds say what: ``{(saying, era): count}``.

        ``eras`` are the days on which one begins, ascending; what stands before the first is in the era ``""``.
        """
        asked = (tuple(kinds), since, until, tuple(eras))
        if asked not in self._counts:
            self._counts[asked] = self._count(kinds, since, until, eras)
        return self._counts[asked]

    def _count(
        self, kinds: Sequence[str], since: str, until: str, eras: Sequence[str]
    ) -> Counter[tuple[Saying, str]]:
        last, is_few = min(until, self.point.day), len(eras) <= MOST_ERAS
        cases = f"CASE {'WHEN placed_on >= ? THEN ? ' * len(eras)}ELSE '' END" if eras else "''"
        newest_first = [day for one in reversed(eras) for day in (one, one)] if is_few else []
        sql = _COUNTED.format(
            era=cases if is_few else "placed_on",
            by="INDEXED BY fact_index_by_saying"
            if self.tx.is_sqlite
            else "",  # it would rather sort all rows
            kinds=_marks(kinds),
        )
        rows = self.tx.all(sql, *newest_first, self.workplan, self.upto, *kinds, since, last, self.workplan)
        found = Counter[tuple[Saying, str]]()
        for *said, era, count in rows:
            found[Saying._make(said), era if is_few else era_of(era, eras)] += count
        for change, fact in self._changes():
            if fact.kind in kinds and since <= fact.placed_on <= last:
                found[fact.saying, era_of(fact.placed_on, eras)] += change
        return +found

    def in_order(
        self, kinds: Sequence[str], since: str, until: str, subjects: Collection[str] | None = None
    ) -> Iterator[Fact]:
        """Yield facts by day and position, of some subjects or of all; they are read as they are asked for."""
        last = min(until, self.point.day)
        beside = [
            fact
            for fact, _entry in self.beside.values()
            if fact.kind in kinds and since <= fact.placed_on <= last
            if subjects is None or fact.subject in subjects
        ]
        indexed = self._indexed(kinds, since, last, subjects)
        living_still = (fact for fact in indexed if fact.position not in self.gone)
        return heapq.merge(
            living_still, sorted(beside, key=lambda fact: fact.order), key=lambda fact: fact.order
        )

    def _indexed(
        self, kinds: Sequence[str], since: str, last: str, subjects: Collection[str] | None
    ) -> Iterator[Fact]:
        of_subjects = "" if subjects is None else f" AND subject IN ({_marks(subjects)})"
        sql = _IN_ORDER.format(kinds=_marks(kinds), subjects=of_subjects)
        after = (since, 0)
        while True:
            rows = self.tx.all(sql, self.workplan, self.upto, *kinds, *(subjects or ()), *after, last)
            yield from map(Fact._make, rows)
            if len(rows) < PART:
                return
            after = Fact._make(rows[-1]).order

    def linked(self, kinds: Sequence[str], since: str, until: str) -> Iterator[Fact]:
        """Yield the facts of some kinds that have links, in no order."""
        last = min(until, self.point.day)
        rows = self.tx.all(_LINKED.format(kinds=_marks(kinds)), self.workplan, self.upto, *kinds, since, last)
        yield from (fact for fact in map(Fact._make, rows) if fact.position not in self.gone)
        for fact, _entry in self.beside.values():
            if fact.links and fact.kind in kinds and since <= fact.placed_on <= last:
                yield fact

    def naming(self) -> Counter[tuple[str, str | None, str | None]]:
        """Return how many facts name countries: ``{(subject, countries, countries of links): count}``."""
        rows = self.tx.all(_NAMING, self.workplan, self.upto, self.point.day)
        found = Counter({(subject, own, linked): count for subject, own, linked, count in rows})
        for change, fact in self._changes():
            if (fact.countries or fact.link_countries) and fact.placed_on <= self.point.day:
                found[fact.subject, fact.countries, fact.link_countries] += change
        return +found

    def lags(self) -> Counter[tuple[str, int]]:
        """Return how many facts that people recorded came how late: ``{(month of the day, days late): count}``."""
        rows = self.tx.all(_LAGS, self.workplan, self.upto, self.point.day)
        found = Counter({(month, lag): count for month, lag, count in rows})
        for change, fact in self._changes():
            if fact.lag is not None and fact.placed_on <= self.point.day:
                found[fact.placed_on[:7], fact.lag] += change
        return +found

    def entries(self, wanted: Sequence[Fact]) -> list[Entry]:
        """Return the entries of some facts, in their order."""
        missing = [fact.position for fact in wanted if fact.position not in self.beside]
        parts = [missing[start : start + PART] for start in range(0, len(missing), PART)]
        read = {
            position: entry_of(decode(bytes(stored)), self.zone)
            for part in parts
            for position, stored in self.tx.all(_ENTRIES.format(_marks(part)), self.workplan, *part)
        }
        return [
            self.beside[fact.position][1] if fact.position in self.beside else read[fact.position]
            for fact in wanted
        ]

    def _changes(self) -> Iterator[tuple[int, Fact]]:
        """Yield what the index has too much, with -1, and what it lacks, with 1."""
        yield from ((-1, fact) for fact in self.gone.values())
        yield from ((1, fact) for fact, _entry in self.beside.values())


def era_of(day: str, eras: Sequence[str]) -> str:
    """Return the day on which the era of a day began; see :meth:`Facts.counted`."""
    before = bisect_right(eras, day)
    return eras[before - 1] if before else ""


def facts_of(tx: Transaction, end: LogEnd, question: Question) -> Facts:
    """Return the facts that a question knows."""
    point, zone = Point.of(question), question.zone
    upto = min(indexed_to(tx, end.workplan), point.position)
    gone, beside = dict[int, Fact](), dict[int, tuple[Fact, Entry]]()
    told = defaultdict[int, list[Event]](list)
    for stored, target, *said in tx.all(_AMENDED, end.workplan, point.position, upto):
        fact = gone[said[0]] = Fact._make(said)
        told[fact.position] = [*(told[fact.position] or [decode(bytes(target))]), decode(bytes(stored))]
    for amends, stored in tx.all(BEYOND, end.workplan, upto, point.position):
        event = decode(bytes(stored))
        if amends is None and not is_amending(event):
            told[event.position].append(event)
        elif amends is not None and amends > upto:
            told[amends].append(event)
    for events in told.values():
        for entry in living(events, zone):
            beside[entry.event.position] = fact_of(entry, zone), entry
    return Facts(tx, end.workplan, point, upto, zone, gone, beside)


def _marks(values: Sized) -> str:
    return ", ".join("?" * len(values))


_OF_KINDS = "FROM fact_index WHERE workplan = ? AND position <= ? AND kind IN ({kinds})"
_COUNTED = (  # what is said alike is counted, and read once
    "SELECT f.kind, f.subject, f.entity, f.countries, f.objectives, f.link_countries, g.era, g.facts FROM ("
    "SELECT min(position) AS position, {era} AS era, count(*) AS facts FROM fact_index {by}"
    " WHERE workplan = ? AND position <= ? AND kind IN ({kinds}) AND placed_on >= ? AND placed_on <= ?"
    " GROUP BY kind, subject, saying, era) g"
    " JOIN fact_index f ON f.workplan = ? AND f.position = g.position"
)
_IN_ORDER = (
    f"SELECT {COLUMNS} {_OF_KINDS}{{subjects}} AND (placed_on, position) > (?, ?) AND placed_on <= ?"
    f" ORDER BY placed_on, position LIMIT {PART}"
)
_LINKED = f"SELECT {COLUMNS} {_OF_KINDS} AND placed_on >= ? AND placed_on <= ? AND links IS NOT NULL"
_NAMING = (
    "SELECT subject, countries, link_countries, count(*) FROM fact_index"  # noqa: S608 - fixed
    f" WHERE workplan = ? AND position <= ? AND placed_on <= ? AND {NAMING}"
    " GROUP BY subject, countries, link_countries"
)
_LAGS = (
    "SELECT substr(placed_on, 1, 7), lag, count(*) FROM fact_index WHERE workplan = ? AND position <= ?"
    " AND placed_on <= ? AND lag IS NOT NULL GROUP BY 1, 2"
)
_ENTRIES = "SELECT position, stored FROM events WHERE workplan = ? AND position IN ({})"
_AMENDED = (
    f"SELECT a.stored, t.stored, {', '.join(f'f.{name}' for name in COLUMNS.split(', '))} FROM events a"  # noqa: S608
    " JOIN fact_index f ON f.workplan = a.workplan AND f.position = a.amends"
    " JOIN events t ON t.workplan = a.workplan AND t.position = a.amends"
    " WHERE a.workplan = ? AND a.position > 0 AND a.position <= ? AND a.amends IS NOT NULL AND f.position <= ?"
    " ORDER BY a.position"
)
