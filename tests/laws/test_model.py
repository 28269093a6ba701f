"""Random lives of a log on each engine, step by step against a naive one; and sabotages that it finds."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests import postgres
from tests.laws import machine
from tests.laws.machine import live
from tests.laws.world import World, free
from tracker import runtime as running
from tracker.backup import back_up, restore
from tracker.database import Transaction
from tracker.events import append
from tracker.events.append import Decision, Head, Log
from tracker.events.catalogue import EntryRetracted, TextRedacted
from tracker.events.intake import read_wishes
from tracker.projections.standings import project
from tracker.proof import import_log
from tracker.proof.checking import check_in
from tracker.runtime import Runtime
from tracker.settings import Settings

LIVES = {"sqlite": 350, "postgresql": 150}
"""With all laws looked at in the end. More and longer ones: script/torture lives."""


@contextlib.contextmanager
def world_of(url: str, folder: Path) -> Iterator[World]:
    world = World(url, folder / "data")
    try:
        yield world
    finally:
        world.close()


@pytest.mark.timeout(600)
def test_no_life_of_a_log_breaks_a_law(database_url: str, tmp_path: Path) -> None:
    wanted = LIVES[database_url.partition(":")[0]]
    with world_of(database_url, tmp_path) as world:
        done = world.done
        while done["examined"] < wanted:
            live(world, 50, chance=done["examined"])
    few = {what: done[what] for what in machine.STEPS if done[what] < wanted / 20}
    assert not few, f"lives in which hardly anything happens prove little: {few} of {done}"


def test_logs_go_on_in_a_database_made_from_a_copy(
    request: pytest.FixtureRequest, blank_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = blank_database_url.partition(":")[0]
    if engine == "postgresql":
        monkeypatch.setenv("PATH", f"{postgres.program_folder()}{os.pathsep}{os.environ['PATH']}")
    with world_of(request.getfixturevalue(f"{engine}_url"), tmp_path) as world:
        live(world, 6, 1)
        back_up(world.runtime.database, tmp_path / "copy")
        there = {"TRACKER_DATABASE_URL": blank_database_url, "TRACKER_DATA_DIR": str(world.folder)}
        restore(Settings.from_env(there), tmp_path / "copy")
        world.url, told = blank_database_url, list(world.logs)
        world.reopen()
        with world.runtime.database.read() as tx:
            for log in told:
                log.check(tx)
        live(world, 6, 2)
        assert [log.workplan for log in world.logs[: len(told)]] == [log.workplan for log in told]


# ---------------------------------------------------------------------------------------------------- controls

Sabotage = Callable[[pytest.MonkeyPatch], None]


def a_key_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    def forget(tx: Transaction, workplan: str, said: Any, _body: Any) -> None:
        tx.run("DELETE FROM idempotency_keys WHERE workplan = ? AND key = ?", workplan, said.key)

    patch.setattr(append, "_earlier", forget)


def a_key_serves_any_body(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(append, "_body_hash", lambda _salt, _body: "the same")


def an_append_is_lost_on_reopening(patch: pytest.MonkeyPatch) -> None:
    true = World.reopen

    def reopen(world: World) -> None:
        with world.runtime.database.write() as tx:
            free(tx)
            workplan = world.logs[-1].workplan
            last = "(SELECT max(position) FROM events WHERE workplan = ?)"
            tx.run(f"DELETE FROM events WHERE workplan = ? AND position = {last}", workplan, workplan)
        true(world)

    patch.setattr(World, "reopen", reopen)


def a_redaction_changes_the_entry(patch: pytest.MonkeyPatch) -> None:
    true = running._redact

    def redact(tx: Transaction, head: Head, decision: Decision) -> None:
        true(tx, head, decision)
        for event in decision.events:
            if isinstance(event.data, TextRedacted):
                free(tx)
                at = (head.workplan, event.data.position)
                row = tx.one("SELECT stored FROM events WHERE workplan = ? AND position = ?", *at)
                gone = bytes(row[0]).replace(b"sha256", b"SHA256") if row else b""
                tx.run("UPDATE events SET stored = ? WHERE workplan = ? AND position = ?", gone, *at)

    patch.setattr(running, "_redact", redact)


def a_redaction_leaves_the_text(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(running, "remove_text", lambda *_: 0)


def a_text_sealed_while_deciding_is_lost(patch: pytest.MonkeyPatch) -> None:
    true = Log.append
    patch.setattr(Log, "append", lambda *a, texts=None, **more: true(*a, texts=dict(texts or {}), **more))


def a_batch_is_taken_one_by_one(patch: pytest.MonkeyPatch) -> None:
    true = Runtime.submit

    def submit(self: Runtime, workplan: str, body: Any, *more: Any) -> Any:
        for one in body[:-1]:
            true(self, workplan, [one], *more[:2])
        return true(self, workplan, body[-1:], *more)

    patch.setattr(Runtime, "submit", submit)


def an_expected_version_is_passed_over(patch: pytest.MonkeyPatch) -> None:
    def read(*said: Any) -> Any:
        wishes, is_list = read_wishes(*said)
        return [replace(one, expected_version=None) for one in wishes], is_list

    patch.setattr("tracker.runtime.read_wishes", read)


def a_standing_is_not_written(patch: pytest.MonkeyPatch) -> None:
    def unless_retracted(tx: Transaction, head: Head, decision: Decision) -> None:
        if not any(isinstance(event.data, EntryRetracted) for event in decision.events):
            project(tx, head, decision)

    patch.setattr("tracker.runtime.project", unless_retracted)


def an_import_leaves_the_texts_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(import_log, "_write_texts", lambda *_: 0)


def a_check_finds_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("tests.laws.machine.check_in", lambda *said: replace(check_in(*said), findings=()))


def a_check_names_the_entry_after(patch: pytest.MonkeyPatch) -> None:
    def check(*said: Any) -> Any:
        found = check_in(*said)
        off = tuple(replace(one, position=(one.position or 0) + 1) for one in found.findings)
        return replace(found, findings=off)

    patch.setattr("tests.laws.machine.check_in", check)


SABOTAGES: dict[Sabotage, str] = {
    a_key_is_forgotten: "the same request again",
    a_key_serves_any_body: "a key was taken for another body",
    an_append_is_lost_on_reopening: "an acknowledged entry is lost",
    a_redaction_changes_the_entry: "a stored entry changed",
    a_redaction_leaves_the_text: "there after its redaction",
    a_text_sealed_while_deciding_is_lost: "a text is missing",
    a_batch_is_taken_one_by_one: "nobody was told of|another place than the next",
    an_expected_version_is_passed_over: "3 of 3 won",
    a_standing_is_not_written: "append-only|did not stand so|as of",
    an_import_leaves_the_texts_out: "a text is missing",
    a_check_finds_nothing: "was altered, and nothing is found",
    a_check_names_the_entry_after: "was altered, and .* is named",
}


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda one: one.__name__)
def test_control_it_is_found_that(
    sabotage: Sabotage, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage(monkeypatch)
    with world_of(sqlite_url, tmp_path) as world, pytest.raises(Exception, match=SABOTAGES[sabotage]):
        live(world, 400, 1, is_short=True)
