"""The live feed of a real server that is stopped and started again."""

from __future__ import annotations

import contextlib
import re
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from tests.cli.serving import Served, serving
from tests.installation import API, WORKPLAN
from tracker.directory import tokens
from tracker.directory.principals import system
from tracker.runtime import Runtime, build_runtime
from tracker.settings import Settings


@contextlib.contextmanager
def curl(served: Served, secret: str, out: Path, last: int) -> Iterator[subprocess.Popen[bytes]]:
    command = ["curl", "-sSN", "-H", f"Authorization: Bearer {secret}", "-H", f"Last-Event-ID: {last}"]
    with out.open("wb") as file:
        process = subprocess.Popen([*command, f"{served.base}{API}/live"], stdout=file, stderr=file)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(out: Path, position: int) -> list[int]:
    """Wait until a stream has told an entry; return the positions of all it told."""
    for _ in range(200):
        found = [int(said) for said in re.findall(r"event: entry\nid: (\d+)\n", out.read_text())]
        if position in found:
            return found
        time.sleep(0.05)
    raise AssertionError(out.read_text())


def record(runtime: Runtime, slug: str) -> int:
    data = {"slug": slug, "title": slug, "at": "2023-06-15"}
    body = {"type": "MomentNamed", "subject": "workplan", "data": data}
    return runtime.submit(WORKPLAN, body, system("system:cli"), "cli").last_position


def test_a_stream_read_by_curl_goes_on_through_a_restart_without_a_gap(
    tmp_path: Path, free_port: int
) -> None:
    runtime = build_runtime(Settings.from_env({"TRACKER_DATA_DIR": str(tmp_path / "var")}))
    with serving(tmp_path, free_port, "--without-ticker") as served:
        with runtime.directory() as tx:
            wanted = tokens.Grant(WORKPLAN, "auditor", life=timedelta(hours=1))
            _, secret = tokens.create_token(tx, runtime.now(), wanted)
        before = record(runtime, "a") - 1
        with contextlib.ExitStack() as stack:
            first = stack.enter_context(curl(served, secret, tmp_path / "1", before))
            until(tmp_path / "1", before + 1)
            told = until(tmp_path / "1", record(runtime, "b"))
            served.process.terminate()
            assert first.wait(timeout=15) == 0, "the stream ends as it should, not in the middle"
    missed = [record(runtime, slug) for slug in ("c", "d")]
    with (
        serving(tmp_path, free_port, "--without-ticker") as served,
        curl(served, secret, tmp_path / "2", told[-1]),
    ):
        until(tmp_path / "2", missed[-1])
        told += until(tmp_path / "2", record(runtime, "e"))
    runtime.close()
    assert told == list(range(before + 1, before + 6))
