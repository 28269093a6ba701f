"""The trials of sending, each at its shortest; script/torture runs them at any length."""

from __future__ import annotations

from pathlib import Path

from tests.applications import application
from tests.filling import path_in
from tests.mailing import PLAN, QUARTER, MailServer, sqlite_only
from tests.notifications import posting, scanning, two_years
from tracker.notifications.running import remind
from tracker.runtime import Runtime


def test_a_round_sends_exactly_the_letters_that_a_reader_of_the_calendar_expects(tmp_path: Path) -> None:
    lived = two_years.lived(tmp_path, ("2023-Q2",), per_role=False, is_short=True)
    assert lived.differing() == ([], [])
    assert (len(lived.sent), lived.early) == (59, [])


def test_the_calendar_is_that_of_geneva() -> None:
    days = {
        quarter: [day.isoformat()[5:] for day in two_years.dates(quarter)[1].values()]
        for quarter in two_years.QUARTERS
    }
    assert days["2023-Q1"] == ["04-03", "04-04", "04-12", "04-24"], (
        "Good Friday and Easter Monday are no working days"
    )
    assert days["2023-Q4"] == ["01-02", "01-05", "01-12", "01-24"]
    assert two_years.dates("2024-Q1")[2].isoformat() == "2024-04-30"


def test_schedulers_that_race_send_each_letter_once_and_none_is_missing(tmp_path: Path) -> None:
    raced = posting.race(f"sqlite:///{posting.template(tmp_path, 4)}", tmp_path, 1, 7, leads=4)
    assert (raced.letters, raced.twice, raced.missing, raced.paused) == (4, [], [], 1)


def test_a_dead_sender_beside_a_server_that_hangs_up_or_lies_causes_no_copy(tmp_path: Path) -> None:
    behaviours = ["takes one and hangs up", "takes one and says no"]
    died = posting.die(tmp_path, 2, behaviours, [(0, "body"), (1, "data_sent")])
    assert (died.trials, died.letters, died.twice, died.unlisted) == (4, 8, [], [])


@sqlite_only
def test_visits_of_scanners_leave_nothing_behind(runtime: Runtime, mail: MailServer, oms: str) -> None:
    remind(runtime, PLAN, QUARTER)
    assert path_in(mail).startswith("/r/")
    scanned = scanning.visited(runtime, application(runtime), mail, 40, 7, scripts=0)
    assert (scanned.changed, scanned.still_works, scanned.visits) == ({}, True, 40)
