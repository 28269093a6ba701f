"""The simulated workplan in a database of its own: built once for a whole run, then copied."""

from __future__ import annotations

from pathlib import Path

from tracker.demo import build_demo
from tracker.runtime import Runtime, build_runtime
from tracker.settings import Settings


def opened(url: str, folder: Path) -> Runtime:
    return build_runtime(Settings.from_env({"TRACKER_DATABASE_URL": url, "TRACKER_DATA_DIR": str(folder)}))


def built(url: str, folder: Path) -> None:
    made = opened(url, folder)
    build_demo(made)
    made.close()
