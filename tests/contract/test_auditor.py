"""The auditor: an export, the verifier out of it, and what was kept from before."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.faults.trial import WORKPLAN
from tests.proving import bundled, grow, installed, report, say, verified
from tracker.errors import LogError
from tracker.events import signing
from tracker.events.reading import end_of
from tracker.events.tree import seal_of
from tracker.events.verifier import fingerprint
from tracker.proof.import_log import import_log
from tracker.proof.keys import key_file, rotate, show_key, sign
from tracker.runtime import Runtime


@pytest.fixture
def runtime(sqlite_url: str, tmp_path: Path) -> Iterator[Runtime]:
    """Return an installation on SQLite: what it exports does not depend on the database."""
    made = installed(sqlite_url, tmp_path / "data")
    yield made
    made.close()


def test_an_older_head_or_seal_of_the_auditor_fits(runtime: Runtime, tmp_path: Path) -> None:
    older = sign(runtime, WORKPLAN)
    kept = tmp_path / "older.txt"
    kept.write_text(older.note, "utf-8")
    position = say(runtime, report())
    with runtime.database.read() as tx:
        seal = f"{position}:{seal_of(end_of(tx, WORKPLAN).root)}"
    grow(runtime, 10)
    bundle = bundled(runtime, tmp_path / "log.zip")
    arguments = ["--head", str(kept), "--seal", seal, "--key", older.key]
    assert verified(bundle, tmp_path / "auditor", *arguments).returncode == 0
    assert verified(bundle, tmp_path / "auditor", "--seal", seal.lower()).returncode == 0


@pytest.mark.parametrize(
    "arguments, status, words",
    [
        (
            ["--seal", "5:0000-0000"],
            1,
            "WRONG: entry 1: it or a later one up to 5 was changed: your seal 5:0000-0000",
        ),
        (["--seal", "999:7F3A-91C2"], 1, "it is missing: your seal 999:7F3A-91C2 is of 999 entries"),
        (["--seal", "7F3A-91C2"], 2, "is no seal; they look like 2977:7F3A-91C2"),
        (
            ["--key", "0000-0000-0000-0000-0000-0000-0000-0000"],
            1,
            "no head is signed by the key that you gave",
        ),
        (["--head", "absent.txt"], 2, "absent.txt"),
        (["--head", "verify.py"], 2, "this is no signed tree head"),
    ],
)
def test_what_the_auditor_has_and_does_not_fit_is_said(
    runtime: Runtime, tmp_path: Path, arguments: list[str], status: int, words: str
) -> None:
    run = verified(bundled(runtime, tmp_path / "log.zip"), tmp_path / "auditor", *arguments)
    assert (run.returncode, run.stderr) == (status, "")
    assert words in run.stdout.splitlines()[-1]


def test_an_old_head_of_another_key_is_not_taken_for_this_logs(runtime: Runtime, tmp_path: Path) -> None:
    real = sign(runtime, WORKPLAN)
    origin = real.note.partition("\n")[0]
    forged = signing.signed_note(
        signing.head_text(origin, real.size, real.root), origin, Ed25519PrivateKey.generate()
    )
    (tmp_path / "forged.txt").write_text(forged, "utf-8")
    bundle = bundled(runtime, tmp_path / "log.zip")
    run = verified(bundle, tmp_path / "auditor", "--head", str(tmp_path / "forged.txt"))
    assert run.returncode == 1
    assert "is not signed by the key of that time" in run.stdout


def test_what_is_no_export_decides_nothing(runtime: Runtime, tmp_path: Path) -> None:
    bundle = bundled(runtime, tmp_path / "log.zip")
    verified(bundle, tmp_path / "auditor")
    (tmp_path / "torn.zip").write_bytes(bundle.read_bytes()[:-100])
    run = verified(tmp_path / "torn.zip", tmp_path / "auditor")
    assert (run.returncode, run.stdout.split(":")[0]) == (2, "CANNOT DECIDE")


def test_an_archive_of_an_invented_version_decides_nothing_and_is_not_restored(
    runtime: Runtime, tmp_path: Path
) -> None:
    """One flipped bit is enough to invent one; Python's own module refuses it with an error of another family."""
    content = bytearray(bundled(runtime, tmp_path / "log.zip").read_bytes())
    entry = content.index(b"PK\x01\x02")
    content[entry + 6] |= 0x80
    (tmp_path / "new.zip").write_bytes(content)
    verified(tmp_path / "log.zip", tmp_path / "auditor")
    run = verified(tmp_path / "new.zip", tmp_path / "auditor")
    assert (run.returncode, run.stdout.split(":")[0]) == (2, "CANNOT DECIDE"), run.stderr
    with pytest.raises(LogError, match="does not verify: zip file version"):
        import_log(runtime, tmp_path / "new.zip")


# ----------------------------------------------------------------------------------------------------- other keys


def test_a_key_that_was_vouched_for_is_trusted_by_who_trusts_the_old_one(
    runtime: Runtime, tmp_path: Path
) -> None:
    old = sign(runtime, WORKPLAN)
    say(runtime, report())
    rotate(runtime, "Every two years")
    say(runtime, report())
    bundle = bundled(runtime, tmp_path / "log.zip")
    for key in (fingerprint(old.key), show_key(runtime).fingerprint, old.key):
        run = verified(bundle, tmp_path / "auditor", "--key", key)
        assert run.returncode == 0, run.stdout


def test_a_key_that_nobody_vouched_for_is_not_decided_upon(runtime: Runtime, tmp_path: Path) -> None:
    old = sign(runtime, WORKPLAN)
    key_file(runtime).path.unlink()
    rotate(runtime, "Lost")
    bundle = bundled(runtime, tmp_path / "log.zip")
    for arguments in ([], ["--key", fingerprint(old.key)]):
        run = verified(bundle, tmp_path / "auditor", *arguments)
        assert run.returncode == 2
        assert "did not vouch" in run.stdout
    assert verified(bundle, tmp_path / "auditor", "--key", show_key(runtime).fingerprint).returncode == 0


def found_interpreters() -> list[str]:
    """Return the interpreters of this machine that an auditor could have, our own always among them."""
    named = [shutil.which(f"python3.{minor}") for minor in range(9, 16)]
    return [sys.executable, *(path for path in named if path and _runs(path))]


def _runs(path: str) -> bool:
    return subprocess.run([path, "-c", "0"], check=False, capture_output=True).returncode == 0


def test_every_python_from_3_9_on_comes_to_the_same_words(runtime: Runtime, tmp_path: Path) -> None:
    grow(runtime, 15, seed=9)
    bundle = bundled(runtime, tmp_path / "log.zip")
    runs = [verified(bundle, tmp_path / "auditor", python=python) for python in found_interpreters()]
    assert {run.returncode for run in runs} == {0}
    assert len({run.stdout for run in runs}) == 1
