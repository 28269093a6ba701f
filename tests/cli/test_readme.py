"""The README's first session, run as a newcomer would type it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.cli.serving import serving

README = Path(__file__).parents[2] / "README.md"


def sessions() -> list[tuple[str, str]]:
    """Return (command, expected output) of the console block that begins by making a token."""
    blocks = re.findall(r"```console\n(.*?)```", README.read_text(), re.DOTALL)
    block = next(block for block in blocks if "token create" in block)
    steps = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    found = []
    for step in steps:
        lines = step.splitlines()
        command = [lines[0], *(line[2:] for line in lines[1:] if line.startswith("> "))]
        found.append(("\n".join(command), "\n".join(line for line in lines[1:] if not line.startswith("> "))))
    return found


def test_the_readme_runs_as_it_is_printed(tmp_path: Path, free_port: int) -> None:
    steps = sessions()
    assert len(steps) > 8
    with serving(tmp_path, free_port) as served:
        script = "".join(f"{command}\necho '--8<--'\n" for command, _ in steps)
        script = script.replace("http://127.0.0.1:8000", served.base)
        places = {".venv/bin/python": sys.executable, ".venv/bin/tracker": f"{sys.executable} -m tracker"}
        script = re.sub("|".join(map(re.escape, places)), lambda found: places[found.group()], script)
        done = subprocess.run(
            ["bash", "-c", script],
            env=served.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
    outputs = done.stdout.split("--8<--\n")
    for (command, expected), output in zip(steps, outputs, strict=False):
        pattern = re.escape(expected).replace("…", ".*")
        assert re.fullmatch(pattern, output.strip()), (
            f"$ {command}\n{output}{done.stderr}\nexpected:\n{expected}"
        )
