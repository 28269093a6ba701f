"""``tracker readiness`` as a person types it: options before and after the region, every form, every exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tracker.cli import main


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_region_is_shown_frozen_and_verified(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["readiness", "Afrique"]) == 0
    shown = capsys.readouterr().out
    assert "Date and host" in shown
    assert "Nothing is linked to this region yet." in shown
    assert main(["readiness", "AFRICA", "--json"]) == 0
    assert len(said(capsys)["lines"]) == 11
    assert main(["readiness", "africa", "--freeze", "--json"]) == 0
    taken = said(capsys)
    assert (taken["region"], taken["number"], taken["rules"]) == ("africa", 1, "2026-1")
    assert main(["readiness", "africa", "verify", "1", "--json"]) == 0
    assert said(capsys) == {"region": "africa", "number": 1, "same": True, "why": ""}


def test_what_does_not_exist_exits_1_and_wrong_usage_2(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["readiness", "atlantis"]) == 1
    assert "The regions are: africa" in capsys.readouterr().err
    assert main(["readiness", "africa", "verify", "3"]) == 1
    assert "africa has no snapshot 3" in capsys.readouterr().err
    assert main(["readiness", "africa", "verify"]) == 2
    assert main(["readiness", "africa", "--freeze", "--as-of", "2024-01-31"]) == 2
    assert main(["readiness", "africa", "thaw", "1"]) == 2
