"""Migrations that are cut short, and two at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults import trial
from tests.faults.dying_migration import tables
from tracker.database import is_migrated, migrate, open_database

ROOT = Path(__file__).parents[2]


def dying(url: str, *flags: str) -> Any:
    command = [sys.executable, "-m", "tests.faults.dying_migration", url, *flags]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_migration_killed_at_any_statement_leaves_nothing_and_the_next_one_succeeds(
    blank_database_url: str, database_url: str
) -> None:
    found = dying(blank_database_url)
    assert found["deaths"] > 30, "the trial did not reach the statements"
    assert found["left_over"] == {}
    assert found["tables"] == tables(database_url)
    runtime = trial.installed(blank_database_url)
    with trial.closing(runtime):
        assert is_migrated(runtime.database)
        trial.submit(runtime, 1)
        trial.check(runtime.database)


def test_control_a_driver_that_commits_before_each_statement_leaves_half_a_schema(
    blank_database_url: str,
) -> None:
    assert dying(blank_database_url, "--careless")["left_over"]


def test_two_processes_that_migrate_at_once_do_no_harm(blank_database_url: str, database_url: str) -> None:
    program = f"from tracker.database import migrate; migrate({blank_database_url!r})"
    running = [
        subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in running:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
    assert tables(blank_database_url) == tables(database_url)
    migrate(blank_database_url)
    database = open_database(blank_database_url)
    assert is_migrated(database)
    database.close()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, blank_database_url: str) -> str:
    """Return a migrated database of the same engine as the blank one."""
    engine = "sqlite" if blank_database_url.startswith("sqlite") else "postgresql"
    return str(request.getfixturevalue(f"{engine}_url"))
