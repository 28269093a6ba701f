"""Databases as released versions wrote them: brought up to date they answer as they did, are whole, and go on."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import postgres
from tests.frozen.asking import W, ask
from tests.installation import Installation, open_installation
from tests.stories import report
from tracker.backup import restore
from tracker.database import is_migrated, migrate, open_database
from tracker.directory.principals import system
from tracker.errors import RuleError
from tracker.projections.plan_cache import PlanCache
from tracker.projections.rebuilding import rebuild
from tracker.proof.checking import check
from tracker.proof.keys import sign
from tracker.settings import Settings

HERE = Path(__file__).parent
RELEASES = sorted(path.name for path in HERE.iterdir() if path.is_dir() and path.name[0].isdigit())
HOW = "an answer that a release gave is given for ever; fields may be added to it"
PROSE = "/question/words:"
"""Sentences may be put better."""
CLI = system("system:cli")


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> Path:
    return HERE / str(request.param)


@pytest.fixture
def facts(release: Path, blank_database_url: str) -> Any:
    return json.loads((release / f"{engine_of(blank_database_url)}.json").read_text("utf-8"))


@pytest.fixture
def house(release: Path, facts: Any, blank_database_url: str, tmp_path: Path) -> Iterator[Installation]:
    """Return the installation on its last day, its database brought up to date, with what lay beside it."""
    unpack(release, blank_database_url)
    assert schema_of(blank_database_url) == facts["schema"]
    migrate(blank_database_url)
    data = tmp_path / "data"
    data.mkdir()
    beside = json.loads((release / f"{engine_of(blank_database_url)}-beside.json").read_text("utf-8"))
    for name, said in beside.items():
        (data / name).write_text(said, "utf-8")
        (data / name).chmod(0o600)
    made = open_installation(blank_database_url, data, facts["secrets"], datetime.fromisoformat(facts["now"]))
    yield made
    made.runtime.close()


def engine_of(url: str) -> str:
    return url.split(":", 1)[0]


def unpack(release: Path, url: str) -> None:
    if engine_of(url) == "sqlite":
        path = Path(url.removeprefix("sqlite:///"))
        path.write_bytes(gzip.decompress((release / "sqlite.db.gz").read_bytes()))
        return
    with psycopg.connect(url) as connection:
        connection.execute(gzip.decompress((release / "postgresql.sql.gz").read_bytes()))


def schema_of(url: str) -> str:
    database = open_database(url, pool_size=1)
    with database.read() as tx:
        ((found,),) = tx.all("SELECT version_num FROM alembic_version")
    database.close()
    return str(found)


def differences(then: Any, now: Any, at: str = "") -> list[str]:
    """Return where an answer differs from an older one; what was added to an object is no difference."""
    if isinstance(then, dict) and isinstance(now, dict):
        pairs = [(then[key], now.get(key, "nothing"), f"{at}/{key}") for key in then]
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        pairs = [
            (one, other, f"{at}/{index}") for index, (one, other) in enumerate(zip(then, now, strict=True))
        ]
    else:
        return [] if then == now else [f"{at}: was {then!r}, is {now!r}"]
    return [found for pair in pairs for found in differences(*pair)]


def differing(house: Installation, facts: Any) -> dict[str, list[str]]:
    asked = {path: (said["who"], said["answer"]) for path, said in facts["answers"].items()}
    found = {path: differences(then, ask(house, who, path)) for path, (who, then) in asked.items()}
    found = {path: [one for one in said if not one.startswith(PROSE)] for path, said in found.items()}
    return {path: said[:5] for path, said in found.items() if said}


def test_it_answers_as_it_did_is_whole_and_can_be_folded_anew(house: Installation, facts: Any) -> None:
    runtime = house.runtime
    assert is_migrated(runtime.database)
    assert differing(house, facts) == {}, HOW
    found = check(runtime, W)
    assert (found.findings, found.fallen, found.signed) == ((), (), found.size - 1)
    assert rebuild(runtime.database, W).differing == ()
    runtime.cache = PlanCache()
    assert differing(house, facts) == {}, HOW


def test_writing_signing_and_repeating_go_on(house: Installation, facts: Any) -> None:
    runtime, kept = house.runtime, facts["kept"]
    other, before = report("3.1", note="otra cosa"), check(runtime, W)
    again = runtime.submit(W, kept["body"], CLI, "cli", kept["key"])
    assert (again.first_position, again.is_repeat) == (kept["first"], True)
    with pytest.raises(RuleError, match="another body"):
        runtime.submit(W, other, CLI, "cli", kept["key"])
    with pytest.raises(RuleError, match="redacted since"):
        runtime.submit(W, other, CLI, "cli", "redacted")
    assert not runtime.submit(W, other, CLI, "cli", "another").is_repeat
    headers = house.headers("lead") | {"Idempotency-Key": "new"}
    posted = house.client().post(
        f"/api/v1/workplans/{W}/events", json=report("3.3", note="y sigue"), headers=headers
    )
    assert posted.status_code == 201, posted.text
    signed = sign(runtime, W)
    after = check(runtime, W)
    assert (after.findings, after.signed, signed.size) == ((), signed.size, before.size + 2)
    asked = facts["answers"]
    assert differing(house, {"answers": {path: asked[path] for path in asked if "=position:" in path}}) == {}


def test_a_link_that_was_mailed_opens_while_its_round_is_open(house: Installation, facts: Any) -> None:
    assert house.client().get(facts["link"]).status_code == 410
    house.clock.now = datetime(2023, 7, 10, 9, tzinfo=UTC)
    assert house.client().get(facts["link"]).status_code == 200


@pytest.mark.parametrize("blank_database_url", ["sqlite"], indirect=True)
def test_control_a_state_that_is_not_the_old_one_is_noticed(house: Installation, facts: Any) -> None:
    with house.runtime.database.write() as tx:
        changed = tx.run("UPDATE plan_states SET state = replace(state, 'at_risk', 'on_track')")
    assert changed
    assert differing(house, facts)
    assert check(house.runtime, W).findings


def test_control_only_additions_are_no_differences(release: Path) -> None:
    then = {"a": [{"b": 1}, None], "c": {}}
    more: Any = deepcopy(then) | {"new": 1}
    more["a"][0]["new"] = 2
    assert differences(then, more) == []
    assert differences(then, {"a": [{"b": 1}], "c": {}}) == ["/a: was [{'b': 1}, None], is [{'b': 1}]"]
    assert differences(then, {"a": [{"b": 2}, None]}) == ["/a/0/b: was 1, is 2", "/c: was {}, is 'nothing'"]


def test_a_copy_that_a_release_made_is_restored(
    release: Path, blank_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copies are checked with the tables of today, which those of an older release have not."""
    copy = tmp_path / "copy"
    unpack(release, blank_database_url)
    if engine_of(blank_database_url) == "sqlite":
        Path(blank_database_url.removeprefix("sqlite:///")).rename(copy)
    else:
        monkeypatch.setenv("PATH", f"{postgres.program_folder()}{os.pathsep}{os.environ['PATH']}")
        dump = ["pg_dump", "--format=custom", f"--file={copy}", f"--dbname={blank_database_url}"]
        subprocess.run(dump, check=True)
        with psycopg.connect(blank_database_url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
    settings = {"TRACKER_DATABASE_URL": blank_database_url, "TRACKER_DATA_DIR": str(tmp_path / "data")}
    done = restore(Settings.from_env(settings), copy)
    assert done.logs
    database = open_database(blank_database_url, pool_size=1)
    assert is_migrated(database)
    database.close()
