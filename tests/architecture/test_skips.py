"""A skipped test fails the run in CI, and only there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "body, ci, workers, status",
    [
        ("pytest.skip('no tool')", "true", "0", 1),
        ("pytest.skip('no tool')", "true", "1", 1),
        ("pytest.skip('no tool')", "", "0", 0),
        ("pass", "true", "0", 0),
    ],
)
def test_a_skip_is_a_failure_in_ci_only(
    tmp_path: Path, body: str, ci: str, workers: str, status: int
) -> None:
    path = tmp_path / "test_it.py"
    path.write_text(f"import pytest\n\ndef test_it():\n    {body}\n")
    options = ["-c", str(ROOT / "pyproject.toml"), "-p", "tests.conftest", "-n", workers]
    environment = os.environ | {"CI": ci}
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == status, run.stdout + run.stderr
    assert ("in CI a skip is a failure" in run.stdout) == (status == 1)
