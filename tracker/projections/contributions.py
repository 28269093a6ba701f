"""What the Network did on a country, an objective, or through an entity: reports, sessions, products, with their links.

Each thing done is asked about each filter: it applies, it does not, or nobody said. What is more precise speaks first:
a report's own countries before its links', these before its activity's tags, these before its workstream's. What
applies under every filter is listed; what could apply, because nobody said, is counted and listed apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import orjson

from tracker.events.catalogue import (
    ActivityTagged,
    WorkstreamTagged,
)
from tracker.events.event import id_of
from tracker.events.vocabulary import Tags
from tracker.projections.fact_index import DONE, TAGS, Fact, Saying
from tracker.projections.facts import Facts, era_of
from tracker.projections.steps import LAST_DAY
from tracker.projections.things_done import done
from tracker.workplan.activity import Activity
from tracker.workplan.folding import Entry
from tracker.workplan.obligations import leads_of
from tracker.workplan.plan import Plan, Standing, refuse
from tracker.workplan.product import Product
from tracker.workplan.session import Session
from tracker.workplan.tags import merged_tags
from tracker.workplan.workstream import Workstream

View = dict[str, Any]
Sources = list[tuple[str, Iterable[str] | None]]
"""What is said of a thing done, the most precise first: ``(who says it, values)``; None where that one says nothing."""

FILTERS = ("country", "objective", "entity")
FEW = 500
"""Subjects whose facts are looked up one by one rather than found among all."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked about. Days are ISO and inclusive; ``tagged`` says whose tags count: those now, or of its day."""

    country: str | None = None
    objective: str | None = None
    entity: str | None = None
    since: str | None = None
    until: str | None = None
    tagged: Literal["now", "then"] = "now"

    @property
    def filters(self) -> dict[str, str]:
        return {name: said for name in FILTERS if (said := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True)
class Listed:
    """How many of what applies are given, after so many that are ``skipped``, and how many untagged; None for all."""

    items: int | None = None
    untagged: int | None = None
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class _Judged:
    """What facts that say the same are to the question: who says so under each filter, None where nobody does."""

    because: dict[str, str | None]

    @property
    def missing(self) -> list[str]:
        return [name for name, who in self.because.items() if who is None]


def contributions(facts: Facts, plan: Plan, wanted: Wanted, listed: Listed | None = None) -> View:
    """Return ``{items, counts, may_also_apply, untagged}`` by date: what applies, and what might as nobody said.

    The counts are of everything, whatever is ``listed``.

    Raises:
        RuleError: the days asked about end before they begin.
    """
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise refuse(
            "`to` ({until}) lies before `from` ({since})",
            field="to",
            value=wanted.until,
            way_out="Swap them, or leave one out.",
            since=wanted.since,
            until=wanted.until,
        )
    asked = _Asked(plan, facts, wanted)
    counted = facts.counted(DONE, *asked.span, asked.eras)
    judged = {one: found for one in counted if (found := asked.judged(*one)) is not None}
    applying = {one for one, found in judged.items() if not found.missing}
    untagged = judged.keys() - applying
    listed = listed or Listed()
    shown = asked.shown(applying, counted, listed.items, listed.skipped)
    others = asked.shown(untagged, counted, listed.untagged)
    return {
        "items": [view | {"because": judged[key].because} for key, view in shown],
        "counts": {kind: sum(counted[one] for one in applying if one[0].kind == kind) for kind in DONE}
        | {"links": len(asked.links(applying))},
        "may_also_apply": sum(counted[one] for one in untagged),
        "untagged": [view | {"missing": judged[key].missing} for key, view in others],
    }


def countries_named(facts: Facts, plan: Plan) -> set[str]:
    """Return the countries that something done, a session or a tag names."""
    tagged = [one.tags for one in plan.all("activity", Activity)]
    tagged += [one.tags for one in plan.all("workstream", Workstream)]
    tags = {country for one in tagged for country in one.countries or ()}
    held = {one.country for one in plan.all("session", Session) if one.country}
    said = {
        country
        for subject, *named in facts.naming()
        if plan.has(subject)
        for one in named
        for country in _list(one) or ()
    }
    return tags | held | said


Said = tuple[Saying, str]
"""What facts say, and since which day the tags stood that counted then."""


class _Asked:
    """A question about the facts of a plan."""

    def __init__(self, plan: Plan, facts: Facts, wanted: Wanted) -> None:
        self.plan, self.facts, self.wanted = plan, facts, wanted
        self.span = wanted.since or "", wanted.until or LAST_DAY
        self.eras: list[str] = []
        self.tags_of = _tags_now(plan)
        if wanted.tagged == "then":
            told = facts.entries(list(facts.in_order((TAGS,), "", LAST_DAY)))
            self.eras = list(dict.fromkeys(one.placed_on for one in told))
            self.tags_of = _tags_then(plan, told)

    def said(self, fact: Fact) -> Said:
        return fact.saying, era_of(fact.placed_on, self.eras)

    def judged(self, saying: Saying, day: str) -> _Judged | None:
        """Return what such facts are to the question; None where they do not apply, or are of nothing in the plan."""
        if not self.plan.has(saying.subject):
            return None
        said = _sources(self.plan, saying, day, self.tags_of)
        because = {}
        for name, value in self.wanted.filters.items():
            found = _applies(name, value, said[name])
            if found is False:
                return None
            because[name] = found
        return _Judged(because)

    def shown(
        self, some: Collection[Said], counted: Counter[Said], most: int | None, skipped: int = 0
    ) -> list[tuple[Said, View]]:
        """Return at most so many of the facts that say one of ``some``, by day, after those ``skipped``."""
        count = sum(counted[one] for one in some)
        stop = count if most is None else min(count, skipped + most)
        if stop <= skipped:
            return []
        subjects = {saying.subject for saying, _day in some}
        few = sorted(subjects) if len(subjects) <= FEW else None
        found = (fact for fact in self.facts.in_order(DONE, *self.span, few) if self.said(fact) in some)
        chosen = list(islice(found, skipped, stop))
        entries = self.facts.entries(chosen)
        return [
            (self.said(fact), done(self.plan, fact, entry))
            for fact, entry in zip(chosen, entries, strict=True)
        ]

    def links(self, some: Collection[Said]) -> set[str]:
        """Return the addresses that the facts which say one of ``some`` link to."""
        found = {
            one.url
            for saying, _day in some
            if saying.kind == "session" and (session := self.plan.get(saying.subject, Session))
            for one in session.materials
        }
        if some:
            for fact in self.facts.linked(DONE, *self.span):
                if self.said(fact) in some:
                    found.update(orjson.loads(fact.links or "[]"))
        return found


def _applies(name: str, wanted: str, sources: Sources) -> str | Literal[False] | None:
    """Return who says that it applies, False where somebody says that it does not, None where nobody says anything."""
    for who, values in sources:
        if values is None:
            continue
        known = set(values)
        if name == "objective":  # a number finds its letters too
            known |= {said.partition("(")[0] for said in known}
        return who if wanted in known else False
    return None


# ------------------------------------------------------------------------------------------------------- tags

TagsOf = Callable[[str, str], Tags]
"""Returns the tags of a subject that count for what happened on a day."""


def _tags_now(plan: Plan) -> TagsOf:
    def tags_of(subject: str, _day: str) -> Tags:
        standing = plan.standing(subject)
        found = getattr(standing.state, "tags", None) if standing else None
        return found or Tags()

    return tags_of


def _tags_then(plan: Plan, entries: Iterable[Entry]) -> TagsOf:
    """Return the tags as they were on a day; ``entries`` come in the order of their days."""
    told: dict[str, list[tuple[str, Tags]]] = {}
    for entry in entries:
        data, subject = entry.event.data, entry.event.subject
        if isinstance(data, ActivityTagged | WorkstreamTagged) and plan.has(subject):
            known = told.setdefault(subject, [])
            known.append((entry.placed_on, merged_tags(known[-1][1] if known else Tags(), data.tags)))

    def tags_of(subject: str, day: str) -> Tags:
        return next((tags for since, tags in reversed(told.get(subject, [])) if since <= day), Tags())

    return tags_of


def _sources(plan: Plan, saying: Saying, day: str, tags_of: TagsOf) -> dict[str, Sources]:
    """Return what is said under each filter of facts that say the same."""
    entity = [saying.entity] if saying.entity else None
    match saying.kind, plan.standing(saying.subject):
        case "report", _:
            activity = [id_of(saying.subject)]
            own = ("report", _list(saying.countries)), ("link", _list(saying.link_countries))
            return {
                "country": [*own, *_tagged(plan, activity, "countries", day, tags_of)],
                "objective": [
                    ("report", _list(saying.objectives)),
                    *_tagged(plan, activity, "objectives", day, tags_of),
                ],
                "entity": [("report", entity)] if entity else [("activity", _leads(plan, activity))],
            }
        case "voluntary_report", _:
            return {
                "country": [("report", _list(saying.countries))],
                "objective": [],
                "entity": [("report", [])],
            }
        case "session", Standing(state=Session() as session):
            leads = [one for stream in session.workstreams for one in _lead_of_stream(plan, stream)]
            return {
                "country": [("session", [session.country] if session.country else None)],
                "objective": [("session", session.objectives)],
                "entity": [("workstream", leads or None)],
            }
        case kind, Standing(state=Product() as product):
            is_use = kind == "use"
            steward = [product.steward] if product.steward else []
            return {
                "country": [("use", _list(saying.countries))]
                if is_use
                else _tagged(plan, product.activities, "countries", day, tags_of),
                "objective": _tagged(plan, product.activities, "objectives", day, tags_of),
                "entity": [
                    *([("use", entity)] if is_use else []),
                    ("product", [*steward, *_leads(plan, product.activities)] or None),
                ],
            }
        case _:
            return {name: [] for name in FILTERS}


def _list(stored: str | None) -> list[str] | None:
    return None if stored is None else orjson.loads(stored)


def _tagged(plan: Plan, activities: Iterable[str], name: str, day: str, tags_of: TagsOf) -> Sources:
    """Return what the tags of activities say, and where they say nothing, those of their workstreams."""
    found: Sources = []
    streams: list[str] = []
    for kind, ids in (("activity", list(activities)), ("workstream", streams)):
        said = [getattr(tags_of(f"{kind}/{one}", day), name) for one in ids]
        known = [values for values in said if values is not None]
        found.append((kind, [one for values in known for one in values] if known else None))
        if kind == "activity":
            streams += [state.workstream for one in ids if (state := plan.get(f"activity/{one}", Activity))]
    return found


def _leads(plan: Plan, activities: Iterable[str]) -> list[str]:
    states = (plan.get(f"activity/{one}", Activity) for one in activities)
    return [entity for state in states if state for entity, _first in leads_of(plan, state)]


def _lead_of_stream(plan: Plan, stream: str) -> list[str]:
    state = plan.get(f"workstream/{stream}", Workstream)
    return [lead.entity for lead in state.leads] if state else []
