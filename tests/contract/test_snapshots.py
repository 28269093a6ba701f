"""Frozen readiness: filled in by the system, the same bytes for ever, and found out where a row was changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.copies import copied_url
from tracker.directory.principals import system
from tracker.errors import NotFoundError, RuleError
from tracker.events import tree
from tracker.events.reading import end_of, node_reader, read_event
from tracker.plans.reader import SHIPPED, read_file
from tracker.projections.readiness import readiness, readiness_words
from tracker.projections.rebuilding import rebuild
from tracker.projections.snapshots import (
    corrections_since,
    frozen_bytes,
    plan_from_log,
    snapshot,
    snapshots,
    verified,
    verify_snapshot,
)
from tracker.projections.standings import fingerprint, plan_at
from tracker.runtime import Runtime, build_runtime
from tracker.settings import Settings
from tracker.workplan.document import requests_of

W, CLI = "plan", system("system:cli")
SECRET = "The host asks for ten more interpreters"


class MovedClock:
    """A clock that a test moves on."""

    now = datetime(2024, 1, 31, 22, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@cache
def shipped() -> list[dict[str, Any]]:
    return requests_of(read_file(SHIPPED))


def opened(url: str, folder: Path, clock: MovedClock) -> Runtime:
    settings = Settings.from_env({"TRACKER_DATABASE_URL": url, "TRACKER_DATA_DIR": str(folder)})
    return build_runtime(settings, clock)


def with_plan(url: str, folder: Path) -> None:
    made = opened(url, folder, MovedClock())
    made.adopt(W, shipped())
    made.close()


database_url = copied_url(with_plan)


@pytest.fixture
def runtime(database_url: str, tmp_path: Path, clock: MovedClock) -> Iterator[Runtime]:
    made = opened(database_url, tmp_path, clock)
    yield made
    made.close()


def enter(runtime: Runtime, *said: dict[str, Any]) -> int:
    return runtime.submit(W, list(said), CLI, "cli").first_position


def fact(type_: str, subject: str, **data: Any) -> dict[str, Any]:
    return {"type": type_, "subject": subject, "data": data}


def freeze(runtime: Runtime, region: str = "africa", **more: Any) -> Any:
    wish = fact("ReadinessSnapshotTaken", f"review/{region}", signed_off_by="p1")
    position = enter(runtime, wish | {"data": wish["data"] | more})
    with runtime.database.read() as tx:
        return read_event(tx, W, position).data


def furnish(runtime: Runtime) -> None:
    """Give Africa something for most lines."""
    finding = {"line": "agenda", "status": "partly", "finding": SECRET, "source": "A letter"}
    enter(
        runtime,
        fact("ActivityTagged", "activity/3.4", tags={"regions": ["africa"], "objectives": ["15"]}),
        fact("ProgressReported", "activity/3.4", assessment="on_track", needs=SECRET) | {"entity": "oms"},
        fact("VoluntaryReportExpected", "review/africa", country="KE"),
        fact("ReadinessFindingRecorded", "review/africa", **finding),
    )


def test_the_system_fills_in_what_it_freezes(runtime: Runtime) -> None:
    with runtime.database.read() as tx:
        before = end_of(tx, W)
    taken = freeze(runtime)
    with runtime.database.read() as tx:
        made = frozen_bytes(tx, W, "africa", 1)
        assert tree.root_at(before.position, node_reader(tx, W)) == before.root
    assert (taken.number, taken.at_position, taken.size) == (1, before.position, before.position)
    assert (taken.root, taken.rules) == (before.root.hex(), "2026-1")
    assert taken.sha256 == hashlib.sha256(made).hexdigest()
    assert freeze(runtime).number == 2
    assert freeze(runtime, "lac").number == 1


@pytest.mark.parametrize(
    "field, value", [("number", 7), ("at_position", 3), ("sha256", "0" * 64), ("rules", "2020-1")]
)
def test_a_wish_that_says_what_the_system_fills_in_is_refused(
    runtime: Runtime, field: str, value: Any
) -> None:
    with pytest.raises(RuleError, match=f"`{field}` of a snapshot is filled in by the system") as caught:
        freeze(runtime, **{field: value})
    assert (caught.value.field, caught.value.value) == (f"/data/{field}", value)
    assert freeze(runtime, number=1).number == 1, "the right number does no harm"


def test_a_snapshot_is_neither_dated_back_nor_taken_twice_in_one_request(runtime: Runtime) -> None:
    wish = fact("ReadinessSnapshotTaken", "review/africa", signed_off_by="p1")
    with pytest.raises(RuleError, match="cannot be dated 2023-12-31"):
        enter(runtime, wish | {"occurred_on": "2023-12-31"})
    with pytest.raises(RuleError, match="review/africa is frozen once in a request"):
        enter(runtime, wish, wish)
    with runtime.ask(W) as view:
        assert snapshots(view.plan, "africa") == []


def test_freezing_a_region_without_data_is_allowed_and_says_so(runtime: Runtime) -> None:
    freeze(runtime)
    with runtime.ask(W) as view:
        assert "Nothing is linked to this region yet." in readiness_words(readiness(view, "africa"))
        assert snapshot(view.tx, W, "AFRICA", 1)["picture"]["has_data"] is False
        assert [one["number"] for one in snapshots(view.plan, "Afrique")] == [1]


def test_the_bytes_stay_whatever_is_entered_later(runtime: Runtime, clock: MovedClock) -> None:
    furnish(runtime)
    taken = freeze(runtime)
    with runtime.database.read() as tx:
        before = frozen_bytes(tx, W, "africa", 1)
    clock.now += timedelta(days=400)
    late = fact("ProgressReported", "activity/3.4", quarter="2023-Q4", no_change=True) | {"entity": "oms"}
    enter(
        runtime,
        late | {"occurred_on": "2023-12-20"},
        fact("VoluntaryReportReceived", "review/africa", country="KE"),
    )
    enter(runtime, fact("EntryRetracted", "activity/3.4", position=taken.at_position - 2))
    enter(
        runtime,
        fact(
            "TextRedacted", "review/africa", position=taken.at_position, field="/data/finding", authority="x"
        ),
    )
    with runtime.database.read() as tx:
        assert frozen_bytes(tx, W, "africa", 1) == before
        assert verify_snapshot(tx, W, "africa", 1) == (True, "")
    rebuild(runtime.database, W)
    with runtime.database.read() as tx:
        assert frozen_bytes(tx, W, "africa", 1) == before
        held = plan_at(tx, W, end_of(tx, W).generation, taken.at_position)
        assert fingerprint(plan_from_log(tx, W, taken.at_position)) == fingerprint(held)


def test_a_snapshot_is_seen_on_the_day_of_its_position_in_the_plans_zone(
    runtime: Runtime, clock: MovedClock
) -> None:
    """22:30 in UTC is the same day in Zurich, 23:30 is the next one."""
    freeze(runtime)
    clock.now += timedelta(hours=1)
    enter(runtime, fact("VoluntaryReportExpected", "review/africa", country="KE"))
    clock.now += timedelta(days=30)
    freeze(runtime)
    with runtime.database.read() as tx:
        days = [orjson.loads(frozen_bytes(tx, W, "africa", number))["day"] for number in (1, 2)]
    assert days == ["2024-01-31", "2024-02-01"]


def test_the_bytes_hold_hashes_of_texts_and_no_texts(runtime: Runtime) -> None:
    furnish(runtime)
    freeze(runtime)
    with runtime.database.read() as tx:
        made = frozen_bytes(tx, W, "africa", 1)
    assert SECRET.encode() not in made
    picture = orjson.loads(made)
    needs = next(one for one in picture["lines"] if one["line"] == "gaps-and-needs")["evidence"][0]["needs"]
    assert set(needs) == {"sha256"}


def test_what_was_amended_since_is_listed_beside_the_snapshot(runtime: Runtime) -> None:
    unused = enter(runtime, fact("VoluntaryReportExpected", "review/lac", country="CL"))
    furnish(runtime)
    taken = freeze(runtime)
    used = taken.at_position - 2
    with runtime.database.read() as tx:
        assert corrections_since(tx, W, "africa", 1) == []
    at = enter(runtime, fact("EntryCorrected", "activity/3.4", position=used, occurred_on="2024-01-05"))
    enter(runtime, fact("EntryRetracted", "review/lac", position=unused))
    with runtime.database.read() as tx:
        found = corrections_since(tx, W, "africa", 1)
    assert [(one["position"], one["amends"], one["type"], one["subject"]) for one in found] == [
        (at, used, "EntryCorrected", "activity/3.4")
    ]


def test_control_a_changed_row_is_found_with_its_line(runtime: Runtime) -> None:
    furnish(runtime)
    freeze(runtime)
    with runtime.database.write() as tx:
        sql = 'UPDATE plan_states SET state = replace(state, \'"regions":["africa"]\', \'"regions":["lac"]\')'
        assert tx.run(f"{sql} WHERE subject = 'activity/3.4'")
    with runtime.database.read() as tx:
        found = verified(tx, W, "africa", 1)
        is_good, why = verify_snapshot(tx, W, "africa", 1)
    assert not found.is_good
    assert not is_good
    where = {one.where: one.why for one in found.differences}
    assert "its state row is not what the log says" in where["activity/3.4"]
    assert where["activities"] == "is `unknown` by the state rows and `met` by the log"
    assert "objectives" in where
    assert "activities: is `unknown`" in why


def test_control_rules_that_changed_are_told_from_rows_that_changed(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tracker.projections import readiness_lines  # noqa: PLC0415 - to spoil it

    furnish(runtime)
    freeze(runtime)
    monkeypatch.setitem(readiness_lines.LINES_2026_1, "agenda", readiness_lines.talks)
    with runtime.database.read() as tx:
        is_good, why = verify_snapshot(tx, W, "africa", 1)
    assert not is_good
    assert why.startswith("log: the log itself, folded again, gives other bytes")


def test_a_snapshot_that_does_not_exist_is_refused_with_those_that_do(runtime: Runtime) -> None:
    freeze(runtime)
    with (
        runtime.database.read() as tx,
        pytest.raises(NotFoundError, match="africa has no snapshot 4") as caught,
    ):
        verify_snapshot(tx, W, "africa", 4)
    assert "Its snapshots are: 1." in str(caught.value.way_out)


def test_live_readiness_answers_at_a_past_moment_too(runtime: Runtime, clock: MovedClock) -> None:
    with runtime.ask(W) as view:
        early = view.question.position
    clock.now += timedelta(days=1)
    furnish(runtime)
    with runtime.ask(W, f"position:{early}") as view:
        then = readiness(view, "africa")
    with runtime.ask(W) as view:
        now = readiness(view, "africa")
    assert (then["has_data"], now["has_data"]) == (False, True)
    assert (then["position"], then["day"], now["day"]) == (early, "2024-01-31", "2024-02-01")
    assert now["lines"][0]["label"]["fr"] == "Date et hôte"
