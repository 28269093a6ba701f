"""Short runs of the hostile trials; script/torture runs them at any length."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.serving import serving
from tests.copies import copied
from tests.hostile import contract, sockets
from tests.hostile.bodies import throw
from tests.installation import Installation, furnish, open_installation
from tracker.errors import LogError

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.trial


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    with copied(request, request.param, furnish, tmp_path) as copy:
        made = open_installation(copy.url, tmp_path, copy.told)
        made.runtime.settings = replace(made.runtime.settings, limits={})
        yield made
        made.runtime.close()


def test_what_is_almost_right_is_taken_or_refused_well(house: Installation) -> None:
    thrown = throw(house, 400, seed=7)
    assert thrown.wrong == []
    assert {200, 401, 404, 422} <= set(thrown.statuses)


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_fault_of_ours_would_be_found(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise LogError("broken")

    monkeypatch.setattr("tracker.api.dispatch.strict_json.read", broken)
    assert any(": 500" in one for one in throw(house, 60, seed=7).wrong)


def test_what_is_no_request_is_refused_and_nothing_hidden_in_it_is_done(
    tmp_path: Path, free_port: int
) -> None:
    with serving(tmp_path, free_port, "--without-ticker", **contract.UNLIMITED) as served:
        token = contract.secretariat_token(served)
        struck = sockets.strike(free_port, token, 80, seed=7)
        assert struck.wrong == []
        assert struck.statuses[400] > 50
        titles = contract.command(served, "moment", "list", "--json")
        assert "Smuggled" not in titles
        assert (
            sockets.answers(free_port, sockets.smuggled(token, 1))[0][0] == 201
        )  # the control: alone it is taken
        assert "Smuggled" in contract.command(served, "moment", "list", "--json")


def test_random_bytes_are_read_or_refused() -> None:
    pytest.importorskip("atheris", reason="atheris has no wheel for this machine")
    command = [sys.executable, "-m", "tests.hostile.fuzzing", "3000", "7"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


def test_a_running_server_keeps_to_its_contract(tmp_path: Path, free_port: int) -> None:
    explored = contract.explore(
        tmp_path,
        free_port,
        7,
        "examples,fuzzing,stateful",
        2,
        only=r"/(activities|rounds|people|tokens|events)",
    )
    assert explored.failures == ""
    assert explored.generated > 50
