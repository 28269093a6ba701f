"""Questions about then and now: what a spelling means, and that no spelling does harm."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.databases import FOUNDED, NOW, Hands, W, founded, post
from tests.stories import event, report, retract, status
from tracker.errors import MomentError
from tracker.events.dates import parse_instant
from tracker.events.vocabulary import Window
from tracker.projections import past
from tracker.projections.questions import instant_of
from tracker.projections.standings import fingerprint
from tracker.workplan.activity import Activity
from tracker.workplan.root import Workplan


@pytest.fixture
def clock():
    return Hands(NOW - timedelta(days=200))


@pytest.fixture
def runtime(database_url, clock):
    """A plan founded on 15 December 2022 in which 3.1 started on 10 March 2023, reported on 3 July."""
    with founded(database_url, clock) as made:
        clock.now = NOW
        post(made, status("3.1", "in_progress", occurred_on="2023-03-10"))
        yield made


def status_of(runtime, as_of=None, effective_on=None):
    with runtime.ask(W, as_of, effective_on) as view:
        state = view.plan.get("activity/3.1", Activity)
        return state.status if state else None


def test_as_we_knew_it_then_and_as_we_know_it_now(runtime):
    assert status_of(runtime) == "in_progress"
    assert status_of(runtime, as_of="2023-06-30") == "not_started"
    assert status_of(runtime, effective_on="2023-03-09") == "not_started"
    assert status_of(runtime, effective_on="2023-03-10") == "in_progress"
    assert status_of(runtime, as_of=f"position:{FOUNDED}", effective_on="2023-06-30") == "not_started"


def test_what_was_founded_after_a_day_is_absent_on_it(runtime):
    post(runtime, event("SessionProposed", "session/a", {"kind": "workshop", "title": "A"}))
    times = {"starts_at": "2023-02-22T15:00", "ends_at": "2023-02-22T17:00", "zone": "UTC"}
    said = {"kind": "workshop", "title": "A", "level": "global", "mode": "online", "languages": ["es"]}
    said |= times | {"audience": "all", "rule": "open", "workstreams": [], "objectives": []}
    post(runtime, event("SessionScheduled", "session/a", said, occurred_on="2023-02"))
    with runtime.ask(W, effective_on="2023-03-01") as view:
        assert view.plan.standing("session/a") is None
    assert status_of(runtime, effective_on="2022-12-14") is None


def test_the_instant_that_an_entry_bears_is_never_the_future(runtime, clock):
    with runtime.ask(W) as view:
        recorded = view.question.recorded_at
    clock.move(hours=-1)
    with runtime.ask(W, as_of=recorded) as view:
        assert view.question.position == FOUNDED + 1
    later = (parse_instant(recorded) + timedelta(seconds=1)).isoformat()
    with pytest.raises(MomentError, match="future"), runtime.ask(W, as_of=later):
        pytest.fail("nobody knows")


def test_an_answer_about_a_day_is_for_that_day_whatever_was_known(runtime):
    with runtime.ask(W, as_of=f"position:{FOUNDED}", effective_on="2023-05-01") as view:
        assert (view.question.day, view.question.effective) == (date(2023, 5, 1), date(2023, 5, 1))


@pytest.mark.parametrize(
    "said",
    [
        "position:0",
        "position:99",
        "position:-1",
        "position:",
        "position:1e3",
        "position:" + "0" * 5000 + "1",
        "position:" + "9" * 30,
        "position:\u00b2",
        "position:\u0661",
        "0001-01-01",
        "0999-12-31",
        "9999-12-31",
        "2023-02-29",
        "\uff12\uff10\uff12\uff13-05-16",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2023-05-16T10:00:00",
        "-P9999Y",
        "-P9999999D",
        "P",
        "+P1D",
        "-PT",
        "moment:none",
        "moment:",
        "yesterday",
        "2023-05-16T10:00:00Z\x00",
        "' OR 1=1",
    ],
)
@pytest.mark.parametrize("parameter", ["as_of", "effective_on"])
def test_a_moment_that_is_none_is_refused_with_a_way_out(parameter, said, sqlite_url):
    with founded(sqlite_url, Hands()) as runtime:
        if parameter == "effective_on" and said in {"0001-01-01", "0999-12-31"}:
            assert status_of(runtime, effective_on=said) is None
            return
        with pytest.raises(MomentError) as caught, runtime.ask(W, **{parameter: said}):
            pytest.fail("no such moment")
        assert caught.value.field == parameter
        assert caught.value.way_out


@pytest.mark.parametrize("said", ["now", "2023-07-03", "-PT0S", "moment:today", f"position:{FOUNDED + 1}"])
def test_many_spellings_mean_now(said, runtime):
    moment = event("MomentNamed", "workplan", {"slug": "today", "title": "Today", "at": "2023-07-03"})
    if said == "moment:today":
        post(runtime, moment)
    with runtime.ask(W) as now, runtime.ask(W, as_of=said) as then:
        assert fingerprint(then.plan) == fingerprint(now.plan)


def test_a_question_is_answered_the_same_for_ever(runtime, clock):
    asked = {
        (as_of, on): answer(runtime, as_of, on)
        for as_of in (f"position:{FOUNDED}", f"position:{FOUNDED + 1}", "2023-06-30")
        for on in (None, "2023-02-01", "2023-03-10")
    }
    clock.move(days=30)
    post(runtime, status("3.1", "on_hold", reason="x", occurred_on="2023-05"))
    post(runtime, retract("activity/3.1", FOUNDED + 1))
    post(runtime, report("3.1", note="and so on"))
    for (as_of, on), before in asked.items():
        assert answer(runtime, as_of, on) == before


def answer(runtime, as_of, on):
    with runtime.ask(W, as_of, on) as view:
        return fingerprint(view.plan)


@pytest.mark.parametrize(
    "now, said, meant",
    [
        ("2023-03-26T10:00:00+02:00", "-P1D", "2023-03-25T10:00:00+01:00"),  # the night lost an hour
        ("2023-10-29T10:00:00+01:00", "-P1D", "2023-10-28T10:00:00+02:00"),  # the night gained one
        ("2023-10-29T10:00:00+01:00", "-PT24H", "2023-10-28T11:00:00+02:00"),
        ("2023-04-01T00:30:00+02:00", "-P1M", "2023-03-01T00:30:00+01:00"),  # in UTC both are another month
        ("2023-03-31T12:00:00+02:00", "-P1M", "2023-02-28T12:00:00+01:00"),
        ("2024-02-29T12:00:00+01:00", "-P1Y", "2023-02-28T12:00:00+01:00"),
    ],
)
def test_a_duration_goes_back_by_the_calendar_of_the_plan_also_across_a_change_of_clocks(now, said, meant):
    zone = Workplan(
        "w", {"en": "w"}, Window("2022-Q1", "2024-Q4"), "Europe/Zurich", "o", {}, False, False, ()
    )
    found = instant_of(zone, datetime.fromisoformat(now).astimezone(UTC), said, "as_of")
    assert found == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    "zone, day, last",
    [
        ("Europe/Zurich", "2023-03-26", "2023-03-26T21:59:59.999999+00:00"),
        ("Europe/Zurich", "2023-10-29", "2023-10-29T22:59:59.999999+00:00"),
        ("America/Santiago", "2022-09-10", "2022-09-11T03:59:59.999999+00:00"),  # no midnight that night
        ("America/Havana", "2023-11-04", "2023-11-05T03:59:59.999999+00:00"),  # midnight came twice
        ("Pacific/Apia", "2011-12-29", "2011-12-30T09:59:59.999999+00:00"),  # a day that never came followed
    ],
)
def test_a_day_ends_when_the_next_begins_whatever_the_clocks_do(zone, day, last):
    plan = Workplan("w", {"en": "w"}, Window("2010-Q1", "2024-Q4"), zone, "o", {}, False, False, ())
    assert instant_of(plan, datetime(2024, 1, 1, tzinfo=UTC), day, "as_of") == datetime.fromisoformat(last)


def test_a_past_day_is_folded_again_only_after_a_late_entry(runtime):
    assert status_of(runtime, effective_on="2023-03-10") == "in_progress"
    kept = runtime.cache.folded._kept
    assert len(kept) == 1
    post(runtime, report("3.1", assessment="on_track"))
    assert status_of(runtime, effective_on="2023-03-10") == "in_progress"
    assert len(kept) == 1
    post(runtime, report("3.1", assessment="delayed", reason="late", occurred_on="2023-03-09"))
    assert status_of(runtime, effective_on="2023-03-09") == "in_progress"
    assert status_of(runtime, effective_on="2023-03-10") == "in_progress"
    assert len(kept) == 3


def test_the_last_news_of_a_past_day_is_found_in_indexes_and_not_by_walking_the_log(runtime):
    with runtime.database.read() as tx:
        if not tx.is_sqlite:
            return  # PostgreSQL chooses by what tables hold, and this one is small
        found = [
            tx.all(f"EXPLAIN QUERY PLAN {sql}", *values)[0][3]
            for sql, values in ((past._LAST_LATE, (1, W, 100)), (past._LAST_AMENDING, (W, 100)))
        ]
    assert "plan_states_late" in found[0]
    assert "events_amending_by_position" in found[1]
