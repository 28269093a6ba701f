"""The append on both engines: all or nothing, gapless, in order, once per key, and never changed afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.databases import (
    CLI,
    FOUNDED,
    Hands,
    W,
    adopt,
    contents,
    founded,
    positions,
    post,
    versions,
)
from tests.stories import activity, event, report, retract, status
from tracker import runtime as runtime_module
from tracker.database import Transaction
from tracker.errors import ConflictError, NotFoundError, RuleError
from tracker.events.dates import parse_instant
from tracker.events.reading import read_log, read_stored
from tracker.runtime import Runtime


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def runtime(database_url, clock):
    with founded(database_url, clock) as made:
        yield made


def recorded(runtime: Runtime) -> list[str]:
    with runtime.database.read() as tx:
        return [
            row[0] for row in tx.all("SELECT recorded_at FROM events WHERE workplan = ? ORDER BY position", W)
        ]


# ---------------------------------------------------------------------------------------------- all or nothing


def boom(*_: Any) -> None:
    raise RuntimeError("the lights went out")


def test_a_projection_that_fails_in_the_append_leaves_nothing(runtime, monkeypatch):
    before = contents(runtime.database)
    monkeypatch.setattr(runtime_module, "_redact", boom)
    with pytest.raises(RuntimeError, match="lights"):
        post(runtime, report("3.1", note="secret"), key="k")
    assert contents(runtime.database) == before
    monkeypatch.undo()
    assert post(runtime, report("3.1", note="secret"), key="k").first_position == FOUNDED + 1
    assert positions(runtime) == list(range(1, FOUNDED + 2))


class Cut:
    """Ends a transaction with an error after its n-th statement that writes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = -1
        for name in ("_run", "many"):
            monkeypatch.setattr(Transaction, name, self.wrapped(getattr(Transaction, name)))

    def wrapped(self, done: Any) -> Any:
        def run(tx: Transaction, sql: str, *values: Any) -> Any:
            result = done(tx, sql, *values)
            if not sql.startswith("SELECT"):
                self.left -= 1
                if self.left == 0:
                    boom()
            return result

        return run


def test_an_append_cut_short_after_any_statement_leaves_nothing(runtime, monkeypatch):
    before, cut = contents(runtime.database), Cut(monkeypatch)
    for count in range(1, 30):
        cut.left = count
        try:
            post(runtime, report("3.1", note="secret"), report("3.2", note="secret"), key="k")
        except RuntimeError:
            assert contents(runtime.database) == before
        else:
            break
    assert count >= 7, "head, events, tree, texts, states, current, key"
    assert positions(runtime) == list(range(1, FOUNDED + 3))


def test_control_an_append_without_a_transaction_leaves_half(sqlite_url, clock, monkeypatch):
    """What the test above would find: on a connection that commits every statement, half an append stays."""
    with founded(sqlite_url, clock) as runtime:
        before, cut = contents(runtime.database), Cut(monkeypatch)

        @sa.event.listens_for(runtime.database.engine, "begin")
        def _commit(connection: sa.Connection) -> None:
            connection.exec_driver_sql("COMMIT")

        cut.left = 3
        with pytest.raises(RuntimeError):
            post(runtime, report("3.1", note="secret"), key="k")
        assert contents(runtime.database) != before


def test_rows_alongside_stand_or_fall_with_the_append(runtime):
    def write(tx: Transaction, _decision: object) -> None:
        tx.run("INSERT INTO people (person, language, created_at) VALUES ('p1', 'es', 'now')")

    def people() -> list[Any]:
        with runtime.database.read() as tx:
            return list(tx.all("SELECT person FROM people"))

    with pytest.raises(RuleError):
        runtime.submit(W, report("3.1", assessment="at_risk"), CLI, "cli", alongside=write)
    assert people() == []
    runtime.submit(W, report("3.1", assessment="on_track"), CLI, "cli", alongside=write)
    assert people() == [("p1",)]
    before = contents(runtime.database)
    with pytest.raises(Exception, match=r"(?i)unique"):
        runtime.submit(W, report("3.1", assessment="on_track"), CLI, "cli", alongside=write)
    assert contents(runtime.database) == before


