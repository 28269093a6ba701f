"""The command line, run as processes would run it: exit codes, one JSON object, plain refusals."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tracker.cli import main


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_person_is_found_by_any_printed_name_of_its_entity(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    name = "Organización Mundial de la Salud (OMS)"
    command = ["person", "add", "--name", "Ana", "--email", "ana@example.org", "--language", "es", "--json"]
    assert main([*command, "--entity", name]) == 0
    first = said(capsys)
    assert main([*command, "--entity", "oms"]) == 0
    assert said(capsys) == first, "the same address is the same person, named focal point once"


def test_refusals_exit_1_and_say_the_way_out(installation: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["person", "add", "--name", "Ana", "--email", "ana@example.org"]
    assert main([*command, "--entity", "nobody"]) == 1
    assert "no entity is called `nobody`" in (err := capsys.readouterr().err)
    assert "oms" in err
    assert main([*command, "--entity", "oms", "--workstream", "4"]) == 1
    assert "It leads: 3" in capsys.readouterr().err


def test_wrong_usage_exits_2(installation: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["person", "add"]) == 2
    assert main(["nonsense"]) == 2
    assert main(["token", "list", "--workplan", "other"]) == 2
    assert "There is no workplan other" in capsys.readouterr().err


def test_wrong_settings_exit_2_and_name_every_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRACKER_PROT", "1")
    monkeypatch.setenv("TRACKER_PORT", "many")
    assert main(["init"]) == 2
    err = capsys.readouterr().err
    assert "TRACKER_PROT" in err
    assert "TRACKER_PORT" in err


def test_a_token_is_listed_without_its_secret_and_can_be_revoked(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["token", "create", "--role", "auditor", "--json"]) == 0
    made = said(capsys)
    assert main(["token", "list"]) == 0
    listed = capsys.readouterr().out
    assert str(made["id"]) in listed
    assert str(made["token"]) not in listed
    assert main(["token", "revoke", str(made["id"])]) == 0
    assert main(["token", "revoke", str(made["id"])]) == 1


def test_the_shipped_plan_does_not_differ_from_its_document(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = Path(__file__).parents[2] / "tracker/plans/unnm-2022-2024.yaml"
    assert main(["import", str(shipped)]) == 0
    assert "No differences" in capsys.readouterr().out


def test_an_edited_document_shows_its_differences_and_enters_them_on_request(
    installation: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = Path(__file__).parents[2] / "tracker/plans/unnm-2022-2024.yaml"
    text = shipped.read_text()
    assert text.count("Realizar un análisis de los enfoques") == 1
    edited = tmp_path / "edited.yaml"
    edited.write_text(
        text.replace("Realizar un análisis de los enfoques", "Realizar dos análisis de los enfoques")
    )
    capsys.readouterr()
    assert main(["import", str(edited)]) == 0
    assert "ActivityReworded activity/1.1" in capsys.readouterr().out
    assert main(["import", str(edited), "--apply", "--json"]) == 0
    assert said(capsys)["written"] == 1
    assert main(["import", str(edited)]) == 0
    assert "No differences" in capsys.readouterr().out


def test_a_faulty_document_loads_nothing(
    installation: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("format: workplan/1\nid: other\nid: again\n")
    assert main(["import", str(wrong)]) == 1
    assert "nothing was loaded" in capsys.readouterr().err


def test_help_needs_no_database_and_imports_no_framework() -> None:
    code = (
        "import sys; from tracker.cli import main; main(['--help']);"
        "slow = {'flask', 'sqlalchemy', 'marshmallow', 'apscheduler'} & set(sys.modules); sys.exit(bool(slow))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


def test_a_moment_is_named_once_and_listed(installation: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["moment", "add", "Principals, 15 June", "--at", "2023-06-15"]
    capsys.readouterr()
    assert main([*command, "--json"]) == 0
    assert said(capsys) == {"as_of": "moment:principals-15-june", "written": 1}
    assert main([*command, "--json"]) == 0
    assert said(capsys)["written"] == 0
    assert main(["moment", "list"]) == 0
    assert capsys.readouterr().out == "moment:principals-15-june  2023-06-15  Principals, 15 June\n"
    assert main([*command[:3], "--at", "2023-06-16"]) == 1
    assert "another moment already" in capsys.readouterr().err
    assert main(["moment", "add", "Never", "--at", "in June"]) == 1
    assert "2023-06-15" in capsys.readouterr().err


def test_past_quarters_come_from_a_sheet_all_or_none_and_once(
    installation: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, form = tmp_path / "past.csv", tmp_path / "form.xlsx"
    file.write_text("activity,entity,quarter,status,progress\n3.1,OMS,2023-Q1,in progress,Begun.\n")
    assert main(["import-progress", "--template", str(form)]) == 0
    assert main(["import-progress", "--template", str(form)]) == 2, "never over another file"
    assert main(["import-progress"]) == 2
    capsys.readouterr()
    assert main(["import-progress", str(file), "--dry-run"]) == 0
    assert "row 2: activity/3.1, oms, 2023-Q1" in capsys.readouterr().out
    assert main(["import-progress", str(file), "--json"]) == 0
    assert said(capsys)["written"] == 1
    assert main(["import-progress", str(file), "--json"]) == 0
    assert said(capsys)["written"] == 0
    file.write_text("activity,entity,quarter,status\n3.1,OMS,2023-Q2,doing\n")
    assert main(["import-progress", str(file)]) == 1
    assert "row 2, status `doing`: is none of the words" in capsys.readouterr().err


def test_a_link_to_sign_in_is_made_by_address_too(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["person", "add", "--name", "Ana", "--email", "ana@example.org", "--role", "viewer"]) == 0
    capsys.readouterr()
    assert main(["person", "link", "ana@example.org"]) == 0
    assert "/signin/" in capsys.readouterr().out
    assert main(["person", "link", "bea@example.org"]) == 2
    assert "Nobody has the address bea@example.org" in capsys.readouterr().err
