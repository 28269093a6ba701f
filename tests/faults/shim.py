"""Runs a program with journal.c between it and its files, and speaks with it from inside such a program."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = Path(__file__).with_name("journal.c")
WRITE, SYNC, TRUNCATE = 1, 2, 4


def is_buildable() -> bool:
    return sys.platform == "linux" and shutil.which("gcc") is not None


def build(folder: Path) -> Path:
    """Compile the shim into a folder and return its path (0.2 s)."""
    made = folder / "journal.so"
    command = ["gcc", "-shared", "-fPIC", "-O2", "-Werror", "-o", str(made), str(SOURCE), "-ldl", "-lpthread"]
    subprocess.run(command, check=True, capture_output=True)
    return made


def run(shim: Path, watched: Path, journal: Path, *command: str | Path) -> str:
    """Run a Python module (its name and arguments) with the shim and return what it printed.

    Raises:
        AssertionError: it failed; holds what it said.
    """
    environment = os.environ | {
        "LD_PRELOAD": str(shim),
        "JOURNAL_FOLDER": str(watched),
        "JOURNAL_FILE": str(journal),
    }
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Inside:
    """The shim as the program it was put under sees it."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.journal_fired.restype = ctypes.c_long
        self._library.journal_fail.argtypes = [ctypes.c_int, ctypes.c_long, ctypes.c_int, ctypes.c_int]

    def mark(self, words: str) -> None:
        """Set a mark in the journal: what was promised before here must survive from here on."""
        raw = words.encode()
        self._library.journal_mark(raw, len(raw))

    def fail(self, kinds: int, after: int, error: int, *, stays: bool = False) -> None:
        """Let the ``after``-th call of these kinds from now on fail; with ``stays`` all from there on."""
        self._library.journal_fail(kinds, after, error, int(stays))

    def mend(self) -> int:
        """Let nothing fail any more and return how many calls failed since ``fail``."""
        fired = int(self._library.journal_fired())
        self.fail(0, 0, 0)
        return fired
