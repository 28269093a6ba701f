"""Starts the real server as a process, on a free port with a folder of its own, and ends it again."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Served:
    """A running server: where it answers, what environment its commands need, what it has printed."""

    base: str
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes]

    def first_link(self) -> str:
        found = re.search(r"http\S+/signin/\S+", self.log.read_text())
        assert found, self.log.read_text()
        return found.group()


def free_port() -> int:
    """Return a port of the loopback address that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(folder: Path, port: int, *options: str, **environment: str) -> Iterator[Served]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")},
        "TRACKER_DATA_DIR": str(folder / "var"),
        **environment,
    }
    log = folder / "server.log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "tracker", "serve", "--port", str(port), *options]
        server = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    served = Served(f"http://127.0.0.1:{port}", environment | {"TRACKER_PORT": str(port)}, log, server)
    try:
        _wait(served, server)
        yield served
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            raise


def _wait(served: Served, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, served.log.read_text()
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            if urllib.request.urlopen(f"{served.base}/readyz", timeout=5).status == 200:  # noqa: S310 - loopback
                return
        time.sleep(0.1)
    raise AssertionError(served.log.read_text())
