"""Disks that fail and disks that are full: refused, never half done, and the same key tells the truth afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults import shim, trial

needs_gcc = pytest.mark.skipif(
    not shim.is_buildable(), reason="no gcc on Linux, which compiles the shim between a program and its files"
)


@pytest.fixture
def url(sqlite_url: str) -> str:
    trial.installed(sqlite_url).close()
    return sqlite_url


def failing(folder: Path, url: str, *how: str) -> Any:
    watched = Path(url.removeprefix("sqlite:///")).parent
    return json.loads(
        shim.run(shim.build(folder), watched, folder / "journal", "tests.faults.failing", url, *how)
    )


@pytest.fixture
def aside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("aside")


@needs_gcc
def test_any_call_that_fails_during_a_request_leaves_it_done_or_not_done(url: str, aside: Path) -> None:
    seen = failing(aside, url, "each")
    assert seen["failures"] > 60, "the trial did not reach the calls"
    assert seen["unavailable"] > 20
    assert seen["entries"] == 12 + seen["requests"], "every request had one effect"


@needs_gcc
def test_a_full_disk_refuses_and_serves_readers_and_recovers_without_a_restart(url: str, aside: Path) -> None:
    seen = failing(aside, url, "full")
    assert seen["unavailable"] >= 12
    assert seen["entries"] == 12 + seen["requests"]


@needs_gcc
def test_control_a_writer_that_trusts_a_failed_request_is_found_out(url: str, aside: Path) -> None:
    with pytest.raises(AssertionError, match="is lost"):
        failing(aside, url, "full", "--trusting")


def test_files_that_may_not_grow_refuse_and_recover_likewise(url: str) -> None:
    command = [sys.executable, "-m", "tests.faults.failing", url, "limited"]
    done = subprocess.run(command, cwd=shim.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(done.stdout)
    assert seen["unavailable"] >= 6
    assert seen["entries"] == 12 + seen["requests"]
