"""Trials of sending at any length: schedulers that race, senders that die beside servers that misbehave."""

from __future__ import annotations

import asyncio
import itertools
import random
import shutil
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from schedules.leadership import lead
from tests.mailing import (
    PLAN,
    QUARTER,
    SHORT,
    Clock,
    MailServer,
    entries,
    lead_entities,
    mail_server,
    nobody_listens,
    settings_for,
    with_leads,
    with_plan,
)
from tests.mailing import add_focal_point as seat
from tracker.database import migrate
from tracker.directory.principals import system
from tracker.notifications import outbox
from tracker.notifications.delivery import deliver
from tracker.notifications.due_letters import create_letters
from tracker.notifications.outbox import Letter
from tracker.notifications.running import run_round
from tracker.notifications.settling import settle_abandoned
from tracker.notifications.smtp import Post
from tracker.runtime import Runtime, build_runtime

TICKER = system("system:ticker")
MORNING = datetime(2023, 7, 4, 9, 0, tzinfo=UTC)


def template(folder: Path, count: int | None = None) -> Path:
    """Make the plan with all its leads, or with ``count`` of them, to be copied."""
    path = folder / "template.db"
    url = f"sqlite:///{path}"
    migrate(url)
    if count is None:
        with_leads(url, folder)
        return path
    with_plan(url, folder)
    runtime = build_runtime(settings_for(url, folder), Clock(datetime(2022, 12, 15, 9, tzinfo=UTC)))
    for entity, workstreams in itertools.islice(lead_entities(runtime).items(), count):
        seat(runtime, entity, "en", workstreams)
    runtime.close()
    return path


# ---------------------------------------------------------------------------------------- schedulers that race


@dataclass
class Raced:
    """What came of the races: how many letters went out, which key twice, which not at all."""

    rounds: int = 0
    letters: int = 0
    twice: list[Any] = field(default_factory=list)
    missing: list[Any] = field(default_factory=list)
    paused: int = 0
    leaders: Counter[int] = field(default_factory=Counter)

    def __str__(self) -> str:
        """Return the figures in one line."""
        return (
            f"{self.rounds} races of four schedulers: {self.letters} letters, {len(self.twice)} twice,"
            f" {len(self.missing)} missing; paused past a lease: {self.paused}"
        )


def race(url: str, folder: Path, rounds: int, seed: int, leads: int = 21) -> Raced:
    """Let four schedulers, each with a clock of its own that steps, do one step of letters at once, again and again.

    One of them goes to sleep past its lease while it sends. Those that are not elected work, too: that must do no harm.
    """
    chance, done = random.Random(seed), Raced(rounds)
    with mail_server(nobody_listens()) as mail:
        settings = settings_for(url, folder, TRACKER_SMTP_URL=mail.url)
        base = Clock(MORNING)
        home = build_runtime(settings, base)
        clocks = [Clock(MORNING) for _ in range(4)]
        runtimes = [build_runtime(settings, clock) for clock in clocks]
        opened = {"type": "RoundOpened", "subject": f"round/{QUARTER}", "data": {}}
        home.submit(PLAN, opened, TICKER, "system")
        for number in range(rounds):
            base.now = MORNING + timedelta(days=2 * number)
            _new_step(home, number, base.now)
            for clock in clocks:
                clock.now = base.now + timedelta(hours=chance.choice([0, 0, -1, 1, 24, -24]))
            _race_once(runtimes, chance, mail, done)
            for _ in range(3):  # the ticker's later turns, past every lease
                base.pass_(minutes=11)
                _turn(home, Post(mail.url, SHORT))
            _examine(home, mail, number, done, leads)
        for runtime in (*runtimes, home):
            runtime.close()
    return done


def _new_step(runtime: Runtime, number: int, now: datetime) -> None:
    steps = [{"step": f"race-{number}", "on": now.date().isoformat()}]
    data = {"due": "2024-12-01", "closes": f"2025-01-{1 + number % 28:02}", "steps": steps}
    longer = {"type": "RoundExtended", "subject": f"round/{QUARTER}", "data": data}
    runtime.submit(PLAN, longer, TICKER, "system")


