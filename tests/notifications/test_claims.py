"""Claims: of several senders of one letter, one sends it, also where one of them sleeps too long."""

from __future__ import annotations

import threading

import pytest

from tests.mailing import (
    PLAN,
    QUARTER,
    Clock,
    MailServer,
    entries,
    post_to,
    sqlite_only,
    states,
    with_settings,
)
from tracker.directory.principals import system
from tracker.notifications import outbox, running
from tracker.notifications.delivery import deliver
from tracker.notifications.running import remind, run_round
from tracker.runtime import Runtime


@sqlite_only
def test_a_sender_that_paused_past_its_lease_finds_the_letter_taken_and_sends_no_dot(
    runtime: Runtime, mail: MailServer, clock: Clock, oms: str
) -> None:
    taken: list[str] = []

    def pause(step: str, letter: outbox.Letter) -> None:
        if step == "body" and not taken:
            clock.pass_(minutes=11)
            taken.append(step)
            with runtime.database.read() as tx:
                waiting = outbox.waiting(tx, runtime.now(), PLAN)
            other = deliver(runtime, waiting, system("system:ticker"), post=post_to(mail))
            assert list(other.states.values()) == ["accepted"]

    run_round(runtime, PLAN, QUARTER, post=post_to(mail), hook=pause)
    assert (taken, len(mail.received), states(runtime)) == (["body"], 1, ["accepted"])
    assert len(entries(runtime, "ReminderSent")) == 1


@sqlite_only
def test_control_without_the_owner_check_the_slow_one_sends_a_second(
    runtime: Runtime, mail: MailServer, clock: Clock, oms: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "move", lambda *_, **__: True)
    monkeypatch.setattr("tracker.notifications.running.AWAIT_SECONDS", 0.1)
    taken: list[str] = []

    def pause(step: str, letter: outbox.Letter) -> None:
        if step == "body" and not taken:
            clock.pass_(minutes=11)
            taken.append(step)
            with runtime.database.read() as tx:
                waiting = outbox.waiting(tx, runtime.now(), PLAN)
            deliver(runtime, waiting, system("system:ticker"), post=post_to(mail))

    run_round(runtime, PLAN, QUARTER, post=post_to(mail), hook=pause)
    assert len(mail.received) == 2


def test_senders_that_race_send_each_letter_once(
    runtime: Runtime, mail: MailServer, leads: dict[str, str]
) -> None:
    with_settings(runtime, smtp_url=None)
    run_round(runtime, PLAN, QUARTER)
    with_settings(runtime, smtp_url=mail.url)
    start, failures, told = threading.Barrier(4), [], []

    def race() -> None:
        try:
            start.wait(10)
            told.append(run_round(runtime, PLAN, QUARTER, post=post_to(mail, reply=10, final=10)))
        except Exception as error:  # noqa: BLE001 - shown below
            failures.append(error)

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert len(mail.received) == len(set(mail.recipients)) == 21
    assert states(runtime) == ["accepted"] * 21
    assert len(entries(runtime, "ReminderSent")) == 21
    assert {state for one in told for _, state in one.letters} == {"accepted"}


@sqlite_only
def test_control_without_compare_and_set_a_race_sends_twice(
    runtime: Runtime, mail: MailServer, leads: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "claim", lambda *_, **__: True)
    monkeypatch.setattr(outbox, "move", lambda *_, **__: True)
    with_settings(runtime, smtp_url=None)
    run_round(runtime, PLAN, QUARTER)
    with runtime.database.read() as tx:
        waiting = outbox.waiting(tx, runtime.now(), PLAN)[:3]
    for _ in range(2):
        deliver(runtime, waiting, system("system:cli"), post=post_to(mail))
    assert len(mail.received) == 6


def test_two_who_open_a_round_at_once_open_it_once(
    runtime: Runtime, mail: MailServer, oms: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second found no round when it looked, and finds one when it comes to open it."""
    looked = iter([False])
    is_open = running._is_open
    monkeypatch.setattr(running, "_is_open", lambda *about: next(looked, None) is None and is_open(*about))
    remind(runtime, PLAN, QUARTER)
    looked = iter([False])
    remind(runtime, PLAN, QUARTER)
    assert (len(entries(runtime, "RoundOpened")), entries(runtime, "RoundExtended")) == (1, [])
    assert len(mail.received) == 1
