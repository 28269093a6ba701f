"""Many writers at once: no lost update, no gap, one winner under one version, one effect under one key."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from tests.databases import CLI, FOUNDED, NOW, Hands, W, contents, founded, opened, positions, post, versions
from tests.stories import report, status
from tracker import database as database_module
from tracker.database import Transaction
from tracker.directory import people
from tracker.directory.principals import Principal
from tracker.errors import ConflictError, DeniedError, RuleError, UnavailableError
from tracker.events.append import Appended, Decision, Head
from tracker.events.event import Said
from tracker.events.reading import end_of, read_log
from tracker.projections.soundness import check_log, check_logs
from tracker.runtime import Runtime


@pytest.fixture
def runtime(database_url):
    with founded(database_url) as made:
        yield made


@pytest.fixture
def postgres(postgresql_url):
    with founded(postgresql_url) as made:
        yield made


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run ``work(0)`` to ``work(count - 1)`` in threads that start together; an exception counts as its result."""
    barrier = threading.Barrier(count)

    def one(number: int) -> Any:
        barrier.wait()
        try:
            return work(number)
        except Exception as error:  # noqa: BLE001 - looked at by the test
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_threads_that_append_to_one_workplan_lose_nothing(runtime):
    def write(number: int) -> list[Appended]:
        return [
            post(runtime, report("3.1", note=f"{number}-{turn}"), key=f"{number}-{turn}") for turn in range(8)
        ]

    done = [one for made in at_once(6, write) for one in made]
    assert sorted(one.first_position for one in done) == list(range(FOUNDED + 1, FOUNDED + 49))
    assert positions(runtime) == list(range(1, FOUNDED + 49))
    assert versions(runtime, "activity/3.1") == list(range(1, 50))
    with runtime.database.read() as tx:
        check_log(tx, W)


def test_threads_that_append_to_several_workplans_lose_nothing(database_url):
    ids = [f"w{number}" for number in range(4)]
    with founded(database_url, None, *ids) as runtime:
        at_once(
            8,
            lambda number: [
                post(runtime, report("3.1", no_change=True), workplan=ids[number % 4]) for _ in range(6)
            ],
        )
        for workplan in ids:
            assert positions(runtime, workplan) == list(range(1, FOUNDED + 13))
        with runtime.database.read() as tx:
            check_logs(tx)


def test_of_racing_writers_with_one_expected_version_exactly_one_wins(runtime):
    def write(number: int) -> Appended:
        return post(runtime, report("3.1", note=str(number), expected_version=1))

    results = at_once(8, write)
    assert [type(one) for one in results].count(Appended) == 1
    assert [type(one) for one in results].count(ConflictError) == 7
    assert versions(runtime, "activity/3.1") == [1, 2]


def test_writers_with_one_key_have_one_effect_and_one_answer(runtime):
    results = at_once(8, lambda _: post(runtime, report("3.1", no_change=True), key="k"))
    assert {one.first_position for one in results} == {FOUNDED + 1}
    assert [one.is_repeat for one in results].count(False) == 1
    assert positions(runtime) == list(range(1, FOUNDED + 2))


def test_of_writers_with_one_key_and_different_bodies_one_wins_and_the_others_are_told(runtime):
    results = at_once(6, lambda number: post(runtime, report("3.1", note=str(number)), key="k"))
    assert [type(one) for one in results].count(Appended) == 1
    assert [type(one) for one in results].count(RuleError) == 5
    assert len(positions(runtime)) == FOUNDED + 1


def test_readers_see_whole_appends_while_writers_write(runtime):
    stop = threading.Event()

    def work(number: int) -> Any:
        if number:
            for turn in range(10):
                post(runtime, report("3.1", note=f"{turn}"), report("3.2", note=f"{turn}"))
            stop.set()
            return None
        seen = []
        while not stop.is_set():
            with runtime.ask(W) as view:
                first, second = (view.plan.standing(f"activity/3.{one}") for one in (1, 2))
                logged = sum(1 for _ in read_log(view.tx, W))
                seen.append((first.version, second.version, logged == view.question.position))
        return seen

    seen = at_once(2, work)[0]
    assert seen
    assert all(one == other and whole for one, other, whole in seen)


def test_a_snapshot_stays_as_it_was_while_others_write(runtime):
    with runtime.ask(W) as view:
        before = [one.position for one in read_log(view.tx, W)]
        post(runtime, report("3.1", no_change=True))
        assert [one.position for one in read_log(view.tx, W)] == before
        assert end_of(view.tx, W).position == FOUNDED


# ------------------------------------------------------------------------------------------------------ engines