def _race_once(runtimes: list[Runtime], chance: random.Random, mail: MailServer, done: Raced) -> None:
    start, failures = threading.Barrier(len(runtimes)), list[BaseException]()
    sleeper, nap = chance.randrange(len(runtimes)), threading.Event()

    def sleep(step: str, _letter: Letter) -> None:
        """Sleep past the lease of the letter and of the ticker, by this scheduler's own clock and by everybody's."""
        if step == "body" and not nap.is_set():
            nap.set()
            done.paused += 1
            for runtime in runtimes:
                assert isinstance(runtime.clock, Clock)
                runtime.clock.pass_(minutes=11)
            threading.Event().wait(0.05)

    def work(index: int) -> None:
        try:
            start.wait(20)
            runtime = runtimes[index]
            with runtime.database.write() as tx:
                if lead(tx, runtime.now(), f"scheduler-{index}"):
                    done.leaders[index] += 1
            _turn(runtime, Post(mail.url, SHORT), sleep if index == sleeper else None)
        except BaseException as error:  # noqa: BLE001 - shown to whoever runs the trial
            failures.append(error)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(runtimes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failures == []


def _turn(runtime: Runtime, post: Post, hook: Callable[[str, Letter], None] | None = None) -> None:
    """Do what the ticker's jobs for letters do, with a hook where one is wanted."""
    create_letters(runtime, PLAN, QUARTER)
    settle_abandoned(runtime, PLAN, TICKER)
    with runtime.database.read() as tx:
        waiting = outbox.waiting(tx, runtime.now(), PLAN)
    deliver(runtime, waiting, TICKER, post=post, **({"hook": hook} if hook else {}))


def _examine(runtime: Runtime, mail: MailServer, number: int, done: Raced, leads: int) -> None:
    with runtime.database.read() as tx:
        mine = [one for one in outbox.letters_of(tx, PLAN, QUARTER) if one.step == f"race-{number}"]
    took = Counter(str(one["Message-ID"]) for one in mail.received)
    done.letters += sum(took[one.message_id] for one in mine)
    done.twice += [(one.step, one.recipient) for one in mine if took[one.message_id] > 1]
    done.missing += [(one.step, one.recipient, one.state) for one in mine if took[one.message_id] == 0]
    done.missing += [("no letter", number)] * (leads - len(mine))
    keys = Counter((one.kind, one.quarter, one.step, one.recipient) for one in mine)
    done.twice += [key for key, count in keys.items() if count > 1]
    mail.received.clear()


# -------------------------------------------------------------------------- senders that die, servers that misbehave


class KilledError(BaseException):
    """The process ends here; nothing of ours runs after it."""


SENDING = ("claimed", "connected", "envelope", "body", "data_sent", "replied", "recorded")
LISTED = {"unknown", "rejected", "held"}
"""States that the Secretariat sees and decides about."""


def _says(command: str, reply: str) -> Callable[[int], Callable[..., Any]]:
    def behave(fault: int) -> Callable[..., Any]:
        count = itertools.count()
        return lambda said, *_: reply if said == command and next(count) == fault else None

    return behave


def _hangs_up(*, is_taken: bool, after: float = 0) -> Callable[[int], Callable[..., Any]]:
    async def end(server: Any) -> str:
        await asyncio.sleep(after)
        server.transport.abort()
        return "keep 250 OK" if is_taken else "451 no"

    def behave(fault: int) -> Callable[..., Any]:
        count = itertools.count()

        def act(said: str, server: Any, *_: Any) -> Any:
            return end(server) if said == "DATA" and next(count) == fault else None

        return act

    return behave


BEHAVIOURS: dict[str, Callable[[int], Callable[..., Any]]] = {
    "takes all": lambda _fault: lambda *_: None,
    "refuses one for good": _says("RCPT", "550 no such user"),
    "is busy once": _says("RCPT", "451 busy"),
    "closes before one": _says("MAIL", "421 closing"),
    "refuses one after the dot": _says("DATA", "554 spam"),
    "takes one and hangs up": _hangs_up(is_taken=True),
    "takes one and says no": _says("DATA", "keep 451 not now"),
    "takes one and stalls": _hangs_up(is_taken=True, after=0.6),
}
"""How a server treats one of the letters; the others it takes."""


@dataclass
class Died:
    """What came of the deaths: copies, how many are listed, and what is wrong."""

    trials: int = 0
    letters: int = 0
    accepted: int = 0
    listed: int = 0
    twice: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return the figures in one line."""
        return (
            f"{self.trials} senders killed: {self.letters} letters, {self.accepted} accepted, {self.listed} listed,"
            f" {len(self.twice)} twice by themselves, {len(self.unlisted)} ambiguous and not listed"
        )


def die(
    folder: Path, letters: int, behaviours: list[str], points: list[tuple[int, str]] | None = None
) -> Died:
    """Kill a sender of ``letters`` letters at each step of each, beside each behaviour; then carry on as the ticker."""
    made, done = template(folder, letters), Died()
    points = points or list(itertools.product(range(letters), SENDING))
    with mail_server(nobody_listens()) as mail:
        for name, (at, step) in itertools.product(behaviours, points):
            path = Path(shutil.copy(made, folder / "trial.db"))
            clock = Clock(datetime(2023, 7, 3, 9, tzinfo=UTC))
            runtime = build_runtime(
                settings_for(f"sqlite:///{path}", folder, TRACKER_SMTP_URL=mail.url), clock
            )
            mail.received.clear()
            mail.behave = BEHAVIOURS[name](min(at, letters - 1))
            _die_once(runtime, mail, at, step)
            for _ in range(2):
                clock.pass_(minutes=30)
                settle_abandoned(runtime, PLAN, TICKER)
                run_round(runtime, PLAN, QUARTER, post=Post(mail.url, SHORT))
            _count(runtime, mail, f"{name}, killed at {step} of letter {at}", letters, done)
            runtime.close()
            for left in folder.glob("trial.db*"):
                left.unlink()
    return done


def _die_once(runtime: Runtime, mail: MailServer, at: int, step: str) -> None:
    seen = dict[str, int]()

    def kill(said: str, letter: Letter) -> None:
        number = seen.setdefault(letter.letter, len(seen))
        if (number, said) == (at, step):
            raise KilledError

    haste = type(SHORT)(connect=2, reply=2, final=0.4, tries=1, pause=0.01)
    try:
        run_round(runtime, PLAN, QUARTER, post=Post(mail.url, haste), hook=kill)
    except KilledError:
        return


def _count(runtime: Runtime, mail: MailServer, told: str, letters: int, done: Died) -> None:
    with runtime.database.read() as tx:
        found = [one for one in outbox.letters_of(tx, PLAN, QUARTER) if one.kind == "reminder"]
    took = Counter(str(one["Message-ID"]) for one in mail.received)
    done.trials += 1
    done.letters += len(found)
    done.accepted += sum(1 for one in found if one.state == "accepted")
    done.listed += sum(1 for one in found if one.state in LISTED)
    done.twice += [f"{told}: {one.state}" for one in found if took[one.message_id] > 1]
    done.unlisted += [
        f"{told}: {one.state}, taken {took[one.message_id]} times"
        for one in found
        if (one.state == "accepted") != (took[one.message_id] == 1) and one.state not in LISTED
    ]
    if len(found) != letters:
        done.unlisted.append(f"{told}: {len(found)} letters")
    said = [event.data.outcome for event in entries(runtime, "ReminderFailed")]
    if len(said) != sum(1 for one in found if one.state in LISTED):
        done.unlisted.append(f"{told}: {said}")
