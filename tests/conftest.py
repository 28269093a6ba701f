"""What every test may ask for: a database of its own on either engine, a port; and the rule that CI skips nothing."""

from __future__ import annotations

import itertools
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock

from tests import postgres
from tests.copies import FOLDER, copied, drop_templates, filled, migrated
from tracker.languages import speak

IN_CI = bool(os.environ.get("CI"))
UNSYNCED = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "file_copy_method": "clone",
}
"""No test pulls this server's plug: trials of that kind start one of their own, which syncs."""
TRIALS = (
    "tests/laws/",
    "tests/faults/",
    "tests/notifications/test_crashes.py",
    "tests/notifications/test_trials.py",
)
"""Long trials: random histories, killed processes, failing disks. ``script/test --all``, and CI, run them too."""
MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of the user's own in it
ENOUGH = 4 * 2**30
"""Bytes of memory that a run's files may need at most."""
_owned = pytest.StashKey[Path]()
_numbers = itertools.count(1)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(TRIALS):
            item.add_marker("trial")


def pytest_configure(config: pytest.Config) -> None:
    hypothesis.settings.register_profile("suite", deadline=None)  # a machine that is busy makes no test wrong
    hypothesis.settings.load_profile("suite")
    # Tests commit some ten thousand times. A disk would be waited for each time, and shows no more than memory does:
    # what a power failure leaves is worked out from a journal of what was written and synced.
    if "TMPDIR" not in os.environ and _is_roomy(MEMORY):
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
    # The workers and hundreds of programs that tests start need not compile the same modules again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if FOLDER not in os.environ:
        config.stash[_owned] = Path(tempfile.mkdtemp(prefix="tracker-pg-"))
        os.environ[FOLDER] = str(config.stash[_owned])


def _is_roomy(folder: Path) -> bool:
    """Say whether a folder can hold a run's files, and programs too."""
    if not os.access(folder, os.W_OK):
        return False
    found = os.statvfs(folder)
    return not found.f_flag & os.ST_NOEXEC and found.f_bavail * found.f_frsize >= ENOUGH


def pytest_unconfigure(config: pytest.Config) -> None:
    if folder := config.stash.get(_owned, None):
        del os.environ[FOLDER]
        if url := os.environ.get("TEST_PG_URL"):
            drop_templates(folder, url)
        postgres.stop(folder)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn the exit status of a run in CI to failure if a test was skipped: nobody would notice otherwise."""
    if IN_CI and _skipped(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if IN_CI and (count := _skipped(config)):
        terminalreporter.write_line(
            f"{count} skipped: in CI a skip is a failure, see the reasons above", red=True
        )


def _skipped(config: pytest.Config) -> int:
    reporter: pytest.TerminalReporter | None = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", [])) if reporter else 0


@pytest.fixture(scope="session")
def postgresql_server() -> str:
    """Return the address of a PostgreSQL server where databases may be made.

    That of ``TEST_PG_URL``, if set; else one server for the whole run, started by the first test that asks (2 s).
    """
    if url := os.environ.get("TEST_PG_URL"):
        return url
    folder = Path(os.environ[FOLDER])
    with FileLock(folder / "lock"):
        if (folder / "data" / "postmaster.pid").exists():
            return postgres.url_of(folder)
        try:
            return postgres.start(folder, **UNSYNCED)
        except postgres.PostgresMissingError as error:
            pytest.skip(f"no PostgreSQL; set TEST_PG_URL to use one that runs elsewhere: {error}")


@pytest.fixture
def postgresql_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a migrated PostgreSQL database for this test alone (0.03 s)."""
    with copied(request, "postgresql", migrated, tmp_path) as copy:
        yield copy.url


@pytest.fixture
def blank_postgresql_url(postgresql_server: str, worker_id: str) -> Iterator[str]:
    """Return the address of a PostgreSQL database in which there is nothing, for tests of migrations."""
    name = f"blank_{worker_id}_{os.getpid()}_{next(_numbers)}"
    yield postgres.create_database(postgresql_server, name)
    postgres.drop_database(postgresql_server, name)


@pytest.fixture
def sqlite_template(request: pytest.FixtureRequest) -> Path:
    """Return the path of a migrated, empty SQLite database that is only copied."""
    return Path(filled(request, "sqlite", migrated).source)


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a migrated SQLite database for this test alone."""
    with copied(request, "sqlite", migrated, tmp_path) as copy:
        yield copy.url


@pytest.fixture
def blank_sqlite_url(tmp_path: Path) -> str:
    """Return the address of a SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'blank.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Run the test on both engines, each time with a migrated database of its own."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def blank_database_url(request: pytest.FixtureRequest) -> str:
    """Run the test on both engines, each time with a database in which there is nothing."""
    return str(request.getfixturevalue(f"blank_{request.param}_url"))


@pytest.fixture
def free_port() -> int:
    """Return a port of the loopback address that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(autouse=True)
def _english() -> None:
    """Let every test begin in English: a request answered in this thread leaves its language behind."""
    speak("en")
