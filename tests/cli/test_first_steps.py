"""What the page of the interface tells an integrator to type first works as it stands, against a real server."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from tests.cli.serving import serving


def test_the_first_steps_work_as_they_are_written(tmp_path: Path, free_port: int) -> None:
    with serving(tmp_path, free_port, "--without-ticker") as served:
        with urllib.request.urlopen(f"{served.base}/api/docs", timeout=10) as answer:  # noqa: S310 - loopback
            page = answer.read().decode()
        steps = page.partition("First steps")[2].partition("</ol>")[0]
        commands = [html.unescape(one) for one in re.findall(r"<pre>(.*?)</pre>", steps, re.DOTALL)]
        environment = dict(served.environment)

        def typed(command: str, seconds: float = 20) -> str:
            command = command.replace("tracker ", f"{sys.executable} -m tracker ", 1)
            command = command.replace("curl ", "curl -sS ", 1)
            try:
                done = subprocess.run(
                    ["bash", "-c", command],
                    env=environment | {"BASE": served.base},
                    capture_output=True,
                    text=True,
                    check=True,
                    timeout=seconds,
                )
            except subprocess.TimeoutExpired as stopped:  # the stream goes on for ever
                return (stopped.stdout or b"").decode()
            return done.stdout

        token, owed, report, history, stream, webhook, _verify = commands
        environment["TOKEN"] = json.loads(typed(token))["token"]
        subprocess.run(
            [sys.executable, "-m", "tracker", "remind", "--quarter", "2023-Q2"], env=environment, check=True
        )
        items: list[dict[str, Any]] = json.loads(typed(owed))["items"]
        mine = {one["activity"]: one for one in items if one["workstream"] == "3"}
        assert f'"expected_version": {mine["3.4"]["version"]}' in report
        recorded = json.loads(typed(report))
        assert json.loads(typed(report)) == recorded
        assert json.loads(typed(history))["items"][0]["subject"] == "activity/3.4"
        assert "ProgressReported" in typed(stream, 3)
        assert json.loads(typed(webhook))["secret"].startswith("whsec_")
