"""A furnished installation with half a year of history, and a small public plan beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.copies import copied
from tests.installation import ADOPTED, WORKPLAN, furnish, open_installation
from tests.mailing import clock, mail, plan_url, runtime
from tests.web.site import HARBOUR, Site
from tests.web.watching import browser
from tracker.directory.principals import system
from tracker.plans.reader import read_file
from tracker.workplan.document import requests_of

__all__ = ["browser", "clock", "mail", "plan_url", "runtime"]

FIXTURES = Path(__file__).parent.parent / "fixtures"
WORKSHOP = {
    "kind": "meeting_record",
    "url": "https://example.org/nairobi",
    "title": "Record of the Nairobi workshop",
}
RENAMED = "plataforma-de-jovenes-y-ninos-migrantes"
REVIEW = {"starts_on": "2024-10-09", "ends_on": "2024-10-10", "place": "Addis Ababa"}


def event(kind: str, subject: str, data: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"type": kind, "subject": subject, "data": data or {}} | more


def report(activity: str, entity: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    return event("ProgressReported", f"activity/{activity}", data, entity=entity, **more)


def tell_history(url: str, folder: Path) -> None:
    """Enter half a year of reports, a correction, a removal, a renaming and a moved review."""
    made = open_installation(url, folder, {}, ADOPTED)

    def at(month: int, day: int, *events: dict[str, Any]) -> None:
        made.clock.now = datetime(2023, month, day, 9, 12, tzinfo=UTC)
        made.enter(*events)

    at(
        1,
        20,
        event(
            "ActivityScheduled", "activity/3.4", {"from": "2023-Q1", "to": "2023-Q1", "source": "WHO's mail"}
        ),
        event(
            "ProductPlanned",
            "product/instrumento",
            {"title": "A tool", "kind": "tool", "activities": ["3.4"]},
        ),
    )
    at(
        4,
        5,
        report(
            "3.4", "oms", {"quarter": "2023-Q1", "assessment": "on_track", "note": "Two venues were seen."}
        ),
    )
    at(
        5,
        20,
        event(
            "MomentNamed",
            "workplan",
            {"slug": "may-principals", "title": "Principals of May", "at": "2023-05-18"},
        ),
        event("ActivityWithdrawn", "activity/9.2", reason="Merged into 9.1."),
        event("ReviewRescheduled", "review/africa", REVIEW, reason="The host asked for it."),
    )
    at(
        6,
        1,
        report("2.1", "acnur", {"assessment": "at_risk"}, reason="The secret venue problem."),
        event("EntityRenamed", f"entity/{RENAMED}", {"names": {"es": "Plataforma con nombre nuevo"}}),
    )
    at(
        6,
        20,
        report(
            "3.1",
            "oms",
            {"quarter": "2023-Q2", "status": "in_progress", "evidence": [WORKSHOP]},
            occurred_on="2023-04",
        ),
    )
    with made.runtime.ask(WORKPLAN) as view:
        last = view.end.position
    correction = {"position": last, "occurred_on": "2023-04-17"}
    at(6, 28, event("EntryCorrected", "activity/3.1", correction, reason="It was the 17th."))
    at(7, 3, event("RoundOpened", "round/2023-Q2"))
    _adopt_harbour(made.runtime)
    made.runtime.close()


def _adopt_harbour(runtime: Any) -> None:
    """Adopt a small plan that everybody may read, marked as simulated."""
    first, *rest = requests_of(read_file(FIXTURES / "harbour-2025.json"))
    early = [one | {"occurred_on": "2023-06"} for one in (first, *rest)]
    early[0]["data"] = dict(first["data"]) | {
        "period": {"from": "2023-Q1", "to": "2026-Q4"},
        "settings": {"languages": ["en", "sw"], "public": True},
    }
    runtime.adopt(HARBOUR, early, simulated=True)
    said = report("1.1", "port", {"assessment": "at_risk"}, reason="A reason that the public does not read.")
    runtime.submit(HARBOUR, said, system("system:cli"), "cli")


def told(url: str, folder: Path) -> None:
    furnish(url, folder)
    tell_history(url, folder)


def _site(request: pytest.FixtureRequest, engine: str, folder: Path, **settings: Any) -> Iterator[Site]:
    with copied(request, engine, told, folder) as copy:
        made = Site(open_installation(copy.url, folder, {}, **settings))
        yield made
        made.close()


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """Return an installation for this test alone."""
    yield from _site(request, "sqlite", tmp_path)


@pytest.fixture(scope="module")
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return an installation that the tests of a module only read."""
    yield from _site(request, "sqlite", tmp_path_factory.mktemp("library"))


@pytest.fixture
def secure_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """Return an installation that is reached by https."""
    yield from _site(request, "sqlite", tmp_path, TRACKER_BASE_URL="https://plan.example.org")


@pytest.fixture
def empty_site(sqlite_url: str, tmp_path: Path) -> Iterator[Site]:
    """Return an installation without any workplan."""
    made = Site(open_installation(sqlite_url, tmp_path, {}))
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """Run the test on both engines, each time with an installation of its own."""
    yield from _site(request, request.param, tmp_path)
