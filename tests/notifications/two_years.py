"""Two years of reporting rounds on a clock that is moved, against letters counted by a reader of the calendar."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays

from schedules import jobs
from tests.mailing import (
    LANGUAGES,
    PLAN,
    Clock,
    MailServer,
    add_focal_point,
    lead_entities,
    mail_server,
    nobody_listens,
    settings_for,
    with_plan,
)
from tests.notifications.test_rounds import report_as
from tracker.database import migrate
from tracker.directory import people
from tracker.directory.principals import system
from tracker.notifications import outbox
from tracker.runtime import Runtime, build_runtime
from tracker.workplan.activity import Activity

ZURICH = ZoneInfo("Europe/Zurich")
QUARTERS = tuple(f"{year}-Q{number}" for year in (2023, 2024) for number in (1, 2, 3, 4))
EXTENDED = ("2023-Q4", date(2024, 1, 22), date(2024, 2, 29), date(2024, 3, 15))
"""A round that is given more time on the 22nd of January, until leap day."""
HOURS = (4, 6, 7, 12, 22)
"""The ticker runs at half past these, local time."""
ON_DAYS = {0: 1, 1: 8, 2: 15}
"""Which quarter of the workstreams reports on which day of a round; the last never does."""
STEPS = ("opening", "before-due", "overdue", "final")
Sent = tuple[str, str, str, str]
"""A letter: quarter, step, local day, address."""


@dataclass
class Lived:
    """What went out, and what should have."""

    sent: list[Sent] = field(default_factory=list)
    expected: list[Sent] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    """Letters sent before seven o'clock at the duty station."""

    def differing(self) -> tuple[list[Sent], list[Sent]]:
        """Return what went out and should not have, and what should have and did not."""
        return sorted(set(self.sent) - set(self.expected)), sorted(set(self.expected) - set(self.sent))

    def table(self) -> str:
        rows = [f"{'round':9} " + " ".join(f"{step:>17}" for step in (*STEPS, "again"))]
        for quarter in QUARTERS:
            cells = []
            for step in (*STEPS, "again"):
                found = [one for one in self.sent if one[0] == quarter and one[1].startswith(step)]
                days = sorted({one[2][5:] for one in found})
                cells.append(f"{len(found)} on {', '.join(days)}" if found else "-")
            rows.append(f"{quarter:9} " + " ".join(f"{cell:>17}" for cell in cells))
        return "\n".join(rows)


