"""Two random points of a random history compared: the entries named are those that turn one answer into the other."""

from __future__ import annotations

import json
from typing import Any

from tests.laws.histories import History
from tests.laws.oracle import FOUNDING, Oracle
from tracker.events.codec import decode
from tracker.events.event import kind_of
from tracker.projections.causes import CALENDAR, causes
from tracker.projections.changes import JOINED, KINDS, changes
from tracker.projections.history import differences
from tracker.projections.questions import Question
from tracker.projections.steps import LAST_DAY, Point
from tracker.projections.views import view_of
from tracker.workplan.plan import Plan

Facts = dict[int, dict[str, Any]]
FOLLOWING = {"overdue", "last_report", "reports_by_entity", "missing_materials", "done"}
"""Fields of a view that are none of the state, or not of this subject alone."""


def compare(history: History, pairs: int) -> int:
    """Compare random points on both axes; return how many entries were named.

    Raises:
        AssertionError: naming the seed and the points.
    """
    oracle, rng, named = Oracle(history.stored), history.wisher.rng, 0
    days = [day for day in oracle.days() if day <= history.clock.now.date().isoformat()]
    for _ in range(pairs):
        points = [Point(rng.randint(1, len(history.stored)), LAST_DAY) for _ in range(2)]
        if rng.random() < 0.7:
            points = [Point(one.position, rng.choice(days)) if rng.random() < 0.8 else one for one in points]
        if rng.random() < 0.3:
            points[1] = Point(points[0].position, points[1].day)
        named += _entries(history, oracle, points)
        _fields(history, oracle, points)
    return named


def told_by_views(first: tuple[Question, Plan], second: tuple[Question, Plan]) -> dict[str, Any]:
    """Return what differs and how much of it there is, by viewing every subject at both points."""
    was, now = (
        {subject: view_of(plan, plan.standings[subject], question.day) for subject in _shown(plan)}
        for question, plan in (first, second)
    )
    fields = {
        subject: [
            one
            for one in differences(was[subject], now[subject])
            if (kind_of(subject), one["field"]) not in JOINED
        ]
        for subject in was.keys() & now.keys()
    }
    changed = {subject: found for subject, found in fields.items() if found}
    touched = [
        one["field"] for subject, found in changed.items() for one in found if kind_of(subject) == "activity"
    ]
    return {
        "added": {subject: now[subject] for subject in now.keys() - was.keys()},
        "withdrawn": {subject: was[subject] for subject in was.keys() - now.keys()},
        "changed": changed,
        "unchanged": len(fields) - len(changed),
        "status_changed": touched.count("status"),
        "window_moved": touched.count("window"),
    }


def _shown(plan: Plan) -> list[str]:
    living = [
        subject
        for subject, one in plan.standings.items()
        if one.state is not None and kind_of(subject) in KINDS
    ]
    return [subject for subject in living if not getattr(plan.standings[subject].state, "withdrawn", False)]


def told(found: dict[str, Any]) -> dict[str, Any]:
    """Return the same of what the tracker found."""
    listed = {name: {one["subject"]: one["state"] for one in found[name]} for name in ("added", "withdrawn")}
    changed = {
        one["subject"]: [{name: field[name] for name in ("field", "old", "new")} for field in one["fields"]]
        for one in found["changed"]
    }
    counts = {name: found["counts"][name] for name in ("status_changed", "window_moved")}
    return {**listed, "changed": changed, "unchanged": found["unchanged"], **counts}


def _standing(oracle: Oracle, subject: str, point: Point) -> Facts:
    """Return the facts about a subject that an answer at a point rests on, by the plainest reading."""
    events = [raw for raw in oracle.raw[: point.position] if raw["subject"] == subject]
    return {fact["position"]: fact for fact in oracle.facts(events) if oracle.place(fact) <= point.day}


