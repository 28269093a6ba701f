"""A sender that dies at any step of a letter: at most one copy goes out by itself, and nothing is silently unsent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

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
)
from tracker.directory.principals import system
from tracker.notifications import outbox
from tracker.notifications.outbox import Letter
from tracker.notifications.running import run_round
from tracker.notifications.settling import settle_abandoned
from tracker.runtime import Runtime

STEPS = ["claimed", "connected", "envelope", "body", "data_sent", "replied", "recorded"]
ROOT = Path(__file__).parents[2]


class Killed(BaseException):
    """The process ends here; nothing of ours runs after it."""


def killing(at: str) -> Any:
    def hook(step: str, _letter: Letter) -> None:
        if step == at:
            raise Killed

    return hook


def carry_on(runtime: Runtime, mail: MailServer, clock: Clock, hours: int = 3) -> None:
    """Run again and again, as the ticker would, until long after every lease."""
    for _ in range(hours * 2):
        clock.pass_(minutes=30)
        settle_abandoned(runtime, PLAN, system("system:ticker"))
        run_round(runtime, PLAN, QUARTER, post=post_to(mail))


@pytest.mark.parametrize("step", STEPS)
def test_a_sender_that_dies_at_any_step_never_causes_a_second_copy(
    runtime: Runtime, mail: MailServer, clock: Clock, oms: str, step: str
) -> None:
    with pytest.raises(Killed):
        run_round(runtime, PLAN, QUARTER, post=post_to(mail), hook=killing(step))
    carry_on(runtime, mail, clock)
    is_known = step not in {"data_sent", "replied"}
    assert states(runtime) == ["accepted" if is_known else "unknown"]
    # Dead between the final dot and the note of the reply: nobody knows, so nobody sends again.
    assert len(mail.received) == (0 if step == "data_sent" else 1)
    assert len(entries(runtime, "ReminderSent")) == (1 if is_known else 0)
    assert [event.data.outcome for event in entries(runtime, "ReminderFailed")] == (
        [] if is_known else ["unknown"]
    )


@sqlite_only
def test_an_unknown_letter_is_sent_again_only_by_a_persons_decision(
    runtime: Runtime, mail: MailServer, clock: Clock, oms: str
) -> None:
    with pytest.raises(Killed):
        run_round(runtime, PLAN, QUARTER, post=post_to(mail), hook=killing("replied"))
    carry_on(runtime, mail, clock)
    assert len(mail.received) == 1
    with runtime.database.write() as tx:
        (letter,) = outbox.letters_of(tx, PLAN)
        assert outbox.put_back(tx, letter.letter)
    carry_on(runtime, mail, clock)
    assert (len(mail.received), states(runtime)) == (2, ["accepted"])
    assert mail.received[0]["Message-ID"] == mail.received[1]["Message-ID"]


@sqlite_only
def test_control_noting_data_sent_after_the_dot_would_send_a_second_copy(
    runtime: Runtime, mail: MailServer, clock: Clock, oms: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tracker.notifications import delivery  # noqa: PLC0415

    monkeypatch.setattr(delivery._Sender, "_commit_data_sent", lambda *_: None)
    with pytest.raises(Killed):
        run_round(runtime, PLAN, QUARTER, post=post_to(mail), hook=killing("replied"))
    monkeypatch.undo()
    carry_on(runtime, mail, clock)
    assert len(mail.received) == 2


PROGRAM = """
import os, sys
from datetime import datetime
from pathlib import Path
from tests.mailing import Clock, post_to, MailServer, settings_for, PLAN, QUARTER
from tracker.notifications.running import run_round
from tracker.runtime import build_runtime

url, port, folder, now, *rounds = sys.argv[1:]
clock = Clock(datetime.fromisoformat(now))

def send(steps):
    def hook(step, letter):
        nonlocal steps
        steps -= 1
        if steps == 0:
            os._exit(9)

    try:
        runtime = build_runtime(settings_for(url, Path(folder)), clock)
        run_round(runtime, PLAN, QUARTER, post=post_to(MailServer(int(port))), hook=hook)
        os._exit(0)
    finally:
        os._exit(1)

for racing in rounds:
    senders = [os.fork() or send(int(steps)) for steps in racing.split(",")]
    ends = {os.waitstatus_to_exitcode(os.waitpid(sender, 0)[1]) for sender in senders}
    assert ends <= {0, 9}, ends
    clock.pass_(minutes=30)
"""
"""Imports once, then forks the senders of each round: each dies after its number of steps."""


@pytest.mark.timeout(180)
def test_processes_killed_again_and_again_and_racing_send_each_letter_at_most_once(
    runtime: Runtime, plan_url: str, mail: MailServer, clock: Clock, leads: dict[str, str]
) -> None:
    rounds = ("9,24", f"32,{10**9}")
    there = (plan_url, str(mail.port), str(runtime.settings.data_dir), clock.now.isoformat())
    subprocess.run([sys.executable, "-c", PROGRAM, *there, *rounds], cwd=ROOT, check=True, timeout=120)
    clock.pass_(minutes=30 * len(rounds))
    carry_on(runtime, mail, clock, hours=1)
    settled = states(runtime)
    unknown = settled.count("unknown")
    assert settled == ["accepted"] * (21 - unknown) + ["unknown"] * unknown
    assert len(mail.received) == len(set(mail.recipients)), "somebody got two"
    assert len(mail.received) >= 21 - unknown
    assert unknown <= 3  # as many as died
    assert len(entries(runtime, "ReminderSent")) == 21 - unknown
    assert len(entries(runtime, "ReminderFailed")) == unknown
