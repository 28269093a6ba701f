"""An installation to test against: the real plan, adopted once a run and then copied, with somebody in each role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tracker.directory import people, tokens
from tracker.directory.principals import Role, system
from tracker.plans.reader import SHIPPED, read_file
from tracker.runtime import Runtime, build_runtime
from tracker.settings import Settings
from tracker.workplan.appointing import appointments
from tracker.workplan.document import requests_of

WORKPLAN = "unnm-2022-2024"
API = f"/api/v1/workplans/{WORKPLAN}"
ADOPTED = datetime(2023, 1, 9, 9, tzinfo=UTC)
NOW = datetime(2023, 7, 5, 10, tzinfo=UTC)
"""A Wednesday: the second quarter of 2023 is over, and its round may be opened."""

ROLES: dict[str, tuple[Role, dict[str, Any]]] = {
    "viewer": ("viewer", {}),
    "lead": ("lead", {"entity": "oms", "workstreams": ["3"]}),
    "other lead": ("lead", {"entity": "acnudh"}),
    "reviewer": ("reviewer", {"region": "africa"}),
    "auditor": ("auditor", {}),
    "secretariat": ("secretariat", {"scopes": ("erase",)}),
}


def fact(event_type: str, subject: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the body of one event."""
    return {"type": event_type, "subject": subject, "data": data or {}}


@dataclass
class FrozenClock:
    """A clock that stands until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Installation:
    """A running system: the application over a database of its own, and the secrets of somebody in each role."""

    runtime: Runtime
    clock: FrozenClock
    secrets: Mapping[str, str]
    keys: list[int] = field(default_factory=lambda: [0])

    @cached_property
    def app(self) -> Flask:
        from tests.applications import application  # noqa: PLC0415 - tests below the edges need none

        app = application(self.runtime)
        app.testing = True
        return app

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def headers(self, who: str | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secrets[who]}"} if who else {}

    def get(self, path: str, who: str | None = "secretariat", **more: Any) -> TestResponse:
        headers = self.headers(who) | more.pop("headers", {})
        return self.client().get(path if path.startswith("/") else f"{API}/{path}", headers=headers, **more)

    def read(self, path: str, who: str | None = "secretariat") -> Any:
        answer = self.get(path, who)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json

    def post(
        self,
        body: Any,
        who: str | None = "secretariat",
        key: str | None = None,
        path: str = "events",
        **more: Any,
    ) -> TestResponse:
        """Send a body, under a new key unless one is given."""
        self.keys[0] += 1
        headers = (
            {"Idempotency-Key": key or f"test-{self.keys[0]}"} | self.headers(who) | more.pop("headers", {})
        )
        return self.client().post(f"{API}/{path}", json=body, headers=headers, **more)

    def write(self, body: Any, who: str | None = "secretariat") -> Any:
        answer = self.post(body, who)
        assert answer.status_code in {200, 201}, answer.get_data(as_text=True)
        return answer.json

    def enter(self, *bodies: dict[str, Any]) -> None:
        """Write as the system itself, who may do everything."""
        self.runtime.submit(WORKPLAN, list(bodies), system("system:cli"), "cli")


def open_installation(
    url: str, folder: Path, secrets: Mapping[str, str], now: datetime = NOW, **settings: str
) -> Installation:
    """Open the installation at ``url``; ``folder`` keeps its generated secrets."""
    clock = FrozenClock(now)
    found = Settings.from_env({"TRACKER_DATABASE_URL": url, "TRACKER_DATA_DIR": str(folder), **settings})
    return Installation(build_runtime(found, clock), clock, secrets)


def furnish(url: str, folder: Path) -> dict[str, str]:
    """Adopt the real plan in a migrated database and return ``{who: secret of a token}``."""
    made = open_installation(url, folder, {}, ADOPTED)
    runtime = made.runtime
    document = read_file(SHIPPED)
    runtime.adopt(document.id, requests_of(document))
    secrets = {who: _token(runtime, who, role, dict(more)) for who, (role, more) in ROLES.items()}
    runtime.close()
    return secrets


def _token(runtime: Runtime, who: str, role: Role, more: dict[str, Any]) -> str:
    with runtime.directory(WORKPLAN) as tx:
        address = f"{who.replace(' ', '.')}@example.org"
        person = people.add_person(tx, runtime.now(), who.title(), address, "en")
        people.grant(tx, runtime.now(), person, WORKPLAN, role, more.get("region"))
        wanted = tokens.Grant(
            WORKPLAN,
            role,
            person,
            more.get("region"),
            scopes=more.get("scopes", ()),
            life=timedelta(days=365),
        )
        _, secret = tokens.create_token(tx, runtime.now(), wanted)
    if "entity" in more:
        with runtime.ask(WORKPLAN) as view:
            wishes = appointments(view.plan, person, [more["entity"]], more.get("workstreams", ()))
        runtime.submit(WORKPLAN, wishes, system("system:cli"), "cli")
    return secret
