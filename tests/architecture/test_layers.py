"""The house of docs/architecture.md: imports point down, and the tool that checks it would notice if they did not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = "from importlinter.cli import import_linter; import_linter(['lint', '--no-logo', '--no-cache'])"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    # -P and the folder on the path: the copy is looked at, not the checkout that the environment points to.
    command = [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); {COMMAND}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a copy of the code that a test may spoil."""
    folder = tmp_path_factory.mktemp("copy")
    for package in ("tracker", "schedules"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_contract_is_kept() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    "module, line, contract",
    [
        ("tracker/errors.py", "import tracker.settings", "Imports point down"),
        ("tracker/events/__init__.py", "import tracker.workplan", "Imports point down"),
        ("tracker/api/__init__.py", "import tracker.web", "Imports point down"),
        ("tracker/workplan/__init__.py", "import sqlalchemy", "The rules and the catalogue know no"),
        ("tracker/events/catalogue.py", "import marshmallow", "The rules and the catalogue know no"),
        ("tracker/projections/__init__.py", "import flask", "Only the edges know Flask"),
        ("tracker/runtime.py", "import apscheduler", "Only the timetable knows APScheduler"),
        ("tracker/app.py", "import schedules", "Only the command line knows the timetable"),
        ("schedules/__init__.py", "import tracker.cli", "The timetable does not know the command line"),
        ("tracker/plans/__init__.py", "import tracker.events", "A plan document is read without the log"),
        ("tracker/projections/__init__.py", "import tracker.migrations", "No module imports a migration"),
        ("tracker/migrations/__init__.py", "import tracker.settings", "Migrations are run, not imported"),
    ],
)
def test_a_planted_import_is_found(copied: Path, module: str, line: str, contract: str) -> None:
    path = copied / module
    before = path.read_text()
    try:
        path.write_text(f"{before}\n{line}\n")
        result = lint_imports(copied)
    finally:
        path.write_text(before)
    broken = [
        row for row in result.stdout.splitlines() if row.startswith(contract) and row.endswith("BROKEN")
    ]
    assert broken, result.stdout + result.stderr


def test_a_module_without_a_layer_is_found(copied: Path) -> None:
    path = copied / "tracker" / "helpers.py"
    try:
        path.write_text("")
        result = lint_imports(copied)
    finally:
        path.unlink()
    assert result.returncode == 1
    assert "tracker.helpers" in result.stdout