@cache
def _geneva(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("CH", subdiv="GE", years=year)


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in _geneva(day.year)


def counted(day: date, count: int) -> date:
    """Return the ``count``-th working day after a day, or before it."""
    while count:
        day += timedelta(days=1 if count > 0 else -1)
        if works(day):
            count += -1 if count > 0 else 1
    return day


def dates(quarter: str) -> tuple[date, dict[str, date], date]:
    """Return when a round opens, the days of its steps, and when it closes: by the rules, told once more."""
    year, number = int(quarter[:4]), int(quarter[-1])
    end = date(year, 3 * number, calendar.monthrange(year, 3 * number)[1])
    first = end + timedelta(days=1)
    due = first.replace(day=10)
    month_end = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    days = (counted(end, 1), counted(due, -3), counted(due, 2), counted(due, 10))
    return days[0], dict(zip(STEPS, days, strict=True)), max(month_end, counted(due, 12))


class Years:
    """An installation whose leads report by a plan: some at once, some late, some after others, some never."""

    def __init__(self, url: str, folder: Path, mail: MailServer, *, per_role: bool) -> None:
        self.clock = Clock(datetime(2022, 12, 15, 9, 0, tzinfo=UTC))
        settings = settings_for(url, folder, TRACKER_SMTP_URL=mail.url)
        self.runtime: Runtime = build_runtime(settings, self.clock)
        self.mail, self.lived = mail, Lived()
        self.seats: dict[str, list[tuple[str, str]]] = {}
        for index, (entity, workstreams) in enumerate(lead_entities(self.runtime).items()):
            groups = [[one] for one in workstreams] if per_role else [workstreams]
            for group in groups:
                name = f"{entity}-{group[0]}" if per_role else entity
                person = _seat(self.runtime, entity, name, LANGUAGES[index % 3], group)
                self.seats[person] = [(entity, one) for one in group]
        with self.runtime.database.read() as tx:
            self.address = {one.id: one.email or "" for one in people.people_of(tx).values()}
        with self.runtime.ask(PLAN) as view:
            self.activities = [(one.id, one.workstream) for one in view.plan.all("activity", Activity)]

    def owes(self, person: str, done: set[str]) -> bool:
        workstreams = {workstream for _, workstream in self.seats[person]}
        return any(one not in done for one, workstream in self.activities if workstream in workstreams)

    def live(self, quarters: tuple[str, ...], *, is_short: bool) -> Lived:
        """Live some rounds; a short life sees the days on which something is to happen, and their mornings only."""
        before = 0
        for quarter in quarters:
            opens, steps, closes = dates(quarter)
            plan = {day: name for name, day in steps.items()}
            if quarter == EXTENDED[0]:
                plan[counted(EXTENDED[2], -3)] = "again-1"
                del plan[steps["final"]]  # it had not come, and comes again after the new due day
                plan[counted(EXTENDED[2], 2)] = "again-2"
                plan[counted(EXTENDED[2], 10)] = "final"
                closes = EXTENDED[3]
            done: set[str] = set()
            day = opens - timedelta(days=2)
            while day <= closes + timedelta(days=2):
                is_quiet = day not in {*plan, closes} and (day - opens).days not in ON_DAYS.values()
                for hour in () if is_short and is_quiet else (6, 7) if is_short else HOURS:
                    self.clock.now = datetime(
                        day.year, day.month, day.day, hour, 30, tzinfo=ZURICH
                    ).astimezone(UTC)
                    self._tick()
                    before = self._collect(quarter, before)
                    if hour == 7 and day in plan:
                        name = plan[day]
                        owing = [one for one in self.seats if self.owes(one, done)]
                        self.lived.expected += [
                            (quarter, name, day.isoformat(), self.address[one]) for one in owing
                        ]
                if quarter == EXTENDED[0] and day == EXTENDED[1]:
                    self._extend()
                done |= self._reports(quarter, (day - opens).days, done)
                day += timedelta(days=1)
        self.runtime.close()
        return self.lived

    def _tick(self) -> None:
        for job in (jobs.open_rounds, jobs.write_letters, jobs.deliver_letters, jobs.close_rounds):
            job(self.runtime)

    def _collect(self, quarter: str, before: int) -> int:
        local = self.clock.now.astimezone(ZURICH)
        with self.runtime.database.read() as tx:
            found = [one for one in outbox.letters_of(tx, PLAN, quarter) if one.kind == "reminder"]
        by_id = {one.message_id: one for one in found}
        for letter in self.mail.received[before:]:
            known = by_id[letter["Message-ID"]]
            to = letter["To"].addresses[0].addr_spec
            self.lived.sent.append((quarter, known.step, local.date().isoformat(), to))
            if local.hour < 7:
                self.lived.early.append(f"{quarter} {known.step} {local.isoformat()}")
        return len(self.mail.received)

    def _reports(self, quarter: str, days: int, done: set[str]) -> set[str]:
        """Report what falls on this day of the round: every third workstream at once, others late, some never."""
        said = set()
        for activity, workstream in self.activities:
            turn = (int(workstream) + int(quarter[-1])) % 4
            if activity in done or days != ON_DAYS.get(turn):
                continue
            person, entity = next(
                (one, seat[0]) for one, held in self.seats.items() for seat in held if seat[1] == workstream
            )
            report_as(self.runtime, person, entity, activity, quarter)
            said.add(activity)
        return said

    def _extend(self) -> None:
        quarter, _, due, closes = EXTENDED
        data = {"due": due.isoformat(), "closes": closes.isoformat()}
        longer = {"type": "RoundExtended", "subject": f"round/{quarter}", "data": data}
        self.runtime.submit(PLAN, longer, system("system:cli"), "cli")


def lived(
    folder: Path, quarters: tuple[str, ...] = QUARTERS, *, per_role: bool, is_short: bool = False
) -> Lived:
    """Live some of the two years in a new installation."""
    url = f"sqlite:///{folder / f'years-{per_role}.db'}"
    migrate(url)
    with_plan(url, folder)
    with mail_server(nobody_listens()) as mail:
        return Years(url, folder, mail, per_role=per_role).live(quarters, is_short=is_short)


def _seat(runtime: Runtime, entity: str, name: str, language: str, workstreams: list[str]) -> str:
    if name == entity:
        return add_focal_point(runtime, entity, language, workstreams)
    with runtime.directory(PLAN) as tx:
        person = people.add_person(tx, runtime.now(), f"Focal {name[:30]}", f"{name}@example.org", language)
        people.grant(tx, runtime.now(), person, PLAN, "lead")
    data = {"entity": entity, "person": person}
    wishes = [
        {"type": "FocalPointNamed", "subject": f"workstream/{one}", "data": data} for one in workstreams
    ]
    runtime.submit(PLAN, wishes, system("system:cli"), "cli")
    return person
