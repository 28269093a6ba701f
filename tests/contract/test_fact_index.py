"""The index of facts changes no answer: without it, with half of it, behind amendments, of an older generation."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import orjson
import pytest

from tests.copies import copied
from tests.demonstration import built, opened
from tracker.demo import DEMO
from tracker.directory.principals import system
from tracker.events.countries import COUNTRIES
from tracker.events.dates import local_day, quarter_of
from tracker.events.reading import read_log
from tracker.projections import fact_index, facts
from tracker.projections.contributions import Listed, Wanted, contributions, countries_named
from tracker.projections.fact_index import turns_of
from tracker.projections.facts import facts_of
from tracker.projections.plan_timeline import plan_timeline
from tracker.projections.rebuilding import rebuild
from tracker.projections.standings import plan_at
from tracker.proof.checking import check
from tracker.runtime import Runtime
from tracker.workplan.activity import Activity
from tracker.workplan.folding import living

MOMENTS = (
    (None, None),
    ("2023-06-15", None),
    (None, "2023-06-15"),
    ("2024-03-01", "2023-08-01"),
    ("position:200", None),
)
WANTED = (
    Wanted(objective="8"),
    Wanted(country="KE", tagged="then"),
    Wanted(objective="15", tagged="then"),
    Wanted(entity="oim", since="2023-04-01", until="2023-12-31"),
    Wanted(country="KE", objective="8"),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def demo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Runtime]:
    with copied(request, request.param, built, tmp_path) as copy:
        made = opened(copy.url, tmp_path)
        yield made
        made.close()


def answers(runtime: Runtime) -> bytes:
    """Return what every question is answered at every moment."""
    said: list[Any] = []
    for as_of, effective_on in MOMENTS:
        with runtime.ask(DEMO, as_of, effective_on) as view:
            known = facts_of(view.tx, view.end, view.question)
            said += [contributions(known, view.plan, wanted) for wanted in WANTED]
            said.append(sorted(countries_named(known, view.plan)))
            said.append(plan_timeline(view.tx, view.end, view.plan, view.question))
    return orjson.dumps(said)


def followed(runtime: Runtime, monkeypatch: pytest.MonkeyPatch, upto: int) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(fact_index, "CHUNK", upto)
        with runtime.database.write() as tx:
            fact_index.take(tx, DEMO)


def amend(runtime: Runtime) -> None:
    """Correct a report's countries and day, make one that said "no change" say something, retract a third."""
    with runtime.database.read() as tx:
        events = list(read_log(tx, DEMO))
    gone = {getattr(one.data, "position", None) for one in events}
    reports = [one for one in events if one.type == "ProgressReported" and one.position not in gone]
    changing = [one for one in reports if not one.data.no_change]  # type: ignore[union-attr]
    silent = next(one for one in reports if one.data.no_change)  # type: ignore[union-attr]
    first, second = changing[:2]
    said = {"quarter": first.data.quarter, "countries": ["KE"], "objectives": ["8"]}  # type: ignore[union-attr]
    told = {"quarter": silent.data.quarter, "assessment": "on_track", "countries": ["KE"]}  # type: ignore[union-attr]

    def fact(type_: str, target: Any, **data: Any) -> dict[str, Any]:
        return {
            "type": type_,
            "subject": target.subject,
            "data": {"position": target.position} | data,
            "reason": "It was otherwise.",
        }

    runtime.submit(
        DEMO,
        [
            fact("EntryCorrected", first, data=said, occurred_on=first.occurred_on[:7]),
            fact("EntryCorrected", silent, data=told),
            fact("EntryRetracted", second),
        ],
        system("system:cli"),
        "cli",
    )


