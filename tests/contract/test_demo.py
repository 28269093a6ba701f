"""The simulated workplan: the same on every machine and engine, built once, through the real rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.copies import copied
from tests.demonstration import built, opened
from tracker.cli.serving import load_shipped
from tracker.clock import SimulatedClock
from tracker.database import Transaction
from tracker.demo import DEMO, build_demo
from tracker.demo.building import KEY
from tracker.demo.cast import CAST
from tracker.directory import people
from tracker.directory.principals import system
from tracker.errors import RuleError
from tracker.events.reading import end_of, read_log, read_texts
from tracker.events.sealing import reveal, seals_in
from tracker.events.shapes import to_json
from tracker.projections.changes import changes
from tracker.projections.readiness import readiness
from tracker.projections.snapshots import plan_from_log, snapshots, verify_snapshot
from tracker.projections.standings import fingerprint, plan_at
from tracker.projections.views import view_of
from tracker.runtime import Runtime
from tracker.workplan.activity import Activity
from tracker.workplan.document import requests_of
from tracker.workplan.review import Review
from tracker.workplan.root import Workplan


def _open_built(
    request: pytest.FixtureRequest, engine: str, factory: pytest.TempPathFactory
) -> Iterator[Runtime]:
    folder = factory.mktemp("demo")
    with copied(request, engine, built, folder) as copy:
        made = opened(copy.url, folder)
        yield made
        made.close()


@pytest.fixture(scope="module")
def on_sqlite(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    yield from _open_built(request, "sqlite", tmp_path_factory)


@pytest.fixture(scope="module")
def on_postgresql(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runtime]:
    yield from _open_built(request, "postgresql", tmp_path_factory)


@pytest.fixture(params=["sqlite", "postgresql"])
def runtime(request: pytest.FixtureRequest) -> Runtime:
    found: Runtime = request.getfixturevalue(f"on_{request.param}")
    return found


def told(runtime: Runtime) -> list[dict[str, Any]]:
    """Return every entry with its texts in place of hashes, addresses in place of ids, and without what is random."""
    with runtime.database.read() as tx:
        named = {one.id: one.email for one in people.people_of(tx).values()}
        raws = [to_json(event) for event in read_log(tx, DEMO)]
        texts = read_texts(tx, DEMO, [sha256 for raw in raws for _, sha256 in seals_in(raw)])
    made = []
    for raw in raws:
        found = reveal(raw, texts, [])
        for name in ("origin", "root", "sha256"):
            found["data"].pop(name, None)
        if not found.get("correlation_id", "").startswith("demo-"):
            found.pop("correlation_id", None)
        said = orjson.dumps(found).decode()
        made.append(orjson.loads(re.sub(r"\bp[0-9a-f]{16}\b", lambda match: str(named[match.group()]), said)))
    return made


def test_two_builds_tell_the_same_history(on_sqlite: Runtime, on_postgresql: Runtime) -> None:
    one, other = told(on_sqlite), told(on_postgresql)
    assert len(one) == len(other)
    for left, right in zip(one, other, strict=True):
        assert left == right


def test_a_second_run_changes_nothing_and_says_so(runtime: Runtime) -> None:
    with runtime.database.read() as tx:
        before = end_of(tx, DEMO)
    done = build_demo(runtime)
    with runtime.database.read() as tx:
        assert end_of(tx, DEMO) == before
    assert done == {
        "workplan": "demo",
        "entries": before.position,
        "written": 0,
        "words": "It is all there: nothing was changed.",
    }


def test_a_build_that_was_cut_short_goes_on_where_it_stopped(
    sqlite_url: str, tmp_path: Path, on_sqlite: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, submit = opened(sqlite_url, tmp_path), Runtime.submit

    class CutShortError(Exception):
        pass

    def cut(self: Runtime, *args: Any, **more: Any) -> Any:
        if args[4] == f"{KEY}00150":
            raise CutShortError
        return submit(self, *args, **more)

    with monkeypatch.context() as cutting:
        cutting.setattr(Runtime, "submit", cut)
        with pytest.raises(CutShortError):
            build_demo(made)
    assert 0 < build_demo(made)["written"] < len(told(made))
    assert told(made) == told(on_sqlite)
    made.close()


def test_the_workplan_is_marked_public_and_long_enough(runtime: Runtime) -> None:
    with runtime.ask(DEMO) as view:
        root, kinds = view.workplan, Counter(subject.partition("/")[0] for subject in view.plan.standings)
        position = view.end.position
    assert root.simulated
    assert root.is_public
    assert root.origin.startswith("workplan-tracker/demo/")
    assert {key: text[:10] for key, text in root.title.items() if key in {"es", "en", "fr"}} == {
        "es": "SIMULACIÓN",
        "en": "SIMULATION",
        "fr": "SIMULATION",
    }
    assert 1250 < position < 1700
    assert kinds["round"] == 9
    assert kinds["session"] > 40


def test_its_people_are_made_up_and_cannot_be_written_to(runtime: Runtime) -> None:
    with runtime.database.read() as tx:
        found = list(people.people_of(tx).values())
    assert len(found) == len(CAST)
    assert all(str(one.email).endswith(".invalid") for one in found)


def test_no_name_or_address_stands_in_an_entry(runtime: Runtime) -> None:
    with runtime.database.read() as tx:
        stored = b"".join(
            bytes(row[0]) for row in tx.all("SELECT stored FROM events WHERE workplan = ?", DEMO)
        ).decode()
    for actor in CAST:
        assert actor.name not in stored
        assert actor.email not in stored


def test_on_15_june_2023_the_reviews_were_still_planned_for_the_first_half_of_2024(runtime: Runtime) -> None:
    for spelling in ("2023-06-15", "moment:principals-2023-06-15"):
        with runtime.ask(DEMO, spelling) as view:
            found = view.plan.all("review", Review)
        assert len(found) == 5
        assert {(one.status, one.current.window and one.current.window.to) for one in found} == {
            ("planned", "2024-Q2")
        }


def test_what_came_late_differs_between_the_two_ways_of_knowing(runtime: Runtime) -> None:
    with runtime.ask(DEMO, "2023-06-15") as then, runtime.ask(DEMO, effective_on="2023-06-15") as now:
        made = changes(now.tx, DEMO, (then.question, then.plan), (now.question, now.plan))
        started = then.plan.get("activity/12.2", Activity), now.plan.get("activity/12.2", Activity)
    touched = {
        entry["subject"]
        for entry in made["changed"]
        if any(one["field"] == "status" for one in entry["fields"])
    }
    assert {"activity/12.2", "activity/12.1", "session/dialogo-trafico-2023-06-13"} <= touched
    assert "milestone/presentacion-instrumento" in touched
    assert [one.status if one else None for one in started] == ["not_started", "in_progress"]
    assert made["added"] == made["withdrawn"] == []


def test_63_activities_then_and_64_now(runtime: Runtime) -> None:
    with runtime.ask(DEMO, "2023-06-15") as then, runtime.ask(DEMO) as now:
        counts = changes(now.tx, DEMO, (then.question, then.plan), (now.question, now.plan))["counts"]
    assert [counts[name] for name in ("before", "added", "withdrawn", "after")] == [63, 2, 1, 64]


def test_10_1_was_completed_corrected_and_moved_by_a_decision(runtime: Runtime) -> None:
    statuses = {}
    for day in ("2023-07-20", "2023-07-22", "2023-08-04", "2024-02-01"):
        with runtime.ask(DEMO, day) as view:
            activity = view.plan.get("activity/10.1", Activity)
        assert activity
        statuses[day] = activity.status
    assert list(statuses.values()) == ["in_progress", "completed", "in_progress", "completed"]
    moved = [
        one
        for one in told(runtime)
        if (one["subject"], one["type"]) == ("activity/10.1", "ActivityScheduled")
    ]
    assert moved[-1]["decided_at"] == "session/reunion-trimestral-2023-q3"
    assert moved[-1]["reason"]
    assert moved[0]["data"]["source"].startswith("https://migrationnetwork.un.org/")


def test_co_leads_disagree_agree_and_are_decided_about(runtime: Runtime) -> None:
    disputed = {}
    for day in ("2023-07-20", "2023-07-27", "2024-01-15", "2024-01-25", "2025-03-28"):
        with runtime.ask(DEMO, day) as view:
            disputed[day] = [one.id for one in view.plan.all("activity", Activity) if one.disputed]
    assert list(disputed.values()) == [["7.2"], [], ["9.1"], [], ["14.2"]]


@pytest.mark.parametrize("region", ["africa", "arab-states", "asia-pacific", "unece", "lac"])
def test_readiness_has_something_to_say_of_every_region(runtime: Runtime, region: str) -> None:
    for day in ("2024-01-31", "2024-09-30"):
        with runtime.ask(DEMO, day) as view:
            assert readiness(view, region)["has_data"]


def test_africa_was_frozen_twice_and_both_still_hold(runtime: Runtime) -> None:
    with runtime.ask(DEMO) as view:
        taken = snapshots(view.plan, "africa")
        assert [one["taken_at"][:10] for one in taken] == ["2024-01-31", "2024-09-30"]
        assert [verify_snapshot(view.tx, DEMO, "africa", number) for number in (1, 2)] == [(True, "")] * 2


def test_the_reviews_were_held_on_their_published_days(runtime: Runtime) -> None:
    with runtime.ask(DEMO) as view:
        held = {one.id: (one.status, one.current.starts_on) for one in view.plan.all("review", Review)}
    assert held == {
        "unece": ("held", "2024-03-11"),
        "arab-states": ("held", "2024-07-03"),
        "africa": ("held", "2024-10-09"),
        "asia-pacific": ("held", "2025-02-04"),
        "lac": ("held", "2025-03-18"),
    }


def states_in(tx: Transaction) -> list[dict[str, tuple[int, int, str]]]:
    end = end_of(tx, DEMO)
    folded = plan_from_log(tx, DEMO, end.position)
    return [fingerprint(folded), fingerprint(plan_at(tx, DEMO, end.generation, end.position))]  # type: ignore[list-item]


def test_the_fold_of_the_log_is_what_the_rows_say(runtime: Runtime) -> None:
    with runtime.database.read() as tx:
        folded, held = states_in(tx)
    assert folded == held
    with runtime.ask(DEMO) as view:
        assert fingerprint(view.plan) == held
        assert (
            view_of(view.plan, view.plan.standings["activity/10.1"], view.question.day)["status"]
            == "completed"
        )


def test_every_speaker_is_within_the_period_and_no_entry_comes_from_the_future(runtime: Runtime) -> None:
    recorded = [entry["recorded_at"] for entry in told(runtime)]
    assert recorded == sorted(recorded)
    assert recorded[0].startswith("2022-12-15")
    assert recorded[-1].startswith("2025-03")


def test_a_simulated_clock_cannot_write_to_a_real_workplan(sqlite_url: str, tmp_path: Path) -> None:
    made = opened(sqlite_url, tmp_path)
    made.adopt("harbour", founding("harbour"))
    dreamt = Runtime(made.settings, made.database, SimulatedClock(datetime(2031, 1, 1, tzinfo=UTC)))
    moment = {
        "type": "MomentNamed",
        "subject": "workplan",
        "data": {"slug": "a", "title": "A", "at": "2025-01-01"},
    }
    with pytest.raises(
        RuleError, match="harbour is not simulated: its entries are dated by the real clock only"
    ):
        dreamt.submit("harbour", moment, system("system:cli"), "cli")
    with pytest.raises(RuleError, match="dream is not simulated"):
        dreamt.adopt("dream", founding("dream"))
    assert dreamt.adopt("dream", founding("dream"), simulated=True).count == 1, "control: a simulated one may"
    assert made.submit("harbour", moment, system("system:cli"), "cli").count == 1, (
        "control: the real clock may"
    )
    made.close()


def test_a_real_workplan_called_demo_is_left_alone(sqlite_url: str, tmp_path: Path) -> None:
    made = opened(sqlite_url, tmp_path)
    made.adopt(DEMO, founding(DEMO))
    with pytest.raises(RuleError, match="the workplan demo is there and is not simulated"):
        build_demo(made)
    with made.ask(DEMO) as view:
        assert view.end.position == 1
        assert not (view.plan.get("workplan", Workplan) or view.workplan).simulated
    made.close()


def founding(workplan: str) -> list[dict[str, Any]]:
    from tracker.workplan.document import Document  # noqa: PLC0415 - only to be short

    period = {"from": "2025-Q1", "to": "2025-Q4"}
    return requests_of(
        Document(workplan, "2025-01-02", {"en": "A plan"}, period, "Europe/Zurich", {"languages": ["en"]}, {})
    )


def test_the_shipped_plan_is_loaded_beside_a_demonstration_that_came_first(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with copied(request, "sqlite", built, tmp_path) as copy:
        runtime = opened(copy.url, tmp_path)
        assert load_shipped(runtime) == 354
        assert load_shipped(runtime) == 0, "once"
        assert sorted(runtime.workplan_ids()) == ["demo", "unnm-2022-2024"]
        runtime.close()
