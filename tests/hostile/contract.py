"""Lets schemathesis explore a running server by its own description: what it says it takes, refuses and answers."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.cli.serving import Served, serving

UNLIMITED = {
    f"TRACKER_LIMIT_{name}": "off" for name in ("REQUESTS", "ADDRESS", "GUESSES", "SIGNINS")
}  # a whole office would not send as much
EXCLUDED = "positive_data_acceptance"
"""That all that fits the schema is taken: a rule of the workplan may speak against it, and an id may be taken."""
ENDLESS = r"/live$"
"""Streams have no end to wait for; they are tried in tests/api/test_live.py."""

REFUSALS = "[checks.negative_data_rejection]\nexpected-statuses = [{}]\n".format(
    ", ".join(str(one) for one in (*range(400, 418), 422, 428, 429, 431))
)
"""Also an address that is too long is refused, by 414, which is not among those that schemathesis knows."""

OF_ITS_OWN = "revoke_token"
"""It would find its own token and be a stranger from then on."""


@dataclass(frozen=True)
class Explored:
    """What one exploration came to."""

    seed: int
    generated: int
    failures: str

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.generated} requests, {self.failures or 'no failure'}"


def command(served: Served, *said: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tracker", *said],
        env=served.environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def secretariat_token(served: Served) -> str:
    import json  # noqa: PLC0415

    said = command(served, "token", "create", "--role", "secretariat", "--scope", "erase", "--json")
    return str(json.loads(said)["token"])


def explore(
    folder: Path, port: int, seed: int, phases: str, examples: int, only: str | None = None
) -> Explored:
    """Explore a server of our own with a plan in it, as the Secretariat, who may do everything."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "schemathesis.toml").write_text(REFUSALS)
    with serving(folder, port, "--without-ticker", **UNLIMITED) as served:
        token = secretariat_token(served)
        asked = [
            *("run", f"{served.base}/api/v1/openapi.json", "--no-color", "--warnings", "off"),
            *("-H", f"Authorization: Bearer {token}", "--exclude-checks", EXCLUDED),
            *("--phases", phases, "--seed", str(seed), "--max-examples", str(examples)),
            *("--exclude-operation-id", OF_ITS_OWN),
            *("--exclude-path-regex", ENDLESS, "--suppress-health-check", "all", "--request-timeout", "30"),
            *(("--include-path-regex", only) if only else ()),
        ]
        program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
        assert program, "schemathesis is not installed"
        done = subprocess.run([program, *asked], cwd=folder, check=False, capture_output=True, text=True)
        found = re.search(r"(\d+) generated", done.stdout)
        assert found, done.stdout[-3000:] + done.stderr[-3000:]
        if done.returncode:
            return Explored(seed, int(found[1]), done.stdout)
        assert "Traceback" not in served.log.read_text(), served.log.read_text()[-4000:]
        return Explored(seed, int(found[1]), "")
