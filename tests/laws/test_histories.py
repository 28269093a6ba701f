"""200 random histories on each engine: live = rebuilt = as of now, as of p = fold of p events, (R, D) = brute force."""

from __future__ import annotations

import os

import pytest

from tests.laws import comparisons
from tests.laws.comparisons import compare
from tests.laws.histories import History, hasty
from tracker.events.catalogue import WorkplanAdopted
from tracker.projections import causes, past, standings
from tracker.projections.causes import Causes
from tracker.workplan import docket, folding

HISTORIES = int(os.environ.get("LAW_HISTORIES", "200"))
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


def is_caught(url: str, histories: int = 12) -> bool:
    """Return whether the laws find something wrong."""
    with hasty(url) as runtime:
        for seed in range(1, histories):
            try:
                history = History(runtime, seed)
                history.live()
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

    for module in (folding, docket, past):
        monkeypatch.setattr(module, "living", living)
    assert is_caught(sqlite_url)


def test_control_ignored_corrections_are_caught(sqlite_url, monkeypatch):
    monkeypatch.setattr(folding, "_corrected", lambda target, _correction: target)
    assert is_caught(sqlite_url)


@pytest.mark.parametrize(
    "module, name, right, wrong",
    [
        (past, "_TOUCHED", "placed_on <= ?", "placed_on < ?"),
        (past, "_TOUCHED", "amends IS NOT NULL OR ", ""),
        (standings, "_AT", "position <= ?", "position < ?"),
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


def test_control_nothing_is_caught_where_nothing_is_wrong(sqlite_url):
    assert not is_caught(sqlite_url, 4)
