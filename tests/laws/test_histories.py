"""200 random histories on each engine: live = rebuilt = as of now, as of p = fold of p events, (R, D) = brute force."""

from __future__ import annotations

import os

import pytest

from tests.laws import comparisons
from tests.laws.comparisons import compare
from tests.laws.histories import History, hasty
from tracker.errors import LogError
from tracker.events.catalogue import WorkplanAdopted
from tracker.projections import causes, changes, checkpoints, past, refolding
from tracker.projections.causes import Causes
from tracker.projections.rebuilding import rebuild
from tracker.projections.soundness import check_log
from tracker.workplan import docket, folding

HISTORIES = int(os.environ.get("LAW_HISTORIES", "200"))
CHECKPOINTS = 8
"""Positions between checkpoints in these histories of some 60 entries."""
FIRST = int(os.environ.get("LAW_FIRST", "1"))
PARTS = 8
"""So that they spread over the workers of a run."""


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.timeout(60 + HISTORIES)
def test_every_answer_about_a_random_history_is_that_of_brute_force(part, database_url):
    taken = refused = 0
    with hasty(database_url) as runtime:
        for seed in range(FIRST + part, FIRST + HISTORIES, PARTS):
            history = History(runtime, seed)
            history.live()
            history.check()
            if seed % 2:
                compare(history, 1)
            taken, refused = taken + history.taken, refused + history.refused
    assert min(taken, refused) > HISTORIES / PARTS * 10, "histories of one kind of wish prove little"


# ---------------------------------------------------------------------------------------------------- controls


@pytest.fixture(autouse=True)
def many_checkpoints(monkeypatch):
    monkeypatch.setattr(checkpoints, "EVERY", CHECKPOINTS)


def is_caught(url: str, histories: int = 12, *harm: str) -> bool:
    """Return whether the laws find something wrong, after each history was harmed by statements."""
    with hasty(url) as runtime:
        for seed in range(1, histories):
            try:
                history = History(runtime, seed)
                history.live()
                with runtime.database.write() as tx:
                    for statement in harm:
                        assert tx.run(statement.replace(":workplan", f"'{history.workplan}'"))
                history.check()
                compare(history, 4)
            except AssertionError:
                return True
    return False


def test_control_an_order_by_recording_is_caught(sqlite_url, monkeypatch):
    by_recording = property(lambda entry: (not entry.is_founding, "", entry.event.position))
    monkeypatch.setattr(folding.Entry, "order", by_recording)
    assert is_caught(sqlite_url)


def test_control_ignored_retractions_are_caught(sqlite_url, monkeypatch):
    true = folding.living

    def living(events, zone):
        return true([one for one in events if one.type != "EntryRetracted"], zone)

    for module in (folding, docket, refolding):
        monkeypatch.setattr(module, "living", living)
    assert is_caught(sqlite_url)


def test_control_ignored_corrections_are_caught(sqlite_url, monkeypatch):
    monkeypatch.setattr(folding, "_corrected", lambda target, _correction: target)
    assert is_caught(sqlite_url)


def test_control_amendments_that_a_row_is_not_clear_of_are_caught(sqlite_url, monkeypatch):
    monkeypatch.setattr(refolding, "_targets", lambda _events: [])
    assert is_caught(sqlite_url)


def test_control_entries_that_a_row_is_not_clear_of_are_caught(sqlite_url, monkeypatch):
    sql = refolding._ROW.replace("latest <= ?", "latest <> ?").replace("version, latest", "version, ''")
    monkeypatch.setattr(refolding, "_ROW", sql)
    assert is_caught(sqlite_url)


@pytest.mark.parametrize(
    "module, name, right, wrong",
    [
        (past, "_NEWS", "s.reaches <= ?", "s.reaches < ?"),
        (checkpoints, "_SINCE", "position <= ?", "position < ?"),
        (checkpoints, "_SINCE", "position > ?", "position > 1 + ?"),
    ],
)
def test_control_an_answer_off_by_one_is_caught(module, name, right, wrong, sqlite_url, monkeypatch):
    sql = getattr(module, name)
    assert right in sql
    monkeypatch.setattr(module, name, sql.replace(right, wrong))
    assert is_caught(sqlite_url)


def test_control_naming_whatever_was_recorded_in_between_is_caught(sqlite_url, monkeypatch):
    def between(events, zone, first, second):
        low, high = sorted((first.position, second.position))
        return Causes(tuple(one.position for one in events if low < one.position <= high), {})

    monkeypatch.setattr(comparisons, "causes", between)
    assert is_caught(sqlite_url)


@pytest.mark.parametrize("name", ["EntryCorrected", "EntryRetracted"])
def test_control_an_amendment_that_is_not_named_is_caught(name, sqlite_url, monkeypatch):
    monkeypatch.setattr(causes, name, WorkplanAdopted)
    assert is_caught(sqlite_url)


def test_control_activities_whose_views_are_alike_are_not_listed(sqlite_url, monkeypatch):
    monkeypatch.setattr(changes, "PLAIN", lambda _state: object())
    assert is_caught(sqlite_url)


OLDER = "(SELECT min(position) FROM plan_checkpoints WHERE workplan = :workplan)"
STALE = f"""UPDATE plan_checkpoints SET places = (SELECT places FROM plan_checkpoints
    WHERE workplan = :workplan AND position = {OLDER}) WHERE workplan = :workplan AND position > {OLDER}"""
FOREIGN = """INSERT INTO plan_checkpoints SELECT generation + 1, workplan, max(position) + 1, min(places)
    FROM plan_checkpoints WHERE workplan = :workplan GROUP BY generation, workplan"""


def test_control_a_stale_checkpoint_is_caught(sqlite_url):
    assert is_caught(sqlite_url, 12, STALE)


def test_a_stale_checkpoint_is_named_by_verifying_and_gone_after_a_rebuild(database_url):
    with hasty(database_url) as runtime:
        history = History(runtime, 1)
        history.live()
        with runtime.database.write() as tx:
            tx.run(STALE.replace(":workplan", f"'{history.workplan}'"))
        with runtime.database.read() as tx, pytest.raises(LogError, match="do not stand as the log says"):
            check_log(tx, history.workplan)
        assert rebuild(runtime.database, history.workplan).differing == ()
        history.check()


def test_missing_checkpoints_cost_time_and_nothing_else(sqlite_url):
    gone = "DELETE FROM plan_checkpoints WHERE workplan = :workplan"
    assert not is_caught(sqlite_url, 4, gone)


def test_a_checkpoint_of_another_generation_is_not_looked_at(sqlite_url):
    assert not is_caught(sqlite_url, 4, FOREIGN)


def test_control_a_checkpoint_of_another_generation_would_be_caught(sqlite_url, monkeypatch):
    wrong = checkpoints._NEWEST.replace("generation = ?", "generation >= ?")
    monkeypatch.setattr(checkpoints, "_NEWEST", wrong)
    assert is_caught(sqlite_url, 12, FOREIGN)


def test_control_nothing_is_caught_where_nothing_is_wrong(sqlite_url):
    assert not is_caught(sqlite_url, 4)
