"""A furnished installation with half a year of history, and a small public plan beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.installation import ADOPTED, WORKPLAN, furnish, open_installation
from tests.mailing import clock, furnished, mail, plan_url, runtime
from tests.web.site import HARBOUR, Site
from tests.web.watching import browser
from tracker.directory.principals import system
from tracker.plans.reader import read_file
from tracker.workplan.document import requests_of

__all__ = ["browser", "clock", "furnished", "mail", "plan_url", "runtime"]

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


@pytest.fixture(scope="session")
def told_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of a database with history that is only copied."""
    folder = tmp_path_factory.mktemp("told")
    path = Path(shutil.copy(sqlite_template, folder / "tracker.db"))
    furnish(f"sqlite:///{path}", folder)
    tell_history(f"sqlite:///{path}", folder)
    return path


def _site(path: Path, folder: Path, **settings: Any) -> Site:
    return Site(
        open_installation(f"sqlite:///{shutil.copy(path, folder / 'tracker.db')}", folder, {}, **settings)
    )


@pytest.fixture
def site(told_sqlite: Path, tmp_path: Path) -> Iterator[Site]:
    """Return an installation for this test alone."""
    made = _site(told_sqlite, tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def library(told_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return an installation that the tests of a module only read."""
    made = _site(told_sqlite, tmp_path_factory.mktemp("library"))
    yield made
    made.close()


@pytest.fixture
def secure_site(told_sqlite: Path, tmp_path: Path) -> Iterator[Site]:
    """Return an installation that is reached by https."""
    made = _site(told_sqlite, tmp_path, TRACKER_BASE_URL="https://plan.example.org")
    yield made
    made.close()


@pytest.fixture
def empty_site(sqlite_url: str, tmp_path: Path) -> Iterator[Site]:
    """Return an installation without any workplan."""
    made = Site(open_installation(sqlite_url, tmp_path, {}))
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """Run the test on both engines, each time with an installation of its own."""
    if request.param == "sqlite":
        made = _site(request.getfixturevalue("told_sqlite"), tmp_path)
    else:
        url = request.getfixturevalue("postgresql_url")
        furnish(url, tmp_path)
        tell_history(url, tmp_path)
        made = Site(open_installation(url, tmp_path, {}))
    yield made
    made.close()
