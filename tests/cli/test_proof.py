"""``tracker export``, ``verify``, ``import-log``, ``proof``, ``key``; and the guide's walk, as an auditor takes it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.proving import rewritten, unguarded
from tracker.cli import main
from tracker.database import open_database
from tracker.events import tree

PLAN = "unnm-2022-2024"


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a function that runs a command with --json and returns its exit code and its one object."""

    def run(*command: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        status = main([*command, "--json"])
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return status, found

    return run


def test_the_key_is_shown_with_its_fingerprint_and_stays(installation: Path, said: Any) -> None:
    status, shown = said("key")
    assert status == 0
    assert re.fullmatch(r"([0-9A-F]{4}-){7}[0-9A-F]{4}", shown["fingerprint"])
    assert shown["file"] == str(installation / "var" / "signing-key")
    assert shown["keys"][PLAN].startswith(f"workplan-tracker/{PLAN}/")
    assert said("key")[1] == shown


def test_the_key_lies_where_the_setting_says(
    installation: Path, said: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_SIGNING_KEY_FILE", str(installation / "elsewhere" / "key"))
    assert said("key")[1]["file"] == str(installation / "elsewhere" / "key")
    assert (installation / "elsewhere" / "key").exists()
    assert not (installation / "var" / "signing-key").exists()


def test_export_verify_and_import_log_agree_on_size_and_root(
    installation: Path, said: Any, monkeypatch: pytest.MonkeyPatch, sqlite_template: Path
) -> None:
    bundle = str(installation / "log.zip")
    status, exported = said("export", bundle)
    assert (status, exported["signed"], exported["heads"]) == (0, True, 1)
    status, verified = said("verify")
    assert (status, verified["good"], verified["findings"]) == (0, True, [])
    assert (verified["size"], verified["root"]) == (exported["size"], exported["root"])
    assert main(["import-log", bundle]) == 1, "it is there already"
    fresh = shutil.copy(sqlite_template, installation / "fresh.db")
    monkeypatch.setenv("TRACKER_DATABASE_URL", f"sqlite:///{fresh}")
    monkeypatch.setenv("TRACKER_DATA_DIR", str(installation / "fresh"))
    status, restored = said("import-log", bundle)
    assert (status, restored["size"], restored["root"]) == (0, exported["size"], exported["root"])
    assert said("verify")[1]["root"] == exported["root"]


def test_what_was_tampered_with_is_said_with_exit_1(
    installation: Path, said: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    database = open_database(f"sqlite:///{installation / 'tracker.db'}")
    with database.write() as tx:
        unguarded(tx)
        tx.run("UPDATE events SET actor = 'nobody' WHERE position = 12")
    database.close()
    status, found = said("verify")
    assert (status, found["good"]) == (1, False)
    assert found["findings"] == [
        {"position": 12, "words": "entry 12: the column actor beside it does not repeat what it says"}
    ]
    assert main(["verify"]) == 1
    words = capsys.readouterr().out
    assert "NOT as it was written" in words
    assert "Stop writing" in words


def test_an_unsigned_export_is_written_and_said_with_exit_1(
    installation: Path, said: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    said("export", str(installation / "one.zip"))
    (installation / "var" / "signing-key.memory").unlink()
    assert main(["person", "add", "--name", "Ana", "--email", "ana@example.org", "--entity", "oms"]) == 0
    assert main(["export", str(installation / "two.zip")]) == 1
    assert "not wholly signed" in capsys.readouterr().err
    assert (installation / "two.zip").exists()


def test_a_reason_is_needed_and_refusals_say_the_way_out(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["key", "rotate"]) == 2
    assert main(["key", "accept-restore"]) == 2
    assert main(["export", str(installation / "log.zip")]) == 0
    assert main(["key", "accept-restore", "--reason", "just in case"]) == 1
    assert "nothing to accept" in capsys.readouterr().err
    assert main(["export", str(installation / "log.zip")]) == 1
    assert "exists already" in capsys.readouterr().err


def test_an_entry_is_proved_to_be_in_the_tree_of_any_size_and_one_tree_to_begin_another(
    installation: Path, said: Any
) -> None:
    size = said("verify")[1]["size"]
    for whole in (1, 7, 64, size):
        status, found = said("proof", "inclusion", "--position", "1", "--size", str(whole))
        proof = found["proof"]
        path = [bytes.fromhex(one) for one in proof["path"]]
        root = tree.root_from_inclusion(0, whole, bytes.fromhex(proof["leaf_hash"]), path)
        assert (status, root and root.hex(), found["workplan"]) == (0, proof["root"], PLAN)
    status, found = said("proof", "consistency", "--first", "7")
    assert (status, found["proof"]["second"]) == (0, size)
    assert found["proof"]["second_root"] == said("verify")[1]["root"]


@pytest.mark.parametrize(
    "asked, refusal",
    [
        (("inclusion", "--position", "8", "--size", "7"), "`position` is 8, and must lie between 1 and 7"),
        (("inclusion", "--position", "1", "--size", "9999"), "`size` is 9999, and must lie between 1 and "),
        (("consistency", "--first", "0"), "`first` is 0, and must lie between 1 and "),
        (("consistency", "--first", "8", "--second", "7"), "`first` is 8, and must lie between 1 and 7"),
    ],
)
def test_a_proof_that_there_cannot_be_is_refused_with_what_can_be_asked(
    installation: Path, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...], refusal: str
) -> None:
    assert main(["proof", *asked]) == 1
    words = capsys.readouterr().err
    assert refusal in words
    assert "The log had" in words


def test_another_key_takes_over_in_every_signed_log(installation: Path, said: Any) -> None:
    before = said("key")[1]["fingerprint"]
    exported = said("export", str(installation / "log.zip"))[1]
    status, rotated = said("key", "rotate", "--reason", "Every two years")
    assert (status, rotated["logs"]) == (0, {PLAN: exported["size"] + 1})
    assert rotated["fingerprint"] == said("key")[1]["fingerprint"] != before
    assert said("verify")[0] == 0


def test_an_auditor_follows_the_guide_to_the_tampered_byte(installation: Path, said: Any) -> None:
    """As the guide says it: take the program out, give the fingerprint, read the last line."""
    fingerprint = said("key")[1]["fingerprint"]
    seal = f"{said('export', str(installation / 'export.zip'))[1]['size']}:"
    office = installation / "auditor"
    office.mkdir()
    shutil.copy(installation / "export.zip", office)
    with zipfile.ZipFile(office / "export.zip") as archive:
        archive.extract("verify.py", office)
        guide = archive.read("README.md").decode()
        root = json.loads(archive.read("manifest.json"))["log"][3].upper()
    commands = re.findall(r"^ +python3 (verify\.py .*)$", guide, re.MULTILINE)
    assert len(commands) == 3
    asked = commands[1].replace("1A2B-3C4D-…", fingerprint)
    asked = asked.replace("2977:7F3A-91C2", f"{seal}{root[:4]}-{root[4:8]}")

    def follow() -> tuple[int, str]:
        command = [sys.executable, "-I", "-S", *asked.split()]
        run = subprocess.run(command, cwd=office, capture_output=True, text=True, check=False, timeout=60)
        assert run.stderr == ""
        return run.returncode, run.stdout.splitlines()[-1]

    assert follow() == (0, "GOOD: every entry, text and head is as it was signed.")

    def tamper(contents: dict[str, bytes]) -> None:
        lines = contents["events.jsonl"].split(b"\n")
        place = lines[99].index(b'"schema":1') + len(b'"schema":')
        lines[99] = lines[99][:place] + b"7" + lines[99][place + 1 :]
        contents["events.jsonl"] = b"\n".join(lines)

    rewritten(installation / "export.zip", office / "export.zip", tamper)
    assert follow() == (1, "WRONG: entry 100: it does not have the hash that was kept of it.")
