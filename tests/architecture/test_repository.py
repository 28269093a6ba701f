"""The tree as a whole: short files, pinned and explained dependencies, nothing of the machine it was written on."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = 350
LONGER = {  # file or folder: why it may be longer
    "tracker/events/catalogue.py": "a table of every event, read by looking up",
    "tracker/migrations/": "written once, by a tool",
    "tests/frozen/": "kept as they were written",
}

# Put together here, so that this file holds none of them.
HOSTS = [
    name.replace("|", ".")
    for name in ("pypi|org", "pythonhosted|org", "npmjs|org", "npmjs|com", "debian|org")
]
MACHINE = re.compile(r"(?<![\w.])/(?:root|home/\w+|Users/\w+|work/\w+|work/\.\w+)/")


def files() -> list[str]:
    """Return every path that is tracked, or would be by the next `git add`."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(path for path in set(listed.split("\0")) if path and (ROOT / path).is_file())


def texts() -> dict[str, str]:
    read = {}
    for path in files():
        content = (ROOT / path).read_bytes()
        if b"\0" not in content[:8000]:
            read[path] = content.decode()
    return read


def requirements() -> dict[str, str]:
    """Return {name: requirement} of everything pyproject.toml asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    return {re.split(r"[^a-z0-9-]", line, maxsplit=1)[0]: line for line in asked}


def pins(lock: str) -> dict[str, str]:
    """Return {name: version} of a lock file."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", (ROOT / lock).read_text(), re.MULTILINE))


def test_python_files_can_be_read_in_one_sitting() -> None:
    exempt = tuple(LONGER)
    lengths = {
        path: text.count("\n")
        for path, text in texts().items()
        if path.endswith(".py") and not path.startswith(exempt)
    }
    assert {path: length for path, length in lengths.items() if length > LINES} == {}


def test_nothing_names_a_package_registry_or_a_folder_of_one_machine() -> None:
    found = {
        path: hits
        for path, text in texts().items()
        if (
            hits := [host for host in HOSTS if host in text]
            + [match.group() for match in MACHINE.finditer(text)]
        )
    }
    assert found == {}


def test_decisions_are_numbered_without_gaps_or_twice() -> None:
    names = sorted(path.name for path in (ROOT / "docs/adr").glob("*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_wsgi_is_under_ten_lines() -> None:
    assert len((ROOT / "wsgi.py").read_text().splitlines()) < 10


def test_every_dependency_is_explained_and_nothing_else() -> None:
    page = (ROOT / "docs/dependencies.md").read_text().split("## Shipped in the tree")[0]
    explained = re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE)
    assert sorted(explained) == sorted(requirements())


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_has_a_hash(lock: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
    assert [block for block in blocks if "--hash=sha256:" not in block or "==" not in block] == []


def test_the_locks_hold_every_dependency_in_the_same_version() -> None:
    runtime, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert set(requirements()) <= set(dev)
    assert runtime == {name: version for name, version in dev.items() if name in runtime}


@pytest.mark.parametrize(
    "script", ["bootstrap", "lint", "lock", "make-docs", "sbom", "server", "test", "torture", "translate"]
)
def test_scripts_can_be_run_and_read_by_a_plain_shell(script: str) -> None:
    path = ROOT / "script" / script
    assert path.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", path], check=True)