def _entries(history: History, oracle: Oracle, points: list[Point]) -> int:
    """Applying the entries named, and no others, leads from one answer to the other; none is named in vain."""
    count = 0
    last = max(point.position for point in points)
    for subject in sorted({raw["subject"] for raw in oracle.raw[:last]}):
        stored = [
            one
            for one, raw in zip(history.stored[:last], oracle.raw, strict=False)
            if raw["subject"] == subject
        ]
        found = causes([decode(one) for one in stored], str(oracle.zone), *points)
        one, other = (_standing(oracle, subject, point) for point in points)
        where = f"history {history.seed}, {subject}, {points}: {found.entries}"
        turned, count = dict(one), count + len(found.entries)
        for position in found.entries:
            fact = _fact(oracle, position)
            assert one.get(fact) != other.get(fact), f"{where}: {position} made no difference"
            if fact != position or not _came(oracle, fact, points):
                low, high = sorted(point.position for point in points)
                assert low < position <= high, f"{where}: both points know {position}"
            turned.pop(fact, None)
            if fact in other:
                turned[fact] = other[fact]
        assert turned == other, f"{where}: something is not named"
    return count


def _fact(oracle: Oracle, position: int) -> int:
    """Return the fact that an entry states, corrects or retracts."""
    raw = oracle.raw[position - 1]
    is_amending = raw["type"] in {"EntryCorrected", "EntryRetracted"}
    return int(raw["data"]["position"]) if is_amending else position


def _came(oracle: Oracle, fact: int, points: list[Point]) -> bool:
    """Return whether a fact stands between the two days, as either point knows it."""
    low, high = sorted(point.day for point in points)
    subject = oracle.raw[fact - 1]["subject"]
    for point in points:
        known = _standing(oracle, subject, Point(point.position, LAST_DAY)).get(fact)
        if known and low < oracle.place(known) <= high:
            return True
    return False


def _fields(history: History, oracle: Oracle, points: list[Point]) -> None:
    """Every field that differs names entries, and these alone give it its new value."""
    asked = [(f"position:{point.position}", None if point.day == LAST_DAY else point.day) for point in points]
    run, workplan = history.runtime, history.workplan
    with run.ask(workplan, *asked[0]) as before, run.ask(workplan, *asked[1]) as after:
        first, second = (before.question, before.plan), (after.question, after.plan)
        found = changes(after.tx, workplan, first, second)
        assert told_by_views(first, second) == told(found), f"history {history.seed}, {points}"
    for entry in (*found["added"], *found["withdrawn"]):
        assert entry["events"], (
            f"history {history.seed}, {points}: {entry['subject']} came and went by itself"
        )
    for entry in found["changed"]:
        one, other = (_standing(oracle, entry["subject"], point) for point in points)
        for field in entry["fields"]:
            name, where = field["field"], f"history {history.seed}, {entry['subject']}, {points}, {field}"
            assert field["events"] or name in CALENDAR, where
            if name in FOLLOWING:
                continue
            steps = [_steps(oracle, facts, name) for facts in (one, other)]
            did = {_fact(oracle, position) for position in field["events"]}
            differing = {fact for fact in one.keys() | other.keys() if one.get(fact) != other.get(fact)}
            for made in steps:
                last = next(reversed(made), 0)
                must = last in differing and not _alike(oracle, last, steps, (one, other))
                assert not must or last in did, f"{where}: the last is not named"
            touching = differing.intersection(*steps[:1]) | differing.intersection(*steps[1:])
            assert did <= (touching or differing), f"{where}: {did} did not touch it"


def _alike(oracle: Oracle, fact: int, steps: list[dict[int, Any]], facts: tuple[Facts, Facts]) -> bool:
    """Return whether a fact gave a field the same value on the same day at both points: only its reason may differ."""
    if not all(fact in made for made in steps):
        return False
    placed = {oracle.place(known[fact]) for known in facts}
    return len(placed) == 1 and steps[0][fact] == steps[1][fact]


def _steps(oracle: Oracle, facts: Facts, field: str) -> dict[int, Any]:
    """Return ``{fact: value}`` of those after which a field of the state is another than before, in timeline order."""
    first = min(facts, key=lambda fact: (facts[fact]["type"] not in FOUNDING, fact))
    order = sorted(facts, key=lambda fact: (fact != first, oracle.place(facts[fact]), fact))
    made, was = dict[int, Any](), None
    for count, fact in enumerate(order, start=1):
        state = json.loads(oracle.told([facts[one] for one in order[:count]], None))
        if was is None or state.get(field) != was.get(field):
            made[fact] = state.get(field)
        was = state
    return made
