"""Guards that were taken away, disabled or made harmless are noticed, named, and can be put back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import W, founded
from tests.proving import unguarded
from tracker.cli import main
from tracker.events import guards
from tracker.proof.checking import check
from tracker.runtime import Runtime

SQLITE = {
    "dropped": ("events_no_delete is missing", ["DROP TRIGGER events_no_delete"]),
    "harmless": (
        "events_no_update is another than it was",
        [
            "DROP TRIGGER events_no_update",
            "CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT 1; END",
        ],
    ),
    "elsewhere": (
        "signed_heads_no_delete is another than it was",
        [
            "DROP TRIGGER signed_heads_no_delete",
            "CREATE TRIGGER signed_heads_no_delete BEFORE DELETE ON texts BEGIN SELECT RAISE(ABORT, 'no'); END",
        ],
    ),
}
POSTGRESQL = {
    "dropped": ("events_append_only is missing", ["DROP TRIGGER events_append_only ON events"]),
    "disabled": ("tree_nodes_append_only is disabled", ["ALTER TABLE tree_nodes DISABLE TRIGGER ALL"]),
    "for replicas": (
        "events_append_only is disabled",
        ["ALTER TABLE events ENABLE REPLICA TRIGGER events_append_only"],
    ),
    "for one statement": (
        "events_append_only is another than it was",
        [
            "DROP TRIGGER events_append_only ON events",
            "CREATE TRIGGER events_append_only BEFORE DELETE ON events EXECUTE FUNCTION refuse_change()",
        ],
    ),
    "harmless": (
        "signed_heads_append_only is another than it was",
        [
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        ],
    ),
    "asleep": (
        "no trigger fires: session_replication_role is replica",
        ["SET session_replication_role = replica"],
    ),
}


@pytest.fixture
def runtime(database_url: str) -> Iterator[Runtime]:
    with founded(database_url) as made:
        yield made


@pytest.mark.parametrize(
    "database_url, how",
    [("sqlite", how) for how in SQLITE] + [("postgresql", how) for how in POSTGRESQL],
    indirect=["database_url"],
)
def test_a_guard_that_fell_is_named(runtime: Runtime, how: str) -> None:
    words, statements = (SQLITE if runtime.database.is_sqlite else POSTGRESQL)[how]
    with runtime.database.write() as tx:
        for statement in statements:
            tx.run(statement)
        assert words in guards.fallen(tx)
        guards.put_back(tx)
        left = guards.fallen(tx)
    assert left == ([words] if how == "asleep" else [])


def test_all_stand_in_a_new_database_and_all_are_missed_and_put_back(runtime: Runtime) -> None:
    assert check(runtime, W).fallen == ()
    with runtime.database.write() as tx:
        unguarded(tx)
    found = check(runtime, W)
    assert found.is_good, "the entries are as they were"
    assert len(found.fallen) == (len(guards.SQLITE) if runtime.database.is_sqlite else len(guards.TABLES))
    with runtime.database.write() as tx:
        assert tx.run("UPDATE events SET actor = actor WHERE position = 5") == 1, "control: nobody refuses"
        guards.put_back(tx)
    with pytest.raises(Exception, match="append-only"), runtime.database.write() as tx:
        tx.run("UPDATE events SET actor = actor WHERE position = 5")
    assert check(runtime, W).fallen == ()


def test_verify_and_doctor_say_so_and_what_to_do(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", runtime.settings.database_url)
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path / "data"))

    def run(*command: str) -> tuple[int, Any]:
        capsys.readouterr()
        return main([*command, "--json"]), json.loads(capsys.readouterr().out)

    assert run("doctor")[1]["guards"] == "ok"
    with runtime.database.write() as tx:
        unguarded(tx)
    status, said = run("verify")
    assert (status, said["good"], said["findings"]) == (1, True, [])
    assert said["fallen_guards"]
    assert main(["verify"]) == 1
    words = capsys.readouterr().out
    assert "are as they were written" in words
    assert "`tracker doctor --guard`" in words
    status, said = run("doctor")
    assert status == 1
    assert "no longer refuses to change" in said["guards"]
    status, said = run("doctor", "--guard")
    assert (status, said["guards"]) == (0, "ok")
    assert run("verify")[0] == 0