def test_a_batch_across_subjects_is_recorded_as_a_whole_or_not_at_all(runtime):
    before = contents(runtime.database)
    with pytest.raises(RuleError):
        post(runtime, report("3.1", assessment="on_track"), report("3.2", assessment="at_risk"))
    assert contents(runtime.database) == before
    made = post(runtime, report("3.1", assessment="on_track"), report("3.2", assessment="on_track"))
    assert (made.first_position, made.count) == (FOUNDED + 1, 2)
    with runtime.database.read() as tx:
        sent_together = {event.correlation_id for event in read_log(tx, W, FOUNDED)}
    assert len(sent_together) == 1
    assert None not in sent_together


def test_a_plan_that_cannot_be_adopted_leaves_no_workplan(runtime):
    with pytest.raises(RuleError):
        runtime.adopt("other", [_adoption(), activity("3.1")])
    assert runtime.workplan_ids() == [W]
    with pytest.raises(NotFoundError):
        post(runtime, report("3.1", no_change=True), workplan="other")


def test_a_workplan_is_adopted_once(runtime):
    before = contents(runtime.database)
    with pytest.raises(ConflictError, match="the id workplan is taken"):
        adopt(runtime)
    assert contents(runtime.database) == before


def _adoption() -> dict[str, Any]:
    data = {
        "title": {"es": "x"},
        "period": {"from": "2022-Q1", "to": "2024-Q4"},
        "zone": "UTC",
        "settings": {},
    }
    return event("WorkplanAdopted", "workplan", data)


# -------------------------------------------------------------------------------------------- order without gaps


def test_positions_and_versions_have_no_gaps_whatever_was_refused(runtime):
    for number in range(12):
        try:
            post(runtime, report(f"3.{number % 4}", assessment="on_track" if number % 3 else "at_risk"))
        except RuleError:
            continue
    assert positions(runtime) == list(range(1, len(positions(runtime)) + 1))
    assert versions(runtime, "activity/3.1") == list(range(1, len(versions(runtime, "activity/3.1")) + 1))


@pytest.mark.parametrize("back", [timedelta(0), timedelta(seconds=1), timedelta(days=400)])
def test_instants_of_recording_rise_even_when_the_clock_steps_back(back, runtime, clock):
    for _ in range(3):
        clock.now -= back
        post(runtime, report("3.1", no_change=True), report("3.2", no_change=True))
    instants = recorded(runtime)
    assert instants == sorted(set(instants))
    assert parse_instant(instants[-1]) - parse_instant(instants[FOUNDED]) == timedelta(microseconds=5)


def test_after_the_clock_stepped_back_today_is_the_day_of_the_last_entry(runtime, clock):
    clock.move(days=-30)
    made = post(runtime, status("3.1", "in_progress", occurred_on="2023-07-03"))
    assert made.count == 1


def test_the_events_of_one_request_follow_each_other_by_a_microsecond(runtime, clock):
    clock.move(hours=1)
    post(runtime, report("3.1", no_change=True), report("3.2", no_change=True), report("3.3", no_change=True))
    assert [one[-8:] for one in recorded(runtime)[-3:]] == [".000000Z", ".000001Z", ".000002Z"]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_without_a_clock_of_ours_the_machines_or_the_databases_counts(kind, request):
    before = datetime.now(UTC) - timedelta(seconds=2)
    with founded(request.getfixturevalue(f"{kind}_url")) as runtime:
        assert before < parse_instant(recorded(runtime)[0]) < datetime.now(UTC) + timedelta(seconds=2)


def test_what_was_read_of_the_log_never_changes(runtime):
    with runtime.database.read() as tx:
        before = [read_stored(tx, W, position) for position in positions(runtime)]
    post(runtime, retract("activity/4.1", 13))
    post(runtime, event("EntityRenamed", "entity/oim", {"names": {"es": "OIM"}}))
    with runtime.database.read() as tx:
        assert [read_stored(tx, W, position) for position in range(1, FOUNDED + 1)] == before


# ----------------------------------------------------------------------------------------------------- versions


def test_a_stale_version_is_a_conflict_and_leaves_nothing(runtime):
    post(runtime, status("3.1", "in_progress"))
    before = contents(runtime.database)
    for wish in (report("3.1", no_change=True), status("3.1", "in_progress")):
        with pytest.raises(ConflictError, match="is at version 2, you expected 1"):
            post(runtime, wish | {"expected_version": 1}, key="k")
    assert contents(runtime.database) == before


def test_a_wish_already_true_writes_no_event_under_a_version_that_holds(runtime):
    post(runtime, status("3.1", "in_progress"))
    made = post(runtime, status("3.1", "in_progress", expected_version=2))
    assert (made.count, made.last_position) == (0, FOUNDED + 1)