def test_no_answer_depends_on_how_far_the_index_has_come(
    demo: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = answers(demo)
    followed(demo, monkeypatch, 300)
    assert answers(demo) == without
    fact_index.follow(demo.database, DEMO)
    assert answers(demo) == without
    amend(demo)
    half = answers(demo)
    assert half != without
    assert fact_index.follow(demo.database, DEMO) > 300
    assert answers(demo) == half
    rebuild(demo.database, DEMO)
    with demo.ask(DEMO) as view:
        assert fact_index.turned_to(view.tx, view.end) == 0
    assert answers(demo) == half
    fact_index.follow(demo.database, DEMO)
    assert answers(demo) == half


def test_many_days_with_tags_are_counted_day_by_day(demo: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    fact_index.follow(demo.database, DEMO)
    few = answers(demo)
    monkeypatch.setattr(facts, "MOST_ERAS", 0)
    assert answers(demo) == few


def test_a_report_may_name_more_than_the_key_of_an_index_holds(demo: Runtime) -> None:
    chance = random.Random(1)
    objectives = [f"{number}({letter})" for number in range(1, 24) for letter in ascii_lowercase]
    said = {
        "countries": chance.sample(sorted(COUNTRIES), 240),
        "objectives": chance.sample(objectives, 500),
        "evidence": [
            {"kind": "hub_practice", "url": f"https://example.org/{one}", "country": one}
            for one in chance.sample(sorted(COUNTRIES), 240)
        ],
    }
    with demo.ask(DEMO) as view:
        events = read_log(view.tx, DEMO)
        reported = next(one for one in events if one.type == "ProgressReported")
        entity, quarter = reported.speaker, view.plan.get(reported.subject, Activity).quarter  # type: ignore[union-attr]
    wish = {
        "type": "ProgressReported",
        "subject": reported.subject,
        "entity": entity,
        "data": said | {"quarter": quarter, "assessment": "on_track"},
    }
    demo.submit(DEMO, wish, system("system:cli"), "cli")
    before = answers(demo)
    with demo.ask(DEMO) as view:
        assert fact_index.follow(demo.database, DEMO) == view.end.position
    assert answers(demo) == before


def test_the_index_is_what_answers(demo: Runtime) -> None:
    """Show that the answers above would differ if the index were wrong."""
    without = answers(demo)
    fact_index.follow(demo.database, DEMO)
    for table in ("fact_index", "turn_index"):
        with demo.database.write() as tx:
            tx.run(f"DELETE FROM {table} WHERE position < 300")
        shown = answers(demo)
        assert shown != without
        without = shown


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE fact_index SET placed_on = '2023-02-03' WHERE position = {report}",
        "UPDATE fact_index SET countries = '[\"KE\"]' WHERE position = {report}",
        "UPDATE fact_index SET saying = 'another' WHERE position = {report}",
        "DELETE FROM fact_index WHERE position = {report}",
        "UPDATE turn_index SET status = 'planned' WHERE position = {turn}",
        "DELETE FROM turn_index WHERE position = {turn}",
    ],
)
def test_an_index_that_says_otherwise_than_the_log_is_found_and_made_anew(demo: Runtime, harm: str) -> None:
    fact_index.follow(demo.database, DEMO)
    amend(demo)
    without = answers(demo)
    assert check(demo, DEMO).is_good
    with demo.database.write() as tx:
        at = {
            "report": "SELECT max(position), subject FROM fact_index WHERE kind = 'report' GROUP BY subject",
            "turn": "SELECT max(position), subject FROM turn_index WHERE status <> 'planned' GROUP BY subject",
        }
        name = "report" if "report" in harm else "turn"
        position, subject = tx.all(at[name])[-1]
        assert tx.run(harm.format(**{name: position})) == 1
    assert [one.words for one in check(demo, DEMO).findings] == [f"{subject} does not stand as the log says"]
    fact_index.mend(demo.database, DEMO)
    assert check(demo, DEMO).is_good
    assert answers(demo) == without


def test_an_index_that_is_right_is_not_made_anew(demo: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    followed(demo, monkeypatch, 300)
    monkeypatch.setattr(fact_index, "take", lambda *_: pytest.fail("it goes on"))
    with pytest.raises(pytest.fail.Exception, match="it goes on"):
        fact_index.mend(demo.database, DEMO)
    with demo.database.read() as tx:
        assert fact_index.indexed_to(tx, DEMO) == 300


def test_a_list_is_cut_and_its_counts_are_not(demo: Runtime) -> None:
    fact_index.follow(demo.database, DEMO)
    with demo.ask(DEMO) as view:
        known = facts_of(view.tx, view.end, view.question)
        whole = contributions(known, view.plan, Wanted(objective="8"))
        part = contributions(known, view.plan, Wanted(objective="8"), Listed(4, 2, skipped=3))
    assert len(whole["items"]) > 7
    assert part["items"] == whole["items"][3:7]
    assert part["untagged"] == whole["untagged"][:2]
    assert (part["counts"], part["may_also_apply"]) == (whole["counts"], whole["may_also_apply"])


def test_an_activity_whose_adding_was_retracted_is_counted_no_more(demo: Runtime) -> None:
    def said(type_: str, data: dict[str, Any], **more: Any) -> int:
        wish = {"type": type_, "subject": "activity/1.99", "data": data} | more
        return demo.submit(DEMO, wish, system("system:cli"), "cli").first_position

    def counted() -> int:
        with demo.ask(DEMO) as view:
            turns = {subject: status for _, subject, status in turns_of(view.tx, view.end, view.end.position)}
        return sum(1 for status in turns.values() if status)

    before = counted()
    added = said("ActivityAdded", {"workstream": "1", "number": "1.99", "text": {"es": "Por error."}})
    assert counted() == before + 1
    said("EntryRetracted", {"position": added}, reason="Added by mistake.")
    assert counted() == before
    fact_index.follow(demo.database, DEMO)
    assert counted() == before


def test_statuses_and_lags_are_those_of_the_log(demo: Runtime) -> None:
    fact_index.follow(demo.database, DEMO)
    amend(demo)
    with demo.ask(DEMO) as view:
        found = plan_timeline(view.tx, view.end, view.plan, view.question)
        zone = view.question.zone
        for quarter in found["statuses"]:
            if quarter["position"]:
                plan = plan_at(view.tx, DEMO, view.end.generation, quarter["position"])
                states = plan.all("activity", Activity)
                counts = Counter("withdrawn" if one.withdrawn else one.status for one in states)
                assert +Counter(quarter["as_known_then"]) == counts
        lags: dict[str, list[int]] = {}
        by_subject: dict[str, list[Any]] = {}
        for event in read_log(view.tx, DEMO):
            by_subject.setdefault(event.subject, []).append(event)
    for events in by_subject.values():
        for entry in living(events, zone):
            if entry.event.channel not in ("import", "system"):
                day = entry.event.recorded.fromisoformat(entry.placed_on).date()
                late = (local_day(entry.event.recorded, zone) - day).days
                lags.setdefault(quarter_of(day), []).append(late)
    assert {one["quarter"]: one["count"] for one in found["lag"]["by_quarter"]} == {
        quarter: len(some) for quarter, some in lags.items()
    }
    for one in found["lag"]["by_quarter"]:
        some = sorted(lags[one["quarter"]])
        assert (one["median"], one["p90"]) == (
            some[-(-len(some) // 2) - 1],
            some[-(-len(some) * 9 // 10) - 1],
        )
