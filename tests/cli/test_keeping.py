"""``tracker backup``, ``restore`` and ``rebuild``: exit codes, one JSON object, progress beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tracker.cli import main


def test_a_copy_is_made_and_restored_elsewhere_with_the_same_roots(
    installation: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = installation / "copy.db"
    capsys.readouterr()
    assert main(["backup", str(copy), "--json"]) == 0
    out, err = capsys.readouterr()
    made = json.loads(out)
    assert made["bytes"] == copy.stat().st_size
    assert "checking entries" in err
    assert copy.stat().st_mode & 0o077 == 0, "it holds names and addresses"
    monkeypatch.setenv("TRACKER_DATABASE_URL", f"sqlite:///{installation / 'new' / 'tracker.db'}")
    assert main(["restore", str(copy), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "file": str(copy),
        "logs": made["logs"],
        "removed_again": 0,
    }
    assert main(["doctor"]) == 0


def test_refusals_exit_1_and_say_what_to_do(installation: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = installation / "copy.db"
    assert main(["backup", str(copy)]) == 0
    capsys.readouterr()
    assert main(["backup", str(copy)]) == 1
    assert "Choose another name" in capsys.readouterr().err
    assert main(["backup", str(installation / "nowhere" / "copy.db")]) == 1
    assert "Make the folder first" in capsys.readouterr().err
    assert main(["restore", str(copy)]) == 1
    assert "Restore never writes over one" in capsys.readouterr().err
    assert main(["restore", str(installation / "missing.db")]) == 2


def test_a_rebuild_says_how_far_it_is_and_what_it_found(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["rebuild", "--json"]) == 0
    out, err = capsys.readouterr()
    done = json.loads(out)
    assert (done["generation"], done["differing"]) == (2, [])
    assert f"folding entries: {done['position']} of {done['position']}" in err
    assert main(["rebuild"]) == 0
    assert "generation 3), and nothing differs" in capsys.readouterr().out
    assert main(["rebuild", "--workplan", "other"]) == 2
