from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tracker.events import dates


@pytest.mark.parametrize(
    "said, first, last",
    [
        ("2023-05-16", "2023-05-16", "2023-05-16"),
        ("2023-05", "2023-05-01", "2023-05-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2023-Q1", "2023-01-01", "2023-03-31"),
        ("2023-Q2", "2023-04-01", "2023-06-30"),
        ("2023-Q3", "2023-07-01", "2023-09-30"),
        ("2023-Q4", "2023-10-01", "2023-12-31"),
        ("2023", "2023-01-01", "2023-12-31"),
    ],
)
def test_a_partial_date_spans_its_days(said, first, last):
    assert [day.isoformat() for day in dates.span(said)] == [first, last]


@pytest.mark.parametrize(
    "said",
    [
        "",
        "2023-",
        "2023-13",
        "2023-00",
        "2023-02-29",
        "2023-Q0",
        "2023-Q5",
        "23-05-01",
        "2023-5-1",
        "2023-05-16T10:00",
        *(
            "0000",
            "0000-Q1",
            "2023-Q2 ",
            "\uff12\uff10\uff12\uff13-05-16",
            "-023",
            "2023-05-16\n",
            "20230516",
        ),
    ],
)
def test_what_is_no_date_is_refused(said):
    with pytest.raises(ValueError):
        dates.span(said)


@pytest.mark.parametrize(
    "day, quarter",
    [
        ("2023-01-01", "2023-Q1"),
        ("2023-03-31", "2023-Q1"),
        ("2023-04-01", "2023-Q2"),
        ("2023-12-31", "2023-Q4"),
    ],
)
def test_every_day_has_its_quarter(day, quarter):
    assert dates.quarter_of(date.fromisoformat(day)) == quarter


def test_quarters_follow_each_other_across_years():
    assert dates.next_quarter("2023-Q4") == "2024-Q1"
    assert dates.quarters_between("2022-Q3", "2023-Q2") == ["2022-Q3", "2022-Q4", "2023-Q1", "2023-Q2"]
    assert dates.quarters_between("2023-Q2", "2023-Q1") == []


ZURICH = "Europe/Zurich"


@pytest.mark.parametrize(
    "occurred_on, recorded, place",
    [
        ("2023-05-16", "2023-07-03T10:00:00+00:00", "2023-05-16"),
        ("2023-05", "2023-07-03T10:00:00+00:00", "2023-05-31"),
        ("2023-Q2", "2023-07-03T10:00:00+00:00", "2023-06-30"),
        ("2023-Q3", "2023-07-03T10:00:00+00:00", "2023-07-03"),
        ("2023", "2023-07-03T10:00:00+00:00", "2023-07-03"),
        ("2022", "2023-07-03T10:00:00+00:00", "2022-12-31"),
        ("2023-07", "2023-07-30T22:30:00+00:00", "2023-07-31"),
    ],
)
def test_a_fact_stands_at_its_last_day_but_never_after_its_recording(occurred_on, recorded, place):
    assert dates.place(occurred_on, datetime.fromisoformat(recorded), ZURICH).isoformat() == place


def test_the_day_of_recording_is_that_of_the_workplans_zone():
    late = datetime(2023, 6, 30, 22, 30, tzinfo=UTC)
    assert dates.local_day(late, ZURICH) == date(2023, 7, 1)
    assert dates.local_day(late, "America/New_York") == date(2023, 6, 30)
    assert dates.place("2023", late, ZURICH) == date(2023, 7, 1)