def test_on_postgresql_the_loser_of_a_race_decides_again_with_the_row_locked(postgres):
    calls: list[bool] = []

    def alongside(tx: Transaction, _decision: Decision) -> None:
        calls.append(is_locked(postgres))
        if len(calls) == 1:
            post(postgres, report("3.1", note="faster"))

    done = postgres.submit(W, report("3.1", note="slower"), CLI, "cli", alongside=alongside)
    assert (done.first_position, calls) == (FOUNDED + 2, [False, True])
    assert versions(postgres, "activity/3.1") == [1, 2, 3]


def is_locked(runtime: Runtime) -> bool:
    address = runtime.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        try:
            connection.execute("SELECT 1 FROM workplan_heads WHERE workplan = 'w' FOR UPDATE NOWAIT")
        except psycopg.errors.LockNotAvailable:
            return True
    return False


def test_on_postgresql_the_loser_with_an_expected_version_is_told(postgres):
    def alongside(_tx: Transaction, _decision: Decision) -> None:
        post(postgres, report("3.1", note="faster"))

    with pytest.raises(ConflictError, match="is at version 2, you expected 1"):
        postgres.submit(W, report("3.1", note="slower", expected_version=1), CLI, "cli", alongside=alongside)
    assert versions(postgres, "activity/3.1") == [1, 2]


def test_on_postgresql_a_refusal_of_what_is_no_longer_so_is_thought_over(postgres):
    decided = []

    def decide(_tx: Transaction, head: Head) -> Decision:
        decided.append(head.position)
        if len(decided) == 1:
            post(postgres, report("3.1", no_change=True))
            raise RuleError("not as things stand", way_out="wait")
        return Decision()

    postgres.log.append(W, Said("system:cli", "cli"), decide)
    assert decided == [FOUNDED, FOUNDED + 1]


def test_on_postgresql_whoever_loses_the_right_meanwhile_is_denied(postgres):
    secretary = somebody(postgres)

    def alongside(_tx: Transaction, _decision: Decision) -> None:
        if not revoked:
            revoked.append(1)
            with postgres.directory(W) as tx:
                tx.run("DELETE FROM grants WHERE person = ?", secretary.actor)

    revoked: list[int] = []
    before = contents(postgres.database)
    with pytest.raises(DeniedError):
        postgres.submit(W, status("3.1", "in_progress"), secretary, "web", alongside=alongside)
    assert contents(postgres.database)["events"] == before["events"]


def test_a_right_that_was_lost_before_is_lost(runtime):
    secretary = somebody(runtime)
    assert post(runtime, status("3.1", "in_progress"), principal=secretary).count == 1
    with runtime.directory(W) as tx:
        tx.run("UPDATE people SET suspended_at = 'now' WHERE person = ?", secretary.actor)
    with pytest.raises(DeniedError):
        post(runtime, status("3.1", "on_hold", reason="x"), principal=secretary)


def somebody(runtime: Runtime) -> Principal:
    with runtime.directory(W) as tx:
        person = people.add_person(tx, NOW, "Ana", "ana@example.org", "es")
        people.grant(tx, NOW, person, W, "secretariat")
    with runtime.database.read() as tx:
        return people.principal_of(tx, person, W)


def test_control_on_sqlite_a_writer_that_begins_deferred_decides_on_what_is_no_longer_so(
    sqlite_url, monkeypatch
):
    """What ``BEGIN IMMEDIATE`` is for: with a plain ``BEGIN`` a faster writer gets in between, the slower fails."""
    with founded(sqlite_url, Hands()) as runtime:
        deferred = opened(sqlite_url, Hands())

        @sa.event.listens_for(deferred.database.engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("BEGIN")

        def alongside(_tx: Transaction, _decision: Decision) -> None:
            post(runtime, report("3.1", note="faster"))

        with pytest.raises(UnavailableError, match="locked"):
            deferred.submit(W, report("3.1", note="slower"), CLI, "cli", alongside=alongside)
        deferred.close()
        assert versions(runtime, "activity/3.1") == [1, 2]


def test_on_sqlite_the_second_writer_waits_for_the_first(sqlite_url, monkeypatch):
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.2)
    with founded(sqlite_url) as runtime:
        other = opened(sqlite_url)

        def alongside(_tx: Transaction, _decision: Decision) -> None:
            with pytest.raises(UnavailableError, match="locked"):
                post(other, report("3.1", note="second"))

        runtime.submit(W, report("3.1", note="first"), CLI, "cli", alongside=alongside)
        assert post(other, report("3.1", note="second")).first_position == FOUNDED + 2
        other.close()


def test_a_failing_listener_does_not_turn_a_committed_append_into_a_failure(runtime):
    from tracker.runtime import appended  # noqa: PLC0415

    heard = []

    def fail(_sender: Runtime, appended: Appended) -> None:
        heard.append(appended.first_position)
        raise RuntimeError

    with appended.connected_to(fail, sender=runtime):
        assert post(runtime, report("3.1", no_change=True)).count == 1
        assert post(runtime, status("3.1", "not_started")).count == 0
    assert heard == [FOUNDED + 1]
