"""Points of the simulated plan compared: what is listed and counted is what the views of all subjects say."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from tests.copies import copied
from tests.demonstration import built, opened
from tests.laws.comparisons import told, told_by_views
from tracker.demo import DEMO
from tracker.projections import changes
from tracker.runtime import Runtime

PAIRS = 24
FIRST, LAST = date(2023, 1, 15), date(2025, 3, 1)


@pytest.fixture(scope="module")
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    folder = tmp_path_factory.mktemp("demo")
    with copied(request, "sqlite", built, folder) as copy:
        made = opened(copy.url, folder)
        yield made
        made.close()


def is_told_rightly(runtime: Runtime) -> bool:
    """Return whether all of some random pairs of points are told as the views of all subjects say."""
    rng = random.Random(1)

    def point() -> tuple[str | None, str | None]:
        as_of, day = (str(FIRST + timedelta(days=rng.randrange((LAST - FIRST).days))) for _ in range(2))
        return rng.choice([(as_of, None), (None, day), (max(as_of, day), min(as_of, day)), (None, None)])

    for _ in range(PAIRS):
        with runtime.ask(DEMO, *point()) as before, runtime.ask(DEMO, *point()) as after:
            first, second = (before.question, before.plan), (after.question, after.plan)
            found = changes.changes(after.tx, DEMO, first, second)
            if told(found) != told_by_views(first, second):
                return False
    return True


def test_what_differs_is_what_the_views_of_all_subjects_say(demo: Runtime) -> None:
    assert is_told_rightly(demo)


@pytest.mark.parametrize("name, wrong", [("PLAIN", lambda _: object()), ("_stands_still", lambda *_: True)])
def test_control_a_comparison_of_states_that_is_wrong_is_caught(
    name: str, wrong: object, demo: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, name, wrong)
    assert not is_told_rightly(demo)


def test_of_each_change_only_the_last_entries_are_described_where_a_page_shows_no_more(demo: Runtime) -> None:
    with demo.ask(DEMO, "2023-02-01") as before, demo.ask(DEMO) as after:
        first, second = (before.question, before.plan), (after.question, after.plan)
        whole = changes.changes(after.tx, DEMO, first, second)
        part = changes.compared(first, second)
        changes.explain(after.tx, DEMO, first, second, part, most=2)
    left_out = 0
    for all_of_it, one in zip(whole["changed"], part["changed"], strict=True):
        assert one["fields"] == all_of_it["fields"]
        shown = {position for field in one["fields"] for position in field["events"][-2:]}
        assert one["entries"] == [entry for entry in all_of_it["entries"] if entry["position"] in shown]
        left_out += len(all_of_it["entries"]) - len(one["entries"])
    assert left_out > 10
