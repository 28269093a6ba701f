"""The shipped plan on a clock that can be moved, one focal point for each of its 21 leads, and a real mail server."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server  # noqa: N811 - it is a class, named for what it speaks
from aiosmtpd.smtp import Envelope, Session

from tests.copies import copied
from tracker.directory import people
from tracker.directory.principals import system
from tracker.events.reading import read_log
from tracker.notifications import outbox
from tracker.notifications.smtp import Patience, Post
from tracker.plans.reader import SHIPPED, read_file
from tracker.runtime import Runtime, build_runtime
from tracker.settings import Settings
from tracker.workplan.document import requests_of
from tracker.workplan.workstream import Workstream

PLAN = "unnm-2022-2024"
QUARTER = "2023-Q2"
LANGUAGES = ("es", "en", "fr")
sqlite_only = pytest.mark.parametrize("plan_url", ["sqlite"], indirect=True)
"""For what does not depend on the engine."""
SHORT = Patience(connect=2, reply=2, final=2, tries=2, pause=0.01)


@dataclass
class Clock:
    """A clock that stands still until it is told."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def set(self, day: str, time: str = "09:00") -> None:
        self.now = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=UTC)

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


Behave = Callable[[str, Server, Session, Envelope], Any]


@dataclass
class MailServer:
    """A mail server on the loopback address. ``behave`` may answer a command (RCPT, DATA) otherwise than with 250."""

    port: int
    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    behave: Behave | None = None
    mail_from: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def _ask(self, command: str, server: Server, session: Session, envelope: Envelope) -> str | None:
        if self.behave is None:
            return None
        said = self.behave(command, server, session, envelope)
        answer: str | None = await said if hasattr(said, "__await__") else said
        return answer

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's names
        self, server: Server, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = await self._ask("MAIL", server, session, envelope)
        if said is not None:
            return said
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Server, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        said = await self._ask("RCPT", server, session, envelope)
        if said is not None:
            envelope.rcpt_tos.pop()
            return said
        return "250 OK"

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:  # noqa: N802
        said = await self._ask("DATA", server, session, envelope)
        if said is not None and not said.startswith("keep"):
            return said
        content = envelope.original_content or b""
        self.received.append(BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(content))
        self.recipients.extend(envelope.rcpt_tos)
        self.mail_from.append(envelope.mail_from or "")
        return "250 OK" if said is None else said.removeprefix("keep ")


@contextlib.contextmanager
def mail_server(port: int) -> Iterator[MailServer]:
    made = MailServer(port)
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield made
    finally:
        controller.stop()


@pytest.fixture
def mail(free_port: int) -> Iterator[MailServer]:
    with mail_server(free_port) as made:
        yield made


ADOPTED = datetime(2022, 12, 15, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(ADOPTED)


@cache
def shipped_requests() -> list[dict[str, Any]]:
    return requests_of(read_file(SHIPPED))


def settings_for(database_url: str, folder: Path, **more: str) -> Settings:
    """Return settings; ``folder`` keeps the keys and secrets of this installation."""
    return Settings.from_env(
        {
            "TRACKER_DATABASE_URL": database_url,
            "TRACKER_DATA_DIR": str(folder),
            "TRACKER_BASE_URL": "https://plan.example.org",
            "TRACKER_MAIL_FROM": "tracker@plan.example.org",
            **more,
        }
    )


def with_plan(url: str, folder: Path) -> None:
    runtime = build_runtime(settings_for(url, folder), Clock(ADOPTED))
    runtime.adopt(PLAN, shipped_requests())
    runtime.close()


def with_leads(url: str, folder: Path) -> None:
    """Fill in the plan and one focal point for each of its 21 leads."""
    with_plan(url, folder)
    runtime = build_runtime(settings_for(url, folder), Clock(ADOPTED))
    for index, (entity, workstreams) in enumerate(lead_entities(runtime).items()):
        add_focal_point(runtime, entity, LANGUAGES[index % 3], workstreams)
    runtime.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def plan_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Run the test on both engines, each time with a plan of its own; with the 21 leads where the test names them."""
    fill = with_leads if "leads" in request.fixturenames else with_plan
    with copied(request, request.param, fill, tmp_path) as copy:
        yield copy.url


@pytest.fixture
def runtime(plan_url: str, clock: Clock, mail: MailServer, tmp_path: Path) -> Iterator[Runtime]:
    """Return the runtime with the shipped plan, adopted in time, on 3 July 2023 (the round of 2023-Q2 opens)."""
    clock.set("2023-07-03")
    made = build_runtime(settings_for(plan_url, tmp_path / "data", TRACKER_SMTP_URL=mail.url), clock)
    yield made
    made.close()


def lead_entities(runtime: Runtime) -> dict[str, list[str]]:
    """Return ``{entity: workstreams it leads}``."""
    found: dict[str, list[str]] = {}
    with runtime.ask(PLAN) as view:
        for workstream in view.plan.all("workstream", Workstream):
            for lead in workstream.leads:
                found.setdefault(lead.entity, []).append(workstream.id)
    return found


def add_focal_point(runtime: Runtime, entity: str, language: str, workstreams: list[str]) -> str:
    with runtime.directory(PLAN) as tx:
        person = people.add_person(
            tx, runtime.now(), f"Focal {entity[:20]}", f"{entity}@example.org", language
        )
        people.grant(tx, runtime.now(), person, PLAN, "lead")
    wishes = [
        {
            "type": "FocalPointNamed",
            "subject": f"workstream/{one}",
            "data": {"entity": entity, "person": person},
        }
        for one in workstreams
    ]
    runtime.submit(PLAN, wishes, system("system:cli"), "cli")
    return person


@pytest.fixture
def leads(runtime: Runtime) -> dict[str, str]:
    """Return ``{entity: person}``: one person for each of the 21 leads, in three languages by turns."""
    with runtime.database.read() as tx:
        return {(one.email or "").partition("@")[0]: one.id for one in people.people_of(tx).values()}


@pytest.fixture
def oms(runtime: Runtime) -> str:
    """Return the one person of a plan with a single focal point: that of OMS, in workstream 3."""
    return add_focal_point(runtime, "oms", "es", ["3"])


def entries(runtime: Runtime, *types: str) -> list[Any]:
    with runtime.database.read() as tx:
        return [event for event in read_log(tx, PLAN) if event.type in types]


def states(runtime: Runtime) -> list[str]:
    with runtime.database.read() as tx:
        return sorted(one.state for one in outbox.letters_of(tx, PLAN))


def post_to(mail: MailServer, **more: Any) -> Post:
    return Post(
        mail.url, Patience(**{"connect": 2, "reply": 2, "final": 2, "tries": 2, "pause": 0.01} | more)
    )


def with_settings(runtime: Runtime, **changed: Any) -> None:
    """Change settings of a running system, as a restart would."""
    runtime.settings = replace(runtime.settings, **changed)


def nobody_listens() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
